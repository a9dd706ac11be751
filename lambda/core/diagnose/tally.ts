import { type ListingFailure, PROBLEMS, type Problem } from '../alert.ts';
import { displayName } from '../digest/alert-lines.ts';
import type { NotifyReason } from '../notify/coverage.ts';
import type { NotificationPlan } from '../notify/plan.ts';
import { exclusionReason, type Policy } from '../policy.ts';
import type { WatchState } from '../state.ts';
import type { Field } from '../sync.ts';
import type { Instant } from '../time.ts';
import type { Diagnosis } from './diagnose.ts';
import type { Evaluation } from './evaluation.ts';

/** What one check saw; its figures account for every record that was listed. */
export interface Tally {
  /** Records in the answer: the sum of all the counts below but `unknownFields`, unless the check was blind. */
  readonly listed: number;
  readonly healthy: number;
  readonly inconclusive: number;
  readonly problems: Readonly<Record<Problem, number>>;
  readonly excluded: number;
  readonly withoutId: number;
  readonly repeated: number;
  /** Fields that were missing or wrong and that no verdict needed: in how many records. */
  readonly unknownFields: Readonly<Partial<Record<Field, number>>>;
  /** The largest lag of a sync that nobody paused, in intervals of its own; absent when no lag could be read. */
  readonly worstLagIntervals?: number;
  /** Why nothing of the listing is believed; the figures are then zero but for `listed`. */
  readonly listingFailure?: ListingFailure;
}

/** What a digest told, or would have told, of one alert. */
export interface Change {
  readonly alert: string;
  readonly name: string | null;
  readonly problem: string;
  readonly severity: string;
  readonly reason: NotifyReason;
}

export function tally(evaluation: Evaluation, policy: Policy): Tally {
  const none = { unreadable: 0, disabled: 0, failing: 0, never_succeeded: 0, stalled: 0 };
  const counts = { healthy: 0, inconclusive: 0, excluded: 0, withoutId: 0, repeated: 0 };
  if (evaluation.kind === 'unavailable') {
    return {
      listed: evaluation.recordCount,
      ...counts,
      problems: none,
      unknownFields: {},
      listingFailure: evaluation.failure,
    };
  }
  const problems: Record<Problem, number> = { ...none };
  let worst: number | undefined;
  for (const diagnosis of evaluation.diagnoses.values()) {
    const { sync, verdict } = diagnosis;
    if (exclusionReason(policy, sync.id ?? '', sync.labels) !== undefined) {
      counts.excluded += 1;
      continue;
    }
    if (verdict.kind === 'problem') problems[verdict.problem] += 1;
    else counts[verdict.kind] += 1;
    const lag = lagIntervals(diagnosis);
    if (lag !== undefined && (worst === undefined || lag > worst)) worst = lag;
  }
  const { recordCount: listed, withoutId, repeated, unknownFields } = evaluation;
  const worstLag = worst === undefined ? {} : { worstLagIntervals: Math.round(worst * 100) / 100 };
  return { ...counts, listed, problems, withoutId, repeated, unknownFields, ...worstLag };
}

/** Undefined where it cannot be read, and of a sync that a person paused: its age is wanted, and would hide all others. */
function lagIntervals({ sync, verdict, lagSeconds }: Diagnosis): number | undefined {
  const { intervalSeconds } = sync.labels;
  const isPaused = verdict.kind === 'problem' && verdict.paused;
  if (lagSeconds === null || intervalSeconds === null || isPaused) return undefined;
  return lagSeconds / intervalSeconds;
}

/** How many syncs are in trouble. */
export function unhealthyCount({ problems }: Tally): number {
  return PROBLEMS.reduce((sum, problem) => sum + problems[problem], 0);
}

/** What is due, as the outcome of a check lists it. */
export function changes({ notifications, reminder }: NotificationPlan): readonly Change[] {
  return [...notifications, ...reminder.map((one) => ({ ...one, reason: 'reminder' as const }))].map(
    ({ fingerprint, alert, reason }) => ({
      alert: fingerprint,
      name: displayName(alert.labels),
      problem: alert.problem,
      severity: alert.severity,
      reason,
    }),
  );
}

/** What is due somewhere and not told, and since when the oldest of it. */
export function undelivered({ routes }: WatchState): { readonly count: number; readonly since?: Instant } {
  const since = Object.values(routes).flatMap(({ notificationLog }) =>
    Object.values(notificationLog).flatMap(({ undeliveredSince }) =>
      undeliveredSince === undefined ? [] : [undeliveredSince],
    ),
  );
  return since.length === 0
    ? { count: 0 }
    : { count: since.length, since: since.reduce((a, b) => Math.min(a, b)) };
}
