import type { Alert, ListingSize } from '../alert.ts';
import { type AlertProblem, PROBLEM_KINDS, type Severity } from '../problem.ts';
import type { NotificationLogEntry, NotifiedCause } from '../state.ts';
import type { Cause } from './cause.ts';
import type { NotifyReason, SendReason } from './reason.ts';

/** An open or just ended alert, with what the route was sent about it. */
export interface TrackedAlert {
  readonly fingerprint: string;
  readonly alert: Alert;
  readonly logEntry: NotificationLogEntry;
  /** The shared cause that explains it. */
  readonly cause?: SharedCause;
}

/** An alert that is sent, and why. */
export interface Notification extends TrackedAlert {
  readonly reason: SendReason;
}

/** What one route is sent by this check. */
export interface NotificationPlan {
  readonly notifications: readonly Notification[];
  /** Open alerts that the reminder lists, beside the notifications; empty when no reminder is due. */
  readonly reminder: readonly TrackedAlert[];
  /** A reminder is due, and the notifications list everything that is open: with them it counts as sent. */
  readonly satisfiesReminder?: true;
  /** The listing shrank, and the route was not sent that. */
  readonly shrinkage?: NonNullable<ListingSize['shrinkage']>;
}

export const EMPTY_PLAN: NotificationPlan = { notifications: [], reminder: [] };

export function isEmptyPlan(plan: NotificationPlan): boolean {
  return plan.notifications.length === 0 && plan.reminder.length === 0 && plan.shrinkage === undefined;
}

/** Alerts that one cause explains: one line stands for all of them. */
export interface SharedCause extends Cause {
  /** What the route was sent about it before; absent the first time. */
  readonly notified?: NotifiedCause;
  /** By problem, how many of its syncs have an open alert. */
  readonly open: Readonly<Partial<Record<AlertProblem, number>>>;
  /** The worst of them. */
  readonly severity: Severity;
  /** Its listed syncs, and how many of them succeeded since the trouble began; absent while the listing fails. */
  readonly own?: PeerCount;
  /** The syncs around it, where none of its own succeeded: those of its connector, else all others. */
  readonly beyond?: PeerCount & { readonly where: 'connector' | 'all' };
}

/** Syncs beside the affected ones, paused ones left out. */
export interface PeerCount {
  readonly listed: number;
  /** Healthy, with a success since the trouble began: proof that they do not share it. */
  readonly succeeded: number;
}

/** Where in a digest a notification stands. */
export type SectionName =
  | 'open'
  | 'unjudged'
  | 'resolved_undelivered'
  | 'resolved_in_group'
  | 'resolved'
  | 'no_longer_watched';

export function sectionOf({ alert, reason }: Notification): SectionName {
  switch (reason) {
    case 'new':
    case 'escalated':
    case 'changed':
      return isJudged(alert.problem) ? 'open' : 'unjudged';
    case 'resolved_undelivered':
    case 'resolved_in_group':
      return reason;
    case 'resolved':
      return alert.resolution?.how === 'resolved' ? 'resolved' : 'no_longer_watched';
  }
}

function isJudged(problem: AlertProblem): boolean {
  return problem === 'listing_failed' || PROBLEM_KINDS[problem].isJudged;
}

/** One alert that a message covers: what is recorded once the message was accepted. */
export interface Coverage {
  readonly fingerprint: string;
  readonly reason: NotifyReason;
  /** False: the message only counts it. */
  readonly listed: boolean;
  /** The key of the shared cause under which it is sent. */
  readonly cause?: string;
}

/** What a message covers, apart from its rendering. */
export interface MessageContent {
  readonly covers: readonly Coverage[];
  /** It says that the listing shrank. */
  readonly coversShrinkage: boolean;
  /** It holds the last part of a reminder, or of a digest that satisfies one: with it the reminder counts as sent. */
  readonly endsReminder: boolean;
}
