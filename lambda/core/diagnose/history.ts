import type { SyncHistory } from '../alert.ts';
import type { Sync } from '../sync.ts';
import { after, type Instant, isAhead, isLater } from '../time.ts';

/**
 * When a check first saw the sync enabled again after it was disabled: now, or earlier. Undefined when it is disabled,
 * was never seen disabled, or has succeeded since.
 */
export function stillEnabledSince(history: SyncHistory, sync: Sync, now: Instant): Instant | undefined {
  if (sync.enabled !== true || history.disabled === undefined) return undefined;
  const { enabledSince: before = now } = history;
  const since = isAhead(before, now) ? now : before;
  if (sync.lastSuccessAt === null && sync.secondsSinceSuccess !== null) {
    return after(now, -sync.secondsSinceSuccess) > since ? undefined : since;
  }
  // The API's dates are measured against each other: its clock need not be ours.
  return isLater(sync.lastSuccessAt, history.disabled.lastSuccessAt) ? undefined : since;
}

/** What an evaluation found that the history records. */
export interface Findings {
  readonly sync: Sync;
  readonly enabledSince: Instant | undefined;
  /** `seen`: the sync is failing. `disproved`: it has succeeded since. */
  readonly failing: 'seen' | 'disproved' | 'unknown';
  /** By the API's clock, as the dates of the sync. */
  readonly now: Instant;
}

/** The history of a sync after an evaluation that could read it. */
export function historyAfter(history: SyncHistory, findings: Findings): SyncHistory {
  const { sync, enabledSince, failing, now } = findings;
  if (sync.enabled && failing !== 'seen' && isUnmarked(history)) return history;
  const disabled = sync.enabled
    ? enabledSince !== undefined && history.disabled
    : { lastRunAt: sync.lastRunAt, lastSuccessAt: lastSuccessWhenDisabled(sync, now) };
  const failed =
    failing === 'seen'
      ? { lastSuccessAt: latest(history.failing?.lastSuccessAt ?? null, sync.lastSuccessAt) }
      : failing !== 'disproved' && history.failing;
  return {
    ...(history.briefFailures && { briefFailures: history.briefFailures }),
    ...(failed && { failing: failed }),
    ...(disabled && { disabled }),
    ...(enabledSince !== undefined && { enabledSince }),
  };
}

/** An unreadable date may be any up to now: once it can be read, an old success must not pass for a newer one. */
function lastSuccessWhenDisabled({ lastSuccessAt, faults }: Sync, now: Instant): Instant | null {
  return faults.includes('last_success_at') ? now : lastSuccessAt;
}

export function isEmptyHistory(history: SyncHistory): boolean {
  return isUnmarked(history) && history.briefFailures === undefined;
}

function isUnmarked(history: SyncHistory): boolean {
  return history.failing === undefined && history.disabled === undefined;
}

function latest(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}
