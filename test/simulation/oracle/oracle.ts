import type { WatchState } from '../../../lambda/core/state.ts';
import type { LoadedState } from '../../../lambda/state/state-store.ts';
import type { CheckEnd, Observer, Post, SimulatedCheck } from '../simulated-check.ts';
import type { Story } from '../story.ts';
import { CauseAssignment } from './cause-assignment.ts';
import { CauseKeys } from './cause-keys.ts';
import { CauseLog } from './cause-log.ts';
import { checkEnd } from './check-end.ts';
import { ExpectedFacts } from './expected-facts.ts';
import { ExpectedListingSize } from './expected-listing-size.ts';
import { Grouping } from './grouping.ts';
import { NotificationLog } from './notification-log.ts';
import { OracleReport } from './oracle-report.ts';
import { Reminders } from './reminders.ts';
import { StoredAlerts } from './stored-alerts.ts';
import { Timeliness } from './timeliness.ts';
import { Writes } from './writes.ts';

/** How many checks at the end of a world post nothing and write nothing. */
const MIN_QUIET_CHECKS = 5;

/**
 * A second specification: it verifies a world by what the checks did and what Slack really has, from docs/design/ alone,
 * and shares no code with lambda/core. Of the stored state it reads the alerts, the size of the listing, the lease and
 * what is in flight.
 */
export class Oracle implements Observer {
  readonly #report: OracleReport;
  readonly #minQuietChecks: number;
  readonly #facts = new ExpectedFacts();
  readonly #keys = new CauseKeys();
  readonly #writes: Writes;
  readonly #stored: StoredAlerts;
  readonly #size: ExpectedListingSize;
  readonly #log: NotificationLog;
  readonly #grouping: Grouping;
  readonly #causes: CauseAssignment;
  readonly #reminders: Reminders;
  readonly #timeliness: Timeliness;
  #quietChecks = 0;

  /** @param now The true time. */
  constructor(story: Story, now: () => number, minQuietChecks = MIN_QUIET_CHECKS) {
    const report = new OracleReport(story, now);
    const facts = this.#facts;
    const keys = this.#keys;
    const causes = new CauseLog(facts, keys);
    this.#report = report;
    this.#minQuietChecks = minQuietChecks;
    this.#writes = new Writes(report);
    this.#stored = new StoredAlerts(facts, report);
    this.#size = new ExpectedListingSize(facts, report);
    const log = new NotificationLog(facts, causes, report);
    this.#log = log;
    this.#grouping = new Grouping({ facts, log, causes, report });
    this.#causes = new CauseAssignment({ facts, keys, causes, report });
    this.#reminders = new Reminders(facts, log, report);
    this.#timeliness = new Timeliness({ log, reminders: this.#reminders, size: this.#size, report });
  }

  get violations(): readonly string[] {
    return this.#report.violations;
  }

  get figures(): Readonly<Record<string, number>> {
    return this.#report.figures;
  }

  committed(check: SimulatedCheck, state: WatchState, version: number): void {
    const before = this.#writes.state;
    this.#quietChecks = 0;
    this.#report.count('writes');
    if (!this.#writes.committed(check, state, version)) {
      for (const post of this.#log.confirm(check)) if (post.coversShrinkage) this.#size.confirmed();
      this.#grouping.forgetEnded(state);
      return;
    }
    if (check.listed === undefined) return;
    this.#log.loaded(before);
    this.#evaluate(check, true);
    this.#compare(check, state);
  }

  posting(post: Post): void {
    this.#report.count('posts');
    this.#quietChecks = 0;
    this.#log.posting(post, this.#writes.state);
    this.#grouping.posting(post);
    this.#size.posting(post);
  }

  delivered(post: Post): void {
    this.#report.count('posts that Slack has');
    const covered = post.covers.map(
      ({ fingerprint, reason, cause }) =>
        `${reason} ${fingerprint}${cause === undefined ? '' : ` (${cause})`}`,
    );
    this.#report.log(`  Slack has, from check ${post.by.id}: ${covered.join(', ')}`);
    this.#log.delivered(post);
    this.#reminders.delivered(post);
    this.#log.update();
  }

  answered(post: Post): void {
    this.#report.log(`  the post of check ${post.by.id} is ${post.result}`);
  }

  faultInjected(_check: SimulatedCheck): void {
    this.#timeliness.faultInjected();
  }

  ended(check: SimulatedCheck, end: CheckEnd): void {
    checkEnd(check, end, this.#report);
    if (end.kind === 'crashed') {
      this.#timeliness.faultInjected();
      return;
    }
    const isCompleted = end.outcome?.kind === 'checked';
    if (check.posts.length > 0 && !check.isFaulty) this.#causes.verify(check);
    if (!isCompleted || check.writes > 0) {
      if (isCompleted && !check.isFaulty) this.#timeliness.verify(check);
      return;
    }
    if (check.listed !== undefined && check.loadedVersion === this.#writes.version) {
      // The check found nothing to save or to send, but it did evaluate.
      const { state } = this.#writes;
      this.#log.loaded(state);
      this.#evaluate(check, false);
      if (state !== undefined) this.#compare(check, state);
      this.#quietChecks += 1;
      this.#timeliness.verify(check);
    }
  }

  /** The check was still running at the time limit of the function. */
  timedOut(check: SimulatedCheck): void {
    this.#report.violation('it did not end before the time limit', check);
  }

  /** The world has no more faults. */
  recovered(): void {
    this.#report.log('everything recovers');
  }

  /** @param loaded What the table holds after the last check. */
  finished({ state }: LoadedState): void {
    this.#log.finished();
    if (this.#size.isUndelivered) this.#report.violation('lost: a shrinkage was never sent');
    for (const [id, alert] of this.#facts.alerts) {
      if (alert.state === 'firing' || alert.state === 'pending')
        this.#report.violation(`${id}: ${alert.state}, but all syncs are healthy`);
    }
    for (const [id, alert] of Object.entries(state.facts.alerts))
      if (alert.state !== 'ended')
        this.#report.violation(`${id}: stored as ${alert.state}, but all syncs are healthy`);
    const log = state.routes['default']?.notificationLog ?? {};
    for (const [id, { undeliveredSince, inFlight }] of Object.entries(log))
      if (undeliveredSince !== undefined || inFlight !== undefined)
        this.#report.violation(`${id}: undelivered or in flight at the end`);
    if (state.lease !== undefined && state.lease.expiresAt < this.#report.now())
      this.#report.violation('a lease was never released');
    if (this.#quietChecks < this.#minQuietChecks)
      this.#report.violation(`only ${this.#quietChecks} checks since the last post or write`);
  }

  #compare(check: SimulatedCheck, state: WatchState): void {
    this.#stored.compare(state, check);
    this.#size.compare(state, check);
  }

  /** @param isWritten The check saved the facts; otherwise nothing changed. */
  #evaluate(check: SimulatedCheck, isWritten: boolean): void {
    const { listed, now, policy, wasInitialized } = check;
    if (listed === undefined) return;
    const before = new Map([...this.#facts.alerts].map(([id, { firingCount }]) => [id, firingCount]));
    this.#facts.apply({ listed, now, policy, isInitialRun: wasInitialized !== true });
    for (const [id, { firingCount }] of this.#facts.alerts) {
      if (firingCount <= (before.get(id) ?? 0)) continue;
      this.#report.count('firings');
      this.#log.fired(id);
    }
    this.#size.evaluated(check, isWritten);
    this.#log.assumeResolutions();
    if (listed.ok) this.#keys.learn(listed.records);
    this.#grouping.evaluated(check);
    this.#causes.evaluated();
    this.#log.update();
  }
}
