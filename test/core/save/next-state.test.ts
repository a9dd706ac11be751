import type { Alert, Facts, SyncHistory } from '../../../lambda/core/alert.ts';
import type { Condition } from '../../../lambda/core/condition.ts';
import type { Evaluation } from '../../../lambda/core/diagnose/evaluation.ts';
import { type RosterEntry, type SyncRoster, workHash } from '../../../lambda/core/roster.ts';
import { asSaved, hasChanged, nextState, withInitialized } from '../../../lambda/core/save/next-state.ts';
import { type Destination, INITIAL_STATE, type WatchState } from '../../../lambda/core/state.ts';
import {
  aDestination,
  aFacts,
  ago,
  aLogEntry,
  anAlert,
  anEndedAlert,
  anEvaluation,
  anUnavailableEvaluation,
  aRoster,
  aRoute,
  aSync,
  days,
  destinationIn,
  frozen,
  hours,
  LABELS,
  minutes,
  NOW,
} from '../a-sync.ts';

const ORDERS = 'sync:orders';
const HISTORY: SyncHistory = { failing: { lastSuccessAt: ago(hours(2)) } };
const LISTED = anEvaluation([aSync()]);
const UNAVAILABLE = anUnavailableEvaluation();
const POLICY = 'the policy of this check';
const PAUSED: Condition = { condition: 'paused', since: ago(hours(1)), name: 'orders', by: 'person' };

/** An initialized state in which `orders` is firing and was sent to both routes. */
function aState(overrides: Partial<WatchState> = {}): WatchState {
  return {
    ...INITIAL_STATE,
    initialized: true,
    listedAt: ago(minutes(5)),
    facts: aFacts({ [ORDERS]: anAlert() }, { histories: { [ORDERS]: HISTORY }, roster: aRoster('orders') }),
    routes: {
      default: aRoute(aDestination({ [ORDERS]: aLogEntry() })),
      other: aRoute(aDestination({ [ORDERS]: aLogEntry() })),
    },
    ...overrides,
  };
}

describe('the next state', () => {
  const facts = aFacts({ [ORDERS]: anEndedAlert() });
  const destination = aDestination({ [ORDERS]: aLogEntry({ undeliveredSince: NOW }) });

  it('has the new facts and the new destination, and keeps fields and routes that it does not know', () => {
    const unknown = { wind: 'north' };
    const before = frozen(aState({ supersededInARow: 1, facts: { ...aFacts(), ...unknown } }));
    const routes = { ...before.routes, default: aRoute(destination) };
    expect(nextState(before, { facts, routes, evaluation: LISTED, listedAt: NOW, policyId: POLICY })).toEqual(
      {
        initialized: true,
        listedAt: NOW,
        supersededInARow: 0,
        policyId: POLICY,
        facts: { ...facts, ...unknown },
        routes: {
          default: aRoute(destination),
          other: aRoute(aDestination({ [ORDERS]: aLogEntry() }, { initialized: true })),
        },
      },
    );
  });

  it.each(['unseen', 'emptySince', 'nothingListed'] as const)('has %s of this evaluation alone', (field) => {
    const once = { unseen: { [ORDERS]: { since: NOW } }, emptySince: NOW, nothingListed: true } as const;
    const before = aState({ facts: aFacts({}, once) });
    const routes = { default: aRoute(destination) };
    const progress = { facts, routes, evaluation: LISTED, listedAt: NOW, policyId: POLICY };
    expect(nextState(before, progress).facts).not.toHaveProperty(field);
    const listedNothing = aFacts({}, { ...once, emptySince: ago(60) });
    expect(nextState(before, { ...progress, facts: listedNothing }).facts).toEqual(listedNothing);
  });

  it.each([
    [false, {}],
    [true, { nothingListedSent: true }],
  ] as const)('is initialized by an empty listing: %p when the destination is %j', (initialized, sent) => {
    const progress = {
      facts: aFacts({}, { nothingListed: true }),
      routes: { default: aRoute(aDestination({}, sent)) },
      evaluation: anEvaluation([]),
      listedAt: NOW,
      policyId: POLICY,
    };
    expect(nextState(aState({ initialized: false }), progress).initialized).toBe(initialized);
  });

  const UNDELIVERED = aDestination({ 'sync:a': aLogEntry(), 'sync:b': { undeliveredSince: NOW } });
  const DELIVERED = aDestination({ 'sync:a': aLogEntry() });
  it.each<[string, boolean, Evaluation, boolean, Destination, boolean]>([
    ['is initialized when it was so before', true, UNAVAILABLE, false, UNDELIVERED, true],
    ['is initialized by a listing with nothing undelivered', false, LISTED, false, DELIVERED, true],
    ['is not initialized while a notification is undelivered', false, LISTED, false, UNDELIVERED, false],
    ['is not initialized by a failed listing alone', false, UNAVAILABLE, false, DELIVERED, false],
    [
      'is initialized by a failed listing when syncs were listed before',
      false,
      UNAVAILABLE,
      true,
      DELIVERED,
      true,
    ],
  ])('%s', (_, before, evaluation, listedBefore, destination, initialized) => {
    const roster = aRoster(...(listedBefore ? ['orders'] : []));
    const routes = { default: aRoute(destination) };
    const progress = { facts: aFacts({}, { roster }), routes, evaluation, listedAt: NOW, policyId: POLICY };
    expect(nextState(aState({ initialized: before }), progress).initialized).toBe(initialized);
  });
});

it('is initialized, and so is each destination, when one has its first digest', () => {
  const undelivered = aDestination({ [ORDERS]: { undeliveredSince: NOW } });
  const state = aState({ initialized: false, routes: { default: aRoute(), other: aRoute(undelivered) } });
  expect(withInitialized(frozen(state), LISTED)).toEqual({
    ...state,
    initialized: true,
    routes: { default: aRoute(aDestination({}, { initialized: true })), other: aRoute(undelivered) },
  });
});

describe('a state has changed', () => {
  const facts = (overrides: Partial<Facts>): Partial<WatchState> => ({
    facts: { ...aState().facts, ...overrides },
  });
  const routes = (overrides: WatchState['routes']): Partial<WatchState> => ({
    routes: { ...aState().routes, ...overrides },
  });
  const reminded = aDestination({ [ORDERS]: aLogEntry() }, { remindedAt: NOW });
  const resolutionSent = aDestination({ [ORDERS]: aLogEntry({ resolutionSent: true }) });

  const CAUSE = { began: ago(60), at: NOW, times: 1, severity: 'critical' } as const;
  const rosterWith = (entry: Partial<RosterEntry>): SyncRoster => ({
    kind: 'syncs',
    syncs: { [ORDERS]: { name: 'orders', work: workHash(LABELS), ...entry } },
  });

  it.each<[string, Partial<WatchState>]>([
    ['the initial run is over', { initialized: false }],
    ['a check was superseded', { supersededInARow: 1 }],
    ['the policy is another', { policyId: 'another' }],
    ['another sync is listed', facts({ roster: aRoster('orders', 'users') })],
    ['a sync is missing', facts({ roster: rosterWith({ missingSince: NOW }) })],
    ['a sync is new', facts({ roster: rosterWith({ since: NOW }) })],
    ['only the syncs of each connector are counted', facts({ roster: { kind: 'counts', counts: { a: 1 } } })],
    ['a sync is unseen', facts({ unseen: { [ORDERS]: { since: NOW } } })],
    ['the listing is empty', facts({ emptySince: NOW })],
    ['a sync is paused', facts({ conditions: { [ORDERS]: PAUSED } })],
    [
      'a cause was sent',
      routes({ default: aRoute(aDestination({ [ORDERS]: aLogEntry() }, { causes: { c: CAUSE } })) }),
    ],
    ['an alert changed', facts({ alerts: { [ORDERS]: anAlert({ absent: true }) } })],
    ['there is a new alert', facts({ alerts: { [ORDERS]: anAlert(), 'sync:users': anAlert() } })],
    ['an alert was dropped', facts({ alerts: {} })],
    ['one alert was dropped and another is new', facts({ alerts: { 'sync:users': anAlert() } })],
    ['a history changed', facts({ histories: { [ORDERS]: { ...HISTORY, absent: true } } })],
    ['a history ended', facts({ histories: {} })],
    ['a reminder was sent', routes({ default: aRoute(reminded) })],
    ['there is a new route', routes({ third: aRoute() })],
    [
      'there is another destination',
      routes({ default: aRoute(aDestination({ [ORDERS]: aLogEntry() }), 'slack') }),
    ],
    [
      'a destination got its first digest',
      routes({ default: aRoute(aDestination({ [ORDERS]: aLogEntry() }, { initialized: true })) }),
    ],
    ['a log entry changed', routes({ default: aRoute(resolutionSent) })],
    ['a log entry of another destination changed', routes({ other: aRoute(resolutionSent) })],
    ['a log entry was dropped', routes({ default: aRoute(aDestination()) })],
  ])('when %s', (_, overrides) => {
    expect(hasChanged(frozen(aState()), frozen(aState(overrides)))).toBe(true);
    expect(hasChanged(frozen(aState(overrides)), frozen(aState()))).toBe(true);
  });

  it.each<[string, Partial<WatchState>]>([
    ['when nothing differs', {}],
    ['by the time of the listing alone', { listedAt: NOW }],
    ['by the name of a sync in the roster alone', facts({ roster: rosterWith({ name: 'Orders' }) })],
    ['by labels alone', facts({ alerts: { [ORDERS]: anAlert({ labels: { ...LABELS, name: 'Orders' } }) } })],
  ])('but not %s', (_, overrides) => {
    expect(hasChanged(frozen(aState()), frozen(aState(overrides)))).toBe(false);
  });
});

const saved = (alert: Alert, routes: WatchState['routes'], evaluation: Evaluation = LISTED) =>
  asSaved(frozen(aState({ facts: aFacts({ [ORDERS]: alert }), routes })), evaluation);

it.each([
  [days(7) - 1, false],
  [days(7), true],
  [days(7) + 1, true],
])(
  'a state that nothing changes is written again after a week, before the table drops it: %p s: %p',
  (age, isWritten) => {
    const before = frozen(aState({ listedAt: ago(age) }));
    expect(hasChanged(before, frozen(aState({ listedAt: NOW })))).toBe(isWritten);
  },
);

describe('the saved state', () => {
  const OLD = { since: ago(days(3)), firings: [ago(days(3))] };
  const RESOLUTION_SENT = aLogEntry({ resolutionSent: true });

  it.each<[string, Alert, WatchState['routes']]>([
    [
      'its resolution was sent',
      anEndedAlert(OLD),
      { default: aRoute(aDestination({ [ORDERS]: RESOLUTION_SENT })) },
    ],
    ['no destination was sent anything about it', anEndedAlert(OLD), { default: aRoute(aDestination()) }],
  ])('drops an alert that ended and whose firings left the flap window when %s', (_, alert, routes) => {
    const state = saved(alert, routes);
    expect(state.facts.alerts).toEqual({});
    expect(state.routes).toEqual({ default: aRoute(aDestination()) });
  });

  it.each<[string, Alert, WatchState['routes']]>([
    [
      'that has been firing for days',
      anAlert(OLD),
      { default: aRoute(aDestination({ [ORDERS]: aLogEntry() })) },
    ],
    [
      'whose last firing is within the flap window',
      anEndedAlert(),
      { default: aRoute(aDestination({ [ORDERS]: RESOLUTION_SENT })) },
    ],
    [
      'that is pending again',
      anEndedAlert({ ...OLD, pendingAgain: { since: NOW, problems: ['failing'] } }),
      { default: aRoute(aDestination({ [ORDERS]: RESOLUTION_SENT })) },
    ],
    [
      'whose resolution was sent to one destination of two',
      anEndedAlert(OLD),
      {
        default: aRoute(aDestination({ [ORDERS]: RESOLUTION_SENT })),
        other: aRoute(aDestination({ [ORDERS]: aLogEntry() })),
      },
    ],
  ])('keeps an alert %s', (_, alert, routes) => {
    const state = saved(alert, routes);
    expect(Object.keys(state.facts.alerts)).toEqual([ORDERS]);
    expect(state.routes).toEqual(routes);
  });

  it('drops the log entries of an alert that it does not hold, on every destination, and nothing else of a destination', () => {
    const destination = aDestination(
      { [ORDERS]: aLogEntry(), 'sync:dropped': aLogEntry() },
      { remindedAt: NOW },
    );
    expect(saved(anAlert(), { default: aRoute(destination), other: aRoute(destination) }).routes).toEqual({
      default: aRoute(aDestination({ [ORDERS]: aLogEntry() }, { remindedAt: NOW })),
      other: aRoute(aDestination({ [ORDERS]: aLogEntry() }, { remindedAt: NOW })),
    });
  });

  it('drops what a destination was sent about a condition that is over', () => {
    const sent = { condition: 'paused', at: ago(hours(1)) } as const;
    const conditionsAfter = (conditions: Facts['conditions']) => {
      const destination = aDestination({}, { conditions: { [ORDERS]: sent } });
      const state = aState({ facts: aFacts({}, { conditions }), routes: { default: aRoute(destination) } });
      return destinationIn(asSaved(frozen(state), LISTED));
    };
    expect(conditionsAfter({ [ORDERS]: PAUSED })).toEqual(
      aDestination({}, { conditions: { [ORDERS]: sent } }),
    );
    expect(conditionsAfter({})).toEqual(aDestination());
  });

  it('keeps a history of failures that ended before they fired', () => {
    const histories = { [ORDERS]: { briefFailures: [NOW] } };
    const { facts } = asSaved(frozen(aState({ facts: aFacts({}, { histories }) })), LISTED);
    expect(facts.histories).toEqual(histories);
  });

  it('drops an empty history', () => {
    const histories = { [ORDERS]: HISTORY, 'sync:users': { absent: true } } as const;
    const { facts } = asSaved(frozen(aState({ facts: aFacts({}, { histories }) })), LISTED);
    expect(facts.histories).toEqual({ [ORDERS]: HISTORY });
  });

  it('keeps the fields of the facts that a later version wrote', () => {
    const unknown = { wind: 'north' };
    const facts = { ...aFacts(), ...unknown };
    expect(asSaved(frozen(aState({ facts })), LISTED).facts).toMatchObject(unknown);
  });
});

describe('the saved labels of an alert', () => {
  const labelsAfter = (evaluation: Evaluation) =>
    saved(anAlert(), {}, evaluation).facts.alerts[ORDERS]?.labels;

  it('are those of the listing', () => {
    expect(labelsAfter(anEvaluation([aSync({ name: 'Orders' })]))).toEqual({ ...LABELS, name: 'Orders' });
  });

  it.each<[string, Evaluation]>([
    [
      'its record is unreadable',
      anEvaluation([aSync({ name: 'Orders', enabled: null, faults: ['enabled'] }), aSync({ id: 'users' })]),
    ],
    ['its sync is not listed', anEvaluation([aSync({ id: 'users' })])],
    ['the listing failed', UNAVAILABLE],
  ])('stay as they were when %s', (_, evaluation) => {
    expect(labelsAfter(evaluation)).toEqual(LABELS);
  });

  it('stay null for "listing" and "records", even with syncs whose ids end like them', () => {
    const facts = aFacts({ listing: anAlert({ labels: null }), records: anAlert({ labels: null }) });
    const evaluation = anEvaluation([aSync({ id: 'ng' }), aSync({ id: 'ds' })]);
    expect(asSaved(frozen(aState({ facts })), evaluation).facts.alerts).toEqual(facts.alerts);
  });
});
