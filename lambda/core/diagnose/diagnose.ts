import type { AlertProblem, Problem, Severity, SyncHistory } from '../alert.ts';
import { type Policy, thresholdsFor } from '../policy.ts';
import type { Sync } from '../sync.ts';
import { type Instant, isLater } from '../time.ts';
import { historyAfter, stillEnabledSince } from './history.ts';
import { lagSinceSuccess, lagToJudge, runningSince } from './lag.ts';
import { criticalThresholdSeconds, stallThresholdSeconds } from './lateness.ts';
import { type RunState, runState } from './run-state.ts';
import { unreadableFields, withoutFutureSuccess } from './unreadable.ts';

/** What one look says of a sync. `inconclusive` is neither: it opens, closes and restarts nothing. */
export type Verdict =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'inconclusive' }
  | {
      readonly kind: 'problem';
      readonly problem: Problem;
      readonly severity: Severity;
      /** A person paused it: disabled, and the API says that the platform had no reason. */
      readonly paused: boolean;
      /** The other problems that apply, kept as evidence. */
      readonly also: readonly Problem[];
    };

/** What memory holds about a sync's id when it is looked at. */
export interface TrackedSync {
  readonly history: SyncHistory;
  /** Every problem that its open alert (pending or firing) has had; empty when none is open. */
  readonly problems: readonly AlertProblem[];
}

/** A verdict, with the figures it stands on. */
export interface Diagnosis {
  readonly sync: Sync;
  readonly verdict: Verdict;
  /** What was wrong with the fields that the verdict needed: "interval_secs", "last_success_at is in the future". */
  readonly faults: readonly string[];
  /** Seconds since the last success (since its creation when it never succeeded, since it was enabled again when that is later); null when not readable. */
  readonly lagSeconds: number | null;
  /** Seconds since the last success alone; null when there was none or it is not readable. */
  readonly successLagSeconds: number | null;
  /** The data is overdue beyond the stall allowance. */
  readonly late: boolean;
  readonly runState: RunState;
  /** The stall allowance that applies, beyond the interval. */
  readonly thresholdSeconds: number;
  /** What is to be remembered about the id after this look. */
  readonly history: SyncHistory;
}

const UNTRACKED: TrackedSync = { history: {}, problems: [] };

/**
 * One look at one sync. Total and pure; the first problem that applies, in the order of `PROBLEMS`, is the verdict's.
 * Healthy takes proof: with an open alert, every problem that it has had must be disproved.
 */
export function diagnose(
  listed: Sync,
  policy: Policy,
  now: Instant,
  remembered: TrackedSync = UNTRACKED,
): Diagnosis {
  const thresholds = thresholdsFor(policy, listed.id ?? '', listed.labels);
  const state = runState(listed.lastState, policy);
  const enabledSince = stillEnabledSince(remembered.history, listed, now);
  const faults = unreadableFields(listed, state, enabledSince !== undefined, thresholds, now);
  const { intervalSeconds } = listed.labels;
  if (faults.length > 0 || intervalSeconds === null)
    return unreadable(listed, faults, state, remembered.history);
  const sync = withoutFutureSuccess(listed, thresholds, now);

  const successLagSeconds = lagSinceSuccess(sync, now);
  const lagSeconds = lagToJudge(sync, successLagSeconds, enabledSince, now);
  const overdueSeconds = lagSeconds === null ? 0 : lagSeconds - intervalSeconds;
  const thresholdSeconds = stallThresholdSeconds(intervalSeconds, thresholds);
  const late = overdueSeconds > thresholdSeconds;
  const critical = overdueSeconds > criticalThresholdSeconds(intervalSeconds, thresholds);
  const isRunning = runningSince(sync, state, successLagSeconds, now) !== undefined;

  const isFailing = hasFailed(sync, state) && !isLeftoverFailure(sync, remembered.history, enabledSince);
  const problems: Problem[] = [];
  if (!sync.enabled) problems.push('disabled');
  if (isFailing) problems.push('failing');
  if (isRunning ? critical : late) problems.push(successLagSeconds === null ? 'never_succeeded' : 'stalled');
  const [problem, ...also] = problems;

  const proof: Proof = {
    enabled: sync.enabled === true,
    notFailing:
      state === 'success' || isLater(sync.lastSuccessAt, remembered.history.failing?.lastSuccessAt ?? null),
    fresh: successLagSeconds !== null && successLagSeconds - intervalSeconds <= thresholdSeconds,
  };
  const marksFailing = problem === 'failing' || (isFailing && remembered.history.failing !== undefined);
  return {
    sync,
    verdict:
      problem === undefined
        ? remembered.problems.every((had) => disproves(proof, had))
          ? HEALTHY
          : INCONCLUSIVE
        : { kind: 'problem', problem, ...severityOf(problem, sync, state, critical), also },
    faults,
    lagSeconds,
    successLagSeconds,
    late,
    runState: state,
    thresholdSeconds,
    history: historyAfter(remembered.history, sync, enabledSince, marksFailing, proof.notFailing, now),
  };
}

const HEALTHY: Verdict = { kind: 'healthy' };
const INCONCLUSIVE: Verdict = { kind: 'inconclusive' };

function unreadable(sync: Sync, faults: readonly string[], state: RunState, mark: SyncHistory): Diagnosis {
  return {
    sync,
    verdict: { kind: 'problem', problem: 'unreadable', severity: 'warning', paused: false, also: [] },
    faults,
    lagSeconds: null,
    successLagSeconds: null,
    late: false,
    runState: state,
    thresholdSeconds: 0,
    history: mark,
  };
}

/** What this look proves of a sync that it could read. */
interface Proof {
  readonly enabled: boolean;
  /** A success state, or a success later than the latest seen at any look that saw it failing. */
  readonly notFailing: boolean;
  /** A success within the allowance, whenever the sync was enabled. */
  readonly fresh: boolean;
}

function disproves(proof: Proof, problem: AlertProblem): boolean {
  switch (problem) {
    case 'unreadable':
    case 'listing_failed':
      return true;
    case 'disabled':
      return proof.enabled;
    case 'failing':
      return proof.notFailing;
    case 'never_succeeded':
    case 'stalled':
      return proof.fresh;
  }
}

/** Severity says how old the data is; of a disabled sync, whether the platform gave up on it. */
function severityOf(problem: Problem, sync: Sync, state: RunState, critical: boolean) {
  if (problem !== 'disabled') return { severity: critical ? 'critical' : 'warning', paused: false } as const;
  const paused = sync.disabledReason === null && !sync.faults.includes('disabled_reason');
  const gaveUp = typeof sync.disabledReason === 'string' || (!paused && state === 'failure');
  return { severity: gaveUp ? 'critical' : 'warning', paused } as const;
}

function hasFailed(sync: Sync, state: RunState): boolean {
  return state === 'failure' || (state === 'in_progress' && (sync.consecutiveFailures ?? 0) > 0);
}

/** Enabled again, and nothing has run since: its state is the one that it was disabled with. */
function isLeftoverFailure(sync: Sync, mark: SyncHistory, enabledSince: Instant | undefined): boolean {
  return enabledSince !== undefined && sync.lastRunAt === (mark.disabled?.lastRunAt ?? null);
}
