const HOUR = 3_600_000;

/** What should be known of one alert, by section 4 of the design. */
export interface Expected {
  state: 'none' | 'pending' | 'firing' | 'ended';
  /** The waiting of a pending alert, or of an ended one that has a problem again. */
  waiting?: { since: number; problems: Set<string> } | undefined;
  problems: Set<string>;
  problem: string;
  /** As last seen; an unreadable record does not lower it. */
  severity: 'warning' | 'critical';
  /** When it was last seen to be critical no more. */
  criticalUntil?: number;
  isPaused: boolean;
  /** When this opening began, its wait included. */
  since: number;
  /** When each opening began to fire. */
  firings: number[];
  isFlapping: boolean;
  healthySince?: number | undefined;
  absences: number;
  /** Of its sync, in seconds, as the last record said that could be read. */
  interval?: number;
  how?: 'resolved' | 'unlisted' | 'excluded';
  /** Why it is ignored. */
  because?: string;
  /** Openings in all. */
  opened: number;
}

/** What a look finds wrong, and how long that has to wait before it is told. */
export interface Trouble {
  readonly problem: string;
  readonly severity: 'warning' | 'critical';
  readonly isPaused: boolean;
  readonly waitMs: number;
  /** It fires at the second look at the earliest. */
  readonly isSecondLook: boolean;
}

/** The alert of that trouble, before it is followed. */
export function begun({ problem, severity, isPaused }: Trouble, now: number): Expected {
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
    opened: 0,
  };
}

/**
 * @param hasFailed It was seen failing before, and that was not disproved.
 * @param interval In seconds.
 */
export function trouble(
  alert: Expected,
  seen: Trouble,
  hasFailed: boolean,
  now: number,
  interval: number,
): void {
  const { problem, severity, isPaused, waitMs, isSecondLook } = seen;
  alert.healthySince = undefined;
  alert.interval = problem === 'unreadable' ? (alert.interval ?? interval) : interval;
  if (alert.state === 'firing') {
    alert.problems.add(problem);
    alert.problem = problem;
    if (severity === 'critical' || problem !== 'unreadable') nowAs(alert, severity, now);
    alert.isPaused = isPaused;
    return;
  }
  const isFirstOfWait = alert.waiting === undefined;
  alert.waiting ??= { since: now, problems: new Set(hasFailed ? ['failing'] : []) };
  alert.waiting.problems.add(problem);
  if (alert.state !== 'ended') nowAs(alert, severity, now);
  if (now - alert.waiting.since < waitMs || (isFirstOfWait && isSecondLook)) {
    if (alert.state === 'none') alert.state = 'pending';
    return;
  }
  alert.firings = [...alert.firings.filter((at) => now - at < flapWindow(alert)), now];
  alert.isFlapping = alert.firings.length >= 4;
  alert.problems = alert.waiting.problems;
  alert.since = alert.waiting.since;
  alert.waiting = undefined;
  alert.state = 'firing';
  alert.problem = problem;
  nowAs(alert, severity, now);
  alert.isPaused = isPaused;
  alert.opened += 1;
}

/** Whether it opened so lately that another opening would count with it. */
export function isInFlapWindow(alert: Expected, now: number): boolean {
  return alert.firings.some((at) => now - at < flapWindow(alert));
}

/** In milliseconds. */
function flapWindow({ interval = 0 }: Expected): number {
  return Math.max(24 * HOUR, 8 * interval * 1000);
}

/** A look without a problem: over once every problem that it had is disproved; if it flaps, after the hold. */
export function well(
  alert: Expected,
  disproves: (problem: string) => boolean,
  now: number,
  interval: number,
): void {
  const had = alert.state === 'firing' ? alert.problems : (alert.waiting?.problems ?? new Set<string>());
  if (![...had].every(disproves)) return;
  alert.waiting = undefined;
  if (alert.state === 'pending') alert.state = 'none';
  if (alert.state !== 'firing') return;
  alert.healthySince ??= now;
  const hold = alert.isFlapping ? Math.max(2 * HOUR, 2 * interval * 1000) : 0;
  if (now - alert.healthySince >= hold) end(alert, 'resolved', now);
}

/** The second absence in a row from a complete listing ends it. */
export function absent(alert: Expected, now: number): void {
  alert.absences += 1;
  if (alert.absences < 2) return;
  if (alert.state === 'firing') end(alert, 'unlisted', now);
  else leave(alert);
  alert.waiting = undefined;
}

/** Nobody wants to hear of it any more. */
export function excluded(alert: Expected, because: string, now: number): void {
  if (alert.state === 'firing') {
    end(alert, 'excluded', now);
    alert.because = because;
  } else leave(alert);
  alert.waiting = undefined;
}

function leave(alert: Expected): void {
  if (alert.state === 'pending') alert.state = alert.firings.length > 0 ? 'ended' : 'none';
}

function end(alert: Expected, how: NonNullable<Expected['how']>, now: number): void {
  alert.healthySince = undefined;
  nowAs(alert, 'warning', now);
  alert.state = 'ended';
  alert.how = how;
}

function nowAs(alert: Expected, severity: 'warning' | 'critical', now: number): void {
  if (alert.severity === 'critical' && severity === 'warning') alert.criticalUntil = now;
  alert.severity = severity;
}
