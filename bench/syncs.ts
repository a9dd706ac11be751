import type { Instant } from '../lambda/core/time.ts';

/** A listing of healthy and stalled syncs. */
export interface ListingOptions {
  readonly syncs: number;
  /** The share of syncs without a success for two hours, from 0 to 1. */
  readonly unhealthy: number;
  readonly at: Instant;
}

const [CONNECTORS, CONNECTIONS, KNOWLEDGE_BASES] = [10, 40, 20];

/** The body of the API's response, about 630 bytes for each sync, as the real one has. */
export function listingBody(options: ListingOptions): Buffer {
  return bodyOf({ syncs: ofEachSync(options, record) });
}

/** What the route of jobs answers about the same syncs: the last run of each, 300 bytes. */
export function jobsBody(options: ListingOptions): Buffer {
  return bodyOf({ jobs: ofEachSync(options, job) });
}

/** What the routes of connectors and knowledge bases answer about them. */
export const CONNECTORS_BODY = bodyOf(
  Array.from({ length: CONNECTORS }, (_, index) => ({
    id: `conn_${index}`,
    name: `warehouse ${index}`,
    capabilities: ['postgres'],
    connected: true,
    online: true,
    enrolled_at: '2026-01-01T00:00:00Z',
  })),
);
export const KNOWLEDGE_BASES_BODY = bodyOf({
  k2: Array.from({ length: KNOWLEDGE_BASES }, (_, index) => ({
    id: String(index),
    uid: `kb_${index}`,
    name: `Knowledge ${index}`,
  })),
  next_page_token: '',
});

function bodyOf(json: unknown): Buffer {
  return Buffer.from(JSON.stringify(json));
}

/** One sync of a listing: its number, and the seconds since its last success. */
interface Success {
  readonly index: number;
  readonly secondsSinceSuccess: number;
  readonly succeededAt: string;
}

function ofEachSync<T>(
  { syncs, unhealthy, at }: ListingOptions,
  make: (success: Success) => T,
): readonly T[] {
  const step = unhealthy === 0 ? Number.POSITIVE_INFINITY : Math.round(1 / unhealthy);
  return Array.from({ length: syncs }, (_, index) => {
    const secondsSinceSuccess = unhealthy > 0 && index % step === 0 ? 7200 : 300;
    const succeededAt = new Date(at - secondsSinceSuccess * 1000).toISOString();
    return make({ index, secondsSinceSuccess, succeededAt });
  });
}

function record({ index, secondsSinceSuccess, succeededAt }: Success) {
  return {
    id: `sync_${index}`,
    connector_id: `conn_${index % CONNECTORS}`,
    source_kind: 'postgres',
    connection_ref: `pg-${index % CONNECTIONS}`,
    source_schema: 'public',
    source_table: `orders_${index}`,
    cursor_column: 'updated_at',
    kb_uid: `kb_${index % KNOWLEDGE_BASES}`,
    dest_table: `orders_${index}`,
    interval_secs: 900,
    enabled: true,
    has_cursor: true,
    created_at: '2026-01-01T00:00:00.123456Z',
    updated_at: '2026-01-01T00:00:00Z',
    last_run_at: succeededAt,
    last_success_at: succeededAt,
    last_state: 'completed',
    name: null,
    seconds_since_success: secondsSinceSuccess,
  };
}

function job({ index, succeededAt }: Success) {
  return {
    id: `job_${index}`,
    sync_id: `sync_${index}`,
    connector_id: `conn_${index % CONNECTORS}`,
    kb_uid: `kb_${index % KNOWLEDGE_BASES}`,
    kind: 'extract',
    dest_table: `orders_${index}`,
    mode: 'append',
    state: 'completed',
    message: null,
    rows_emitted: 120,
    created_at: succeededAt,
    started_at: succeededAt,
    finished_at: succeededAt,
    updated_at: succeededAt,
  };
}
