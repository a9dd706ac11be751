/*
 * Reads the records of a listing: takes them as they came, gives syncs. Checks, reports and the deployment test call
 * `parseListing` once each.
 */
import * as v from 'valibot';
import type { ParsedListing, RawListing } from '../listing.ts';
import { type Field, type Labels, MIN_INTERVAL_SECONDS, type Sync } from '../sync.ts';

/** The listing with each record as a sync. */
export function parseListing(listing: RawListing): ParsedListing {
  if (!listing.ok) return listing;
  return { ok: true, request: listing.request, syncs: listing.records.map(parseSync) };
}

/**
 * One record of the listing as a sync. Total: a field that is missing or of the wrong type becomes null and is named in
 * `faults`; the diagnosis decides whether it matters. Required and nullable fields are those of the API's contract;
 * the fields of its later revisions are optional (docs/timbal-api.md).
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
  const interval = read('interval_secs', number);
  const hasSchedule = interval !== null && interval > 0;
  const intervalSeconds = hasSchedule ? Math.max(interval, MIN_INTERVAL_SECONDS) : null;
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

/** Labels are saved with the alert: a longer one is a fault, since one of megabytes would fill the state. */
const MAX_LABEL_LENGTH = 1000;
const label = v.pipe(text, v.maxLength(MAX_LABEL_LENGTH));

/** Some routes of the API send ids as JSON numbers. */
const identifier = v.union([
  v.pipe(label, v.nonEmpty()),
  v.pipe(v.number(), v.finite(), v.transform(String)),
]);
const number = v.pipe(v.number(), v.finite());
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
