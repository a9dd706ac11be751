import type { Facts } from '../alert.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import type { Policy } from '../policy.ts';
import type { Destination } from '../state.ts';
import { after, type Instant, isAhead } from '../time.ts';
import type { NeutralChange, Notification, TrackedAlert } from './notification.ts';

/** What decides about a reminder. */
export interface ReminderContext {
  readonly destination: Destination;
  readonly policy: Policy;
  readonly now: Instant;
}

/**
 * The alerts that a reminder may list: open and sent before. While the listing fails that is the alert about the
 * listing alone.
 */
export function remindable(
  facts: Facts,
  notificationLog: Destination['notificationLog'],
  evaluation: Evaluation,
): readonly TrackedAlert[] {
  return Object.entries(facts.alerts).flatMap(([fingerprint, alert]) => {
    const logEntry = notificationLog[fingerprint];
    const isSent = logEntry?.lastNotified !== undefined && !logEntry.resolutionSent;
    const isListed = evaluation.kind === 'listed' || fingerprint === 'listing';
    // A flapping alert that is healthy for now is no reason to remind anybody.
    const isUnhealthy = alert.state === 'firing' && alert.healthySince === undefined;
    return isUnhealthy && isSent && isListed ? [{ fingerprint, alert, logEntry }] : [];
  });
}

/**
 * When the next reminder is due: `repeatInterval` after the later of the last reminder and the last notification of the
 * oldest open alert. Undefined without one.
 */
export function nextReminderAt(open: readonly TrackedAlert[], context: ReminderContext): Instant | undefined {
  if (open.length === 0) return undefined;
  const oldest = open.reduce((one, other) => (isOlder(other, one) ? other : one));
  const { destination, policy } = context;
  const last = [oldest.logEntry.lastNotified?.at, destination.remindedAt];
  return repeatAt(policy.repeatIntervalSeconds, context, last);
}

/** What a due reminder lists: everything open that the notifications do not list. */
export function reminderOf(
  open: readonly TrackedAlert[],
  notifications: readonly Notification[],
): readonly TrackedAlert[] {
  const notified = new Set(notifications.map(({ fingerprint }) => fingerprint));
  return open.filter(({ fingerprint }) => !notified.has(fingerprint));
}

/** The paused syncs that a reminder names, every `pausedRepeatInterval`; they never cause one. */
export function pausedReminderOf({ conditions }: Facts, context: ReminderContext): readonly NeutralChange[] {
  const { destination, policy, now } = context;
  const paused = Object.entries(conditions).filter(
    ([fingerprint, { condition }]) =>
      condition === 'paused' && destination.conditions?.[fingerprint]?.condition === 'paused',
  );
  const sentAt = paused.map(([fingerprint]) => destination.conditions?.[fingerprint]?.at ?? now);
  if (paused.length === 0) return [];
  const last = [Math.min(...sentAt), destination.pausedRemindedAt];
  if (!isDue(repeatAt(policy.pausedRepeatIntervalSeconds, context, last), now)) return [];
  return paused.map(([fingerprint, condition]) => ({ fingerprint, kind: 'paused', condition }));
}

export function isDue(at: Instant | undefined, now: Instant): boolean {
  return at !== undefined && now >= at;
}

/** Of two that began together, the one that was sent earlier: the order of the listing decides nothing. */
function isOlder(one: TrackedAlert, other: TrackedAlert): boolean {
  if (one.alert.since !== other.alert.since) return one.alert.since < other.alert.since;
  return (one.logEntry.lastNotified?.at ?? 0) < (other.logEntry.lastNotified?.at ?? 0);
}

/** Half a period of slack: the reminder comes with the check nearest to its time and does not drift. */
function repeatAt(
  everySeconds: number,
  { policy, now }: ReminderContext,
  last: readonly (Instant | undefined)[],
): Instant {
  const known = last.map((instant) =>
    instant === undefined || isAhead(instant, now) ? Number.NEGATIVE_INFINITY : instant,
  );
  return after(Math.max(...known), everySeconds - policy.periodSeconds / 2);
}
