import type { Mark } from './alert.ts';
import type { Sync } from './sync.ts';
import { type Instant, isLater } from './time.ts';

/**
 * The check that first saw the sync enabled again after it was seen disabled: this one, or an earlier one. Undefined
 * when it is disabled, was never seen disabled, or has succeeded since.
 */
export function stillEnabledSince(mark: Mark, sync: Sync, now: Instant): Instant | undefined {
  if (sync.enabled !== true || mark.disabled === undefined) return undefined;
  return isLater(sync.lastSuccessAt, mark.disabled.lastSuccessAt) ? undefined : (mark.enabledSince ?? now);
}

/** What is to be remembered about a sync after a look that could read it. */
export function markAfter(
  mark: Mark,
  sync: Sync,
  enabledSince: Instant | undefined,
  failing: boolean,
  failingDisproved: boolean,
): Mark {
  if (sync.enabled && !failing && isUnmarked(mark)) return mark;
  const disabled = sync.enabled
    ? enabledSince !== undefined && mark.disabled
    : { lastRunAt: sync.lastRunAt, lastSuccessAt: sync.lastSuccessAt };
  const failed = failing
    ? { lastSuccessAt: latest(mark.failing?.lastSuccessAt ?? null, sync.lastSuccessAt) }
    : !failingDisproved && mark.failing;
  return {
    ...(failed && { failing: failed }),
    ...(disabled && { disabled }),
    ...(enabledSince !== undefined && { enabledSince }),
  };
}

/** Whether nothing is marked. */
export function isUnmarked(mark: Mark): boolean {
  return mark.failing === undefined && mark.disabled === undefined;
}

function latest(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}
