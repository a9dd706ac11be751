import type { WatchState } from '../../../lambda/core/state.ts';
import type { SimulatedCheck } from '../simulated-check.ts';
import type { OracleReport } from './oracle-report.ts';

const LEASE_MS = 90_000;
const CLOCK_SLACK_MS = 60_000;

/** The writes of the checks and their leases, by docs/design/delivery-and-state.md. */
export class Writes {
  state: WatchState | undefined;
  version = 0;
  readonly #report: OracleReport;
  readonly #haveWritten = new WeakSet<SimulatedCheck>();
  #facts = '';

  constructor(report: OracleReport) {
    this.#report = report;
  }

  /** Whether this write saves the facts of a new evaluation. */
  committed(check: SimulatedCheck, state: WatchState, version: number): boolean {
    const before = this.state;
    this.state = state;
    this.version = version;
    this.#checkLease(check, state, before);
    const facts = JSON.stringify(state.facts);
    const isSuperseded = state.supersededInARow > (before?.supersededInARow ?? 0);
    if (this.#haveWritten.has(check) || isSuperseded) {
      if (before !== undefined && facts !== this.#facts)
        this.#report.violation('a later write of a check changed the facts', check);
      return false;
    }
    this.#facts = facts;
    this.#haveWritten.add(check);
    const stored = before?.listedAt ?? null;
    const { listed, now } = check;
    if (listed === undefined) this.#report.violation('facts without a listing', check);
    else if (stored !== null && stored > listed.requestedAt && stored - now <= CLOCK_SLACK_MS)
      this.#report.violation('a listing older than the stored one was accepted', check);
    return true;
  }

  #checkLease(check: SimulatedCheck, { lease }: WatchState, before: WatchState | undefined): void {
    const other = before?.lease;
    if (
      other !== undefined &&
      other.holder !== check.id &&
      other.expiresAt > check.now &&
      other.expiresAt - check.now <= LEASE_MS + CLOCK_SLACK_MS
    )
      this.#report.violation(`a write while check ${other.holder} holds the lease`, check);
    if (lease !== undefined && (lease.holder !== check.id || lease.expiresAt !== check.now + LEASE_MS))
      this.#report.violation("another check's lease, or one that expires at the wrong time", check);
  }
}
