/*
 * Parts news by what mutes it now: takes everything with a reason to be sent, gives what may be sent, what the end of a
 * mute releases, and what waits. `planNotifications` calls it before it thinks of causes.
 */
import type { Facts } from '../alert.ts';
import { diagnosisOf, type Evaluation } from '../diagnose/evaluation.ts';
import { syncIdOf } from '../fingerprint.ts';
import { matchesSync } from '../matcher.ts';
import { NO_LABELS } from '../sync.ts';
import { type ActiveMutes, isCatchUp, type Mute, muteOf, silencesOf } from './mute.ts';
import type { MutedCounts, NeutralChange, Pending, TrackedAlert } from './notification.ts';

export interface PartedNews {
  /** News that nothing mutes. */
  readonly pending: readonly Pending[];
  /** What a mute held back that has ended. */
  readonly released: readonly Pending[];
  /** By fingerprint, what mutes news or would mute a reminder. */
  readonly mutes: ReadonlyMap<string, Mute>;
  /** The alerts that a reminder may list. */
  readonly remindable: readonly TrackedAlert[];
}

/** @param isCriticalByCause Whether an alert is sent, or was, under a cause that is critical. */
export function partedNews(
  { news, remindable }: { readonly news: readonly Pending[]; readonly remindable: readonly TrackedAlert[] },
  active: ActiveMutes,
  isCriticalByCause: (one: TrackedAlert) => boolean,
): PartedNews {
  const mutes = new Map<string, Mute>();
  const isFree = (one: TrackedAlert, reason: Pending['reason'] | 'reminder') => {
    const mute = muteOf({ ...one, reason, isCriticalByCause: isCriticalByCause(one) }, active);
    const isReason = mute !== undefined && (reason !== 'reminder' || mute.by !== 'quiet_hours');
    if (isReason && !mutes.has(one.fingerprint)) mutes.set(one.fingerprint, mute);
    return mute === undefined;
  };
  const free = news.filter((one) => isFree(one, one.reason));
  const isReleased = ({ reason, logEntry: { muted }, ...one }: Pending) =>
    reason !== 'resolved' && muted !== undefined && (reason === 'unmuted' || isCatchUp(muted, one, active));
  return {
    pending: free.filter((one) => !isReleased(one)),
    released: free.filter(isReleased),
    mutes,
    remindable: remindable.filter((one) => isFree(one, 'reminder')),
  };
}

/** Changes of condition that are not muted. The end of an alert that was sent is muted as its resolution is. */
export function unmutedChanges(
  changes: readonly NeutralChange[],
  active: ActiveMutes,
  { facts, evaluation }: { readonly facts: Facts; readonly evaluation: Evaluation },
): readonly NeutralChange[] {
  const { hours, quietIn, byAlert, byMatcher } = active;
  return changes.filter(({ fingerprint, condition, alert }) => {
    if (alert !== undefined) return muteOf({ ...alert, reason: 'resolved' }, active) === undefined;
    if (byAlert.get(fingerprint)?.some(({ kind }) => kind === 'alerts')) return false;
    const labels = diagnosisOf(fingerprint, evaluation)?.sync.labels ??
      facts.alerts[fingerprint]?.labels ?? { ...NO_LABELS, name: condition.name };
    if (quietIn(hours.ofCondition(fingerprint, labels)).has('warning')) return false;
    return !byMatcher.some(({ match }) => {
      const isOfAlerts = match.problem !== undefined || match.severity !== undefined;
      return !isOfAlerts && matchesSync(match, syncIdOf(fingerprint), labels);
    });
  });
}

/** What the last line of a digest says of mutes; undefined while there is nothing to say. */
export function mutedCounts(
  { alerts }: Facts,
  mutes: PartedNews['mutes'],
  active: ActiveMutes,
): MutedCounts | undefined {
  const waiting = [...mutes.values()].filter(({ by }) => by === 'quiet_hours').length;
  const muted = new Set(mutes.keys());
  const counts = { silenced: 0, acknowledged: 0 };
  let until = 0;
  if (active.ids.size > 0) {
    for (const [fingerprint, alert] of Object.entries(alerts)) {
      if (alert.state !== 'firing') continue;
      const silences = silencesOf(fingerprint, alert, active);
      const silenced = silences.filter(({ kind }) => kind !== 'acknowledgement');
      if (silenced.length > 0) counts.silenced += 1;
      else if (silences.length > 0) counts.acknowledged += 1;
      if (silences.length > 0) muted.add(fingerprint);
      until = Math.max(until, ...silenced.map(({ endsAt }) => endsAt));
    }
  }
  if (waiting + counts.silenced + counts.acknowledged === 0) return undefined;
  return { alerts: muted, ...counts, until, inQuietHours: waiting };
}
