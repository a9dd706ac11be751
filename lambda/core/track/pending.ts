import type { Diagnosis } from '../diagnose/diagnose.ts';
import { type Instant, isAhead, MINUTE_SECONDS, secondsBetween } from '../time.ts';

/** How long a problem stays pending before it fires. */
export interface PendingPeriod {
  readonly seconds: number;
  /** A second run must have failed: one with another `last_run_at` than the first. */
  readonly secondRun: boolean;
}

export const NO_PENDING_PERIOD: PendingPeriod = { seconds: 0, secondRun: false };

/** A sync with a shorter interval may fail once and succeed again before anybody could act. */
export const FAST_INTERVAL_SECONDS = 10 * MINUTE_SECONDS;

/** Since when an alert is pending, and the run that failed first. */
export interface PendingStart {
  readonly since: Instant;
  readonly runAt: Instant | undefined;
}

/** When an observation is made, and the last run that it knows of. */
export interface PendingNow {
  readonly now: Instant;
  readonly runAt: Instant | null;
}

/**
 * Whether a pending alert may fire. At the end of the period it may; so may one whose start lies ahead of every clock,
 * since nobody can tell how long it has waited.
 */
export function isPendingOver(
  period: PendingPeriod,
  start: PendingStart,
  { now, runAt }: PendingNow,
): boolean {
  if (isAhead(start.since, now)) return true;
  const isOtherRun = runAt !== null && start.runAt !== undefined && runAt !== start.runAt;
  return secondsBetween(start.since, now) >= period.seconds && (!period.secondRun || isOtherRun);
}

/** The pending period of a sync's problem: none for a critical one, unless the sync was edited since its last run. */
export function pendingPeriodOf(diagnosis: Diagnosis): PendingPeriod {
  const { rules, verdict } = diagnosis;
  if (verdict.kind !== 'problem') return NO_PENDING_PERIOD;
  const { pendingForSeconds, graceSeconds } = rules;
  const seconds = verdict.severity === 'critical' ? 0 : pendingForSeconds;
  if (verdict.problem === 'stalled' && isEditedSinceLastRun(diagnosis, graceSeconds)) {
    return { seconds: seconds + diagnosis.thresholdSeconds, secondRun: false };
  }
  return { seconds, secondRun: verdict.problem === 'failing' && isBrief(diagnosis) };
}

/** A fast sync with fresh data that failed once: the platform runs it again before anybody could act. */
export function isBrief({ sync, late }: Diagnosis): boolean {
  const { intervalSeconds } = sync.labels;
  const isFast = intervalSeconds !== null && intervalSeconds < FAST_INTERVAL_SECONDS;
  return isFast && !late && (sync.consecutiveFailures ?? 0) < 2;
}

/** The interval may be new: the sync needs time to run by it before lateness means anything. */
function isEditedSinceLastRun({ sync, runState }: Diagnosis, graceSeconds: number): boolean {
  const { updatedAt, lastRunAt, lastSuccessAt } = sync;
  if (updatedAt === null) return false;
  // The first run after an edit may have started at once: while it is in progress, only the last success is older.
  const ranBefore = runState === 'in_progress' ? null : lastRunAt;
  const last = Math.max(ranBefore ?? Number.NEGATIVE_INFINITY, lastSuccessAt ?? Number.NEGATIVE_INFINITY);
  return secondsBetween(last, updatedAt) > graceSeconds;
}
