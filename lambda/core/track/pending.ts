import type { Diagnosis } from '../diagnose/diagnose.ts';
import { type Policy, thresholdsFor } from '../policy.ts';
import { type Instant, isAhead, MINUTE_SECONDS, secondsBetween } from '../time.ts';

/** How long a problem stays pending before it fires. */
export interface PendingPeriod {
  readonly seconds: number;
  /** A later evaluation must see a problem too. */
  readonly secondEvaluation: boolean;
}

export const NO_PENDING_PERIOD: PendingPeriod = { seconds: 0, secondEvaluation: false };

/** A sync with a shorter interval may fail once and succeed again before anybody could act. */
export const FAST_INTERVAL_SECONDS = 10 * MINUTE_SECONDS;

/**
 * Whether an alert that is pending since `since` may fire. At the end of the period it may; so may one whose start lies
 * ahead of every clock, since nobody can tell how long it has waited.
 */
export function isPendingOver(period: PendingPeriod, since: Instant, now: Instant): boolean {
  if (isAhead(since, now)) return true;
  return secondsBetween(since, now) >= period.seconds && (!period.secondEvaluation || now > since);
}

/** The pending period of a sync's problem: none for a critical one, unless the sync was edited since its last run. */
export function pendingPeriodOf(diagnosis: Diagnosis, policy: Policy): PendingPeriod {
  const { sync, verdict } = diagnosis;
  if (verdict.kind !== 'problem') return NO_PENDING_PERIOD;
  const { pendingForSeconds } = thresholdsFor(policy, sync.id ?? '', sync.labels);
  const seconds = verdict.severity === 'critical' ? 0 : pendingForSeconds;
  if (verdict.problem === 'stalled' && isEditedSinceLastRun(diagnosis)) {
    return { seconds: seconds + diagnosis.thresholdSeconds, secondEvaluation: false };
  }
  return { seconds, secondEvaluation: verdict.problem === 'failing' && isBrief(diagnosis) };
}

/** A fast sync with fresh data that failed once may have succeeded by the next evaluation. */
function isBrief({ sync, late }: Diagnosis): boolean {
  const { intervalSeconds } = sync.labels;
  const isFast = intervalSeconds !== null && intervalSeconds < FAST_INTERVAL_SECONDS;
  return isFast && !late && (sync.consecutiveFailures ?? 0) < 2;
}

/** The interval may be new: the sync needs time to run by it before lateness means anything. */
function isEditedSinceLastRun({ sync }: Diagnosis): boolean {
  const { updatedAt, lastRunAt, lastSuccessAt } = sync;
  if (updatedAt === null) return false;
  return (
    updatedAt > (lastRunAt ?? Number.NEGATIVE_INFINITY) &&
    updatedAt > (lastSuccessAt ?? Number.NEGATIVE_INFINITY)
  );
}
