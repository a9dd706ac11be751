import type { Alert, Facts, ListingSize } from '../alert.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import { groupBy } from '../group-by.ts';
import type { Policy } from '../policy.ts';
import type { NotificationLogEntry, Route } from '../state.ts';
import { after, type Instant, isAhead, secondsBetween } from '../time.ts';
import type { NotifyReason } from './coverage.ts';
import { causesGrouping, liveCauses, type NotifiedCauses, notifiedCauseOf } from './grouping.ts';
import { MAX_BACKOFF_SECONDS } from './notification-log.ts';
import { PeerStats } from './peer-stats.ts';
import { notifyReason } from './reason.ts';
import { sectionOf } from './sections.ts';
import { MIN_ALERTS, type SharedCause, sharedCauses } from './shared-cause.ts';

/** What one route is to be told now. Empty when it waits: what is owed stays owed. */
export interface NotificationPlan {
  readonly notifications: readonly Notification[];
  /** Open alerts that this digest does not announce, for the reminder; empty when none is due. */
  readonly reminder: readonly TrackedAlert[];
  /** A reminder is due, and has nothing to add to what this digest announces: with that it is given. */
  readonly satisfiesReminder?: true;
  /** The listing shrank, and the route was not told. */
  readonly shrinkage?: NonNullable<ListingSize['shrinkage']>;
}

/** An alert that is told, and why. */
export interface Notification extends TrackedAlert {
  readonly reason: Exclude<NotifyReason, 'reminder'>;
}

export interface TrackedAlert {
  readonly fingerprint: string;
  readonly alert: Alert;
  readonly logEntry: NotificationLogEntry;
  /** The shared cause that it belongs to. */
  readonly cause?: SharedCause;
}

/** What is due on a route, and the telling as it then stands. */
export interface PlannedNotifications {
  readonly plan: NotificationPlan;
  readonly route: Route;
}

export const EMPTY_PLAN: NotificationPlan = { notifications: [], reminder: [] };

/**
 * The difference between the facts and what a route was told, computed anew at every check: so it survives any crash
 * once the facts are remembered, and can never be stale.
 */
export function planNotifications(
  facts: Facts,
  route: Route,
  evaluation: Evaluation,
  policy: Policy,
  now: Instant,
): PlannedNotifications {
  const told = liveCauses(facts, route.causes ?? {}, route.notificationLog);
  const groupingCauses = causesGrouping(facts, told, route.notificationLog, policy, now);
  const notificationLog: Record<string, NotificationLogEntry> = {};
  const notifications: Notification[] = [];
  for (const [fingerprint, alert] of Object.entries(facts.alerts)) {
    const before = route.notificationLog[fingerprint] ?? {};
    const reason = notifyReason(alert, before);
    const isHeld =
      reason !== undefined && mayWait(before) && groupingCauses.has(notifiedCauseOf(alert, told)?.key ?? '');
    const logEntry = nextLogEntry(before, reason, isHeld, now);
    if (Object.keys(logEntry).length > 0) notificationLog[fingerprint] = logEntry;
    if (reason !== undefined && !isHeld) notifications.push({ fingerprint, alert, logEntry, reason });
  }

  const open = openAndNotified(facts, notificationLog, evaluation);
  const isReminderDue = remindedLongAgo(open, route, policy, now);
  const reminder = isReminderDue ? reminded(open, notifications, route, policy, now) : [];
  const isGiven = isReminderDue && reminder.length === 0;
  const { causes: _causes, ...rest } = route;
  const hasCauses = Object.keys(told).length > 0;
  const next: Route = {
    ...rest,
    notificationLog,
    ...(hasCauses && { causes: told }),
  };

  if (isBackingOff(route, now)) return { plan: EMPTY_PLAN, route: next };
  const { shrinkage } = facts.size;
  const isUntold = shrinkage !== undefined && shrinkage.at !== route.shrinkageNotifiedAt;
  const plan: NotificationPlan = {
    notifications,
    reminder,
    ...(isGiven && { satisfiesReminder: true }),
    ...(isUntold && { shrinkage }),
  };
  return { plan: withCauses(plan, told, facts, evaluation, now), route: next };
}

/** Each alert that belongs to a shared cause, with that cause. */
function withCauses(
  plan: NotificationPlan,
  told: NotifiedCauses,
  facts: Facts,
  evaluation: Evaluation,
  now: Instant,
): NotificationPlan {
  const { notifications, reminder } = plan;
  const isFew = Math.max(notifications.length, reminder.length) < MIN_ALERTS;
  if (isFew && Object.keys(told).length === 0) return plan;
  const peerStats = PeerStats.of(evaluation, facts, now);
  const causesIn = (alerts: readonly TrackedAlert[]) => sharedCauses(alerts, told, facts, peerStats);
  const inSections = [...groupBy(notifications, sectionOf).values()].flatMap((section) => [
    ...causesIn(section),
  ]);
  const ofAnnouncements = new Map(inSections);
  const ofReminder = causesIn(reminder);
  return {
    ...plan,
    notifications: notifications.map((one) => withCause(one, ofAnnouncements)),
    reminder: reminder.map((one) => withCause(one, ofReminder)),
  };
}

function withCause<T extends TrackedAlert>(one: T, causes: ReadonlyMap<string, SharedCause>): T {
  const cause = causes.get(one.fingerprint);
  return cause === undefined ? one : { ...one, cause };
}

/** What was due already, or is in doubt, is not held back by a cause that was told in the meantime. */
function mayWait({ undeliveredSince, inFlight: noted }: NotificationLogEntry): boolean {
  return undeliveredSince === undefined && noted === undefined;
}

/** Whether nothing may be posted yet. A wait longer than any that we set is a wrong clock's, and ignored. */
export function isBackingOff({ backoffUntil }: Route, now: Instant): boolean {
  return backoffUntil !== undefined && backoffUntil > now && backoffUntil <= after(now, MAX_BACKOFF_SECONDS);
}

/** Whether a route is to be told anything at all. */
export function isEmptyPlan(plan: NotificationPlan): boolean {
  return plan.notifications.length === 0 && plan.reminder.length === 0 && plan.shrinkage === undefined;
}

function nextLogEntry(
  before: NotificationLogEntry,
  reason: Notification['reason'] | undefined,
  isHeld: boolean,
  now: Instant,
): NotificationLogEntry {
  const { undeliveredSince = now, held: _gathered, ...rest } = before;
  if (reason === undefined) return rest;
  const left = reason === 'new' && before.lastNotified !== undefined ? {} : rest;
  if (isHeld) return { ...left, held: true };
  const since = left === rest ? undeliveredSince : now;
  return { ...left, ...(reason === 'resolved_in_group' && { held: true }), undeliveredSince: since };
}

/** The alerts that a reminder may speak of: open, told, and seen; a blind check reminds of its blindness alone. */
function openAndNotified(
  facts: Facts,
  notificationLog: Readonly<Record<string, NotificationLogEntry>>,
  evaluation: Evaluation,
): readonly TrackedAlert[] {
  return Object.entries(facts.alerts).flatMap(([fingerprint, alert]) => {
    const logEntry = notificationLog[fingerprint];
    const isTold = logEntry?.lastNotified !== undefined && !logEntry.resolutionSent;
    const isListed = evaluation.kind === 'listed' || fingerprint === 'listing';
    return alert.state === 'firing' && isTold && isListed ? [{ fingerprint, alert, logEntry }] : [];
  });
}

/** Measured from the later of the last reminder and the last telling of the oldest open alert that nobody paused. */
function remindedLongAgo(open: readonly TrackedAlert[], route: Route, policy: Policy, now: Instant): boolean {
  const unpaused = open.filter(({ alert }) => !alert.paused);
  if (unpaused.length === 0) return false;
  const oldest = unpaused.reduce((one, other) => (isOlder(other, one) ? other : one));
  return isDue(policy.repeatIntervalSeconds, policy, now, oldest.logEntry.lastNotified?.at, route.remindedAt);
}

/** Of two that began together, the one that was told of earlier: the order of the listing decides nothing. */
function isOlder(one: TrackedAlert, other: TrackedAlert): boolean {
  if (one.alert.since !== other.alert.since) return one.alert.since < other.alert.since;
  return (one.logEntry.lastNotified?.at ?? 0) < (other.logEntry.lastNotified?.at ?? 0);
}

function reminded(
  open: readonly TrackedAlert[],
  notifications: readonly Notification[],
  route: Route,
  policy: Policy,
  now: Instant,
): readonly TrackedAlert[] {
  const announced = new Set(notifications.map(({ fingerprint }) => fingerprint));
  return open.filter(({ fingerprint, alert, logEntry }) => {
    if (announced.has(fingerprint)) return false;
    if (!alert.paused) return true;
    return isDue(
      policy.pausedRepeatIntervalSeconds,
      policy,
      now,
      logEntry.lastNotified?.at,
      route.pausedRemindedAt,
    );
  });
}

/** Half a period of slack, so that a reminder comes at the check nearest to its time and does not drift. */
function isDue(
  everySeconds: number,
  policy: Policy,
  now: Instant,
  ...last: (Instant | undefined)[]
): boolean {
  const believed = last.map((instant) =>
    instant === undefined || isAhead(instant, now) ? Number.NEGATIVE_INFINITY : instant,
  );
  const since = Math.max(...believed);
  return secondsBetween(since, now) >= everySeconds - policy.periodSeconds / 2;
}
