import type { Alert, Facts, Fingerprint, ListingFailure, Severity } from '../alert.ts';
import { PROBLEMS } from '../alert.ts';
import type { Policy } from '../policy.ts';
import type { Field, Sync } from '../sync.ts';
import type { Instant } from '../time.ts';
import { type Diagnosis, diagnose, type TrackedSync, type Verdict } from './diagnose.ts';

/** What one check saw: every sync judged, or why it could not see. */
export type Evaluation = ListedEvaluation | UnavailableEvaluation;

export interface ListedEvaluation {
  readonly kind: 'listed';
  /** One for each id, in the order of the listing. */
  readonly diagnoses: ReadonlyMap<Fingerprint, Diagnosis>;
  /** Records in the answer, whatever became of them. */
  readonly recordCount: number;
  /** Records without a usable id. A listing that holds any is not complete: nothing is gone by it. */
  readonly withoutId: number;
  /** Records whose id had come before; the worst record of an id is the one that counts. */
  readonly repeated: number;
  /** How many records had a field missing or wrong that no verdict needed. */
  readonly unknownFields: Readonly<Partial<Record<Field, number>>>;
}

export interface UnavailableEvaluation {
  readonly kind: 'unavailable';
  readonly failure: ListingFailure;
  /** Records in the answer, none of which is believed. */
  readonly recordCount: number;
}

/** What came of asking for the listing, as far as a look needs it. */
export type ParsedListing =
  | { readonly ok: true; readonly syncs: readonly Sync[]; readonly request: string }
  | { readonly ok: false; readonly failure: ListingFailure };

/**
 * Judges every sync of a listing, or says why the listing cannot be believed: it failed, more than half of its
 * records are unreadable, or it is empty after one that was not.
 */
export function evaluate(listing: ParsedListing, facts: Facts, policy: Policy, now: Instant): Evaluation {
  if (!listing.ok) return { kind: 'unavailable', failure: listing.failure, recordCount: 0 };
  const { syncs, request } = listing;
  if (syncs.length === 0 && facts.size.normal > 0) {
    const received = `no syncs at all, where there were ${facts.size.normal}`;
    return { kind: 'unavailable', failure: { kind: 'empty', request, received }, recordCount: 0 };
  }

  const remembered = trackedSyncs(facts);
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
    const received = `${unreadable} of ${syncs.length} records could not be read`;
    return {
      kind: 'unavailable',
      failure: { kind: 'unreadable', request, received },
      recordCount: syncs.length,
    };
  }
  return { kind: 'listed', diagnoses, recordCount: syncs.length, withoutId, repeated, unknownFields };
}

/** What is remembered of each id that anything is remembered of. */
function trackedSyncs({ alerts, histories }: Facts): ReadonlyMap<string, TrackedSync> {
  const fingerprints = [...Object.keys(alerts), ...Object.keys(histories)];
  return new Map(
    fingerprints.map((fingerprint) => {
      const problems = problemsOf(alerts[fingerprint]);
      return [fingerprint, { history: histories[fingerprint] ?? {}, problems }];
    }),
  );
}

/** Every problem that the open alert has had; an ended one that waits to open again counts as open. */
function problemsOf(alert: Alert | undefined) {
  if (alert === undefined) return [];
  return alert.state === 'ended' ? (alert.pendingAgain?.problems ?? []) : alert.problems;
}

function isProblem(verdict: Verdict, problem: string): boolean {
  return verdict.kind === 'problem' && verdict.problem === problem;
}

const SEVERITY_RANK: Readonly<Record<Severity, number>> = { warning: 10, critical: 20 };

/** Of two records of one id. Where they are equally bad the order of the listing still decides nothing. */
function isWorse(one: Diagnosis, other: Diagnosis): boolean {
  const difference = rank(one.verdict) - rank(other.verdict);
  return difference === 0 ? JSON.stringify(one.sync) > JSON.stringify(other.sync) : difference > 0;
}

/** Orders the verdicts of a repeated id: the larger is the worse. */
function rank(verdict: Verdict): number {
  switch (verdict.kind) {
    case 'healthy':
      return 0;
    case 'inconclusive':
      return 1;
    case 'problem':
      return SEVERITY_RANK[verdict.severity] + PROBLEMS.length - PROBLEMS.indexOf(verdict.problem);
  }
}
