import type { Diagnosis } from '../diagnose/diagnose.ts';
import { intervalsBehind, runningSince } from '../diagnose/lag.ts';
import { ALERT_KINDS, type AlertProblem, PROBLEM_KINDS, type Problem } from '../problem.ts';
import type { Field, Sync } from '../sync.ts';
import { type Instant, MINUTE_SECONDS, secondsBetween } from '../time.ts';
import { nextRunAt } from './forecast.ts';
import { joined, type Line, untrusted, words } from './rich-text.ts';
import { durationText, formatNumber } from './wording.ts';

/** The longest error text of the platform that is quoted, in code points. */
const MAX_REASON_LENGTH = 240;

/** What a problem is called in a sentence about a sync: "orders is failing". */
export function problemPhrase(problem: AlertProblem): string {
  return ALERT_KINDS[problem].phrase;
}

/** The same once it is over: "orders was failing". */
export function pastPhrase(problem: AlertProblem): string {
  return ALERT_KINDS[problem].pastPhrase;
}

/**
 * What a person needs to act without opening anything else; each part stands alone.
 *
 * @param also `apiNow`: the same moment by the API's clock; `error`: the one that stands above, which is not repeated.
 */
export function evidence(
  diagnosis: Diagnosis,
  now: Instant,
  also: { readonly apiNow?: Instant; readonly error?: string | undefined } = {},
): Line {
  const { apiNow = now, error } = also;
  const { sync, faults } = diagnosis;
  if (faults.length > 0) return [words(`cannot read ${faults.join(', ')}`)];
  return joined(
    [
      whyDisabled(sync, error),
      howOld(diagnosis, now, apiNow),
      lastState(diagnosis, apiNow),
      failuresInARow(sync),
      whetherRunsStart(diagnosis, apiNow),
      whetherCursor(sync),
      alsoWrong(diagnosis),
    ],
    ' · ',
  );
}

function whyDisabled({ enabled, disabledReason, faults }: Sync, error: string | undefined): Line {
  if (enabled !== false) return [];
  if (typeof disabledReason === 'string') {
    const isRepeated = error !== undefined && disabledReason.includes(error);
    return [
      words('disabled by the platform'),
      ...(isRepeated ? [] : [words(': '), untrusted(disabledReason, MAX_REASON_LENGTH)]),
      words(' · it starts again only when a person enables it'),
    ];
  }
  const isUnsaid = disabledReason === undefined || isUnknown({ faults }, 'disabled_reason');
  return isUnsaid ? [words('the API does not say by whom or why')] : [];
}

function howOld(diagnosis: Diagnosis, now: Instant, apiNow: Instant): Line {
  const { sync, lagSeconds, successLagSeconds, history } = diagnosis;
  if (lagSeconds === null) return [words('last success unknown')];
  const pace = paceText(sync);
  const again =
    history.enabledSince === undefined
      ? ''
      : `enabled again ${durationText(secondsBetween(history.enabledSince, now))} ago, `;
  if (successLagSeconds === null) {
    return [
      words(`${again}no success since it was created ${durationText(sinceCreated(sync, apiNow))} ago${pace}`),
    ];
  }
  return [words(`${again}last success ${durationText(successLagSeconds)} ago${pace}`)];
}

function paceText({ enabled, labels: { intervalSeconds } }: Sync): string {
  if (!enabled) return '';
  return intervalSeconds === null ? ', no schedule' : `, runs every ${durationText(intervalSeconds)}`;
}

function sinceCreated({ createdAt }: Sync, now: Instant): number {
  return createdAt === null ? 0 : secondsBetween(createdAt, now);
}

function lastState(diagnosis: Diagnosis, now: Instant): Line {
  const { sync, runState, verdict } = diagnosis;
  const running = runningSince(diagnosis, now);
  if (running !== undefined && sync.enabled !== false) {
    return [words(`a run has been going for ${durationText(secondsBetween(running, now))}`)];
  }
  if (isUnknown(sync, 'last_state')) return [words('last state unknown')];
  if (sync.lastState === null) return [];
  const isObvious =
    verdict.kind === 'problem' && verdict.problem === 'failing' && sync.lastState === 'failed';
  if (isObvious) return [];
  return runState === 'success' ? [] : [words('last state '), untrusted(sync.lastState)];
}

function failuresInARow({ consecutiveFailures, faults }: Sync): Line {
  if (isUnknown({ faults }, 'consecutive_failures')) return [words('failures in a row unknown')];
  if (consecutiveFailures === null || consecutiveFailures === 0) return [];
  if (consecutiveFailures === 1) return [words('failed once')];
  return [words(`${formatNumber(consecutiveFailures)} failures in a row`)];
}

/** Whether runs still start: failing runs and runs that never start have different causes. */
function whetherRunsStart(diagnosis: Diagnosis, now: Instant): Line {
  const { sync, thresholdSeconds, runState } = diagnosis;
  const { enabled, lastRunAt } = sync;
  if (!enabled || runState === 'in_progress') return [];
  if (isUnknown(sync, 'last_run_at')) return [words('last run unknown')];
  if (lastRunAt === null) return [words('no run has ever started')];
  const ago = secondsBetween(lastRunAt, now);
  if (ago < MINUTE_SECONDS) return [words('last run just now')];
  const next = nextRunAt(diagnosis);
  if (next === undefined) return [words(`last run ${durationText(ago)} ago`)];
  const overdueSeconds = secondsBetween(next, now);
  if (overdueSeconds > thresholdSeconds) return [words(`nothing has started for ${durationText(ago)}`)];
  const hasFailed = (sync.consecutiveFailures ?? 0) > 0;
  const retry = hasFailed && overdueSeconds < 0 ? `, next run in ${durationText(-overdueSeconds)}` : '';
  return [words(`last run ${durationText(ago)} ago${retry}`)];
}

function whetherCursor({ hasCursor, faults }: Sync): Line {
  if (isUnknown({ faults }, 'has_cursor')) return [words('cursor unknown')];
  return hasCursor === false ? [words('no cursor committed yet')] : [];
}

/** The other problems, without those that the last state or the age of the data shows already. */
function alsoWrong(diagnosis: Diagnosis): Line {
  const { verdict } = diagnosis;
  if (verdict.kind !== 'problem') return [];
  const isShown: readonly Problem[] =
    Math.floor(intervalsBehind(diagnosis) ?? 0) >= 2
      ? ['failing', 'never_succeeded', 'stalled']
      : ['failing', 'never_succeeded'];
  const also = verdict.also.filter((problem) => !isShown.includes(problem));
  return also.length === 0
    ? []
    : [words(`also ${also.map((problem) => PROBLEM_KINDS[problem].adjective).join(' and ')}`)];
}

function isUnknown(sync: Pick<Sync, 'faults'>, field: Field): boolean {
  return sync.faults.includes(field);
}
