import type { Thresholds } from '../policy.ts';
import { HOUR_SECONDS } from '../time.ts';

/** Caps, so that a weekly sync is told of after half a day, not after a week. They change nothing under about 4 h. */
export const STALL_CAP_SECONDS = 12 * HOUR_SECONDS;
export const CRITICAL_CAP_SECONDS = 48 * HOUR_SECONDS;

/** How far beyond its interval a sync's data may be before it is late. At the allowance is not yet beyond it. */
export function stallThresholdSeconds(intervalSeconds: number, thresholds: Thresholds): number {
  const intervals = thresholds.stallAfterIntervals - 1;
  return Math.min(intervalSeconds * intervals, STALL_CAP_SECONDS) + thresholds.graceSeconds;
}

/** How far beyond its interval a sync's data may be before it is critical. */
export function criticalThresholdSeconds(intervalSeconds: number, thresholds: Thresholds): number {
  const intervals = thresholds.criticalAfterIntervals - 1;
  return Math.min(intervalSeconds * intervals, CRITICAL_CAP_SECONDS) + thresholds.graceSeconds;
}
