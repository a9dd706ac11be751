import fc from 'fast-check';
import { parseListing, parseSync } from '../../../lambda/core/parse/parse-sync.ts';
import { aRecord } from '../../commands/a-world.ts';
import { BLINDNESS, NOW, TRIED } from '../a-sync.ts';

const RECORD = aRecord(NOW);
const without = (field: string) =>
  Object.fromEntries(Object.entries(RECORD).filter(([key]) => key !== field));
const withField = (field: string, value: unknown) => parseSync({ ...RECORD, [field]: value });

test('a record as the contract has it is a sync without a fault', () => {
  expect(parseSync({ ...RECORD, name: 'Orders', last_success_at: '2026-11-24T08:00:00Z' })).toEqual({
    id: 'orders',
    labels: {
      name: 'Orders',
      connectorId: 'postgres',
      connectionRef: 'pg-main',
      source: 'public.orders',
      kbUid: 'kb_sales',
      destTable: 'orders',
      intervalSeconds: 900,
    },
    enabled: true,
    disabledReason: undefined,
    lastState: 'completed',
    lastRunAt: Date.UTC(2026, 10, 24, 8, 58),
    lastSuccessAt: Date.UTC(2026, 10, 24, 8),
    secondsSinceSuccess: 120,
    createdAt: Date.UTC(2026, 0, 1),
    updatedAt: Date.UTC(2026, 0, 1),
    consecutiveFailures: null,
    hasCursor: true,
    faults: [],
  });
});

const REQUIRED = [
  'id',
  'connector_id',
  'connection_ref',
  'source_schema',
  'source_table',
  'kb_uid',
  'dest_table',
  'interval_secs',
  'enabled',
  'has_cursor',
  'created_at',
  'updated_at',
];
const NULLABLE = ['name', 'last_run_at', 'last_state', 'last_success_at', 'seconds_since_success'];
const OF_LATER_REVISIONS = ['consecutive_failures', 'disabled_reason'];

describe('a required field', () => {
  test.each(REQUIRED)('%s that is missing is named, and the others are read', (field) => {
    const sync = parseSync(without(field));
    expect(sync.faults).toEqual([field]);
    expect({ id: sync.id, at: sync.lastSuccessAt }).toEqual({
      id: field === 'id' ? null : 'orders',
      at: NOW - 120_000,
    });
  });

  test.each(REQUIRED)('%s that is null is named', (field) => {
    expect(withField(field, null).faults).toEqual([field]);
  });

  test.each(REQUIRED)('%s of the wrong type is named', (field) => {
    for (const wrong of [{}, [], [RECORD[field]]]) expect(withField(field, wrong).faults).toEqual([field]);
    if (field !== 'enabled' && field !== 'has_cursor') expect(withField(field, true).faults).toEqual([field]);
  });
});

test.each(['enabled', 'has_cursor'])('%s is a boolean and nothing that resembles one', (field) => {
  for (const wrong of ['true', 'false', 1, 0]) expect(withField(field, wrong).faults).toEqual([field]);
});

describe('a field that may be null or absent', () => {
  test.each([...NULLABLE, ...OF_LATER_REVISIONS])('%s that is absent is no fault', (field) => {
    expect(parseSync(without(field)).faults).toEqual([]);
  });

  test.each([...NULLABLE, ...OF_LATER_REVISIONS])('%s that is null is no fault', (field) => {
    expect(withField(field, null).faults).toEqual([]);
  });

  test.each([...NULLABLE, ...OF_LATER_REVISIONS])('%s of the wrong type is named', (field) => {
    for (const wrong of [{}, [], true]) expect(withField(field, wrong).faults).toEqual([field]);
  });

  test('cursor_column may be null or absent: a full refresh is not malformed', () => {
    expect(withField('cursor_column', null).faults).toEqual([]);
    expect(parseSync(without('cursor_column')).faults).toEqual([]);
  });
});

describe('what is remembered of a sync', () => {
  const REMEMBERED = [
    'id',
    'name',
    'connector_id',
    'connection_ref',
    'source_schema',
    'source_table',
    'kb_uid',
    'dest_table',
  ];

  test.each(REMEMBERED)('%s holds up to 1,000 characters', (field) => {
    expect(withField(field, 'x'.repeat(999)).faults).toEqual([]);
    expect(withField(field, 'x'.repeat(1000)).faults).toEqual([]);
    expect(withField(field, 'x'.repeat(1001)).faults).toEqual([field]);
  });
});

describe('the source', () => {
  test.each([
    ['its table in its schema', {}, 'public.orders'],
    ['its table, where the schema is empty', { source_schema: '' }, 'orders'],
    ['its table, where the schema cannot be read', { source_schema: 7 }, 'orders'],
    ['not known, where the table cannot be read', { source_table: 7 }, null],
  ])('is %s', (_, fields, source) => {
    expect(parseSync({ ...RECORD, ...fields }).labels.source).toBe(source);
  });
});

test('a listing is its records as syncs; one that failed stays as it is', () => {
  const listed = { ok: true, request: TRIED, records: [RECORD, 7] } as const;
  expect(parseListing(listed)).toEqual({
    ok: true,
    request: TRIED,
    syncs: [parseSync(RECORD), parseSync(7)],
  });
  const failed = { ok: false, failure: BLINDNESS } as const;
  expect(parseListing(failed)).toEqual(failed);
});

describe('disabled_reason tells a pause from a giving up', () => {
  test.each([
    ['a text: the platform gave up', { disabled_reason: 'quota' }, 'quota'],
    ['null: a person paused it', { disabled_reason: null }, null],
    ['absent: an older API does not tell', {}, undefined],
  ])('%s', (_, fields, disabledReason) => {
    expect(parseSync({ ...RECORD, ...fields })).toMatchObject({ disabledReason, faults: [] });
  });
});

describe('interval_secs', () => {
  test.each([
    [-1, null],
    [0, null],
    [1, 30],
    [10, 30],
    [29, 30],
    [30, 30],
    [31, 31],
    [604_800, 604_800],
    [2_147_483_647, 2_147_483_647],
  ])('of %p is an interval of %p seconds', (written, intervalSeconds) => {
    const sync = withField('interval_secs', written);
    expect(sync.labels.intervalSeconds).toBe(intervalSeconds);
    expect(sync.faults).toEqual(intervalSeconds === null ? ['interval_secs'] : []);
  });

  test.each([['900'], [''], [Number.NaN], [Number.POSITIVE_INFINITY], [null]])(
    'of %p is a fault',
    (written) => {
      expect(withField('interval_secs', written)).toMatchObject({
        labels: { intervalSeconds: null },
        faults: ['interval_secs'],
      });
    },
  );
});

describe('ids', () => {
  test.each([
    [7, '7'],
    [0, '0'],
    ['7', '7'],
    [9_007_199_254_740_991, '9007199254740991'],
  ])('%p is the id %p', (written, id) => {
    expect(withField('id', written)).toMatchObject({ id, faults: [] });
  });

  test.each([
    ['connector_id', 'connectorId'],
    ['kb_uid', 'kbUid'],
  ] as const)('%s may be a number', (field, label) => {
    const sync = withField(field, 12);
    expect(sync.labels[label]).toBe('12');
    expect(sync.faults).toEqual([]);
  });

  test.each([[''], [null], [true], [{}], [[]], [Number.NaN]])('%p is no usable id', (written) => {
    expect(withField('id', written)).toMatchObject({ id: null, faults: ['id'] });
  });
});

describe('dates', () => {
  const DATES = [
    ['created_at', 'createdAt'],
    ['updated_at', 'updatedAt'],
    ['last_run_at', 'lastRunAt'],
    ['last_success_at', 'lastSuccessAt'],
  ] as const;

  test.each(DATES)('%s is read whatever its offset and its fraction', (field, read) => {
    const nineUtc = Date.UTC(2026, 10, 24, 9);
    expect(withField(field, '2026-11-24T09:00:00Z')[read]).toBe(nineUtc);
    expect(withField(field, '2026-11-24T10:30:00+01:30')[read]).toBe(nineUtc);
    expect(withField(field, '2026-11-24T09:00:00.250Z')[read]).toBe(nineUtc + 250);
    expect(withField(field, '2026-11-24T09:00:00.250123+00:00')[read]).toBe(nineUtc + 250);
  });

  test.each(DATES)('%s that is not a date is null and named', (field, read) => {
    for (const wrong of ['', 'yesterday', '2026-13-45T99:99:99Z', 1_795_510_800, {}]) {
      const sync = withField(field, wrong);
      expect({ wrong, at: sync[read], faults: sync.faults }).toEqual({ wrong, at: null, faults: [field] });
    }
  });
});

test('an empty last_state is no fault', () => {
  expect(withField('last_state', '').faults).toEqual([]);
});

test('unknown fields change nothing', () => {
  expect(parseSync({ ...RECORD, key_columns: ['id'], shiny: { new: true } })).toEqual(parseSync(RECORD));
});

test.each([[null], [undefined], [5], ['orders'], [true], [[]], [[RECORD]]])(
  'a record that is %p has no id and no verdict',
  (record) => {
    const sync = parseSync(record);
    expect(sync).toMatchObject({ id: null, enabled: null, labels: { intervalSeconds: null } });
    expect(sync.faults).toEqual(expect.arrayContaining(['id', 'enabled', 'interval_secs']));
  },
);

test('whatever comes, a sync comes out, the same each time, and the record is left as it was', () => {
  const fields = [...REQUIRED, ...NULLABLE, ...OF_LATER_REVISIONS];
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.record(Object.fromEntries(fields.map((f) => [f, fc.jsonValue()]))),
  );
  fc.assert(
    fc.property(anything, (record) => {
      const before = JSON.stringify(record);
      expect(parseSync(record)).toEqual(parseSync(record));
      expect(JSON.stringify(record)).toBe(before);
    }),
    { numRuns: 200 },
  );
});
