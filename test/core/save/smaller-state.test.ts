import type { Alert } from '../../../lambda/core/alert.ts';
import { REDUCTIONS } from '../../../lambda/core/save/smaller-state.ts';
import type { NotificationLogEntry, WatchState } from '../../../lambda/core/state.ts';
import { INITIAL_STATE } from '../../../lambda/core/state.ts';
import {
  aDestination,
  aFacts,
  aLogEntry,
  anAlert,
  anEndedAlert,
  aRoster,
  aRoute,
  frozen,
  NOW,
} from '../a-sync.ts';

const SENT = aLogEntry({ resolutionSent: true });
const HISTORY = { failing: { lastSuccessAt: null } };
const ID = 'sync:a';

const stateWith = (alert: Alert, logEntry: NotificationLogEntry = SENT): WatchState => ({
  ...INITIAL_STATE,
  facts: aFacts(
    { [ID]: alert },
    { histories: { [ID]: HISTORY, 'sync:b': HISTORY }, roster: aRoster('a', 'b') },
  ),
  routes: { default: aRoute(aDestination({ [ID]: logEntry })) },
});

/** A state after the first so many reductions. */
const reduced = (state: WatchState, count = REDUCTIONS.length) =>
  REDUCTIONS.slice(0, count).reduce<WatchState>((before, { apply }) => frozen(apply(before)), frozen(state));

test('a state becomes smaller in this order', () => {
  expect(REDUCTIONS.map(({ what }) => what)).toEqual([
    'the names in the roster',
    'the labels of ended alerts',
    'the histories of syncs without an open alert',
    'the ended alerts themselves',
  ]);
});

test('first go the names in the roster, but for those of missing syncs', () => {
  const roster = aRoster('a', 'b');
  const missing = { name: 'orders', work: 'x', missingSince: NOW };
  const facts = aFacts({}, { roster: { ...roster, syncs: { ...roster.syncs, 'sync:c': missing } } });
  const { syncs } = roster;
  expect(reduced({ ...INITIAL_STATE, facts }, 1).facts.roster).toEqual({
    kind: 'syncs',
    syncs: {
      'sync:a': { ...syncs['sync:a'], name: '' },
      'sync:b': { ...syncs['sync:b'], name: '' },
      'sync:c': missing,
    },
  });
  const counts = { kind: 'counts', counts: { x: 1 } } as const;
  expect(reduced({ ...INITIAL_STATE, facts: aFacts({}, { roster: counts }) }, 1).facts.roster).toBe(counts);
});

test('of an alert of which nothing is left to send, then go the labels, the history, and the alert', () => {
  const state = stateWith(anEndedAlert());
  const { alerts } = state.facts;
  expect(reduced(state, 1).facts.alerts).toEqual(alerts);
  expect(reduced(state, 2).facts).toMatchObject({ alerts: { [ID]: { labels: null } } });
  expect(reduced(state, 2).facts.histories).toEqual(state.facts.histories);
  expect(reduced(state, 3).facts.histories).toEqual({});
  expect(Object.keys(reduced(state, 3).facts.alerts)).toEqual([ID]);
  expect(reduced(state).facts.alerts).toEqual({});
  expect(reduced(state).routes).toEqual({ default: aRoute() });
});

test.each<[string, Alert, NotificationLogEntry]>([
  ['fires', anAlert(), aLogEntry()],
  ['is pending', anAlert({ state: 'pending' }), {}],
  ['is pending again', anEndedAlert({ pendingAgain: { since: NOW, problems: ['failing'] } }), SENT],
  ['ended, and its end was not sent', anEndedAlert(), aLogEntry()],
  ['ended before it could be sent', anEndedAlert(), { undeliveredSince: NOW }],
  ['ended while its cause held it', anEndedAlert(), { heldSince: NOW }],
  ['ended, and its end is in flight', anEndedAlert(), { ...SENT, inFlight: { what: 'resolved', times: 1 } }],
])('nothing is left out of an alert that %s', (_, alert, logEntry) => {
  const state = stateWith(alert, logEntry);
  const { facts, routes } = reduced(state);
  expect(facts.alerts).toEqual(state.facts.alerts);
  expect(facts.histories).toEqual({ [ID]: HISTORY });
  expect(routes).toEqual(state.routes);
});

test('an alert that another destination has still to be sent is left as it is', () => {
  const state = stateWith(anEndedAlert());
  const other = aRoute(aDestination({ [ID]: { undeliveredSince: NOW } }));
  const both = { ...state, routes: { ...state.routes, other } };
  expect(reduced(both).facts.alerts).toEqual(both.facts.alerts);
});

test.each(['paused', 'unlisted'] as const)(
  'an alert that ended %s is kept: the line about that names it',
  (how) => {
    const state = stateWith(anEndedAlert({ resolution: { how, at: NOW } }));
    expect(Object.keys(reduced(state).facts.alerts)).toEqual([ID]);
  },
);
