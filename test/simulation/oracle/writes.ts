import type { Memory } from '../../../lambda/core/memory.ts';
import type { CheckRun } from '../history.ts';
import type { Verdicts } from './verdicts.ts';

const CLAIM_MS = 90_000;
const CLOCK_SLACK_MS = 60_000;

/** The writes of the checks, by section 6: which of them bring facts, and under which claim. */
export class Writes {
  memory: Memory | undefined;
  version = 0;
  readonly #verdicts: Verdicts;
  readonly #haveWritten = new WeakSet<CheckRun>();
  #facts = '';

  constructor(verdicts: Verdicts) {
    this.#verdicts = verdicts;
  }

  /** Whether this is a write of new facts; what is wrong with it otherwise is said. */
  committed(run: CheckRun, memory: Memory, version: number): boolean {
    const before = this.memory;
    this.memory = memory;
    this.version = version;
    this.#checkClaim(run, memory, before);
    const facts = JSON.stringify(memory.facts);
    const isOvertaken = memory.overtaken > (before?.overtaken ?? 0);
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

  #checkClaim(run: CheckRun, { claim }: Memory, before: Memory | undefined): void {
    const other = before?.claim;
    if (
      other !== undefined &&
      other.by !== run.id &&
      other.until > run.now &&
      other.until - run.now <= CLAIM_MS + CLOCK_SLACK_MS
    )
      this.#verdicts.wrong(`a write while check ${other.by} holds the claim`, run);
    if (claim !== undefined && (claim.by !== run.id || claim.until !== run.now + CLAIM_MS))
      this.#verdicts.wrong('a claim that is not its own, or beyond its time', run);
  }
}
