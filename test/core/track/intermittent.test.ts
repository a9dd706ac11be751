import { transition } from '../../../lambda/core/track/lifecycle.ts';
import {
  aFailingSync,
  ago,
  anEndedAlert,
  aPolicy,
  aSync,
  hours,
  LABELS,
  later,
  minutes,
  NOW,
} from '../a-sync.ts';
import { aProblem } from './an-observation.ts';
import { type Listed, ORDERS, stateOf, trackAll } from './track-evaluations.ts';

/** A failure that stays pending until a second run fails. */
const UNTIL_SECOND_RUN = { seconds: 0, secondRun: true };
const WAITS = { seconds: minutes(10), secondRun: false };
/** With an interval of 5 minutes a brief failure counts for 2 h. */
const labels = { ...LABELS, intervalSeconds: minutes(5) };
const minutesAgo = (...counts: readonly number[]) => counts.map((count) => ago(minutes(count)));
const THREE = minutesAgo(90, 60, 30);

describe('a new failure', () => {
  test.each([
    ['pending', 'the 3rd in 2 h', minutesAgo(60, 30)],
    ['firing', 'the 4th in 2 h', THREE],
    ['firing', 'the 5th in 2 h', minutesAgo(110, 90, 60, 30)],
    ['firing', 'the 4th, the first exactly 2 h ago', minutesAgo(120, 60, 30)],
    ['pending', 'the 4th, the first a second before that', [ago(hours(2) + 1), ...minutesAgo(60, 30)]],
  ])('is %s when it is %s', (state, _, briefFailures) => {
    const alert = transition(
      undefined,
      aProblem({ labels, briefFailures, pendingPeriod: UNTIL_SECOND_RUN }),
      NOW,
    );
    expect(alert?.state).toBe(state);
    expect(alert?.flapping).toBe(state === 'firing' ? 'intermittent' : undefined);
  });

  test('fires as intermittent since now, with one firing', () => {
    const observation = aProblem({ labels, briefFailures: THREE, pendingPeriod: UNTIL_SECOND_RUN });
    expect(transition(undefined, observation, NOW)).toMatchObject({ since: NOW, firings: [NOW] });
  });

  test('fires as intermittent too when it waits for pendingFor', () => {
    const alert = transition(
      undefined,
      aProblem({ labels, briefFailures: THREE, pendingPeriod: WAITS }),
      NOW,
    );
    expect(alert).toMatchObject({ state: 'firing', flapping: 'intermittent' });
  });

  test('is not intermittent when it fires by itself, or is no failure', () => {
    const failed = transition(undefined, aProblem({ labels, briefFailures: THREE }), NOW);
    expect(failed?.state).toBe('firing');
    expect(failed).not.toHaveProperty('flapping');
    const stalled = aProblem({ problem: 'stalled', labels, briefFailures: THREE, pendingPeriod: WAITS });
    expect(transition(undefined, stalled, NOW)?.state).toBe('pending');
  });

  test('of an ended alert fires it again as intermittent', () => {
    const observation = aProblem({ labels, briefFailures: THREE, pendingPeriod: UNTIL_SECOND_RUN });
    const again = transition(anEndedAlert(), observation, NOW);
    expect(again).toMatchObject({ state: 'firing', flapping: 'intermittent', since: NOW });
    const few = transition(anEndedAlert(), { ...observation, briefFailures: minutesAgo(30) }, NOW);
    expect(few).toMatchObject({ state: 'ended', pendingAgain: { since: NOW } });
  });
});

describe('a sync that fails every other run, with an interval of 5 minutes', () => {
  const fast = { intervalSeconds: minutes(5), consecutiveFailures: null };
  /** The listings of so many runs, one every 5 minutes: it fails, succeeds, fails … */
  const runs = (count: number): readonly (readonly [number, Listed])[] =>
    Array.from({ length: count }, (_, index) => {
      const seconds = index * minutes(5);
      const ranAt = later(seconds - 60);
      const success = { lastSuccessAt: later(seconds - 60 - (index % 2 === 0 ? minutes(5) : 0)) };
      const sync =
        index % 2 === 0
          ? aFailingSync({ ...fast, ...success, lastRunAt: ranAt })
          : aSync({ ...fast, ...success, lastRunAt: ranAt });
      return [seconds, [sync]] as const;
    });

  test.each([
    [1, 'pending'],
    [2, 'none'],
    [5, 'pending'],
    [6, 'none'],
    [7, 'firing'],
    [8, 'firing'],
  ])('has after %p runs an alert that is %s', (count, state) => {
    expect(stateOf(trackAll(runs(count)))).toBe(state);
  });

  test('keeps when each failure began, and that its alert is intermittent', () => {
    const facts = trackAll(runs(7));
    expect(facts.histories[ORDERS]?.briefFailures).toEqual([0, 10, 20].map((count) => later(minutes(count))));
    expect(facts.alerts[ORDERS]).toMatchObject({ flapping: 'intermittent', since: later(minutes(30)) });
  });

  test('is held open for 2 h after its last failure', () => {
    const facts = trackAll(runs(8));
    const healthy = (seconds: number) =>
      [
        seconds,
        [aSync({ ...fast, lastSuccessAt: later(seconds - 60), lastRunAt: later(seconds - 60) })],
      ] as const;
    const healthySince = minutes(35);
    expect(stateOf(trackAll([healthy(healthySince + hours(2) - 1)], { facts }))).toBe('firing');
    expect(stateOf(trackAll([healthy(healthySince + hours(2))], { facts }))).toBe('resolved by success');
  });

  test('forgets a failure after 2 h', () => {
    const facts = trackAll(runs(2));
    expect(facts.histories[ORDERS]?.briefFailures).toEqual([NOW]);
    const healthy = (seconds: number) =>
      trackAll([[seconds, [aSync({ ...fast, lastSuccessAt: later(seconds - 60), lastRunAt: null })]]], {
        facts,
      });
    expect(healthy(hours(2)).histories[ORDERS]?.briefFailures).toEqual([NOW]);
    expect(healthy(hours(2) + 1).histories).toEqual({});
  });
});

test('a sync with an interval of an hour fires as intermittent at its 4th failure in 12 h that pendingFor held back', () => {
  const policy = aPolicy({ pendingFor: '2h' });
  const slow = { intervalSeconds: hours(1) };
  const after = (count: number) =>
    trackAll(
      Array.from({ length: count }, (_, index) => {
        const seconds = hours(index);
        const success = {
          lastSuccessAt: later(seconds - 60 - (index % 2) * hours(1)),
          lastRunAt: later(seconds - 60),
        };
        return [
          seconds,
          [index % 2 === 0 ? aSync({ ...slow, ...success }) : aFailingSync({ ...slow, ...success })],
        ] as const;
      }),
      { policy },
    );
  expect(stateOf(after(6))).toBe('pending');
  expect(stateOf(after(7))).toBe('none');
  expect(after(8).alerts[ORDERS]).toMatchObject({ state: 'firing', flapping: 'intermittent' });
});
