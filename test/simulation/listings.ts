import { START } from './run-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What one listing of a sequence shows of its sync `orders`; a second sync is always healthy. */
export const LISTINGS = [
  'problem',
  'worse',
  'another problem',
  'inconclusive',
  'healthy',
  'absent',
  'listing failure',
  'disabled',
  'enabled again',
] as const;
export type Listing = (typeof LISTINGS)[number];

const LAST_SUCCESS = START - 25 * MINUTE;

/** The records of such a listing at this time. */
export function recordsOf(listing: Listing, at: number): readonly Record<string, unknown>[] {
  const other = aSync('other', { last_state: 'completed', ...success(at - MINUTE, at) });
  const fields = fieldsOf(listing, at);
  return fields === undefined ? [other] : [aSync('orders', fields), other];
}

function fieldsOf(listing: Listing, at: number): Readonly<Record<string, unknown>> | undefined {
  switch (listing) {
    case 'problem':
      return {
        ...success(LAST_SUCCESS, at),
        last_state: 'failed',
        last_run_at: date(START - 10 * MINUTE),
      };
    case 'worse':
      return {
        ...success(START - 20 * HOUR, at),
        last_state: 'failed',
        last_run_at: date(START - 10 * MINUTE),
      };
    case 'another problem':
      return { ...success(START - 2 * HOUR, at), last_state: 'completed' };
    case 'inconclusive':
      return { ...success(LAST_SUCCESS, at), last_state: 'running', last_run_at: date(at - MINUTE) };
    case 'disabled':
      return {
        ...success(LAST_SUCCESS, at),
        last_state: 'failed',
        enabled: false,
        disabled_reason: 'ten failures',
      };
    case 'enabled again':
      return { ...success(LAST_SUCCESS, at), last_state: 'failed', enabled: true };
    case 'healthy':
      return { ...success(at - MINUTE, at), last_state: 'completed' };
    case 'absent':
    case 'listing failure':
      return undefined;
  }
}

/** The sync succeeded last at `lastSuccess`, and has not run since. */
function success(lastSuccess: number, at: number): Readonly<Record<string, unknown>> {
  return {
    last_run_at: date(lastSuccess),
    last_success_at: date(lastSuccess),
    seconds_since_success: Math.floor((at - lastSuccess) / 1000),
  };
}

function aSync(id: string, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    id,
    name: id,
    connector_id: `connector-of-${id}`,
    source_kind: 'postgres',
    connection_ref: `connection-of-${id}`,
    source_schema: 'public',
    source_table: id,
    cursor_column: null,
    kb_uid: `kb-of-${id}`,
    dest_table: id,
    interval_secs: 900,
    enabled: true,
    disabled_reason: null,
    has_cursor: true,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    consecutive_failures: 0,
    ...fields,
  };
}

function date(at: number): string {
  return new Date(at).toISOString();
}
