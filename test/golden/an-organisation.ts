import type { Instant } from '../../lambda/core/time.ts';
import { aRecord, MINUTE, START } from '../commands/a-world.ts';

/** How a sync differs from a healthy one, as the API lists it at `now`; or it is not in the listing. */
export type Trouble = 'absent' | ((now: Instant) => Readonly<Record<string, unknown>>);
/** By the names of the syncs. */
export type Troubles = Readonly<Record<string, Trouble>>;

const CONNECTIONS = {
  'pg-shop': {
    connector: 'postgres',
    kb: 'kb_shop',
    everyMinutes: 15,
    tables: ['orders', 'order_lines', 'carts', 'products', 'prices', 'stock', 'suppliers', 'coupons'],
  },
  'pg-payments': {
    connector: 'postgres',
    kb: 'kb_finance',
    everyMinutes: 15,
    tables: ['charges', 'refunds', 'disputes', 'payouts'],
  },
  hubspot: {
    connector: 'hubspot',
    kb: 'kb_sales',
    everyMinutes: 60,
    tables: ['contacts', 'companies', 'deals', 'leads', 'campaigns', 'forms'],
  },
  zendesk: {
    connector: 'zendesk',
    kb: 'kb_support',
    everyMinutes: 30,
    tables: ['tickets', 'agents', 'macros'],
  },
  sheets: {
    connector: 'google-sheets',
    kb: 'kb_finance',
    everyMinutes: 24 * 60,
    tables: ['budget', 'headcount', 'invoices'],
  },
} as const;

/** The 24 syncs of a shop as the API lists them at `now`, healthy but for these. */
export function theShop(now: Instant, troubles: Troubles = {}): readonly unknown[] {
  return Object.entries(CONNECTIONS).flatMap(([connection, { connector, kb, everyMinutes, tables }]) =>
    tables.flatMap((table) => {
      const { [table]: trouble } = troubles;
      if (trouble === 'absent') return [];
      const healthy = aSyncOf(connection, connector, kb, table, everyMinutes, now);
      return [{ ...healthy, ...trouble?.(now) }];
    }),
  );
}

/** The syncs of the shop's database, each with the same trouble. */
export function theShopsDatabase(trouble: Trouble): Troubles {
  return Object.fromEntries(CONNECTIONS['pg-shop'].tables.map((table) => [table, trouble]));
}

/** 360 syncs, 300 of which are in trouble: all of a database, most of a CRM, a third of the sheets. */
export function aLargeOrganisation(now: Instant): readonly unknown[] {
  const numbered = (count: number, name: string) =>
    Array.from({ length: count }, (_, index) => `${name}_${String(index + 1).padStart(3, '0')}`);
  const tables = numbered(180, 'table').map((table, index) => ({
    ...aSyncOf('pg-main', 'postgres', 'kb_warehouse', table, 15, now),
    ...failingSince(-30 - index)(now),
  }));
  const objects = numbered(120, 'object').map((object, index) => ({
    ...aSyncOf('salesforce', 'salesforce', 'kb_sales', object, 60, now),
    ...(index < 100 && stalledSince(-400 - index)(now)),
  }));
  const sheets = numbered(60, 'sheet').map((sheet, index) => ({
    ...aSyncOf('sheets', 'google-sheets', 'kb_finance', sheet, 24 * 60, now),
    ...(index % 3 === 0 && disabledSince(-60)(now)),
  }));
  return [...tables, ...objects, ...sheets];
}

function aSyncOf(
  connection: string,
  connector: string,
  kb: string,
  table: string,
  everyMinutes: number,
  now: Instant,
): Record<string, unknown> {
  return aRecord(now, {
    id: `sync_${table}`,
    name: table,
    connector_id: connector,
    source_kind: connector,
    connection_ref: connection,
    source_table: table,
    kb_uid: kb,
    dest_table: table,
    interval_secs: everyMinutes * 60,
    consecutive_failures: 0,
  });
}

/** A moment of the story, in minutes since it began. */
export function minute(minutes: number): Instant {
  return START + minutes * MINUTE;
}

/** Succeeded last at that minute of the story, and has failed every quarter of an hour since. */
export function failingSince(minutes: number): Trouble & ((now: Instant) => Record<string, unknown>) {
  return (now) => ({
    last_state: 'failed',
    last_run_at: iso(now - 4 * MINUTE),
    consecutive_failures: Math.min(9, Math.floor((now - minute(minutes)) / (15 * MINUTE))),
    ...lastSuccess(minutes, now),
  });
}

/** Nothing has started since that minute of the story. */
export function stalledSince(minutes: number): Trouble & ((now: Instant) => Record<string, unknown>) {
  return (now) => ({ last_run_at: iso(minute(minutes)), ...lastSuccess(minutes, now) });
}

/** The platform gave up; it succeeded last at that minute of the story. */
export function disabledSince(minutes: number): Trouble & ((now: Instant) => Record<string, unknown>) {
  return (now) => ({
    enabled: false,
    disabled_reason: '403 the caller does not have permission',
    last_state: 'failed',
    last_run_at: iso(now - 30 * MINUTE),
    consecutive_failures: 10,
    ...lastSuccess(minutes, now),
  });
}

/** Enabled by a person, and not run since. */
export function enabledAgainAfter(minutes: number): Trouble {
  return (now) => ({
    last_state: 'failed',
    last_run_at: iso(minute(10)),
    consecutive_failures: 0,
    ...lastSuccess(minutes, now),
  });
}

export const PAUSED: Trouble = () => ({ enabled: false, disabled_reason: null });

/** What no interval can be read of. */
export const UNREADABLE: Trouble = () => ({ interval_secs: 'often' });

/** Every field that a message quotes, written to break it. */
export const HOSTILE: Trouble = (now) => ({
  ...disabledSince(0)(now),
  name: '<!channel> *orders* `rm -rf` @here',
  kb_uid: 'kb_&lt;shop&gt; <https://example.com|click>',
  dest_table: 'orders\n🔴 everything is down\u202E',
  disabled_reason: 'see <@U012AB3CD> in #general: orders.app _is_ :fire:',
  last_state: '🔴 \u200Bfailed\u0000',
});

function lastSuccess(minutes: number, now: Instant) {
  return {
    last_success_at: iso(minute(minutes)),
    seconds_since_success: Math.round((now - minute(minutes)) / 1000),
  };
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString();
}
