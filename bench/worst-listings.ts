import { gzipSync } from 'node:zlib';

/** The body of a listing of the worst kind. */
export interface WorstListing {
  readonly what: string;
  readonly body: () => Buffer;
  readonly isGzip?: true;
}

const MIB = 1024 * 1024;
/** A listing, all its pages together (docs/timbal-api.md, "Bounds"). */
const MAX_BYTES = 64 * MIB;
const MAX_RECORDS = 100_000;

/** The worst listings within the bounds, and some beyond them, by shape. */
export const WORST_LISTINGS: readonly WorstListing[] = [
  { what: '100,000 empty records', body: () => listing(MAX_RECORDS, () => '{}') },
  { what: '2,000,000 empty records', body: () => listing(2_000_000, () => '{}') },
  { what: '100,000 failing syncs, 60 MiB', body: () => listing(MAX_RECORDS, failing) },
  { what: '100,000 disabled syncs with long reasons, 60 MiB', body: () => listing(MAX_RECORDS, disabled) },
  { what: 'records of 1 MiB: one string each', body: () => huge((bytes) => `"${'x'.repeat(bytes)}"`) },
  { what: 'records of 1 MiB: escapes', body: () => huge((bytes) => `"${'\\u0416'.repeat(bytes / 6)}"`) },
  {
    what: 'records of 1 MiB: characters of three bytes',
    body: () => huge((bytes) => `"${'漢'.repeat(bytes / 3)}"`),
  },
  { what: 'records of 1 MiB: numbers', body: () => huge((bytes) => `[${'1,'.repeat(bytes / 2 - 2)}1]`) },
  {
    what: 'records of 1 MiB: empty objects',
    body: () => huge((bytes) => `[${'{},'.repeat(bytes / 3 - 2)}{}]`),
  },
  {
    what: 'records of 1 MiB: as a reason',
    body: () => huge((bytes) => `"${'password=a '.repeat(bytes / 11)}"`, 'disabled_reason'),
  },
  { what: 'one record of 60 MiB', body: () => listing(1, () => `{"a":"${'x'.repeat(60 * MIB)}"}`) },
  { what: 'records nested 100 levels deep, 60 MiB', body: () => listing(90_000, nested) },
  {
    what: 'brackets that never close, 64 MiB',
    body: () => Buffer.from(`{"syncs":[${'['.repeat(MAX_BYTES - 100)}`),
  },
  {
    what: 'members beside the records, 64 MiB',
    body: () => Buffer.from(`{${'"a":1,'.repeat(10_000_000)}"syncs":[]}`),
  },
  { what: 'white space, 64 MiB', body: () => Buffer.from(`{"syncs":[${' '.repeat(MAX_BYTES - 100)}]}`) },
  {
    what: 'gzip: 100,000 failing syncs, 60 MiB',
    body: () => gzipSync(listing(MAX_RECORDS, failing)),
    isGzip: true,
  },
  { what: 'gzip: 1 GiB of white space', body: () => gzipSync(Buffer.alloc(1024 * MIB, ' ')), isGzip: true },
];

function listing(count: number, record: (index: number) => string): Buffer {
  const records = Array.from({ length: count }, (_, index) => record(index));
  return Buffer.from(`{"syncs":[${records.join(',')}]}`);
}

/** Records of 1 MiB, as many as fit, with this value in one field. */
function huge(value: (bytes: number) => string, field = 'steps'): Buffer {
  const text = value(MIB - 600);
  return listing(63, (index) => JSON.stringify(sync(index)).replace('}', `,"${field}":${text}}`));
}

const PADDING = 'x'.repeat(80);

function failing(index: number): string {
  const [name, error] = [`orders ${PADDING} ${index}`, `failed ${index}`];
  return JSON.stringify({ ...sync(index), name, last_state: error, last_success_at: '2026-01-01T00:00:00Z' });
}

function disabled(index: number): string {
  return JSON.stringify({
    ...sync(index),
    enabled: false,
    disabled_reason: `${index}: ${PADDING}${PADDING}`,
  });
}

function nested(index: number): string {
  const deep = `${'['.repeat(99)}${']'.repeat(99)}`;
  return JSON.stringify(sync(index)).replace('}', `,"steps":${deep}}`);
}

/** Each of a connection and a table of its own. */
function sync(index: number) {
  return {
    id: `sync_${index}`,
    connector_id: `connector_${index % 1000}`,
    source_kind: 'postgres',
    connection_ref: `connection_${index}`,
    source_schema: 'public',
    source_table: `orders_${index}`,
    kb_uid: `kb_${index}`,
    dest_table: `orders_${index}`,
    interval_secs: 900,
    enabled: true,
    has_cursor: true,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    last_run_at: '2026-01-01T00:00:00Z',
    last_success_at: '2026-01-01T00:00:00Z',
    last_state: 'completed',
    consecutive_failures: 1,
  };
}
