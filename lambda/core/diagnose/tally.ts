import type { ListingFailure } from '../listing.ts';
import { forEachProblem, PROBLEMS, type Problem } from '../problem.ts';
import type { Field } from '../sync.ts';
import type { Evaluation } from './evaluation.ts';
import { intervalsBehind } from './lag.ts';

/** An evaluation in figures, which account for every record of the listing. */
export interface Tally {
  /** Records in the response: the sum of all counts below but `unknownFields`, unless the listing failed. */
  readonly listed: number;
  readonly healthy: number;
  readonly inconclusive: number;
  readonly paused: number;
  readonly problems: Readonly<Record<Problem, number>>;
  readonly excluded: number;
  readonly withoutId: number;
  readonly repeated: number;
  /** By field, in how many records it was missing or wrong where no verdict needed it. */
  readonly unknownFields: Readonly<Partial<Record<Field, number>>>;
  /** The largest lag of a sync, in its own intervals, paused ones left out; absent when no lag could be read. */
  readonly worstLagIntervals?: number;
  /** Why the listing is not used; all figures but `listed` are then zero. */
  readonly listingFailure?: ListingFailure;
}

/** A larger lag comes from a date that nobody can mean; as a figure it is as good as this one. */
const MAX_LAG = 1e12;

export function tally(evaluation: Evaluation): Tally {
  const counts = { healthy: 0, inconclusive: 0, paused: 0, excluded: 0, withoutId: 0, repeated: 0 };
  const problems: Record<Problem, number> = { ...forEachProblem(() => 0) };
  if (evaluation.kind === 'unavailable') {
    const { recordCount: listed, failure: listingFailure } = evaluation;
    return { listed, ...counts, problems, unknownFields: {}, listingFailure };
  }
  let worst: number | undefined;
  for (const diagnosis of evaluation.diagnoses.values()) {
    const { rules, verdict } = diagnosis;
    if (rules.exclusion !== undefined) {
      counts.excluded += 1;
      continue;
    }
    if (verdict.kind === 'problem') problems[verdict.problem] += 1;
    else counts[verdict.kind] += 1;
    // The age of a paused sync is intended, and would hide every other.
    const lag = verdict.kind === 'paused' ? null : intervalsBehind(diagnosis);
    if (lag !== null && (worst === undefined || lag > worst)) worst = lag;
  }
  const { recordCount: listed, withoutId, repeated, unknownFields } = evaluation;
  const worstLag =
    worst === undefined ? {} : { worstLagIntervals: Math.round(Math.min(worst, MAX_LAG) * 100) / 100 };
  return { ...counts, listed, problems, withoutId, repeated, unknownFields, ...worstLag };
}

/** How many syncs have a problem. */
export function unhealthyCount({ problems }: Tally): number {
  return PROBLEMS.reduce((sum, problem) => sum + problems[problem], 0);
}
