import type { Destination, WatchState } from '../../../lambda/core/state.ts';
import type { LoadedState } from '../../../lambda/state/state-store.ts';
import type { CheckEnd, Observer, Post, SimulatedCheck } from '../simulated-check.ts';
import type { Story } from '../story.ts';
import { AlertBounds } from './alert-bounds.ts';
import { Channel } from './channel.ts';
import { checkEnd } from './check-end.ts';
import { ConditionLines } from './condition-lines.ts';
import { Delays } from './delays.ts';
import { DigestLines } from './digest-lines.ts';
import { Muted } from './muted.ts';
import { OracleReport } from './oracle-report.ts';
import { Reminders } from './reminders.ts';
import { SeenSyncs } from './seen-syncs.ts';
import { Writes } from './writes.ts';

/** How many checks at the end of a world post nothing and write nothing. */
const MIN_QUIET_CHECKS = 5;

/**
 * Judges a world by what its listings showed, what the checks saved and what Slack really has, from docs/design/ alone. It
 * shares no code with lambda/core and repeats none of its choices: it verifies bounds and promises. Which likely cause is
 * named, for example, is not its matter; that an alert under a cause belongs to it is.
 */
export class Oracle implements Observer {
  readonly #report: OracleReport;
  readonly #minQuietChecks: number;
  readonly #seen = new SeenSyncs();
  readonly #writes: Writes;
  readonly #bounds: AlertBounds;
  readonly #conditions: ConditionLines;
  readonly #muted: Muted;
  readonly #channel: Channel;
  readonly #lines: DigestLines;
  readonly #delays: Delays;
  readonly #reminders: Reminders;
  #quietChecks = 0;

  /** @param now The true time. */
  constructor(story: Story, now: () => number, minQuietChecks = MIN_QUIET_CHECKS) {
    const report = new OracleReport(story, now);
    const seen = this.#seen;
    const bounds = new AlertBounds(seen, report);
    const muted = new Muted(seen);
    const conditions = new ConditionLines(seen, () => muted.lastOfAll, report);
    const channel = new Channel({ bounds, conditions, muted, report });
    const lines = new DigestLines({ seen, bounds, channel, conditions, report });
    this.#report = report;
    this.#minQuietChecks = minQuietChecks;
    this.#writes = new Writes(report);
    this.#bounds = bounds;
    this.#conditions = conditions;
    this.#muted = muted;
    this.#channel = channel;
    this.#lines = lines;
    this.#delays = new Delays({ bounds, channel, conditions, muted, lines, report });
    this.#reminders = new Reminders({ seen, bounds, channel, muted, report });
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
      this.#channel.confirm(check);
      return;
    }
    this.#evaluate(check, { before, after: state });
  }

  posting(post: Post): void {
    this.#report.count('posts');
    this.#quietChecks = 0;
    this.#channel.posting(post);
  }

  delivered(post: Post): void {
    this.#report.count('posts that Slack has');
    const covered = post.covers.map(
      ({ fingerprint, reason, cause }) => `${reason} ${fingerprint}${cause ? ` (${cause.key})` : ''}`,
    );
    this.#report.log(`  Slack has, from check ${post.by.id}: ${covered.join(', ')}`);
    this.#channel.delivered(post);
    this.#reminders.delivered(post);
  }

  answered(post: Post): void {
    this.#report.log(`  the post of check ${post.by.id} is ${post.result}`);
  }

  faultInjected(_check: SimulatedCheck): void {}

  ended(check: SimulatedCheck, end: CheckEnd): void {
    checkEnd(check, end, this.#report);
    if (end.kind === 'crashed' || end.outcome?.kind !== 'checked') return;
    const [digest] = end.outcome.digests;
    const isCurrent = check.writes > 0 || check.loadedVersion === this.#writes.version;
    if (check.listed === undefined || !isCurrent) return;
    const { state } = this.#writes;
    if (check.writes === 0 && end.outcome.saved === false) {
      // The check found nothing to save or to send, but it did evaluate.
      this.#quietChecks += 1;
      if (state !== undefined) this.#evaluate(check, { before: state, after: state });
    }
    if (digest !== undefined && check.posts.length > 0) this.#lines.verify(check, digest);
    this.#verifyDelays(check, state);
  }

  /** Only of a check that met no fault, on a route that did not back off when it began. */
  #verifyDelays(check: SimulatedCheck, state: WatchState | undefined): void {
    const isDelivered = check.posts.every(({ result }) => result === 'accepted');
    if (check.isFaulty || !isDelivered || this.#wasBackingOff(check, state)) return;
    this.#delays.verify(check);
    this.#conditions.verify(check);
    this.#reminders.verify(check);
  }

  #wasBackingOff({ now }: SimulatedCheck, state: WatchState | undefined): boolean {
    return destinationsIn(state).some(({ backoffUntil = 0 }) => backoffUntil > now);
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
    this.#channel.finished();
    for (const [id, alert] of Object.entries(state.facts.alerts))
      if (alert.state !== 'ended')
        this.#report.violation(`${id}: stored as ${alert.state}, but all syncs are healthy`);
    const entries = destinationsIn(state).flatMap(({ notificationLog }) => Object.entries(notificationLog));
    for (const [id, { undeliveredSince, heldSince, muted, inFlight }] of entries)
      if ([undeliveredSince, heldSince, muted, inFlight].some((one) => one !== undefined))
        this.#report.violation(`${id}: undelivered, held, muted or in flight at the end`);
    if (state.lease !== undefined && state.lease.expiresAt < this.#report.now())
      this.#report.violation('a lease was never released');
    if (this.#quietChecks < this.#minQuietChecks)
      this.#report.violation(`only ${this.#quietChecks} checks since the last post or write`);
  }

  #evaluate(
    check: SimulatedCheck,
    { before, after }: { readonly before: WatchState | undefined; readonly after: WatchState },
  ): void {
    const isInitialRun = check.wasInitialized !== true;
    this.#seen.evaluate(check, isInitialRun);
    const fired = this.#bounds.evaluated(check, after.facts, isInitialRun);
    const [destination] = destinationsIn(before);
    this.#channel.evaluated(destination?.notificationLog ?? {}, fired, check.now);
    this.#muted.evaluated(check, after.facts.alerts);
    this.#conditions.evaluated(check);
  }
}

/** What each destination of the only route was sent. */
function destinationsIn(state: WatchState | undefined): readonly Destination[] {
  return Object.values(state?.routes['default']?.destinations ?? {});
}
