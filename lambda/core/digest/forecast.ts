import type { Sync } from '../sync.ts';
import { after, HOUR_SECONDS, type Instant, secondsBetween } from '../time.ts';
import { durationText } from './wording.ts';

/** The platform disables a sync after this many failures in a row (docs/timbal-api.md, `consecutive_failures`). */
export const DISABLED_AT_FAILURES = 10;

/**
 * When the platform starts the next run of a failing sync: it doubles the interval with each failure, up to an hour or the
 * interval itself (docs/timbal-api.md). Undefined without a last run or a schedule.
 */
export function nextRunAt(sync: Sync, failures = sync.consecutiveFailures ?? 0): Instant | undefined {
  const { lastRunAt, labels } = sync;
  if (lastRunAt === null || labels.intervalSeconds === null) return undefined;
  return after(lastRunAt, backoffSeconds(labels.intervalSeconds, failures));
}

function backoffSeconds(intervalSeconds: number, failures: number): number {
  if (failures === 0) return intervalSeconds;
  return Math.min(intervalSeconds * 2 ** failures, Math.max(intervalSeconds, HOUR_SECONDS));
}

/** "the next failure disables it, in about 40 m"; undefined when the API gives no count. */
export function disableForecast(sync: Sync, now: Instant): string | undefined {
  const { consecutiveFailures: failures, labels } = sync;
  if (failures === null || failures >= DISABLED_AT_FAILURES || sync.enabled !== true) return undefined;
  const left = DISABLED_AT_FAILURES - failures;
  const which = left === 1 ? 'the next failure disables it' : `${left} more failures disable it`;
  const next = nextRunAt(sync);
  if (next === undefined || labels.intervalSeconds === null) return which;
  let seconds = Math.max(0, secondsBetween(now, next));
  for (let count = failures + 1; count < DISABLED_AT_FAILURES; count += 1)
    seconds += backoffSeconds(labels.intervalSeconds, count);
  return `${which}, in about ${durationText(seconds)}`;
}
