import type { CheckRun } from '../history.ts';
import type { ListingSize } from './listing-size.ts';
import type { Tellings } from './notification-log.ts';
import type { Reminders } from './reminders.ts';
import type { Verdicts } from './verdicts.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A route waits an hour at most; then all that nothing holds back is told at the next check. */
const LONGEST_WAIT_MS = 75 * MINUTE;
/** What is gathered is told two hours after its cause was told last, at the latest. */
const LONGEST_GATHERING_MS = 2 * HOUR + 15 * MINUTE;

/** Once nothing has gone wrong for long, nothing waits but what is gathered, and that not for long. */
export class Timeliness {
  readonly #tellings: Tellings;
  readonly #reminders: Reminders;
  readonly #size: ListingSize;
  readonly #verdicts: Verdicts;
  #hinderedAt: number;

  constructor(notificationLog: Tellings, reminders: Reminders, size: ListingSize, verdicts: Verdicts) {
    this.#tellings = notificationLog;
    this.#reminders = reminders;
    this.#size = size;
    this.#verdicts = verdicts;
    this.#hinderedAt = verdicts.now();
  }

  hindered(): void {
    this.#hinderedAt = this.#verdicts.now();
  }

  /** Asked at the end of a check without a fault. */
  check(run: CheckRun): void {
    const now = this.#verdicts.now();
    const fineForMs = now - this.#hinderedAt;
    if (fineForMs < LONGEST_WAIT_MS) return;
    this.#verdicts.count('checks judged for delay');
    for (const [id, { undeliveredSince }] of this.#tellings.all)
      if (undeliveredSince !== undefined)
        this.#verdicts.wrong(
          `${id}: due since ${new Date(undeliveredSince).toISOString()} and not told, though nothing is in the way`,
          run,
        );
    if (this.#size.isOwed) this.#verdicts.wrong('the listing shrank, and that is not told', run);
    if (run.listed !== undefined && fineForMs > LONGEST_GATHERING_MS) this.#reminders.checkNotLate(run);
  }
}
