/*
 * Judges a whole listing: takes the parsed listing, the facts and the policy, gives one diagnosis for each sync or the
 * reason why there is none. A check, a report and the deployment test call `evaluate` once each.
 */
import type { Alert, Facts } from '../alert.ts';
import type { CheckContext } from '../context.ts';
import { fingerprintOf, isSyncFingerprint, type SyncFingerprint } from '../fingerprint.ts';
import type { ApiSkewSeconds, ListingFailure, ParsedListing } from '../listing.ts';
import { type AlertProblem, PROBLEMS, type Severity } from '../problem.ts';
import { listedCount } from '../roster.ts';
import type { Field } from '../sync.ts';
import { after, DAY_SECONDS, type Instant, secondsBetween } from '../time.ts';
import { type Diagnosis, diagnose, type TrackedSync, type Verdict } from './diagnose.ts';

/** One evaluation of a whole listing: every sync judged, or why the listing could not be had. */
export type Evaluation = ListedEvaluation | UnavailableEvaluation;

export interface ListedEvaluation {
  readonly kind: 'listed';
  readonly at: Instant;
  readonly apiSkewSeconds?: ApiSkewSeconds;
  /** The skew is larger than the grace of the policy: messages name it. */
  readonly skewExceedsGrace?: true;
  /** One for each id, in the order of the listing. */
  readonly diagnoses: ReadonlyMap<string, Diagnosis>;
  /** Records in the response. */
  readonly recordCount: number;
  /** Records without a usable id. A listing with any of them is not complete: it makes no sync unlisted. */
  readonly withoutId: number;
  /** Records whose id came before; of one id the worst record counts. */
  readonly repeated: number;
  /** By field, how many records had it missing or wrong where no verdict needed it. */
  readonly unknownFields: Readonly<Partial<Record<Field, number>>>;
}

export interface UnavailableEvaluation {
  readonly kind: 'unavailable';
  readonly at: Instant;
  /** Nothing of the API is judged. */
  readonly apiSkewSeconds?: never;
  readonly skewExceedsGrace?: never;
  readonly failure: ListingFailure;
  /** Records in the response, none of which is used. */
  readonly recordCount: number;
}

/** After so long of complete, empty listings nothing but deleted syncs explains them. */
export const EMPTY_ACCEPTED_AFTER_SECONDS = DAY_SECONDS;

/**
 * Judges every sync of a listing. The listing is unavailable when the request failed, when none of its records can be
 * read, or when it is empty, an earlier one was not, and that is less than a day ago.
 */
export function evaluate(listing: ParsedListing, facts: Facts, context: CheckContext): Evaluation {
  const { now: at } = context;
  if (!listing.ok) return { kind: 'unavailable', at, failure: listing.failure, recordCount: 0 };
  const { syncs, request, apiSkewSeconds } = listing;
  const skew = apiSkewSeconds === undefined ? {} : { apiSkewSeconds };
  const skewedContext = { ...context, ...skew };
  if (syncs.length === 0 && !isEmptyAccepted(facts, at)) {
    const received = `no syncs at all, where there were ${listedCount(facts.roster)}`;
    return { kind: 'unavailable', at, failure: { kind: 'empty', request, received }, recordCount: 0 };
  }

  const tracked = trackedSyncs(facts);
  const diagnoses = new Map<SyncFingerprint, Diagnosis>();
  const unknownFields: Partial<Record<Field, number>> = {};
  const unreadable: Diagnosis[] = [];
  let withoutId = 0;
  let repeated = 0;
  let excluded = 0;
  for (const sync of syncs) {
    const fingerprint = fingerprintOf(sync.id ?? '');
    const diagnosis = diagnose(sync, skewedContext, tracked.get(fingerprint));
    if (diagnosis.rules.exclusion !== undefined) excluded += 1;
    else if (isUnreadable(diagnosis.verdict)) unreadable.push(diagnosis);
    else for (const field of sync.faults) unknownFields[field] = (unknownFields[field] ?? 0) + 1;
    if (sync.id === null) {
      withoutId += 1;
      continue;
    }
    const earlier = diagnoses.get(fingerprint);
    if (earlier !== undefined) repeated += 1;
    if (earlier === undefined || isWorse(diagnosis, earlier)) diagnoses.set(fingerprint, diagnosis);
  }
  const recordCount = syncs.length;
  if (unreadable.length > 0 && unreadable.length === recordCount - excluded) {
    const failure: ListingFailure = { kind: 'unreadable', request, received: unreadableText(unreadable) };
    return { kind: 'unavailable', at, failure, recordCount };
  }
  const exceedsGrace = Math.abs(apiSkewSeconds ?? 0) > context.policy.graceSeconds;
  const notable = exceedsGrace ? ({ skewExceedsGrace: true } as const) : {};
  return {
    kind: 'listed',
    at,
    ...skew,
    ...notable,
    diagnoses,
    recordCount,
    withoutId,
    repeated,
    unknownFields,
  };
}

/** When an evaluation took place by the API's clock: what the age of the API's dates is measured to. */
export function apiTimeOf({ at, apiSkewSeconds = 0 }: Pick<Evaluation, 'at' | 'apiSkewSeconds'>): Instant {
  return after(at, apiSkewSeconds);
}

function isEmptyAccepted({ roster, emptySince }: Facts, now: Instant): boolean {
  if (listedCount(roster) === 0) return true;
  return emptySince !== undefined && secondsBetween(emptySince, now) >= EMPTY_ACCEPTED_AFTER_SECONDS;
}

/** "none of 5 records can be read: interval_secs (a, b, c and 2 more)". */
function unreadableText(unreadable: readonly Diagnosis[]): string {
  const fields = [...new Set(unreadable.flatMap(({ faults }) => faults))].join(', ');
  const ids = unreadable.flatMap(({ sync }) => (sync.id === null ? [] : [sync.id]));
  const more = ids.length > 3 ? ` and ${ids.length - 3} more` : '';
  const named = ids.length === 0 ? '' : ` (${ids.slice(0, 3).join(', ')}${more})`;
  return `none of ${unreadable.length} records can be read: ${fields}${named}`;
}

/** The diagnosis of an alert's sync; undefined when this evaluation does not have it. */
export function diagnosisOf(fingerprint: string, evaluation: Evaluation): Diagnosis | undefined {
  return evaluation.kind === 'listed' && isSyncFingerprint(fingerprint)
    ? evaluation.diagnoses.get(fingerprint)
    : undefined;
}

/** By fingerprint, every sync that has an alert or a history. */
function trackedSyncs({ alerts, histories }: Facts): ReadonlyMap<string, TrackedSync> {
  const fingerprints = [...Object.keys(alerts), ...Object.keys(histories)];
  return new Map(
    fingerprints.map((fingerprint) => {
      const problems = problemsOf(alerts[fingerprint]);
      return [fingerprint, { history: histories[fingerprint] ?? {}, problems }];
    }),
  );
}

/** Every problem of the open alert; an ended one that is pending again counts as open. */
function problemsOf(alert: Alert | undefined): readonly AlertProblem[] {
  if (alert === undefined) return [];
  return alert.state === 'ended' ? (alert.pendingAgain?.problems ?? []) : alert.problems;
}

function isUnreadable(verdict: Verdict): boolean {
  return verdict.kind === 'problem' && verdict.problem === 'unreadable';
}

const SEVERITY_RANK: Readonly<Record<Severity, number>> = { warning: 10, critical: 20 };

/** Of two records of one id. Equally bad ones are told apart by their content, so that the order does not matter. */
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
    case 'paused':
      return 2;
    case 'problem':
      return SEVERITY_RANK[verdict.severity] + PROBLEMS.length - PROBLEMS.indexOf(verdict.problem);
  }
}
