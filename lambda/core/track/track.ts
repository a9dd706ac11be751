/*
 * Brings the facts up to date with one evaluation: takes the facts of the last check, gives those of this one. It knows
 * no routes and no messages. A check calls `track` once; `lifecycle.ts` has the state machine of one alert.
 */
import type { Alert, Facts, SyncHistory } from '../alert.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import { isEmptyHistory } from '../diagnose/history.ts';
import { isSyncFingerprint } from '../fingerprint.ts';
import { transition } from './lifecycle.ts';
import { sizeAfter } from './listing-size.ts';
import {
  type Observation,
  observationOf,
  observationOfListing,
  observationOfMissing,
  observationOfRecords,
  type TrackOptions,
} from './observation.ts';

/** The facts after an evaluation. Alerts about which it says nothing new come out as they were. */
export function track(facts: Facts, evaluation: Evaluation, options: TrackOptions): Facts {
  const alerts: Record<string, Alert> = {};
  const observe = (fingerprint: string, observation: Observation) => {
    const alert = transition(facts.alerts[fingerprint], observation, evaluation.at);
    if (alert !== undefined) alerts[fingerprint] = alert;
  };
  for (const fingerprint of Object.keys(facts.alerts)) {
    if (isSyncFingerprint(fingerprint) && !isListed(evaluation, fingerprint))
      observe(fingerprint, observationOfMissing(evaluation));
  }
  for (const [fingerprint, alert] of Object.entries(facts.alerts)) {
    // Written by a later version, about something unknown here: it is kept as it is.
    if (!isSyncFingerprint(fingerprint) && fingerprint !== 'listing' && fingerprint !== 'records')
      alerts[fingerprint] = alert;
  }
  if (evaluation.kind === 'listed') {
    for (const [fingerprint, diagnosis] of evaluation.diagnoses) {
      if (diagnosis.verdict.kind === 'healthy' && facts.alerts[fingerprint] === undefined) continue;
      observe(fingerprint, observationOf(diagnosis, options));
    }
  }
  observe('records', observationOfRecords(evaluation, options));
  observe('listing', observationOfListing(evaluation, options));
  return { alerts, histories: historiesAfter(facts, evaluation), size: sizeAfter(facts.size, evaluation) };
}

/**
 * Histories of listed syncs come from the evaluation. That of a sync which two complete listings in a row lack ends
 * with its alert.
 */
function historiesAfter(facts: Facts, evaluation: Evaluation): Readonly<Record<string, SyncHistory>> {
  if (evaluation.kind === 'unavailable') return facts.histories;
  const isComplete = evaluation.withoutId === 0;
  const histories: Record<string, SyncHistory> = {};
  for (const [fingerprint, history] of Object.entries(facts.histories)) {
    if (isListed(evaluation, fingerprint)) continue;
    const isKept = !isComplete || (history.absent && facts.alerts[fingerprint] !== undefined);
    if (isKept) histories[fingerprint] = history;
    else if (!history.absent) histories[fingerprint] = { ...history, absent: true };
  }
  for (const [fingerprint, { history }] of evaluation.diagnoses) {
    if (isEmptyHistory(history)) continue;
    const { absent: _absent, ...listed } = history;
    histories[fingerprint] = listed;
  }
  return histories;
}

function isListed(evaluation: Evaluation, fingerprint: string): boolean {
  return evaluation.kind === 'listed' && evaluation.diagnoses.has(fingerprint);
}
