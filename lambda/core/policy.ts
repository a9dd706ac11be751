import type { SyncMatcher } from './matcher.ts';
import type { QuietHours } from './quiet-hours.ts';
import type { AdviceRule } from './situation.ts';
import type { Instant } from './time.ts';

/** What is sent, and when. Every field has a default: `parsePolicy({})` is the default policy (docs/policy.md). */
export interface Policy extends Thresholds {
  /** The schedule's shortest gap between two checks. */
  readonly periodSeconds: number;
  /** Lower case, as are the two lists below. */
  readonly successStates: readonly string[];
  readonly inProgressStates: readonly string[];
  /** A person stopped the run: neither a failure nor a proof of health. */
  readonly stoppedStates: readonly string[];
  /** From one reminder of open alerts to the next. */
  readonly repeatIntervalSeconds: number;
  /** From one reminder of paused syncs to the next. */
  readonly pausedRepeatIntervalSeconds: number;
  /** How long follow-ups of a shared cause are held, so that one notification brings them together. */
  readonly groupIntervalSeconds: number;
  /** How long the listing must have failed before that fires; a refused key fires at once. */
  readonly listingFailureForSeconds: number;
  /** Whether pauses and resumptions are sent; the report always has them. */
  readonly notifyPauses: boolean;
  /** Whether the neighbouring routes are asked for what a message quotes, and whether the errors of runs are quoted. */
  readonly evidence: 'all' | 'without_errors' | 'none';
  /** What to do in some situations, instead of the advice that is built in. The first match counts. */
  readonly advice: readonly AdviceRule[];
  /** Pages that people open from a message, an alarm or a log line. */
  readonly links: Links;
  /** When warnings wait for the morning. */
  readonly quietHours: readonly QuietHours[];
  /** Syncs that are never sent. The first match counts. */
  readonly exclude: readonly ExclusionRule[];
  /** Other rules for some syncs. The first match counts. */
  readonly overrides: readonly Override[];
}

export interface Links {
  /** The page of the runbook, without a fragment. @default the path in the repository */
  readonly runbook?: string;
  /** The page of a sync: an https URL with `{id}` and other placeholders. @default no link: none is invented */
  readonly sync?: string;
}

/** The thresholds that can differ from sync to sync. */
export interface Thresholds {
  /** Late once the last success is older than this many intervals and the grace. At least 1. */
  readonly stallAfterIntervals: number;
  /** Critical once it is older than this many intervals and the grace. At least `stallAfterIntervals`. */
  readonly criticalAfterIntervals: number;
  /** From this many failures in a row on a failing sync is critical: the platform disables it at 10. */
  readonly criticalAtFailures: number;
  /** How far a clock or a schedule may be off. */
  readonly graceSeconds: number;
  /** How long a warning stays pending before it fires. */
  readonly pendingForSeconds: number;
}

/** That alerts of a sync never open. */
export interface Exclusion {
  readonly reason: string;
  /** When it ends; without it, it holds as long as it stands in the policy. */
  readonly until?: Instant;
}

/** An entry of `exclude`. */
export interface ExclusionRule extends Exclusion {
  readonly match: SyncMatcher;
}

/** An entry of `overrides`. */
export interface Override extends Partial<Thresholds> {
  readonly match: SyncMatcher;
  readonly exclude?: Exclusion;
  /** Who looks after these syncs: shown with their alerts. */
  readonly owner?: string;
}
