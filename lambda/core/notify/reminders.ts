import type { Facts } from '../alert.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import type { Policy } from '../policy.ts';
import type { Route } from '../state.ts';
import { after, type Instant, isAhead } from '../time.ts';
import type { Notification, TrackedAlert } from './notification.ts';

/** What decides about a reminder. */
export interface ReminderContext {
  readonly route: Route;
  readonly policy: Policy;
  readonly now: Instant;
}

/**
 * The alerts that a reminder may list: open and sent before. While the listing fails that is the alert about the
 * listing alone.
 */
export function remindable(
  facts: Facts,
  notificationLog: Route['notificationLog'],
  evaluation: Evaluation,
): readonly TrackedAlert[] {
  return Object.entries(facts.alerts).flatMap(([fingerprint, alert]) => {
    const logEntry = notificationLog[fingerprint];
    const isSent = logEntry?.lastNotified !== undefined && !logEntry.resolutionSent;
    const isListed = evaluation.kind === 'listed' || fingerprint === 'listing';
    return alert.state === 'firing' && isSent && isListed ? [{ fingerprint, alert, logEntry }] : [];
  });
}

/**
 * When the next reminder is due: `repeatInterval` after the later of the last reminder and the last notification of the
 * oldest open alert that nobody paused. Undefined without such an alert.
 */
export function nextReminderAt(open: readonly TrackedAlert[], context: ReminderContext): Instant | undefined {
  const unpaused = open.filter(({ alert }) => !alert.paused);
  if (unpaused.length === 0) return undefined;
  const oldest = unpaused.reduce((one, other) => (isOlder(other, one) ? other : one));
  const { route, policy } = context;
  return repeatAt(policy.repeatIntervalSeconds, context, [
    oldest.logEntry.lastNotified?.at,
    route.remindedAt,
  ]);
}

/** What a due reminder lists: everything open that the notifications do not list, paused syncs only in their turn. */
export function reminderOf(
  open: readonly TrackedAlert[],
  notifications: readonly Notification[],
  context: ReminderContext,
): readonly TrackedAlert[] {
  const notified = new Set(notifications.map(({ fingerprint }) => fingerprint));
  const { route, policy, now } = context;
  return open.filter(({ fingerprint, alert, logEntry }) => {
    if (notified.has(fingerprint)) return false;
    if (!alert.paused) return true;
    const last = [logEntry.lastNotified?.at, route.pausedRemindedAt];
    return isDue(repeatAt(policy.pausedRepeatIntervalSeconds, context, last), now);
  });
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
