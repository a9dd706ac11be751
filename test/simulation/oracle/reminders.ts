import type { Post, SimulatedCheck } from '../simulated-check.ts';
import type { ExpectedFacts } from './expected-facts.ts';
import type { NotificationLog } from './notification-log.ts';
import type { OracleReport } from './oracle-report.ts';

const MINUTE = 60_000;

/**
 * Reminders, by docs/design/notifications.md: none too early, none too late, none of paused syncs only, and during a
 * listing failure only of that failure.
 */
export class Reminders {
  readonly #facts: ExpectedFacts;
  readonly #log: NotificationLog;
  readonly #report: OracleReport;
  /** The last post that ended a reminder. */
  #last: Post | undefined;
  /** When a check last posted all that was firing, with or without a reminder. */
  #allPostedAt = Number.NEGATIVE_INFINITY;
  #remindedAt = Number.NEGATIVE_INFINITY;

  constructor(facts: ExpectedFacts, log: NotificationLog, report: OracleReport) {
    this.#facts = facts;
    this.#log = log;
    this.#report = report;
  }

  delivered(post: Post): void {
    const { by, covers } = post;
    const posted = new Set(by.posts.flatMap((one) => one.covers.map(({ fingerprint }) => fingerprint)));
    if (this.#firingUnpaused().every(({ id }) => posted.has(id))) this.#allPostedAt = by.now;
    const reminded = covers.filter(({ reason }) => reason === 'reminder');
    if (reminded.length === 0) {
      // A digest with all that is firing counts as the reminder.
      if (post.endsReminder) this.#last = post;
      return;
    }
    if (this.#hasListingFailed(by))
      for (const { fingerprint } of reminded)
        if (fingerprint.startsWith('sync:'))
          this.#report.violation(`${fingerprint}: a reminder during a listing failure`, by);
    this.#checkReminder(post);
  }

  #checkReminder(post: Post): void {
    const { now, policy } = post.by;
    if (this.#firingUnpaused().length === 0)
      this.#report.violation('a reminder of paused syncs only', post.by);
    if (!post.endsReminder) return;
    const { repeatIntervalSeconds, periodSeconds } = policy;
    const isRepeat = this.#last !== undefined && !this.#last.isConfirmed;
    const minMs = (repeatIntervalSeconds - periodSeconds / 2) * 1000;
    if (isRepeat) post.repeats += 1;
    else if (now - this.#remindedAt < minMs) this.#report.violation('a reminder too early', post.by);
    this.#last = post;
    this.#remindedAt = now;
  }

  /** At a check with no fault in the hours before it. */
  checkNotLate(check: SimulatedCheck): void {
    const hasFailed = this.#hasListingFailed(check);
    const firing = this.#firingUnpaused().filter(({ id }) => !hasFailed || id === 'listing');
    if (firing.length === 0) return;
    const oldest = Math.min(...firing.map(({ since }) => since));
    const notifiedAt = firing.filter(({ since }) => since === oldest).map(({ id }) => this.#log.of(id).at);
    const sinceMs = check.now - Math.max(this.#remindedAt, this.#allPostedAt, ...notifiedAt);
    const maxMs = (check.policy.repeatIntervalSeconds + check.policy.periodSeconds) * 1000;
    if (sinceMs > maxMs)
      this.#report.violation(`no reminder for ${Math.round(sinceMs / MINUTE)} minutes`, check);
  }

  #hasListingFailed({ listed, now, policy }: SimulatedCheck): boolean {
    return listed !== undefined && this.#facts.isListingFailure({ listed, now, policy, isInitialRun: false });
  }

  #firingUnpaused(): readonly { readonly id: string; readonly since: number }[] {
    const firing: { id: string; since: number }[] = [];
    for (const [id, { state, isPaused, since }] of this.#facts.alerts)
      if (state === 'firing' && !isPaused) firing.push({ id, since });
    return firing;
  }
}
