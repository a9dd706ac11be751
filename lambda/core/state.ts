import { EMPTY_FACTS, type Facts } from './alert.ts';
import type { Condition } from './condition.ts';
import type { AlertProblem, Severity } from './problem.ts';
import type { Instant } from './time.ts';

/** What outlives a check: one document, which holds only what a later decision reads. */
export interface WatchState {
  /** The first digest of a destination was delivered, or there was nothing to send. Until then each run is initial. */
  readonly initialized: boolean;
  /** When the listing behind these facts was requested; null before the first. */
  readonly listedAt: Instant | null;
  /** How many checks in a row found a listing that was requested later than their own. */
  readonly supersededInARow: number;
  /** Names the policy of the last evaluation: after a change no cause broader than a connection is named. */
  readonly policyId?: string;
  readonly facts: Facts;
  /** By the name of a destination in the policy. */
  readonly routes: Readonly<Record<string, Route>>;
  readonly lease?: Lease;
}

/** Until it expires, no other check writes or posts. */
export interface Lease {
  /** The id of the check that holds it. */
  readonly holder: string;
  readonly expiresAt: Instant;
}

/** What the destination of one name was sent. Another webhook by that name is another destination. */
export interface Route {
  /** By what a destination is known by: `terminal`, or 12 hex digits of the SHA-256 of a webhook's URL. */
  readonly destinations: Readonly<Record<string, Destination>>;
}

/** What was sent to one destination, and whether it can be sent anything now. */
export interface Destination {
  /** Every message of its first digest was delivered, or there was nothing to send. */
  readonly initialized?: true;
  /** By the fingerprint of the alert. */
  readonly notificationLog: Readonly<Record<string, NotificationLogEntry>>;
  readonly remindedAt?: Instant;
  readonly pausedRemindedAt?: Instant;
  /** Reminders that were posted without a certain answer. */
  readonly remindersInFlight?: number;
  /** Nothing is posted before. */
  readonly backoffUntil?: Instant;
  /** Unconfirmed posts in a row: each doubles the backoff. */
  readonly unconfirmedInARow?: number;
  /** By key, the shared causes that were sent and still have an alert open or something left to send. */
  readonly causes?: Readonly<Record<string, NotifiedCause>>;
  /** By fingerprint, the last condition of a sync that was sent; `active` where there is none. */
  readonly conditions?: Readonly<Record<string, NotifiedCondition>>;
  /** That no sync is visible was sent. */
  readonly nothingListedSent?: true;
}

/** A shared cause that was sent: its later firings and resolutions are grouped. */
export interface NotifiedCause {
  /** When it was first sent. */
  readonly began: Instant;
  /** When a notification of it was last accepted. */
  readonly at: Instant;
  /** How many notifications of it were accepted. */
  readonly times: number;
  /** The highest severity sent. */
  readonly severity: Severity;
  /** When a resolution of it was last sent. */
  readonly resolvedAt?: Instant;
}

export interface NotifiedCondition {
  /** `active` where none was sent. */
  readonly condition: Condition['condition'];
  readonly at: Instant;
  /** Since when a line about another condition should have been sent and was not. */
  readonly undeliveredSince?: Instant;
  /** How many times a line about it was posted without a certain answer. */
  readonly inFlight?: number;
}

/** No condition of the sync was sent. */
export const NO_CONDITION_SENT: NotifiedCondition = { condition: 'active', at: 0 };

/** What one destination was sent about one alert. Empty: nothing was sent, and nothing is undelivered. */
export interface NotificationLogEntry {
  /** Since when a notification about the alert should have been sent and was not. */
  readonly undeliveredSince?: Instant;
  /** Since when a notification waits for the next one of its shared cause. */
  readonly heldSince?: Instant;
  /** What holds a notification back, or did until now, and since when. */
  readonly muted?: MutedNews;
  /** The tokens of the latest digests that had the open alert, the last one last: commands name digests by them. */
  readonly digests?: readonly string[];
  /** The last accepted notification of the current firing; absent while none was sent. */
  readonly lastNotified?: LastNotified;
  /** The resolution was sent. */
  readonly resolutionSent?: true;
  /** Other destinations were sent it as it is before its route led here: here it is new, but it is no news. */
  readonly rerouted?: true;
  /** What was posted, or is about to be, without a certain answer, and how many times. */
  readonly inFlight?: { readonly what: 'firing' | 'resolved'; readonly times: number };
}

export interface MutedNews {
  readonly since: Instant;
  readonly by: MuteReason;
  /** The silence or acknowledgement. */
  readonly id?: string;
}

/** Why news waits: by a silence, an acknowledgement, or quiet hours. */
export type MuteReason = 'silenced' | 'acknowledged' | 'quiet_hours';

export interface LastNotified {
  readonly at: Instant;
  /** The highest severity sent. */
  readonly severity: Severity;
  /** Every problem sent. */
  readonly problems: readonly AlertProblem[];
  /** False: the message only counted the alert, so its resolution is only counted. */
  readonly listed: boolean;
  /** The key of the shared cause under which it was sent. */
  readonly cause?: string;
  /** That the platform is about to disable the sync was sent. */
  readonly disableImminent?: true;
}

/** A destination that was never sent anything. */
export const NEW_DESTINATION: Destination = { notificationLog: {} };

/** The state before the first check. */
export const INITIAL_STATE: WatchState = {
  initialized: false,
  listedAt: null,
  supersededInARow: 0,
  facts: EMPTY_FACTS,
  routes: {},
};
