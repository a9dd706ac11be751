import { type Failure, MAX_PAST_RUNS, type Run, type Second, type SyncLife } from './sync-life.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** The platform disables a sync at so many failed runs in a row. */
const DISABLED_AT_FAILURES = 10;
/** A run that a person stopped is no failed run. */
const STOPPED = ['stopped', 'cancelled', 'canceled'];
/** How long after the end of a run `updated_at` is touched, where runs touch it. */
const TOUCH_SECONDS = 0.04;

/** Starts a run. `failure`: how it will fail. */
export function startRun(
  life: SyncLife,
  { takesSeconds, failure }: { readonly takesSeconds: number; readonly failure: Failure | undefined },
  now: Second,
): void {
  life.record = undefined;
  life.run = { endsAt: now + takesSeconds, failure };
  life.lastRunAt = now;
  life.lastState = 'running';
  // Without a schedule it runs when a person starts it.
  if (life.intervalSeconds <= 0) life.nextRunAt = undefined;
}

/** Ends a run. Says whether it failed, or succeeded later than the schedule has it: after a failure, late, or first. */
export function endRun(life: SyncLife, { endsAt, failure }: Run): boolean {
  const isPunctual =
    life.lastSuccessAt !== null && endsAt - life.lastSuccessAt <= life.intervalSeconds + MINUTE;
  const isNotable = failure !== undefined || life.failures > 0 || !isPunctual;
  const startedAt = life.lastRunAt ?? endsAt;
  life.record = undefined;
  life.run = undefined;
  life.pastRuns = [{ startedAt, endedAt: endsAt, failure }, ...life.pastRuns].slice(0, MAX_PAST_RUNS);
  life.lastState = failure?.state ?? 'completed';
  if (failure === undefined) {
    life.failures = 0;
    life.lastSuccessAt = endsAt;
  } else if (!STOPPED.includes(failure.state)) {
    life.failures += 1;
    if (life.failures >= DISABLED_AT_FAILURES && life.enabled) {
      life.enabled = false;
      life.disabledReason = `disabled after ${DISABLED_AT_FAILURES} failed runs in a row: ${failure.error}`;
      life.updatedAt = endsAt;
    }
  }
  if (life.isTouchedByRuns) life.updatedAt = endsAt + TOUCH_SECONDS;
  if (life.nextRunAt === undefined || life.intervalSeconds <= 0) return isNotable;
  const nextMinute = Math.ceil(endsAt / MINUTE) * MINUTE;
  life.nextRunAt = Math.max(nextMinute, startedAt + gapSeconds(life));
  return isNotable;
}

/** From one start to the next: the interval, doubled with each failure in a row up to an hour. */
function gapSeconds({ intervalSeconds, failures }: SyncLife): number {
  if (failures === 0) return intervalSeconds;
  return Math.min(intervalSeconds * 2 ** failures, Math.max(intervalSeconds, HOUR));
}
