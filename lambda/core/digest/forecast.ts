import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { Sync } from '../sync.ts';
import { after, HOUR_SECONDS, type Instant, secondsBetween } from '../time.ts';
import { type Line, strong, timeOfDay, words } from './rich-text.ts';
import { momentText, rangeText } from './wording.ts';

/** The platform disables a sync after this many failures in a row (docs/timbal-api.md, `consecutive_failures`). */
export const DISABLED_AT_FAILURES = 10;

/**
 * When the platform starts the next run of a failing sync: it doubles the interval with each failure, up to an hour or the
 * interval itself (docs/timbal-api.md). Undefined without a last run or a schedule, and for a failing sync of an older API
 * that gives no count of failures.
 */
export function nextRunAt({ sync, runState }: Pick<Diagnosis, 'sync' | 'runState'>): Instant | undefined {
  const { lastRunAt, labels, consecutiveFailures } = sync;
  if (lastRunAt === null || labels.intervalSeconds === null) return undefined;
  if (runState === 'failure' && consecutiveFailures === null) return undefined;
  return after(lastRunAt, backoffSeconds(labels.intervalSeconds, consecutiveFailures ?? 0));
}

function backoffSeconds(intervalSeconds: number, failures: number): number {
  if (failures === 0) return intervalSeconds;
  return Math.min(intervalSeconds * 2 ** failures, Math.max(intervalSeconds, HOUR_SECONDS));
}

/** "the next failure disables it at about 04:35 UTC (in 40 m)"; undefined when the API gives no count. */
export function disableForecast(diagnosis: Diagnosis, now: Instant): Line | undefined {
  const left = failuresLeft(diagnosis.sync);
  if (left === undefined) return undefined;
  const which = left === 1 ? 'the next failure disables it' : `${left} more failures disable it`;
  const seconds = secondsUntilDisabled(diagnosis, now);
  // A run that is overdue can start at any moment, or never.
  const when = seconds === undefined || seconds === 0 ? [] : [words(' '), ...deadlineText([seconds], now)];
  return [strong(which), ...when];
}

/** "at about 12:25 UTC (in 8 h 30 m)", "at about 12:10 UTC to 12:40 UTC (in 8 h 15 m to 8 h 45 m)". */
export function deadlineText(seconds: readonly number[], now: Instant): Line {
  const [first, last] = [Math.min(...seconds), Math.max(...seconds)].map((some) =>
    timeOfDay(after(now, some), now),
  );
  if (first === undefined || last === undefined) return [];
  const isOne = momentText(first) === momentText(last);
  const when = isOne ? [first] : [first, words(' to '), last];
  return [words('at about '), ...when, words(` (in ${rangeText(seconds)})`)];
}

/** How many more failures in a row disable the sync; undefined when the API gives no count. */
export function failuresLeft({ consecutiveFailures: failures, enabled }: Sync): number | undefined {
  if (failures === null || failures >= DISABLED_AT_FAILURES || enabled !== true) return undefined;
  return DISABLED_AT_FAILURES - failures;
}

/** In how many seconds about the platform disables the sync, if it goes on failing; undefined when nothing tells. */
export function secondsUntilDisabled(diagnosis: Diagnosis, now: Instant): number | undefined {
  const { consecutiveFailures: failures, labels } = diagnosis.sync;
  const next = nextRunAt(diagnosis);
  if (failures === null || next === undefined || labels.intervalSeconds === null) return undefined;
  let seconds = Math.max(0, secondsBetween(now, next));
  for (let count = failures + 1; count < DISABLED_AT_FAILURES; count += 1)
    seconds += backoffSeconds(labels.intervalSeconds, count);
  return seconds;
}
