import type { Instant } from '../lambda/core/time.ts';

/** Monday, 23 November 2026, 09:00 UTC. */
const STORY_BEGINS: Instant = Date.UTC(2026, 10, 23, 9, 0);

const MINUTE = 60_000;
/** The duration of every run. */
const RUN = 40_000;
const DAY = 24 * 60 * MINUTE;

/** A time on the day of the story, in UTC. */
export function at(hours: number, minutes: number): Instant {
  return STORY_BEGINS + ((hours - 9) * 60 + minutes) * MINUTE;
}

/** The 29 syncs of the demo organisation, as the Timbal API would list them at `now`. */
export function demoSyncs(now: Instant): readonly Readonly<Record<string, unknown>>[] {
  return Object.entries(CONNECTIONS).flatMap(([name, connection]) =>
    connection.tables.map((table) => {
      const healthy = healthySync(connection, { connection: name, table }, now);
      const disruption = DISRUPTIONS[table];
      return disruption !== undefined && now >= disruption.from && now < disruption.to
        ? { ...healthy, ...disruption.fields(now) }
        : healthy;
    }),
  );
}

interface Connection {
  readonly connector: string;
  /** The interval of each of its syncs. */
  readonly everyMinutes: number;
  /** One sync each. */
  readonly tables: readonly string[];
}

const CONNECTIONS: Readonly<Record<string, Connection>> = {
  'pg-payments': {
    connector: 'postgres',
    everyMinutes: 15,
    tables: ['charges', 'refunds', 'disputes', 'payouts'],
  },
  'pg-shop': {
    connector: 'postgres',
    everyMinutes: 15,
    tables: ['orders', 'order_lines', 'carts', 'products', 'prices', 'stock', 'suppliers', 'coupons'],
  },
  hubspot: {
    connector: 'hubspot',
    everyMinutes: 60,
    tables: ['contacts', 'companies', 'deals', 'leads', 'campaigns', 'forms', 'meetings'],
  },
  zendesk: {
    connector: 'zendesk',
    everyMinutes: 30,
    tables: ['tickets', 'ticket_events', 'agents', 'macros', 'satisfaction'],
  },
  sheets: {
    connector: 'google-sheets',
    everyMinutes: 24 * 60,
    tables: ['budget', 'headcount', 'invoices', 'old_forecast', 'old_targets'],
  },
};

/** A time in which a sync is not healthy. */
interface Disruption {
  readonly from: Instant;
  /** Exclusive. */
  readonly to: Instant;
  /** The fields of the record that differ from those of a healthy sync. */
  readonly fields: (now: Instant) => Readonly<Record<string, unknown>>;
}

const BEFORE = STORY_BEGINS - DAY;
const NEVER = STORY_BEGINS + DAY;

const paused: Disruption = {
  from: BEFORE,
  to: NEVER,
  fields: () => ({ enabled: false, disabled_reason: null }),
};

/** The payments database is down for half an hour: its four syncs fail together, from their run at 11:28. */
const databaseDown: Disruption = {
  from: at(11, 28),
  to: at(11, 58),
  fields: (now) => ({ last_state: 'failed', consecutive_failures: 1, ...lastSuccess(at(11, 13), now) }),
};

/** One sync of another connection fails at the same time, on its own. It runs again after an hour. */
const failsAlone: Disruption = {
  from: at(11, 28),
  to: at(12, 28),
  fields: (now) => ({
    last_state: 'failed',
    consecutive_failures: 1,
    last_run_at: iso(at(11, 28)),
    ...lastSuccess(at(10, 58), now),
  }),
};

const DISRUPTIONS: Readonly<Record<string, Disruption>> = {
  invoices: {
    from: BEFORE,
    to: NEVER,
    fields: (now) => ({
      enabled: now >= at(12, 0),
      disabled_reason: now >= at(12, 0) ? null : '403 the caller does not have permission',
      consecutive_failures: 10,
      last_state: 'failed',
      last_run_at: iso(at(3, 58)),
      ...lastSuccess(at(8, 58) - DAY, now),
    }),
  },
  tickets: {
    from: BEFORE,
    to: NEVER,
    fields: (now) => ({
      last_state: 'failed',
      consecutive_failures: Math.floor((now - at(7, 58)) / (30 * MINUTE)),
      ...lastSuccess(at(7, 58), now),
    }),
  },
  leads: {
    from: BEFORE,
    to: NEVER,
    fields: () => ({
      created_at: iso(STORY_BEGINS - 3 * DAY),
      updated_at: iso(STORY_BEGINS - 3 * DAY),
      last_run_at: null,
      last_success_at: null,
      last_state: null,
      seconds_since_success: null,
      has_cursor: false,
    }),
  },
  orders: {
    from: BEFORE,
    to: at(11, 58),
    fields: (now) => ({ last_run_at: iso(at(7, 58)), ...lastSuccess(at(7, 58), now) }),
  },
  charges: databaseDown,
  refunds: databaseDown,
  disputes: databaseDown,
  payouts: databaseDown,
  satisfaction: failsAlone,
  old_forecast: paused,
  old_targets: paused,
};

function healthySync(
  { connector, everyMinutes }: Connection,
  { connection, table }: { readonly connection: string; readonly table: string },
  now: Instant,
) {
  const intervalMs = everyMinutes * MINUTE;
  // Every sync runs two minutes before the full interval, so that no check of the story falls into a run.
  const started = now - ((now + 2 * MINUTE) % intervalMs);
  return {
    id: `sync_${connection}_${table}`,
    name: table,
    connector_id: connector,
    source_kind: connector,
    connection_ref: connection,
    source_schema: 'public',
    source_table: table,
    cursor_column: 'updated_at',
    kb_uid: 'kb_company',
    dest_table: table,
    interval_secs: everyMinutes * 60,
    enabled: true,
    disabled_reason: null,
    consecutive_failures: 0,
    has_cursor: true,
    created_at: '2026-02-02T10:00:00Z',
    updated_at: '2026-02-02T10:00:00Z',
    last_run_at: iso(started),
    last_state: 'completed',
    ...lastSuccess(started, now),
  };
}

/** The fields about the last success, for a run that started at `started` and succeeded. */
function lastSuccess(started: Instant, now: Instant) {
  const success = started + RUN;
  return { last_success_at: iso(success), seconds_since_success: Math.round((now - success) / 1000) };
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString();
}
