import type { Alert } from '../alert.ts';
import type { Condition } from '../condition.ts';
import { type AlertProblem, PROBLEM_KINDS, type Severity } from '../problem.ts';
import type { NotificationLogEntry, NotifiedCause } from '../state.ts';
import type { Instant } from '../time.ts';
import type { Cause } from './cause.ts';
import type { CoverReason, SendReason } from './reason.ts';

/** An open or just ended alert, with what the destination was sent about it. */
export interface TrackedAlert {
  readonly fingerprint: string;
  readonly alert: Alert;
  readonly logEntry: NotificationLogEntry;
  /** The shared cause under which it is shown. */
  readonly cause?: SharedCause;
}

/** An alert with a reason to be sent, whether or not something holds it back. */
export interface Pending extends TrackedAlert {
  readonly reason: SendReason;
}

/** An alert that is sent, and why. */
export type Notification = Pending;

/** What one destination is sent by this check. */
export interface NotificationPlan {
  readonly notifications: readonly Notification[];
  /** Open alerts that the reminder lists, beside the notifications; empty when no reminder is due. */
  readonly reminder: readonly TrackedAlert[];
  /** A reminder is due, and the notifications list everything that is open: with them it counts as sent. */
  readonly satisfiesReminder?: true;
  /** Changes of condition: pauses, resumptions, unlisted syncs and those that are back. */
  readonly neutral: readonly NeutralChange[];
  /** What a mute held back that has ended: one folded line. */
  readonly unmuted: readonly TrackedAlert[];
  /** Absent while nothing is muted. */
  readonly muted?: MutedCounts;
  /** Names the open alerts of the digest in a command; absent where it has none. */
  readonly token?: string;
  /** Paused syncs that the reminder names. */
  readonly pausedReminder: readonly NeutralChange[];
  /** No sync is visible on the initial run. */
  readonly nothingListed?: true;
}

/** A change of condition that is sent as part of one folded line. */
export interface NeutralChange {
  readonly fingerprint: string;
  readonly kind: 'paused' | 'resumed' | 'unlisted' | 'recreated' | 'listed_again';
  readonly condition: Condition;
  /** The alert that ends by it and was sent: this line is its resolution. */
  readonly alert?: TrackedAlert;
  /** News of the sync's alert says it as well: it has no line of its own. */
  readonly isImplied?: true;
}

/** Which alerts are muted, and by what. */
export interface MutedCounts {
  /** The fingerprints of all of them. */
  readonly alerts: ReadonlySet<string>;
  /** Open alerts with a silence. */
  readonly silenced: number;
  /** When the last of those silences ends. */
  readonly until: Instant;
  readonly acknowledged: number;
  /** Notifications that wait for the end of quiet hours. */
  readonly inQuietHours: number;
}

export const EMPTY_PLAN: NotificationPlan = {
  notifications: [],
  reminder: [],
  unmuted: [],
  neutral: [],
  pausedReminder: [],
};

export function isEmptyPlan(plan: NotificationPlan): boolean {
  const { notifications, reminder, unmuted, neutral, nothingListed } = plan;
  return notifications.length + reminder.length + unmuted.length + neutral.length === 0 && !nothingListed;
}

/** Alerts that one cause explains, or that stand under one line: what the line says of it. */
export interface SharedCause extends Cause {
  /** What the destination was sent about it before; absent the first time, and for a cause that only folds lines. */
  readonly notified?: NotifiedCause;
  /** Whether later notifications are grouped under it; false when it only folds lines. */
  readonly isGrouping: boolean;
  /** By problem, how many of its syncs have an open alert. */
  readonly open: Readonly<Partial<Record<AlertProblem, number>>>;
  readonly severity: Severity;
  /** Its listed syncs that count; 0 while the listing fails. */
  readonly listed: number;
  /** Of the syncs without an open alert: how many succeeded since the trouble began. */
  readonly succeeded: number;
  /** The syncs of its connector outside of it, and how many of those succeeded since. */
  readonly beyond?: { readonly listed: number; readonly succeeded: number };
  /** It holds every listed sync, and none has succeeded for so long. */
  readonly nothingSucceededForSeconds?: number;
  /** The causes under which some of its alerts were sent before. */
  readonly earlierSentAs: readonly Cause[];
  /** Open alerts that move to it without being sent again. */
  readonly moved: readonly TrackedAlert[];
  /** Names of the syncs that were sent under it and are still open, for a line about resolutions. */
  readonly stillOpen: readonly TrackedAlert[];
}

/** Where in a digest a notification stands. */
export type SectionName =
  | 'open'
  | 'unjudged'
  | 'resolved_undelivered'
  | 'resolved_in_group'
  | 'unmuted'
  | 'resolved'
  | 'excluded';

export function sectionOf({ alert, reason }: Pending): SectionName {
  switch (reason) {
    case 'new':
    case 'escalated':
    case 'disable_imminent':
    case 'changed':
      return isJudged(alert.problem) ? 'open' : 'unjudged';
    case 'resolved_undelivered':
    case 'resolved_in_group':
    case 'unmuted':
      return reason;
    case 'resolved':
      return alert.resolution?.how === 'excluded' ? 'excluded' : 'resolved';
  }
}

function isJudged(problem: AlertProblem): boolean {
  return problem === 'listing_failed' || PROBLEM_KINDS[problem].isJudged;
}

/** One alert or condition that a message covers: what is recorded once the message was accepted. */
export interface Coverage {
  readonly fingerprint: string;
  readonly reason: CoverReason;
  /** False: the message only counts it. */
  readonly listed: boolean;
  /** The shared cause under which it is sent, and how its line is marked. */
  readonly cause?: { readonly key: string; readonly severity: Severity };
}

/** What a message covers, apart from its rendering. */
export interface MessageContent {
  readonly covers: readonly Coverage[];
  /** It holds the last part of a reminder, or of a digest that satisfies one: with it the reminder counts as sent. */
  readonly endsReminder: boolean;
}
