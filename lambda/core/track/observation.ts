import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import type { Policy } from '../policy.ts';
import type { AlertProblem, CriticalBy, Severity } from '../problem.ts';
import type { Labels } from '../sync.ts';
import { HOUR_SECONDS, type Instant } from '../time.ts';
import { NO_PENDING_PERIOD, type PendingPeriod, pendingPeriodOf } from './pending.ts';
import { isAbsent, type Unseen } from './unseen.ts';

/** What one evaluation says of one alert: a column of the table in `lifecycle.ts`. */
export type Observation =
  | ProblemObservation
  | { readonly kind: 'inconclusive' }
  | { readonly kind: 'healthy'; readonly diagnosis?: Diagnosis }
  /** A person paused it. */
  | { readonly kind: 'paused' }
  /** A complete listing lacks the sync, or no listing has had it for long. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'excluded'; readonly reason: string }
  /** The evaluation says nothing about it: the listing failed, or lacks the sync and is not complete. */
  | { readonly kind: 'unobserved' };

export interface ProblemObservation {
  readonly kind: 'problem';
  readonly problem: AlertProblem;
  readonly severity: Severity;
  readonly criticalBy?: CriticalBy;
  /** The platform is about to disable the sync. */
  readonly disableImminent: boolean;
  /** `last_run_at`, to tell a second failed run from the first one. */
  readonly runAt: Instant | null;
  /** When earlier failures began that succeeded before they fired. */
  readonly briefFailures: readonly Instant[];
  /** What a new firing has to disprove beside its problem: a failure that the history still holds. */
  readonly alsoToDisprove: readonly AlertProblem[];
  readonly lastSuccessAt: Instant | null;
  readonly pendingPeriod: PendingPeriod;
  readonly labels: Labels | null;
}

/** What decides how long a problem stays pending. */
export interface TrackOptions {
  readonly policy: Policy;
  /** On the initial run every problem fires at once. */
  readonly initialRun: boolean;
}

export function observationOf(
  diagnosis: Diagnosis,
  { initialRun }: Pick<TrackOptions, 'initialRun'>,
): Observation {
  const { sync, rules, verdict, history } = diagnosis;
  if (rules.exclusion !== undefined) return { kind: 'excluded', reason: rules.exclusion.reason };
  switch (verdict.kind) {
    case 'healthy':
      return { kind: 'healthy', diagnosis };
    case 'inconclusive':
      return verdict;
    case 'paused':
      return { kind: 'paused' };
    case 'problem':
      return {
        kind: 'problem',
        problem: verdict.problem,
        severity: verdict.severity,
        ...(verdict.criticalBy && { criticalBy: verdict.criticalBy }),
        disableImminent: isDisableImminent(diagnosis),
        runAt: sync.lastRunAt,
        briefFailures: history.briefFailures ?? [],
        alsoToDisprove: history.failing === undefined ? [] : ['failing'],
        // The dates of an unreadable record may be wrong: no newer success is measured against them.
        lastSuccessAt: verdict.problem === 'unreadable' ? null : sync.lastSuccessAt,
        pendingPeriod: initialRun ? NO_PENDING_PERIOD : pendingPeriodOf(diagnosis),
        labels: sync.labels,
      };
  }
}

/** A failing sync with `criticalAtFailures` failures in a row, which the platform soon disables. */
function isDisableImminent({ sync, rules, runState }: Diagnosis): boolean {
  const failures = sync.consecutiveFailures ?? 0;
  return sync.enabled === true && runState === 'failure' && failures >= rules.criticalAtFailures;
}

/** Of the alert `listing`: a refused key fires at once, any other failure after `listingFailureFor`. */
export function observationOfListing(
  evaluation: Evaluation,
  { policy, initialRun }: TrackOptions,
): Observation {
  if (evaluation.kind === 'listed') return { kind: 'healthy' };
  // With checks an hour apart or more, the last complete listing is over an hour old at the first failure.
  const isOld = policy.periodSeconds >= HOUR_SECONDS;
  const isImmediate = initialRun || isOld || evaluation.failure.kind === 'refused';
  const seconds = isImmediate ? 0 : policy.listingFailureForSeconds;
  return ownProblem({
    problem: 'listing_failed',
    severity: 'critical',
    criticalBy: 'listing',
    pendingPeriod: { seconds, secondRun: false },
  });
}

/** Of the alert `records`: all records without a usable id together. */
export function observationOfRecords(
  evaluation: Evaluation,
  { policy, initialRun }: TrackOptions,
): Observation {
  if (evaluation.kind === 'unavailable') return { kind: 'unobserved' };
  if (evaluation.withoutId === 0) return { kind: 'healthy' };
  const seconds = initialRun ? 0 : policy.pendingForSeconds;
  return ownProblem({
    problem: 'unreadable',
    severity: 'warning',
    pendingPeriod: { seconds, secondRun: false },
  });
}

/** Of a sync that the evaluation does not hold. */
export function observationOfMissing(
  fingerprint: string,
  evaluation: Evaluation,
  unseen: Unseen,
): Observation {
  return { kind: isAbsent(fingerprint, evaluation, unseen) ? 'absent' : 'unobserved' };
}

function ownProblem(
  fields: Pick<ProblemObservation, 'problem' | 'severity' | 'criticalBy' | 'pendingPeriod'>,
): ProblemObservation {
  return {
    kind: 'problem',
    ...fields,
    disableImminent: false,
    runAt: null,
    briefFailures: [],
    alsoToDisprove: [],
    lastSuccessAt: null,
    labels: null,
  };
}
