import type { SimulatedCheck } from '../simulated-check.ts';
import { exclusionReason, policyFor } from './matching.ts';
import { type Reading, read, type SeenBefore, worstOf } from './reading.ts';

const DAY = 24 * 3_600_000;

export type Fields = Record<string, unknown>;

/** What the listings showed of one sync, and when. */
export interface SeenSync {
  /** In the last listing that was not a listing failure. */
  isPresent: boolean;
  /** Of that listing, if it is in it. */
  reading: Reading | undefined;
  /** Its last record. */
  record: Fields;
  /** Why the policy excludes it. */
  excluded: string | undefined;
  /** It was never excluded. */
  isAlwaysWatched: boolean;
  /** The last complete listing lacks it. */
  isMissing: boolean;
  /** In how many complete listings in a row it was absent. */
  absences: number;
  /** When the first of those was evaluated. */
  absentSince: number | undefined;
  /** When it was first listed; it was there from the first listing on if `isOriginal`. */
  readonly firstSeen: number;
  readonly isOriginal: boolean;
  lastSeen: number;
  /** Since when each evaluation showed a certain problem. */
  problemSince: number | undefined;
  /** The last run in the record that first showed a problem, until a record proves health. */
  problemRun: number | undefined;
  /** Since when no record showed a certain problem. */
  problemFreeSince: number | undefined;
  /** Since when each record proves health. */
  clearSince: number | undefined;
  /** The latest success in the records that showed it failing; undefined when none does. */
  failingSuccess: number | null | undefined;
  disabled: { readonly lastRun: number | undefined; readonly lastSuccess: number | undefined } | undefined;
  /** When a record last showed it disabled. */
  disabledAt: number;
  enabledAt: number | undefined;
}

/** The kind of a listing (docs/design/listing-failures.md). */
export type ListingKind = 'failed' | 'listed' | 'empty';

/** The syncs as the evaluated listings showed them: the facts of a world as a reader of the API knows them. */
export class SeenSyncs {
  readonly syncs = new Map<string, SeenSync>();
  kind: ListingKind = 'empty';
  /** Every record of the last listing had an id. */
  isComplete = true;
  /** Records without an id were in the last listing. */
  hasRecordsWithoutId = false;
  /** Since when listings fail. */
  failingSince: number | undefined;
  /** Since when the requests succeed and show no sync, after they showed some. */
  emptySince: number | undefined;
  /** A listing was empty for a day, so that it counts. */
  isEmptyAccepted = false;
  /** No listing ever held a sync. */
  get isNew(): boolean {
    return this.syncs.size === 0;
  }

  evaluate({ listed, now, policy }: SimulatedCheck, isInitialRun: boolean): void {
    if (listed === undefined) return;
    const records = listed.ok ? (listed.records as readonly Fields[]) : [];
    if (!listed.ok) {
      // Any other answer starts the day of empty listings anew; a request that failed is none.
      if (listed.failure.kind !== 'failed') this.emptySince = undefined;
      this.#fail(now);
      return;
    }
    if (records.length === 0) {
      this.#empty(now);
      return;
    }
    const isFirst = this.isNew;
    // The dates of the API are judged by its clock.
    const skewMs = (listed.apiSkewSeconds ?? 0) * 1000;
    const apiNow = now + skewMs;
    const here = new Map<string, { reading: Reading; record: Fields }>();
    let unreadable = 0;
    let excluded = 0;
    let withoutId = 0;
    for (const record of records) {
      const id = record['id'] == null ? undefined : `sync:${record['id']}`;
      const before = asOfApi(id === undefined ? undefined : this.syncs.get(id), skewMs);
      const limits = policyFor(policy, record);
      const reading = read(record, { policy: limits, now: apiNow, before, isInitialRun });
      if (exclusionReason(policy, record, now) !== undefined) excluded += 1;
      else if (reading.problem === 'unreadable') unreadable += 1;
      if (id === undefined) {
        withoutId += 1;
        continue;
      }
      const other = here.get(id);
      here.set(id, { record, reading: other === undefined ? reading : worstOf(reading, other.reading) });
    }
    if (unreadable > 0 && unreadable === records.length - excluded) {
      this.emptySince = undefined;
      this.#fail(now);
      return;
    }
    this.kind = 'listed';
    this.failingSince = undefined;
    this.emptySince = undefined;
    this.isEmptyAccepted = false;
    this.isComplete = withoutId === 0;
    this.hasRecordsWithoutId = withoutId > 0;
    for (const [id, { record, reading }] of here)
      this.#see(id, { record, reading, excluded: exclusionReason(policy, record, now), now, isFirst });
    for (const [id, sync] of this.syncs) if (!here.has(id)) this.#miss(sync, now);
  }

  #fail(now: number): void {
    this.kind = 'failed';
    this.failingSince ??= now;
  }

  /** Empty listings are a failure for a day, unless there were no syncs before. */
  #empty(now: number): void {
    const isWatched = [...this.syncs.values()].some(
      (sync) => sync.absences < 2 && sync.excluded === undefined,
    );
    this.emptySince ??= now;
    if (isWatched && now - this.emptySince < DAY - CLOCK_MS) {
      this.#fail(now);
      return;
    }
    // By their clocks, checks may disagree on whether the day is over.
    this.isEmptyAccepted = isWatched || this.isEmptyAccepted;
    if (!isWatched) this.failingSince = undefined;
    this.kind = 'empty';
    this.isComplete = true;
    this.hasRecordsWithoutId = false;
    for (const sync of this.syncs.values()) sync.clearSince = undefined;
    if (now - this.emptySince < DAY + CLOCK_MS) return;
    this.failingSince = undefined;
    for (const sync of this.syncs.values()) this.#miss(sync, now);
  }

  #see(
    id: string,
    given: {
      readonly record: Fields;
      readonly reading: Reading;
      readonly excluded: string | undefined;
      readonly now: number;
      readonly isFirst: boolean;
    },
  ): void {
    const { record, reading, excluded, now, isFirst } = given;
    const known = this.syncs.get(id);
    const sync: SeenSync = known ?? newSync(record, now, isFirst);
    if (known === undefined) this.syncs.set(id, sync);
    const { problem, isClear, fields } = reading;
    sync.isPresent = true;
    sync.reading = reading;
    sync.record = record;
    sync.excluded = excluded;
    if (excluded !== undefined) sync.isAlwaysWatched = false;
    if (this.isComplete) sync.isMissing = false;
    sync.absences = 0;
    sync.absentSince = undefined;
    sync.lastSeen = now;
    sync.problemSince =
      problem === undefined || excluded !== undefined ? undefined : (sync.problemSince ?? now);
    if (isClear) sync.problemRun = undefined;
    else if (problem !== undefined) sync.problemRun ??= fields.lastRun;
    sync.clearSince = isClear ? (sync.clearSince ?? now) : undefined;
    sync.problemFreeSince = problem === undefined ? (sync.problemFreeSince ?? now) : undefined;
    if (problem === 'failing')
      sync.failingSuccess = Math.max(sync.failingSuccess ?? 0, fields.lastSuccess ?? 0);
    // A later success ends the failure, whatever else is wrong then: an earlier one of a clock that is set back does not count.
    else if (isClear || reading.disproves('failing', sync.failingSuccess)) sync.failingSuccess = undefined;
    if (problem === 'disabled' || reading.mayBePaused) {
      // A success that cannot be read may be any up to now.
      sync.disabled = {
        lastRun: fields.lastRun,
        lastSuccess: reading.isSuccessUnreadable ? now : fields.lastSuccess,
      };
      sync.disabledAt = now;
      sync.enabledAt = undefined;
    } else if (sync.disabled !== undefined && fields.enabled === true && problem !== 'unreadable') {
      sync.enabledAt ??= now;
      // By its date and by its age: while the API's clock jumps, the two disagree.
      const age = record['seconds_since_success'];
      const isNewerByAge = typeof age === 'number' && now - age * 1000 > sync.disabledAt;
      const isNewerByDate = (fields.lastSuccess ?? 0) > (sync.disabled.lastSuccess ?? 0);
      if (isNewerByAge && isNewerByDate) sync.disabled = undefined;
    }
  }

  #miss(sync: SeenSync, now: number): void {
    sync.isPresent = false;
    sync.reading = undefined;
    sync.problemSince = undefined;
    sync.clearSince = undefined;
    if (!this.isComplete) return;
    sync.isMissing = true;
    sync.absences += 1;
    sync.absentSince ??= now;
    if (sync.absences < 2) return;
    // The history of a deleted sync ends.
    sync.disabled = undefined;
    sync.enabledAt = undefined;
    sync.failingSuccess = undefined;
  }
}

/** By how much the clocks of two checks may differ. */
export const CLOCK_MS = 60_000;

/** When it was enabled again is known by our clock, and everything in its record by the API's. */
function asOfApi(sync: SeenSync | undefined, skewMs: number): SeenBefore {
  const { disabled, enabledAt } = sync ?? {};
  return { disabled, enabledAt: enabledAt === undefined ? undefined : enabledAt + skewMs };
}

function newSync(record: Fields, now: number, isOriginal: boolean): SeenSync {
  return {
    isPresent: true,
    reading: undefined,
    record,
    excluded: undefined,
    isAlwaysWatched: true,
    isMissing: false,
    absences: 0,
    absentSince: undefined,
    firstSeen: now,
    isOriginal,
    lastSeen: now,
    problemSince: undefined,
    problemRun: undefined,
    problemFreeSince: undefined,
    clearSince: undefined,
    failingSuccess: undefined,
    disabled: undefined,
    disabledAt: now,
    enabledAt: undefined,
  };
}
