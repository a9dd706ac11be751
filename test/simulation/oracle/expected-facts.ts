import type { Policy } from '../../../lambda/core/policy.ts';
import type { RawListing } from '../simulated-check.ts';
import { type Assessment, assess, type PastObservations } from './assessment.ts';
import {
  type ExpectedAlert,
  type FoundProblem,
  isInFlapWindow,
  newAlert,
  observeAbsence,
  observeExclusion,
  observeNoProblem,
  observeProblem,
} from './expected-alert.ts';
import { exclusionReason, policyFor } from './matching.ts';

/** Another check may have forgotten an alert by its own clock. */
const CLOCK_DIFFERENCE_MS = 30_000;
const LISTING_INTERVAL_SECONDS = 3600;

type Fields = Record<string, unknown>;

/** The input of one evaluation. */
interface EvaluatedListing {
  readonly listed: RawListing;
  readonly now: number;
  readonly policy: Policy;
  /** The first digest is not delivered yet: no alert is pending. */
  readonly isInitialRun: boolean;
}

/**
 * The facts as they should be after each evaluation. It shares no code with `track`; where that keeps as little as it
 * can, this forgets nothing.
 */
export class ExpectedFacts {
  readonly alerts = new Map<string, ExpectedAlert>();
  readonly #pasts = new Map<string, PastObservations>();
  /** The last listing failed. */
  hasListingFailed = false;
  /** The records of the last listing that did not fail, one for each id. */
  records: ReadonlyMap<string, Fields> = new Map();
  /** The syncs of that listing that have a problem and are excluded. */
  readonly unhealthyExcluded = new Set<string>();
  /** Every record of that listing had an id. */
  isComplete = true;
  #hasListedSyncs = false;

  /** Whether this listing is a listing failure (docs/design/listing-failures.md). */
  isListingFailure({ listed, now, policy }: EvaluatedListing): boolean {
    if (!listed.ok) return true;
    if (listed.records.length === 0) return this.#hasListedSyncs;
    const unreadable = listed.records.filter((record) => {
      if (record['id'] == null) return true;
      const past = this.#pasts.get(`sync:${record['id']}`) ?? {};
      return assess(record, { past, now, policy: policyFor(policy, record) }).problem === 'unreadable';
    });
    return unreadable.length * 2 > listed.records.length;
  }

  /** What earlier evaluations saw of a sync. */
  past(id: string): PastObservations | undefined {
    return this.#pasts.get(id);
  }

  apply(evaluation: EvaluatedListing): void {
    const { listed, now, policy, isInitialRun } = evaluation;
    this.hasListingFailed = this.isListingFailure(evaluation);
    if (listed.ok && listed.records.length > 0) this.#hasListedSyncs = true;
    const ofListing = { now, intervalSeconds: LISTING_INTERVAL_SECONDS };
    if (this.hasListingFailed) {
      const isRefused = !listed.ok && listed.failure.kind === 'refused';
      this.#observeProblem('listing', ofListing, {
        problem: 'listing_failed',
        severity: 'critical',
        isPaused: false,
        pendingMs: isInitialRun || isRefused ? 0 : policy.listingFailureForSeconds * 1000,
        needsSecondEvaluation: false,
      });
      return;
    }
    this.#observeNoProblem('listing', ofListing, () => true);
    const records = listed.ok ? listed.records : [];
    const withoutId = records.filter(({ id }) => id == null);
    if (withoutId.length > 0)
      this.#observeProblem('records', ofListing, {
        problem: 'unreadable',
        severity: 'warning',
        isPaused: false,
        pendingMs: isInitialRun ? 0 : policy.pendingForSeconds * 1000,
        needsSecondEvaluation: false,
      });
    else this.#observeNoProblem('records', ofListing, () => true);

    this.unhealthyExcluded.clear();
    const here = this.#worstOfEach(records, evaluation);
    for (const [id, record] of here) this.#evaluateSync(id, record, evaluation);
    this.records = here;
    this.isComplete = withoutId.length === 0;
    if (!this.isComplete) return;
    for (const [id, alert] of this.alerts) {
      if (!id.startsWith('sync:') || here.has(id)) continue;
      const isForgotten = alert.state === 'none' && alert.absences > 0;
      observeAbsence(alert, now);
      // The history of a deleted sync ends when its alert is forgotten (docs/adr/0002-surprising-rules.md).
      if (isForgotten) this.#pasts.delete(id);
    }
    // Without an alert, it ends when the sync is absent twice in a row.
    for (const [id, past] of this.#pasts) {
      if (here.has(id) || this.alerts.has(id)) continue;
      if (past.isAbsent === true) this.#pasts.delete(id);
      else past.isAbsent = true;
    }
  }

  /**
   * The state holds nothing of this alert any more: the history of a deleted sync ends with it
   * (docs/adr/0002-surprising-rules.md).
   */
  forget(id: string, now: number): 'too soon' | undefined {
    const alert = this.alerts.get(id);
    if (alert?.state !== 'ended' || this.records.has(id)) return undefined;
    this.#pasts.delete(id);
    return isInFlapWindow(alert, now + CLOCK_DIFFERENCE_MS) ? 'too soon' : undefined;
  }

  /** An id that comes twice is evaluated once, by its worst record. */
  #worstOfEach(records: readonly Fields[], { now, policy }: EvaluatedListing): ReadonlyMap<string, Fields> {
    const worst = new Map<string, Fields>();
    for (const record of records) {
      if (record['id'] == null) continue;
      const id = `sync:${record['id']}`;
      const other = worst.get(id);
      const past = this.#pasts.get(id) ?? {};
      const rank = (one: Fields) => rankOf(assess(one, { past, now, policy: policyFor(policy, one) }));
      if (other === undefined || rank(record) > rank(other)) worst.set(id, record);
    }
    return worst;
  }

  #evaluateSync(id: string, record: Fields, { now, policy, isInitialRun }: EvaluatedListing): void {
    const past = this.#pasts.get(id) ?? {};
    this.#pasts.set(id, past);
    past.isAbsent = false;
    const isEnabled = record['enabled'] === true;
    const limits = policyFor(policy, record);
    const assessment = assess(record, { past, now, policy: limits });
    const isReadable = assessment.problem !== 'unreadable';
    if (isEnabled && isReadable && past.disabled !== undefined) past.enabledAt ??= now;
    // A failure counts until it is disproved, also while no alert is open for it.
    const stillFails = assessment.isFailing && past.isFailing === true;
    if (isReadable && assessment.disproves('failing') && !stillFails) {
      past.isFailing = false;
      delete past.failingSuccess;
    }
    const known = this.alerts.get(id);
    if (known !== undefined) known.absences = 0;
    const reason = exclusionReason(policy, record);
    const { problem, severity, isPaused, intervalSeconds } = assessment;
    if (reason !== undefined) {
      if (known !== undefined) observeExclusion(known, reason, now);
      if (problem !== undefined) this.unhealthyExcluded.add(id);
    } else if (problem !== undefined) {
      const period = pendingPeriodOf(assessment, limits, isInitialRun);
      this.#observeProblem(id, { now, intervalSeconds }, { problem, severity, isPaused, ...period });
    } else this.#observeNoProblem(id, { now, intervalSeconds }, assessment.disproves);
    if (problem === 'failing' || stillFails) {
      past.isFailing = true;
      const success = assessment.lastSuccess ?? null;
      const latest = past.failingSuccess;
      past.failingSuccess = latest == null ? success : Math.max(latest, success ?? 0);
    }
    // A newer success ends this for good, also when the API's clock goes back after it.
    if (isEnabled && isReadable && !assessment.isResumed) {
      delete past.disabled;
      delete past.enabledAt;
    }
    if (problem === 'disabled') {
      past.disabled = assessment.fields;
      delete past.enabledAt;
    }
  }

  #observeProblem(id: string, evaluated: Evaluated, found: FoundProblem): void {
    const alert = this.alerts.get(id) ?? newAlert(found, evaluated.now);
    this.alerts.set(id, alert);
    const hasFailed = this.#pasts.get(id)?.isFailing === true;
    observeProblem(alert, found, { ...evaluated, hasFailed });
  }

  #observeNoProblem(id: string, evaluated: Evaluated, disproves: (problem: string) => boolean): void {
    const alert = this.alerts.get(id);
    if (alert !== undefined) observeNoProblem(alert, disproves, evaluated);
  }
}

interface Evaluated {
  readonly now: number;
  readonly intervalSeconds: number;
}

/** Critical before warning, then the order of the table of problems. */
function rankOf({ problem, severity }: Assessment): number {
  const rows = ['stalled', 'never_succeeded', 'failing', 'disabled', 'unreadable'];
  return problem === undefined ? 0 : (severity === 'critical' ? 10 : 1) + rows.indexOf(problem);
}

function pendingPeriodOf(
  assessment: Assessment,
  { pendingForSeconds }: Policy,
  isInitialRun: boolean,
): { pendingMs: number; needsSecondEvaluation: boolean } {
  if (isInitialRun) return { pendingMs: 0, needsSecondEvaluation: false };
  const { problem, severity, intervalSeconds, isLate, failures } = assessment;
  const usual = severity === 'critical' ? 0 : pendingForSeconds;
  const needsSecondEvaluation = problem === 'failing' && intervalSeconds < 600 && !isLate && failures < 2;
  // On top of the usual period.
  const edited = problem === 'stalled' && assessment.isEdited ? assessment.stallThresholdSeconds : 0;
  return { pendingMs: (usual + edited) * 1000, needsSecondEvaluation };
}
