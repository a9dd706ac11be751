import fc from 'fast-check';
import { type Page, PageReader } from '../../lambda/timbal/page.ts';

/** Reads a body that arrives in chunks of this many bytes. */
function readInChunks(body: string, chunkBytes: number): Page<unknown> {
  const bytes = Buffer.from(body);
  const reader = new PageReader((record) => record);
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
    const reader = new PageReader(() => {
      count += 1;
    });
    const body = Buffer.from(JSON.stringify({ syncs: MANY }));
    reader.push(body.subarray(0, -1));
    expect(count).toBeGreaterThan(1000);
    reader.push(body.subarray(-1));
    expect(reader.end().records).toHaveLength(2000);
  });
});

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
