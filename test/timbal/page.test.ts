import fc from 'fast-check';
import { type Page, PageReader } from '../../lambda/timbal/page.ts';

/** Reads a body that arrives in chunks of this many bytes. */
function readInChunks(body: string, chunkBytes: number): Page<unknown> {
  const bytes = Buffer.from(body);
  const reader = new PageReader(() => (record) => record);
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.push(bytes.subarray(at, at + chunkBytes));
  return reader.end();
}

const TRAP = 'a "quoted" \\ },{ [ "syncs":[ é 漢 😀';
/** Records of several hundred KB, so that a page is read in several batches of 64 KB. */
const MANY = Array.from({ length: 2000 }, (_, index) => ({
  id: `sync_${index}`,
  name: TRAP,
  steps: [{ at: 1 }, { at: 2, more: [{}, {}] }],
}));

describe('a page', () => {
  it.each([1_000_000_000, 65_536, 4099, 17])('is read in chunks of %d bytes', (chunkBytes) => {
    const body = JSON.stringify({ total: 2000, syncs: MANY, next_page_token: 'more' });
    expect(readInChunks(body, chunkBytes)).toEqual({ records: MANY, nextToken: 'more' });
  });

  it.each([
    ['with white space', JSON.stringify({ syncs: MANY }, undefined, 2)],
    ['with the records last', JSON.stringify({ next_page_token: null, syncs: MANY })],
    ['after a byte order mark', `\uFEFF${JSON.stringify({ syncs: MANY })}`],
    ['with an escape in its key', JSON.stringify({ syncs: MANY }).replace('syncs', 's\\u0079ncs')],
    ['after another array "syncs"', JSON.stringify({ of: { syncs: [{}, {}] }, syncs: MANY })],
    ['before another array of objects', JSON.stringify({ syncs: MANY, errors: MANY })],
    ['with few records before another array', JSON.stringify({ syncs: MANY.slice(0, 2), errors: MANY })],
    ['after 64 KB of other fields', JSON.stringify({ errors: MANY, syncs: MANY })],
    ['with numbers as records', JSON.stringify({ syncs: MANY.map((_, index) => index) })],
    [
      'with a name that looks like two records',
      JSON.stringify({ syncs: MANY.map((one) => ({ ...one, name: '{},{'.repeat(20_000) })).slice(0, 20) }),
    ],
    [
      'with the beginning of a second record in each',
      JSON.stringify({ syncs: MANY.map(({ steps }) => steps) }),
    ],
  ])('is read %s', (_, body) => {
    expect(readInChunks(body, 4096)).toEqual({ records: JSON.parse(body.replace(/^\uFEFF/, '')).syncs });
  });

  it.each([
    ['truncated in a record', (body: string) => body.slice(0, -100)],
    ['truncated between two records', (body: string) => body.slice(0, body.lastIndexOf(',{"id"'))],
    ['with a comma after the last record', (body: string) => body.replace(/\]\}$/, ',]}')],
    [
      'with two commas between two records',
      (body: string) => body.replace(',{"id":"sync_999"', ',,{"id":"sync_999"'),
    ],
    ['whose array ends twice', (body: string) => body.replace(',{"id":"sync_999"', '],{"id":"sync_999"')],
  ])('is malformed %s', (_, broken) => {
    const body = broken(JSON.stringify({ syncs: MANY }));
    expect(() => readInChunks(body, 4096)).toThrow(/^200 with truncated or broken JSON$/);
  });

  it('keeps numeric ids beyond 2^53 exact in every batch', () => {
    const body = JSON.stringify({ syncs: MANY }).replaceAll(/"sync_(\d+)"/g, '90071992547409$1');
    const ids = readInChunks(body, 4096).records.map((record) => Object(record).id);
    expect(ids.slice(0, 2).concat(ids.slice(-2))).toEqual([
      900719925474090,
      900719925474091,
      '900719925474091998',
      '900719925474091999',
    ]);
  });

  it('is read before its end: most records are converted when the last chunk arrives', () => {
    let count = 0;
    const reader = new PageReader(() => () => {
      count += 1;
    });
    const body = Buffer.from(JSON.stringify({ syncs: MANY }));
    reader.push(body.subarray(0, -1));
    expect(count).toBeGreaterThan(1000);
    reader.push(body.subarray(-1));
    expect(reader.end().records).toHaveLength(2000);
  });
});

describe('a key that stands twice', () => {
  it.each([
    ['two arrays', '{"syncs":[{"id":1}],"syncs":[{"id":2}]}', [{ id: 2 }]],
    ['an escaped key', '{"syncs":[{"id":1}],"\\u0073yncs":[{"id":2},{"id":3}]}', [{ id: 2 }, { id: 3 }]],
    ['an array after something else', '{"syncs":null,"syncs":[{"id":2}]}', [{ id: 2 }]],
    ['an empty array at last', '{"syncs":[{"id":1}],"syncs":[]}', []],
  ])('counts where it stands last: %s', (_, body, records) => {
    expect(readInChunks(body, 3).records).toEqual(records);
  });

  it('counts where it stands last, also when that is no array, and as a token', () => {
    expect(() => readInChunks('{"syncs":[],"syncs":{}}', 3)).toThrow('no array "syncs"');
    const body = '{"next_page_token":"a","syncs":[],"next_page_token":null}';
    expect(readInChunks(body, 3).nextToken).toBeUndefined();
  });
});

describe('the bounds of a page', () => {
  const page = (records: string) => `{"syncs":[${records}]}`;
  const record = (bytes: number) => `{"a":"${'x'.repeat(bytes - '{"a":""}'.length)}"}`;
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

  it.each([
    [99_999, true],
    [100_000, true],
    [100_001, false],
  ])('%d records, read: %p', (count, isRead) => {
    const body = page(`${'{},'.repeat(count - 1)}{}`);
    if (isRead) expect(readInChunks(body, 65_536).records).toHaveLength(count);
    else expect(() => readInChunks(body, 65_536)).toThrow(/^200 with more than 100,000 syncs$/);
  });

  it.each([
    [1_048_575, true],
    [1_048_576, true],
    [1_048_577, false],
  ])('a record of %d bytes, read: %p', (bytes, isRead) => {
    const read = () => readInChunks(page(`{},${record(bytes)},{}`), 1_000_000_000);
    if (isRead) expect(read().records).toHaveLength(3);
    else expect(read).toThrow(/^200 with a record of more than 1 MiB/);
  });

  it.each([
    [99, true],
    [100, true],
    [101, false],
  ])('a record nested %d levels deep, read: %p', (levels, isRead) => {
    const read = () => readInChunks(page(nested(levels)), 7);
    if (isRead) expect(read().records).toHaveLength(1);
    else expect(read).toThrow(/^200 with values nested more than 100 levels deep$/);
  });

  it.each([
    ['one large member', `{"a":"${'x'.repeat(1_048_576)}","syncs":[]}`],
    ['many small members', `{${'"a":1,'.repeat(400_000)}"syncs":[]}`],
    ['a long key', `{"${'x'.repeat(1_048_576)}":1,"syncs":[]}`],
  ])('hold beside the records too: %s', (_, body) => {
    expect(() => readInChunks(body, 65_536)).toThrow(/that much beside the records$/);
  });

  it('are seen while the bytes arrive: the rest is not wanted', () => {
    let parsed = 0;
    const reader = new PageReader(
      () => () => {
        parsed += 1;
      },
      10,
    );
    const body = Buffer.from(`{"syncs":[${'{},'.repeat(22_000)}`);
    expect(reader.push(body.subarray(0, 60_000))).toBe(true);
    expect(reader.push(body.subarray(60_000))).toBe(false);
    expect(reader.push(Buffer.from('{}]}'))).toBe(false);
    expect(parsed).toBe(10);
  });
});

it.each([
  ['{', 'truncated or broken JSON'],
  ['{"syncs":[}', 'truncated or broken JSON'],
  ['{"syncs":[{]}', 'truncated or broken JSON'],
  ['{"syncs":[1 2]}', 'truncated or broken JSON'],
  ['{"syncs":[,{}]}', 'truncated or broken JSON'],
  ['{"syncs" []}', 'truncated or broken JSON'],
  ['{"syncs":[]}}', 'truncated or broken JSON'],
  ['{"syncs":[],}', 'truncated or broken JSON'],
  ['{"syncs":[nul]}', 'truncated or broken JSON'],
  ['{"syncs":[],"x":tru}', 'truncated or broken JSON'],
  ["{'syncs':[]}", 'truncated or broken JSON'],
  ['{syncs:[]}', 'truncated or broken JSON'],
  ['{"a\nb":1,"syncs":[]}', 'truncated or broken JSON'],
  [' 7 ', 'JSON that is not a listing: no array "syncs"'],
  ['\uFEFF\uFEFF{"syncs":[]}', 'a body that is not JSON'],
])('a page %j has %s', (body, fault) => {
  for (const bytes of [1, 1000]) expect(() => readInChunks(body, bytes)).toThrow(`200 with ${fault}`);
});

it('is accepted exactly when JSON.parse accepts it, however it is damaged', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    ' ',
    '1',
    '-',
    'true',
    '"syncs"',
    '"a"',
    '{"id":1}',
    '"syncs":[',
    '\n',
  );
  const bodies = fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.array(pieces, { maxLength: 6 }).map((parts) => `{"syncs":[${parts.join('')}]}`),
    fc.array(pieces, { maxLength: 6 }).map((parts) => `{"syncs":[{}],${parts.join('')}}`),
  );
  fc.assert(
    fc.property(bodies, fc.integer({ min: 1, max: 9 }), (body, bytes) => {
      expect(outcomeOf(() => readInChunks(body, bytes).records)).toEqual(outcomeOf(() => syncsIn(body)));
    }),
    { numRuns: 3000 },
  );
});

function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return 'refused';
  }
}

function syncsIn(body: string): unknown {
  const json = JSON.parse(body);
  if (!Array.isArray(json.syncs)) throw new Error('no array');
  return json.syncs;
}

it('has the records that JSON.parse finds in the whole, whatever the records and the chunks are', () => {
  fc.assert(
    fc.property(anyRecords, chunkBytes, indents, (records, bytes, indent) => {
      // One long record, so that a batch is full.
      const syncs = [...records, { long: 'x},{"'.repeat(15_000) }, ...records];
      const body = JSON.stringify({ syncs, others: records }, undefined, indent);
      expect(readInChunks(body, bytes).records).toEqual(JSON.parse(body).syncs);
    }),
    { numRuns: 100 },
  );
});

const anyRecords = fc.array(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()), {
  maxLength: 60,
});
const chunkBytes = fc.integer({ min: 1, max: 5000 });
const indents = fc.integer({ min: 0, max: 3 });
