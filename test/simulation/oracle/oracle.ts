import type { WatchState } from '../../../lambda/core/state.ts';
import type { LoadedState } from '../../../lambda/state/state-store.ts';
import type { CheckRun, End, Post, Watcher } from '../history.ts';
import type { Story } from '../story.ts';
import { ExpectedFacts } from './expected.ts';
import { Gathering } from './grouping.ts';
import { ListingSize } from './listing-size.ts';
import { Tellings } from './notification-log.ts';
import { NotifiedCauses } from './notified-causes.ts';
import { Reminders } from './reminders.ts';
import { judgeEnding } from './resolutions.ts';
import { Places } from './sections.ts';
import { Sharing } from './sharing.ts';
import { compare } from './stored.ts';
import { Timeliness } from './timeliness.ts';
import { Verdicts } from './verdicts.ts';
import { Writes } from './writes.ts';

/** So many checks at the end of a calm world say nothing and write nothing. */
const QUIET_CHECKS = 5;

/**
 * Judges a world by what it did and by what Slack really has, from sections 3 to 7 of the design and ADR 0005 alone: it
 * shares no code with the core. Of memory it reads what a stranger could: which alerts are open, how large the listing
 * is, the claim, and what is noted as in doubt.
 */
export class Oracle implements Watcher {
  readonly #verdicts: Verdicts;
  readonly #facts: ExpectedFacts;
  readonly #writes: Writes;
  readonly #places = new Places();
  readonly #size: ListingSize;
  readonly #causes: NotifiedCauses;
  readonly #tellings: Tellings;
  readonly #gathering: Gathering;
  readonly #sharing: Sharing;
  readonly #reminders: Reminders;
  readonly #timeliness: Timeliness;
  #quietChecks = 0;
  readonly #leastQuiet: number;

  /**
   * @param now The true time.
   * @param leastQuiet So many checks at the end say nothing and write nothing.
   */
  constructor(story: Story, now: () => number, leastQuiet = QUIET_CHECKS) {
    this.#leastQuiet = leastQuiet;
    this.#verdicts = new Verdicts(story, now);
    this.#facts = new ExpectedFacts();
    this.#writes = new Writes(this.#verdicts);
    this.#size = new ListingSize(this.#facts, this.#verdicts);
    this.#causes = new NotifiedCauses(this.#facts, this.#places);
    this.#tellings = new Tellings(this.#facts, this.#causes, this.#verdicts);
    this.#gathering = new Gathering(this.#facts, this.#tellings, this.#causes, this.#verdicts);
    this.#sharing = new Sharing(this.#facts, this.#places, this.#causes, this.#verdicts);
    this.#reminders = new Reminders(this.#facts, this.#tellings, this.#verdicts);
    this.#timeliness = new Timeliness(this.#tellings, this.#reminders, this.#size, this.#verdicts);
  }

  get violations(): readonly string[] {
    return this.#verdicts.violations;
  }

  get figures(): Readonly<Record<string, number>> {
    return this.#verdicts.figures;
  }

  committed(run: CheckRun, state: WatchState, version: number): void {
    const before = this.#writes.state;
    this.#quietChecks = 0;
    this.#verdicts.count('writes');
    if (!this.#writes.committed(run, state, version)) {
      for (const post of this.#tellings.settle(run)) if (post.coversShrinkage) this.#size.told();
      this.#gathering.forget(state);
      return;
    }
    if (run.listed === undefined) return;
    this.#tellings.found(before);
    this.#look(run, true);
    this.#compare(run, state);
  }

  posting(post: Post): void {
    this.#verdicts.count('posts');
    this.#quietChecks = 0;
    this.#tellings.posting(post, this.#writes.state);
    this.#gathering.posting(post);
    this.#size.posting(post);
  }

  delivered(post: Post): void {
    this.#verdicts.count('accepted by Slack');
    const said = post.covers.map(
      ({ fingerprint, reason, cause }) =>
        `${reason} ${fingerprint}${cause === undefined ? '' : ` (${cause})`}`,
    );
    this.#verdicts.tell(`  Slack has, from check ${post.by.id}: ${said.join(', ')}`);
    this.#tellings.delivered(post);
    this.#reminders.delivered(post);
    this.#tellings.weigh();
  }

  answered(post: Post): void {
    this.#verdicts.tell(`  check ${post.by.id} hears from Slack: ${post.answered}`);
  }

  hindered(_run: CheckRun): void {
    this.#timeliness.hindered();
  }

  ended(run: CheckRun, end: End): void {
    judgeEnding(run, end, this.#verdicts);
    if (end.kind === 'died') {
      this.#timeliness.hindered();
      return;
    }
    const hasChecked = end.outcome?.kind === 'checked';
    if (isAllPosted(run)) this.#sharing.judge(run);
    if (!hasChecked || run.writes > 0) {
      if (hasChecked && !run.faulty) this.#timeliness.check(run);
      return;
    }
    if (run.listed !== undefined && run.recalledVersion === this.#writes.version) {
      // Nothing due and nothing changed: the look stands all the same.
      const { state } = this.#writes;
      this.#tellings.found(state);
      this.#look(run, false);
      if (state !== undefined) this.#compare(run, state);
      this.#quietChecks += 1;
      this.#timeliness.check(run);
    }
  }

  /** The function was killed at its time limit, with the check still at work. */
  killed(run: CheckRun): void {
    this.#verdicts.wrong('it did not end by itself', run);
  }

  calm(): void {
    this.#verdicts.tell('all heals');
  }

  finished({ state }: LoadedState): void {
    this.#tellings.finished();
    if (this.#size.isOwed) this.#verdicts.wrong('lost: that the listing shrank was never told');
    for (const [id, { state }] of this.#facts.alerts) {
      if (state === 'firing' || state === 'pending')
        this.#verdicts.wrong(`${id}: ${state} in a world where all is well`);
    }
    for (const [id, alert] of Object.entries(state.facts.alerts))
      if (alert.state !== 'ended')
        this.#verdicts.wrong(`${id}: memory holds it as ${alert.state} in a world where all is well`);
    for (const [id, { undeliveredSince, inFlight: noted }] of Object.entries(
      state.routes['default']?.notificationLog ?? {},
    ))
      if (undeliveredSince !== undefined || noted !== undefined)
        this.#verdicts.wrong(`${id}: still due in a world where all is well`);
    if (state.lease !== undefined && state.lease.expiresAt < this.#verdicts.now())
      this.#verdicts.wrong('a claim was never released');
    if (this.#quietChecks < this.#leastQuiet)
      this.#verdicts.wrong(`not quiet: ${this.#quietChecks} checks since the last post or write`);
  }

  #compare(run: CheckRun, state: WatchState): void {
    compare(this.#facts, state, run, this.#verdicts);
    this.#size.compare(state, run);
  }

  /** @param isWritten What it found was remembered; otherwise it found nothing new. */
  #look(run: CheckRun, isWritten: boolean): void {
    const { listed, now, policy, settledBefore } = run;
    if (listed === undefined) return;
    const before = new Map([...this.#facts.alerts].map(([id, { opened }]) => [id, opened]));
    this.#facts.apply({ listed, now, policy, isFirst: settledBefore !== true });
    for (const [id, { opened }] of this.#facts.alerts) {
      if (opened <= (before.get(id) ?? 0)) continue;
      this.#verdicts.count('firings');
      this.#tellings.opened(id);
    }
    this.#size.evaluation(run, isWritten);
    this.#tellings.countClosings();
    if (listed.ok) this.#places.seen(listed.records as readonly Record<string, unknown>[]);
    this.#gathering.evaluation(run);
    this.#sharing.evaluation();
    this.#tellings.weigh();
  }
}

/** Whether no message of the check was left out. */
function isAllPosted({ posts, faulty }: CheckRun): boolean {
  return posts.length > 0 && !faulty;
}
