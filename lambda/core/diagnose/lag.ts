import type { Sync } from '../sync.ts';
import { after, type Instant, isLater, secondsBetween } from '../time.ts';
import type { RunState } from './run-state.ts';

/**
 * Seconds since the last successful run: the larger of what the API counted and what its date says, whichever are
 * there. Null when it never succeeded. A date slightly in the future counts as now.
 */
export function lagSinceSuccess({ lastSuccessAt, secondsSinceSuccess }: Sync, now: Instant): number | null {
  if (lastSuccessAt === null && secondsSinceSuccess === null) return null;
  const byDate = lastSuccessAt === null ? 0 : secondsBetween(lastSuccessAt, now);
  return Math.max(0, byDate, secondsSinceSuccess ?? 0);
}

/**
 * The lag that is judged: since the last success, or since the creation of a sync that never succeeded; and since it
 * was enabled again where that is later. Null only for a disabled sync whose dates are not there.
 */
export function lagToJudge(
  sync: Sync,
  successLagSeconds: number | null,
  enabledSince: Instant | undefined,
  now: Instant,
): number | null {
  const lag = successLagSeconds ?? lagSinceCreation(sync, now);
  if (lag === null || enabledSince === undefined) return lag;
  return Math.max(0, Math.min(lag, secondsBetween(enabledSince, now)));
}

/** Of a sync without a success: the API says that there was none, unless what it said of it could not be read. */
function lagSinceCreation({ createdAt, faults }: Sync, now: Instant): number | null {
  const isUnread = faults.includes('last_success_at') || faults.includes('seconds_since_success');
  return createdAt === null || isUnread ? null : Math.max(0, secondsBetween(createdAt, now));
}

/** Since when the run that is in progress has been going; undefined when none is, or the last success is later. */
export function runningSince(
  { lastRunAt, lastSuccessAt }: Sync,
  state: RunState,
  successLagSeconds: number | null,
  now: Instant,
): Instant | undefined {
  if (state !== 'in_progress' || lastRunAt === null) return undefined;
  const succeededAt = lastSuccessAt ?? (successLagSeconds === null ? null : after(now, -successLagSeconds));
  return isLater(lastRunAt, succeededAt) ? lastRunAt : undefined;
}
