import type { SyncRules } from '../rules.ts';
import type { Field, Sync } from '../sync.ts';
import { after, CLOCK_SLACK_SECONDS, type Instant } from '../time.ts';
import type { RunState } from './run-state.ts';

const NONE: readonly string[] = [];
const ALWAYS_NEEDED: readonly Field[] = ['id', 'enabled', 'interval_secs'];

/** A sync and what decides which of its dates a verdict needs. Its moments are those of the API's clock. */
export interface Reading {
  readonly sync: Sync;
  readonly runState: RunState;
  /** When a check first saw the sync enabled again; undefined unless it still counts. */
  readonly enabledSince: Instant | undefined;
  readonly rules: SyncRules;
  readonly now: Instant;
}

/**
 * The fields that keep a sync from being judged: needed and missing, of the wrong type, or further in the future than
 * the grace and 60 s. Which dates are needed depends on the sync; a disabled one needs none.
 *
 * @returns "interval_secs", "last_success_at is in the future"; empty when the sync can be judged.
 */
export function unreadableFields(reading: Reading): readonly string[] {
  const { sync, rules, now } = reading;
  const latest = latestCredible(now, rules);
  // Nearly every sync: none of the dates that a verdict may need is in the future.
  if (sync.faults.length === 0 && latestDate(sync, now) <= latest) return NONE;
  const needed = [...ALWAYS_NEEDED];
  const inFuture: string[] = [];
  for (const [field, date] of datesNeeded(reading)) {
    needed.push(field);
    if (date !== null && date > latest) inFuture.push(`${field} is in the future`);
  }
  if (sync.faults.length === 0 && inFuture.length === 0) return NONE;
  return [...needed.filter((field) => sync.faults.includes(field)), ...inFuture];
}

/** A date up to then counts as now; a later one is unreadable. */
function latestCredible(now: Instant, { graceSeconds }: SyncRules): Instant {
  return after(now, Math.max(graceSeconds, CLOCK_SLACK_SECONDS));
}

function latestDate(
  { lastSuccessAt, secondsSinceSuccess, createdAt, lastRunAt }: Sync,
  now: Instant,
): Instant {
  const none = Number.NEGATIVE_INFINITY;
  const succeededAt = secondsSinceSuccess === null ? none : after(now, -secondsSinceSuccess);
  return Math.max(lastSuccessAt ?? none, succeededAt, createdAt ?? none, lastRunAt ?? none);
}

/**
 * The sync without a last success further in the future than the grace and 60 s, which proves nothing. Only a disabled sync is
 * judged with such a date, since its verdict needs none.
 */
export function withoutFutureSuccess({ sync, rules, now }: Reading): Sync {
  const { lastSuccessAt, faults } = sync;
  if (lastSuccessAt === null || lastSuccessAt <= latestCredible(now, rules)) return sync;
  return { ...sync, lastSuccessAt: null, faults: [...faults, 'last_success_at'] };
}

function datesNeeded({
  sync,
  runState,
  enabledSince,
  now,
}: Reading): readonly (readonly [Field, Instant | null])[] {
  if (sync.enabled === false) return [];
  const { lastSuccessAt, secondsSinceSuccess } = sync;
  const dates: (readonly [Field, Instant | null])[] = [['last_success_at', lastSuccessAt]];
  if (lastSuccessAt === null) {
    const succeeded = secondsSinceSuccess === null ? null : after(now, -secondsSinceSuccess);
    dates.push(['seconds_since_success', succeeded]);
    if (succeeded === null) dates.push(['created_at', sync.createdAt]);
  }
  if (runState === 'in_progress' || enabledSince !== undefined) dates.push(['last_run_at', sync.lastRunAt]);
  return dates;
}
