/*
 * In: one record of the listing, as it came. Out: a sync, with the faults of its fields.
 * timbal/listing.ts calls this for each record as it arrives.
 */

import { trimmed } from '../blank.ts';
import { type Field, type Labels, MIN_INTERVAL_SECONDS, type Sync } from '../sync.ts';
import type { Instant } from '../time.ts';
import { isNever, parseInstant } from './parse-instant.ts';
import { text as anyText, boolean, count, finite, identifier, isObject, label, nullable } from './readers.ts';

/**
 * One record of the listing as a sync. Total: a field that is missing or of the wrong type becomes null and is named in
 * `faults`; the diagnosis decides whether it matters. Required and nullable fields are those of the API's contract;
 * the fields of its later revisions are optional (docs/timbal-api.md).
 *
 * The readers of the fields are written by hand: schemas for 20 fields took three times as long as the rest of a check.
 */
export function parseSync(record: unknown): Sync {
  const fields: Readonly<Record<string, unknown>> = isObject(record) ? record : {};
  let faults = NO_FAULTS;

  /** The value that a reader found in a field; undefined is a fault. */
  function read<T>(field: Field, value: T | undefined): T | null {
    if (value !== undefined) return value;
    faults = [...faults, field];
    return null;
  }

  const id = read('id', identifier(fields['id']));
  const interval = read('interval_secs', finite(fields['interval_secs']));
  const hasSchedule = interval !== null && interval > 0;
  const intervalSeconds = hasSchedule ? Math.max(interval, MIN_INTERVAL_SECONDS) : null;
  const sourceSchema = read('source_schema', label(fields['source_schema']));
  const sourceTable = read('source_table', label(fields['source_table']));
  const labels: Labels = {
    name: read('name', nullable(label, fields['name'])),
    connectorId: read('connector_id', identifier(fields['connector_id'])),
    connectionRef: read('connection_ref', identifier(fields['connection_ref'])),
    sourceKind: read('source_kind', label(fields['source_kind'])),
    source: sourceTable === null ? null : sourceSchema ? `${sourceSchema}.${sourceTable}` : sourceTable,
    kbUid: read('kb_uid', identifier(fields['kb_uid'])),
    destTable: read('dest_table', label(fields['dest_table'])),
    intervalSeconds,
  };
  return {
    id,
    labels,
    enabled: read('enabled', boolean(fields['enabled'])),
    disabledReason:
      'disabled_reason' in fields
        ? read('disabled_reason', nullable(reason, fields['disabled_reason']))
        : undefined,
    lastState: read('last_state', nullable(text, fields['last_state'])),
    lastRunAt: read('last_run_at', nullable(dateOrNever, fields['last_run_at'])),
    lastSuccessAt: read('last_success_at', nullable(dateOrNever, fields['last_success_at'])),
    secondsSinceSuccess: read('seconds_since_success', nullable(finite, fields['seconds_since_success'])),
    createdAt: read('created_at', dateOrNever(fields['created_at']) ?? undefined),
    updatedAt: read('updated_at', dateOrNever(fields['updated_at']) ?? undefined),
    consecutiveFailures: read('consecutive_failures', nullable(count, fields['consecutive_failures'])),
    hasCursor: read('has_cursor', boolean(fields['has_cursor'])),
    faults,
  };
}

/** Of nearly every sync. One list for all of them, where 100,000 would take 3 MB. */
const NO_FAULTS: readonly Field[] = [];

/** Without what shows nothing around it; empty when nothing of it would be seen. */
function text(value: unknown): string | undefined {
  const written = anyText(value);
  return written === undefined ? undefined : trimmed(written);
}

/** Null for a text that says nothing: a pause of a person has none. */
function reason(value: unknown): string | null | undefined {
  const written = text(value);
  return written === '' ? null : written;
}

/** Null for a date that stands for "never". */
function dateOrNever(value: unknown): Instant | null | undefined {
  const instant = parseInstant(value);
  return instant !== undefined && isNever(instant) ? null : instant;
}
