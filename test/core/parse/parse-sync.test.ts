import fc from 'fast-check';
import { parseSync } from '../../../lambda/core/parse/parse-sync.ts';
import { aRecord } from '../../commands/a-world.ts';
import { NOW } from '../a-sync.ts';

const RECORD = aRecord(NOW);
const without = (field: string) =>
  Object.fromEntries(Object.entries(RECORD).filter(([key]) => key !== field));
const withField = (field: string, value: unknown) => parseSync({ ...RECORD, [field]: value });

test('a complete record is a sync without a fault', () => {
  expect(parseSync({ ...RECORD, name: 'Orders', last_success_at: '2026-11-24T08:00:00Z' })).toEqual({
    id: 'orders',
    labels: {
      name: 'Orders',
      connectorId: 'postgres',
      connectionRef: 'pg-main',
      sourceKind: 'postgres',
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
  'source_kind',
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
/** Absent from the first revision of the API's contract. */
const OPTIONAL = ['consecutive_failures', 'disabled_reason'];

describe('parseSync names as a fault the required field', () => {
  test.each(REQUIRED)('%s when it is missing, and the others are read', (field) => {
    const sync = parseSync(without(field));
    expect(sync.faults).toEqual([field]);
    expect({ id: sync.id, at: sync.lastSuccessAt }).toEqual({
      id: field === 'id' ? null : 'orders',
      at: NOW - 120_000,
    });
  });

  test.each(REQUIRED)('%s when it is null', (field) => {
    expect(withField(field, null).faults).toEqual([field]);
  });

  test.each(REQUIRED)('%s when it has the wrong type', (field) => {
    for (const wrong of [{}, [], [RECORD[field]]]) expect(withField(field, wrong).faults).toEqual([field]);
    if (field !== 'enabled' && field !== 'has_cursor') expect(withField(field, true).faults).toEqual([field]);
  });
});

test.each(['enabled', 'has_cursor'])('%s must be a boolean: a string or a number is a fault', (field) => {
  for (const wrong of ['true', 'false', 1, 0]) expect(withField(field, wrong).faults).toEqual([field]);
});

describe('an optional field', () => {
  test.each([...NULLABLE, ...OPTIONAL])('%s is no fault when it is absent', (field) => {
    expect(parseSync(without(field)).faults).toEqual([]);
  });

  test.each([...NULLABLE, ...OPTIONAL])('%s is no fault when it is null', (field) => {
    expect(withField(field, null).faults).toEqual([]);
  });

  test.each([...NULLABLE, ...OPTIONAL])('%s is a fault when it has the wrong type', (field) => {
    for (const wrong of [{}, [], true]) expect(withField(field, wrong).faults).toEqual([field]);
  });

  test('cursor_column is no fault when it is null or absent: the sync refreshes in full', () => {
    expect(withField('cursor_column', null).faults).toEqual([]);
    expect(parseSync(without('cursor_column')).faults).toEqual([]);
  });
});

describe('a field that is saved with an alert', () => {
  const SAVED = [
    'id',
    'name',
    'connector_id',
    'connection_ref',
    'source_kind',
    'source_schema',
    'source_table',
    'kb_uid',
    'dest_table',
  ];

  test.each(SAVED)('%s holds at most 1,000 characters', (field) => {
    expect(withField(field, 'x'.repeat(999)).faults).toEqual([]);
    expect(withField(field, 'x'.repeat(1000)).faults).toEqual([]);
    expect(withField(field, 'x'.repeat(1001)).faults).toEqual([field]);
  });
});

test.each([
  ['schema.table', {}, 'public.orders'],
  ['the table alone when the schema is empty', { source_schema: '' }, 'orders'],
  ['the table alone when the schema is unreadable', { source_schema: 7 }, 'orders'],
  ['null when the table is unreadable', { source_table: 7 }, null],
])('the source of a sync is %s', (_, fields, source) => {
  expect(parseSync({ ...RECORD, ...fields }).labels.source).toBe(source);
});

test.each([
  ['kept when it is a text: the platform disabled the sync', { disabled_reason: 'quota' }, 'quota'],
  ['null when it is null: a person paused the sync', { disabled_reason: null }, null],
  ['undefined when it is absent: an older revision of the API does not say', {}, undefined],
])('disabled_reason is %s', (_, fields, disabledReason) => {
  expect(parseSync({ ...RECORD, ...fields })).toMatchObject({ disabledReason, faults: [] });
});

describe('interval_secs', () => {
  test.each([
    [1, 30],
    [10, 30],
    [29, 30],
    [30, 30],
    [31, 31],
    [604_800, 604_800],
    [2_147_483_647, 2_147_483_647],
  ])('%p is an interval of %p seconds', (written, intervalSeconds) => {
    const sync = withField('interval_secs', written);
    expect(sync.labels.intervalSeconds).toBe(intervalSeconds);
    expect(sync.faults).toEqual([]);
  });

  test.each([[-900], [-1], [0], [-0]])('%p gives no schedule, and is no fault', (written) => {
    const sync = withField('interval_secs', written);
    expect(sync.labels.intervalSeconds).toBeNull();
    expect(sync.faults).toEqual([]);
  });

  test('of a fraction of a second is the tick of 30 seconds', () => {
    expect(withField('interval_secs', 0.5).labels.intervalSeconds).toBe(30);
  });

  test.each([['900'], [''], [Number.NaN], [Number.POSITIVE_INFINITY], [null]])('%p is a fault', (written) => {
    expect(withField('interval_secs', written)).toMatchObject({
      labels: { intervalSeconds: null },
      faults: ['interval_secs'],
    });
  });
});

describe('the id', () => {
  test.each([
    [7, '7'],
    [0, '0'],
    ['7', '7'],
    [9_007_199_254_740_991, '9007199254740991'],
  ])('%p is read as %p', (written, id) => {
    expect(withField('id', written)).toMatchObject({ id, faults: [] });
  });

  test.each([
    ['connector_id', 'connectorId'],
    ['kb_uid', 'kbUid'],
  ] as const)('%s may be a number as well', (field, label) => {
    const sync = withField(field, 12);
    expect(sync.labels[label]).toBe('12');
    expect(sync.faults).toEqual([]);
  });

  test.each([[''], [null], [true], [{}], [[]], [Number.NaN]])('%p is a fault', (written) => {
    expect(withField('id', written)).toMatchObject({ id: null, faults: ['id'] });
  });
});

describe('the date', () => {
  const DATES = [
    ['created_at', 'createdAt'],
    ['updated_at', 'updatedAt'],
    ['last_run_at', 'lastRunAt'],
    ['last_success_at', 'lastSuccessAt'],
  ] as const;

  test.each(DATES)('%s is read with any offset and any fraction of a second', (field, read) => {
    const nineUtc = Date.UTC(2026, 10, 24, 9);
    expect(withField(field, '2026-11-24T09:00:00Z')[read]).toBe(nineUtc);
    expect(withField(field, '2026-11-24T10:30:00+01:30')[read]).toBe(nineUtc);
    expect(withField(field, '2026-11-24T09:00:00.250Z')[read]).toBe(nineUtc + 250);
    expect(withField(field, '2026-11-24T09:00:00.250123+00:00')[read]).toBe(nineUtc + 250);
  });

  test.each(DATES)('%s is a fault and null when it is not a date', (field, read) => {
    for (const wrong of ['', 'yesterday', '2026-13-45T99:99:99Z', 1_795_510_800, {}]) {
      const sync = withField(field, wrong);
      expect({ wrong, at: sync[read], faults: sync.faults }).toEqual({ wrong, at: null, faults: [field] });
    }
  });
});

test('an empty last_state is no fault', () => {
  expect(withField('last_state', '').faults).toEqual([]);
});

test('an unknown field changes nothing', () => {
  expect(parseSync({ ...RECORD, key_columns: ['id'], shiny: { new: true } })).toEqual(parseSync(RECORD));
});

test.each([[null], [undefined], [5], ['orders'], [true], [[]], [[RECORD]]])(
  'the record %j gives a sync without an id, with its required fields as faults',
  (record) => {
    const sync = parseSync(record);
    expect(sync).toMatchObject({ id: null, enabled: null, labels: { intervalSeconds: null } });
    expect(sync.faults).toEqual(expect.arrayContaining(['id', 'enabled', 'interval_secs']));
  },
);

test('parseSync gives the same sync for the same value each time, and does not change the value', () => {
  const fields = [...REQUIRED, ...NULLABLE, ...OPTIONAL];
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

describe('a text of the platform', () => {
  it.each([
    ['completed ', 'completed'],
    ['\tRunning\n', 'Running'],
    ['\u00a0failed\ufeff', 'failed'],
    ['completed\u200b', 'completed'],
    ['\u0000\u00ad completed \u2060', 'completed'],
    ['in\u200bprogress', 'in\u200bprogress'],
    ['', ''],
    ['  ', ''],
  ])('last_state %j is read as %j', (last_state, lastState) => {
    expect(parseSync({ last_state }).lastState).toBe(lastState);
  });

  it.each([
    ['', null],
    [' \n', null],
    ['\u200b\u3164', null],
    [null, null],
    [' disk full ', 'disk full'],
  ])('disabled_reason %j is read as %j', (disabled_reason, disabledReason) => {
    const sync = parseSync({ disabled_reason });
    expect(sync.disabledReason).toBe(disabledReason);
    expect(sync.faults).not.toContain('disabled_reason');
  });

  it('of another type is a fault', () => {
    expect(parseSync({ disabled_reason: 7 })).toMatchObject({
      disabledReason: null,
      faults: expect.arrayContaining(['disabled_reason']),
    });
  });
});

describe('the zero time of Go', () => {
  const zero = '0001-01-01T00:00:00Z';

  it('is never, for a run and a success', () => {
    const { lastRunAt, lastSuccessAt, faults } = parseSync({ last_run_at: zero, last_success_at: zero });
    expect([lastRunAt, lastSuccessAt]).toEqual([null, null]);
    expect(faults).not.toEqual(expect.arrayContaining(['last_run_at']));
    expect(faults).not.toEqual(expect.arrayContaining(['last_success_at']));
  });

  it('is missing, for a creation and a change', () => {
    const { faults } = parseSync({ created_at: zero, updated_at: zero });
    expect(faults).toEqual(expect.arrayContaining(['created_at', 'updated_at']));
  });
});
