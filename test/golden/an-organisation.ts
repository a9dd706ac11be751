import type { Instant } from '../../lambda/core/time.ts';
import { aRecord, MINUTE, START } from '../commands/a-world.ts';

/** The fields at `now` in which a sync differs from a healthy one; or `absent`, when the API does not list it. */
type Override = 'absent' | FieldsAt;
type FieldsAt = (now: Instant) => Readonly<Record<string, unknown>>;
/** By the name of the sync. */
export type Overrides = Readonly<Record<string, Override>>;

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

/** The 24 syncs of a shop as the API lists them at `now`, healthy without an override. */
export function aShop(now: Instant, overrides: Overrides = {}): readonly unknown[] {
  return Object.entries(CONNECTIONS).flatMap(([connection, { tables, ...source }]) =>
    tables.flatMap((table) => {
      const { [table]: override } = overrides;
      if (override === 'absent') return [];
      return [{ ...aSync(table, { ...source, connection }, now), ...override?.(now) }];
    }),
  );
}

/** The same override for all eight syncs of one database of the shop. */
export function aDatabaseOfTheShop(override: Override): Overrides {
  return Object.fromEntries(CONNECTIONS['pg-shop'].tables.map((table) => [table, override]));
}

/** The same override for all six syncs of the CRM of the shop. */
export function aCrmOfTheShop(override: Override): Overrides {
  return Object.fromEntries(CONNECTIONS.hubspot.tables.map((table) => [table, override]));
}

/** 360 syncs, of which 300 are unhealthy: all of a database, most of a CRM and a third of the sheets. */
export function aLargeOrganisation(now: Instant): readonly unknown[] {
  const numbered = (count: number, name: string) =>
    Array.from({ length: count }, (_, index) => `${name}_${String(index + 1).padStart(3, '0')}`);
  const database = { connection: 'pg-main', connector: 'postgres', kb: 'kb_warehouse', everyMinutes: 15 };
  const crm = { connection: 'salesforce', connector: 'salesforce', kb: 'kb_sales', everyMinutes: 60 };
  const documents = {
    connection: 'sheets',
    connector: 'google-sheets',
    kb: 'kb_finance',
    everyMinutes: 24 * 60,
  };
  const tables = numbered(180, 'table').map((table, index) => ({
    ...aSync(table, database, now),
    ...failingSince(-30 - index)(now),
  }));
  const objects = numbered(120, 'object').map((object, index) => ({
    ...aSync(object, crm, now),
    ...(index < 100 && stalledSince(-400 - index)(now)),
  }));
  const sheets = numbered(60, 'sheet').map((sheet, index) => ({
    ...aSync(sheet, documents, now),
    ...(index % 3 === 0 && disabledSince(-60)(now)),
  }));
  return [...tables, ...objects, ...sheets];
}

interface Source {
  readonly connection: string;
  readonly connector: string;
  readonly kb: string;
  readonly everyMinutes: number;
}

function aSync(table: string, source: Source, now: Instant): Record<string, unknown> {
  const { connection, connector, kb, everyMinutes } = source;
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

/** The time that many minutes after the beginning. */
export function minute(minutes: number): Instant {
  return START + minutes * MINUTE;
}

/** Its last success was at that minute; it has failed every 15 minutes since. */
export function failingSince(minutes: number): FieldsAt {
  return (now) => ({
    last_state: 'failed',
    last_run_at: iso(now - 4 * MINUTE),
    consecutive_failures: Math.min(9, Math.floor((now - minute(minutes)) / (15 * MINUTE))),
    ...lastSuccess(minutes, now),
  });
}

/** Its last run was at that minute. */
export function stalledSince(minutes: number): FieldsAt {
  return (now) => ({ last_run_at: iso(minute(minutes)), ...lastSuccess(minutes, now) });
}

/** The platform disabled it; its last success was at that minute. */
export function disabledSince(minutes: number): FieldsAt {
  return (now) => ({
    enabled: false,
    disabled_reason: '403 the caller does not have permission',
    last_state: 'failed',
    last_run_at: iso(now - 30 * MINUTE),
    consecutive_failures: 10,
    ...lastSuccess(minutes, now),
  });
}

/** A person enabled it again, and it has not run since. Its last success was at that minute. */
export function enabledAgainAfter(minutes: number): FieldsAt {
  return (now) => ({
    last_state: 'failed',
    last_run_at: iso(minute(10)),
    consecutive_failures: 0,
    ...lastSuccess(minutes, now),
  });
}

export const PAUSED: FieldsAt = () => ({ enabled: false, disabled_reason: null });

/** Its interval cannot be read. */
export const UNREADABLE: FieldsAt = () => ({ interval_secs: 'often' });

/** Markup and control characters in every field that a message quotes. */
export const HOSTILE: FieldsAt = (now) => ({
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
