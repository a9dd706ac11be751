import type { SyncHistory } from '../alert.ts';
import type { Sync } from '../sync.ts';
import { after, type Instant, isAhead, isLater } from '../time.ts';

/**
 * The check that first saw the sync enabled again after it was seen disabled: this one, or an earlier one. Undefined
 * when it is disabled, was never seen disabled, or has succeeded since.
 */
export function stillEnabledSince(mark: SyncHistory, sync: Sync, now: Instant): Instant | undefined {
  if (sync.enabled !== true || mark.disabled === undefined) return undefined;
  const { enabledSince: before = now } = mark;
  const since = isAhead(before, now) ? now : before;
  return hasSucceededSince(since, mark.disabled.lastSuccessAt, sync, now) ? undefined : since;
}

/** By the API's dates against each other where it gives any, else by the seconds that it counts. */
function hasSucceededSince(since: Instant, before: Instant | null, sync: Sync, now: Instant): boolean {
  const { lastSuccessAt, secondsSinceSuccess } = sync;
  if (lastSuccessAt !== null || secondsSinceSuccess === null) return isLater(lastSuccessAt, before);
  return after(now, -secondsSinceSuccess) > since;
}

/** What is to be remembered about a sync after a look that could read it. */
export function historyAfter(
  mark: SyncHistory,
  sync: Sync,
  enabledSince: Instant | undefined,
  failing: boolean,
  failingDisproved: boolean,
  now: Instant,
): SyncHistory {
  if (sync.enabled && !failing && isEmptyHistory(mark)) return mark;
  const disabled = sync.enabled
    ? enabledSince !== undefined && mark.disabled
    : { lastRunAt: sync.lastRunAt, lastSuccessAt: lastSuccessWhenDisabled(sync, now) };
  const failed = failing
    ? { lastSuccessAt: latest(mark.failing?.lastSuccessAt ?? null, sync.lastSuccessAt) }
    : !failingDisproved && mark.failing;
  return {
    ...(failed && { failing: failed }),
    ...(disabled && { disabled }),
    ...(enabledSince !== undefined && { enabledSince }),
  };
}

/** A date that cannot be read may be any up to now: once it can be, an old success must not pass for a newer one. */
function lastSuccessWhenDisabled({ lastSuccessAt, faults }: Sync, now: Instant): Instant | null {
  return faults.includes('last_success_at') ? now : lastSuccessAt;
}

/** Whether nothing is marked. */
export function isEmptyHistory(mark: SyncHistory): boolean {
  return mark.failing === undefined && mark.disabled === undefined;
}

function latest(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}
