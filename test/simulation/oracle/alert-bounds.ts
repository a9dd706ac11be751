import type { Alert, Facts } from '../../../lambda/core/alert.ts';
import type { SimulatedCheck } from '../simulated-check.ts';
import type { OracleReport } from './oracle-report.ts';
import { CLOCK_MS, type SeenSync, type SeenSyncs } from './seen-syncs.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A flapping alert is held at least this long while it is healthy. */
const MIN_HOLD_MS = 2 * HOUR;

interface Change {
  readonly id: string;
  readonly before: Alert | undefined;
  readonly after: Alert | undefined;
  readonly check: SimulatedCheck;
  readonly isInitialRun: boolean;
}

/**
 * Bounds for every alert that a check saves: it fires by a certain problem alone and in time, it ends by proof, by two
 * complete listings without its sync, by a pause or by the policy, and no listing failure changes it.
 */
export class AlertBounds {
  readonly #seen: SeenSyncs;
  readonly #report: OracleReport;
  #facts: Facts | undefined;
  /** By fingerprint, when a pending alert ended before it fired; certain if its record was healthy then. */
  readonly #brief = new Map<string, { readonly at: number; readonly isCertain: boolean }[]>();
  /** The fingerprints whose record was failing while their alert was pending. */
  readonly #pendingFailures = new Set<string>();
  /** By fingerprint, when the alert last fired. */
  readonly firedAt = new Map<string, number>();
  /** By fingerprint, since when the open alert is critical. */
  readonly criticalSince = new Map<string, number>();
  /** By fingerprint, when the open alert last failed again after it was healthy in its flap hold. */
  readonly failedAgainAt = new Map<string, number>();
  /** By fingerprint, when it ended. */
  readonly endedAt = new Map<string, number>();

  constructor(seen: SeenSyncs, report: OracleReport) {
    this.#seen = seen;
    this.#report = report;
  }

  get alerts(): Facts['alerts'] {
    return this.#facts?.alerts ?? {};
  }

  /** The fingerprints whose alert fired by this evaluation. */
  evaluated(check: SimulatedCheck, facts: Facts, isInitialRun: boolean): readonly string[] {
    const previous = this.alerts;
    this.#facts = facts;
    const fired: string[] = [];
    const ids = new Set([...Object.keys(previous), ...Object.keys(facts.alerts)]);
    for (const id of ids) {
      const change = { id, before: previous[id], after: facts.alerts[id], check, isInitialRun };
      if (this.#isFired(change)) fired.push(id);
      this.#compare(change);
    }
    if (this.#seen.kind === 'listed')
      for (const [id, sync] of this.#seen.syncs) this.#checkMustFire(id, sync, { check, facts });
    this.#checkListing(check, facts, isInitialRun);
    return fired;
  }

  #isFired({ id, before, after, check }: Change): boolean {
    const isOpen = after?.state === 'firing';
    const hasFired = isOpen && before?.state !== 'firing';
    if (hasFired) {
      this.firedAt.set(id, check.now);
      this.endedAt.delete(id);
      this.criticalSince.delete(id);
    }
    const isInHold = (alert: Alert | undefined) => alert?.healthySince !== undefined;
    if (isOpen && isInHold(before) && !isInHold(after)) this.failedAgainAt.set(id, check.now);
    if (isOpen && after.severity === 'critical') {
      if (!this.criticalSince.has(id)) this.criticalSince.set(id, check.now);
    } else this.criticalSince.delete(id);
    if (before?.state === 'firing' && !isOpen) {
      this.endedAt.set(id, check.now);
      const how = after?.resolution?.how ?? 'nothing';
      this.#report.count(`ended: ${how}`);
      this.#report.log(`  ${id} ends: ${how}`);
    }
    if (hasFired) {
      this.#report.count('firings');
      this.#report.log(
        `  ${id} fires: ${after.severity} ${after.problem}${after.flapping ? `, ${after.flapping}` : ''}`,
      );
    }
    return hasFired;
  }

  #compare(change: Change): void {
    const { id, before, after, check } = change;
    if (before?.state === 'firing' && after === undefined) {
      this.#report.violation(`${id}: an open alert was forgotten`, check);
      return;
    }
    if (id === 'listing' || id === 'records') return;
    const sync = this.#seen.syncs.get(id);
    if (this.#seen.kind === 'failed') {
      this.#checkUnchanged(change);
      return;
    }
    if (sync === undefined) {
      this.#report.violation(`${id}: an alert of a sync never listed`, check);
      return;
    }
    if (after?.state === 'firing' && before?.state !== 'firing') this.#checkFires(change, sync);
    if (after?.state === 'firing' && before?.state === 'firing') this.#checkStaysOpen(change, sync);
    if (before?.state === 'firing' && after?.state === 'ended') this.#checkEnds(change, sync);
    if (after?.state === 'firing') this.#checkSeverity(change, sync);
    if (sync.reading?.isPaused && after?.state === 'pending')
      this.#report.violation(`${id}: paused, and an alert is pending`, check);
    if (after?.state === 'firing') this.#brief.delete(id);
    this.#countBrief(change, sync);
  }

  #checkUnchanged({ id, before, after, check }: Change): void {
    const isSame =
      before?.state === after?.state &&
      before?.severity === after?.severity &&
      before?.firings.length === after?.firings.length &&
      before?.resolution?.at === after?.resolution?.at;
    if (!isSame && after !== undefined)
      this.#report.violation(`${id}: a failed listing changed its alert to ${after.state}`, check);
  }

  #checkFires({ id, after, check, isInitialRun }: Change, sync: SeenSync): void {
    const { reading } = sync;
    const fail = (text: string) => this.#report.violation(`${id}: fires ${text}`, check);
    if (!sync.isPresent || reading === undefined) {
      fail('without a record');
      return;
    }
    if (sync.excluded !== undefined) {
      fail('though the policy excludes it');
      return;
    }
    if (after?.flapping === 'intermittent') {
      if ((this.#brief.get(id)?.length ?? 0) < 3)
        fail('as intermittent, without three brief failures before');
      return;
    }
    const isOnlyFailing = after?.problem === 'failing' || reading.problem !== 'failing';
    // One that fails every other run, in step with the checks, never has two failures in a row: another failed run counts.
    const isOtherRun = reading.isFirstFailure && sync.problemRun !== reading.fields.lastRun;
    if (reading.opensNothing && isOnlyFailing && !isInitialRun && !isOtherRun)
      fail(`although ${reading.opensNothing}`);
  }

  #checkStaysOpen({ id, after, check }: Change, sync: SeenSync): void {
    const fail = (text: string) => this.#report.violation(`${id}: still open although ${text}`, check);
    const { reading, clearSince } = sync;
    if (sync.absences >= 2) {
      fail('two complete listings lack it');
      return;
    }
    if (!sync.isPresent) return;
    if (sync.excluded !== undefined) {
      fail('the policy excludes it');
      return;
    }
    if (reading?.isPaused) {
      fail('a person paused it');
      return;
    }
    if (clearSince === undefined || !reading?.isClear) return;
    if (after?.flapping === undefined) {
      fail('it is healthy');
      return;
    }
    if (check.now - clearSince > DAY + CLOCK_MS) fail('it has been healthy for more than a day');
  }

  #checkEnds({ id, before, after, check }: Change, sync: SeenSync): void {
    const how = after?.resolution?.how;
    const fail = (text: string) => this.#report.violation(`${id}: ended as ${how} although ${text}`, check);
    const { reading } = sync;
    switch (how) {
      case 'unlisted':
        if (sync.absences < 2 && !this.#seen.isEmptyAccepted) fail('no two complete listings lack it');
        return;
      case 'paused':
        if (!reading?.mayBePaused) fail('nobody paused it');
        return;
      case 'excluded':
        if (sync.isPresent && sync.excluded === undefined) fail('no policy excludes it');
        return;
      case 'resolved': {
        if (!sync.isPresent || reading === undefined) {
          fail('it is not listed');
          return;
        }
        if (reading.problem !== undefined) {
          fail(`it has the problem ${reading.problem}`);
          return;
        }
        for (const problem of before?.problems ?? [])
          if (!reading.disproves(problem, sync.failingSuccess)) fail(`nothing disproves ${problem}`);
        const healthyMs = check.now - (sync.problemFreeSince ?? check.now);
        if (before?.flapping !== undefined && healthyMs < MIN_HOLD_MS - CLOCK_MS)
          fail(`it flaps and has been healthy for ${Math.round(healthyMs / 60_000)} min only`);
        return;
      }
      default:
        fail('an alert ends in one of four ways');
    }
  }

  #checkSeverity({ id, after, check }: Change, sync: SeenSync): void {
    const { reading } = sync;
    if (reading?.problem === undefined || reading.problem === 'unreadable') return;
    if (reading.severity !== undefined && reading.severity !== after?.severity)
      this.#report.violation(`${id}: ${after?.severity}, its record is ${reading.severity}`, check);
  }

  #checkMustFire(
    id: string,
    sync: SeenSync,
    { check, facts }: { readonly check: SimulatedCheck; readonly facts: Facts },
  ): void {
    const { reading, problemSince } = sync;
    if (!sync.isPresent || reading?.problem === undefined || problemSince === undefined) return;
    const isDue =
      check.now - problemSince >= reading.waitSeconds * 1000 + (reading.waitSeconds > 0 ? CLOCK_MS : 0);
    if (!isDue || facts.alerts[id]?.state === 'firing') return;
    this.#report.violation(`${id}: lost: its record shows ${reading.problem}, and no alert fires`, check);
  }

  /**
   * Failures that end before they fire: the 4th in its window fires, so that a 6th without a firing is lost. Lateness or a
   * record that cannot be read is no failure, and passes unsent however often (docs/design/lifecycle.md, "Pending").
   */
  #countBrief({ id, before, after, check }: Change, sync: SeenSync): void {
    const isPending = (alert: Alert | undefined) =>
      alert?.state === 'pending' || alert?.pendingAgain !== undefined;
    if (isPending(after)) {
      if (sync.reading?.problem === 'failing') this.#pendingFailures.add(id);
      return;
    }
    const wasFailing = this.#pendingFailures.delete(id);
    if (!isPending(before) || after?.state === 'firing') return;
    const intervalMs = (sync.reading?.fields.intervalSeconds ?? 0) * 1000;
    const windowMs = Math.max(2 * HOUR, 12 * intervalMs);
    const end = { at: check.now, isCertain: wasFailing && sync.reading?.isClear === true };
    const brief = [...(this.#brief.get(id) ?? []), end].filter(({ at }) => check.now - at < windowMs + HOUR);
    this.#brief.set(id, brief);
    const certain = brief.filter(({ at, isCertain }) => isCertain && check.now - at < windowMs - HOUR).length;
    if (certain > 5)
      this.#report.violation(`${id}: ${certain} brief failures, and nothing fires as intermittent`, check);
  }

  /** The alerts about the listing as a whole and about records without an id. */
  #checkListing(check: SimulatedCheck, facts: Facts, isInitialRun: boolean): void {
    const { failingSince, kind, hasRecordsWithoutId } = this.#seen;
    const { listing, records } = facts.alerts;
    const { listed, now, policy } = check;
    if (kind === 'failed' && failingSince !== undefined) {
      const isRefused = listed?.ok === false && listed.failure.kind === 'refused';
      const waitMs = isInitialRun || isRefused ? 0 : policy.listingFailureForSeconds * 1000 + CLOCK_MS;
      if (now - failingSince >= waitMs && listing?.state !== 'firing')
        this.#report.violation('lost: listings fail, and no alert fires', check);
      if (listing?.state === 'firing' && listing.severity !== 'critical')
        this.#report.violation('a listing failure that is not critical', check);
      return;
    }
    if (failingSince === undefined && listing?.state === 'firing' && listing.flapping === undefined)
      this.#report.violation('listing: still open although the syncs are listed', check);
    if (kind !== 'listed') return;
    if (!hasRecordsWithoutId && records?.state === 'firing' && records.flapping === undefined)
      this.#report.violation('records: still open although every record has an id', check);
    if (
      hasRecordsWithoutId &&
      records?.state !== 'firing' &&
      (isInitialRun || policy.pendingForSeconds === 0)
    )
      this.#report.violation('lost: records without an id, and no alert fires', check);
  }
}
