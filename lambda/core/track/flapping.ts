import type { Alert } from '../alert.ts';
import type { Labels } from '../sync.ts';
import { DAY_SECONDS, HOUR_SECONDS, type Instant, secondsBetween } from '../time.ts';

/** From this firing within the window on ("4th time in 24 h") an alert is held open while it is healthy. */
export const FLAPPING_FIRINGS = 4;
/** From this brief failure within its window on ("4 failures in 45 min") an alert fires as intermittent. */
export const INTERMITTENT_FAILURES = 4;
const WINDOW_SECONDS = DAY_SECONDS;
const WINDOW_INTERVALS = 8;
const BRIEF_WINDOW_SECONDS = 2 * HOUR_SECONDS;
const BRIEF_WINDOW_INTERVALS = 12;
const HOLD_SECONDS = 2 * HOUR_SECONDS;
const HOLD_INTERVALS = 2;
const MAX_HOLD_SECONDS = DAY_SECONDS;

/** How long a firing counts: 24 h, or 8 intervals if that is longer. */
export function flapWindowSeconds(labels: Labels | null): number {
  return Math.max(WINDOW_SECONDS, WINDOW_INTERVALS * (labels?.intervalSeconds ?? 0));
}

/** How long a brief failure counts: 2 h, or 12 intervals if that is longer. */
export function briefWindowSeconds(labels: Labels | null): number {
  return Math.max(BRIEF_WINDOW_SECONDS, BRIEF_WINDOW_INTERVALS * (labels?.intervalSeconds ?? 0));
}

/**
 * How long a flapping alert must be healthy before it resolves: 2 h, or 2 intervals if that is longer, twice as long
 * after each hold within the flap window; 24 h at most.
 */
export function flapHoldSeconds({ labels, holds = 0 }: Pick<Alert, 'labels' | 'holds'>): number {
  const seconds = Math.max(HOLD_SECONDS, HOLD_INTERVALS * (labels?.intervalSeconds ?? 0));
  return Math.min(MAX_HOLD_SECONDS, seconds * 2 ** holds);
}

/** The firings that count at `now`; one exactly a window ago still does. */
export function firingsWithinWindow(alert: Alert, now: Instant): readonly Instant[] {
  const window = flapWindowSeconds(alert.labels);
  return alert.firings.filter((firing) => secondsBetween(firing, now) <= window);
}

/** The brief failures that count at `now`; one exactly a window ago still does. */
export function briefWithinWindow(
  failures: readonly Instant[],
  labels: Labels | null,
  now: Instant,
): readonly Instant[] {
  const window = briefWindowSeconds(labels);
  return failures.filter((failure) => secondsBetween(failure, now) <= window);
}
