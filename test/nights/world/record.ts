import type { Second, SyncLife } from './sync-life.ts';

/** A sync as the API lists it: the fields of a record (docs/timbal-api.md). */
export type SyncRecord = Readonly<Record<string, unknown>>;

/** The record that the API lists of a sync at `now`. What does not depend on `now` is kept in `life` until it changes. */
export function recordOf(
  life: SyncLife,
  { midnight, now }: { readonly midnight: number; readonly now: Second },
): SyncRecord {
  life.record ??= fieldsOf(life, midnight);
  if (life.lastSuccessAt === null || life.oddFields.has(LAG)) return life.record;
  return { ...life.record, [LAG]: Math.floor(now - life.lastSuccessAt) };
}

const LAG = 'seconds_since_success';

function fieldsOf(life: SyncLife, midnight: number): SyncRecord {
  const date = (at: Second | null) => (at === null ? null : new Date(midnight + at * 1000).toISOString());
  const record: Record<string, unknown> = {
    id: life.id,
    name: life.name,
    connector_id: life.connector,
    source_kind: 'postgres',
    connection_ref: life.connection,
    source_schema: 'public',
    source_table: life.name,
    cursor_column: 'updated_at',
    kb_uid: life.knowledgeBase,
    dest_table: life.name,
    interval_secs: life.intervalSeconds,
    enabled: life.enabled,
    has_cursor: life.lastSuccessAt !== null,
    created_at: date(life.createdAt),
    updated_at: date(life.updatedAt),
    last_run_at: date(life.lastRunAt),
    last_success_at: date(life.lastSuccessAt),
    last_state: life.lastState,
    [LAG]: null,
  };
  if (!life.isOlderApi) {
    record['consecutive_failures'] = life.failures;
    record['disabled_reason'] = life.disabledReason;
  }
  for (const [field, value] of life.oddFields) {
    if (value === undefined) delete record[field];
    else record[field] = value;
  }
  return record;
}
