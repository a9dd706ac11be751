import { INITIAL_STATE } from '../../lambda/core/state.ts';

test('the initial state knows no alert, no sync and no listing', () => {
  expect(INITIAL_STATE).toEqual({
    initialized: false,
    listedAt: null,
    supersededInARow: 0,
    facts: { alerts: {}, histories: {}, roster: { kind: 'syncs', syncs: {} }, conditions: {} },
    routes: {},
  });
});
