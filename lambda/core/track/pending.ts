import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { Policy } from '../policy.ts';
import { thresholdsFor } from '../policy.ts';
import { type Instant, isAhead, MINUTE_SECONDS, secondsBetween } from '../time.ts';

/** What an opening waits for before it fires. */
export interface PendingPeriod {
  readonly seconds: number;
  /** A later look must see a problem too. */
  readonly secondEvaluation: boolean;
}

export const NO_PENDING_PERIOD: PendingPeriod = { seconds: 0, secondEvaluation: false };

/** A sync with a shorter interval than this may fail once and be well again before anyone could act. */
export const FAST_INTERVAL_SECONDS = 10 * MINUTE_SECONDS;

/**
 * Whether an opening that began at `since` may fire at `now`: the wait is over once all of it has passed, or when nobody
 * can say how much of it has.
 */
export function isPendingOver(wait: PendingPeriod, since: Instant, now: Instant): boolean {
  if (isAhead(since, now)) return true;
  return secondsBetween(since, now) >= wait.seconds && (!wait.secondEvaluation || now > since);
}

/** How long a sync's problem waits. Critical ones do not, unless the sync was edited since it last ran. */
export function pendingPeriodOf(diagnosis: Diagnosis, policy: Policy): PendingPeriod {
  const { sync, verdict } = diagnosis;
  if (verdict.kind !== 'problem') return NO_PENDING_PERIOD;
  const { pendingForSeconds } = thresholdsFor(policy, sync.id ?? '', sync.labels);
  const retryPolicy = verdict.severity === 'critical' ? 0 : pendingForSeconds;
  if (verdict.problem === 'stalled' && isEditedSinceItRan(diagnosis)) {
    return { seconds: retryPolicy + diagnosis.thresholdSeconds, secondEvaluation: false };
  }
  return { seconds: retryPolicy, secondEvaluation: verdict.problem === 'failing' && isPassing(diagnosis) };
}

/** A fast sync's failure that may be over by the next look: its data is not late, and it failed once at most. */
function isPassing({ sync, late }: Diagnosis): boolean {
  const { intervalSeconds } = sync.labels;
  const isFast = intervalSeconds !== null && intervalSeconds < FAST_INTERVAL_SECONDS;
  return isFast && !late && (sync.consecutiveFailures ?? 0) < 2;
}

/** Its interval may be new: lateness by the new interval proves nothing until it had time to run by it. */
function isEditedSinceItRan({ sync }: Diagnosis): boolean {
  const { updatedAt, lastRunAt, lastSuccessAt } = sync;
  if (updatedAt === null) return false;
  return (
    updatedAt > (lastRunAt ?? Number.NEGATIVE_INFINITY) &&
    updatedAt > (lastSuccessAt ?? Number.NEGATIVE_INFINITY)
  );
}
