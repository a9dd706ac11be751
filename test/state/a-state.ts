import fc from 'fast-check';
import type { Alert, Facts, SyncHistory } from '../../lambda/core/alert.ts';
import type { Condition } from '../../lambda/core/condition.ts';
import { PROBLEMS } from '../../lambda/core/problem.ts';
import type { CountRoster, RosterEntry, SyncRoster } from '../../lambda/core/roster.ts';
import type {
  Destination,
  LastNotified,
  Lease,
  MutedNews,
  NotificationLogEntry,
  NotifiedCause,
  NotifiedCondition,
  Route,
  WatchState,
} from '../../lambda/core/state.ts';
import type { Labels } from '../../lambda/core/sync.ts';
import { HOUR, MINUTE, START } from '../commands/a-world.ts';

const LABELS: Labels = {
  name: 'Orders',
  connectorId: 'postgres',
  connectionRef: 'pg-main',
  sourceKind: 'postgres',
  source: 'public.orders',
  kbUid: 'kb_sales',
  destTable: 'orders',
  intervalSeconds: 900,
};

/** A state in which every optional field is set. */
export const A_FULL_STATE: WatchState = {
  initialized: true,
  listedAt: START,
  supersededInARow: 1,
  policyId: '0123456789ab',
  facts: {
    alerts: {
      'sync:orders': {
        state: 'firing',
        problem: 'failing',
        severity: 'critical',
        criticalBy: 'failures',
        disableImminent: true,
        problems: ['failing', 'stalled'],
        since: START - HOUR,
        critical: { from: START - HOUR, to: START - MINUTE },
        firings: [START - HOUR],
        lastSuccessAt: START - 2 * HOUR,
        absent: true,
        flapping: 'often',
        holds: 1,
        healthySince: START - MINUTE,
        pendingRunAt: START - HOUR,
        labels: LABELS,
      },
      listing: {
        state: 'ended',
        problem: 'listing_failed',
        severity: 'warning',
        problems: ['listing_failed'],
        since: START - HOUR,
        firings: [START - HOUR],
        lastSuccessAt: null,
        resolution: { how: 'resolved', by: 'listing_restored', at: START - MINUTE },
        pendingAgain: { since: START, problems: ['listing_failed'], runAt: START },
        labels: null,
      },
    },
    histories: {
      'sync:orders': {
        failing: { lastSuccessAt: START - 2 * HOUR },
        disabled: { lastRunAt: START - HOUR, lastSuccessAt: null },
        enabledSince: START,
        briefFailures: [START - HOUR],
        absent: true,
      },
    },
    roster: {
      kind: 'syncs',
      syncs: {
        'sync:orders': { name: 'Orders', work: '0a1b2c3d', since: START - HOUR, missingSince: START },
      },
    },
    conditions: {
      'sync:orders': {
        condition: 'unlisted',
        since: START,
        name: 'Orders',
        by: 'person',
        was: 'was healthy',
        recreated: true,
        relistedAt: START - HOUR,
      },
    },
    unseen: { 'sync:orders': { since: START } },
    emptySince: START,
    nothingListed: true,
  },
  routes: {
    default: {
      destinations: {
        '0123456789ab': {
          initialized: true,
          notificationLog: {
            'sync:orders': {
              undeliveredSince: START,
              heldSince: START,
              muted: { since: START, by: 'silenced', id: 'k3f9' },
              digests: ['m4x7', 'k3f9'],
              lastNotified: {
                at: START - HOUR,
                severity: 'warning',
                problems: ['failing'],
                listed: true,
                cause: 'connector:postgres',
                disableImminent: true,
              },
              rerouted: true,
              inFlight: { what: 'firing', times: 1 },
            },
            listing: {
              lastNotified: {
                at: START - HOUR,
                severity: 'warning',
                problems: ['listing_failed'],
                listed: true,
              },
              resolutionSent: true,
            },
          },
          remindedAt: START,
          pausedRemindedAt: START,
          remindersInFlight: 1,
          backoffUntil: START + HOUR,
          unconfirmedInARow: 2,
          causes: {
            'connector:postgres': {
              began: START - 2 * HOUR,
              at: START - HOUR,
              times: 2,
              severity: 'warning',
              resolvedAt: START - HOUR,
            },
          },
          conditions: {
            'sync:orders': { condition: 'paused', at: START - HOUR, undeliveredSince: START, inFlight: 1 },
          },
          nothingListedSent: true,
        },
      },
    },
  },
  lease: { holder: 'another check', expiresAt: START + MINUTE },
};

/** An arbitrary for each field of a type: `satisfies` rejects a field that is missing, or that the type does not have. */
type FieldsOf<T> = { readonly [Field in keyof T]-?: fc.Arbitrary<NonNullable<T[Field]> | null> };

/** Any state that fits the type, also one that no history of checks leads to. */
export function anyState(): fc.Arbitrary<WatchState> {
  const fields = {
    initialized: fc.boolean(),
    listedAt: nullable(instant),
    supersededInARow: fc.nat(),
    policyId: word,
    facts,
    routes,
    lease,
  } satisfies FieldsOf<WatchState>;
  return fc.record(fields, {
    requiredKeys: ['initialized', 'listedAt', 'supersededInARow', 'facts', 'routes'],
  });
}

const instant = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(9999, 11, 31) });
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const word = fc.string({ unit: 'grapheme' });
const severity = fc.constantFrom('warning' as const, 'critical' as const);
const problem = fc.constantFrom(...PROBLEMS, 'listing_failed' as const);
const problems = fc.array(problem, { maxLength: 3 });
const yes = fc.constant(true as const);
/** The platform chooses the ids, and may choose the name of a property that every object has. */
const id = fc.oneof(word, fc.constantFrom('__proto__', 'constructor', 'toString', '1', ''));
const fingerprint = fc.oneof(
  id.map((syncId) => `sync:${syncId}`),
  fc.constantFrom('listing', 'records'),
);
const dictionary = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>) =>
  fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true });

const labels = fc.record({
  name: nullable(word),
  connectorId: nullable(word),
  connectionRef: nullable(word),
  sourceKind: nullable(word),
  source: nullable(word),
  kbUid: nullable(word),
  destTable: nullable(word),
  intervalSeconds: nullable(fc.double({ min: 30, noNaN: true, noDefaultInfinity: true })),
} satisfies FieldsOf<Labels>);

const resolution = fc.oneof(
  fc.record({
    how: fc.constant('resolved' as const),
    by: fc.constantFrom('success', 'enabled', 'readable', 'listing_restored', 'no_longer_late'),
    at: instant,
  }),
  fc.record({ how: fc.constant('unlisted' as const), at: instant }),
  fc.record({ how: fc.constant('paused' as const), at: instant }),
  fc.record({ how: fc.constant('excluded' as const), reason: word, at: instant }),
);

const alert: fc.Arbitrary<Alert> = fc.record(
  {
    state: fc.constantFrom('pending', 'firing', 'ended'),
    problem,
    severity,
    criticalBy: fc.constantFrom('age', 'platform', 'failures', 'listing'),
    disableImminent: yes,
    problems,
    since: instant,
    critical: fc.record({ from: instant, to: instant }, { requiredKeys: ['from'] }),
    firings: fc.array(instant, { maxLength: 3 }),
    lastSuccessAt: nullable(instant),
    absent: yes,
    flapping: fc.constantFrom('often', 'intermittent'),
    holds: fc.nat(),
    healthySince: instant,
    pendingRunAt: instant,
    resolution,
    pendingAgain: fc.record(
      { since: instant, problems, runAt: instant },
      { requiredKeys: ['since', 'problems'] },
    ),
    labels: nullable(labels),
  } satisfies FieldsOf<Alert>,
  {
    requiredKeys: ['state', 'problem', 'severity', 'problems', 'since', 'firings', 'lastSuccessAt', 'labels'],
  },
);

const history = fc.record(
  {
    failing: fc.record({ lastSuccessAt: nullable(instant) }),
    disabled: fc.record({ lastRunAt: nullable(instant), lastSuccessAt: nullable(instant) }),
    enabledSince: instant,
    briefFailures: fc.array(instant, { maxLength: 3 }),
    absent: yes,
  } satisfies FieldsOf<SyncHistory>,
  { requiredKeys: [] },
);

const rosterEntry = fc.record(
  { name: word, work: word, since: instant, missingSince: instant } satisfies FieldsOf<RosterEntry>,
  { requiredKeys: ['name', 'work'] },
);

const roster = fc.oneof(
  fc.record({
    kind: fc.constant('syncs' as const),
    syncs: dictionary(fingerprint, rosterEntry),
  } satisfies FieldsOf<SyncRoster>),
  fc.record({
    kind: fc.constant('counts' as const),
    counts: dictionary(
      word.map((name) => `connector:${name}`),
      fc.nat(),
    ),
  } satisfies FieldsOf<CountRoster>),
);

const kindOfCondition = fc.constantFrom('active' as const, 'paused' as const, 'unlisted' as const);

const condition: fc.Arbitrary<Condition> = fc.record(
  {
    condition: kindOfCondition,
    since: instant,
    name: word,
    by: fc.constantFrom('person', 'unknown'),
    was: word,
    recreated: yes,
    relistedAt: instant,
  } satisfies FieldsOf<Condition>,
  { requiredKeys: ['condition', 'since', 'name'] },
);

const facts = fc.record(
  {
    alerts: dictionary(fingerprint, alert),
    histories: dictionary(fingerprint, history),
    roster,
    conditions: dictionary(fingerprint, condition),
    unseen: dictionary(fingerprint, fc.record({ since: instant })),
    emptySince: instant,
    nothingListed: yes,
  } satisfies FieldsOf<Facts>,
  { requiredKeys: ['alerts', 'histories', 'roster', 'conditions'] },
);

const logEntry: fc.Arbitrary<NotificationLogEntry> = fc.record(
  {
    undeliveredSince: instant,
    heldSince: instant,
    muted: fc.record(
      {
        since: instant,
        by: fc.constantFrom('silenced', 'acknowledged', 'quiet_hours'),
        id: word,
      } satisfies FieldsOf<MutedNews>,
      { requiredKeys: ['since', 'by'] },
    ),
    digests: fc.array(word, { maxLength: 3 }),
    lastNotified: fc.record(
      {
        at: instant,
        severity,
        problems,
        listed: fc.boolean(),
        cause: word,
        disableImminent: yes,
      } satisfies FieldsOf<LastNotified>,
      { requiredKeys: ['at', 'severity', 'problems', 'listed'] },
    ),
    resolutionSent: yes,
    rerouted: yes,
    inFlight: fc.record({ what: fc.constantFrom('firing', 'resolved'), times: fc.nat() }),
  } satisfies FieldsOf<NotificationLogEntry>,
  { requiredKeys: [] },
);

const cause: fc.Arbitrary<NotifiedCause> = fc.record(
  {
    began: instant,
    at: instant,
    times: fc.nat(),
    severity,
    resolvedAt: instant,
  } satisfies FieldsOf<NotifiedCause>,
  { requiredKeys: ['began', 'at', 'times', 'severity'] },
);

const destination: fc.Arbitrary<Destination> = fc.record(
  {
    initialized: yes,
    notificationLog: dictionary(fingerprint, logEntry),
    remindedAt: instant,
    pausedRemindedAt: instant,
    remindersInFlight: fc.nat(),
    backoffUntil: instant,
    unconfirmedInARow: fc.nat(),
    causes: dictionary(
      word.map((name) => `connector:${name}`),
      cause,
    ),
    conditions: dictionary(
      fingerprint,
      fc.record(
        {
          condition: kindOfCondition,
          at: instant,
          undeliveredSince: instant,
          inFlight: fc.nat(),
        } satisfies FieldsOf<NotifiedCondition>,
        { requiredKeys: ['condition', 'at'] },
      ),
    ),
    nothingListedSent: yes,
  } satisfies FieldsOf<Destination>,
  { requiredKeys: ['notificationLog'] },
);

const routes = dictionary(
  fc.oneof(fc.constant('default'), fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)),
  fc.record({
    destinations: dictionary(fc.stringMatching(/^[0-9a-f]{12}$/), destination),
  } satisfies FieldsOf<Route>),
);

const lease = fc.record({ holder: word, expiresAt: instant } satisfies FieldsOf<Lease>);
