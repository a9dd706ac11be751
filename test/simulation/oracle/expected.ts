import type { Policy } from '../../../lambda/core/policy.ts';
import type { ListingResult } from '../../../lambda/timbal/listing.ts';
import {
  absent,
  begun,
  type Expected,
  excluded,
  isInFlapWindow,
  type Trouble,
  trouble,
  well,
} from './expected-alert.ts';
import { type Finding, find, type Past } from './finding.ts';
import { exclusionReason, policyFor } from './matching.ts';

/** Another check may have forgotten it by its own clock. */
const CLOCKS_DIFFER_MS = 30_000;

/** One look: what a check saw, once its facts are remembered. */
export interface Evaluation {
  readonly listed: ListingResult;
  readonly now: number;
  readonly policy: Policy;
  /** The first digest was not delivered yet: nothing waits. */
  readonly isFirst: boolean;
}

/**
 * The facts as they should be, followed look by look. It shares no code with `track`; where that remembers as little
 * as it can, this forgets nothing.
 */
export class ExpectedFacts {
  readonly alerts = new Map<string, Expected>();
  readonly #pasts = new Map<string, Past>();
  /** The last look saw no syncs. */
  wasBlind = false;
  /** The records of the last listing that was seen, one an id. */
  tally: ReadonlyMap<string, Record<string, unknown>> = new Map();
  /** Of these, the ones that are in trouble and ignored. */
  readonly illIgnored = new Set<string>();
  /** The listing held no record without an id. */
  isComplete = true;
  #hasShownSyncs = false;

  /** Whether a check that got this listing saw the syncs. */
  isBlind({ listed, now, policy }: Evaluation): boolean {
    if (!listed.ok) return true;
    if (listed.records.length === 0) return this.#hasShownSyncs;
    const unreadable = (listed.records as readonly Record<string, unknown>[]).filter(
      (record) =>
        record['id'] == null ||
        find(record, this.#pasts.get(`sync:${record['id']}`) ?? {}, now, policyFor(policy, record))
          .problem === 'unreadable',
    );
    return unreadable.length * 2 > listed.records.length;
  }

  /** What earlier looks saw of a sync. */
  past(id: string): Past | undefined {
    return this.#pasts.get(id);
  }

  apply(evaluation: Evaluation): void {
    const { listed, now, policy, isFirst } = evaluation;
    const isBlind = this.isBlind(evaluation);
    this.wasBlind = isBlind;
    if (listed.ok && listed.records.length > 0) this.#hasShownSyncs = true;
    if (isBlind) {
      const isRefused = !listed.ok && listed.failure.kind === 'refused';
      const waitMs = isFirst || isRefused ? 0 : policy.listingFailureForSeconds * 1000;
      this.#trouble(
        'listing',
        { problem: 'listing_failed', severity: 'critical', isPaused: false, waitMs, isSecondLook: false },
        now,
        3600,
      );
      return;
    }
    this.#well('listing', () => true, now, 3600);
    const records = listed.ok ? (listed.records as readonly Record<string, unknown>[]) : [];
    const nameless = records.filter(({ id }) => id == null);
    if (nameless.length > 0)
      this.#trouble(
        'records',
        {
          problem: 'unreadable',
          severity: 'warning',
          isPaused: false,
          waitMs: policy.pendingForSeconds * 1000 * (isFirst ? 0 : 1),
          isSecondLook: false,
        },
        now,
        3600,
      );
    else this.#well('records', () => true, now, 3600);

    this.illIgnored.clear();
    const here = this.#worstOfEach(records, evaluation);
    for (const [id, record] of here) this.#lookAt(id, record, evaluation);
    this.tally = here;
    this.isComplete = nameless.length === 0;
    if (nameless.length > 0) return;
    for (const [id, alert] of this.alerts) {
      if (!id.startsWith('sync:') || here.has(id)) continue;
      const isForgotten = alert.state === 'none' && alert.absences > 0;
      absent(alert, now);
      // What was seen of one that is deleted ends when its alert is forgotten (ADR 2).
      if (isForgotten) this.#pasts.delete(id);
    }
    // Without an alert it ends when the sync is absent twice in a row.
    for (const [id, past] of this.#pasts) {
      if (here.has(id) || this.alerts.has(id)) continue;
      if (past.isAbsent === true) this.#pasts.delete(id);
      else past.isAbsent = true;
    }
  }

  /** Memory holds nothing of it any more: what was seen of one that is deleted ends with its alert (ADR 2). */
  forget(id: string, now: number): 'too soon' | undefined {
    const alert = this.alerts.get(id);
    if (alert?.state !== 'ended' || this.tally.has(id)) return undefined;
    this.#pasts.delete(id);
    return isInFlapWindow(alert, now + CLOCKS_DIFFER_MS) ? 'too soon' : undefined;
  }

  /** A repeated id is judged once, by its worst record. */
  #worstOfEach(
    records: readonly Record<string, unknown>[],
    { now, policy }: Evaluation,
  ): ReadonlyMap<string, Record<string, unknown>> {
    const worst = new Map<string, Record<string, unknown>>();
    for (const record of records) {
      if (record['id'] == null) continue;
      const id = `sync:${record['id']}`;
      const other = worst.get(id);
      const past = this.#pasts.get(id) ?? {};
      const rank = (one: Record<string, unknown>) => badnessOf(find(one, past, now, policyFor(policy, one)));
      if (other === undefined || rank(record) > rank(other)) worst.set(id, record);
    }
    return worst;
  }

  #lookAt(id: string, record: Record<string, unknown>, { now, policy, isFirst }: Evaluation): void {
    const past = this.#pasts.get(id) ?? {};
    this.#pasts.set(id, past);
    past.isAbsent = false;
    const isEnabled = record['enabled'] === true;
    const limits = policyFor(policy, record);
    const finding = find(record, past, now, limits);
    // A record that cannot be read says nothing, not even that.
    if (isEnabled && finding.problem !== 'unreadable' && past.disabled !== undefined) past.enabledAt ??= now;
    // A failure stands until it is disproved, whether or not an alert was open for it.
    const stillFails = finding.isFailing && past.isFailing === true;
    if (finding.problem !== 'unreadable' && finding.disproves('failing') && !stillFails) {
      past.isFailing = false;
      delete past.failingSuccess;
    }
    const known = this.alerts.get(id);
    if (known !== undefined) known.absences = 0;
    const because = exclusionReason(policy, record);
    if (because !== undefined) {
      if (known !== undefined) excluded(known, because, now);
      if (finding.problem !== undefined) this.illIgnored.add(id);
    } else if (finding.problem !== undefined) {
      const { problem, severity, isPaused, interval } = finding;
      this.#trouble(
        id,
        { problem, severity, isPaused, ...pendingPeriodOf(finding, limits, isFirst) },
        now,
        interval,
      );
    } else this.#well(id, finding.disproves, now, finding.interval);
    if (finding.problem === 'failing' || stillFails) {
      past.isFailing = true;
      const success = finding.lastSuccess ?? null;
      const latest = past.failingSuccess;
      past.failingSuccess = latest == null ? success : Math.max(latest, success ?? 0);
    }
    // Over for good at a newer success, also when the API's clock goes back after it.
    if (isEnabled && finding.problem !== 'unreadable' && !finding.isResumed) {
      delete past.disabled;
      delete past.enabledAt;
    }
    if (finding.problem === 'disabled') {
      past.disabled = finding.record;
      delete past.enabledAt;
    }
  }

  #trouble(id: string, seen: Trouble, now: number, interval: number): void {
    const alert = this.alerts.get(id) ?? begun(seen, now);
    this.alerts.set(id, alert);
    trouble(alert, seen, this.#pasts.get(id)?.isFailing === true, now, interval);
  }

  #well(id: string, disproves: (problem: string) => boolean, now: number, interval: number): void {
    const alert = this.alerts.get(id);
    if (alert !== undefined) well(alert, disproves, now, interval);
  }
}

/** Critical before warning, then the first row of section 3. */
function badnessOf({ problem, severity }: Finding): number {
  const rows = ['stalled', 'never_succeeded', 'failing', 'disabled', 'unreadable'];
  return problem === undefined ? 0 : (severity === 'critical' ? 10 : 1) + rows.indexOf(problem);
}

function pendingPeriodOf(
  finding: Finding,
  { pendingForSeconds }: Policy,
  isFirst: boolean,
): { waitMs: number; isSecondLook: boolean } {
  if (isFirst) return { waitMs: 0, isSecondLook: false };
  const usual = finding.severity === 'critical' ? 0 : pendingForSeconds;
  const isSecondLook =
    finding.problem === 'failing' && finding.interval < 600 && !finding.isLate && finding.failures < 2;
  // On top of the usual wait.
  const edited = finding.problem === 'stalled' && finding.isEdited ? finding.stallAllowance : 0;
  return { waitMs: (usual + edited) * 1000, isSecondLook };
}
