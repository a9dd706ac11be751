import { type Alert, EMPTY_FACTS, type Facts } from '../../lambda/core/alert.ts';
import { type Evaluation, evaluate } from '../../lambda/core/diagnose/evaluation.ts';
import { type Fingerprint, fingerprintOf } from '../../lambda/core/fingerprint.ts';
import type { ListingFailure } from '../../lambda/core/listing.ts';
import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import { DEFAULT_DESTINATION, type Policy } from '../../lambda/core/policy.ts';
import { type SyncRoster, workHash } from '../../lambda/core/roster.ts';
import {
  type Destination,
  type LastNotified,
  NEW_DESTINATION,
  type NotificationLogEntry,
  type Route,
  type WatchState,
} from '../../lambda/core/state.ts';
import type { Labels, Sync } from '../../lambda/core/sync.ts';
import type { Instant } from '../../lambda/core/time.ts';

/** The `now` of every test that uses these builders: 2026-11-24 09:00 UTC. */
export const NOW: Instant = Date.UTC(2026, 10, 24, 9);

/** Durations in seconds, as in thresholds. */
export const minutes = (count: number) => count * 60;
export const hours = (count: number) => count * 3600;
export const days = (count: number) => count * 86_400;

/** The moment so many seconds before `NOW`; of a negative number, a moment in the future. */
export const ago = (secondsAgo: number): Instant => NOW - secondsAgo * 1000;

/** The moment so many seconds after `NOW`. */
export const later = (secondsLater: number): Instant => NOW + secondsLater * 1000;

/** The policy of a policy file with these fields, for a check every 5 minutes. */
export function aPolicy(written: Readonly<Record<string, unknown>> = {}): Policy {
  const parsed = parsePolicy(written, minutes(5));
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  return parsed.policy;
}

/** The policy of an empty policy file. */
export const defaultPolicy: Policy = aPolicy();

export const LABELS: Labels = {
  name: 'orders',
  connectorId: 'postgres',
  connectionRef: 'pg-main',
  sourceKind: 'postgres',
  source: 'public.orders',
  kbUid: 'kb_sales',
  destTable: 'orders',
  intervalSeconds: minutes(15),
};

/** The fields of a sync, its labels among them. */
export type SyncOverrides = Partial<Sync> & Partial<Labels>;

/**
 * A healthy sync with an interval of 15 minutes, completed five minutes ago, without the fields of the API's later
 * revisions. `secondsSinceSuccess` agrees with `lastSuccessAt` unless it is given.
 *
 * With its interval it is late above a lag of 2,100 s and critical above 11,100 s.
 */
export function aSync(overrides: SyncOverrides = {}): Sync {
  const { name, connectorId, connectionRef, sourceKind, source, kbUid, destTable, intervalSeconds, ...rest } =
    overrides;
  const given = { name, connectorId, connectionRef, sourceKind, source, kbUid, destTable, intervalSeconds };
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

/** `aSync` whose last run failed five minutes ago, its last success twenty minutes ago: failing, and not late. */
export function aFailingSync(overrides: SyncOverrides = {}): Sync {
  return aSync({
    lastState: 'failed',
    lastRunAt: ago(minutes(5)),
    lastSuccessAt: ago(minutes(20)),
    ...overrides,
  });
}

/** A parsed listing of exactly these syncs. */
export function listingOf(...syncs: readonly Sync[]) {
  return { ok: true, syncs, request: REQUEST } as const;
}

/** The evaluation of a listing of exactly these syncs. */
export function anEvaluation(
  syncs: readonly Sync[],
  { facts = aFacts(), policy = defaultPolicy, now = NOW } = {} as {
    readonly facts?: Facts;
    readonly policy?: Policy;
    readonly now?: Instant;
  },
): Evaluation {
  return evaluate(listingOf(...syncs), facts, { policy, now });
}

export const REQUEST = 'GET https://api.timbal.ai/orgs/acme/connectors/syncs';

export const LISTING_FAILURE: ListingFailure = {
  kind: 'failed',
  request: REQUEST,
  received: '503 Service Unavailable, 4 attempts',
};

/** The evaluation of a listing that failed. */
export function anUnavailableEvaluation(kind: ListingFailure['kind'] = 'failed'): Evaluation {
  return { kind: 'unavailable', at: NOW, failure: { ...LISTING_FAILURE, kind }, recordCount: 0 };
}

/** An open alert of the failing `orders`: a warning, firing for an hour. */
export function anAlert(overrides: Partial<Alert> = {}): Alert {
  const { problem = 'failing', since = ago(hours(1)), state = 'firing' } = overrides;
  return {
    state,
    problem,
    severity: 'warning',
    problems: [problem],
    since,
    firings: state === 'pending' ? [] : [since],
    lastSuccessAt: ago(hours(2)),
    labels: LABELS,
    ...overrides,
  };
}

/** `anAlert` that a success resolved ten minutes ago. */
export function anEndedAlert(overrides: Partial<Alert> = {}): Alert {
  return anAlert({
    state: 'ended',
    resolution: { how: 'resolved', by: 'success', at: ago(minutes(10)) },
    ...overrides,
  });
}

/** Facts with these alerts and histories, and an empty roster unless it is given. */
export function aFacts(
  alerts: Readonly<Partial<Record<Fingerprint, Alert>>> = {},
  known: Partial<Omit<Facts, 'alerts'>> = {},
): Facts {
  const given = Object.entries(alerts).flatMap(([key, alert]) => (alert === undefined ? [] : [[key, alert]]));
  return { ...EMPTY_FACTS, alerts: Object.fromEntries(given), ...known };
}

/** A roster of the syncs with these ids and the labels of `aSync`, all of them listed since the initial run. */
export function aRoster(...ids: readonly string[]): SyncRoster {
  const work = workHash(LABELS);
  return {
    kind: 'syncs',
    syncs: Object.fromEntries(ids.map((id) => [fingerprintOf(id), { name: 'orders', work }])),
  };
}

/** The last notification about a failing sync: its firing as a warning, listed, an hour ago. */
export function aLastNotified(overrides: Partial<LastNotified> = {}): LastNotified {
  return { at: ago(hours(1)), severity: 'warning', problems: ['failing'], listed: true, ...overrides };
}

/** The log entry of an alert whose firing was sent. */
export function aLogEntry(overrides: Partial<NotificationLogEntry> = {}): NotificationLogEntry {
  return { lastNotified: aLastNotified(), ...overrides };
}

/** A destination with these log entries, by the fingerprints of the alerts. */
export function aDestination(
  notificationLog: Readonly<Partial<Record<Fingerprint, NotificationLogEntry>>> = {},
  overrides: Partial<Destination> = {},
): Destination {
  const given = Object.entries(notificationLog).flatMap(([key, logEntry]) =>
    logEntry === undefined ? [] : [[key, logEntry]],
  );
  return { notificationLog: Object.fromEntries(given), ...overrides };
}

/** A route with one destination. */
export function aRoute(destination: Destination = aDestination(), id = 'terminal'): Route {
  return { destinations: { [id]: destination } };
}

/** The only destination of the default route, as it was saved. */
export function destinationIn({ routes }: WatchState): Destination {
  return Object.values(routes[DEFAULT_DESTINATION]?.destinations ?? {})[0] ?? NEW_DESTINATION;
}

/** The value with every part of it frozen, so that a write to it throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of value instanceof Map ? value.values() : Object.values(value)) frozen(part);
  }
  return value;
}
