import type { Facts } from '../alert.ts';
import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import { isEmptyHistory } from '../diagnose/history.ts';

/** An evaluation, and the part of it that facts about single syncs are derived from. */
export interface Notable {
  readonly evaluation: Evaluation;
  readonly notable: readonly (readonly [fingerprint: string, diagnosis: Diagnosis])[];
}

/**
 * The diagnoses that alerts, histories and conditions may change with, in the order of the listing: those that say more
 * than "healthy", and those of syncs about which a fact is known. Nearly every sync is healthy and was, and is in none.
 */
export function notableIn(evaluation: Evaluation, facts: Facts): Notable['notable'] {
  if (evaluation.kind === 'unavailable') return [];
  const { alerts, histories, conditions } = facts;
  const known = new Set([alerts, histories, conditions].flatMap((record) => Object.keys(record)));
  const notable: [string, Diagnosis][] = [];
  for (const [fingerprint, diagnosis] of evaluation.diagnoses) {
    const { verdict, history } = diagnosis;
    const isPlain = verdict.kind === 'healthy' && isEmptyHistory(history);
    if (!isPlain || known.has(fingerprint)) notable.push([fingerprint, diagnosis]);
  }
  return notable;
}
