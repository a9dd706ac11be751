import { type Blindness, PROBLEMS, type Problem } from './alert.ts';
import type { Due } from './announce.ts';
import type { Diagnosis } from './diagnosis.ts';
import { calledBy } from './digest-lines.ts';
import type { Look } from './look.ts';
import type { Memory } from './memory.ts';
import type { Reason } from './message.ts';
import { ignoredBecause, type Policy } from './policy.ts';
import type { Field } from './sync.ts';
import type { Instant } from './time.ts';

/** What one check saw; its figures account for every record that was listed. */
export interface Judged {
  /** Records in the answer: the sum of all the counts below but `unknownFields`, unless the check was blind. */
  readonly listed: number;
  readonly healthy: number;
  readonly inconclusive: number;
  readonly problems: Readonly<Record<Problem, number>>;
  readonly ignored: number;
  readonly withoutId: number;
  readonly repeated: number;
  /** Fields that were missing or wrong and that no verdict needed: in how many records. */
  readonly unknownFields: Readonly<Partial<Record<Field, number>>>;
  /** The largest lag of a sync that nobody paused, in intervals of its own; absent when no lag could be read. */
  readonly worstLagIntervals?: number;
  /** Why nothing of the listing is believed; the figures are then zero but for `listed`. */
  readonly blind?: Blindness;
}

/** What a digest told, or would have told, of one alert. */
export interface Tidings {
  readonly alert: string;
  readonly name: string | null;
  readonly problem: string;
  readonly severity: string;
  readonly why: Reason;
}

export function judged(look: Look, policy: Policy): Judged {
  const none = { unreadable: 0, disabled: 0, failing: 0, never_succeeded: 0, stalled: 0 };
  const counts = { healthy: 0, inconclusive: 0, ignored: 0, withoutId: 0, repeated: 0 };
  if (look.kind === 'blind') {
    return { listed: look.listed, ...counts, problems: none, unknownFields: {}, blind: look.blindness };
  }
  const problems: Record<Problem, number> = { ...none };
  let worst: number | undefined;
  for (const diagnosis of look.diagnoses.values()) {
    const { sync, verdict } = diagnosis;
    if (ignoredBecause(policy, sync.id ?? '', sync.labels) !== undefined) {
      counts.ignored += 1;
      continue;
    }
    if (verdict.kind === 'problem') problems[verdict.problem] += 1;
    else counts[verdict.kind] += 1;
    const lag = lagIntervals(diagnosis);
    if (lag !== undefined && (worst === undefined || lag > worst)) worst = lag;
  }
  const { listed, withoutId, repeated, unknownFields } = look;
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
export function troubled({ problems }: Judged): number {
  return PROBLEMS.reduce((sum, problem) => sum + problems[problem], 0);
}

/** What is due, as the outcome of a check lists it. */
export function tidings({ announcements, reminder }: Due): readonly Tidings[] {
  return [...announcements, ...reminder.map((one) => ({ ...one, reason: 'reminder' as const }))].map(
    ({ fingerprint, alert, reason }) => ({
      alert: fingerprint,
      name: calledBy(alert.labels),
      problem: alert.problem,
      severity: alert.severity,
      why: reason,
    }),
  );
}

/** What is due somewhere and not told, and since when the oldest of it. */
export function stillDue({ routes }: Memory): { readonly count: number; readonly since?: Instant } {
  const since = Object.values(routes).flatMap(({ tellings }) =>
    Object.values(tellings).flatMap(({ dueSince }) => (dueSince === undefined ? [] : [dueSince])),
  );
  return since.length === 0
    ? { count: 0 }
    : { count: since.length, since: since.reduce((a, b) => Math.min(a, b)) };
}
