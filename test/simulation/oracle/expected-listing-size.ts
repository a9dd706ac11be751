import type { WatchState } from '../../../lambda/core/state.ts';
import type { Post, SimulatedCheck } from '../simulated-check.ts';
import type { ExpectedFacts } from './expected-facts.ts';
import type { OracleReport } from './oracle-report.ts';

const MIN_LOSS = 5;
/** A change by this part of the size is saved at once. */
const NOTABLE_PART = 0.1;

/**
 * The size of the listing as it should be, by docs/design/listing-failures.md, "A listing that shrinks": two small
 * listings in a row are one shrinkage, and one line in Slack.
 */
export class ExpectedListingSize {
  readonly #facts: ExpectedFacts;
  readonly #report: OracleReport;
  #normal = 0;
  /** The last listing was the first of two small ones in a row. */
  #isCandidate = false;
  #shrinkage: { readonly at: number; readonly from: number; readonly to: number } | undefined;
  /** `at` of the shrinkage that the state says Slack has. */
  #notifiedAt: number | undefined;

  constructor(facts: ExpectedFacts, report: OracleReport) {
    this.#facts = facts;
    this.#report = report;
  }

  /** @param isWritten A small change is saved only together with something else. */
  evaluated({ listed, now }: SimulatedCheck, isWritten: boolean): void {
    if (listed?.ok !== true) return;
    if (this.#facts.hasListingFailed) {
      if (this.#normal === 0) this.#normal = listed.records.length;
      return;
    }
    const { records, isComplete } = this.#facts;
    const count = records.size;
    if (this.#normal === 0) this.#normal = count;
    if (!isComplete) return;
    const loss = this.#normal - count;
    if (loss * 2 > this.#normal && loss >= MIN_LOSS) {
      if (this.#isCandidate) {
        this.#shrinkage = { at: now, from: this.#normal, to: count };
        this.#normal = count;
        this.#report.count('shrinkages');
      }
      this.#isCandidate = !this.#isCandidate;
      return;
    }
    this.#isCandidate = false;
    if (isWritten || Math.abs(loss) >= this.#normal * NOTABLE_PART) this.#normal = count;
  }

  compare({ facts: { size } }: WatchState, check: SimulatedCheck): void {
    const stored = [size.normal, size.shrunk === true, size.shrinkage?.at, size.shrinkage?.from].join();
    const expected = [this.#normal, this.#isCandidate, this.#shrinkage?.at, this.#shrinkage?.from].join();
    if (stored !== expected)
      this.#report.violation(`the size of the listing is stored as ${stored}, expected ${expected}`, check);
  }

  posting({ coversShrinkage, message, by }: Post): void {
    if (!coversShrinkage) return;
    this.#report.count('notified: shrinkage');
    if (this.#shrinkage === undefined) {
      this.#report.violation('a shrinkage was posted, but the listing did not shrink', by);
      return;
    }
    const { at, from, to } = this.#shrinkage;
    if (at === this.#notifiedAt) this.#report.violation('a shrinkage was posted twice', by);
    const text = JSON.stringify(message.blocks);
    if (!text.includes(`from ${from} sync`) || !text.includes(`to ${to}`))
      this.#report.violation(`the message does not say that the listing shrank from ${from} to ${to}`, by);
  }

  /** The state says that Slack accepted the message. */
  confirmed(): void {
    this.#notifiedAt = this.#shrinkage?.at;
  }

  get isUndelivered(): boolean {
    return this.#shrinkage !== undefined && this.#shrinkage.at !== this.#notifiedAt;
  }
}
