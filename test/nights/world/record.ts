import type { Second, SyncLife } from './sync-life.ts';

/** The record that the API lists of a sync at `now` (docs/timbal-api.md). */
export function recordOf(
  life: SyncLife,
  { midnight, now }: { readonly midnight: number; readonly now: Second },
): Readonly<Record<string, unknown>> {
  const date = (at: Second | null) => (at === null ? null : isoText(midnight + at * 1000));
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
    seconds_since_success: life.lastSuccessAt === null ? null : Math.floor(now - life.lastSuccessAt),
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

const isoTexts = new Map<number, string>();
const MAX_CACHED = 100_000;

/** Kept: a date is listed many times. */
function isoText(instant: number): string {
  const known = isoTexts.get(instant);
  if (known !== undefined) return known;
  if (isoTexts.size > MAX_CACHED) isoTexts.clear();
  const text = new Date(instant).toISOString();
  isoTexts.set(instant, text);
  return text;
}
