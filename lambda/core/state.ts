import type { AlertProblem, Facts, Severity } from './alert.ts';
import type { Instant } from './time.ts';

/** What outlives a check: one document. It holds only what a later decision reads. */
export interface WatchState {
  /** Every message of the first digest was delivered, or there was nothing to tell. Until then every look is the first. */
  readonly initialized: boolean;
  /** When the listing behind these facts was requested; null before the first. */
  readonly listedAt: Instant | null;
  /** How many checks in a row found a listing requested later than their own. */
  readonly supersededInARow: number;
  readonly facts: Facts;
  readonly routes: Readonly<Record<string, Route>>;
  readonly lease?: Lease;
}

/** While it has not expired, no other check writes or posts. */
export interface Lease {
  /** The check that holds it. */
  readonly holder: string;
  readonly expiresAt: Instant;
}

/** What one route was told, and whether it can be told anything now. */
export interface Route {
  /** By the fingerprint of the alert. */
  readonly notificationLog: Readonly<Record<string, NotificationLogEntry>>;
  readonly remindedAt?: Instant;
  readonly pausedRemindedAt?: Instant;
  /** Reminders posted whose acceptance is not known. */
  readonly remindersInFlight?: number;
  /** `at` of the latest shrinking of the listing that was told. */
  readonly shrinkageNotifiedAt?: Instant;
  /** Nothing is posted here before. */
  readonly backoffUntil?: Instant;
  /** Uncertain posts in a row: each doubles the wait. */
  readonly unconfirmedInARow?: number;
  /** The shared causes it was told of that still have an alert open, by their keys. */
  readonly causes?: Readonly<Record<string, NotifiedCause>>;
}

/** A shared cause that was told: what belongs to it is told together from then on. */
export interface NotifiedCause {
  /** The last telling. */
  readonly at: Instant;
  /** How many tellings in a row brought the same: the more, the longer the next is gathered for. */
  readonly inARow: { readonly brought: 'firings' | 'resolutions'; readonly times: number };
  /** The highest severity told. */
  readonly severity: Severity;
  /** The fingerprints of the alerts told as its symptoms; a later decision reads how many there were. */
  readonly members: readonly string[];
}

/** What one route was told of one alert. Empty: nothing, and nothing is due. */
export interface NotificationLogEntry {
  /** Since when something about this alert is due here and not told. */
  readonly undeliveredSince?: Instant;
  /** What is owed waits for the next telling of its shared cause; what ends in the meantime is counted there. */
  readonly held?: true;
  /** The announcement; absent while it was not told. */
  readonly lastNotified?: LastNotified;
  /** The announcement's one closing was told. */
  readonly resolutionSent?: true;
  /** What was posted, or is about to be, and is neither accepted nor refused for certain, and how many times. */
  readonly inFlight?: { readonly what: 'firing' | 'resolved'; readonly times: number };
}

export interface LastNotified {
  /** The last telling. */
  readonly at: Instant;
  /** The highest severity told. */
  readonly severity: Severity;
  readonly problems: readonly AlertProblem[];
  /** False: it was only counted, and so its closing is only counted. */
  readonly listed: boolean;
}

/** The only route until routes are configured. */
export const DEFAULT_ROUTE = 'default';

/** A route that was never told anything. */
export const NEW_ROUTE: Route = { notificationLog: {} };

/** What the only route was told so far. */
export function routeOf(state: WatchState): Route {
  return state.routes[DEFAULT_ROUTE] ?? NEW_ROUTE;
}

/** The memory of a watch that has never looked. */
export const NOTHING_REMEMBERED: WatchState = {
  initialized: false,
  listedAt: null,
  supersededInARow: 0,
  facts: { alerts: {}, histories: {}, size: { normal: 0 } },
  routes: {},
};
