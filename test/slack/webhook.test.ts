import { headerBlock } from '../../lambda/core/render/blocks.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { deadlineIn } from '../../lambda/http/deadline.ts';
import { SlackWebhook } from '../../lambda/slack/webhook.ts';
import {
  answers,
  type Behaviour,
  closeLocalServers,
  disconnects,
  disconnectsMidway,
  localServer,
  sendsRaw,
  stallsMidway,
} from '../http/local-server.ts';
import { aUrl, bodies, FRESH_PATH, MESSAGE, messageOf, OK, PATH, post, QUICK } from './a-webhook.ts';

afterEach(closeLocalServers);

describe('a post to Slack', () => {
  it("sends the text and the blocks through Slack's client, and unfurls nothing", async () => {
    const server = await localServer(OK);
    expect(await post(server)).toEqual({ kind: 'accepted' });
    expect(bodies(server)).toEqual([{ ...MESSAGE, unfurl_links: false, unfurl_media: false }]);
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        url: PATH,
        headers: {
          'content-type': 'application/json',
          'user-agent': expect.stringContaining('slack:webhook'),
        },
      },
    ]);
  });

  it.each<[string, Behaviour]>([
    ['ok', OK],
    ['another body', answers(200, 'thanks')],
    ['JSON that refuses nothing', answers(200, '{"ok":true,"error":null}')],
    ['JSON without an error', answers(200, '{"error":"","errors":[],"status":"success"}')],
    ['JSON whose errors are empty', answers(200, '{"error":{},"errors":null,"status":200}')],
    ['JSON that is cut off', answers(200, '{"ok":true,"er')],
    ['no body', answers(204)],
    ['status 201', answers(201, 'created')],
    ['a chunked body that is cut off', disconnectsMidway(200, 'o', 'chunked')],
    ['a body shorter than its length', disconnectsMidway(200, 'o', 'with a length')],
    ['a body of 100,000 bytes', answers(200, 'x'.repeat(100_000))],
    ['a status text in another script', sendsRaw(() => 'HTTP/1.1 200 好\r\ncontent-length: 0\r\n\r\n')],
    ['a Retry-After', answers(200, 'ok', { 'retry-after': '60' })],
  ])('is accepted by a 2xx with %s, and sent once', async (_name, behaviour) => {
    const server = await localServer(behaviour);
    expect(await post(server)).toEqual({ kind: 'accepted' });
    expect(server.requests).toHaveLength(1);
  });

  it('is accepted by a 2xx whose body stalls, and sent once', async () => {
    const server = await localServer(stallsMidway(200, 'o'));
    expect(await post(server, { attemptTimeoutMs: 150 })).toEqual({ kind: 'accepted' });
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, readonly Behaviour[]]>([
    ['a 429 without Retry-After', [answers(429, 'rate_limited')]],
    ['a 429 with any body', [answers(429, '<html>slow down</html>')]],
    ["a 500 with an error code of Slack's own", [answers(500, 'rollup_error')]],
    ["a 503 with an error code of Slack's own", [answers(503, 'rollup_error\n')]],
    ['three of them', [answers(500, 'rollup_error'), answers(429), answers(503, 'rollup_error')]],
  ])('is sent again after %s', async (_name, behaviours) => {
    const server = await localServer(...behaviours, OK);
    expect(await post(server)).toEqual({ kind: 'accepted' });
    expect(bodies(server)).toEqual(
      Array(behaviours.length + 1).fill({ ...MESSAGE, unfurl_links: false, unfurl_media: false }),
    );
  });
});

describe('a message that Slack refuses', () => {
  const PLAIN = { text: expect.stringContaining('orders fails'), unfurl_links: false, unfurl_media: false };

  it.each<[string, Behaviour]>([
    ['400 invalid_blocks', answers(400, 'invalid_blocks')],
    ['413', answers(413)],
  ])('with %s is posted once more as plain text', async (_name, behaviour) => {
    const server = await localServer(behaviour, OK);
    expect(await post(server)).toEqual({ kind: 'accepted' });
    const [first, second, third] = bodies(server);
    expect(first).toHaveProperty('blocks');
    expect(second).toEqual(PLAIN);
    expect(third).toBeUndefined();
  });

  it('as plain text too is posted as minimal text, which holds nothing from outside', async () => {
    const server = await localServer(answers(400, 'invalid_blocks'), answers(400, 'invalid_payload'), OK);
    const blocks = [headerBlock('1 sync needs attention'), ...MESSAGE.blocks];
    const webhook = new SlackWebhook(aUrl(server.url), QUICK);
    expect(await webhook.post({ ...MESSAGE, blocks }, deadlineIn(5))).toEqual({ kind: 'accepted' });
    const [, , third, ...others] = bodies(server);
    expect(others).toEqual([]);
    expect(third).toEqual({
      text: '1 sync needs attention\nSlack refused the details. The log of the check has them, and a report shows them.',
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  it.each<[string, Behaviour, RegExp]>([
    [
      '400',
      answers(400, 'invalid_payload'),
      /^expected 2xx, received 400 invalid_payload; .*minimal text too$/,
    ],
    ['413', answers(413), /^expected 2xx, received 413; .*minimal text too$/],
  ])('with %s in every form is refused as invalid', async (_name, behaviour, message) => {
    const server = await localServer(behaviour);
    const result = await post(server);
    expect(result).toMatchObject({ kind: 'refused', invalidPayload: true });
    expect(messageOf(result)).toMatch(message);
    expect(server.requests).toHaveLength(3);
  });

  it('is unconfirmed when the post as plain text is', async () => {
    const server = await localServer(answers(400, 'invalid_blocks'), disconnects);
    expect(await post(server)).toMatchObject({ kind: 'unconfirmed' });
  });
});

describe("the webhook's URL", () => {
  it.each(['user_not_found', 'no_active_hooks', 'no_team'])(
    'is read fresh after the error code %s with any status, and the message keeps its blocks',
    async (code) => {
      const server = await localServer(answers(400, code), OK);
      expect(await post(server)).toEqual({ kind: 'accepted' });
      expect(server.requests.map(({ url }) => url)).toEqual([PATH, FRESH_PATH]);
      expect(bodies(server)[1]).toHaveProperty('blocks');
    },
  );

  it.each([403, 404, 410])('is read fresh after a %d, and used when it differs', async (status) => {
    const server = await localServer(answers(status, 'no_service'), OK);
    const url = aUrl(server.url);
    expect(await post(server, { url })).toEqual({ kind: 'accepted' });
    expect(server.requests.map(({ url }) => url)).toEqual([PATH, FRESH_PATH]);
    expect(url.reads).toEqual(['read', 'readFresh']);
  });

  it('is read fresh only once per post', async () => {
    const server = await localServer(answers(404, 'no_service'));
    const url = aUrl(server.url);
    expect(await post(server, { url })).toMatchObject({ kind: 'refused', invalidPayload: false });
    expect(server.requests).toHaveLength(2);
    expect(url.reads).toEqual(['read', 'readFresh']);
  });

  it('is not posted to again when the fresh one is the same', async () => {
    const server = await localServer(answers(404, 'no_service'));
    const url = aUrl(server.url, { readFresh: async () => `${server.url}${PATH}\n` });
    expect(await post(server, { url })).toMatchObject({ kind: 'refused' });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['is not a URL', 'htps//MARKED'],
    ['is a workflow webhook', 'https://hooks.slack.com/workflows/MARKED'],
    ['is plain http', 'http://hooks.slack.com/services/T/B/MARKED'],
    ['holds a password', 'https://u:MARKED@hooks.slack.com/services/T/B/X'],
  ])('is refused, and not repeated, when it %s', async (_name, text) => {
    const read = async () => text;
    const refused = await post({ url: '' }, { url: aUrl('', { read }) });
    expect(refused).toMatchObject({
      kind: 'refused',
      invalidPayload: false,
      error: { code: 'slack_url_invalid' },
    });
    expect(messageOf(refused)).toMatch(
      /^its URL .*; store the URL of an incoming webhook as "slackWebhookUrl"/,
    );
    const server = await localServer(answers(404, 'no_service'));
    const result = await post(server, { url: aUrl(server.url, { readFresh: read }) });
    expect(result).toMatchObject({ kind: 'refused', error: { cause: { code: 'slack_url_invalid' } } });
    expect(messageOf(result)).toMatch(/^expected 2xx, received 404, and the URL could not be read again; /);
  });

  it('that cannot be read makes the post refused, not a rejection', async () => {
    const missing = new SyncAlertsError('secret_missing', 'the secret sync-alerts/prod does not exist');
    const result = await post({ url: '' }, { url: aUrl('', { read: () => Promise.reject(missing) }) });
    expect(result).toMatchObject({
      kind: 'refused',
      error: { code: 'slack_url_unreadable', cause: missing },
    });
  });

  it('is in no result when reading it fails with an error that quotes it', async () => {
    const quoting = () =>
      Promise.reject(new SyntaxError('Unexpected token in "https://hooks.slack.com/MARKED"'));
    const server = await localServer(answers(404));
    expect(await post(server, { url: aUrl('', { read: quoting }) })).toMatchObject({ kind: 'refused' });
    const url = aUrl(server.url, { readFresh: quoting });
    expect(await post(server, { url })).toMatchObject({ kind: 'refused' });
  });
});

describe('a webhook as a destination', () => {
  const KNOWN = ['0123456789ab'];
  const DEADLINE = deadlineIn(5);
  const destinationOf = (url: ReturnType<typeof aUrl>) => new SlackWebhook(url, QUICK);

  it('is known by 12 hex digits that depend on its URL alone, without what is never sent', async () => {
    const urls = [
      'https://a.example/x',
      'https://a.example/x',
      'https://a.example/x#here',
      'https://b.example/x',
    ];
    const [one, same, withFragment, other] = await Promise.all(
      urls.map((url) =>
        destinationOf(aUrl('https://a.example', { read: async () => url })).destinationId([]),
      ),
    );
    expect(one).toMatch(/^[0-9a-f]{12}$/);
    expect(same).toBe(one);
    expect(withFragment).toBe(one);
    expect(other).not.toBe(one);
  });

  it('is read fresh when it is not the known one: another sandbox may know a newer URL', async () => {
    const fresh = aUrl('https://a.example', { read: async () => `https://a.example${FRESH_PATH}` });
    const freshId = await destinationOf(fresh).destinationId([]);
    const stale = aUrl('https://a.example');
    expect(await destinationOf(stale).destinationId([freshId ?? ''])).toBe(freshId);
    expect(stale.reads).toEqual(['read', 'readFresh']);
  });

  it('is read once while it is the known one', async () => {
    const url = aUrl('https://a.example');
    const id = await destinationOf(url).destinationId([]);
    await destinationOf(url).destinationId([id ?? '', ...KNOWN]);
    expect(url.reads).toEqual(['read', 'read']);
  });

  it.each(['read', 'readFresh'] as const)('is not known when %s fails', async (name) => {
    const unreadable = { [name]: async () => Promise.reject(new SyncAlertsError('secret_denied', 'no')) };
    expect(await destinationOf(aUrl('https://a.example', unreadable)).destinationId(KNOWN)).toBeUndefined();
  });

  it('is sent nothing that was planned for another one', async () => {
    const server = await localServer(OK);
    const result = await destinationOf(aUrl(server.url)).post(MESSAGE, DEADLINE, KNOWN[0]);
    expect(messageOf(result)).toBe(
      'its URL was exchanged during this check; the next one posts to the new webhook',
    );
    expect(result).toMatchObject({
      kind: 'refused',
      invalidPayload: false,
      error: { code: 'slack_url_exchanged' },
    });
    expect(server.requests).toEqual([]);
  });

  it('is sent nothing when its URL is refused and the secret holds another one', async () => {
    const server = await localServer(answers(404, 'no_service'), OK);
    const webhook = destinationOf(aUrl(server.url));
    const result = await webhook.post(MESSAGE, DEADLINE, await webhook.destinationId([]));
    expect(result).toMatchObject({ kind: 'refused', error: { code: 'slack_url_exchanged' } });
    expect(server.requests).toHaveLength(1);
  });
});
