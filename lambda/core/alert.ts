import type { Condition } from './condition.ts';
import type { AlertProblem, CriticalBy, Severity } from './problem.ts';
import { EMPTY_ROSTER, type Roster } from './roster.ts';
import type { Labels } from './sync.ts';
import type { Instant } from './time.ts';

/** How an alert ended. Only `success` may be worded as recovered. */
export type Resolution =
  | {
      readonly how: 'resolved';
      readonly by: 'success' | 'enabled' | 'readable' | 'listing_restored' | 'no_longer_late';
    }
  /** The sync was absent twice in a row. */
  | { readonly how: 'unlisted' }
  /** A person paused the sync. */
  | { readonly how: 'paused' }
  /** The policy excludes the sync, for this reason. */
  | { readonly how: 'excluded'; readonly reason: string };

/**
 * A problem of one sync followed over time.
 *
 * A `pending` alert waits before it fires, a `firing` one is open, an `ended` one is kept for notifications that are
 * not delivered yet and for flap detection. It holds only what a later decision reads: lag and evidence come from the
 * listing.
 */
export interface Alert {
  readonly state: 'pending' | 'firing' | 'ended';
  readonly problem: AlertProblem;
  readonly severity: Severity;
  /** Why it is critical; absent on a warning. */
  readonly criticalBy?: CriticalBy;
  /** The platform is about to disable the sync: `criticalAtFailures` was reached during this firing. */
  readonly disableImminent?: true;
  /** Every problem of the current firing; the alert resolves once each of them is disproved. */
  readonly problems: readonly AlertProblem[];
  /** When the current firing began, its pending period included. */
  readonly since: Instant;
  /** The latest critical stretch; without `to` while it lasts. It outlives a firing. */
  readonly critical?: { readonly from: Instant; readonly to?: Instant };
  /** When the alert fired within the flap window, oldest first. */
  readonly firings: readonly Instant[];
  /** `last_success_at` when the current firing began: a newer success is measured against it. */
  readonly lastSuccessAt: Instant | null;
  /** The sync was absent: a second absence in a row ends the alert. */
  readonly absent?: true;
  /** It fired as the 4th time in its window, or as failing intermittently: it is held open while it is healthy. */
  readonly flapping?: 'often' | 'intermittent';
  /** How often it ended after such a hold within the flap window: each doubles the next hold. */
  readonly holds?: number;
  /** When a flapping alert was first evaluated healthy after its last problem. */
  readonly healthySince?: Instant;
  /** `last_run_at` when it became pending: a second failed run has another one. */
  readonly pendingRunAt?: Instant;
  readonly resolution?: Resolution & { readonly at: Instant };
  /** An ended alert has a problem again and waits before it fires. */
  readonly pendingAgain?: {
    readonly since: Instant;
    readonly problems: readonly AlertProblem[];
    readonly runAt?: Instant;
  };
  /** Names the sync after it left the listing; refreshed with any other write; null for `listing` and `records`. */
  readonly labels: Labels | null;
}

/**
 * What is kept about a sync beyond its alert. Each entry ends with a success later than the last one seen before it
 * (docs/design/diagnosis.md).
 */
export interface SyncHistory {
  /** The sync was failing: the latest `last_success_at` of all evaluations that saw it failing. */
  readonly failing?: { readonly lastSuccessAt: Instant | null };
  /** The sync's dates when it was last seen disabled. */
  readonly disabled?: { readonly lastRunAt: Instant | null; readonly lastSuccessAt: Instant | null };
  /** When a check first saw the sync enabled again. */
  readonly enabledSince?: Instant;
  /** When failures began that succeeded again before they fired, oldest first. */
  readonly briefFailures?: readonly Instant[];
  /** The sync was absent: the history of an unlisted sync ends with its alert. */
  readonly absent?: true;
}

/** What is known of the syncs: alerts, histories, who is listed and who is paused. It knows nothing of notifications. */
export interface Facts {
  readonly alerts: Readonly<Record<string, Alert>>;
  /** By fingerprint. */
  readonly histories: Readonly<Record<string, SyncHistory>>;
  readonly roster: Roster;
  /** By fingerprint, the syncs that are paused or unlisted, or were lately. */
  readonly conditions: Readonly<Record<string, Condition>>;
  /** By fingerprint, since when no listing has a sync, while listings are incomplete. */
  readonly unseen?: Readonly<Record<string, { readonly since: Instant }>>;
  /** Since when complete listings are empty where they were not. */
  readonly emptySince?: Instant;
  /** The initial run listed no sync at all. */
  readonly nothingListed?: true;
}

export const EMPTY_FACTS: Facts = { alerts: {}, histories: {}, roster: EMPTY_ROSTER, conditions: {} };

/**
 * The alerts that count as open, by fingerprint: firing, and not healthy for now in a flap hold. Every message, outcome
 * and report counts these.
 */
export function openAlerts({ alerts }: Facts): readonly (readonly [string, Alert])[] {
  return Object.entries(alerts).filter(
    ([, { state, healthySince }]) => state === 'firing' && healthySince === undefined,
  );
}
