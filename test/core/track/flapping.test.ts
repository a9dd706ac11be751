import type { Alert } from '../../../lambda/core/alert.ts';
import { diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import {
  briefWindowSeconds,
  briefWithinWindow,
  firingsWithinWindow,
  flapHoldSeconds,
  flapWindowSeconds,
} from '../../../lambda/core/track/flapping.ts';
import { transition } from '../../../lambda/core/track/lifecycle.ts';
import type { Observation } from '../../../lambda/core/track/observation.ts';
import {
  ago,
  anAlert,
  anEndedAlert,
  aSync,
  days,
  defaultPolicy,
  hours,
  LABELS,
  later,
  minutes,
  NOW,
} from '../a-sync.ts';
import { aProblem, FLAPPING, FOUR_FIRINGS, words } from './an-observation.ts';

const firingsAt = (...hoursAgo: readonly number[]) => hoursAgo.map((count) => ago(hours(count)));
const HEALTHY = {
  kind: 'healthy',
  diagnosis: diagnose(aSync(), { policy: defaultPolicy, now: NOW }),
} as const;
const SLOW = { ...LABELS, intervalSeconds: hours(6) };

/** The alert after these observations, each so many hours after `NOW`. */
function observed(alert: Alert, ...observations: readonly (readonly [number, Observation])[]): Alert {
  return observations.reduce<Alert>((before, [count, observation]) => {
    const next = transition(before, observation, later(hours(count)));
    if (next === undefined) throw new Error('the alert is gone');
    return next;
  }, alert);
}

describe('the flap window and the flap hold', () => {
  test.each([
    // interval; window; hold
    [minutes(15), hours(24), hours(2)],
    [hours(1), hours(24), hours(2)],
    [hours(1) + 1, hours(24), hours(2) + 2],
    [hours(3), hours(24), hours(6)],
    [hours(3) + 1, hours(24) + 8, hours(6) + 2],
    [hours(6), hours(48), hours(12)],
    [hours(12), hours(96), hours(24)],
    [days(7), days(56), hours(24)],
  ])('of a sync with an interval of %p s are %p s and %p s', (intervalSeconds, window, hold) => {
    const labels = { ...LABELS, intervalSeconds };
    expect(flapWindowSeconds(labels)).toBe(window);
    expect(flapHoldSeconds({ labels })).toBe(hold);
  });

  test.each([
    ['labels', null],
    ['an interval', { ...LABELS, intervalSeconds: null }],
  ])('without %s are 24 h and 2 h', (_, labels) => {
    expect(flapWindowSeconds(labels)).toBe(86_400);
    expect(flapHoldSeconds({ labels })).toBe(7200);
  });
});

test.each([
  [0, 2, 12],
  [1, 4, 24],
  [2, 8, 24],
  [3, 16, 24],
  [4, 24, 24],
  [50, 24, 24],
])('after %p holds the next one takes %p h, and %p h with an interval of 6 h', (holds, short, long) => {
  expect(flapHoldSeconds({ labels: LABELS, holds })).toBe(hours(short));
  expect(flapHoldSeconds({ labels: SLOW, holds })).toBe(hours(long));
});

test.each([
  // interval; window
  [null, hours(2)],
  [minutes(5), hours(2)],
  [minutes(10), hours(2)],
  [minutes(10) + 1, hours(2) + 12],
  [hours(1), hours(12)],
])('a brief failure of a sync with an interval of %p s counts for %p s', (intervalSeconds, window) => {
  const labels = { ...LABELS, intervalSeconds };
  expect(briefWindowSeconds(labels)).toBe(window);
  const failures = [ago(window + 1), ago(window), ago(window - 1)];
  expect(briefWithinWindow(failures, labels, NOW)).toEqual(failures.slice(1));
});

test('a firing counts up to 24 h later, and not a second longer', () => {
  const firings = [ago(hours(24) + 1), ago(hours(24)), ago(hours(24) - 1)];
  expect(firingsWithinWindow(anAlert({ firings }), NOW)).toEqual(firings.slice(1));
});

describe('an alert fires as flapping', () => {
  const fireAgain = (firings: readonly number[], labels = LABELS) =>
    transition(anEndedAlert({ firings, labels }), aProblem({ labels }), NOW);

  test.each([
    [2, undefined],
    [3, 'often'],
    [4, 'often'],
  ])('the 4th time in 24 h: after %p firings it is %p', (count, flapping) => {
    expect(fireAgain(firingsAt(20, 15, 10, 1).slice(-count))?.flapping).toBe(flapping);
  });

  test.each([
    [hours(24) - 1, 'often'],
    [hours(24), 'often'],
    [hours(24) + 1, undefined],
  ])('when the first of three firings was %p seconds ago: %p', (first, flapping) => {
    const again = fireAgain([ago(first), ...firingsAt(10, 5)]);
    expect(again?.firings).toHaveLength(flapping === undefined ? 3 : 4);
    expect(again?.flapping).toBe(flapping);
  });

  test.each([
    [hours(48) - 1, 'often'],
    [hours(48), 'often'],
    [hours(48) + 1, undefined],
  ])('with an interval of 6 h, when the first of three was %p seconds ago: %p', (first, flapping) => {
    expect(fireAgain([ago(first), ...firingsAt(10, 5)], SLOW)?.flapping).toBe(flapping);
  });

  test('no longer when it fires again after its firings have left the window', () => {
    const before = anEndedAlert({ ...FLAPPING, firings: firingsAt(30, 29, 28, 27), holds: 1 });
    const again = transition(before, aProblem(), NOW);
    expect(again).toMatchObject({ state: 'firing', firings: [NOW] });
    expect(again).not.toHaveProperty('flapping');
    expect(again).not.toHaveProperty('holds');
  });
});

describe('a flapping alert', () => {
  const afterHealthyFor = (healthyFor: number, overrides: Partial<Alert> = {}) => {
    const alert = anAlert({ ...FLAPPING, healthySince: ago(healthyFor), ...overrides });
    const after = transition(alert, HEALTHY, NOW);
    return after?.resolution?.how ?? after?.state;
  };

  test.each([
    [hours(2) - 1, 'firing'],
    [hours(2), 'resolved'],
    [hours(2) + 1, 'resolved'],
  ])('that has been healthy for %p seconds is %s', (healthyFor, state) => {
    expect(afterHealthyFor(healthyFor)).toBe(state);
    expect(afterHealthyFor(healthyFor, { flapping: 'intermittent', firings: [ago(hours(3))] })).toBe(state);
  });

  test.each([
    [hours(12) - 1, 'firing'],
    [hours(12), 'resolved'],
  ])('with an interval of 6 h that has been healthy for %p seconds is %s', (healthyFor, state) => {
    expect(afterHealthyFor(healthyFor, { labels: SLOW })).toBe(state);
  });

  test.each([
    [hours(4) - 1, 'firing'],
    [hours(4), 'resolved'],
  ])('that ended once after a hold and has been healthy for %p seconds is %s', (healthyFor, state) => {
    expect(afterHealthyFor(healthyFor, { holds: 1 })).toBe(state);
  });

  test.each([
    ['although its first firing has left the window since', firingsAt(26, 20, 10, 3)],
    ['although it has been open for days', firingsAt(92, 82, 77, 72)],
  ])('is held, %s: its message said that it flaps', (_, firings) => {
    const alert = anAlert({ ...FLAPPING, firings });
    expect(words(transition(alert, HEALTHY, NOW))).toBe('firing, healthy for 0 h');
    const held = { ...alert, healthySince: ago(hours(1)) };
    expect(words(transition(held, HEALTHY, NOW))).toBe('firing, healthy for 1 h');
  });

  test.each([
    [60, 'then', ago(-60)],
    [61, 'now', NOW],
  ])('whose hold began %p seconds in the future is held from %s on', (ahead, _, since) => {
    const alert = anAlert({ ...FLAPPING, healthySince: ago(-ahead) });
    expect(transition(alert, HEALTHY, NOW)?.healthySince).toBe(since);
  });

  test('starts its hold again after a failure, which counts as a firing', () => {
    const alert = anAlert({ ...FLAPPING, healthySince: ago(hours(1)) });
    const failed = transition(alert, aProblem(), NOW);
    expect(failed).not.toHaveProperty('healthySince');
    expect(failed?.firings).toEqual([...FOUR_FIRINGS, NOW]);
  });

  test('counts a failure that goes on once', () => {
    expect(observed(anAlert(FLAPPING), [0, aProblem()], [1, aProblem()]).firings).toEqual(FOUR_FIRINGS);
  });

  test('ends at once when it is unlisted, excluded or paused', () => {
    const absent = anAlert({ ...FLAPPING, absent: true });
    expect(words(transition(absent, { kind: 'absent' }, NOW))).toBe('unlisted');
    const excluded = { kind: 'excluded', reason: 'a test' } as const;
    expect(words(transition(anAlert(FLAPPING), excluded, NOW))).toBe('excluded');
    expect(words(transition(anAlert(FLAPPING), { kind: 'paused' }, NOW))).toBe('paused');
  });

  test('doubles its hold with each end: 2 h, 4 h, 8 h', () => {
    const first = observed(anAlert(FLAPPING), [0, HEALTHY], [2, HEALTHY]);
    expect(words(first)).toBe('resolved');
    const second = observed(first, [3, aProblem()], [4, HEALTHY], [8 - 0.1, HEALTHY]);
    expect(second.state).toBe('firing');
    const secondEnd = observed(second, [8, HEALTHY]);
    expect(words(secondEnd)).toBe('resolved');
    const third = observed(secondEnd, [9, aProblem()], [10, HEALTHY], [18 - 0.1, HEALTHY]);
    expect(third.state).toBe('firing');
    expect(words(observed(third, [18, HEALTHY]))).toBe('resolved');
  });
});

describe('an alert that did not fire as flapping', () => {
  test('resolves at once, however often it fired', () => {
    expect(words(transition(anAlert({ firings: FOUR_FIRINGS }), HEALTHY, NOW))).toBe('resolved');
  });

  test('leaves the next hold as long as it is', () => {
    expect(transition(anAlert(), HEALTHY, NOW)).not.toHaveProperty('holds');
    expect(transition(anAlert({ holds: 2 }), HEALTHY, NOW)?.holds).toBe(2);
  });
});
