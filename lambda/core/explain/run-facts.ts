import type { Diagnosis } from '../diagnose/diagnose.ts';
import { type RunState, runStateOf } from '../diagnose/run-state.ts';
import type { Run } from '../evidence.ts';
import type { Policy } from '../policy.ts';
import { type Instant, secondsBetween } from '../time.ts';
import { errorSignature } from './error-signature.ts';
import { errorText } from './error-text.ts';

/** What the runs of one sync say. */
export interface RunFacts {
  /** The error of the last failed run that has one; undefined where errors are not to be quoted. */
  readonly error?: RunError;
  /** The run in progress. */
  readonly live?: { readonly since: Instant | null; readonly rows: number | null };
  /** The last run that ended. */
  readonly last?: {
    readonly result: 'completed' | 'failed';
    readonly seconds: number | null;
    readonly rows: number | null;
  };
  /** What its completed runs usually take and move, before the latest ones that moved nothing. */
  readonly usual: { readonly seconds?: number; readonly rows?: number };
  /** How many of its latest completed runs moved no row, without a run between them that moved one. */
  readonly emptyRuns: number;
}

/** An error of a run. */
export interface RunError {
  /** One line, without credentials, as long as it came. */
  readonly text: string;
  readonly signature: string;
  /** Nothing has succeeded since that run. */
  readonly isCurrent: boolean;
}

/** From so many completed runs on, their median is what is usual. */
export const MIN_USUAL_RUNS = 5;

/** @param runs The latest first. */
export function runFacts(runs: readonly Run[], { sync }: Diagnosis, policy: Policy): RunFacts {
  const judged = runs.map((run) => ({ ...run, result: resultOf(run, policy) }));
  const [latest] = judged;
  const ended = judged.filter(({ result }) => result === 'success' || result === 'failure');
  const completed = ended.filter(({ result }) => result === 'success');
  const [last] = ended;
  const found = completed.findIndex(({ rows }) => rows !== 0);
  const emptyRuns = found < 0 ? completed.length : found;
  const usualRuns = completed.slice(emptyRuns);
  const seconds = usual(completed.map(secondsOf));
  const rows = usual(usualRuns.map((run) => run.rows));
  const error = policy.evidence === 'all' ? errorOf(judged, sync.lastSuccessAt) : undefined;
  return {
    ...(error && { error }),
    ...(latest?.result === 'in_progress' && { live: { since: latest.startedAt, rows: latest.rows } }),
    ...(last && {
      last: {
        result: last.result === 'success' ? 'completed' : 'failed',
        seconds: secondsOf(last),
        rows: last.rows,
      },
    }),
    usual: { ...(seconds !== undefined && { seconds }), ...(rows !== undefined && { rows }) },
    emptyRuns,
  };
}

/** An unknown word of a run that has not ended is no failure: the words for live runs are not documented. */
function resultOf({ state, finishedAt }: Run, policy: Policy): RunState {
  const result = runStateOf(state, policy);
  return result === 'failure' && finishedAt === null && !SAYS_FAILED.test(state ?? '')
    ? 'in_progress'
    : result;
}

const SAYS_FAILED = /fail|error|abort|crash|kill|time.?out|timed/i;

interface JudgedRun extends Run {
  readonly result: RunState;
}

/** The error of the latest failed run that gives one, without those before its last success where that can be told. */
function errorOf(runs: readonly JudgedRun[], lastSuccessAt: Instant | null): RunError | undefined {
  for (const [index, { result, message, at }] of runs.entries()) {
    if (result !== 'failure' || message === null) continue;
    const text = errorText(message);
    if (text === undefined) continue;
    const isFollowed = runs.slice(0, index).some((later) => later.result === 'success');
    const isCurrent = !isFollowed && (lastSuccessAt === null || at > lastSuccessAt);
    return { text, signature: errorSignature(text), isCurrent };
  }
  return undefined;
}

function secondsOf({ startedAt, finishedAt }: Run): number | null {
  if (startedAt === null || finishedAt === null || finishedAt < startedAt) return null;
  return secondsBetween(startedAt, finishedAt);
}

function usual(values: readonly (number | null)[]): number | undefined {
  const sorted = values.filter((value) => value !== null).toSorted((one, other) => one - other);
  return sorted.length < MIN_USUAL_RUNS ? undefined : sorted[Math.floor((sorted.length - 1) / 2)];
}
