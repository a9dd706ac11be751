import type { WatchState } from '../../../lambda/core/state.ts';
import type { CheckRun } from '../history.ts';
import type { Verdicts } from './verdicts.ts';

const CLAIM_MS = 90_000;
const CLOCK_SLACK_MS = 60_000;

/** The writes of the checks, by section 6: which of them bring facts, and under which claim. */
export class Writes {
  state: WatchState | undefined;
  version = 0;
  readonly #verdicts: Verdicts;
  readonly #haveWritten = new WeakSet<CheckRun>();
  #facts = '';

  constructor(verdicts: Verdicts) {
    this.#verdicts = verdicts;
  }

  /** Whether this is a write of new facts; what is wrong with it otherwise is said. */
  committed(run: CheckRun, state: WatchState, version: number): boolean {
    const before = this.state;
    this.state = state;
    this.version = version;
    this.#checkClaim(run, state, before);
    const facts = JSON.stringify(state.facts);
    const isOvertaken = state.supersededInARow > (before?.supersededInARow ?? 0);
    if (this.#haveWritten.has(run) || isOvertaken) {
      if (before !== undefined && facts !== this.#facts)
        this.#verdicts.wrong('facts changed by a write that brings none', run);
      return false;
    }
    this.#facts = facts;
    this.#haveWritten.add(run);
    const ahead = before?.listedAt ?? null;
    const { listed } = run;
    if (listed === undefined) this.#verdicts.wrong('facts without a listing', run);
    else if (ahead !== null && ahead > listed.requestedAt && ahead - run.now <= CLOCK_SLACK_MS)
      this.#verdicts.wrong('a listing older than the one remembered was accepted', run);
    return true;
  }

  #checkClaim(run: CheckRun, { lease }: WatchState, before: WatchState | undefined): void {
    const other = before?.lease;
    if (
      other !== undefined &&
      other.holder !== run.id &&
      other.expiresAt > run.now &&
      other.expiresAt - run.now <= CLAIM_MS + CLOCK_SLACK_MS
    )
      this.#verdicts.wrong(`a write while check ${other.holder} holds the claim`, run);
    if (lease !== undefined && (lease.holder !== run.id || lease.expiresAt !== run.now + CLAIM_MS))
      this.#verdicts.wrong('a claim that is not its own, or beyond its time', run);
  }
}
