// In: the record of one sync, the policy, what is known of the sync from before.
// Out: a verdict with the figures behind it, by the rules of docs/design/diagnosis.md.
// Called by: diagnose/evaluation.ts for each sync of a listing.
import type { SyncHistory } from '../alert.ts';
import type { CheckContext } from '../context.ts';
import {
  ALERT_KINDS,
  type AlertProblem,
  type CriticalBy,
  PROBLEM_KINDS,
  type Problem,
  type ProofKind,
  type Severity,
} from '../problem.ts';
import { rulesFor, type SyncRules } from '../rules.ts';
import type { Sync } from '../sync.ts';
import { after, HOUR_SECONDS, type Instant, isLater, secondsBetween } from '../time.ts';
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
  /** A person disabled it, or the API does not say who and nothing was wrong: not a problem. */
  | { readonly kind: 'paused'; readonly by: 'person' | 'unknown' }
  | {
      readonly kind: 'problem';
      readonly problem: Problem;
      readonly severity: Severity;
      /** Why it is critical; absent on a warning. */
      readonly criticalBy?: CriticalBy;
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
  /** What the policy says about the sync; an excluded one is judged like any other. */
  readonly rules: SyncRules;
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
  { policy, now, apiSkewSeconds = 0 }: CheckContext,
  tracked: TrackedSync = UNTRACKED,
): Diagnosis {
  const { history } = tracked;
  const rules = rulesFor(policy, listed, now);
  const runState = runStateOf(listed.lastState, policy);
  const enabledSince = stillEnabledSince(history, listed, now);
  const apiNow = after(now, apiSkewSeconds);
  const apiEnabledSince = enabledSince === undefined ? undefined : after(enabledSince, apiSkewSeconds);
  const reading: Reading = { sync: listed, runState, enabledSince: apiEnabledSince, rules, now: apiNow };
  const faults = unreadableFields(reading);
  if (faults.length > 0) return unreadable(reading, faults, history);
  const sync = withoutFutureSuccess(reading);

  const judged = sync === listed ? reading : { ...reading, sync };
  const age = ageOf(judged);
  const { lagSeconds, successLagSeconds, late, thresholdSeconds } = age;
  const isRunning = runningSince({ sync, runState, successLagSeconds }, apiNow) !== undefined;
  const isFailing = runState === 'failure' && !isLeftoverFailure(reading, history);
  const isPaused = sync.enabled === false && pausedBy(sync, runState, tracked) !== undefined;

  const problems: Problem[] = [];
  if (!sync.enabled && !isPaused) problems.push('disabled');
  if (isFailing) problems.push('failing');
  if (isRunning ? isOverdueWhileRunning(sync, age, apiNow) : late)
    problems.push(lateness(successLagSeconds, isRunning && tracked.problems.includes('failing')));
  // Nearly every list is empty, and destructuring it would take as long as everything else here.
  const problem = problems[0];

  const proof: Proof = {
    readable: true,
    enabled: sync.enabled === true,
    not_failing:
      runState === 'success' || isLater(sync.lastSuccessAt, history.failing?.lastSuccessAt ?? null),
    fresh: successLagSeconds !== null && !isOld(sync, age),
  };
  const isDisproved = (had: AlertProblem) => proof[ALERT_KINDS[had].disprovedBy];
  const seesFailing =
    !isPaused && ((isFailing && problem === 'failing') || (isFailing && history.failing !== undefined));
  const failing = seesFailing ? 'seen' : proof.not_failing ? 'disproved' : 'unknown';
  const verdict = (): Verdict => {
    if (isPaused) return { kind: 'paused', by: pausedBy(sync, runState, tracked) ?? 'unknown' };
    if (problem === undefined) return tracked.problems.every(isDisproved) ? HEALTHY : INCONCLUSIVE;
    return {
      kind: 'problem',
      problem,
      ...severityOf(problem, judged, age),
      also: problems.slice(1),
    };
  };
  return {
    sync,
    rules,
    verdict: verdict(),
    faults,
    lagSeconds,
    successLagSeconds,
    late,
    thresholdSeconds,
    runState,
    history: historyAfter(history, { sync, enabledSince, failing, now: apiNow }),
  };
}

/** How old the data of a sync is, against its thresholds. */
interface Age {
  readonly lagSeconds: number | null;
  readonly successLagSeconds: number | null;
  readonly late: boolean;
  /** Beyond the critical threshold. */
  readonly critical: boolean;
  readonly thresholdSeconds: number;
}

/** A sync without a schedule is never late. */
function ageOf({ sync, enabledSince, rules, now }: Reading): Age {
  const { intervalSeconds } = sync.labels;
  const successLagSeconds = lagSinceSuccess(sync, now);
  const lagSeconds = lagToJudge({ sync, enabledSince, now }, successLagSeconds);
  if (intervalSeconds === null)
    return { lagSeconds, successLagSeconds, late: false, critical: false, thresholdSeconds: 0 };
  const overdueSeconds = lagSeconds === null ? 0 : lagSeconds - intervalSeconds;
  const thresholdSeconds = stallThresholdSeconds(intervalSeconds, rules);
  const critical = overdueSeconds > criticalThresholdSeconds(intervalSeconds, rules);
  return {
    lagSeconds,
    successLagSeconds,
    late: overdueSeconds > thresholdSeconds,
    critical,
    thresholdSeconds,
  };
}

/** Whether the last success is older than the stall threshold allows, whenever the sync was enabled. */
function isOld({ labels: { intervalSeconds } }: Sync, { successLagSeconds, thresholdSeconds }: Age): boolean {
  if (intervalSeconds === null || successLagSeconds === null) return false;
  return successLagSeconds - intervalSeconds > thresholdSeconds;
}

/** How long the first load of a sync may take, and how long a failed first run is at most a warning. */
export const FIRST_LOAD_SECONDS = 6 * HOUR_SECONDS;

/** A run in progress gets time: until the critical threshold, and the first load at least 6 h. */
function isOverdueWhileRunning(sync: Sync, { critical, successLagSeconds }: Age, now: Instant): boolean {
  const isFirstLoad = successLagSeconds === null && isNew(sync, now);
  return critical && !isFirstLoad;
}

/** A retry in progress changes nothing: a sync that was failing still is, and grows older. */
function lateness(successLagSeconds: number | null, isRetrying: boolean): Problem {
  if (isRetrying) return 'failing';
  return successLagSeconds === null ? 'never_succeeded' : 'stalled';
}

function isNew({ createdAt }: Sync, now: Instant): boolean {
  return createdAt !== null && secondsBetween(createdAt, now) <= FIRST_LOAD_SECONDS;
}

/**
 * Who paused a disabled sync; undefined when the platform disabled it. Where an older API gives no reason, a sync that
 * had a problem counts as disabled by the platform.
 */
function pausedBy(sync: Sync, runState: RunState, tracked: TrackedSync): 'person' | 'unknown' | undefined {
  const { disabledReason, faults } = sync;
  if (typeof disabledReason === 'string' && disabledReason.trim() !== '') return undefined;
  const isSaid = disabledReason !== undefined && !faults.includes('disabled_reason');
  if (isSaid) return 'person';
  return tracked.problems.length > 0 || runState === 'failure' ? undefined : 'unknown';
}

const HEALTHY: Verdict = { kind: 'healthy' };
const INCONCLUSIVE: Verdict = { kind: 'inconclusive' };

/**
 * What an evaluation proves of a sync that it could read. `not_failing`: a success state, or a success later than the
 * latest seen while the sync was failing. `fresh`: a success within the threshold, whenever the sync was enabled.
 */
type Proof = Readonly<Record<ProofKind, boolean>>;

function unreadable(
  { sync, rules, runState }: Reading,
  faults: readonly string[],
  history: SyncHistory,
): Diagnosis {
  return {
    sync,
    rules,
    verdict: { kind: 'problem', problem: 'unreadable', severity: 'warning', also: [] },
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
  { sync, runState, rules, now }: Reading,
  { critical, successLagSeconds }: Age,
): { readonly severity: Severity; readonly criticalBy?: CriticalBy } {
  switch (PROBLEM_KINDS[problem].severity) {
    case 'warning':
      return { severity: 'warning' };
    case 'critical':
      return { severity: 'critical', criticalBy: 'platform' };
    case 'by_age': {
      const failures = sync.consecutiveFailures ?? 0;
      if (runState === 'failure' && failures >= rules.criticalAtFailures)
        return { severity: 'critical', criticalBy: 'failures' };
      const isFirstLoad =
        successLagSeconds === null && (problem === 'failing' ? isNew(sync, now) : runState === 'in_progress');
      return critical && !isFirstLoad ? { severity: 'critical', criticalBy: 'age' } : { severity: 'warning' };
    }
  }
}

/** Enabled again, and nothing has run since: its state is the one from before it was disabled. */
function isLeftoverFailure({ sync, enabledSince }: Reading, history: SyncHistory): boolean {
  return enabledSince !== undefined && sync.lastRunAt === (history.disabled?.lastRunAt ?? null);
}
