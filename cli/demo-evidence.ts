import type { Instant } from '../lambda/core/time.ts';
import { demoSyncs } from './demo-syncs.ts';

const MINUTE = 60_000;
const RUN = 40_000;
const ROWS = 1200;
/** How many completed runs are listed of each sync: enough to tell what is usual. */
const COMPLETED = 6;

/** Why runs of the demo fail, by table. */
const ERRORS: Readonly<Record<string, string>> = {
  invoices: '403 the caller does not have permission',
  tickets: 'HTTP 401 Unauthorized: the API token was revoked',
  charges: 'connection to server at "db-payments.internal" (10.4.0.17), port 5432 failed: Connection refused',
  refunds: 'connection to server at "db-payments.internal" (10.4.0.17), port 5432 failed: Connection refused',
  disputes:
    'connection to server at "db-payments.internal" (10.4.0.17), port 5432 failed: Connection refused',
  payouts: 'connection to server at "db-payments.internal" (10.4.0.17), port 5432 failed: Connection refused',
  satisfaction: 'HTTP 429 Too Many Requests: rate limit of 200 requests per 60 s exceeded',
};

/** The runs of the demo's syncs at `now`, as the Timbal API would list them. */
export function demoJobs(now: Instant): readonly Readonly<Record<string, unknown>>[] {
  return demoSyncs(now).flatMap((sync) => {
    const success = instantOf(sync['last_success_at']);
    const lastRun = instantOf(sync['last_run_at']);
    const interval = Number(sync['interval_secs']) * 1000;
    const job = (startedAt: Instant, error: string | null) => ({
      id: `job_${String(sync['id'])}_${startedAt}`,
      sync_id: sync['id'],
      connector_id: sync['connector_id'],
      kb_uid: sync['kb_uid'],
      kind: 'extract',
      dest_table: sync['dest_table'],
      mode: 'upsert',
      state: error === null ? 'completed' : 'failed',
      rows_emitted: error === null ? ROWS : 0,
      message: error,
      created_at: iso(startedAt),
      started_at: iso(startedAt),
      finished_at: iso(startedAt + RUN),
      updated_at: iso(startedAt + RUN),
      duration_ms: RUN,
    });
    const error = ERRORS[String(sync['name'])];
    const failed =
      sync['last_state'] === 'failed' && lastRun !== undefined && error !== undefined
        ? [job(lastRun, error)]
        : [];
    const completed = Array.from({ length: success === undefined ? 0 : COMPLETED }, (_, index) =>
      job((success ?? now) - RUN - index * interval, null),
    );
    return [...failed, ...completed];
  });
}

/** The connectors of the demo at `now`: all of their agents are connected. */
export function demoConnectors(now: Instant): readonly Readonly<Record<string, unknown>>[] {
  const ids = new Set(demoSyncs(now).map((sync) => sync['connector_id']));
  return [...ids].map((id) => ({ id, name: null, last_seen_at: iso(now - MINUTE / 6) }));
}

export const DEMO_KNOWLEDGE_BASES = [{ id: '1', uid: 'kb_company', name: 'Company' }];

function instantOf(date: unknown): Instant | undefined {
  return typeof date === 'string' ? Date.parse(date) : undefined;
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString();
}
