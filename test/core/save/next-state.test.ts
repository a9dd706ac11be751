import type { Alert, Facts, SyncHistory } from '../../../lambda/core/alert.ts';
import type { Evaluation } from '../../../lambda/core/diagnose/evaluation.ts';
import { asSaved, hasChanged, hasListed, nextState } from '../../../lambda/core/save/next-state.ts';
import { INITIAL_STATE, type Route, routeOf, type WatchState } from '../../../lambda/core/state.ts';
import {
  aFacts,
  ago,
  aLogEntry,
  anAlert,
  anEndedAlert,
  anEvaluation,
  anUnavailableEvaluation,
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

/** A watch in its second year: `orders` is open and was told. */
function aState(overrides: Partial<WatchState> = {}): WatchState {
  return {
    ...INITIAL_STATE,
    initialized: true,
    listedAt: ago(minutes(5)),
    facts: aFacts({ [ORDERS]: anAlert() }, { histories: { [ORDERS]: HISTORY } }),
    routes: { default: aRoute({ [ORDERS]: aLogEntry() }), other: aRoute({ [ORDERS]: aLogEntry() }) },
    ...overrides,
  };
}

describe('the memory after a look', () => {
  const facts = aFacts({ [ORDERS]: anEndedAlert() });
  const route = aRoute({ [ORDERS]: aLogEntry({ undeliveredSince: NOW }) });

  it('holds its facts and its route, and the rest as it was', () => {
    const unknown = { wind: 'north' };
    const before = frozen(aState({ supersededInARow: 1, facts: { ...aFacts(), ...unknown } }));
    expect(nextState(before, { facts, route, evaluation: LISTED, listedAt: NOW })).toEqual({
      initialized: true,
      listedAt: NOW,
      supersededInARow: 0,
      facts: { ...facts, ...unknown },
      routes: { default: route, other: aRoute({ [ORDERS]: aLogEntry() }) },
    });
  });

  const UNDELIVERED = aRoute({ 'sync:a': aLogEntry(), 'sync:b': { undeliveredSince: NOW } });
  const DELIVERED = aRoute({ 'sync:a': aLogEntry() });
  it.each<[string, boolean, Evaluation, number, Route, boolean]>([
    ['is settled where it was', true, UNAVAILABLE, 0, UNDELIVERED, true],
    ['is settled by a look that saw and has nothing to tell', false, LISTED, 0, DELIVERED, true],
    ['is not settled while something is due', false, LISTED, 0, UNDELIVERED, false],
    ['is not settled by a check that saw nothing', false, UNAVAILABLE, 0, DELIVERED, false],
    [
      'is settled by one that saw nothing where syncs were seen before',
      false,
      UNAVAILABLE,
      1,
      DELIVERED,
      true,
    ],
  ])('%s', (_, before, evaluation, normal, route, initialized) => {
    const state = aState({ initialized: before });
    expect(
      nextState(state, { facts: aFacts({}, { normal }), route, evaluation, listedAt: NOW }).initialized,
    ).toBe(initialized);
  });

  it('has seen the syncs at this look, or before', () => {
    expect(hasListed(LISTED, aFacts())).toBe(true);
    expect(hasListed(UNAVAILABLE, aFacts())).toBe(false);
    expect(hasListed(UNAVAILABLE, aFacts({}, { normal: 1 }))).toBe(true);
  });
});

it('knows what the only route was told so far, which is nothing at first', () => {
  expect(routeOf(aState())).toEqual(aRoute({ [ORDERS]: aLogEntry() }));
  expect(routeOf(INITIAL_STATE)).toEqual({ notificationLog: {} });
});

describe('a memory has changed', () => {
  const facts = (overrides: Partial<Facts>): Partial<WatchState> => ({
    facts: { ...aState().facts, ...overrides },
  });
  const routes = (overrides: WatchState['routes']): Partial<WatchState> => ({
    routes: { ...aState().routes, ...overrides },
  });

  it.each<[string, Partial<WatchState>]>([
    ['its first look is over', { initialized: false }],
    ['a check was overtaken', { supersededInARow: 1 }],
    ['its size is another', facts({ size: { normal: 9 } })],
    ['an alert is another', facts({ alerts: { [ORDERS]: anAlert({ absent: true }) } })],
    ['an alert is new', facts({ alerts: { [ORDERS]: anAlert(), 'sync:users': anAlert() } })],
    ['an alert is forgotten', facts({ alerts: {} })],
    ['an alert is forgotten and one is new', facts({ alerts: { 'sync:users': anAlert() } })],
    ['a mark is another', facts({ histories: { [ORDERS]: { ...HISTORY, absent: true } } })],
    ['a mark is over', facts({ histories: {} })],
    [
      'a route was reminded',
      routes({ default: { ...aState().routes['default'], remindedAt: NOW } as Route }),
    ],
    ['a route is new', routes({ third: aRoute() })],
    ['a telling is another', routes({ default: aRoute({ [ORDERS]: aLogEntry({ resolutionSent: true }) }) })],
    [
      'a telling of another route is',
      routes({ other: aRoute({ [ORDERS]: aLogEntry({ resolutionSent: true }) }) }),
    ],
    ['a telling is forgotten', routes({ default: aRoute() })],
  ])('when %s', (_, overrides) => {
    expect(hasChanged(frozen(aState()), frozen(aState(overrides)))).toBe(true);
    expect(hasChanged(frozen(aState(overrides)), frozen(aState()))).toBe(true);
  });

  it.each<[string, Partial<WatchState>]>([
    ['when nothing has', {}],
    ['by the time of the listing alone', { listedAt: NOW }],
    ['by labels alone', facts({ alerts: { [ORDERS]: anAlert({ labels: { ...LABELS, name: 'Orders' } }) } })],
  ])('not %s', (_, overrides) => {
    expect(hasChanged(frozen(aState()), frozen(aState(overrides)))).toBe(false);
  });
});

describe('what is written', () => {
  const OVER = { since: ago(days(3)), firings: [ago(days(3))] };
  const CLOSED = aLogEntry({ resolutionSent: true });
  const written = (alert: Alert, routes: WatchState['routes'], evaluation: Evaluation = LISTED) =>
    asSaved(frozen(aState({ facts: aFacts({ [ORDERS]: alert }), routes })), evaluation);

  it.each<[string, Alert, WatchState['routes'], boolean]>([
    [
      'ended long ago, its closing told',
      anEndedAlert(OVER),
      { default: aRoute({ [ORDERS]: CLOSED }) },
      false,
    ],
    ['ended long ago, no route was told of it', anEndedAlert(OVER), { default: aRoute() }, false],
    ['that is open for long, and told', anAlert(OVER), { default: aRoute({ [ORDERS]: aLogEntry() }) }, true],
    ['whose last opening still counts', anEndedAlert(), { default: aRoute({ [ORDERS]: CLOSED }) }, true],
    [
      'that waits to open again',
      anEndedAlert({ ...OVER, pendingAgain: { since: NOW, problems: ['failing'] } }),
      { default: aRoute({ [ORDERS]: CLOSED }) },
      true,
    ],
    [
      'whose closing one route of two is owed',
      anEndedAlert(OVER),
      { default: aRoute({ [ORDERS]: CLOSED }), other: aRoute({ [ORDERS]: aLogEntry() }) },
      true,
    ],
  ])('of an alert %s', (_, alert, routes, isKept) => {
    const { facts, routes: after } = written(alert, routes);
    expect(Object.keys(facts.alerts)).toEqual(isKept ? [ORDERS] : []);
    expect(after).toEqual(isKept ? routes : { default: aRoute() });
  });

  it('holds no telling whose alert is forgotten, on any route, and the rest of the routes', () => {
    const route = aRoute({ [ORDERS]: aLogEntry(), 'sync:gone': aLogEntry() }, { remindedAt: NOW });
    expect(written(anAlert(), { default: route, other: route }).routes).toEqual({
      default: aRoute({ [ORDERS]: aLogEntry() }, { remindedAt: NOW }),
      other: aRoute({ [ORDERS]: aLogEntry() }, { remindedAt: NOW }),
    });
  });

  it('holds no mark that marks nothing', () => {
    const histories = { [ORDERS]: HISTORY, 'sync:users': { absent: true } } as const;
    const { facts } = asSaved(frozen(aState({ facts: aFacts({}, { histories }) })), LISTED);
    expect(facts.histories).toEqual({ [ORDERS]: HISTORY });
  });

  describe('of the labels', () => {
    const RENAMED = { ...LABELS, name: 'Orders' };
    const labelsAfter = (evaluation: Evaluation, alert = anAlert()) =>
      written(alert, {}, evaluation).facts.alerts[ORDERS]?.labels;

    it('is as they are now', () => {
      expect(labelsAfter(anEvaluation([aSync({ name: 'Orders' })]))).toEqual(RENAMED);
    });

    it.each<[string, Evaluation]>([
      [
        'its record cannot be read',
        anEvaluation([aSync({ name: 'Orders', enabled: null, faults: ['enabled'] }), aSync({ id: 'users' })]),
      ],
      ['it is not listed', anEvaluation([aSync({ id: 'users' })])],
      ['the check is blind', UNAVAILABLE],
    ])('is as they were, where %s', (_, evaluation) => {
      expect(labelsAfter(evaluation)).toEqual(LABELS);
    });

    it('is none of the alerts of the watcher itself, whatever a sync is called', () => {
      const facts = aFacts({ listing: anAlert({ labels: null }), records: anAlert({ labels: null }) });
      const evaluation = anEvaluation([aSync({ id: 'ng' }), aSync({ id: 'ds' })]);
      expect(asSaved(frozen(aState({ facts })), evaluation).facts.alerts).toEqual(facts.alerts);
    });
  });

  describe('of the size', () => {
    const two = [aSync(), aSync({ id: 'users' })];
    it.each<[string, Evaluation, Facts['size'], Facts['size']]>([
      ['is that of this listing', anEvaluation(two), { normal: 3 }, { normal: 2 }],
      [
        'is as it was where the listing is not complete',
        anEvaluation([...two, aSync({ id: null, faults: ['id'] })]),
        { normal: 3 },
        { normal: 3 },
      ],
      ['is as it was at a blind check', UNAVAILABLE, { normal: 3 }, { normal: 3 }],
      [
        'is as it was while it may have shrunk',
        anEvaluation(two),
        { normal: 9, shrunk: true },
        { normal: 9, shrunk: true },
      ],
    ])('%s', (_, evaluation, size, after) => {
      const facts = { ...aFacts(), size };
      expect(asSaved(frozen(aState({ facts })), evaluation).facts.size).toEqual(after);
    });
  });

  it('has what a later program wrote beside it', () => {
    const unknown = { wind: 'north' };
    const facts = { ...aFacts(), ...unknown };
    expect(asSaved(frozen(aState({ facts })), LISTED).facts).toMatchObject(unknown);
  });
});
