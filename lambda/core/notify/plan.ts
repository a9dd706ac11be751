/*
 * Decides what one route is sent now: takes the facts and what the route was sent, gives the notifications with their
 * reasons, and for every other alert the reason why not. A check calls `planNotifications` once.
 */
import type { Facts } from '../alert.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import { groupBy } from '../group-by.ts';
import type { Policy } from '../policy.ts';
import type { NotificationLogEntry, Route } from '../state.ts';
import type { Instant } from '../time.ts';
import { isBackingOff } from './backoff.ts';
import { causesOnHold, liveCauses, type NotifiedCauses, notifiedCauseOf } from './grouping.ts';
import {
  EMPTY_PLAN,
  type Notification,
  type NotificationPlan,
  type SharedCause,
  sectionOf,
  type TrackedAlert,
} from './notification.ts';
import { PeerStats } from './peer-stats.ts';
import { type Decision, decide } from './reason.ts';
import { isDue, nextReminderAt, remindable, reminderOf } from './reminders.ts';
import { MIN_ALERTS, sharedCauses } from './shared-cause.ts';

/** What is sent on a route, and the route as it then stands. */
export interface PlannedNotifications {
  readonly plan: NotificationPlan;
  /** By fingerprint, whether each alert is sent now, and why. */
  readonly decisions: ReadonlyMap<string, Decision>;
  /** When the next reminder is due; undefined while nothing is open that a reminder could list. */
  readonly reminderAt: Instant | undefined;
  readonly route: Route;
}

/** What a plan is made from, beside the facts and the route. */
export interface PlanContext {
  readonly evaluation: Evaluation;
  readonly policy: Policy;
}

/**
 * The difference between the facts and what the route was sent, computed anew at every check: once the facts are saved
 * it survives any crash, and it can never be stale.
 */
export function planNotifications(
  facts: Facts,
  route: Route,
  { evaluation, policy }: PlanContext,
): PlannedNotifications {
  const now = evaluation.at;
  const causes = liveCauses(facts, route.causes ?? {}, route.notificationLog);
  const { notificationLog: sentBefore } = route;
  const onHold = causesOnHold(facts, causes, { notificationLog: sentBefore, policy, now });
  const isRouteBackingOff = isBackingOff(route, now);
  const decisions = new Map<string, Decision>();
  const notificationLog: Record<string, NotificationLogEntry> = {};
  const notifications: Notification[] = [];
  for (const [fingerprint, alert] of Object.entries(facts.alerts)) {
    const before = sentBefore[fingerprint] ?? {};
    const isHeldByGroup = canBeHeld(before) && onHold.has(notifiedCauseOf(alert, causes)?.key ?? '');
    const decision = decide(alert, before, { isHeldByGroup, isBackingOff: isRouteBackingOff });
    decisions.set(fingerprint, decision);
    const logEntry = entryBefore(before, decision, now);
    if (Object.keys(logEntry).length > 0) notificationLog[fingerprint] = logEntry;
    if (decision.notify && decision.reason !== 'reminder')
      notifications.push({ fingerprint, alert, logEntry, reason: decision.reason });
  }

  const reminders = { route, policy, now };
  const open = remindable(facts, notificationLog, evaluation);
  const reminderAt = nextReminderAt(open, reminders);
  const { causes: _causes, ...rest } = route;
  const next: Route = { ...rest, notificationLog, ...(Object.keys(causes).length > 0 && { causes }) };
  if (isRouteBackingOff) return { plan: EMPTY_PLAN, decisions, reminderAt, route: next };

  const isReminderDue = isDue(reminderAt, now);
  const reminder = isReminderDue ? reminderOf(open, notifications, reminders) : [];
  for (const { fingerprint } of reminder) decisions.set(fingerprint, { notify: true, reason: 'reminder' });
  const { shrinkage } = facts.size;
  const plan: NotificationPlan = {
    notifications,
    reminder,
    ...(isReminderDue && reminder.length === 0 && { satisfiesReminder: true }),
    ...(shrinkage !== undefined && shrinkage.at !== route.shrinkageNotifiedAt && { shrinkage }),
  };
  return { plan: withCauses(plan, causes, { facts, evaluation }), decisions, reminderAt, route: next };
}

/** What should have been sent already, or is in flight, is not held by a cause that was sent since. */
function canBeHeld({ undeliveredSince, inFlight }: NotificationLogEntry): boolean {
  return undeliveredSince === undefined && inFlight === undefined;
}

/** The log entry of an alert before anything is posted. */
function entryBefore(before: NotificationLogEntry, decision: Decision, now: Instant): NotificationLogEntry {
  const { undeliveredSince = now, held: _held, ...rest } = before;
  const reason = decision.notify ? decision.reason : decision.withheld;
  if (reason === undefined) return rest;
  const isNewFiring = reason === 'new' && before.lastNotified !== undefined;
  const kept = isNewFiring ? {} : rest;
  if (!decision.notify && decision.reason === 'held_by_group') return { ...kept, held: true };
  return {
    ...kept,
    ...(reason === 'resolved_in_group' && { held: true }),
    undeliveredSince: isNewFiring ? now : undeliveredSince,
  };
}

/** The plan with the shared cause of each alert that has one. */
function withCauses(
  plan: NotificationPlan,
  notified: NotifiedCauses,
  { facts, evaluation }: { readonly facts: Facts; readonly evaluation: Evaluation },
): NotificationPlan {
  const { notifications, reminder } = plan;
  const isFew = Math.max(notifications.length, reminder.length) < MIN_ALERTS;
  if (isFew && Object.keys(notified).length === 0) return plan;
  const context = { notified, facts, peerStats: PeerStats.of(evaluation, facts) };
  const bySection = [...groupBy(notifications, sectionOf).values()];
  const ofNotifications = new Map(bySection.flatMap((section) => [...sharedCauses(section, context)]));
  const ofReminder = sharedCauses(reminder, context);
  return {
    ...plan,
    notifications: notifications.map((one) => withCause(one, ofNotifications)),
    reminder: reminder.map((one) => withCause(one, ofReminder)),
  };
}

function withCause<T extends TrackedAlert>(one: T, causes: ReadonlyMap<string, SharedCause>): T {
  const cause = causes.get(one.fingerprint);
  return cause === undefined ? one : { ...one, cause };
}
