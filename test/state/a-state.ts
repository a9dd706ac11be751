import fc from 'fast-check';
import { type Alert, type Facts, PROBLEMS } from '../../lambda/core/alert.ts';
import type { NotificationLogEntry, Route, WatchState } from '../../lambda/core/state.ts';
import type { Labels } from '../../lambda/core/sync.ts';
import { HOUR, MINUTE, START } from '../commands/a-world.ts';

const LABELS: Labels = {
  name: 'Orders',
  connectorId: 'postgres',
  connectionRef: 'pg-main',
  source: 'public.orders',
  kbUid: 'kb_sales',
  destTable: 'orders',
  intervalSeconds: 900,
};

/** A memory with everything in it that there can be. */
export const A_FULL_MEMORY: WatchState = {
  initialized: true,
  listedAt: START,
  supersededInARow: 1,
  facts: {
    alerts: {
      'sync:orders': {
        state: 'firing',
        problem: 'failing',
        severity: 'critical',
        paused: false,
        problems: ['failing', 'stalled'],
        since: START - HOUR,
        critical: { from: START - HOUR, to: START - MINUTE },
        firings: [START - HOUR],
        lastSuccessAt: START - 2 * HOUR,
        absent: true,
        healthySince: START - MINUTE,
        labels: LABELS,
      },
      listing: {
        state: 'ended',
        problem: 'listing_failed',
        severity: 'warning',
        paused: false,
        problems: ['listing_failed'],
        since: START - HOUR,
        firings: [START - HOUR],
        lastSuccessAt: null,
        resolution: { how: 'resolved', by: 'listing_restored', at: START - MINUTE },
        pendingAgain: { since: START, problems: ['listing_failed'] },
        labels: null,
      },
    },
    histories: {
      'sync:orders': {
        failing: { lastSuccessAt: START - 2 * HOUR },
        disabled: { lastRunAt: START - HOUR, lastSuccessAt: null },
        enabledSince: START,
      },
    },
    size: { normal: 40, shrunk: true, shrinkage: { at: START, from: 100, to: 40 } },
  },
  routes: {
    default: {
      notificationLog: {
        'sync:orders': {
          undeliveredSince: START,
          lastNotified: { at: START - HOUR, severity: 'warning', problems: ['failing'], listed: true },
          inFlight: { what: 'firing', times: 1 },
        },
        listing: {
          lastNotified: { at: START - HOUR, severity: 'warning', problems: ['listing_failed'], listed: true },
          resolutionSent: true,
        },
      },
      remindedAt: START,
      pausedRemindedAt: START,
      remindersInFlight: 1,
      shrinkageNotifiedAt: START,
      backoffUntil: START + HOUR,
      unconfirmedInARow: 2,
    },
  },
  lease: { holder: 'another check', expiresAt: START + MINUTE },
};

/** Any memory: not every one of them can come about, but each fits the type. */
export function memories(): fc.Arbitrary<WatchState> {
  return fc.record(
    { initialized: fc.boolean(), listedAt: maybe(instant), supersededInARow: fc.nat(), facts, routes, lease },
    { requiredKeys: ['initialized', 'listedAt', 'supersededInARow', 'facts', 'routes'] },
  );
}

const instant = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(9999, 11, 31) });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const word = fc.string({ unit: 'grapheme' });
const severity = fc.constantFrom('warning' as const, 'critical' as const);
const problem = fc.constantFrom(...PROBLEMS, 'listing_failed' as const);
const problems = fc.array(problem, { maxLength: 3 });
const yes = fc.constant(true as const);
/** Ids are the platform's to choose, also those that name something of every object. */
const id = fc.oneof(word, fc.constantFrom('__proto__', 'constructor', 'toString', '1', ''));
const fingerprint = fc.oneof(
  id.map((name) => `sync:${name}`),
  fc.constantFrom('listing', 'records'),
);
const by = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>) =>
  fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true });

const labels: fc.Arbitrary<Labels> = fc.record({
  name: maybe(word),
  connectorId: maybe(word),
  connectionRef: maybe(word),
  source: maybe(word),
  kbUid: maybe(word),
  destTable: maybe(word),
  intervalSeconds: maybe(fc.double({ min: 30, noNaN: true, noDefaultInfinity: true })),
});

const ended = fc.oneof(
  fc.record({
    how: fc.constant('resolved' as const),
    by: fc.constantFrom('success', 'enabled', 'readable', 'listing_restored', 'no_longer_late'),
    at: instant,
  }),
  fc.record({ how: fc.constant('unlisted' as const), at: instant }),
  fc.record({ how: fc.constant('excluded' as const), reason: word, at: instant }),
);

const alert: fc.Arbitrary<Alert> = fc.record(
  {
    state: fc.constantFrom('pending', 'firing', 'ended'),
    problem,
    severity,
    paused: fc.boolean(),
    problems,
    since: instant,
    critical: fc.record({ from: instant, to: instant }, { requiredKeys: ['from'] }),
    firings: fc.array(instant, { maxLength: 3 }),
    lastSuccessAt: maybe(instant),
    absent: yes,
    healthySince: instant,
    ended,
    pendingAgain: fc.record({ since: instant, problems }),
    labels: maybe(labels),
  },
  {
    requiredKeys: [
      'state',
      'problem',
      'severity',
      'paused',
      'problems',
      'since',
      'firings',
      'lastSuccessAt',
      'labels',
    ],
  },
);

const history = fc.record(
  {
    failing: fc.record({ lastSuccessAt: maybe(instant) }),
    disabled: fc.record({ lastRunAt: maybe(instant), lastSuccessAt: maybe(instant) }),
    enabledSince: instant,
  },
  { requiredKeys: [] },
);

const size = fc.record(
  { normal: fc.nat(), shrunk: yes, shrinkage: fc.record({ at: instant, from: fc.nat(), to: fc.nat() }) },
  { requiredKeys: ['normal'] },
);

const facts: fc.Arbitrary<Facts> = fc.record({
  alerts: by(fingerprint, alert),
  histories: by(fingerprint, history),
  size,
});

const logEntry: fc.Arbitrary<NotificationLogEntry> = fc.record(
  {
    undeliveredSince: instant,
    notified: fc.record({ at: instant, severity, problems, listed: fc.boolean() }),
    closed: yes,
    noted: fc.record({ what: fc.constantFrom('firing', 'resolved'), times: fc.nat() }),
  },
  { requiredKeys: [] },
);

const route: fc.Arbitrary<Route> = fc.record(
  {
    notificationLog: by(fingerprint, logEntry),
    remindedAt: instant,
    pausedRemindedAt: instant,
    remindersInFlight: fc.nat(),
    shrinkageNotifiedAt: instant,
    backoffUntil: instant,
    unconfirmedInARow: fc.nat(),
  },
  { requiredKeys: ['notificationLog'] },
);

const routes = by(fc.oneof(fc.constant('default'), fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)), route);

const lease = fc.record({ holder: word, expiresAt: instant });
