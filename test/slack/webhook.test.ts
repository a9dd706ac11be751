import { inspect } from 'node:util';
import { headerBlock } from '../../lambda/core/render/blocks.ts';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { type Deadline, deadlineIn } from '../../lambda/http/deadline.ts';
import {
  type PostResult,
  type SlackMessage,
  SlackWebhook,
  type WebhookOptions,
  type WebhookUrl,
} from '../../lambda/slack/webhook.ts';
import { whileCollectingGarbage } from '../http/collect-garbage.ts';
import {
  answers,
  type Behaviour,
  closeLocalServers,
  cuts,
  cutsMidway,
  hangs,
  type LocalServer,
  localServer,
  nobodyThere,
  nothingOpen,
  sendsRaw,
  stallsMidway,
} from '../http/local-server.ts';

const MESSAGE: SlackMessage = {
  text: 'one sync fails',
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'orders fails', verbatim: true } }],
};
const OK = answers(200, 'ok');
/** Every URL of these tests holds the mark, which no outcome may. */
const PATH = '/services/T0/B0/MARKED';
const FRESH_PATH = '/services/T0/B1/MARKED';

afterEach(closeLocalServers);

describe('a post', () => {
  it("sends the text and the blocks through Slack's client, and unfurls nothing", async () => {
    const server = await localServer(OK);
    expect(await posting(server)).toEqual({ kind: 'accepted' });
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
    ['another body', answers(200, '<html>thanks</html>')],
    ['no body', answers(204)],
    ['201', answers(201, 'created')],
    ['a chunked body that is cut', cutsMidway(200, 'o', 'chunked')],
    ['a body shorter than its length', cutsMidway(200, 'o', 'with a length')],
    ['a body without end', answers(200, 'x'.repeat(100_000))],
    ['a phrase in another script', sendsRaw(() => 'HTTP/1.1 200 好\r\ncontent-length: 0\r\n\r\n')],
    ['a Retry-After that makes no sense', answers(200, 'ok', { 'retry-after': '60' })],
  ])('is accepted by a 2xx with %s, and sent once', async (_name, behaviour) => {
    const server = await localServer(behaviour);
    expect(await posting(server)).toEqual({ kind: 'accepted' });
    expect(server.requests).toHaveLength(1);
  });

  it('is accepted by a 2xx whose body stalls', async () => {
    const server = await localServer(stallsMidway(200, 'o'));
    expect(await posting(server, { attemptTimeoutMs: 150 })).toEqual({ kind: 'accepted' });
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, readonly Behaviour[]]>([
    ['a 429 without Retry-After', [answers(429, 'rate_limited')]],
    ['a 429 with any body', [answers(429, '<html>slow down</html>')]],
    ["a 500 with Slack's own word", [answers(500, 'rollup_error')]],
    ["a 503 with Slack's own word", [answers(503, 'service_unavailable\n')]],
    ['three of them', [answers(500, 'rollup_error'), answers(429), answers(503, 'fatal_error')]],
  ])('is sent again after %s', async (_name, behaviours) => {
    const server = await localServer(...behaviours, OK);
    expect(await posting(server)).toEqual({ kind: 'accepted' });
    expect(bodies(server)).toEqual(
      Array(behaviours.length + 1).fill({ ...MESSAGE, unfurl_links: false, unfurl_media: false }),
    );
  });
});

describe('a certain refusal', () => {
  it.each<[string, Behaviour, RegExp, number]>([
    ['429 to the end', answers(429, 'rate_limited'), /^answered 429 rate_limited; .*next check/, 4],
    ['500 to the end', answers(500, 'rollup_error'), /^answered 500 rollup_error; .*next check/, 4],
    ['301', answers(301, '', { location: '/elsewhere' }), /^answered 301; redirects are not followed/, 1],
    ['402', answers(402, 'payment_required'), /^answered 402 payment_required; check/, 1],
    ['403', answers(403, 'invalid_token'), /^answered 403 invalid_token; .*create a new one/, 1],
    ['404', answers(404, 'no_service'), /^answered 404 no_service; .*create a new one/, 1],
    ['410', answers(410, 'channel_is_archived'), /^answered 410 channel_is_archived; .*create a new one/, 1],
    ['404 by a proxy', answers(404, '<html>MARKED</html>'), /^answered 404; .*create a new one/, 1],
  ])('comes of %s', async (_name, behaviour, message, requests) => {
    const server = await localServer(behaviour);
    const posted = await posting(server, {
      url: aUrl(server.url, { readFresh: async () => server.url + PATH }),
    });
    expect(posted).toMatchObject({ kind: 'refused', form: false, error: { code: 'slack_refused' } });
    expect(posted).not.toHaveProperty('waitSeconds');
    expect(messageOf(posted)).toMatch(message);
    expect(server.requests).toHaveLength(requests);
  });

  it.each<[string, Behaviour, number]>([
    ['429', answers(429, 'rate_limited', { 'retry-after': '60' }), 60],
    ['503', answers(503, 'service_unavailable', { 'retry-after': '3600' }), 3600],
    [
      'a date',
      answers(429, '', {
        'retry-after': 'Tue, 24 Nov 2026 08:05:00 GMT',
        date: 'Tue, 24 Nov 2026 08:00:00 GMT',
      }),
      300,
    ],
  ])('says how long to wait, when Retry-After does not fit: %s', async (_name, behaviour, waitSeconds) => {
    const server = await localServer(behaviour);
    expect(await posting(server)).toMatchObject({ kind: 'refused', form: false, waitSeconds });
    expect(server.requests).toHaveLength(1);
  });

  it('comes of a connection that nobody takes', async () => {
    const posted = await posting({ url: await nobodyThere() });
    expect(posted).toMatchObject({ kind: 'refused', form: false, error: { code: 'slack_unreachable' } });
    expect(messageOf(posted)).toMatch(/^could not be reached: connection refused \(ECONNREFUSED\)/);
  });

  it('comes of a name that does not exist', async () => {
    const posted = await posting({ url: 'https://sync-alerts.invalid' });
    expect(posted).toMatchObject({ kind: 'refused', error: { code: 'slack_unreachable' } });
    expect(messageOf(posted)).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  it('comes of TLS that fails, after three retries', async () => {
    const server = await localServer(OK);
    const posted = await posting({ url: server.url.replace('http:', 'https:') });
    expect(posted).toMatchObject({ kind: 'refused', error: { code: 'slack_unreachable' } });
    expect(server.connections()).toBe(4);
    expect(server.requests).toHaveLength(0);
  });

  it('comes of a deadline that was over before anything was sent', async () => {
    const server = await localServer(OK);
    const posted = await posting(server, { deadline: deadlineIn(0) });
    expect(posted).toMatchObject({ kind: 'refused', form: false, error: { code: 'slack_unreachable' } });
    expect(server.connections()).toBe(0);
  });

  it('comes of a deadline before the turn of a second post, and at once', async () => {
    const server = await localServer(OK);
    const webhook = new SlackWebhook(aUrl(server.url), { ...QUICK, gapMs: 60_000 });
    await webhook.post(MESSAGE, deadlineIn(5));
    const began = performance.now();
    const posted = await webhook.post(MESSAGE, deadlineIn(5));
    expect(posted).toMatchObject({ kind: 'refused', error: { code: 'slack_unreachable' } });
    expect(performance.now() - began).toBeLessThan(2000);
    expect(server.requests).toHaveLength(1);
  });

  it('comes of a cut while it waits for its turn', async () => {
    const server = await localServer(OK);
    const webhook = new SlackWebhook(aUrl(server.url), { ...QUICK, gapMs: 2000 });
    await webhook.post(MESSAGE, deadlineIn(5));
    const cut = new AbortController();
    setTimeout(() => cut.abort(), 50);
    const posted = await webhook.post(MESSAGE, { signal: cut.signal, leftMs: () => 5000 });
    expect(posted).toMatchObject({ kind: 'refused', error: { code: 'slack_unreachable' } });
    expect(server.requests).toHaveLength(1);
  });
});

describe('an uncertain post', () => {
  it.each<[string, Behaviour, RegExp]>([
    ['a connection cut after sending', cuts, /^gave connection closed/],
    ['a reset', (request) => void request.socket.resetAndDestroy(), /^gave connection (reset|closed)/],
    ['a 500 with a page', answers(500, '<html>MARKED</html>'), /^answered 500, which is not Slack's own/],
    ['a 502 of a proxy', answers(502, '<html>Bad Gateway</html>'), /^answered 502, which is not Slack's own/],
    ['a 503 without a body', answers(503), /^answered 503, which is not Slack's own/],
    [
      'a 503 of a proxy with Retry-After',
      answers(503, 'Try later!', { 'retry-after': '60' }),
      /^answered 503, which is not Slack's own/,
    ],
    ['a 504 in words', answers(504, 'Gateway Timeout'), /^answered 504, which is not Slack's own/],
    ['a 500 whose body is cut', cutsMidway(500, 'roll', 'with a length'), /^answered 500, which is not/],
    [
      'what is not HTTP',
      sendsRaw(({ url }) => `${url}\r\n\r\n`),
      /^gave an answer that is not HTTP \(NOT_HTTP\)/,
    ],
  ])('comes of %s, and is not sent again', async (_name, behaviour, message) => {
    const server = await localServer(behaviour);
    const posted = await posting(server);
    expect(posted).toMatchObject({ kind: 'unconfirmed', error: { code: 'slack_unconfirmed' } });
    expect(messageOf(posted)).toMatch(message);
    expect(server.requests).toHaveLength(1);
  });

  it('comes of no answer in time, and is not sent again', async () => {
    const server = await localServer(hangs);
    const posted = await posting(server, { attemptTimeoutMs: 100 });
    expect(posted).toMatchObject({ kind: 'unconfirmed', error: { code: 'slack_unconfirmed' } });
    expect(messageOf(posted)).toMatch(/^gave no answer in time \(TIMEOUT\); it may have the message/);
    expect(server.requests).toHaveLength(1);
    await nothingOpen(server);
  });

  it('comes of the deadline, at once, and nothing of the request outlives it', async () => {
    const server = await localServer(hangs);
    const began = performance.now();
    const posted = await posting(server, { deadline: deadlineIn(0.1), attemptTimeoutMs: 5000 });
    expect(posted).toMatchObject({ kind: 'unconfirmed' });
    expect(performance.now() - began).toBeLessThan(1000);
    await nothingOpen(server);
    expect(server.requests).toHaveLength(1);
  });

  it('comes in its time though garbage is collected', async () => {
    const server = await localServer(hangs);
    const began = performance.now();
    const posted = await whileCollectingGarbage(posting(server, { attemptTimeoutMs: 100 }));
    expect(posted).toMatchObject({ kind: 'unconfirmed' });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('comes of a retry that is cut after sending', async () => {
    const server = await localServer(answers(429), cuts);
    expect(await posting(server)).toMatchObject({ kind: 'unconfirmed' });
    expect(server.requests).toHaveLength(2);
  });
});

describe('a message whose form is refused', () => {
  const PLAIN = { text: expect.stringContaining('orders fails'), unfurl_links: false, unfurl_media: false };

  it.each<[string, Behaviour]>([
    ['400 invalid_blocks', answers(400, 'invalid_blocks')],
    ['413', answers(413)],
  ])('is posted once more in plain words after %s', async (_name, behaviour) => {
    const server = await localServer(behaviour, OK);
    expect(await posting(server)).toEqual({ kind: 'accepted' });
    const [first, second, third] = bodies(server);
    expect(first).toHaveProperty('blocks');
    expect(second).toEqual(PLAIN);
    expect(third).toBeUndefined();
  });

  it('is posted in words of ours alone when the plain form is refused too', async () => {
    const server = await localServer(answers(400, 'invalid_blocks'), answers(400, 'invalid_payload'), OK);
    const blocks = [headerBlock('1 sync needs a person'), ...MESSAGE.blocks];
    const webhook = new SlackWebhook(aUrl(server.url), QUICK);
    expect(await webhook.post({ ...MESSAGE, blocks }, deadlineIn(5))).toEqual({ kind: 'accepted' });
    expect(bodies(server).slice(2)).toEqual([
      {
        text: '1 sync needs a person\nSlack refuses to show which: the log of the check says it, and so does a report.',
        unfurl_links: false,
        unfurl_media: false,
      },
    ]);
  });

  it.each<[string, Behaviour, RegExp]>([
    ['400', answers(400, 'invalid_payload'), /^answered 400 invalid_payload; .*plain form too/],
    ['413', answers(413), /^answered 413; .*plain form too/],
  ])('is refused after a third %s', async (_name, behaviour, message) => {
    const server = await localServer(behaviour);
    const posted = await posting(server);
    expect(posted).toMatchObject({ kind: 'refused', form: true });
    expect(messageOf(posted)).toMatch(message);
    expect(server.requests).toHaveLength(3);
  });

  it('is uncertain when its plain form is', async () => {
    const server = await localServer(answers(400, 'invalid_blocks'), cuts);
    expect(await posting(server)).toMatchObject({ kind: 'unconfirmed' });
  });
});

describe('the URL', () => {
  it.each(['user_not_found', 'no_active_hooks', 'no_team'])(
    'is read afresh by the word %s, whatever the status, and no other form is tried',
    async (word) => {
      const server = await localServer(answers(400, word), OK);
      expect(await posting(server)).toEqual({ kind: 'accepted' });
      expect(server.requests.map(({ url }) => url)).toEqual([PATH, FRESH_PATH]);
      expect(bodies(server)[1]).toHaveProperty('blocks');
    },
  );

  it.each([403, 404, 410])('is read afresh after a %d, and tried when it differs', async (status) => {
    const server = await localServer(answers(status, 'no_service'), OK);
    const url = aUrl(server.url);
    expect(await posting(server, { url })).toEqual({ kind: 'accepted' });
    expect(server.requests.map(({ url }) => url)).toEqual([PATH, FRESH_PATH]);
    expect(url.reads).toEqual(['read', 'readAfresh']);
  });

  it('is read afresh once', async () => {
    const server = await localServer(answers(404, 'no_service'));
    const url = aUrl(server.url);
    expect(await posting(server, { url })).toMatchObject({ kind: 'refused', form: false });
    expect(server.requests).toHaveLength(2);
    expect(url.reads).toEqual(['read', 'readAfresh']);
  });

  it('is not tried again when it is the same', async () => {
    const server = await localServer(answers(404, 'no_service'));
    const url = aUrl(server.url, { readFresh: async () => `${server.url}${PATH}\n` });
    expect(await posting(server, { url })).toMatchObject({ kind: 'refused' });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['no URL', 'htps//MARKED'],
    ['a workflow', 'https://hooks.slack.com/workflows/MARKED'],
    ['plain http', 'http://hooks.slack.com/services/T/B/MARKED'],
    ['a password', 'https://u:MARKED@hooks.slack.com/services/T/B/X'],
  ])('refuses the post without being repeated when it is %s', async (_name, text) => {
    const read = async () => text;
    expect(await posting({ url: '' }, { url: aUrl('', { read }) })).toMatchObject({
      kind: 'refused',
      form: false,
      error: { code: 'slack_url_invalid' },
    });
    const server = await localServer(answers(404, 'no_service'));
    const posted = await posting(server, { url: aUrl(server.url, { readFresh: read }) });
    expect(posted).toMatchObject({ kind: 'refused', error: { cause: { code: 'slack_url_invalid' } } });
    expect(messageOf(posted)).toMatch(/^answered 404/);
  });

  it('that cannot be read refuses the post, and does not reject', async () => {
    const why = new SyncAlertsError('secret_missing', 'the secret sync-alerts/prod is not there');
    const posted = await posting({ url: '' }, { url: aUrl('', { read: () => Promise.reject(why) }) });
    expect(posted).toMatchObject({ kind: 'refused', error: { code: 'slack_url_unreadable', cause: why } });
  });

  it('is in no outcome of a reader that quotes it', async () => {
    const quoting = () =>
      Promise.reject(new SyntaxError('Unexpected token in "https://hooks.slack.com/MARKED"'));
    const server = await localServer(answers(404));
    expect(await posting(server, { url: aUrl('', { read: quoting }) })).toMatchObject({ kind: 'refused' });
    const url = aUrl(server.url, { readFresh: quoting });
    expect(await posting(server, { url })).toMatchObject({ kind: 'refused' });
  });
});

describe('the gap between tries', () => {
  it('holds between the retries of a post', async () => {
    const server = await localServer(answers(429), answers(500, 'rollup_error'), OK);
    await posting(server, { gapMs: 60 });
    expect(Math.min(...gaps(server))).toBeGreaterThanOrEqual(55);
  });

  it('counts when a retry has to fit the deadline: the answer stands', async () => {
    const server = await localServer(answers(429, 'rate_limited'));
    const posted = await posting(server, { gapMs: 2000, deadline: deadlineIn(1) });
    expect(messageOf(posted)).toMatch(/^answered 429/);
    expect(server.requests).toHaveLength(1);
  });

  it('holds between two posts, and to the plain form', async () => {
    const server = await localServer(OK, answers(400, 'invalid_blocks'), OK);
    const webhook = new SlackWebhook(aUrl(server.url), { ...QUICK, gapMs: 60 });
    await webhook.post(MESSAGE, deadlineIn(5));
    await webhook.post(MESSAGE, deadlineIn(5));
    expect(gaps(server)).toHaveLength(2);
    expect(Math.min(...gaps(server))).toBeGreaterThanOrEqual(55);
  });

  it('holds from the end of a try that was answered late', async () => {
    const late: Behaviour = (request, response) => void setTimeout(() => OK(request, response), 120);
    const server = await localServer(late, OK);
    const webhook = new SlackWebhook(aUrl(server.url), { ...QUICK, gapMs: 60 });
    await webhook.post(MESSAGE, deadlineIn(5));
    await webhook.post(MESSAGE, deadlineIn(5));
    expect(gaps(server)[0]).toBeGreaterThanOrEqual(175);
  });

  it('holds between posts made at once', async () => {
    const server = await localServer(OK);
    const webhook = new SlackWebhook(aUrl(server.url), { ...QUICK, gapMs: 100 });
    await Promise.all([1, 2, 3].map(() => webhook.post(MESSAGE, deadlineIn(5))));
    expect(gaps(server)).toHaveLength(2);
    // By when they arrive: a busy machine moves that a little.
    expect(Math.min(...gaps(server))).toBeGreaterThanOrEqual(30);
  });

  it('is not between posts to two webhooks', async () => {
    const server = await localServer(OK);
    const began = performance.now();
    await posting(server, { gapMs: 5000 });
    await posting(server, { gapMs: 5000 });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('is at least 1.1 s unless someone says otherwise, and what a fitting Retry-After asks for', async () => {
    const twice = await localServer(OK);
    const webhook = new SlackWebhook(aUrl(twice.url));
    const postingTwice = async () => {
      await webhook.post(MESSAGE, deadlineIn(5));
      return webhook.post(MESSAGE, deadlineIn(5));
    };
    const asks = await localServer(answers(429, 'rate_limited', { 'retry-after': '1' }), OK);
    const posted = await Promise.all([posting(asks), postingTwice()]);
    expect(posted).toEqual([{ kind: 'accepted' }, { kind: 'accepted' }]);
    expect(gaps(twice)[0]).toBeGreaterThanOrEqual(1095);
    expect(gaps(asks)[0]).toBeGreaterThanOrEqual(995);
  });
});

const QUICK: WebhookOptions = {
  attemptTimeoutMs: 2000,
  gapMs: 0,
  retryPolicy: { retries: 3, minDelayMs: 1, maxDelayMs: 4, minAttemptMs: 0 },
};

/** Posts, and looks for the mark of the URLs in everything that comes of it. */
async function posting(
  { url: base }: Pick<LocalServer, 'url'>,
  {
    url = aUrl(base),
    deadline = deadlineIn(5),
    ...options
  }: WebhookOptions & { readonly url?: WebhookUrl; readonly deadline?: Deadline } = {},
): Promise<PostResult> {
  const posted = await new SlackWebhook(url, { ...QUICK, ...options }).post(MESSAGE, deadline);
  const everything = inspect(posted, {
    depth: Number.POSITIVE_INFINITY,
    showHidden: true,
    maxStringLength: null,
  });
  expect(everything).not.toContain('MARKED');
  return posted;
}

function aUrl(
  base: string,
  overrides: Partial<Omit<WebhookUrl, 'name'>> = {},
): WebhookUrl & { readonly reads: readonly string[] } {
  const { read = async () => base + PATH, readFresh = async () => base + FRESH_PATH } = overrides;
  const reads: string[] = [];
  return {
    name: 'default',
    reads,
    read: () => {
      reads.push('read');
      return read();
    },
    readFresh: () => {
      reads.push('readAfresh');
      return readFresh();
    },
  };
}

/** What the error says after the name of the webhook, which each begins with. */
function messageOf(posted: PostResult): string {
  if (posted.kind === 'accepted') return 'accepted';
  const { message } = posted.error;
  const name = 'slack webhook "default" ';
  expect(message.startsWith(name)).toBe(true);
  return message.slice(name.length);
}

function bodies({ requests }: LocalServer): readonly unknown[] {
  return requests.map(({ body }): unknown => JSON.parse(body));
}

function gaps({ requests }: LocalServer): readonly number[] {
  return requests.slice(1).map(({ atMs }, index) => atMs - (requests[index]?.atMs ?? 0));
}
