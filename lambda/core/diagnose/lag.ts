import type { Thresholds } from '../policy.ts';
import type { Sync } from '../sync.ts';
import { after, HOUR_SECONDS, type Instant, isLater, secondsBetween } from '../time.ts';
import type { RunState } from './run-state.ts';

/*
 * How old the data of a sync is, and how old it may become. A sync is late once its lag exceeds its interval by more
 * than a threshold; at the threshold it is not late yet.
 */

/** Caps of the thresholds: a weekly sync is late after half a day, not after a week. No effect below about 4 h. */
export const STALL_CAP_SECONDS = 12 * HOUR_SECONDS;
export const CRITICAL_CAP_SECONDS = 48 * HOUR_SECONDS;

/** By how many seconds the lag may exceed the interval before the sync is late. */
export function stallThresholdSeconds(intervalSeconds: number, thresholds: Thresholds): number {
  const intervals = thresholds.stallAfterIntervals - 1;
  return Math.min(intervalSeconds * intervals, STALL_CAP_SECONDS) + thresholds.graceSeconds;
}

/** By how many seconds the lag may exceed the interval before the problem is critical. */
export function criticalThresholdSeconds(intervalSeconds: number, thresholds: Thresholds): number {
  const intervals = thresholds.criticalAfterIntervals - 1;
  return Math.min(intervalSeconds * intervals, CRITICAL_CAP_SECONDS) + thresholds.graceSeconds;
}

/**
 * Seconds since the last successful run: the larger of `seconds_since_success` and the age of `last_success_at`,
 * whichever are there. Null when the sync never succeeded. A date slightly in the future counts as now.
 */
export function lagSinceSuccess({ lastSuccessAt, secondsSinceSuccess }: Sync, now: Instant): number | null {
  if (lastSuccessAt === null && secondsSinceSuccess === null) return null;
  const byDate = lastSuccessAt === null ? 0 : secondsBetween(lastSuccessAt, now);
  return Math.max(0, byDate, secondsSinceSuccess ?? 0);
}

/** What the judged lag is measured from, beside the last success. */
export interface LagInput {
  readonly sync: Sync;
  /** When a check first saw the sync enabled again; undefined unless it still counts. */
  readonly enabledSince: Instant | undefined;
  readonly now: Instant;
}

/**
 * The lag that is judged, in seconds: since the last success, or since the creation of a sync that never succeeded;
 * since it was enabled again where that is later. Null only for a disabled sync without dates.
 */
export function lagToJudge(
  { sync, enabledSince, now }: LagInput,
  successLagSeconds: number | null,
): number | null {
  const lag = successLagSeconds ?? lagSinceCreation(sync, now);
  if (lag === null || enabledSince === undefined) return lag;
  return Math.max(0, Math.min(lag, secondsBetween(enabledSince, now)));
}

/** Null unless the API says, readably, that the sync never succeeded. */
function lagSinceCreation({ createdAt, faults }: Sync, now: Instant): number | null {
  const isUnread = faults.includes('last_success_at') || faults.includes('seconds_since_success');
  return createdAt === null || isUnread ? null : Math.max(0, secondsBetween(createdAt, now));
}

/** What shows whether a run is in progress. */
export interface RunInput {
  readonly sync: Sync;
  readonly runState: RunState;
  readonly successLagSeconds: number | null;
}

/** When the run in progress started; undefined when none is in progress or the last success is later. */
export function runningSince(
  { sync, runState, successLagSeconds }: RunInput,
  now: Instant,
): Instant | undefined {
  const { lastRunAt, lastSuccessAt } = sync;
  if (runState !== 'in_progress' || lastRunAt === null) return undefined;
  const succeededAt = lastSuccessAt ?? (successLagSeconds === null ? null : after(now, -successLagSeconds));
  return isLater(lastRunAt, succeededAt) ? lastRunAt : undefined;
}

/** The judged lag in intervals of the sync, unrounded; null when either cannot be read. */
export function intervalsBehind(judged: {
  readonly sync: Pick<Sync, 'labels'>;
  readonly lagSeconds: number | null;
}): number | null {
  const { intervalSeconds } = judged.sync.labels;
  if (judged.lagSeconds === null || intervalSeconds === null) return null;
  return judged.lagSeconds / intervalSeconds;
}
