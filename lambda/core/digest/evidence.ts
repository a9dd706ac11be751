import type { AlertProblem, Problem } from '../alert.ts';
import type { Diagnosis } from '../diagnose/diagnose.ts';
import { runningSince } from '../diagnose/lag.ts';
import type { Field, Sync } from '../sync.ts';
import { type Instant, MINUTE_SECONDS, secondsBetween } from '../time.ts';
import { joined, type Line, untrusted, words } from './rich-text.ts';
import { durationText, formatNumber, ordinal } from './wording.ts';

/** The platform disables a sync after this many failures in a row (timbal-api-notes, `consecutive_failures`). */
export const DISABLED_AT_FAILURES = 10;

/** The longest error text of the platform's that is quoted, in code points. */
const MAX_REASON_LENGTH = 240;

/** What a problem is called in a sentence about a sync: "orders is failing". */
export function problemPhrase(problem: AlertProblem, paused: boolean): string {
  return paused && problem === 'disabled' ? 'is paused' : PHRASES[problem];
}

/** The same, once it is over: "orders was failing". */
export function pastPhrase(problem: AlertProblem, paused: boolean): string {
  return paused && problem === 'disabled' ? 'was paused' : PAST_PHRASES[problem];
}

const PHRASES: Readonly<Record<AlertProblem, string>> = {
  unreadable: 'could not be read',
  disabled: 'is disabled',
  failing: 'is failing',
  never_succeeded: 'has never succeeded',
  stalled: 'has stalled',
  listing_failed: 'cannot be listed',
};

const PAST_PHRASES: Readonly<Record<AlertProblem, string>> = {
  unreadable: 'could not be read',
  disabled: 'was disabled',
  failing: 'was failing',
  never_succeeded: 'had never succeeded',
  stalled: 'was stalled',
  listing_failed: 'could not be listed',
};

/** What a person needs to act without opening anything; each part stands for itself. */
export function evidence(diagnosis: Diagnosis, now: Instant): Line {
  const { sync, faults } = diagnosis;
  if (faults.length > 0) return [words(`cannot read ${faults.join(', ')}`)];
  return joined(
    [
      whyDisabled(sync),
      howOld(diagnosis, now),
      lastState(diagnosis, now),
      failuresInARow(sync),
      whetherRunsStart(diagnosis, now),
      whetherCursor(sync),
      alsoWrong(diagnosis),
    ],
    ' · ',
  );
}

/** What tells one sync from the others that share its cause. */
export function evidenceInShort(diagnosis: Diagnosis, now: Instant): Line {
  const { sync, faults } = diagnosis;
  if (faults.length > 0) return evidence(diagnosis, now);
  return joined([whyDisabled(sync), howOld(diagnosis, now), failuresInARow(sync)], ' · ');
}

function whyDisabled({ enabled, disabledReason, faults }: Sync): Line {
  if (enabled !== false) return [];
  if (typeof disabledReason === 'string') {
    return [words('the platform gave up: '), untrusted(disabledReason, MAX_REASON_LENGTH)];
  }
  if (isUnknown({ faults }, 'disabled_reason')) return [words('why is unknown')];
  return disabledReason === null ? [words('paused by a person')] : [];
}

function howOld(diagnosis: Diagnosis, now: Instant): Line {
  const { sync, lagSeconds, successLagSeconds, history: mark } = diagnosis;
  const { intervalSeconds } = sync.labels;
  if (lagSeconds === null || intervalSeconds === null) return [words('last success unknown')];
  const pace = sync.enabled ? `, runs every ${durationText(intervalSeconds)}` : '';
  const again =
    mark.enabledSince === undefined
      ? ''
      : `enabled again ${durationText(secondsBetween(mark.enabledSince, now))} ago, `;
  if (successLagSeconds === null) {
    return [
      words(`${again}no success since it was created ${durationText(sinceCreated(sync, now))} ago${pace}`),
    ];
  }
  const behind = intervalsBehind(diagnosis);
  const intervals = behind >= 2 ? `, ${formatNumber(behind)} intervals behind` : '';
  return [words(`${again}last success ${durationText(successLagSeconds)} ago${intervals}${pace}`)];
}

function intervalsBehind({ sync, lagSeconds }: Diagnosis): number {
  const { intervalSeconds } = sync.labels;
  return lagSeconds === null || intervalSeconds === null ? 0 : Math.floor(lagSeconds / intervalSeconds);
}

function sinceCreated({ createdAt }: Sync, now: Instant): number {
  return createdAt === null ? 0 : secondsBetween(createdAt, now);
}

function lastState({ sync, runState, successLagSeconds, verdict }: Diagnosis, now: Instant): Line {
  const running = runningSince(sync, runState, successLagSeconds, now);
  if (running !== undefined) {
    return [words(`a run has been going for ${durationText(secondsBetween(running, now))}`)];
  }
  if (isUnknown(sync, 'last_state')) return [words('last state unknown')];
  if (sync.lastState === null) return [];
  const isSaid = verdict.kind === 'problem' && verdict.problem === 'failing' && sync.lastState === 'failed';
  if (isSaid) return [];
  return runState === 'success' ? [] : [words('last state '), untrusted(sync.lastState)];
}

function failuresInARow({ consecutiveFailures, enabled, faults }: Sync): Line {
  if (isUnknown({ faults }, 'consecutive_failures')) return [words('failures in a row unknown')];
  if (consecutiveFailures === null || consecutiveFailures === 0) return [];
  const isAhead = enabled && consecutiveFailures < DISABLED_AT_FAILURES;
  const ahead = isAhead ? `; the ${ordinal(DISABLED_AT_FAILURES)} disables it` : '';
  return [words(`${ordinal(consecutiveFailures)} failure in a row${ahead}`)];
}

/** Tells runs that fail from a scheduler that starts nothing: the two send a person to different places. */
function whetherRunsStart({ sync, thresholdSeconds, runState }: Diagnosis, now: Instant): Line {
  const { enabled, lastRunAt, labels } = sync;
  if (!enabled || runState === 'in_progress') return [];
  if (isUnknown(sync, 'last_run_at')) return [words('last run unknown')];
  if (lastRunAt === null) return [words('no run has ever started')];
  const ago = secondsBetween(lastRunAt, now);
  if (ago < MINUTE_SECONDS) return [words('last run just now')];
  const isStarting = ago <= (labels.intervalSeconds ?? 0) + thresholdSeconds;
  return [
    words(isStarting ? `last run ${durationText(ago)} ago` : `nothing has started for ${durationText(ago)}`),
  ];
}

function whetherCursor({ hasCursor, faults }: Sync): Line {
  if (isUnknown({ faults }, 'has_cursor')) return [words('cursor unknown')];
  return hasCursor === false ? [words('no cursor committed yet')] : [];
}

/** That it was failing, its last state says already; that it never succeeded and how late it is, how old its data is. */
function alsoWrong(diagnosis: Diagnosis): Line {
  const { verdict } = diagnosis;
  if (verdict.kind !== 'problem') return [];
  const isSaid: readonly Problem[] =
    intervalsBehind(diagnosis) >= 2
      ? ['failing', 'never_succeeded', 'stalled']
      : ['failing', 'never_succeeded'];
  const also = verdict.also.filter((problem) => !isSaid.includes(problem));
  return also.length === 0 ? [] : [words(`also ${also.map((problem) => ALSO[problem]).join(' and ')}`)];
}

const ALSO: Readonly<Record<Problem, string>> = {
  unreadable: 'unreadable',
  disabled: 'disabled',
  failing: 'failing',
  never_succeeded: 'without any success',
  stalled: 'stalled',
};

function isUnknown(sync: Pick<Sync, 'faults'>, field: Field): boolean {
  return sync.faults.includes(field);
}
