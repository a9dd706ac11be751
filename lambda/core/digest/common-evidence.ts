import type { Diagnosis } from '../diagnose/diagnose.ts';
import { apiTimeOf, diagnosisOf, type Evaluation } from '../diagnose/evaluation.ts';
import type { TrackedAlert } from '../notify/notification.ts';
import { secondsBetween } from '../time.ts';
import { nextRunAt } from './forecast.ts';
import { type Line, untrusted, words } from './rich-text.ts';
import { rangeText } from './wording.ts';

/**
 * What at least half of some alerts have in common, and the ranges of what differs.
 *
 * @param known `error`: the one that stands above: a reason that quotes it is not repeated; `isIdle`: it is said above that
 *   nothing is started.
 */
export function commonEvidence(
  alerts: readonly TrackedAlert[],
  evaluation: Evaluation,
  known: { readonly error?: string | undefined; readonly isIdle?: boolean } = {},
): readonly Line[] {
  if (evaluation.kind === 'unavailable') return [[words('as last listed')]];
  const diagnoses = alerts.flatMap(({ fingerprint }) => diagnosisOf(fingerprint, evaluation) ?? []);
  if (diagnoses.length === 0) return [];
  return [
    commonReason(diagnoses, known.error),
    commonState(diagnoses),
    known.isIdle ? [] : idleText(diagnoses, evaluation),
    successRange(diagnoses),
  ].filter((line) => line.length > 0);
}

/** Why the platform disabled at least half of them, when it gave the same reason. */
function commonReason(diagnoses: readonly Diagnosis[], error: string | undefined): Line {
  const reason = mostCommon(
    diagnoses.map(({ sync }) => sync.disabledReason ?? undefined),
    diagnoses.length,
  );
  return reason === undefined || (error !== undefined && reason.includes(error))
    ? []
    : [words('disabled by the platform: '), untrusted(reason, MAX_REASON_LENGTH)];
}

const MAX_REASON_LENGTH = 160;

/** A last state other than "failed" that at least half of them share: people must see an unknown word. */
function commonState(diagnoses: readonly Diagnosis[]): Line {
  const states = diagnoses.map(({ sync, runState }) =>
    runState === 'failure' && sync.lastState !== 'failed' ? (sync.lastState ?? undefined) : undefined,
  );
  const state = mostCommon(states, diagnoses.length);
  return state === undefined ? [] : [words('last state '), untrusted(state)];
}

/** "nothing has started for 12 m", when that is so for at least half of them. */
function idleText(diagnoses: readonly Diagnosis[], evaluation: Evaluation): Line {
  const apiNow = apiTimeOf(evaluation);
  const unstarted = diagnoses.filter(
    ({ sync, runState }) => sync.enabled === true && sync.lastRunAt === null && runState !== 'in_progress',
  );
  if (unstarted.length * 2 >= diagnoses.length) return [words('no run of them has ever started')];
  const idle = diagnoses.flatMap((diagnosis) => {
    const { sync, thresholdSeconds, runState } = diagnosis;
    const next = nextRunAt(diagnosis);
    const isIdle =
      sync.enabled === true &&
      runState !== 'in_progress' &&
      next !== undefined &&
      secondsBetween(next, apiNow) > thresholdSeconds;
    return isIdle && sync.lastRunAt !== null ? [secondsBetween(sync.lastRunAt, apiNow)] : [];
  });
  if (idle.length * 2 < diagnoses.length) return [];
  return [words(`nothing has started for ${rangeText(idle)}`)];
}

/** "last success 16 to 19 m ago". */
function successRange(diagnoses: readonly Diagnosis[]): Line {
  const lags = diagnoses.flatMap(({ successLagSeconds }) => successLagSeconds ?? []);
  const never = diagnoses.length - lags.length;
  if (lags.length === 0) return [words('none has ever succeeded')];
  const others = never > 0 ? `, ${never} never succeeded` : '';
  return [words(`last success ${rangeText(lags)} ago${others}`)];
}

function mostCommon(values: readonly (string | undefined)[], total: number): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].find(([, count]) => count * 2 >= total)?.[0];
}
