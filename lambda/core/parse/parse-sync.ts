import * as v from 'valibot';
import type { ListingFailure } from '../alert.ts';
import type { ParsedListing } from '../diagnose/evaluation.ts';
import { type Field, type Labels, MIN_INTERVAL_SECONDS, type Sync } from '../sync.ts';

/** What came of asking for the listing, its records as syncs. */
export function parseListing(listed: RawListing): ParsedListing {
  return listed.ok ? { ok: true, request: listed.request, syncs: listed.records.map(parseSync) } : listed;
}

/** What came of asking for the listing, its records as they came. */
export type RawListing =
  | { readonly ok: true; readonly request: string; readonly records: readonly unknown[] }
  | { readonly ok: false; readonly failure: ListingFailure };

/**
 * One record of the listing as a sync. Total: whatever came, a sync comes out, and what is missing or of the wrong
 * type is null and named in its `faults`. Which faults matter is for diagnosis to say.
 *
 * Required and nullable as in the API's contract; the fields of its later revisions are optional (timbal-api-notes).
 */
export function parseSync(record: unknown): Sync {
  const fields: Readonly<Record<string, unknown>> = isObject(record) ? record : {};
  const faults: Field[] = [];

  function read<T>(field: Field, schema: v.GenericSchema<unknown, T>): T | null {
    const result = v.safeParse(schema, fields[field]);
    if (result.success) return result.output;
    faults.push(field);
    return null;
  }

  const id = read('id', identifier);
  const interval = read('interval_secs', positive);
  const intervalSeconds = interval === null ? null : Math.max(interval, MIN_INTERVAL_SECONDS);
  const sourceSchema = read('source_schema', label);
  const sourceTable = read('source_table', label);
  const labels: Labels = {
    name: read('name', optional.label),
    connectorId: read('connector_id', identifier),
    connectionRef: read('connection_ref', identifier),
    source: sourceTable === null ? null : sourceSchema ? `${sourceSchema}.${sourceTable}` : sourceTable,
    kbUid: read('kb_uid', identifier),
    destTable: read('dest_table', label),
    intervalSeconds,
  };
  return {
    id,
    labels,
    enabled: read('enabled', v.boolean()),
    disabledReason: 'disabled_reason' in fields ? read('disabled_reason', optional.text) : undefined,
    lastState: read('last_state', optional.text),
    lastRunAt: read('last_run_at', optional.instant),
    lastSuccessAt: read('last_success_at', optional.instant),
    secondsSinceSuccess: read('seconds_since_success', optional.seconds),
    createdAt: read('created_at', instant),
    updatedAt: read('updated_at', instant),
    consecutiveFailures: read('consecutive_failures', optional.count),
    hasCursor: read('has_cursor', v.boolean()),
    faults,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const text = v.string();

/** What names a sync is remembered: a longer one is wrong, since one that fills the memory would stop the watch. */
const MAX_LABEL_LENGTH = 1000;
const label = v.pipe(text, v.maxLength(MAX_LABEL_LENGTH));

/** Ids come as JSON numbers on some routes of this API; its owner's SDK turns them into strings. */
const identifier = v.union([
  v.pipe(label, v.nonEmpty()),
  v.pipe(v.number(), v.finite(), v.transform(String)),
]);
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const instant = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((timestamp) => Date.parse(timestamp)),
  v.number(),
);
const optional = {
  text: v.nullish(text, null),
  label: v.nullish(label, null),
  instant: v.nullish(instant, null),
  seconds: v.nullish(v.pipe(v.number(), v.finite()), null),
  count: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0)), null),
};
