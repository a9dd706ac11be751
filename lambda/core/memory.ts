import type { AlertProblem, Facts, Severity } from './alert.ts';
import type { Instant } from './time.ts';

/** What outlives a check: one document. It holds only what a later decision reads. */
export interface Memory {
  /** Every message of the first digest was delivered, or there was nothing to tell. Until then every look is the first. */
  readonly settled: boolean;
  /** When the listing behind these facts was requested; null before the first. */
  readonly listedAt: Instant | null;
  /** How many checks in a row found a listing requested later than their own. */
  readonly overtaken: number;
  readonly facts: Facts;
  readonly routes: Readonly<Record<string, Route>>;
  readonly claim?: Claim;
}

/** While it has not expired, no other check writes or posts. */
export interface Claim {
  /** The check that holds it. */
  readonly by: string;
  readonly until: Instant;
}

/** What one route was told, and whether it can be told anything now. */
export interface Route {
  /** By the fingerprint of the alert. */
  readonly tellings: Readonly<Record<string, Telling>>;
  readonly remindedAt?: Instant;
  readonly pausedRemindedAt?: Instant;
  /** Reminders posted whose acceptance is not known. */
  readonly remindersInDoubt?: number;
  /** `at` of the latest shrinking of the listing that was told. */
  readonly shrinkingTold?: Instant;
  /** Nothing is posted here before. */
  readonly waitUntil?: Instant;
  /** Uncertain posts in a row: each doubles the wait. */
  readonly uncertain?: number;
  /** The shared causes it was told of that still have an alert open, by their keys. */
  readonly causes?: Readonly<Record<string, ToldCause>>;
}

/** A shared cause that was told: what belongs to it is told together from then on. */
export interface ToldCause {
  /** The last telling. */
  readonly at: Instant;
  /** How many tellings in a row brought the same: the more, the longer the next is gathered for. */
  readonly inARow: { readonly brought: 'openings' | 'closings'; readonly times: number };
  /** The highest severity told. */
  readonly severity: Severity;
  /** The fingerprints of the alerts told as its symptoms; a later decision reads how many there were. */
  readonly members: readonly string[];
}

/** What one route was told of one alert. Empty: nothing, and nothing is due. */
export interface Telling {
  /** Since when something about this alert is due here and not told. */
  readonly dueSince?: Instant;
  /** What is owed waits for the next telling of its shared cause; what ends in the meantime is counted there. */
  readonly gathered?: true;
  /** The announcement; absent while it was not told. */
  readonly told?: Told;
  /** The announcement's one closing was told. */
  readonly closed?: true;
  /** What was posted, or is about to be, and is neither accepted nor refused for certain, and how many times. */
  readonly noted?: { readonly what: 'announcement' | 'closing'; readonly times: number };
}

export interface Told {
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
export const NEW_ROUTE: Route = { tellings: {} };

/** What the only route was told so far. */
export function routeOf(memory: Memory): Route {
  return memory.routes[DEFAULT_ROUTE] ?? NEW_ROUTE;
}

/** The memory of a watch that has never looked. */
export const NOTHING_REMEMBERED: Memory = {
  settled: false,
  listedAt: null,
  overtaken: 0,
  facts: { alerts: {}, marks: {}, size: { normal: 0 } },
  routes: {},
};
