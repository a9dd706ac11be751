import { INITIAL_STATE, routeOf } from '../../lambda/core/state.ts';
import { aLogEntry, aRoute } from './a-sync.ts';

test('the route of a state is the one named "default"', () => {
  const route = aRoute({ 'sync:orders': aLogEntry() });
  expect(routeOf({ ...INITIAL_STATE, routes: { default: route, other: aRoute() } })).toEqual(route);
});

test('the route of a state without one was sent nothing', () => {
  expect(routeOf(INITIAL_STATE)).toEqual({ notificationLog: {} });
});

test('the initial state knows no alert, no sync and no listing', () => {
  expect(INITIAL_STATE).toEqual({
    initialized: false,
    listedAt: null,
    supersededInARow: 0,
    facts: { alerts: {}, histories: {}, roster: { kind: 'syncs', syncs: {} }, conditions: {} },
    routes: {},
  });
});
