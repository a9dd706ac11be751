import {
  allConnectionsClosed,
  answers,
  answersJson,
  type Behaviour,
  closeLocalServers,
  disconnects,
  disconnectsMidway,
  hangs,
  localServer,
  stallsMidway,
  unusedUrl,
} from '../http/local-server.ts';
import { KEY, list, NOW } from './a-listing.ts';

afterEach(closeLocalServers);

type Kind = 'refused' | 'failed' | 'malformed';
const CLOSED_EARLY = 'connection closed before the end of the response (UND_ERR_SOCKET), 4 attempts';
const NO_SYNCS = '200 with JSON that is not a listing: no array "syncs"';

describe('a failed listing', () => {
  it.each<[string, Behaviour, Kind, string, number]>([
    ['a body that is not JSON', answers(200, 'hello'), 'malformed', '200 with a body that is not JSON', 1],
    ['an empty body', answers(200), 'malformed', '200 with an empty body', 1],
    ['a blank body', answers(200, ' \n '), 'malformed', '200 with an empty body', 1],
    [
      'an HTML page with 200',
      answers(200, '<!doctype html><title>Log in</title>', { 'content-type': 'text/html' }),
      'malformed',
      '200 with an HTML or XML page instead of JSON',
      1,
    ],
    [
      'truncated JSON',
      answers(200, '{"syncs":[{"id":"a"'),
      'malformed',
      '200 with truncated or broken JSON',
      1,
    ],
    ['JSON without syncs', answersJson(200, { data: [] }), 'malformed', NO_SYNCS, 1],
    ['syncs that are not an array', answersJson(200, { syncs: { a: 1 } }), 'malformed', NO_SYNCS, 1],
    ['JSON that is null', answers(200, 'null'), 'malformed', NO_SYNCS, 1],
    ['JSON that is an array', answers(200, '[]'), 'malformed', NO_SYNCS, 1],
    [
      'a page token that is not a string',
      answersJson(200, { syncs: [], next_page_token: 7 }),
      'malformed',
      '200 with JSON that is not a listing: "next_page_token" is not a string',
      1,
    ],
    ['a 204', answers(204), 'failed', '204 No Content', 1],
    ['a redirect', answers(301, '', { location: '/elsewhere' }), 'failed', '301 Moved Permanently', 1],
    ['a 400', answers(400), 'failed', '400 Bad Request', 1],
    ['a 402', answers(402), 'failed', '402 Payment Required', 1],
    ['a 404', answers(404), 'failed', '404 Not Found', 1],
    ['a 401 twice', answers(401), 'refused', '401 Unauthorized', 2],
    ['a 403 twice', answers(403), 'refused', '403 Forbidden', 2],
    ['a 408 each time', answers(408), 'failed', '408 Request Timeout, 4 attempts', 4],
    ['a 429 each time', answers(429), 'failed', '429 Too Many Requests, 4 attempts', 4],
    [
      'a 429 whose Retry-After does not fit the deadline',
      answers(429, '', { 'retry-after': '90' }),
      'failed',
      '429 Too Many Requests, Retry-After 90 s',
      1,
    ],
    [
      'a 503 whose Retry-After is a date that does not fit',
      answers(503, '', {
        'retry-after': 'Tue, 24 Nov 2026 08:02:00 GMT',
        date: 'Tue, 24 Nov 2026 08:00:00 GMT',
      }),
      'failed',
      '503 Service Unavailable, Retry-After 120 s',
      1,
    ],
    ['a 500 each time', answers(500), 'failed', '500 Internal Server Error, 4 attempts', 4],
    ['a 503 each time', answers(503), 'failed', '503 Service Unavailable, 4 attempts', 4],
    ['a status without a name', answers(599), 'failed', '599, 4 attempts', 4],
    ['a connection closed without a response', disconnects, 'failed', CLOSED_EARLY, 4],
    [
      'a chunked body that is cut off',
      disconnectsMidway(200, '{"syncs":[', 'chunked'),
      'failed',
      CLOSED_EARLY,
      4,
    ],
    [
      'a body shorter than its length',
      disconnectsMidway(200, '{"syncs":[]}', 'with a length'),
      'failed',
      CLOSED_EARLY,
      4,
    ],
  ])(
    'names its kind, the request and the response: %s',
    async (_name, behaviour, kind, received, requests) => {
      const server = await localServer(behaviour);
      const request = `GET ${server.url}/orgs/acme/connectors/syncs`;
      const listed = await list(server);
      expect(listed).toMatchObject({
        ok: false,
        requestedAt: NOW,
        failure: { kind, request, received },
        error: { code: `listing_${kind}` },
      });
      expect(listed.ok ? '' : listed.error.message).toContain(
        `cannot list the syncs of organisation "acme" (${request}): expected 200 with a listing, received ${received}; `,
      );
      expect(server.requests).toHaveLength(requests);
    },
  );

  it.each<[string, Behaviour, string]>([
    ['a refused key', answers(401), 'check the API key: it is not accepted; create a new one, and store it'],
    [
      'a key without permission',
      answers(403),
      'check the API key: it must belong to this organisation, and be allowed to list connector syncs',
    ],
    [
      'an unpaid plan',
      answers(402),
      "check the plan and the payments of the organisation in Timbal's settings",
    ],
    ['a bad request', answers(400), 'check the organisation id, and the connector id if one is set'],
    ['an invalid value', answers(422), 'check the organisation id, and the connector id if one is set'],
    ['a rate limit', answers(429), 'the API limits the rate for each user; the next check retries'],
    ['an outage', answers(503), 'the next check retries'],
    [
      'a page of a gateway',
      answers(403, '<html>Access denied</html>'),
      "a proxy or a sign-in page may have responded in the API's place; check the API key: it must belong to this organisation, and be allowed to list connector syncs",
    ],
    [
      'too many syncs',
      answers(200, `{"syncs":[${'{},'.repeat(100_000)}{}]}`),
      'list the syncs of one connector (connectorId); if the organisation has fewer, the API has a problem',
    ],
    ['a redirect', answers(302), 'redirects are not followed: check the base URL'],
    ['any other status', answers(404), 'check the organisation id and the base URL'],
    [
      'a 200 without a listing',
      answers(200),
      'check the base URL; if it is right, the API has a problem, and the next check retries',
    ],
    ['a network fault', disconnects, 'check the network; the next check retries'],
  ])('says how to fix %s', async (_name, behaviour, advice) => {
    const listed = await list(await localServer(behaviour));
    expect(listed.ok ? '' : listed.error.message.split(/received .*?; /)[1]).toBe(advice);
  });

  it.each<[string, string, Behaviour]>([
    ['an API that hangs', '2 attempts', hangs],
    ['a body that stalls', '1 attempt', stallsMidway(200, '{')],
  ])('after %s leaves no connection open, and counts %s', async (_name, attempts, behaviour) => {
    const server = await localServer(behaviour);
    expect(await list(server, { secondAttemptAfterMs: 50 }, 0.3)).toMatchObject({
      ok: false,
      failure: { kind: 'failed', received: `no response before the deadline (DEADLINE), ${attempts}` },
    });
    await allConnectionsClosed(server);
  });

  it('names the network fault of a host that does not exist', async () => {
    const listed = await list({ url: 'https://sync-alerts.invalid' });
    expect(listed).toMatchObject({ ok: false, failure: { kind: 'failed' } });
    expect(listed.ok ? '' : listed.failure.received).toMatch(/\((ENOTFOUND|EAI_AGAIN)\), 4 attempts$/);
  });

  it('names the network fault of a port where nothing listens', async () => {
    expect(await list({ url: await unusedUrl() })).toMatchObject({
      ok: false,
      failure: { kind: 'failed', received: 'connection refused (ECONNREFUSED), 4 attempts' },
    });
  });

  it.each([
    [-1, true],
    [0, true],
    [1, false],
  ])('may have a body above the size limit: %d bytes above it, read: %s', async (above, ok) => {
    const body = JSON.stringify({ syncs: ['x'.repeat(1000)] });
    const server = await localServer(answers(200, body));
    expect(await list(server, { maxBytes: body.length - above })).toMatchObject(
      ok
        ? { ok }
        : { ok, failure: { kind: 'malformed', received: `200 with more than ${body.length - 1} bytes` } },
    );
    expect(server.requests).toHaveLength(1);
  });

  it('ends at the deadline, and no request outlives it', async () => {
    const server = await localServer(hangs);
    const started = performance.now();
    // The first request of a process takes a tenth of a second before it connects.
    expect(await list(server, {}, 0.5)).toMatchObject({
      ok: false,
      failure: { kind: 'failed', received: 'no response before the deadline (DEADLINE), 1 attempt' },
    });
    expect(performance.now() - started).toBeLessThan(1500);
    await allConnectionsClosed(server);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a listing error quotes of a response', () => {
  it.each<[string, unknown, string]>([
    [
      'its code and its message',
      { code: 'no_org', message: 'No such organisation' },
      ' (no_org: No such organisation)',
    ],
    ['its message without a code', { message: 'No such organisation' }, ' (No such organisation)'],
    ['one line', { message: 'a\r\n  b\u2028c\u001b[31m\u202ed' }, ' (a b c [31m d)'],
    ['at most 200 characters', { message: 'é'.repeat(300) }, ` (${'é'.repeat(200)}…)`],
    [
      'no part of a secret that the limit divides',
      { message: `${'e'.repeat(190)} postgres://app:hunter2@db` },
      ` (${'e'.repeat(190)} postgres:…)`,
    ],
    ['no credential of others', { message: 'no token=abc' }, ' (no token=***)'],
    ['whole characters', { message: '🚀'.repeat(300) }, ` (${'🚀'.repeat(200)}…)`],
    ['its error, a text', { error: 'consent_required' }, ' (consent_required)'],
    ['its error, an object', { error: { code: 'E1', message: 'No such org' } }, ' (E1: No such org)'],
    ['its detail', { detail: 'No such organisation' }, ' (No such organisation)'],
    ['its detail, a list', { detail: [{ loc: ['path'], msg: 'not a number' }] }, ' (not a number)'],
    ['its errors', { errors: [{ message: 'No such organisation' }] }, ' (No such organisation)'],
    ['its errors, texts', { errors: ['No such organisation'] }, ' (No such organisation)'],
    ['its title', { title: 'No such organisation', status: 404 }, ' (No such organisation)'],
    ['its detail before its title', { title: 'Not found', detail: 'No such org' }, ' (No such org)'],
    ['the description of its error', { error_description: 'No such org' }, ' (No such org)'],
    ['its code, a number', { code: 1042, message: 'No such organisation' }, ' (1042: No such organisation)'],
    ['no code that is null', { code: null, message: 'No such organisation' }, ' (No such organisation)'],
    ['no code that is the status', { code: 404, message: 'No such organisation' }, ' (No such organisation)'],
    ['its code alone', { code: 'no_org' }, ' (no_org)'],
    ['its message before its error', { error: 'Not Found', message: 'No such org' }, ' (No such org)'],
    ['its error where its message is blank', { message: ' ', error: 'no_org' }, ' (no_org)'],
    ['nothing of a body with another form', { reason: 'No such organisation' }, ''],
    ['nothing of a list', ['No such organisation'], ''],
    ['nothing of a message that is not a string', { message: 7 }, ''],
    ['no API key', { message: `the key ${KEY} is unknown` }, ' (the key *** is unknown)'],
  ])('%s', async (_name, body, quoted) => {
    const server = await localServer(answersJson(404, body));
    expect(await list(server)).toMatchObject({ failure: { received: `404 Not Found${quoted}` } });
  });

  it('its message after a byte order mark', async () => {
    const server = await localServer(answers(404, '\uFEFF{"message":"No such organisation"}'));
    expect(await list(server)).toMatchObject({
      failure: { received: '404 Not Found (No such organisation)' },
    });
  });

  it('nothing of an HTML page', async () => {
    const server = await localServer(answers(404, '<html>nginx</html>'));
    expect(await list(server)).toMatchObject({ failure: { received: '404 Not Found with an HTML page' } });
  });

  it.each<[string, Behaviour]>([
    ['is cut off', disconnectsMidway(404, '{"message":', 'with a length')],
    ['is huge', answers(404, 'x'.repeat(10_000_000))],
  ])('its status alone when its body %s', async (_name, behaviour) => {
    const server = await localServer(behaviour);
    expect(await list(server, { maxBytes: 100 })).toMatchObject({ failure: { received: '404 Not Found' } });
    expect(server.requests).toHaveLength(1);
  });
});
