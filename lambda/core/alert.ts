import type { Labels } from './sync.ts';
import type { Instant } from './time.ts';

/** What one look can find wrong with a sync, in the order in which the first that applies counts. */
export const PROBLEMS = ['unreadable', 'disabled', 'failing', 'never_succeeded', 'stalled'] as const;
export type Problem = (typeof PROBLEMS)[number];

/** What an alert can be about: a sync's problem, or `blind`, the listing itself. */
export type AlertProblem = Problem | 'listing_failed';

export type Severity = 'warning' | 'critical';

/**
 * What an alert is known by: `sync:<id>`; `listing`, the watcher's own sight; `records`, all the records without a
 * usable id together.
 */
export type Fingerprint = `sync:${string}` | 'listing' | 'records';

/** How an alert ended. Only `success` may be worded as recovered. */
export type Resolution =
  | {
      readonly how: 'resolved';
      readonly by: 'success' | 'enabled' | 'readable' | 'listing_restored' | 'no_longer_late';
    }
  | { readonly how: 'unlisted' }
  | { readonly how: 'excluded'; readonly reason: string };

/**
 * A problem of one sync followed over time.
 *
 * `pending` waits to be told, `firing` is open, `ended` is remembered for what is still owed and for flapping.
 * Holds only what a later decision reads; what can be read off the listing (lag, evidence) is not here.
 */
export interface Alert {
  readonly state: 'pending' | 'firing' | 'ended';
  readonly problem: AlertProblem;
  readonly severity: Severity;
  /** A person paused the sync: not a symptom, and no cause for a reminder. */
  readonly paused: boolean;
  /** Every problem this opening has had; healthy takes the disproof of each. */
  readonly problems: readonly AlertProblem[];
  /** When this opening began; what it waited is included. */
  readonly since: Instant;
  /** The latest stretch in which it was critical; no `to` while it still is. Outlives an opening. */
  readonly critical?: { readonly from: Instant; readonly to?: Instant };
  /** When each opening within the flap window began to fire, the oldest first. */
  readonly firings: readonly Instant[];
  /** `last_success_at` as known when this opening began: what a newer success is measured against. */
  readonly lastSuccessAt: Instant | null;
  /** Absent from the last complete listing: a second absence in a row ends it. */
  readonly absent?: true;
  /** A flapping alert's first healthy look since its last problem. */
  readonly healthySince?: Instant;
  readonly resolution?: Resolution & { readonly at: Instant };
  /** An ended alert that has a problem again and waits, as an opening does. */
  readonly pendingAgain?: { readonly since: Instant; readonly problems: readonly AlertProblem[] };
  /** Refreshed with any other write; null for `listing` and `records`. */
  readonly labels: Labels | null;
}

/** Why a check could not see the syncs, in words that hold no secret. */
export interface ListingFailure {
  /** `refused` is 401 or 403, `empty` a listing without syncs after one that had some. */
  readonly kind: 'refused' | 'failed' | 'malformed' | 'unreadable' | 'empty';
  /** What was tried: "GET https://api.timbal.ai/orgs/acme/connectors/syncs". */
  readonly request: string;
  /** What came back: "503 Service Unavailable, 4 tries". */
  readonly received: string;
}

/**
 * What memory holds about a sync's id beyond its alert, each until a success later than the last one seen before it.
 */
export interface SyncHistory {
  /** Seen failing: the latest `last_success_at` at any such look. */
  readonly failing?: { readonly lastSuccessAt: Instant | null };
  /** As last seen disabled. */
  readonly disabled?: { readonly lastRunAt: Instant | null; readonly lastSuccessAt: Instant | null };
  /** The check that first saw it enabled again. */
  readonly enabledSince?: Instant;
  /** Its sync was absent from the last complete listing: the mark of one that is gone ends with its alert. */
  readonly absent?: true;
}

/** What is known of the world: the alerts, the marks and the size of the listing. It knows nothing of messages. */
export interface Facts {
  readonly alerts: Readonly<Record<string, Alert>>;
  /** By the fingerprint of the sync. */
  readonly histories: Readonly<Record<string, SyncHistory>>;
  readonly size: ListingSize;
}

/** How many syncs a complete listing holds, to notice one that shrinks. */
export interface ListingSize {
  /** The size taken as normal; 0 until a sync was ever shown. */
  readonly normal: number;
  /** The last complete listing was less than half of it: the first of two in a row. */
  readonly shrunk?: true;
  /** The latest shrinking that was seen twice in a row. */
  readonly shrinkage?: { readonly at: Instant; readonly from: number; readonly to: number };
}
