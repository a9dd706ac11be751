/*
 * Brings the facts up to date with one evaluation: takes the facts of the last check, gives those of this one. It knows
 * no routes and no messages. A check calls `track` once; `lifecycle.ts` has the state machine of one alert.
 */
import type { Alert, Facts, SyncHistory } from '../alert.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import { isEmptyHistory } from '../diagnose/history.ts';
import { isSyncFingerprint } from '../fingerprint.ts';
import type { Instant } from '../time.ts';
import { conditionsAfter } from './conditions.ts';
import { briefWithinWindow } from './flapping.ts';
import { transition } from './lifecycle.ts';
import { type Notable, notableIn } from './notable.ts';
import {
  type Observation,
  observationOf,
  observationOfListing,
  observationOfMissing,
  observationOfRecords,
  type TrackOptions,
} from './observation.ts';
import { rosterAfter } from './roster.ts';
import { isAbsent, type Unseen, unseenAfter } from './unseen.ts';

/** The facts after an evaluation. Alerts about which it says nothing new come out as they were. */
export function track(facts: Facts, evaluation: Evaluation, options: TrackOptions): Facts {
  const alerts: Record<string, Alert> = {};
  const observe = (fingerprint: string, observation: Observation) => {
    const alert = transition(facts.alerts[fingerprint], observation, evaluation.at);
    if (alert !== undefined) alerts[fingerprint] = alert;
  };
  const unseen = unseenAfter(facts, evaluation);
  for (const fingerprint of Object.keys(facts.alerts)) {
    if (isSyncFingerprint(fingerprint) && !isListed(evaluation, fingerprint))
      observe(fingerprint, observationOfMissing(fingerprint, evaluation, unseen));
  }
  for (const [fingerprint, alert] of Object.entries(facts.alerts)) {
    // Written by a later version, about something unknown here: it is kept as it is.
    if (!isSyncFingerprint(fingerprint) && fingerprint !== 'listing' && fingerprint !== 'records')
      alerts[fingerprint] = alert;
  }
  const notable = notableIn(evaluation, facts);
  for (const [fingerprint, diagnosis] of notable) {
    if (diagnosis.verdict.kind === 'healthy' && facts.alerts[fingerprint] === undefined) continue;
    observe(fingerprint, observationOf(diagnosis, options));
  }
  observe('records', observationOfRecords(evaluation, options));
  observe('listing', observationOfListing(evaluation, options));
  return {
    alerts,
    ...membershipAfter(facts, { evaluation, notable, unseen }, options),
    histories: historiesAfter(facts, { evaluation, notable, unseen }, alerts),
  };
}

/** An evaluation, and since when the syncs that it lacks are unseen. */
interface Observed extends Notable {
  readonly unseen: Unseen;
}

/** Who is listed, paused or missing after an evaluation. */
function membershipAfter(
  facts: Facts,
  { evaluation, notable, unseen }: Observed,
  { initialRun }: TrackOptions,
): Pick<Facts, 'roster' | 'conditions' | 'unseen' | 'emptySince' | 'nothingListed'> {
  const roster = rosterAfter(facts, evaluation, unseen);
  const conditions = conditionsAfter({ evaluation, notable }, { facts, roster, unseen });
  const failure = evaluation.kind === 'unavailable' ? evaluation.failure.kind : undefined;
  const isEmpty = failure === 'empty';
  // A request that failed shows no sync: it does not end the day of empty listings.
  const isKept = isEmpty || failure === 'failed';
  const emptySince = (isKept ? facts.emptySince : undefined) ?? (isEmpty ? evaluation.at : undefined);
  const isEmptyAtFirst = evaluation.kind === 'listed' && evaluation.recordCount === 0 && initialRun;
  return {
    roster,
    conditions,
    ...(Object.keys(unseen).length > 0 && { unseen }),
    ...(emptySince !== undefined && { emptySince }),
    ...(isEmptyAtFirst && { nothingListed: true }),
  };
}

/** Histories of listed syncs come from the evaluation. That of a sync which is absent twice in a row ends with its alert. */
function historiesAfter(
  facts: Facts,
  { evaluation, notable, unseen }: Observed,
  alerts: Facts['alerts'],
): Readonly<Record<string, SyncHistory>> {
  if (evaluation.kind === 'unavailable') return facts.histories;
  const histories: Record<string, SyncHistory> = {};
  for (const [fingerprint, history] of Object.entries(facts.histories)) {
    if (isListed(evaluation, fingerprint)) continue;
    const isOpen = alerts[fingerprint] !== undefined && alerts[fingerprint].state !== 'ended';
    const isKept = !isAbsent(fingerprint, evaluation, unseen) || (history.absent && isOpen);
    if (isKept) histories[fingerprint] = history;
    else if (!history.absent) histories[fingerprint] = { ...history, absent: true };
  }
  for (const [fingerprint, { history, sync }] of notable) {
    const ended = endedBriefly(facts.alerts[fingerprint], alerts[fingerprint]);
    if (isEmptyHistory(history) && ended.length === 0) continue;
    const { absent: _absent, briefFailures: before = [], ...listed } = history;
    const failures = briefWithinWindow([...before, ...ended], sync.labels, evaluation.at);
    const after: SyncHistory = { ...listed, ...(failures.length > 0 && { briefFailures: failures }) };
    if (!isEmptyHistory(after)) histories[fingerprint] = after;
  }
  return histories;
}

/** When a failure began that was pending and is over; empty otherwise. */
function endedBriefly(before: Alert | undefined, after: Alert | undefined): readonly Instant[] {
  if (before?.state === 'pending' && after === undefined && before.problem === 'failing')
    return [before.since];
  const pendingAgain = before?.state === 'ended' ? before.pendingAgain : undefined;
  const isOver = after?.state === 'ended' && after.pendingAgain === undefined;
  return pendingAgain?.problems.includes('failing') && isOver ? [pendingAgain.since] : [];
}

function isListed(evaluation: Evaluation, fingerprint: string): boolean {
  return evaluation.kind === 'listed' && evaluation.diagnoses.has(fingerprint);
}
