import { type ListingOptions, TimbalListing } from '../../lambda/timbal/listing.ts';
import { advance, fakeTimers, isPending } from '../http/fake-timers.ts';
import {
  answers,
  answersJson,
  type Behaviour,
  closeLocalServers,
  disconnects,
  disconnectsMidway,
  hangs,
  localServer,
  requestsReceived,
} from '../http/local-server.ts';
import { until } from '../http/until.ts';
import { everythingIn, KEY, LISTING, list, listingOptions, NOW, PARSED_SYNCS } from './a-listing.ts';

/** For listings that take a second on an idle machine; the limits that these tests are about are no times. */
const BUSY_MACHINE_SECONDS = 240;
const JEST_TIMEOUT_MS = 300_000;

afterEach(closeLocalServers);

describe('the request for a listing', () => {
  it('asks for the syncs of the organisation, with the API key', async () => {
    const server = await localServer(LISTING);
    await list(server);
    expect(server.requests).toMatchObject([
      {
        method: 'GET',
        url: '/orgs/acme/connectors/syncs',
        headers: { authorization: `Bearer ${KEY}`, accept: 'application/json', 'user-agent': 'sync-alerts' },
      },
    ]);
  });

  it.each<[string, string, Partial<ListingOptions>, string]>([
    ['a path in the base URL', '/timbal/v2', {}, '/timbal/v2/orgs/acme/connectors/syncs'],
    ['a slash at the end of the base URL', '/timbal//', {}, '/timbal/orgs/acme/connectors/syncs'],
    ['a connector filter', '', { connectorId: 'c&1' }, '/orgs/acme/connectors/syncs?connector_id=c%261'],
    ['a slash in the id', '', { organisation: 'a/../b' }, '/orgs/a%2F..%2Fb/connectors/syncs'],
    ['a question mark in the id', '', { organisation: 'a?b#c' }, '/orgs/a%3Fb%23c/connectors/syncs'],
    ['escaped dots in the id', '', { organisation: '%2e%2e' }, '/orgs/%252e%252e/connectors/syncs'],
    ['three dots as the id', '', { organisation: '...' }, '/orgs/.../connectors/syncs'],
    ['a backslash in the id', '', { organisation: '..\\x' }, '/orgs/..%5Cx/connectors/syncs'],
  ])('goes to the right path with %s', async (_name, path, options, expected) => {
    const server = await localServer(LISTING);
    expect(await list(server, { ...options, baseUrl: `${server.url}${path}` })).toMatchObject({
      ok: true,
      request: `GET ${server.url}${expected}`,
    });
    expect(server.requests[0]?.url).toBe(expected);
  });

  it.each(['', '.', '..', 'a\ud800'])(
    'is refused for an organisation id that cannot be a path segment: %j',
    (organisation) => {
      expect(() => new TimbalListing(listingOptions('http://127.0.0.1', { organisation }))).toThrow(
        expect.objectContaining({
          code: 'organisation_invalid',
          message: `${JSON.stringify(organisation)} is not an organisation id: copy the id from the settings of the Timbal platform`,
        }),
      );
    },
  );

  it.each([
    'http://api.timbal.ai',
    'https://u:MARKED@api.timbal.ai',
    'https://api.timbal.ai?MARKED',
    'MARKED',
  ])('is refused for the base URL %s, which the error does not repeat', (baseUrl) => {
    const error = thrownBy(() => new TimbalListing(listingOptions(baseUrl)));
    expect(error).toMatchObject({
      code: 'base_url_invalid',
      message: expect.stringMatching(
        /^the base URL of the API (is|holds) .*; set an https URL without query and fragment$/,
      ),
    });
    expect(everythingIn(error)).not.toContain('MARKED');
  });
});

describe('a listing', () => {
  it('has each record as a sync, and the time of the request', async () => {
    const server = await localServer(LISTING);
    expect(await list(server)).toEqual({
      ok: true,
      requestedAt: NOW,
      syncs: PARSED_SYNCS,
      request: `GET ${server.url}/orgs/acme/connectors/syncs`,
    });
  });

  it.each<[string, unknown]>([
    ['no syncs', { syncs: [] }],
    ['unknown fields', { syncs: [], total: 0, next: null }],
    ['null as its page token', { syncs: [], next_page_token: null }],
    ['an empty page token', { syncs: [], next_page_token: '' }],
  ])('may have %s', async (_name, body) => {
    const server = await localServer(answersJson(200, body));
    expect(await list(server)).toMatchObject({ ok: true, syncs: [] });
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, readonly Behaviour[]]>([
    ['a 408', [answers(408)]],
    ['a 429 without Retry-After', [answers(429)]],
    ['a 500', [answers(500)]],
    ['a 502 with an HTML page', [answers(502, '<html>Bad Gateway</html>')]],
    ['a 503', [answers(503)]],
    ['a connection that is closed without a response', [disconnects]],
    ['a chunked body that is cut off', [disconnectsMidway(200, '{"syncs":[', 'chunked')]],
    ['a body shorter than its length', [disconnectsMidway(200, '{"syncs":[', 'with a length')]],
    ['three failures', [answers(500), disconnects, answers(429)]],
  ])('succeeds by a retry after %s', async (_name, behaviours) => {
    const server = await localServer(...behaviours, LISTING);
    expect(await list(server)).toMatchObject({ ok: true, syncs: PARSED_SYNCS });
    expect(server.requests).toHaveLength(behaviours.length + 1);
  });

  it('succeeds by a second attempt beside one that hangs', async () => {
    const server = await localServer(hangs, LISTING);
    expect(await list(server, { secondAttemptAfterMs: 100 })).toMatchObject({
      ok: true,
      syncs: PARSED_SYNCS,
    });
    expect(server.requests).toHaveLength(2);
    await until(
      () => server.open() <= 1,
      () => 'the attempt that hangs is still open',
    );
  });

  it('keeps a numeric id of 16 or more digits exact, and leaves texts as they are', async () => {
    const id = '1234567890123456788';
    const name = `"id" : ${id}, "id": ${id}}`;
    const first = `{"id" : ${id}, "kb_uid":-${id} },{"name":${JSON.stringify(name)},"id":1234567890123456789}`;
    const server = await localServer(answers(200, `{"syncs":[${first},{"id":9007199254740991},{"id":12}]}`));
    expect(await list(server)).toMatchObject({
      syncs: [
        { id, labels: { kbUid: `-${id}` } },
        { id: '1234567890123456789', labels: { name } },
        { id: '9007199254740991' },
        { id: '12' },
      ],
    });
  });
});

describe('the limits of a listing', () => {
  it.each([16_000, 29_000])('allow one slow response after %d ms', async (ms) => {
    fakeTimers();
    let respond = () => {};
    const server = await localServer((request, response) => {
      respond = () => LISTING(request, response);
    }, hangs);
    const listed = list(server, {}, 30);
    await requestsReceived(server, 1);
    await advance(14_999);
    expect(server.requests).toHaveLength(1);
    await advance(1);
    await requestsReceived(server, 2);
    await advance(ms - 15_000);
    expect(await isPending(listed)).toBe(true);
    respond();
    expect(await listed).toMatchObject({ ok: true, syncs: PARSED_SYNCS });
  });

  it('give a body that has begun to arrive the time that is left, without a second attempt', async () => {
    fakeTimers();
    let end = () => {};
    const server = await localServer((_request, response) => {
      response.writeHead(200).write('{"syncs":[');
      end = () => void response.end(']}');
    });
    const listed = list(server, {}, 30);
    await requestsReceived(server, 1);
    await advance(29_000);
    end();
    expect(await listed).toMatchObject({ ok: true, syncs: [] });
    expect(server.requests).toHaveLength(1);
  });

  it('end a listing after 30 s without a response', async () => {
    fakeTimers();
    const server = await localServer(hangs);
    const listed = list(server, {}, 30);
    await requestsReceived(server, 1);
    await advance(29_999);
    expect(await isPending(listed)).toBe(true);
    await advance(1);
    expect(await listed).toMatchObject({
      failure: { received: 'no response before the deadline (DEADLINE), 2 attempts' },
    });
  });

  it(
    'refuse a listing of 64 MiB and one byte',
    async () => {
      const server = await localServer(answers(200, '{"syncs":[]}'.padEnd(64 * 1024 * 1024 + 1, ' ')));
      const failure = { kind: 'malformed', received: '200 with more than 64 MiB' };
      expect(await list(server, {}, BUSY_MACHINE_SECONDS)).toMatchObject({ ok: false, failure });
    },
    JEST_TIMEOUT_MS,
  );

  it(
    'end a listing of more than 1000 pages after 1000 requests',
    async () => {
      let sent = 0;
      const server = await localServer((request, response) => {
        sent += 1;
        answersJson(200, { syncs: [], next_page_token: `${sent}` })(request, response);
      });
      const failure = { kind: 'malformed', received: 'more than 1000 pages' };
      expect(await list(server, {}, BUSY_MACHINE_SECONDS)).toMatchObject({ ok: false, failure });
      expect(sent).toBe(1000);
    },
    JEST_TIMEOUT_MS,
  );
});

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
