import type { Alert } from '../../../lambda/core/alert.ts';
import { diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import {
  firingsWithinWindow,
  flapHoldSeconds,
  flapWindowSeconds,
  isFlapping,
} from '../../../lambda/core/track/flapping.ts';
import { transition } from '../../../lambda/core/track/lifecycle.ts';
import {
  ago,
  anAlert,
  anEndedAlert,
  aSync,
  days,
  defaultPolicy,
  hours,
  LABELS,
  minutes,
  NOW,
} from '../a-sync.ts';
import { aProblem, FOUR_FIRINGS, words } from './an-observation.ts';

const firingsAt = (...hoursAgo: readonly number[]) => hoursAgo.map((count) => ago(hours(count)));
const HEALTHY = {
  kind: 'healthy',
  diagnosis: diagnose(aSync(), { policy: defaultPolicy, now: NOW }),
} as const;
const staysOpen = (alert: Alert) => transition(alert, HEALTHY, NOW)?.state === 'firing';

describe('the flap window and the flap hold', () => {
  test.each([
    // interval; window; hold
    [minutes(15), hours(24), hours(2)],
    [hours(1), hours(24), hours(2)],
    [hours(1) + 1, hours(24), hours(2) + 2],
    [hours(3), hours(24), hours(6)],
    [hours(3) + 1, hours(24) + 8, hours(6) + 2],
    [hours(6), hours(48), hours(12)],
  ])('of a sync with an interval of %p s are %p s and %p s', (intervalSeconds, window, hold) => {
    const labels = { ...LABELS, intervalSeconds };
    expect(flapWindowSeconds(labels)).toBe(window);
    expect(flapHoldSeconds(labels)).toBe(hold);
  });

  test.each([
    ['labels', null],
    ['an interval', { ...LABELS, intervalSeconds: null }],
  ])('without %s are 24 h and 2 h', (_, labels) => {
    expect(flapWindowSeconds(labels)).toBe(86_400);
    expect(flapHoldSeconds(labels)).toBe(7200);
  });
});

test('a firing counts up to 24 h later, and not a second longer', () => {
  const firings = [ago(hours(24) + 1), ago(hours(24)), ago(hours(24) - 1)];
  expect(firingsWithinWindow(anAlert({ firings }), NOW)).toEqual(firings.slice(1));
});

test.each([
  [3, false],
  [4, true],
  [5, true],
])('an alert with %p firings is flapping: %p', (count, flapping) => {
  const firings = Array.from({ length: count }, (_, index) => ago(hours(count - index)));
  expect(isFlapping(anAlert({ firings }))).toBe(flapping);
});

describe('a healthy evaluation holds an alert open', () => {
  test('after its fourth firing, and not after its third', () => {
    expect(staysOpen(anAlert({ firings: firingsAt(20, 10, 1) }))).toBe(false);
    expect(staysOpen(anAlert({ firings: firingsAt(20, 15, 10, 1) }))).toBe(true);
  });

  test.each([
    [hours(24) - 1, true],
    [hours(24), true],
    [hours(24) + 1, false],
  ])('after a fourth firing whose first was %p seconds ago: %p', (first, flapping) => {
    const ended = anEndedAlert({ firings: [ago(first), ...firingsAt(10, 5)] });
    const again = transition(ended, aProblem(), NOW);
    expect(again?.firings).toHaveLength(flapping ? 4 : 3);
    expect(again && staysOpen(again)).toBe(flapping);
  });

  test.each([
    [hours(48) - 1, true],
    [hours(48), true],
    [hours(48) + 1, false],
  ])(
    'after a fourth firing whose first was %p seconds ago, with an interval of 6 h: %p',
    (first, flapping) => {
      const labels = { ...LABELS, intervalSeconds: hours(6) };
      const ended = anEndedAlert({ firings: [ago(first), ...firingsAt(10, 5)], labels });
      const again = transition(ended, aProblem({ labels }), NOW);
      expect(again && staysOpen(again)).toBe(flapping);
    },
  );

  test('although its first firing has left the window since', () => {
    // The 4th firing, three hours ago, was the fourth within 24 h; by now the first is 26 h old.
    const alert = anAlert({ firings: firingsAt(26, 20, 10, 3), since: ago(hours(3)) });
    expect(words(transition(alert, HEALTHY, NOW))).toBe('firing, healthy for 0 h');
    const held = { ...alert, healthySince: ago(hours(1)) };
    expect(words(transition(held, HEALTHY, NOW))).toBe('firing, healthy for 1 h');
  });

  test('although it has been open for days: its message said that it flaps', () => {
    const alert = anAlert({ firings: firingsAt(72 + 20, 72 + 10, 72 + 5, 72), since: ago(days(3)) });
    expect(words(transition(alert, HEALTHY, NOW))).toBe('firing, healthy for 0 h');
  });
});

describe('a flapping alert', () => {
  test.each([
    [hours(2) - 1, 'firing'],
    [hours(2), 'resolved'],
    [hours(2) + 1, 'resolved'],
  ])('that has been healthy for %p seconds is %s', (healthyFor, state) => {
    const alert = anAlert({ firings: FOUR_FIRINGS, healthySince: ago(healthyFor) });
    const after = transition(alert, HEALTHY, NOW);
    expect(after?.resolution?.how ?? after?.state).toBe(state);
  });

  test.each([
    [hours(12) - 1, 'firing'],
    [hours(12), 'resolved'],
  ])('with an interval of 6 h that has been healthy for %p seconds is %s', (healthyFor, state) => {
    const labels = { ...LABELS, intervalSeconds: hours(6) };
    const alert = anAlert({ firings: FOUR_FIRINGS, healthySince: ago(healthyFor), labels });
    const after = transition(alert, HEALTHY, NOW);
    expect(after?.resolution?.how ?? after?.state).toBe(state);
  });

  test.each([
    [60, 'then', ago(-60)],
    [61, 'now', NOW],
  ])('whose hold began %p seconds in the future is held from %s on', (ahead, _, since) => {
    const alert = anAlert({ firings: FOUR_FIRINGS, healthySince: ago(-ahead) });
    expect(transition(alert, HEALTHY, NOW)?.healthySince).toBe(since);
  });

  test('starts its hold again after a problem', () => {
    const alert = anAlert({ firings: FOUR_FIRINGS, healthySince: ago(hours(1)) });
    expect(transition(alert, aProblem(), NOW)).not.toHaveProperty('healthySince');
  });

  test('ends at once when it is unlisted or excluded', () => {
    const absent = anAlert({ firings: FOUR_FIRINGS, absent: true });
    expect(words(transition(absent, { kind: 'absent' }, NOW))).toBe('unlisted');
    const flapping = anAlert({ firings: FOUR_FIRINGS });
    expect(words(transition(flapping, { kind: 'excluded', reason: 'a test' }, NOW))).toBe('excluded');
  });
});
