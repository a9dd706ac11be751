const HOUR = 3_600_000;

/** One alert as it should be, by docs/design/lifecycle.md. */
export interface ExpectedAlert {
  state: 'none' | 'pending' | 'firing' | 'ended';
  /** The pending period of a pending alert, or of an ended one that has a problem again. */
  pending?: { since: number; problems: Set<string> } | undefined;
  problems: Set<string>;
  problem: string;
  /** Of the last evaluation; an unreadable record does not lower it. */
  severity: 'warning' | 'critical';
  /** When it last stopped being critical. */
  criticalUntil?: number;
  isPaused: boolean;
  /** When this firing began, its pending period included. */
  since: number;
  /** When each firing within the flap window began. */
  firings: number[];
  isFlapping: boolean;
  healthySince?: number | undefined;
  /** In a row. */
  absences: number;
  /** Of the last record that could be read. */
  intervalSeconds?: number;
  resolution?: 'resolved' | 'unlisted' | 'excluded';
  /** Why the policy excludes it. */
  exclusionReason?: string;
  /** How many times it fired in all. */
  firingCount: number;
}

/** A problem that an evaluation found, and how long it is pending before it fires. */
export interface FoundProblem {
  readonly problem: string;
  readonly severity: 'warning' | 'critical';
  readonly isPaused: boolean;
  readonly pendingMs: number;
  /** It fires at its second evaluation at the earliest. */
  readonly needsSecondEvaluation: boolean;
}

interface Evaluated {
  readonly now: number;
  readonly intervalSeconds: number;
}

/** The alert of this problem before any transition. */
export function newAlert({ problem, severity, isPaused }: FoundProblem, now: number): ExpectedAlert {
  return {
    state: 'none',
    problems: new Set<string>(),
    problem,
    severity,
    isPaused,
    since: now,
    firings: [],
    isFlapping: false,
    absences: 0,
    firingCount: 0,
  };
}

/** @param hasFailed An earlier evaluation saw the sync failing, and none disproved that since. */
export function observeProblem(
  alert: ExpectedAlert,
  found: FoundProblem,
  { now, intervalSeconds, hasFailed }: Evaluated & { readonly hasFailed: boolean },
): void {
  const { problem, severity, isPaused, pendingMs, needsSecondEvaluation } = found;
  alert.healthySince = undefined;
  alert.intervalSeconds =
    problem === 'unreadable' ? (alert.intervalSeconds ?? intervalSeconds) : intervalSeconds;
  if (alert.state === 'firing') {
    alert.problems.add(problem);
    alert.problem = problem;
    if (severity === 'critical' || problem !== 'unreadable') setSeverity(alert, severity, now);
    alert.isPaused = isPaused;
    return;
  }
  const isFirst = alert.pending === undefined;
  alert.pending ??= { since: now, problems: new Set(hasFailed ? ['failing'] : []) };
  alert.pending.problems.add(problem);
  if (alert.state !== 'ended') setSeverity(alert, severity, now);
  if (now - alert.pending.since < pendingMs || (isFirst && needsSecondEvaluation)) {
    if (alert.state === 'none') alert.state = 'pending';
    return;
  }
  alert.firings = [...alert.firings.filter((at) => now - at < flapWindowMs(alert)), now];
  alert.isFlapping = alert.firings.length >= 4;
  alert.problems = alert.pending.problems;
  alert.since = alert.pending.since;
  alert.pending = undefined;
  alert.state = 'firing';
  alert.problem = problem;
  setSeverity(alert, severity, now);
  alert.isPaused = isPaused;
  alert.firingCount += 1;
}

/** Whether it fired so recently that a new firing would count with it. */
export function isInFlapWindow(alert: ExpectedAlert, now: number): boolean {
  return alert.firings.some((at) => now - at < flapWindowMs(alert));
}

function flapWindowMs({ intervalSeconds = 0 }: ExpectedAlert): number {
  return Math.max(24 * HOUR, 8 * intervalSeconds * 1000);
}

/** Resolves the alert once each of its problems is disproved; a flapping alert stays open for a while after that. */
export function observeNoProblem(
  alert: ExpectedAlert,
  disproves: (problem: string) => boolean,
  { now, intervalSeconds }: Evaluated,
): void {
  const problems = alert.state === 'firing' ? alert.problems : (alert.pending?.problems ?? new Set<string>());
  if (![...problems].every(disproves)) return;
  alert.pending = undefined;
  if (alert.state === 'pending') alert.state = 'none';
  if (alert.state !== 'firing') return;
  alert.healthySince ??= now;
  const holdMs = alert.isFlapping ? Math.max(2 * HOUR, 2 * intervalSeconds * 1000) : 0;
  if (now - alert.healthySince >= holdMs) end(alert, 'resolved', now);
}

/** The second absence in a row from a complete listing ends the alert. */
export function observeAbsence(alert: ExpectedAlert, now: number): void {
  alert.absences += 1;
  if (alert.absences < 2) return;
  if (alert.state === 'firing') end(alert, 'unlisted', now);
  else cancelPending(alert);
  alert.pending = undefined;
}

export function observeExclusion(alert: ExpectedAlert, reason: string, now: number): void {
  if (alert.state === 'firing') {
    end(alert, 'excluded', now);
    alert.exclusionReason = reason;
  } else cancelPending(alert);
  alert.pending = undefined;
}

function cancelPending(alert: ExpectedAlert): void {
  if (alert.state === 'pending') alert.state = alert.firings.length > 0 ? 'ended' : 'none';
}

function end(alert: ExpectedAlert, resolution: NonNullable<ExpectedAlert['resolution']>, now: number): void {
  alert.healthySince = undefined;
  setSeverity(alert, 'warning', now);
  alert.state = 'ended';
  alert.resolution = resolution;
}

function setSeverity(alert: ExpectedAlert, severity: 'warning' | 'critical', now: number): void {
  if (alert.severity === 'critical' && severity === 'warning') alert.criticalUntil = now;
  alert.severity = severity;
}
