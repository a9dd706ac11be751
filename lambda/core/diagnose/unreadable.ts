import type { Thresholds } from '../policy.ts';
import type { Field, Sync } from '../sync.ts';
import { after, type Instant } from '../time.ts';
import type { RunState } from './run-state.ts';

const NONE: readonly string[] = [];
const ALWAYS_NEEDED: readonly Field[] = ['id', 'enabled', 'interval_secs'];

/**
 * What keeps a verdict from being given: the fields that it needs and that are missing, of the wrong type, or further
 * in the future than the grace. Which dates it needs depends on the sync; a disabled one's verdict needs none.
 *
 * @returns "interval_secs", "last_success_at is in the future"; empty when the sync can be judged.
 */
export function unreadableFields(
  sync: Sync,
  state: RunState,
  enabledAgain: boolean,
  thresholds: Thresholds,
  now: Instant,
): readonly string[] {
  const needed = [...ALWAYS_NEEDED];
  const inFuture: string[] = [];
  const latest = after(now, thresholds.graceSeconds);
  for (const [field, date] of datesNeeded(sync, state, enabledAgain, now)) {
    needed.push(field);
    if (date !== null && date > latest) inFuture.push(`${field} is in the future`);
  }
  if (sync.faults.length === 0 && inFuture.length === 0) return NONE;
  return [...needed.filter((field) => sync.faults.includes(field)), ...inFuture];
}

/**
 * The sync without a last success that lies further in the future than the grace: it proves nothing. Only a disabled
 * one is judged that has such a date, since its verdict needs none.
 */
export function withoutFutureSuccess(sync: Sync, { graceSeconds }: Thresholds, now: Instant): Sync {
  const { lastSuccessAt, faults } = sync;
  if (lastSuccessAt === null || lastSuccessAt <= after(now, graceSeconds)) return sync;
  return { ...sync, lastSuccessAt: null, faults: [...faults, 'last_success_at'] };
}

function datesNeeded(
  sync: Sync,
  state: RunState,
  enabledAgain: boolean,
  now: Instant,
): readonly (readonly [Field, Instant | null])[] {
  if (sync.enabled === false) return [];
  const { lastSuccessAt, secondsSinceSuccess } = sync;
  const dates: (readonly [Field, Instant | null])[] = [['last_success_at', lastSuccessAt]];
  if (lastSuccessAt === null) {
    const succeeded = secondsSinceSuccess === null ? null : after(now, -secondsSinceSuccess);
    dates.push(['seconds_since_success', succeeded]);
    if (succeeded === null) dates.push(['created_at', sync.createdAt]);
  }
  if (state === 'in_progress' || enabledAgain) dates.push(['last_run_at', sync.lastRunAt]);
  return dates;
}
