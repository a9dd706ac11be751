import { inspect } from 'node:util';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { deadlineIn } from '../../lambda/http/deadline.ts';
import {
  type ApiKey,
  type ListingOptions,
  type ListingResult,
  TimbalListing,
} from '../../lambda/timbal/listing.ts';
import {
  answers,
  answersJson,
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

const NOW = Date.UTC(2026, 10, 24, 8);
/** Every key of these tests holds the mark, which no outcome may. */
const KEY = 'MARKED-key';
const FRESH_KEY = 'MARKED-fresh-key';
const SYNCS = [{ id: 'a' }, { id: 2 }, 'anything'];
const LISTING = answersJson(200, { syncs: SYNCS });

afterEach(closeLocalServers);

describe('the request', () => {
  it('asks for the syncs of the organisation, with the key', async () => {
    const server = await localServer(LISTING);
    await listing(server);
    expect(server.requests).toMatchObject([
      {
        method: 'GET',
        url: '/orgs/acme/connectors/syncs',
        headers: { authorization: `Bearer ${KEY}`, accept: 'application/json', 'user-agent': 'sync-alerts' },
      },
    ]);
  });

  it.each<[string, string, Partial<ListingOptions>, string]>([
    ['a path of its own in the base URL', '/timbal/v2', {}, '/timbal/v2/orgs/acme/connectors/syncs'],
    ['a slash at the end of the base URL', '/timbal//', {}, '/timbal/orgs/acme/connectors/syncs'],
    ['a filter', '', { connectorId: 'c&1' }, '/orgs/acme/connectors/syncs?connector_id=c%261'],
    ['a slash in the id', '', { organisation: 'a/../b' }, '/orgs/a%2F..%2Fb/connectors/syncs'],
    ['a question mark in the id', '', { organisation: 'a?b#c' }, '/orgs/a%3Fb%23c/connectors/syncs'],
    ['escaped dots in the id', '', { organisation: '%2e%2e' }, '/orgs/%252e%252e/connectors/syncs'],
    ['three dots in the id', '', { organisation: '...' }, '/orgs/.../connectors/syncs'],
    ['a backslash in the id', '', { organisation: '..\\x' }, '/orgs/..%5Cx/connectors/syncs'],
  ])('goes to the right path with %s', async (_name, path, options, expected) => {
    const server = await localServer(LISTING);
    expect(await listing(server, { ...options, baseUrl: `${server.url}${path}` })).toMatchObject({
      ok: true,
      request: `GET ${server.url}${expected}`,
    });
    expect(server.requests[0]?.url).toBe(expected);
  });

  it.each(['', '.', '..', 'a\ud800'])(
    'is refused for an id that is no segment of a path: %j',
    (organisation) => {
      expect(() => new TimbalListing(options('http://127.0.0.1', { organisation }))).toThrow(
        expect.objectContaining({ code: 'organisation_invalid' }),
      );
    },
  );

  it.each([
    'http://api.timbal.ai',
    'https://u:MARKED@api.timbal.ai',
    'https://api.timbal.ai?MARKED',
    'MARKED',
  ])('is refused for the base URL %s', (baseUrl) => {
    const error = thrownBy(() => new TimbalListing(options(baseUrl)));
    expect(error).toMatchObject({ code: 'base_url_invalid' });
    expect(everythingIn(error)).not.toContain('MARKED');
  });
});

describe('a listing', () => {
  it('gives the records as they came, and when they were asked for', async () => {
    const server = await localServer(LISTING);
    expect(await listing(server)).toEqual({
      ok: true,
      requestedAt: NOW,
      records: SYNCS,
      request: `GET ${server.url}/orgs/acme/connectors/syncs`,
    });
  });

  it.each<[string, unknown]>([
    ['no syncs', { syncs: [] }],
    ['further fields', { syncs: [], total: 0, next: null }],
    ['a page token of null', { syncs: [], next_page_token: null }],
    ['an empty page token', { syncs: [], next_page_token: '' }],
  ])('may have %s', async (_name, body) => {
    const server = await localServer(answersJson(200, body));
    expect(await listing(server)).toMatchObject({ ok: true, records: [] });
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, readonly Behaviour[]]>([
    ['a 408', [answers(408)]],
    ['a 429 without Retry-After', [answers(429)]],
    ['a 500', [answers(500)]],
    ['a 502 with a page', [answers(502, '<html>Bad Gateway</html>')]],
    ['a 503', [answers(503)]],
    ['a connection closed without an answer', [cuts]],
    ['a chunked body cut midway', [cutsMidway(200, '{"syncs":[', 'chunked')]],
    ['a body shorter than its length', [cutsMidway(200, '{"syncs":[', 'with a length')]],
    ['three failures', [answers(500), cuts, answers(429)]],
  ])('comes after %s', async (_name, behaviours) => {
    const server = await localServer(...behaviours, LISTING);
    expect(await listing(server)).toMatchObject({ ok: true, records: SYNCS });
    expect(server.requests).toHaveLength(behaviours.length + 1);
  });

  it.each<[string, Behaviour]>([
    ['hangs', hangs],
    ['stalls in its body', stallsMidway(200, '{"syncs":[')],
  ])('comes after a try that %s', async (_name, behaviour) => {
    const server = await localServer(behaviour, LISTING);
    expect(await listing(server, { attemptTimeoutMs: 150 })).toMatchObject({ ok: true, records: SYNCS });
  });

  it('comes after a Retry-After that fits, in seconds or as a date', async () => {
    const date = 'Tue, 24 Nov 2026 08:00:00 GMT';
    const asDate = { 'retry-after': 'Tue, 24 Nov 2026 08:00:01 GMT', date };
    const waits = [{ 'retry-after': '1' }, asDate].map(async (headers) => {
      const server = await localServer(answers(429, '', headers), LISTING);
      expect(await listing(server)).toMatchObject({ ok: true });
      const [first, second] = server.requests;
      return (second?.atMs ?? 0) - (first?.atMs ?? 0);
    });
    for (const waitMs of await Promise.all(waits)) {
      expect(waitMs).toBeGreaterThanOrEqual(995);
      expect(waitMs).toBeLessThan(1500);
    }
  });
});

type Kind = 'refused' | 'failed' | 'malformed';

describe('blindness', () => {
  it.each<[string, Behaviour, Kind, string, number]>([
    ['a body that is not JSON', answers(200, 'hello'), 'malformed', '200 with a body that is not JSON', 1],
    ['an empty body', answers(200), 'malformed', '200 with an empty body', 1],
    ['a blank body', answers(200, ' \n '), 'malformed', '200 with an empty body', 1],
    [
      'a page with 200',
      answers(200, '<!doctype html><title>Log in</title>', { 'content-type': 'text/html' }),
      'malformed',
      '200 with a page (HTML or XML) instead of JSON',
      1,
    ],
    [
      'JSON cut short',
      answers(200, '{"syncs":[{"id":"a"'),
      'malformed',
      '200 with JSON that is cut short or broken',
      1,
    ],
    [
      'JSON without syncs',
      answersJson(200, { data: [] }),
      'malformed',
      '200 with JSON that is not a listing: no array "syncs"',
      1,
    ],
    [
      'syncs that are no array',
      answersJson(200, { syncs: { a: 1 } }),
      'malformed',
      '200 with JSON that is not a listing: no array "syncs"',
      1,
    ],
    [
      'JSON that is null',
      answers(200, 'null'),
      'malformed',
      '200 with JSON that is not a listing: no array "syncs"',
      1,
    ],
    [
      'JSON that is an array',
      answers(200, '[]'),
      'malformed',
      '200 with JSON that is not a listing: no array "syncs"',
      1,
    ],
    [
      'a page token that is no text',
      answersJson(200, { syncs: [], next_page_token: 7 }),
      'malformed',
      '200 with JSON that is not a listing: "next_page_token" is no text',
      1,
    ],
    ['nothing, by its status', answers(204), 'failed', '204 No Content', 1],
    ['a redirect', answers(301, '', { location: '/elsewhere' }), 'failed', '301 Moved Permanently', 1],
    ['a 400', answers(400), 'failed', '400 Bad Request', 1],
    ['a 402', answers(402), 'failed', '402 Payment Required', 1],
    ['a 404', answers(404), 'failed', '404 Not Found', 1],
    ['a 401 twice', answers(401), 'refused', '401 Unauthorized', 2],
    ['a 403 twice', answers(403), 'refused', '403 Forbidden', 2],
    ['a 408 to the end', answers(408), 'failed', '408 Request Timeout, 4 tries', 4],
    ['a 429 to the end', answers(429), 'failed', '429 Too Many Requests, 4 tries', 4],
    [
      'a 429 whose Retry-After does not fit',
      answers(429, '', { 'retry-after': '90' }),
      'failed',
      '429 Too Many Requests, asks to wait 90 s',
      1,
    ],
    [
      'a 503 whose Retry-After is a date that does not fit',
      answers(503, '', {
        'retry-after': 'Tue, 24 Nov 2026 08:02:00 GMT',
        date: 'Tue, 24 Nov 2026 08:00:00 GMT',
      }),
      'failed',
      '503 Service Unavailable, asks to wait 120 s',
      1,
    ],
    ['a 500 to the end', answers(500), 'failed', '500 Internal Server Error, 4 tries', 4],
    ['a 503 to the end', answers(503), 'failed', '503 Service Unavailable, 4 tries', 4],
    ['a status without a name', answers(599), 'failed', '599, 4 tries', 4],
    [
      'a socket cut without an answer',
      cuts,
      'failed',
      'connection closed before the end of the answer (UND_ERR_SOCKET), 4 tries',
      4,
    ],
    [
      'a chunked body cut midway',
      cutsMidway(200, '{"syncs":[', 'chunked'),
      'failed',
      'connection closed before the end of the answer (UND_ERR_SOCKET), 4 tries',
      4,
    ],
    [
      'a body shorter than its length',
      cutsMidway(200, '{"syncs":[]}', 'with a length'),
      'failed',
      'connection closed before the end of the answer (UND_ERR_SOCKET), 4 tries',
      4,
    ],
  ])('comes of %s', async (_name, behaviour, kind, received, requests) => {
    const server = await localServer(behaviour);
    const tried = `GET ${server.url}/orgs/acme/connectors/syncs`;
    const listed = await listing(server);
    expect(listed).toMatchObject({
      ok: false,
      requestedAt: NOW,
      failure: { kind, tried, received },
      error: { code: `listing_${kind}` },
    });
    expect(listed.ok ? '' : listed.error.message).toContain(
      `cannot list the syncs of organisation "acme": tried ${tried}, got ${received}; `,
    );
    expect(server.requests).toHaveLength(requests);
  });

  it.each<[string, Behaviour]>([
    ['a socket that hangs', hangs],
    ['a body that stalls', stallsMidway(200, '{')],
  ])('comes of %s, and leaves no request behind', async (_name, behaviour) => {
    const server = await localServer(behaviour);
    expect(await listing(server, { attemptTimeoutMs: 50 })).toMatchObject({
      ok: false,
      failure: { kind: 'failed', received: 'no answer in time (TIMEOUT), 4 tries' },
    });
    expect(server.requests.length).toBeLessThanOrEqual(4);
    await nothingOpen(server);
  });

  it('comes of a name that does not exist', async () => {
    const listed = await listing({ url: 'https://sync-alerts.invalid' });
    expect(listed).toMatchObject({ ok: false, failure: { kind: 'failed' } });
    expect(listed.ok ? '' : listed.failure.received).toMatch(/\((ENOTFOUND|EAI_AGAIN)\), 4 tries$/);
  });

  it('comes of an address where nobody listens', async () => {
    expect(await listing({ url: await nobodyThere() })).toMatchObject({
      ok: false,
      failure: { kind: 'failed', received: 'connection refused (ECONNREFUSED), 4 tries' },
    });
  });

  it.each([
    [-1, true],
    [0, true],
    [1, false],
  ])('comes of a body beyond the bound: %d bytes more, read: %s', async (more, ok) => {
    const body = JSON.stringify({ syncs: ['x'.repeat(1000)] });
    const server = await localServer(answers(200, body));
    expect(await listing(server, { maxBytes: body.length - more })).toMatchObject(
      ok ? { ok } : { ok, failure: { kind: 'malformed', received: `more than ${body.length - 1} bytes` } },
    );
    expect(server.requests).toHaveLength(1);
  });

  it('comes of the deadline, at once, and nothing of the request outlives it', async () => {
    const server = await localServer(hangs);
    const began = performance.now();
    expect(await listing(server, {}, 0.1)).toMatchObject({
      ok: false,
      failure: { kind: 'failed', received: 'no answer before the deadline (CUT), 1 try' },
    });
    expect(performance.now() - began).toBeLessThan(1000);
    await nothingOpen(server);
    expect(server.requests).toHaveLength(1);
  });
});

describe('what an error quotes of an answer', () => {
  it.each<[string, unknown, string]>([
    [
      'its message and its code',
      { code: 'no_org', message: 'No such organisation' },
      ' (no_org: No such organisation)',
    ],
    ['its message alone', { message: 'No such organisation' }, ' (No such organisation)'],
    ['one line', { message: 'a\r\n  b\u2028c\u001b[31m\u202ed' }, ' (a b c [31m d)'],
    ['its beginning', { message: 'é'.repeat(300) }, ` (${'é'.repeat(200)}…)`],
    [
      'no part of a URL',
      { message: `${'e'.repeat(180)} https://hooks.slack.com/services/T0/B0/x` },
      ` (${'e'.repeat(180)} …)`,
    ],
    ['whole characters', { message: '🚀'.repeat(300) }, ` (${'🚀'.repeat(200)}…)`],
    ['nothing of another form', { error: 'No such organisation' }, ''],
    ['nothing of a message that is no text', { message: 7 }, ''],
    ['no key', { message: `the key ${KEY} is unknown` }, ' (the key *** is unknown)'],
  ])('%s', async (_name, body, quoted) => {
    const server = await localServer(answersJson(404, body));
    expect(await listing(server)).toMatchObject({ failure: { received: `404 Not Found${quoted}` } });
  });

  it('nothing of a page', async () => {
    const server = await localServer(answers(404, '<html>nginx</html>'));
    expect(await listing(server)).toMatchObject({ failure: { received: '404 Not Found' } });
  });
});

describe('the key', () => {
  it.each([401, 403])('is read afresh after a %d, and tried again', async (status) => {
    const server = await localServer(answers(status), LISTING);
    const apiKey = aKey();
    expect(await listing(server, { apiKey })).toMatchObject({ ok: true });
    expect(keysSent(server)).toEqual([KEY, FRESH_KEY]);
    expect(apiKey.reads).toEqual(['read', 'readAfresh']);
  });

  it('is read afresh once in a listing, and kept for the pages that follow', async () => {
    const page = (token: string) => answersJson(200, { syncs: [], next_page_token: token });
    const server = await localServer(answers(401), page('2'), page('3'), answers(401));
    const apiKey = aKey();
    expect(await listing(server, { apiKey })).toMatchObject({ ok: false, failure: { kind: 'refused' } });
    expect(keysSent(server)).toEqual([KEY, FRESH_KEY, FRESH_KEY, FRESH_KEY]);
    expect(apiKey.reads).toEqual(['read', 'readAfresh']);
  });

  it('may fail after it was read afresh for another reason', async () => {
    const server = await localServer(answers(401), answers(500));
    expect(await listing(server)).toMatchObject({ ok: false, failure: { kind: 'failed' } });
  });

  it.each([
    ['a line break', `${KEY}\nmore`],
    ['a character beyond Latin-1', `${KEY}…`],
  ])('is refused with %s in it, and nothing is sent', async (_name, key) => {
    const server = await localServer(LISTING);
    const listed = await listing(server, { apiKey: aKey({ read: async () => key }) });
    expect(listed).toMatchObject({
      ok: false,
      failure: {
        kind: 'refused',
        received: expect.stringContaining('a character that no header may hold'),
      },
    });
    expect(server.requests).toHaveLength(0);
  });

  it('may have a line break at its end, as files have', async () => {
    const server = await localServer(LISTING);
    expect(await listing(server, { apiKey: aKey({ read: async () => `${KEY}\n` }) })).toMatchObject({
      ok: true,
    });
    expect(keysSent(server)).toEqual([KEY]);
  });

  it('that cannot be read makes blind, and does not reject', async () => {
    const server = await localServer(LISTING);
    const why = new SyncAlertsError('secret_missing', 'the secret sync-alerts/prod is not there');
    const listed = await listing(server, { apiKey: aKey({ read: () => Promise.reject(why) }) });
    expect(listed).toMatchObject({
      ok: false,
      failure: { kind: 'failed', received: 'nothing: the API key could not be read' },
    });
    expect(everythingIn(listed)).toContain('sync-alerts/prod');
  });

  it('that cannot be read afresh leaves the refusal, with the reason', async () => {
    const server = await localServer(answers(401));
    const why = new SyncAlertsError('secret_missing', 'the secret sync-alerts/prod is not there');
    const listed = await listing(server, { apiKey: aKey({ readFresh: () => Promise.reject(why) }) });
    expect(listed).toMatchObject({ failure: { kind: 'refused', received: '401 Unauthorized' } });
    expect(everythingIn(listed)).toContain('sync-alerts/prod');
  });

  it.each<[string, Behaviour]>([
    [
      'in a refusal, whichever key it was',
      (request, response) =>
        void response
          .writeHead(401, {
            'content-type': 'application/json',
            'x-key': request.headers.authorization ?? '',
          })
          .end(JSON.stringify({ code: KEY, message: `not ${request.headers.authorization}` })),
    ],
    ['in the phrase of a status', sendsRaw(({ headers }) => `HTTP/1.1 404 ${headers.authorization}\r\n\r\n`)],
    ['in what is not HTTP', sendsRaw(({ headers }) => `${headers.authorization}\r\n\r\n`)],
    ['in what is not JSON', (request, response) => void response.end(request.headers.authorization)],
    [
      'in a field that is wrong',
      (request, response) => void response.end(JSON.stringify({ syncs: request.headers.authorization })),
    ],
  ])('is in no outcome of an answer that repeats it %s', async (_name, behaviour) => {
    // `listing` looks for the mark in everything that comes of it.
    expect(await listing(await localServer(behaviour))).toMatchObject({ ok: false });
  });

  it('is in no outcome of a reader that quotes it', async () => {
    const quoting = () => Promise.reject(new SyntaxError(`Unexpected token in {"timbalApiKey":"${KEY}"`));
    await listing(await localServer(LISTING), { apiKey: aKey({ read: quoting }) });
    await listing(await localServer(answers(401)), { apiKey: aKey({ readFresh: quoting }) });
  });
});

describe('an id that is a number', () => {
  it('of many digits is not rounded to that of another sync, and texts are left as they are', async () => {
    const id = '1234567890123456788';
    const name = `"id" : ${id}, "id": ${id}}`;
    const first = `{"id" : ${id}, "kb_uid":-${id} },{"name":${JSON.stringify(name)},"id":1234567890123456789}`;
    const server = await localServer(answers(200, `{"syncs":[${first},{"id":9007199254740991},{"id":12}]}`));
    expect(await listing(server)).toMatchObject({
      records: [
        { id, kb_uid: `-${id}` },
        { name, id: '1234567890123456789' },
        { id: '9007199254740991' },
        { id: 12 },
      ],
    });
  });
});

describe('pages', () => {
  it('are followed to the last, with the filter, each by the token of the one before', async () => {
    const server = await localServer(
      answersJson(200, { syncs: [1], next_page_token: 'two & more' }),
      answersJson(200, { syncs: [2], next_page_token: 'three' }),
      answersJson(200, { syncs: [3] }),
    );
    expect(await listing(server, { connectorId: 'c' })).toMatchObject({ ok: true, records: [1, 2, 3] });
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/orgs/acme/connectors/syncs?connector_id=c',
      '/orgs/acme/connectors/syncs?connector_id=c&page_token=two+%26+more',
      '/orgs/acme/connectors/syncs?connector_id=c&page_token=three',
    ]);
  });

  it('are no listing when one of them fails', async () => {
    const server = await localServer(answersJson(200, { syncs: [1], next_page_token: '2' }), answers(404));
    expect(await listing(server)).toMatchObject({ ok: false, failure: { kind: 'failed' } });
  });

  it.each([
    ['the token before it', ['a']],
    ['an earlier token', ['a', 'b']],
  ])('are malformed when one repeats %s', async (_name, tokens) => {
    let command = 0;
    const server = await localServer((request, response) => {
      const next_page_token = tokens[command++ % tokens.length];
      answersJson(200, { syncs: [], next_page_token })(request, response);
    });
    expect(await listing(server)).toMatchObject({ ok: false, failure: { kind: 'malformed' } });
    expect(server.requests).toHaveLength(tokens.length + 1);
  });

  it.each([
    [39, true],
    [40, true],
    [41, false],
  ])('are read up to a bound, here of 40: %d, %s', async (pages, ok) => {
    let sent = 0;
    const server = await localServer((request, response) => {
      sent += 1;
      answersJson(200, { syncs: [sent], ...(sent < pages && { next_page_token: `${sent}` }) })(
        request,
        response,
      );
    });
    const blindness = { kind: 'malformed', received: 'more than 40 pages' };
    expect(await listing(server, { maxPages: 40 })).toMatchObject(
      ok ? { ok, records: { length: pages } } : { ok, blindness },
    );
    expect(server.requests).toHaveLength(Math.min(pages, 40));
  });

  it.each([
    [0, true],
    [1, false],
  ])('have one bound together: %d bytes beyond it, read: %s', async (more, ok) => {
    const first = JSON.stringify({ syncs: ['é'.repeat(100)], next_page_token: '2' });
    const second = JSON.stringify({ syncs: ['x'.repeat(100)] });
    const maxBytes = Buffer.byteLength(first) + second.length - more;
    const server = await localServer(answers(200, first), answers(200, second));
    const blindness = { kind: 'malformed', received: `more than ${maxBytes} bytes` };
    expect(await listing(server, { maxBytes })).toMatchObject(ok ? { ok } : { ok, blindness });
  });
});

/** Lists, and looks for the mark of the keys in everything that comes of it. */
async function listing(
  { url }: Pick<LocalServer, 'url'>,
  overrides: Partial<ListingOptions> = {},
  seconds = 5,
): Promise<ListingResult> {
  const listed = await new TimbalListing(options(url, overrides)).list(deadlineIn(seconds));
  expect(everythingIn(listed)).not.toContain('MARKED');
  return listed;
}

function options(baseUrl: string, overrides: Partial<ListingOptions> = {}): ListingOptions {
  return {
    baseUrl,
    organisation: 'acme',
    apiKey: aKey(),
    now: () => NOW,
    retryPolicy: { retries: 3, minDelayMs: 1, maxDelayMs: 4, minAttemptMs: 0 },
    ...overrides,
  };
}

function aKey(overrides: Partial<ApiKey> = {}): ApiKey & { readonly reads: readonly string[] } {
  const reads: string[] = [];
  const { read = async () => KEY, readFresh = async () => FRESH_KEY } = overrides;
  return {
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

function keysSent({ requests }: LocalServer): readonly (string | undefined)[] {
  return requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));
}

function everythingIn(value: unknown): string {
  return inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null });
}

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
