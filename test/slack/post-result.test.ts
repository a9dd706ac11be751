import { deadlineIn } from '../../lambda/http/deadline.ts';
import { whileCollectingGarbage } from '../http/collect-garbage.ts';
import {
  allConnectionsClosed,
  answers,
  type Behaviour,
  closeLocalServers,
  disconnects,
  disconnectsMidway,
  hangs,
  localServer,
  sendsRaw,
  unusedUrl,
} from '../http/local-server.ts';
import { aUrl, messageOf, OK, PATH, post } from './a-webhook.ts';

afterEach(closeLocalServers);

const SIGN_IN = '<!DOCTYPE html><html><head><title>Sign in</title></head>';
const STORE_THE_URL =
  'store the URL of an incoming webhook as "slackWebhookUrl" in the secret (on a laptop: SLACK_WEBHOOK_URL)';
const NEW_WEBHOOK = `the webhook was revoked, or its channel or app was removed: create a new webhook and ${STORE_THE_URL}`;

describe('a post is refused for certain', () => {
  it.each<[string, Behaviour, string, number]>([
    [
      '429 each time',
      answers(429, 'rate_limited'),
      '429 rate_limited; Slack limits the rate; the next check posts the message',
      4,
    ],
    [
      '500 each time',
      answers(500, 'rollup_error'),
      '500 rollup_error; Slack has a problem; the next check posts the message',
      4,
    ],
    [
      '301',
      answers(301, '', { location: '/elsewhere' }),
      '301; redirects are not followed: check that the URL is an incoming webhook',
      1,
    ],
    [
      '402',
      answers(402, 'payment_required'),
      '402 payment_required; check that the URL is an incoming webhook',
      1,
    ],
    ['403', answers(403, 'invalid_token'), `403 invalid_token; ${NEW_WEBHOOK}`, 1],
    ['404', answers(404, 'no_service'), `404 no_service; ${NEW_WEBHOOK}`, 1],
    ['410', answers(410, 'channel_is_archived'), `410 channel_is_archived; ${NEW_WEBHOOK}`, 1],
    ['404 from a proxy', answers(404, '<html>MARKED</html>'), `404; ${NEW_WEBHOOK}`, 1],
  ])('by a %s', async (_name, behaviour, received, requests) => {
    const server = await localServer(behaviour);
    const result = await post(server, {
      url: aUrl(server.url, { readFresh: async () => server.url + PATH }),
    });
    expect(result).toMatchObject({
      kind: 'refused',
      invalidPayload: false,
      error: { code: 'slack_refused' },
    });
    expect(result).not.toHaveProperty('retryAfterSeconds');
    expect(messageOf(result)).toBe(`expected 2xx, received ${received}`);
    expect(server.requests).toHaveLength(requests);
  });

  it.each<[string, Behaviour, number]>([
    ['of 60 s with a 429', answers(429, 'rate_limited', { 'retry-after': '60' }), 60],
    ['of 3600 s with a 503', answers(503, 'rollup_error', { 'retry-after': '3600' }), 3600],
    [
      'that is a date',
      answers(429, '', {
        'retry-after': 'Tue, 24 Nov 2026 08:05:00 GMT',
        date: 'Tue, 24 Nov 2026 08:00:00 GMT',
      }),
      300,
    ],
  ])('with a Retry-After %s, when it does not fit the deadline', async (_name, behaviour, seconds) => {
    const server = await localServer(behaviour);
    expect(await post(server)).toMatchObject({
      kind: 'refused',
      invalidPayload: false,
      retryAfterSeconds: seconds,
    });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['{"ok":false,"error":"not_authed"}', ' (not_authed)'],
    ['{"ok":false}', ''],
    ['{"success":false,"message":"no"}', ''],
    ['{"error":{"code":"MARKED"}}', ''],
    ['\uFEFF {"error":"/services/MARKED"}', ''],
    ['{"OK":false,"Error":"not_authed"}', ' (not_authed)'],
    ['{"ok":"false"}', ''],
    ['{"ok":0}', ''],
    ['{"Success":false}', ''],
    ['{"errors":["MARKED"]}', ''],
    ['{"errors":{"url":"MARKED"}}', ''],
    ['{"status":"error","message":"MARKED"}', ''],
    ['{"status":"Failed"}', ''],
  ])('by a 200 with %s, once', async (body, error) => {
    const server = await localServer(answers(200, body));
    const result = await post(server, {
      url: aUrl(server.url, { readFresh: async () => server.url + PATH }),
    });
    expect(result).toMatchObject({
      kind: 'refused',
      invalidPayload: false,
      error: { code: 'slack_refused' },
    });
    expect(messageOf(result)).toBe(
      `expected \`ok\`, received 200 with JSON that refuses the message${error}; the URL is no incoming webhook, or a proxy refused the message: ${STORE_THE_URL}`,
    );
    expect(server.requests).toHaveLength(1);
  });

  it('when no address of the host connects, after 3 retries', async () => {
    const { port } = new URL(await unusedUrl());
    const fetching = jest.spyOn(globalThis, 'fetch');
    const result = await post({ url: `http://localhost:${port}` });
    expect(fetching).toHaveBeenCalledTimes(4);
    fetching.mockRestore();
    expect(result).toMatchObject({ kind: 'refused', error: { code: 'slack_unreachable' } });
  });

  it('when nothing listens at the port', async () => {
    const result = await post({ url: await unusedUrl() });
    expect(result).toMatchObject({
      kind: 'refused',
      invalidPayload: false,
      error: { code: 'slack_unreachable' },
    });
    expect(messageOf(result)).toBe(
      'nothing was sent: connection refused (ECONNREFUSED); the next check posts the message',
    );
  });

  it('when the host does not exist', async () => {
    const result = await post({ url: 'https://sync-alerts.invalid' });
    expect(result).toMatchObject({ kind: 'refused', error: { code: 'slack_unreachable' } });
    expect(messageOf(result)).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  it('when TLS fails, after 3 retries', async () => {
    const server = await localServer(OK);
    const result = await post(server, { url: aUrl(server.url.replace('http:', 'https:')) });
    expect(result).toMatchObject({ kind: 'refused', error: { code: 'slack_unreachable' } });
    expect(server.connections()).toBe(4);
    expect(server.requests).toHaveLength(0);
  });

  it('when the deadline has passed before anything was sent', async () => {
    const server = await localServer(OK);
    const result = await post(server, { deadline: deadlineIn(0) });
    expect(result).toMatchObject({
      kind: 'refused',
      invalidPayload: false,
      error: { code: 'slack_unreachable' },
    });
    expect(messageOf(result)).toBe(
      'nothing was sent: no time was left before the deadline; the next check posts the message',
    );
    expect(server.connections()).toBe(0);
  });
});

describe('a post is unconfirmed, and not sent again,', () => {
  it.each<[string, Behaviour, RegExp]>([
    ['a connection closed after sending', disconnects, /^expected 2xx, received connection closed/],
    [
      'a reset connection',
      (request) => void request.socket.resetAndDestroy(),
      /^expected 2xx, received connection (reset|closed)/,
    ],
    ['a 500 with an HTML page', answers(500, '<html>MARKED</html>'), /received 500, which is not from Slack/],
    ['a 502 of a proxy', answers(502, '<html>Bad Gateway</html>'), /received 502, which is not from Slack/],
    ['a 503 without a body', answers(503), /received 503, which is not from Slack/],
    [
      'a 503 of a proxy with Retry-After',
      answers(503, 'Try later!', { 'retry-after': '60' }),
      /received 503, which is not from Slack/,
    ],
    ['a 504 with two words', answers(504, 'Gateway Timeout'), /received 504, which is not from Slack/],
    [
      'a 500 whose body is cut off',
      disconnectsMidway(500, 'roll', 'with a length'),
      /received 500 roll, which is not from Slack/,
    ],
    ['a 503 with the word of a proxy', answers(503, 'error'), /received 503 error, which is not from Slack/],
    ['a 500 with JSON', answers(500, '{"error":"rollup_error"}'), /received 500, which is not from Slack/],
    [
      'a 200 with a sign-in page',
      answers(200, SIGN_IN),
      /^expected `ok`, received 200 with an HTML page; .*: let it pass; /,
    ],
    [
      'a 200 with a sign-in page in UTF-16',
      answers(200, [...`\uFFFD\uFFFD${SIGN_IN}`].join('\0')),
      /received 200 with an HTML page/,
    ],
    [
      'a 200 with a long sign-in page',
      answers(200, SIGN_IN + 'x'.repeat(200_000)),
      /received 200 with an HTML page/,
    ],
    [
      'a 200 with a sign-in page that is cut off',
      disconnectsMidway(200, SIGN_IN, 'with a length'),
      /received 200 with an HTML page/,
    ],
    ['a 202 with XML', answers(202, '<?xml version="1.0"?>'), /received 202 with an HTML page/],
    [
      'a response that is not HTTP',
      sendsRaw(({ url }) => `${url}\r\n\r\n`),
      /received a response that is not HTTP \(NOT_HTTP\)/,
    ],
  ])('after %s', async (_name, behaviour, message) => {
    const server = await localServer(behaviour);
    const result = await post(server);
    expect(result).toMatchObject({ kind: 'unconfirmed', error: { code: 'slack_unconfirmed' } });
    expect(messageOf(result)).toMatch(message);
    expect(messageOf(result)).toMatch(
      /; Slack may have received the message, so a later check posts it again$/,
    );
    expect(server.requests).toHaveLength(1);
  });

  it('without a response in time', async () => {
    const server = await localServer(hangs);
    const result = await post(server, { attemptTimeoutMs: 100 });
    expect(result).toMatchObject({ kind: 'unconfirmed', error: { code: 'slack_unconfirmed' } });
    expect(messageOf(result)).toMatch(/^expected 2xx, received no response in time \(TIMEOUT\); /);
    expect(server.requests).toHaveLength(1);
    await allConnectionsClosed(server);
  });

  it('at the deadline, after which no request goes on', async () => {
    const server = await localServer(hangs);
    const started = performance.now();
    const result = await post(server, { deadline: deadlineIn(0.1), attemptTimeoutMs: 5000 });
    expect(result).toMatchObject({ kind: 'unconfirmed' });
    expect(performance.now() - started).toBeLessThan(1000);
    await allConnectionsClosed(server);
    expect(server.requests).toHaveLength(1);
  });

  it('in time although garbage is collected', async () => {
    const server = await localServer(hangs);
    const started = performance.now();
    const result = await whileCollectingGarbage(post(server, { attemptTimeoutMs: 100 }));
    expect(result).toMatchObject({ kind: 'unconfirmed' });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('after a retry whose connection is closed', async () => {
    const server = await localServer(answers(429), disconnects);
    expect(await post(server)).toMatchObject({ kind: 'unconfirmed' });
    expect(server.requests).toHaveLength(2);
  });
});
