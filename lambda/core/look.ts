import type { Alert, Blindness, Facts, Fingerprint, Severity } from './alert.ts';
import { PROBLEMS } from './alert.ts';
import { type Diagnosis, diagnose, type Remembered, type Verdict } from './diagnosis.ts';
import type { Policy } from './policy.ts';
import type { Field, Sync } from './sync.ts';
import type { Instant } from './time.ts';

/** What one check saw: every sync judged, or why it could not see. */
export type Look = Seen | Blind;

export interface Seen {
  readonly kind: 'seen';
  /** One for each id, in the order of the listing. */
  readonly diagnoses: ReadonlyMap<Fingerprint, Diagnosis>;
  /** Records in the answer, whatever became of them. */
  readonly listed: number;
  /** Records without a usable id. A listing that holds any is not complete: nothing is gone by it. */
  readonly withoutId: number;
  /** Records whose id had come before; the worst record of an id is the one that counts. */
  readonly repeated: number;
  /** How many records had a field missing or wrong that no verdict needed. */
  readonly unknownFields: Readonly<Partial<Record<Field, number>>>;
}

export interface Blind {
  readonly kind: 'blind';
  readonly blindness: Blindness;
  /** Records in the answer, none of which is believed. */
  readonly listed: number;
}

/** What came of asking for the listing, as far as a look needs it. */
export type Listing =
  | { readonly ok: true; readonly syncs: readonly Sync[]; readonly tried: string }
  | { readonly ok: false; readonly blindness: Blindness };

/**
 * Judges every sync of a listing, or says why the listing cannot be believed: it failed, more than half of its
 * records are unreadable, or it is empty after one that was not.
 */
export function lookAt(listing: Listing, facts: Facts, policy: Policy, now: Instant): Look {
  if (!listing.ok) return { kind: 'blind', blindness: listing.blindness, listed: 0 };
  const { syncs, tried } = listing;
  if (syncs.length === 0 && facts.size.normal > 0) {
    const cameBack = `no syncs at all, where there were ${facts.size.normal}`;
    return { kind: 'blind', blindness: { kind: 'empty', tried, cameBack }, listed: 0 };
  }

  const remembered = rememberedById(facts);
  const diagnoses = new Map<Fingerprint, Diagnosis>();
  const unknownFields: Partial<Record<Field, number>> = {};
  let withoutId = 0;
  let repeated = 0;
  let unreadable = 0;
  for (const sync of syncs) {
    const fingerprint: Fingerprint = `sync:${sync.id ?? ''}`;
    const diagnosis = diagnose(sync, policy, now, remembered.get(fingerprint));
    const isUnreadable = isProblem(diagnosis.verdict, 'unreadable');
    if (isUnreadable) unreadable += 1;
    else for (const field of sync.faults) unknownFields[field] = (unknownFields[field] ?? 0) + 1;
    if (sync.id === null) {
      withoutId += 1;
      continue;
    }
    const earlier = diagnoses.get(fingerprint);
    if (earlier !== undefined) repeated += 1;
    if (earlier === undefined || isWorse(diagnosis, earlier)) diagnoses.set(fingerprint, diagnosis);
  }
  if (unreadable * 2 > syncs.length) {
    const cameBack = `${unreadable} of ${syncs.length} records could not be read`;
    return { kind: 'blind', blindness: { kind: 'unreadable', tried, cameBack }, listed: syncs.length };
  }
  return { kind: 'seen', diagnoses, listed: syncs.length, withoutId, repeated, unknownFields };
}

/** What is remembered of each id that anything is remembered of. */
function rememberedById({ alerts, marks }: Facts): ReadonlyMap<string, Remembered> {
  const fingerprints = [...Object.keys(alerts), ...Object.keys(marks)];
  return new Map(
    fingerprints.map((fingerprint) => {
      const problems = problemsOf(alerts[fingerprint]);
      return [fingerprint, { mark: marks[fingerprint] ?? {}, problems }];
    }),
  );
}

/** Every problem that the open alert has had; an ended one that waits to open again counts as open. */
function problemsOf(alert: Alert | undefined) {
  if (alert === undefined) return [];
  return alert.state === 'ended' ? (alert.reopening?.problems ?? []) : alert.problems;
}

function isProblem(verdict: Verdict, problem: string): boolean {
  return verdict.kind === 'problem' && verdict.problem === problem;
}

const BADNESS: Readonly<Record<Severity, number>> = { warning: 10, critical: 20 };

/** Of two records of one id. Where they are equally bad the order of the listing still decides nothing. */
function isWorse(one: Diagnosis, other: Diagnosis): boolean {
  const difference = badness(one.verdict) - badness(other.verdict);
  return difference === 0 ? JSON.stringify(one.sync) > JSON.stringify(other.sync) : difference > 0;
}

/** Orders the verdicts of a repeated id: the larger is the worse. */
function badness(verdict: Verdict): number {
  switch (verdict.kind) {
    case 'healthy':
      return 0;
    case 'inconclusive':
      return 1;
    case 'problem':
      return BADNESS[verdict.severity] + PROBLEMS.length - PROBLEMS.indexOf(verdict.problem);
  }
}
