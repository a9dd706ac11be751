import type { Instant } from './time.ts';

/**
 * One connector sync as the API lists it.
 *
 * An optional field that is null or absent is null. A required field that is missing, and any field of the wrong type,
 * is null and named in `faults`: the diagnosis decides whether a verdict needs it.
 */
export interface Sync {
  /** Null when the record has no usable id. */
  readonly id: string | null;
  readonly labels: Labels;
  readonly enabled: boolean | null;
  /** Why the platform disabled it; null when it did not; undefined when the API does not say (an older revision). */
  readonly disabledReason: string | null | undefined;
  /** As the API spells it. */
  readonly lastState: string | null;
  readonly lastRunAt: Instant | null;
  readonly lastSuccessAt: Instant | null;
  readonly secondsSinceSuccess: number | null;
  readonly createdAt: Instant | null;
  readonly updatedAt: Instant | null;
  /** Failed runs since the last completed one; null when the API does not say. */
  readonly consecutiveFailures: number | null;
  readonly hasCursor: boolean | null;
  /** The API's names of the fields that were missing or of the wrong type. */
  readonly faults: readonly Field[];
}

/** What names a sync to people, also after it left the listing. Null: the API did not say. */
export interface Labels {
  readonly name: string | null;
  readonly connectorId: string | null;
  readonly connectionRef: string | null;
  /** The kind of database or service: "postgres". */
  readonly sourceKind: string | null;
  /** `schema.table` at the source. */
  readonly source: string | null;
  /** The knowledge base that it fills. */
  readonly kbUid: string | null;
  /** The table in the knowledge base. */
  readonly destTable: string | null;
  /** The sync's own schedule, at least `MIN_INTERVAL_SECONDS`; null also for `interval_secs` of 0 or less: no schedule. */
  readonly intervalSeconds: number | null;
}

/** The labels of a sync of which none is known. */
export const NO_LABELS: Labels = {
  name: null,
  connectorId: null,
  connectionRef: null,
  sourceKind: null,
  source: null,
  kbUid: null,
  destTable: null,
  intervalSeconds: null,
};

/** The scheduler's tick: a smaller `interval_secs` means "every tick" (docs/timbal-api.md). */
export const MIN_INTERVAL_SECONDS = 30;

/** The API's fields that we read, by its own names. */
export type Field =
  | 'id'
  | 'connector_id'
  | 'connection_ref'
  | 'source_kind'
  | 'source_schema'
  | 'source_table'
  | 'kb_uid'
  | 'dest_table'
  | 'name'
  | 'interval_secs'
  | 'enabled'
  | 'disabled_reason'
  | 'last_state'
  | 'last_run_at'
  | 'last_success_at'
  | 'seconds_since_success'
  | 'created_at'
  | 'updated_at'
  | 'consecutive_failures'
  | 'has_cursor';
