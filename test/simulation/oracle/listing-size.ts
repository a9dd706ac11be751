import type { WatchState } from '../../../lambda/core/state.ts';
import type { CheckRun, Post } from '../history.ts';
import type { ExpectedFacts } from './expected.ts';
import type { Verdicts } from './verdicts.ts';

const MIN_LOSS = 5;
/** A move of this part of the size is remembered at once. */
const NOTABLE_PART = 0.1;

/** How large a listing is, by section 7: one that shrinks twice in a row is said in one line, once. */
export class ListingSize {
  readonly #facts: ExpectedFacts;
  readonly #verdicts: Verdicts;
  #normal = 0;
  #isCandidate = false;
  #shrinking: { readonly at: number; readonly from: number; readonly to: number } | undefined;
  /** `at` of the shrinking that memory knows to be told. */
  #toldAt: number | undefined;

  constructor(facts: ExpectedFacts, verdicts: Verdicts) {
    this.#facts = facts;
    this.#verdicts = verdicts;
  }

  /** @param isWritten Small moves are remembered with another write. */
  evaluation({ listed, now }: CheckRun, isWritten: boolean): void {
    if (listed?.ok !== true) return;
    const { records } = listed;
    if (this.#facts.wasBlind) {
      if (this.#normal === 0) this.#normal = records.length;
      return;
    }
    const { tally, isComplete } = this.#facts;
    const count = tally.size;
    if (this.#normal === 0) this.#normal = count;
    if (!isComplete) return;
    const loss = this.#normal - count;
    if (loss * 2 > this.#normal && loss >= MIN_LOSS) {
      if (this.#isCandidate) {
        this.#shrinking = { at: now, from: this.#normal, to: count };
        this.#normal = count;
        this.#verdicts.count('shrinkings');
      }
      this.#isCandidate = !this.#isCandidate;
      return;
    }
    this.#isCandidate = false;
    if (isWritten || Math.abs(loss) >= this.#normal * NOTABLE_PART) this.#normal = count;
  }

  compare({ facts: { size } }: WatchState, run: CheckRun): void {
    const holds = [size.normal, size.shrunk === true, size.shrinkage?.at, size.shrinkage?.from].join();
    const should = [this.#normal, this.#isCandidate, this.#shrinking?.at, this.#shrinking?.from].join();
    if (holds !== should)
      this.#verdicts.wrong(`the size of the listing is ${holds}, should be ${should}`, run);
  }

  posting({ coversShrinkage, message, by }: Post): void {
    if (!coversShrinkage) return;
    this.#verdicts.count('told: shrinking');
    if (this.#shrinking === undefined) {
      this.#verdicts.wrong('a listing that did not shrink is said to', by);
      return;
    }
    const { at, from, to } = this.#shrinking;
    if (at === this.#toldAt) this.#verdicts.wrong('the listing is said twice to have shrunk', by);
    const words = JSON.stringify(message.blocks);
    if (!words.includes(`from ${from} sync`) || !words.includes(`to ${to}`))
      this.#verdicts.wrong(`the listing shrank from ${from} to ${to}, and that is not said`, by);
  }

  /** A post of it was taken for certain, and that is remembered. */
  told(): void {
    this.#toldAt = this.#shrinking?.at;
  }

  get isOwed(): boolean {
    return this.#shrinking !== undefined && this.#shrinking.at !== this.#toldAt;
  }
}
