import type { Alert, Facts } from '../alert.ts';
import type { PlannedNotifications } from '../notify/plan.ts';
import { type Decision, NO_NOTIFY_REASONS, NOTIFY_REASONS } from '../notify/reason.ts';
import { type Instant, secondsBetween } from '../time.ts';
import { displayName } from './names.ts';
import { durationText, utcText } from './wording.ts';

/** Whether one alert is sent now, and why, for people and programs. */
export interface AlertDecision {
  /** The fingerprint of the alert. */
  readonly alert: string;
  readonly name: string | null;
  readonly notify: boolean;
  readonly reason: Decision['reason'];
  /** "already notified 2 h ago, next reminder in 22 h". */
  readonly text: string;
  /** The name of the destination; absent where nothing is sent elsewhere. */
  readonly destination?: string;
}

/** The decision about every alert of the facts, in their order. */
export function alertDecisions(
  { alerts }: Facts,
  planned: PlannedNotifications,
  now: Instant,
): readonly AlertDecision[] {
  return [...planned.decisions].flatMap(([fingerprint, decision]) => {
    const alert = alerts[fingerprint];
    if (alert === undefined) return [];
    const { notify, reason } = decision;
    const text = decisionText(decision, { fingerprint, alert, planned, now });
    return [{ alert: fingerprint, name: displayName(alert.labels), notify, reason, text }];
  });
}

interface DecisionContext {
  readonly fingerprint: string;
  readonly alert: Alert;
  readonly planned: PlannedNotifications;
  readonly now: Instant;
}

function decisionText(decision: Decision, { fingerprint, alert, planned, now }: DecisionContext): string {
  if (decision.notify) return `sent now: ${NOTIFY_REASONS[decision.reason]}`;
  const { destination, reminderAt } = planned;
  switch (decision.reason) {
    case 'pending': {
      const since = alert.pendingAgain?.since ?? alert.since;
      return `pending for ${durationText(secondsBetween(since, now))}`;
    }
    case 'already_notified': {
      const sentAt = destination.notificationLog[fingerprint]?.lastNotified?.at;
      const ago = sentAt === undefined ? '' : ` ${durationText(secondsBetween(sentAt, now))} ago`;
      return `already notified${ago}${reminderText(reminderAt, now)}`;
    }
    case 'route_backing_off': {
      const { backoffUntil = now } = destination;
      return `waits: nothing is posted for another ${durationText(secondsBetween(now, backoffUntil))}`;
    }
    case 'silenced':
    case 'acknowledged':
    case 'quiet_hours': {
      const mute = planned.mutes.get(fingerprint);
      const until = mute === undefined ? '' : `, until ${utcText(mute.until)}`;
      const by = mute?.id === undefined ? '' : ` (${mute.id})`;
      return `${NO_NOTIFY_REASONS[decision.reason]}${by}${until}`;
    }
    case 'held_by_group':
    case 'with_condition':
    case 'nothing_new':
      return NO_NOTIFY_REASONS[decision.reason];
  }
}

function reminderText(reminderAt: Instant | undefined, now: Instant): string {
  if (reminderAt === undefined) return '';
  return `, next reminder in ${durationText(secondsBetween(now, reminderAt))}`;
}
