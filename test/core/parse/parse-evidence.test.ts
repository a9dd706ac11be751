import {
  parseConnectors,
  parseKnowledgeBases,
  parseRecentRuns,
  parseRuns,
} from '../../../lambda/core/parse/parse-evidence.ts';

const NOW = Date.UTC(2026, 10, 24, 9);
const CONTEXT = { redact: (text: string) => text.replaceAll('secret', '***'), now: NOW };
const iso = (secondsAgo: number) => new Date(NOW - secondsAgo * 1000).toISOString();
const aJob = (fields: Readonly<Record<string, unknown>> = {}) => ({
  id: 'j1',
  sync_id: 'a',
  state: 'failed',
  message: 'timeout',
  rows_emitted: 3,
  created_at: iso(62),
  started_at: iso(60),
  finished_at: iso(30),
  updated_at: iso(29),
  ...fields,
});
const runsOf = (...jobs: readonly unknown[]) =>
  parseRuns({ jobs }, new Set(['a', '7']), CONTEXT) ?? new Map<string, never>();

describe('the jobs', () => {
  it('are runs by their sync, the latest first', () => {
    const runs = runsOf(aJob({ id: 1, finished_at: iso(90) }), aJob({ id: 2 }), aJob({ id: 3, sync_id: 7 }));
    expect([...runs.keys()]).toEqual(['a', '7']);
    expect(runs.get('a')?.map(({ at }) => at)).toEqual([NOW - 30_000, NOW - 90_000]);
    expect(runs.get('7')?.[0]).toEqual({
      state: 'failed',
      message: 'timeout',
      rows: 3,
      startedAt: NOW - 60_000,
      finishedAt: NOW - 30_000,
      at: NOW - 30_000,
    });
  });

  it.each([
    ['of no sync', { sync_id: null }],
    ['without a sync', { sync_id: undefined }],
    ['of a sync that is not wanted', { sync_id: 'b' }],
    ['without a date', { created_at: null, started_at: undefined, finished_at: null, updated_at: '' }],
    ['with dates that are none', { created_at: 7, started_at: 'soon', finished_at: {}, updated_at: [] }],
  ])('%s are left out', (_, fields) => expect(runsOf(aJob(fields)).size).toBe(0));

  it.each([null, 'job', 7, [], {}])('that are %j are left out', (job) => expect(runsOf(job).size).toBe(0));

  it.each([
    ['60 s ahead', -60, NOW + 60_000],
    ['61 s ahead', -61, NOW - 60_000],
  ])('that end in the future count from their start, beyond what clocks may differ: %s', (_, ago, at) => {
    expect(runsOf(aJob({ finished_at: iso(ago) })).get('a')?.[0]?.at).toBe(at);
  });

  it.each([
    ['created', { started_at: null }, NOW - 62_000],
    ['ended, less their duration', { started_at: null, created_at: null, duration_ms: 5000 }, NOW - 35_000],
  ])('that do not say when they started began when they were %s', (_, fields, startedAt) => {
    expect(runsOf(aJob(fields)).get('a')?.[0]?.startedAt).toBe(startedAt);
  });

  it('of one id are one run: the later', () => {
    const runs = runsOf(
      aJob({ finished_at: null, state: 'running' }),
      aJob(),
      aJob({ finished_at: iso(50) }),
    );
    expect(runs.get('a')?.map(({ state, at }) => [state, at])).toEqual([['failed', NOW - 30_000]]);
  });

  it('without an id are runs of their own', () => {
    expect(runsOf(aJob({ id: null }), aJob({ id: undefined, finished_at: iso(5) })).get('a')).toHaveLength(2);
  });

  it.each([
    [null, null],
    ['', null],
    [' \n ', null],
    [42, null],
    ['a secret text', 'a *** text'],
  ])('with the message %j have %j', (message, kept) => {
    expect(runsOf(aJob({ message })).get('a')?.[0]?.message).toBe(kept);
  });

  it('keep no more than 16,384 characters of a message', () => {
    const message = 'x'.repeat(1_000_000);
    expect(runsOf(aJob({ message })).get('a')?.[0]?.message).toHaveLength(16_384);
  });

  it.each([-1, 0.5, '7', null, Number.MAX_VALUE])('with %p rows have no count that can be used', (rows) => {
    const kept = runsOf(aJob({ rows_emitted: rows })).get('a')?.[0]?.rows;
    expect(kept === null || Number.isInteger(kept)).toBe(true);
  });

  it('may come without their envelope', () => {
    expect(parseRuns([aJob()], new Set(['a']), CONTEXT)?.size).toBe(1);
  });

  it.each([null, 7, 'jobs', {}, { jobs: 'none' }, { jobs: null }])('are not read from %j', (json) =>
    expect(parseRuns(json, new Set(['a']), CONTEXT)).toBeUndefined(),
  );

  it('of a single sync are read from its own answer', () => {
    const recent_runs = [aJob({ finished_at: iso(90) }), aJob()];
    expect(parseRecentRuns({ recent_runs }, CONTEXT)?.map(({ at }) => at)).toEqual([
      NOW - 30_000,
      NOW - 90_000,
    ]);
    expect(parseRecentRuns({ stats: {} }, CONTEXT)).toBeUndefined();
  });
});

describe('the connectors', () => {
  const box = { id: 'box', name: 'the secret box', hostname: 'h1', last_seen_at: iso(5) };
  const parsed = { id: 'box', name: 'the *** box', hostname: 'h1', lastSeenAt: NOW - 5000 };

  it.each([
    ['an array', [box]],
    ['"connectors"', { connectors: [box] }],
    ['"connector" with a list', { connector: [box] }],
    ['"connector" with one', { connector: box }],
  ])('are read from %s', (_, json) => {
    expect([...(parseConnectors(json, CONTEXT) ?? [])]).toEqual([['box', parsed]]);
  });

  it.each([
    [{ id: 7 }, { id: '7', name: null, hostname: null, lastSeenAt: null }],
    [
      { id: 'x', name: ' ', hostname: 7, last_seen_at: null },
      { id: 'x', name: null, hostname: null, lastSeenAt: null },
    ],
    [
      { id: 'x', last_seen_at: 'yesterday' },
      { id: 'x', name: null, hostname: null, lastSeenAt: null },
    ],
  ])('may lack all but their id: %j', (record, connector) => {
    expect([...(parseConnectors([record], CONTEXT)?.values() ?? [])]).toEqual([connector]);
  });

  it.each([
    ['none at all', []],
    ['none that can be read', [null, 7, { name: 'x' }]],
    ['a part of them', { connectors: [box], next_page_token: 'more' }],
    ['another shape', { agents: [box] }],
  ])('are not known from %s: a missing one would count as revoked', (_, json) =>
    expect(parseConnectors(json, CONTEXT)).toBeUndefined(),
  );
});

it.each([
  ['completed', 'completed'],
  [' completed\u200b', 'completed'],
  ['', ''],
  [7, null],
])('the state of a job, %j, is read as %j', (state, read) => {
  expect(runsOf(aJob({ state })).get('a')?.[0]?.state).toBe(read);
});

it('the names that people give hold no credentials', () => {
  const name = 'copy of postgres://app:hunter2@db/shop';
  const shown = 'copy of postgres://***@db/shop';
  const connectors = parseConnectors([{ id: 'x', name, hostname: name }], CONTEXT);
  expect(connectors?.get('x')).toMatchObject({ name: shown, hostname: shown });
  expect(parseKnowledgeBases([{ uid: 'u', name }], CONTEXT)?.get('u')).toBe(shown);
});

describe('the knowledge bases', () => {
  it('are names by uid', () => {
    const k2 = [
      { id: 1, uid: 'u1', name: 'Finance' },
      { uid: 'u2', name: '' },
      { name: 'x' },
      null,
      { uid: 3, name: 'Ops' },
    ];
    expect([...(parseKnowledgeBases({ k2, next_page_token: 'loop' }, CONTEXT) ?? [])]).toEqual([
      ['u1', 'Finance'],
      ['3', 'Ops'],
    ]);
  });

  it('are not read from another shape', () => expect(parseKnowledgeBases({}, CONTEXT)).toBeUndefined());
});
