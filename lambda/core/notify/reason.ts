import type { Alert } from '../alert.ts';
import type { LastNotified, MuteReason, NotificationLogEntry } from '../state.ts';

/** Why a notification about an alert is sent. */
export const NOTIFY_REASONS = {
  new: 'it fires',
  escalated: 'it became critical',
  disable_imminent: 'the platform is about to disable it',
  changed: 'it has a problem that was not sent yet',
  resolved_undelivered: 'it resolved before its notification could be delivered',
  resolved_in_group: 'it resolved while its shared cause held it',
  resolved: 'it ended',
  unmuted: 'the silence or the quiet hours that held it have ended',
  reminder: 'it is still open, and a reminder is due',
} as const;
export type NotifyReason = keyof typeof NOTIFY_REASONS;

/** The reasons that come from the alert itself; a reminder comes from the clock. */
export type SendReason = Exclude<NotifyReason, 'reminder'>;

/**
 * What a message records of a fingerprint beside alerts: `moved` assigns an open alert to another cause, `condition`
 * records the condition of a sync.
 */
export type CoverReason = NotifyReason | 'moved' | 'condition' | 'nothing_listed';

/** Why no notification about an alert is sent now. */
export const NO_NOTIFY_REASONS = {
  pending: 'it is pending and may fire at a later check',
  held_by_group: 'its shared cause holds it for the next notification of that cause',
  with_condition: 'its sync was paused or is no longer listed, and one line says so for all of them',
  silenced: 'a silence holds it back',
  acknowledged: 'somebody acknowledged it',
  quiet_hours: 'it waits for the end of quiet hours',
  route_backing_off: 'the destination is left alone for a while after a post failed',
  already_notified: 'it was sent and has not changed',
  nothing_new: 'it is over, and nothing about it is left to send',
} as const;
export type NoNotifyReason = keyof typeof NO_NOTIFY_REASONS;

/** The one answer to "is this sent now, and why?". */
export type Decision =
  | { readonly notify: true; readonly reason: NotifyReason }
  | {
      readonly notify: false;
      readonly reason: NoNotifyReason;
      /** Why it will be sent once nothing holds it back. */
      readonly withheld?: SendReason;
    };

/** What can hold a notification back. */
export interface Holds {
  /** The line about the sync's condition is its resolution. */
  readonly endsWithCondition: boolean;
  /** What mutes it now. */
  readonly mutedBy: MuteReason | undefined;
  /** A mute that has ended held it back. */
  readonly isCatchUp: boolean;
  readonly isHeldByGroup: boolean;
  readonly isBackingOff: boolean;
}

export function decide(alert: Alert, logEntry: NotificationLogEntry, holds: Holds): Decision {
  const reason = sendReason(alert, logEntry);
  if (reason === undefined) return { notify: false, reason: holds.mutedBy ?? noReason(alert) };
  if (holds.endsWithCondition) return { notify: false, reason: 'with_condition' };
  if (holds.mutedBy !== undefined) return { notify: false, reason: holds.mutedBy, withheld: reason };
  if (holds.isHeldByGroup) return { notify: false, reason: 'held_by_group', withheld: reason };
  if (holds.isBackingOff) return { notify: false, reason: 'route_backing_off', withheld: reason };
  return { notify: true, reason: holds.isCatchUp ? 'unmuted' : reason };
}

/** Whether an alert ended because its sync was paused or left the listing: a line about that may be its resolution. */
export function endsByCondition({ state, resolution }: Alert): boolean {
  return state === 'ended' && (resolution?.how === 'paused' || resolution?.how === 'unlisted');
}

function noReason({ state, pendingAgain }: Alert): NoNotifyReason {
  if (state === 'pending' || pendingAgain !== undefined) return 'pending';
  return state === 'firing' ? 'already_notified' : 'nothing_new';
}

/**
 * The table of docs/design/notifications.md: the difference between an alert and what the destination was sent about it. The
 * first row that applies counts. Undefined: there is nothing to send but, in time, a reminder.
 */
export function sendReason(alert: Alert, logEntry: NotificationLogEntry): SendReason | undefined {
  const isFiring = alert.state === 'firing';
  if (alert.state === 'pending') return undefined;
  const { lastNotified } = logEntry;
  if (lastNotified === undefined) {
    if (isFiring) return 'new';
    if (logEntry.muted !== undefined) return 'unmuted';
    if (logEntry.heldSince !== undefined) return 'resolved_in_group';
    return logEntry.undeliveredSince === undefined ? undefined : 'resolved_undelivered';
  }
  if (isResolutionSent(alert, logEntry)) return isFiring ? 'new' : undefined;
  if (!isFiring) return 'resolved';
  // What became worse before it was healthy again, in its flap hold, waits for its next failure or its end.
  if (alert.healthySince !== undefined && logEntry.inFlight === undefined) return undefined;
  if (hasUnsentCritical(alert, lastNotified)) return 'escalated';
  if (alert.disableImminent && !lastNotified.disableImminent) return 'disable_imminent';
  const isSent = lastNotified.problems.includes(alert.problem) && logEntry.inFlight === undefined;
  return isSent ? undefined : 'changed';
}

/** An unconfirmed resolution counts as sent once its sync has a problem again: it cannot be withdrawn. */
function isResolutionSent(alert: Alert, { resolutionSent, inFlight }: NotificationLogEntry): boolean {
  return resolutionSent === true || (alert.state === 'firing' && inFlight?.what === 'resolved');
}

function hasUnsentCritical({ critical }: Alert, sent: LastNotified): boolean {
  if (sent.severity === 'critical' || critical === undefined) return false;
  return critical.to === undefined || critical.to > sent.at;
}
