import type { Alert, Facts, SyncHistory } from '../../lambda/core/alert.ts';
import type { Evaluation } from '../../lambda/core/diagnose/evaluation.ts';
import { asSaved, hasChanged, hasSeen, nextState } from '../../lambda/core/next-state.ts';
import { NOTHING_REMEMBERED, type Route, routeOf, type WatchState } from '../../lambda/core/state.ts';
import {
  aBlindLook,
  aFacts,
  ago,
  aLook,
  anAlert,
  anEndedAlert,
  aRoute,
  aSync,
  aTelling,
  days,
  frozen,
  hours,
  LABELS,
  minutes,
  NOW,
} from './a-sync.ts';

const ORDERS = 'sync:orders';
const MARK: SyncHistory = { failing: { lastSuccessAt: ago(hours(2)) } };
const SEEN = aLook([aSync()]);
const BLIND = aBlindLook();

/** A watch in its second year: `orders` is open and was told. */
function aMemory(overrides: Partial<WatchState> = {}): WatchState {
  return {
    ...NOTHING_REMEMBERED,
    initialized: true,
    listedAt: ago(minutes(5)),
    facts: aFacts({ [ORDERS]: anAlert() }, { marks: { [ORDERS]: MARK } }),
    routes: { default: aRoute({ [ORDERS]: aTelling() }), other: aRoute({ [ORDERS]: aTelling() }) },
    ...overrides,
  };
}

describe('the memory after a look', () => {
  const facts = aFacts({ [ORDERS]: anEndedAlert() });
  const route = aRoute({ [ORDERS]: aTelling({ undeliveredSince: NOW }) });

  it('holds its facts and its route, and the rest as it was', () => {
    const unknown = { wind: 'north' };
    const before = frozen(aMemory({ supersededInARow: 1, facts: { ...aFacts(), ...unknown } }));
    expect(nextState(before, facts, route, SEEN, NOW)).toEqual({
      initialized: true,
      listedAt: NOW,
      supersededInARow: 0,
      facts: { ...facts, ...unknown },
      routes: { default: route, other: aRoute({ [ORDERS]: aTelling() }) },
    });
  });

  const DUE = aRoute({ 'sync:a': aTelling(), 'sync:b': { undeliveredSince: NOW } });
  const TOLD = aRoute({ 'sync:a': aTelling() });
  it.each<[string, boolean, Evaluation, number, Route, boolean]>([
    ['is settled where it was', true, BLIND, 0, DUE, true],
    ['is settled by a look that saw and has nothing to tell', false, SEEN, 0, TOLD, true],
    ['is not settled while something is due', false, SEEN, 0, DUE, false],
    ['is not settled by a check that saw nothing', false, BLIND, 0, TOLD, false],
    ['is settled by one that saw nothing where syncs were seen before', false, BLIND, 1, TOLD, true],
  ])('%s', (_, before, evaluation, normal, told, settled) => {
    const state = aMemory({ initialized: before });
    expect(nextState(state, aFacts({}, { normal }), told, evaluation, NOW).initialized).toBe(settled);
  });

  it('has seen the syncs at this look, or before', () => {
    expect(hasSeen(SEEN, aFacts())).toBe(true);
    expect(hasSeen(BLIND, aFacts())).toBe(false);
    expect(hasSeen(BLIND, aFacts({}, { normal: 1 }))).toBe(true);
  });
});

it('knows what the only route was told so far, which is nothing at first', () => {
  expect(routeOf(aMemory())).toEqual(aRoute({ [ORDERS]: aTelling() }));
  expect(routeOf(NOTHING_REMEMBERED)).toEqual({ notificationLog: {} });
});

describe('a memory has changed', () => {
  const facts = (overrides: Partial<Facts>): Partial<WatchState> => ({
    facts: { ...aMemory().facts, ...overrides },
  });
  const routes = (overrides: WatchState['routes']): Partial<WatchState> => ({
    routes: { ...aMemory().routes, ...overrides },
  });

  it.each<[string, Partial<WatchState>]>([
    ['its first look is over', { initialized: false }],
    ['a check was overtaken', { supersededInARow: 1 }],
    ['its size is another', facts({ size: { normal: 9 } })],
    ['an alert is another', facts({ alerts: { [ORDERS]: anAlert({ absent: true }) } })],
    ['an alert is new', facts({ alerts: { [ORDERS]: anAlert(), 'sync:users': anAlert() } })],
    ['an alert is forgotten', facts({ alerts: {} })],
    ['an alert is forgotten and one is new', facts({ alerts: { 'sync:users': anAlert() } })],
    ['a mark is another', facts({ histories: { [ORDERS]: { ...MARK, absent: true } } })],
    ['a mark is over', facts({ histories: {} })],
    [
      'a route was reminded',
      routes({ default: { ...aMemory().routes['default'], remindedAt: NOW } as Route }),
    ],
    ['a route is new', routes({ third: aRoute() })],
    ['a telling is another', routes({ default: aRoute({ [ORDERS]: aTelling({ resolutionSent: true }) }) })],
    [
      'a telling of another route is',
      routes({ other: aRoute({ [ORDERS]: aTelling({ resolutionSent: true }) }) }),
    ],
    ['a telling is forgotten', routes({ default: aRoute() })],
  ])('when %s', (_, overrides) => {
    expect(hasChanged(frozen(aMemory()), frozen(aMemory(overrides)))).toBe(true);
    expect(hasChanged(frozen(aMemory(overrides)), frozen(aMemory()))).toBe(true);
  });

  it.each<[string, Partial<WatchState>]>([
    ['when nothing has', {}],
    ['by the time of the listing alone', { listedAt: NOW }],
    ['by labels alone', facts({ alerts: { [ORDERS]: anAlert({ labels: { ...LABELS, name: 'Orders' } }) } })],
  ])('not %s', (_, overrides) => {
    expect(hasChanged(frozen(aMemory()), frozen(aMemory(overrides)))).toBe(false);
  });
});

describe('what is written', () => {
  const OVER = { since: ago(days(3)), firings: [ago(days(3))] };
  const CLOSED = aTelling({ resolutionSent: true });
  const written = (alert: Alert, routes: WatchState['routes'], evaluation: Evaluation = SEEN) =>
    asSaved(frozen(aMemory({ facts: aFacts({ [ORDERS]: alert }), routes })), evaluation, NOW);

  it.each<[string, Alert, WatchState['routes'], boolean]>([
    [
      'ended long ago, its closing told',
      anEndedAlert(OVER),
      { default: aRoute({ [ORDERS]: CLOSED }) },
      false,
    ],
    ['ended long ago, no route was told of it', anEndedAlert(OVER), { default: aRoute() }, false],
    ['that is open for long, and told', anAlert(OVER), { default: aRoute({ [ORDERS]: aTelling() }) }, true],
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
      { default: aRoute({ [ORDERS]: CLOSED }), other: aRoute({ [ORDERS]: aTelling() }) },
      true,
    ],
  ])('of an alert %s', (_, alert, routes, isKept) => {
    const { facts, routes: after } = written(alert, routes);
    expect(Object.keys(facts.alerts)).toEqual(isKept ? [ORDERS] : []);
    expect(after).toEqual(isKept ? routes : { default: aRoute() });
  });

  it('holds no telling whose alert is forgotten, on any route, and the rest of the routes', () => {
    const route = aRoute({ [ORDERS]: aTelling(), 'sync:gone': aTelling() }, { remindedAt: NOW });
    expect(written(anAlert(), { default: route, other: route }).routes).toEqual({
      default: aRoute({ [ORDERS]: aTelling() }, { remindedAt: NOW }),
      other: aRoute({ [ORDERS]: aTelling() }, { remindedAt: NOW }),
    });
  });

  it('holds no mark that marks nothing', () => {
    const marks = { [ORDERS]: MARK, 'sync:users': { absent: true } } as const;
    const { facts } = asSaved(frozen(aMemory({ facts: aFacts({}, { marks }) })), SEEN, NOW);
    expect(facts.histories).toEqual({ [ORDERS]: MARK });
  });

  describe('of the labels', () => {
    const RENAMED = { ...LABELS, name: 'Orders' };
    const labelsAfter = (evaluation: Evaluation, alert = anAlert()) =>
      written(alert, {}, evaluation).facts.alerts[ORDERS]?.labels;

    it('is as they are now', () => {
      expect(labelsAfter(aLook([aSync({ name: 'Orders' })]))).toEqual(RENAMED);
    });

    it.each<[string, Evaluation]>([
      [
        'its record cannot be read',
        aLook([aSync({ name: 'Orders', enabled: null, faults: ['enabled'] }), aSync({ id: 'users' })]),
      ],
      ['it is not listed', aLook([aSync({ id: 'users' })])],
      ['the check is blind', BLIND],
    ])('is as they were, where %s', (_, evaluation) => {
      expect(labelsAfter(evaluation)).toEqual(LABELS);
    });

    it('is none of the alerts of the watcher itself, whatever a sync is called', () => {
      const facts = aFacts({ listing: anAlert({ labels: null }), records: anAlert({ labels: null }) });
      const evaluation = aLook([aSync({ id: 'ng' }), aSync({ id: 'ds' })]);
      expect(asSaved(frozen(aMemory({ facts })), evaluation, NOW).facts.alerts).toEqual(facts.alerts);
    });
  });

  describe('of the size', () => {
    const two = [aSync(), aSync({ id: 'users' })];
    it.each<[string, Evaluation, Facts['size'], Facts['size']]>([
      ['is that of this listing', aLook(two), { normal: 3 }, { normal: 2 }],
      [
        'is as it was where the listing is not complete',
        aLook([...two, aSync({ id: null, faults: ['id'] })]),
        { normal: 3 },
        { normal: 3 },
      ],
      ['is as it was at a blind check', BLIND, { normal: 3 }, { normal: 3 }],
      [
        'is as it was while it may have shrunk',
        aLook(two),
        { normal: 9, shrunk: true },
        { normal: 9, shrunk: true },
      ],
    ])('%s', (_, evaluation, size, after) => {
      const facts = { ...aFacts(), size };
      expect(asSaved(frozen(aMemory({ facts })), evaluation, NOW).facts.size).toEqual(after);
    });
  });

  it('has what a later program wrote beside it', () => {
    const unknown = { wind: 'north' };
    const facts = { ...aFacts(), ...unknown };
    expect(asSaved(frozen(aMemory({ facts })), SEEN, NOW).facts).toMatchObject(unknown);
  });
});
