import type { SimulatedCheck } from '../simulated-check.ts';
import type { ExpectedListingSize } from './expected-listing-size.ts';
import type { NotificationLog } from './notification-log.ts';
import type { OracleReport } from './oracle-report.ts';
import type { Reminders } from './reminders.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A route backs off for an hour at most; the next check sends all that is not held. */
const MAX_BACKOFF_MS = 75 * MINUTE;
/** What is held is sent two hours after the last notification of its cause, at the latest. */
const MAX_HELD_MS = 2 * HOUR + 15 * MINUTE;

interface TimelinessOptions {
  readonly log: NotificationLog;
  readonly reminders: Reminders;
  readonly size: ExpectedListingSize;
  readonly report: OracleReport;
}

/** Some time after the last fault, everything is delivered but what is held, and no reminder is late. */
export class Timeliness {
  readonly #log: NotificationLog;
  readonly #reminders: Reminders;
  readonly #size: ExpectedListingSize;
  readonly #report: OracleReport;
  #lastFaultAt: number;

  constructor({ log, reminders, size, report }: TimelinessOptions) {
    this.#log = log;
    this.#reminders = reminders;
    this.#size = size;
    this.#report = report;
    this.#lastFaultAt = report.now();
  }

  faultInjected(): void {
    this.#lastFaultAt = this.#report.now();
  }

  /** At the end of a check without a fault. */
  verify(check: SimulatedCheck): void {
    const sinceFaultMs = this.#report.now() - this.#lastFaultAt;
    if (sinceFaultMs < MAX_BACKOFF_MS) return;
    this.#report.count('checks verified for delay');
    for (const [id, { undeliveredSince }] of this.#log.entries)
      if (undeliveredSince !== undefined)
        this.#report.violation(
          `${id}: undelivered since ${new Date(undeliveredSince).toISOString()} without a fault`,
          check,
        );
    if (this.#size.isUndelivered) this.#report.violation('a shrinkage is undelivered without a fault', check);
    if (check.listed !== undefined && sinceFaultMs > MAX_HELD_MS) this.#reminders.checkNotLate(check);
  }
}
