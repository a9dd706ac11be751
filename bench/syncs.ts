import type { Instant } from '../lambda/core/time.ts';

/** A listing of healthy and stalled syncs. */
export interface ListingOptions {
  readonly syncs: number;
  /** The share of syncs without a success for two hours, from 0 to 1. */
  readonly unhealthy: number;
  readonly at: Instant;
}

/** The body of the API's response, about 630 bytes for each sync, as the real one has. */
export function listingBody({ syncs, unhealthy, at }: ListingOptions): Buffer {
  const step = unhealthy === 0 ? Number.POSITIVE_INFINITY : Math.round(1 / unhealthy);
  const records = Array.from({ length: syncs }, (_, index) =>
    record(index, { at, isUnhealthy: index % step === 0 && unhealthy > 0 }),
  );
  return Buffer.from(JSON.stringify({ syncs: records }));
}

function record(index: number, { at, isUnhealthy }: { readonly at: Instant; readonly isUnhealthy: boolean }) {
  const secondsSinceSuccess = isUnhealthy ? 7200 : 300;
  const succeeded = new Date(at - secondsSinceSuccess * 1000).toISOString();
  return {
    id: `sync_${index}`,
    connector_id: `conn_${index % 10}`,
    source_kind: 'postgres',
    connection_ref: `pg-${index % 40}`,
    source_schema: 'public',
    source_table: `orders_${index}`,
    cursor_column: 'updated_at',
    kb_uid: `kb_${index % 20}`,
    dest_table: `orders_${index}`,
    interval_secs: 900,
    enabled: true,
    has_cursor: true,
    created_at: '2026-01-01T00:00:00.123456Z',
    updated_at: '2026-01-01T00:00:00Z',
    last_run_at: succeeded,
    last_success_at: succeeded,
    last_state: 'completed',
    name: null,
    seconds_since_success: secondsSinceSuccess,
  };
}
