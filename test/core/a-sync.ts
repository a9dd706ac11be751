import type { Alert, Facts, Fingerprint, ListingFailure, SyncHistory } from '../../lambda/core/alert.ts';
import { type Evaluation, evaluate } from '../../lambda/core/diagnose/evaluation.ts';
import { type Policy, parsePolicy } from '../../lambda/core/policy.ts';
import type { LastNotified, NotificationLogEntry, Route } from '../../lambda/core/state.ts';
import type { Labels, Sync } from '../../lambda/core/sync.ts';
import type { Instant } from '../../lambda/core/time.ts';

/** The one `now` of these tests: 2026-11-24 09:00 UTC. */
export const NOW: Instant = Date.UTC(2026, 10, 24, 9);

/** Durations in seconds, as thresholds are. */
export const seconds = (count: number) => count;
export const minutes = (count: number) => count * 60;
export const hours = (count: number) => count * 3600;
export const days = (count: number) => count * 86_400;

/** The moment so many seconds before `NOW`; `-ago` of a negative number lies in the future. */
export const ago = (secondsAgo: number): Instant => NOW - secondsAgo * 1000;

/** The moment so many seconds after `NOW`. */
export const later = (secondsLater: number): Instant => NOW + secondsLater * 1000;

/** The policy of somebody who wrote only this, in the words of a policy file. */
export function aPolicy(written: Readonly<Record<string, unknown>> = {}): Policy {
  const parsed = parsePolicy(written, minutes(5));
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  return parsed.policy;
}

/** A check every 5 minutes, and every default. */
export const defaultPolicy: Policy = aPolicy();

export const LABELS: Labels = {
  name: 'orders',
  connectorId: 'postgres',
  connectionRef: 'pg-main',
  source: 'public.orders',
  kbUid: 'kb_sales',
  destTable: 'orders',
  intervalSeconds: minutes(15),
};

/**
 * A sync as the API's first contract has it: every 15 minutes, completed five minutes ago. `secondsSinceSuccess`
 * agrees with `lastSuccessAt` unless it is given. Labels can be overridden by their names alone.
 *
 * At these 15 minutes it is late beyond a lag of 2,100 s and critical beyond one of 11,100 s.
 */
export function aSync(overrides: Partial<Sync> & Partial<Labels> = {}): Sync {
  const { name, connectorId, connectionRef, source, kbUid, destTable, intervalSeconds, ...rest } = overrides;
  const given = { name, connectorId, connectionRef, source, kbUid, destTable, intervalSeconds };
  const labels = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { lastSuccessAt = ago(minutes(5)) } = rest;
  return {
    id: 'orders',
    labels: { ...LABELS, ...labels },
    enabled: true,
    disabledReason: undefined,
    lastState: 'completed',
    lastRunAt: lastSuccessAt ?? ago(minutes(5)),
    lastSuccessAt,
    secondsSinceSuccess:
      lastSuccessAt === null ? null : Math.max(0, Math.floor((NOW - lastSuccessAt) / 1000)),
    createdAt: ago(days(90)),
    updatedAt: ago(days(90)),
    consecutiveFailures: null,
    hasCursor: true,
    faults: [],
    ...rest,
  };
}

/** The same, its last run failed five minutes ago, its last success twenty minutes ago: failing and not late. */
export function aFailingSync(overrides: Parameters<typeof aSync>[0] = {}): Sync {
  return aSync({
    lastState: 'failed',
    lastRunAt: ago(minutes(5)),
    lastSuccessAt: ago(minutes(20)),
    ...overrides,
  });
}

/** A listing of exactly these, as the check has it. */
export function listingOf(...syncs: readonly Sync[]) {
  return { ok: true, syncs, request: TRIED } as const;
}

/** A look at exactly these. */
export function aLook(
  syncs: readonly Sync[],
  { facts = aFacts(), policy = defaultPolicy, now = NOW } = {} as {
    readonly facts?: Facts;
    readonly policy?: Policy;
    readonly now?: Instant;
  },
): Evaluation {
  return evaluate(listingOf(...syncs), facts, policy, now);
}

export const TRIED = 'GET https://api.timbal.ai/orgs/acme/connectors/syncs';

export const BLINDNESS: ListingFailure = {
  kind: 'failed',
  request: TRIED,
  received: '503 Service Unavailable, 4 tries',
};

/** A check that saw nothing. */
export function aBlindLook(kind: ListingFailure['kind'] = 'failed'): Evaluation {
  return { kind: 'unavailable', failure: { ...BLINDNESS, kind }, recordCount: 0 };
}

/** An open alert of the failing `orders`: a warning, firing for an hour. */
export function anAlert(overrides: Partial<Alert> = {}): Alert {
  const { problem = 'failing', since = ago(hours(1)), state = 'firing' } = overrides;
  return {
    state,
    problem,
    severity: 'warning',
    paused: false,
    problems: [problem],
    since,
    firings: state === 'pending' ? [] : [since],
    lastSuccessAt: ago(hours(2)),
    labels: LABELS,
    ...overrides,
  };
}

/** The same, resolved by a success ten minutes ago. */
export function anEndedAlert(overrides: Partial<Alert> = {}): Alert {
  return anAlert({
    state: 'ended',
    resolution: { how: 'resolved', by: 'success', at: ago(minutes(10)) },
    ...overrides,
  });
}

export function aFacts(
  alerts: Readonly<Partial<Record<Fingerprint, Alert>>> = {},
  { marks = {}, normal = Object.keys(alerts).length } = {} as {
    readonly marks?: Readonly<Record<string, SyncHistory>>;
    readonly normal?: number;
  },
): Facts {
  const given = Object.entries(alerts).flatMap(([key, alert]) => (alert === undefined ? [] : [[key, alert]]));
  return { alerts: Object.fromEntries(given), histories: marks, size: { normal } };
}

/** What a route was told of an alert: its opening, an hour ago, a failing sync and a warning. */
export function aTold(overrides: Partial<LastNotified> = {}): LastNotified {
  return { at: ago(hours(1)), severity: 'warning', problems: ['failing'], listed: true, ...overrides };
}

/** The telling of an alert whose opening was told. Pass `{ told: undefined }`-free overrides to add to it. */
export function aTelling(overrides: Partial<NotificationLogEntry> = {}): NotificationLogEntry {
  return { lastNotified: aTold(), ...overrides };
}

/** A route that was told these, by the fingerprints of the alerts. */
export function aRoute(
  notificationLog: Readonly<Partial<Record<Fingerprint, NotificationLogEntry>>> = {},
  overrides: Partial<Route> = {},
): Route {
  const given = Object.entries(notificationLog).flatMap(([key, logEntry]) =>
    logEntry === undefined ? [] : [[key, logEntry]],
  );
  return { notificationLog: Object.fromEntries(given), ...overrides };
}

/** The same value, every part of it frozen: whoever writes to it throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of value instanceof Map ? value.values() : Object.values(value)) frozen(part);
  }
  return value;
}
