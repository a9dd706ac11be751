import type { Facts } from './alert.ts';
import type { AlertProblem, Severity } from './problem.ts';
import type { Instant } from './time.ts';

/** What outlives a check: one document, which holds only what a later decision reads. */
export interface WatchState {
  /** Every message of the first digest was delivered, or there was nothing to send. Until then each run is initial. */
  readonly initialized: boolean;
  /** When the listing behind these facts was requested; null before the first. */
  readonly listedAt: Instant | null;
  /** How many checks in a row found a listing that was requested later than their own. */
  readonly supersededInARow: number;
  readonly facts: Facts;
  readonly routes: Readonly<Record<string, Route>>;
  readonly lease?: Lease;
}

/** Until it expires, no other check writes or posts. */
export interface Lease {
  /** The id of the check that holds it. */
  readonly holder: string;
  readonly expiresAt: Instant;
}

/** What was sent to one destination, and whether it can be sent anything now. */
export interface Route {
  /** By the fingerprint of the alert. */
  readonly notificationLog: Readonly<Record<string, NotificationLogEntry>>;
  readonly remindedAt?: Instant;
  readonly pausedRemindedAt?: Instant;
  /** Reminders that were posted without a certain answer. */
  readonly remindersInFlight?: number;
  /** `at` of the latest shrinkage of the listing that was sent. */
  readonly shrinkageNotifiedAt?: Instant;
  /** Nothing is posted before. */
  readonly backoffUntil?: Instant;
  /** Unconfirmed posts in a row: each doubles the backoff. */
  readonly unconfirmedInARow?: number;
  /** By key, the shared causes that were sent and still have an alert open. */
  readonly causes?: Readonly<Record<string, NotifiedCause>>;
}

/** A shared cause that was sent: its later firings and resolutions are grouped. */
export interface NotifiedCause {
  /** When a notification of it was last accepted. */
  readonly at: Instant;
  /** How many notifications in a row brought the same: each doubles the time for which the next is held. */
  readonly inARow: { readonly brought: 'firings' | 'resolutions'; readonly times: number };
  /** The highest severity sent. */
  readonly severity: Severity;
  /** The fingerprints of the alerts that were sent under it. */
  readonly members: readonly string[];
}

/** What one destination was sent about one alert. Empty: nothing was sent, and nothing is undelivered. */
export interface NotificationLogEntry {
  /** Since when a notification about the alert should have been sent and was not. */
  readonly undeliveredSince?: Instant;
  /** A notification waits for the next one of its shared cause, which also counts what resolves until then. */
  readonly held?: true;
  /** The last accepted notification of the current firing; absent while none was sent. */
  readonly lastNotified?: LastNotified;
  /** The resolution was sent. */
  readonly resolutionSent?: true;
  /** What was posted, or is about to be, without a certain answer, and how many times. */
  readonly inFlight?: { readonly what: 'firing' | 'resolved'; readonly times: number };
}

export interface LastNotified {
  readonly at: Instant;
  /** The highest severity sent. */
  readonly severity: Severity;
  /** Every problem sent. */
  readonly problems: readonly AlertProblem[];
  /** False: the message only counted the alert, so its resolution is only counted. */
  readonly listed: boolean;
}

/** The only route until routes are configured. */
export const DEFAULT_ROUTE = 'default';

/** A route that was never sent anything. */
export const NEW_ROUTE: Route = { notificationLog: {} };

export function routeOf(state: WatchState): Route {
  return state.routes[DEFAULT_ROUTE] ?? NEW_ROUTE;
}

/** The state before the first check. */
export const INITIAL_STATE: WatchState = {
  initialized: false,
  listedAt: null,
  supersededInARow: 0,
  facts: { alerts: {}, histories: {}, size: { normal: 0 } },
  routes: {},
};
