import type { Alert } from '../alert.ts';
import type { Labels } from '../sync.ts';
import { DAY_SECONDS, HOUR_SECONDS, type Instant, secondsBetween } from '../time.ts';

/** The opening within the window that is told as "4th time in 24 h", and from which on an alert is held. */
export const FLAPPING_FIRINGS = 4;
const WINDOW_SECONDS = DAY_SECONDS;
const WINDOW_INTERVALS = 8;
const HOLD_SECONDS = 2 * HOUR_SECONDS;
const HOLD_INTERVALS = 2;

/** How long an opening is remembered: 24 h, or 8 intervals if that is longer. */
export function flapWindowSeconds(labels: Labels | null): number {
  return Math.max(WINDOW_SECONDS, WINDOW_INTERVALS * (labels?.intervalSeconds ?? 0));
}

/** How long a flapping alert must have been healthy before it ends: 2 h, or 2 intervals if that is longer. */
export function flapHoldSeconds(labels: Labels | null): number {
  return Math.max(HOLD_SECONDS, HOLD_INTERVALS * (labels?.intervalSeconds ?? 0));
}

/** The openings that count at `now`; one exactly a window ago still does. */
export function firingsWithinWindow(alert: Alert, now: Instant): readonly Instant[] {
  const window = flapWindowSeconds(alert.labels);
  return alert.firings.filter((firing) => secondsBetween(firing, now) <= window);
}

/** Whether the alert's current opening was the 4th or a later one within its window. */
export function isFlapping(alert: Alert): boolean {
  return alert.firings.length >= FLAPPING_FIRINGS;
}
