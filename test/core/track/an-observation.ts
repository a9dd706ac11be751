import type { Alert } from '../../../lambda/core/alert.ts';
import type { ProblemObservation } from '../../../lambda/core/track/observation.ts';
import { ago, hours, LABELS, NOW } from '../a-sync.ts';

/** The observation of a failing sync, a warning without a pending period. */
export function aProblem(overrides: Partial<ProblemObservation> = {}): ProblemObservation {
  return {
    kind: 'problem',
    problem: 'failing',
    severity: 'warning',
    disableImminent: false,
    runAt: ago(hours(0)),
    briefFailures: [],
    alsoToDisprove: [],
    lastSuccessAt: ago(hours(2)),
    pendingPeriod: { seconds: 0, secondRun: false },
    labels: LABELS,
    ...overrides,
  };
}

/** Four firings within the flap window, the last an hour ago. */
export const FOUR_FIRINGS = [ago(hours(20)), ago(hours(10)), ago(hours(5)), ago(hours(1))];

/** An alert that flaps: it fired four times within the flap window. */
export const FLAPPING = { firings: FOUR_FIRINGS, flapping: 'often' } as const satisfies Partial<Alert>;

/** An alert in words: "none", "firing, healthy for 1 h", "resolved, pending again, absent". */
export function words(alert: Alert | undefined): string {
  if (alert === undefined) return 'none';
  const { state, resolution, absent, pendingAgain, healthySince } = alert;
  return [
    state === 'ended' ? resolution?.how : state,
    ...(pendingAgain ? ['pending again'] : []),
    ...(healthySince === undefined ? [] : [`healthy for ${(NOW - healthySince) / 3_600_000} h`]),
    ...(absent ? ['absent'] : []),
  ].join(', ');
}
