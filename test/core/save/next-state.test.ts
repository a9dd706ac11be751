import type { Alert, Facts, SyncHistory } from '../../../lambda/core/alert.ts';
import type { Condition } from '../../../lambda/core/condition.ts';
import type { Evaluation } from '../../../lambda/core/diagnose/evaluation.ts';
import { type RosterEntry, type SyncRoster, workHash } from '../../../lambda/core/roster.ts';
import { asSaved, hasChanged, hasListed, nextState } from '../../../lambda/core/save/next-state.ts';
import { INITIAL_STATE, type Route, type WatchState } from '../../../lambda/core/state.ts';
import {
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
    routes: { default: aRoute({ [ORDERS]: aLogEntry() }), other: aRoute({ [ORDERS]: aLogEntry() }) },
    ...overrides,
  };
}

describe('the next state', () => {
  const facts = aFacts({ [ORDERS]: anEndedAlert() });
  const route = aRoute({ [ORDERS]: aLogEntry({ undeliveredSince: NOW }) });

  it('has the new facts and the new route, and keeps fields and routes that it does not know', () => {
    const unknown = { wind: 'north' };
    const before = frozen(aState({ supersededInARow: 1, facts: { ...aFacts(), ...unknown } }));
    expect(nextState(before, { facts, route, evaluation: LISTED, listedAt: NOW, policyId: POLICY })).toEqual({
      initialized: true,
      listedAt: NOW,
      supersededInARow: 0,
      policyId: POLICY,
      facts: { ...facts, ...unknown },
      routes: { default: route, other: aRoute({ [ORDERS]: aLogEntry() }) },
    });
  });

  it.each(['emptySince', 'nothingListed'] as const)('has %s of this evaluation alone', (field) => {
    const before = aState({ facts: aFacts({}, { emptySince: NOW, nothingListed: true }) });
    const progress = { facts, route, evaluation: LISTED, listedAt: NOW, policyId: POLICY };
    expect(nextState(before, progress).facts).not.toHaveProperty(field);
    const listedNothing = aFacts({}, { emptySince: ago(60), nothingListed: true });
    expect(nextState(before, { ...progress, facts: listedNothing }).facts).toEqual(listedNothing);
  });

  it.each([
    [false, {}],
    [true, { nothingListedSent: true }],
  ] as const)('is initialized by an empty listing: %p when the route is %j', (initialized, sent) => {
    const progress = {
      facts: aFacts({}, { nothingListed: true }),
      route: aRoute({}, sent),
      evaluation: anEvaluation([]),
      listedAt: NOW,
      policyId: POLICY,
    };
    expect(nextState(aState({ initialized: false }), progress).initialized).toBe(initialized);
  });

  const UNDELIVERED = aRoute({ 'sync:a': aLogEntry(), 'sync:b': { undeliveredSince: NOW } });
  const DELIVERED = aRoute({ 'sync:a': aLogEntry() });
  it.each<[string, boolean, Evaluation, boolean, Route, boolean]>([
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
  ])('%s', (_, before, evaluation, listedBefore, route, initialized) => {
    const roster = aRoster(...(listedBefore ? ['orders'] : []));
    const progress = { facts: aFacts({}, { roster }), route, evaluation, listedAt: NOW, policyId: POLICY };
    expect(nextState(aState({ initialized: before }), progress).initialized).toBe(initialized);
  });
});

it.each<[string, Evaluation, SyncRoster, boolean]>([
  ['have been listed by this evaluation', LISTED, aRoster(), true],
  ['have not been listed', UNAVAILABLE, aRoster(), false],
  ['have been listed by an earlier evaluation', UNAVAILABLE, aRoster('orders'), true],
])('the syncs %s', (_, evaluation, roster, listed) => {
  expect(hasListed(evaluation, aFacts({}, { roster }))).toBe(listed);
});

describe('a state has changed', () => {
  const facts = (overrides: Partial<Facts>): Partial<WatchState> => ({
    facts: { ...aState().facts, ...overrides },
  });
  const routes = (overrides: WatchState['routes']): Partial<WatchState> => ({
    routes: { ...aState().routes, ...overrides },
  });
  const reminded = aRoute({ [ORDERS]: aLogEntry() }, { remindedAt: NOW });
  const resolutionSent = aRoute({ [ORDERS]: aLogEntry({ resolutionSent: true }) });

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
    ['the listing is empty', facts({ emptySince: NOW })],
    ['a sync is paused', facts({ conditions: { [ORDERS]: PAUSED } })],
    ['a cause was sent', routes({ default: aRoute({ [ORDERS]: aLogEntry() }, { causes: { c: CAUSE } }) })],
    ['an alert changed', facts({ alerts: { [ORDERS]: anAlert({ absent: true }) } })],
    ['there is a new alert', facts({ alerts: { [ORDERS]: anAlert(), 'sync:users': anAlert() } })],
    ['an alert was dropped', facts({ alerts: {} })],
    ['one alert was dropped and another is new', facts({ alerts: { 'sync:users': anAlert() } })],
    ['a history changed', facts({ histories: { [ORDERS]: { ...HISTORY, absent: true } } })],
    ['a history ended', facts({ histories: {} })],
    ['a reminder was sent', routes({ default: reminded })],
    ['there is a new route', routes({ third: aRoute() })],
    ['a log entry changed', routes({ default: resolutionSent })],
    ['a log entry of another route changed', routes({ other: resolutionSent })],
    ['a log entry was dropped', routes({ default: aRoute() })],
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

describe('the saved state', () => {
  const OLD = { since: ago(days(3)), firings: [ago(days(3))] };
  const RESOLUTION_SENT = aLogEntry({ resolutionSent: true });

  it.each<[string, Alert, WatchState['routes']]>([
    ['its resolution was sent', anEndedAlert(OLD), { default: aRoute({ [ORDERS]: RESOLUTION_SENT }) }],
    ['no route was sent anything about it', anEndedAlert(OLD), { default: aRoute() }],
  ])('drops an alert that ended and whose firings left the flap window when %s', (_, alert, routes) => {
    const state = saved(alert, routes);
    expect(state.facts.alerts).toEqual({});
    expect(state.routes).toEqual({ default: aRoute() });
  });

  it.each<[string, Alert, WatchState['routes']]>([
    ['that has been firing for days', anAlert(OLD), { default: aRoute({ [ORDERS]: aLogEntry() }) }],
    [
      'whose last firing is within the flap window',
      anEndedAlert(),
      { default: aRoute({ [ORDERS]: RESOLUTION_SENT }) },
    ],
    [
      'that is pending again',
      anEndedAlert({ ...OLD, pendingAgain: { since: NOW, problems: ['failing'] } }),
      { default: aRoute({ [ORDERS]: RESOLUTION_SENT }) },
    ],
    [
      'whose resolution was sent to one route of two',
      anEndedAlert(OLD),
      { default: aRoute({ [ORDERS]: RESOLUTION_SENT }), other: aRoute({ [ORDERS]: aLogEntry() }) },
    ],
  ])('keeps an alert %s', (_, alert, routes) => {
    const state = saved(alert, routes);
    expect(Object.keys(state.facts.alerts)).toEqual([ORDERS]);
    expect(state.routes).toEqual(routes);
  });

  it('drops the log entries of an alert that it does not hold, on every route, and nothing else of a route', () => {
    const route = aRoute({ [ORDERS]: aLogEntry(), 'sync:dropped': aLogEntry() }, { remindedAt: NOW });
    expect(saved(anAlert(), { default: route, other: route }).routes).toEqual({
      default: aRoute({ [ORDERS]: aLogEntry() }, { remindedAt: NOW }),
      other: aRoute({ [ORDERS]: aLogEntry() }, { remindedAt: NOW }),
    });
  });

  it('drops what a route was sent about a condition that is over', () => {
    const sent = { condition: 'paused', at: ago(hours(1)) } as const;
    const conditionsAfter = (conditions: Facts['conditions']) => {
      const route = aRoute({}, { conditions: { [ORDERS]: sent } });
      const state = aState({ facts: aFacts({}, { conditions }), routes: { default: route } });
      return asSaved(frozen(state), LISTED).routes['default'];
    };
    expect(conditionsAfter({ [ORDERS]: PAUSED })).toEqual(aRoute({}, { conditions: { [ORDERS]: sent } }));
    expect(conditionsAfter({})).toEqual(aRoute());
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
