import { deadlineIn } from '../../lambda/http/deadline.ts';
import { TimbalEvidence } from '../../lambda/timbal/evidence.ts';
import type {
  EvidenceAnswer,
  EvidenceOptions,
  EvidenceRequest,
} from '../../lambda/timbal/evidence-source.ts';
import {
  answers,
  answersJson,
  type Behaviour,
  closeLocalServers,
  disconnects,
  disconnectsMidway,
  hangs,
  unusedUrl,
} from '../http/local-server.ts';
import { startTimbalServer, type TimbalRoute, type TimbalServer } from '../timbal-server/timbal-server.ts';
import { everythingIn, KEY, MARK } from './a-listing.ts';

const AT = Date.UTC(2026, 10, 24, 9);
const HOUR = 3_600_000;
const iso = (at: number) => new Date(at).toISOString();
const aJob = (fields: Readonly<Record<string, unknown>> = {}) => ({
  id: 'job_1',
  sync_id: 'a',
  connector_id: 'box',
  state: 'failed',
  message: 'timeout after 30 s',
  rows_emitted: 0,
  created_at: iso(AT - 60_000),
  started_at: iso(AT - 60_000),
  finished_at: iso(AT - 30_000),
  updated_at: iso(AT - 30_000),
  ...fields,
});

const WORLD = {
  jobs: () => ({ jobs: [aJob()] }),
  connectors: () => [{ id: 'box', name: 'warehouse box', last_seen_at: iso(AT) }],
  k2: () => ({ k2: [{ id: '7', uid: 'kb', name: 'Finance' }], next_page_token: '' }),
};
const SYNCS: EvidenceRequest['syncs'] = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({
  id,
  connectorId: 'box',
}));

afterEach(closeLocalServers);

function evidenceOf(url: string, overrides: Partial<EvidenceOptions> = {}): TimbalEvidence {
  return new TimbalEvidence({
    baseUrl: url,
    organisation: 'acme',
    apiKey: { read: async () => KEY },
    redact: (text) => text.replaceAll(MARK, '***'),
    ...overrides,
  });
}

async function ask(source: TimbalEvidence, at = AT, syncs = SYNCS): Promise<EvidenceAnswer> {
  const answer = await source.ask({ at, syncs }, deadlineIn(2));
  expect(everythingIn(answer)).not.toContain(MARK);
  return answer;
}

async function asked(behaviours: Partial<Record<TimbalRoute, Behaviour>> = {}) {
  const server = await startTimbalServer(WORLD, behaviours);
  return { server, answer: await ask(evidenceOf(server.url)) };
}

/** How many calls the routes got. */
function calls(server: TimbalServer): readonly number[] {
  return (['jobs', 'connectors', 'k2', 'sync'] as const).map((route) => server.calls(route));
}

describe('the neighbouring routes', () => {
  it('are asked once each, with the key', async () => {
    const { server, answer } = await asked();
    expect(calls(server)).toEqual([1, 1, 1, 0]);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array(3).fill(`Bearer ${KEY}`),
    );
    expect(answer).toMatchObject({ calls: 3, missing: [] });
    const { runs, connectors, knowledgeBases } = answer.evidence;
    expect(runs?.get('a')?.[0]).toMatchObject({ message: 'timeout after 30 s' });
    expect(connectors?.get('box')).toMatchObject({ name: 'warehouse box' });
    expect(knowledgeBases?.get('kb')).toBe('Finance');
  });

  it('are not asked for runs where no sync is wanted', async () => {
    const server = await startTimbalServer(WORLD);
    await ask(evidenceOf(server.url), AT, []);
    expect(calls(server)).toEqual([0, 1, 1, 0]);
  });

  it('are asked about the connector alone that is watched', async () => {
    const server = await startTimbalServer(WORLD);
    await ask(evidenceOf(server.url, { connectorId: 'a b' }));
    expect(server.requests.map(({ url }) => url)).toContain('/orgs/acme/connectors/jobs?connector_id=a+b');
  });

  it('keep the names of knowledge bases for an hour', async () => {
    const server = await startTimbalServer(WORLD);
    const source = evidenceOf(server.url);
    for (const at of [AT, AT + HOUR - 1, AT + HOUR]) {
      const { evidence } = await ask(source, at);
      expect(evidence.knowledgeBases?.get('kb')).toBe('Finance');
    }
    expect(calls(server)).toEqual([3, 3, 2, 0]);
  });
});

describe('a route that is missing', () => {
  it.each([403, 404])('is asked again after a day: %d', async (status) => {
    const server = await startTimbalServer(WORLD, { connectors: answersJson(status, { message: MARK }) });
    const source = evidenceOf(server.url);
    for (const at of [AT, AT + 1, AT + 24 * HOUR - 1, AT + 24 * HOUR]) await ask(source, at);
    expect(server.calls('connectors')).toBe(2);
  });

  it('leaves the others as they are, and is named with the reason', async () => {
    const { answer } = await asked({ connectors: answers(404, 'nothing here') });
    expect(answer.missing).toEqual([{ route: 'GET /orgs/{org_id}/connectors', reason: '404 Not Found' }]);
    expect(Object.keys(answer.evidence)).toEqual(['runs', 'knowledgeBases']);
  });

  it('is replaced by up to five syncs, one by one, and by four where that it is missing is new: seven calls', async () => {
    const server = await startTimbalServer(WORLD, { jobs: answers(404) });
    const source = evidenceOf(server.url);
    const first = await ask(source);
    expect([first.calls, server.calls('sync')]).toEqual([7, 4]);
    expect(first.evidence.runs?.get('a')?.[0]).toMatchObject({ message: 'timeout after 30 s' });
    const second = await ask(source, AT + 2 * HOUR);
    expect([second.calls, server.calls('sync')]).toEqual([7, 9]);
  });

  it('is not replaced where it only failed', async () => {
    const { server } = await asked({ jobs: answers(500) });
    expect(calls(server)).toEqual([1, 1, 1, 0]);
  });

  it('is not replaced where the syncs of it are missing too', async () => {
    const server = await startTimbalServer(WORLD, { jobs: answers(404), sync: answers(404) });
    const source = evidenceOf(server.url);
    await ask(source);
    const { calls: second } = await ask(source, AT + 1);
    expect(second).toBe(1);
  });

  it('asks no path that an id could leave', async () => {
    const server = await startTimbalServer(WORLD, { jobs: answers(404) });
    const odd = ['..', '.', '', '\uD800'].map((id) => ({ id, connectorId: 'box' }));
    await ask(evidenceOf(server.url), AT, [...odd, { id: 'x/../y', connectorId: null }]);
    expect(server.calls('sync')).toBe(0);
  });
});

describe('a route that limits the rate', () => {
  it.each([
    ['120', 119_999, 120_000],
    [undefined, 15 * 60_000 - 1, 15 * 60_000],
  ])(
    'is not asked again before it says, else for 15 minutes: Retry-After %s',
    async (header, before, after) => {
      const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header };
      const server = await startTimbalServer(WORLD, { jobs: answers(429, '', headers) });
      const source = evidenceOf(server.url);
      for (const at of [AT, AT + before, AT + after]) await ask(source, at, []);
      expect(server.calls('jobs')).toBe(0);
      for (const at of [AT, AT + before, AT + after]) await ask(source, at);
      expect(server.calls('jobs')).toBe(2);
    },
  );
});

describe('bad input costs its evidence alone', () => {
  it.each<[string, Behaviour, string]>([
    ['401', answersJson(401, { message: MARK }), '401 Unauthorized'],
    ['429', answers(429), '429 Too Many Requests'],
    ['500', answers(500, MARK), '500 Internal Server Error'],
    ['a redirect', answers(302, '', { location: 'http://127.0.0.1:1/' }), '302 Found'],
    ['HTML', answers(200, '<html>'), '200 with a body that is not JSON'],
    ['an empty body', answers(200), '200 with a body that is not JSON'],
    ['cut JSON', answers(200, '{"jobs": [{"id"'), '200 with a body that is not JSON'],
    ['null', answers(200, 'null'), '200 with a body that is not understood'],
    ['another shape', answersJson(200, { runs: {} }), '200 with a body that is not understood'],
    ['a cut body', disconnectsMidway(200, '{"jobs": [', 'with a length'), 'connection closed'],
    ['no answer', disconnects, 'connection closed'],
    ['too many objects', answers(200, `[${'{},'.repeat(300_000)}{}]`), 'more than 300000 objects and lists'],
    ['too deep', answers(200, '['.repeat(300_001)), 'more than 300000 objects and lists'],
    ['too much', answers(200, `{"jobs": ["${'x'.repeat(10 * 1024 * 1024)}"]}`), 'more than 10485760 bytes'],
  ])('%s', async (_, behaviour, reason) => {
    const { answer } = await asked({ jobs: behaviour });
    expect(answer.evidence.runs).toBeUndefined();
    expect(Object.keys(answer.evidence)).toEqual(['connectors', 'knowledgeBases']);
    expect(answer.missing).toEqual([
      { route: 'GET /orgs/{org_id}/connectors/jobs', reason: expect.stringContaining(reason) },
    ]);
  });

  it('a route that hangs is cut at the deadline', async () => {
    const server = await startTimbalServer(WORLD, { jobs: hangs });
    const startedMs = performance.now();
    const answer = await evidenceOf(server.url).ask({ at: AT, syncs: SYNCS }, deadlineIn(0.2));
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect(answer.evidence.connectors?.size).toBe(1);
    expect(answer.missing[0]?.reason).toContain('no response before the deadline');
  });

  it('no server at all', async () => {
    const answer = await ask(evidenceOf(await unusedUrl()));
    expect(answer.evidence).toEqual({});
    expect(answer.missing).toHaveLength(3);
  });

  it('a key that cannot be read, or sent, makes no call', async () => {
    const server = await startTimbalServer(WORLD);
    const reads = [async () => 'a\nb', async () => Promise.reject(new Error(MARK))];
    for (const read of reads) {
      const answer = await ask(evidenceOf(server.url, { apiKey: { read } }));
      expect([answer.calls, answer.missing[0]?.reason]).toEqual([0, 'the API key could not be read']);
    }
    expect(server.requests).toHaveLength(0);
  });

  it('100,000 jobs are read', async () => {
    const jobs = Array.from({ length: 100_000 }, (_, index) => ({
      id: index,
      sync_id: index % 2 ? 'a' : 'z',
      created_at: iso(AT),
    }));
    const { answer } = await asked({ jobs: answersJson(200, { jobs }) });
    expect(answer.evidence.runs?.get('a')).toHaveLength(50_000);
  });

  it('a secret of ours in a message, or in a name, is redacted', async () => {
    const server = await startTimbalServer({
      ...WORLD,
      jobs: () => ({ jobs: [aJob({ message: `key ${KEY}` })] }),
      connectors: () => [{ id: 'box', name: KEY }],
    });
    const { evidence } = await ask(evidenceOf(server.url));
    expect(evidence.runs?.get('a')?.[0]?.message).toBe('key ***-key');
  });

  it('long ids stay apart', async () => {
    const body = '{"jobs": [{"id": 1, "sync_id": 9007199254740993, "created_at": "2026-11-24T08:00:00Z"}]}';
    const server = await startTimbalServer(WORLD, { jobs: answers(200, body) });
    const { evidence } = await ask(evidenceOf(server.url), AT, [
      { id: '9007199254740993', connectorId: 'box' },
    ]);
    expect(evidence.runs?.has('9007199254740993')).toBe(true);
  });
});
