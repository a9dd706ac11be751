// In: the record of one sync, the policy, what is known of the sync from before.
// Out: a verdict with the figures behind it, by the rules of docs/design/diagnosis.md.
// Called by: diagnose/evaluation.ts for each sync of a listing.
import type { SyncHistory } from '../alert.ts';
import type { CheckContext } from '../context.ts';
import { thresholdsFor } from '../policy.ts';
import {
  ALERT_KINDS,
  type AlertProblem,
  PROBLEM_KINDS,
  type Problem,
  type ProofKind,
  type Severity,
} from '../problem.ts';
import type { Sync } from '../sync.ts';
import { isLater } from '../time.ts';
import { historyAfter, stillEnabledSince } from './history.ts';
import {
  criticalThresholdSeconds,
  lagSinceSuccess,
  lagToJudge,
  runningSince,
  stallThresholdSeconds,
} from './lag.ts';
import { type RunState, runStateOf } from './run-state.ts';
import { type Reading, unreadableFields, withoutFutureSuccess } from './unreadable.ts';

/** What one evaluation says of a sync. `inconclusive` fires, resolves and restarts nothing. */
export type Verdict =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'inconclusive' }
  | {
      readonly kind: 'problem';
      readonly problem: Problem;
      readonly severity: Severity;
      /** A person paused it: disabled, and the API says that the platform had no reason. */
      readonly paused: boolean;
      /** The other problems that apply, shown as evidence. */
      readonly also: readonly Problem[];
    };

/** What is known of a sync before it is evaluated. */
export interface TrackedSync {
  readonly history: SyncHistory;
  /** Every problem that its open alert (pending or firing) has had; empty without one. */
  readonly problems: readonly AlertProblem[];
}

/** A verdict, with the figures behind it. */
export interface Diagnosis {
  readonly sync: Sync;
  readonly verdict: Verdict;
  /** The fields that kept the sync from being judged: "interval_secs", "last_success_at is in the future". */
  readonly faults: readonly string[];
  /** Seconds since the last success, or creation, or since it was enabled again if that is later; null if unreadable. */
  readonly lagSeconds: number | null;
  /** Seconds since the last success alone; null without one or if unreadable. */
  readonly successLagSeconds: number | null;
  /** The lag exceeds the interval by more than the stall threshold. */
  readonly late: boolean;
  readonly runState: RunState;
  /** The stall threshold that applies, beyond the interval. */
  readonly thresholdSeconds: number;
  /** The history of the sync after this evaluation. */
  readonly history: SyncHistory;
}

const UNTRACKED: TrackedSync = { history: {}, problems: [] };

/**
 * Judges one sync. Total and pure: of the problems that apply, the first in the order of `PROBLEMS` is the verdict.
 * Without a problem the sync is healthy only if every problem of its open alert is disproved.
 */
export function diagnose(
  listed: Sync,
  { policy, now }: CheckContext,
  tracked: TrackedSync = UNTRACKED,
): Diagnosis {
  const { history } = tracked;
  const thresholds = thresholdsFor(policy, listed.id ?? '', listed.labels);
  const runState = runStateOf(listed.lastState, policy);
  const enabledSince = stillEnabledSince(history, listed, now);
  const reading: Reading = { sync: listed, runState, enabledSince, thresholds, now };
  const faults = unreadableFields(reading);
  const { intervalSeconds } = listed.labels;
  if (faults.length > 0 || intervalSeconds === null) return unreadable(reading, faults, history);
  const sync = withoutFutureSuccess(reading);

  const successLagSeconds = lagSinceSuccess(sync, now);
  const lagSeconds = lagToJudge({ sync, enabledSince, now }, successLagSeconds);
  const overdueSeconds = lagSeconds === null ? 0 : lagSeconds - intervalSeconds;
  const thresholdSeconds = stallThresholdSeconds(intervalSeconds, thresholds);
  const late = overdueSeconds > thresholdSeconds;
  const critical = overdueSeconds > criticalThresholdSeconds(intervalSeconds, thresholds);
  const isRunning = runningSince({ sync, runState, successLagSeconds }, now) !== undefined;

  const isFailing = hasFailed(sync, runState) && !isLeftoverFailure(reading, history);
  const problems: Problem[] = [];
  if (!sync.enabled) problems.push('disabled');
  if (isFailing) problems.push('failing');
  if (isRunning ? critical : late) problems.push(successLagSeconds === null ? 'never_succeeded' : 'stalled');
  // Nearly every list is empty, and destructuring it would take as long as everything else here.
  const problem = problems[0];

  const proof: Proof = {
    readable: true,
    enabled: sync.enabled === true,
    not_failing:
      runState === 'success' || isLater(sync.lastSuccessAt, history.failing?.lastSuccessAt ?? null),
    fresh: successLagSeconds !== null && successLagSeconds - intervalSeconds <= thresholdSeconds,
  };
  const isDisproved = (had: AlertProblem) => proof[ALERT_KINDS[had].disprovedBy];
  const seesFailing = problem === 'failing' || (isFailing && history.failing !== undefined);
  const failing = seesFailing ? 'seen' : proof.not_failing ? 'disproved' : 'unknown';
  return {
    sync,
    verdict:
      problem === undefined
        ? tracked.problems.every(isDisproved)
          ? HEALTHY
          : INCONCLUSIVE
        : {
            kind: 'problem',
            problem,
            ...severityOf(problem, { ...reading, sync }, critical),
            also: problems.slice(1),
          },
    faults,
    lagSeconds,
    successLagSeconds,
    late,
    runState,
    thresholdSeconds,
    history: historyAfter(history, { sync, enabledSince, failing, now }),
  };
}

const HEALTHY: Verdict = { kind: 'healthy' };
const INCONCLUSIVE: Verdict = { kind: 'inconclusive' };

/**
 * What an evaluation proves of a sync that it could read. `not_failing`: a success state, or a success later than the
 * latest seen while the sync was failing. `fresh`: a success within the threshold, whenever the sync was enabled.
 */
type Proof = Readonly<Record<ProofKind, boolean>>;

function unreadable({ sync, runState }: Reading, faults: readonly string[], history: SyncHistory): Diagnosis {
  return {
    sync,
    verdict: { kind: 'problem', problem: 'unreadable', severity: 'warning', paused: false, also: [] },
    faults,
    lagSeconds: null,
    successLagSeconds: null,
    late: false,
    runState,
    thresholdSeconds: 0,
    history,
  };
}

function severityOf(
  problem: Problem,
  { sync, runState }: Reading,
  critical: boolean,
): { readonly severity: Severity; readonly paused: boolean } {
  switch (PROBLEM_KINDS[problem].severity) {
    case 'warning':
      return { severity: 'warning', paused: false };
    case 'by_age':
      return { severity: critical ? 'critical' : 'warning', paused: false };
    case 'by_disable_reason': {
      const paused = sync.disabledReason === null && !sync.faults.includes('disabled_reason');
      const gaveUp = typeof sync.disabledReason === 'string' || (!paused && runState === 'failure');
      return { severity: gaveUp ? 'critical' : 'warning', paused };
    }
  }
}

function hasFailed(sync: Sync, runState: RunState): boolean {
  return runState === 'failure' || (runState === 'in_progress' && (sync.consecutiveFailures ?? 0) > 0);
}

/** Enabled again, and nothing has run since: its state is the one from before it was disabled. */
function isLeftoverFailure({ sync, enabledSince }: Reading, history: SyncHistory): boolean {
  return enabledSince !== undefined && sync.lastRunAt === (history.disabled?.lastRunAt ?? null);
}
