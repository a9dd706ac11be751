import type { Alert } from '../alert.ts';
import type { Labels } from '../sync.ts';
import { DAY_SECONDS, HOUR_SECONDS, type Instant, secondsBetween } from '../time.ts';

/** From this firing within the window on ("4th time in 24 h") an alert is held open while it is healthy. */
export const FLAPPING_FIRINGS = 4;
const WINDOW_SECONDS = DAY_SECONDS;
const WINDOW_INTERVALS = 8;
const HOLD_SECONDS = 2 * HOUR_SECONDS;
const HOLD_INTERVALS = 2;

/** How long a firing counts: 24 h, or 8 intervals if that is longer. */
export function flapWindowSeconds(labels: Labels | null): number {
  return Math.max(WINDOW_SECONDS, WINDOW_INTERVALS * (labels?.intervalSeconds ?? 0));
}

/** How long a flapping alert must be healthy before it resolves: 2 h, or 2 intervals if that is longer. */
export function flapHoldSeconds(labels: Labels | null): number {
  return Math.max(HOLD_SECONDS, HOLD_INTERVALS * (labels?.intervalSeconds ?? 0));
}

/** The firings that count at `now`; one exactly a window ago still does. */
export function firingsWithinWindow(alert: Alert, now: Instant): readonly Instant[] {
  const window = flapWindowSeconds(alert.labels);
  return alert.firings.filter((firing) => secondsBetween(firing, now) <= window);
}

/** Whether the current firing was the 4th or a later one within its window. */
export function isFlapping(alert: Alert): boolean {
  return alert.firings.length >= FLAPPING_FIRINGS;
}
