import type { CheckRun, Post } from '../history.ts';
import type { ExpectedFacts } from './expected.ts';
import type { Tellings } from './notification-log.ts';
import type { Verdicts } from './verdicts.ts';

const MINUTE = 60_000;

/** Reminders, by section 4: neither too soon, nor too late, nor for paused syncs alone. */
export class Reminders {
  readonly #facts: ExpectedFacts;
  readonly #tellings: Tellings;
  readonly #verdicts: Verdicts;
  #last: Post | undefined;
  /** When last a check told of all that was open: a reminder had nothing to add. */
  #givenAt = Number.NEGATIVE_INFINITY;
  #remindedAt = Number.NEGATIVE_INFINITY;

  constructor(facts: ExpectedFacts, notificationLog: Tellings, verdicts: Verdicts) {
    this.#facts = facts;
    this.#tellings = notificationLog;
    this.#verdicts = verdicts;
  }

  delivered(post: Post): void {
    const { by, covers } = post;
    const saidByIt = new Set(by.posts.flatMap((one) => one.covers.map(({ fingerprint }) => fingerprint)));
    if (this.#openAndNotPaused().every(({ id }) => saidByIt.has(id))) this.#givenAt = by.now;
    const reminded = covers.filter(({ reason }) => reason === 'reminder');
    if (reminded.length === 0) {
      // It gives the reminder by all else that it says.
      if (post.endsReminder) this.#last = post;
      return;
    }
    if (this.#isBlind(by))
      for (const { fingerprint } of reminded)
        if (fingerprint.startsWith('sync:')) this.#verdicts.wrong(`${fingerprint}: reminded while blind`, by);
    this.#checkOne(post);
  }

  #checkOne(post: Post): void {
    const { now, policy } = post.by;
    if (this.#openAndNotPaused().length === 0)
      this.#verdicts.wrong('a reminder for paused syncs alone', post.by);
    if (!post.endsReminder) return;
    const { repeatIntervalSeconds, periodSeconds } = policy;
    const isRepeat = this.#last !== undefined && !this.#last.certain;
    const leastMs = (repeatIntervalSeconds - periodSeconds / 2) * 1000;
    if (isRepeat) post.repeats += 1;
    else if (now - this.#remindedAt < leastMs) this.#verdicts.wrong('reminded too soon', post.by);
    this.#last = post;
    this.#remindedAt = now;
  }

  /** Asked at a check before which nothing was in the way for long. */
  checkNotLate(run: CheckRun): void {
    const isBlind = this.#isBlind(run);
    const open = this.#openAndNotPaused().filter(({ id }) => !isBlind || id === 'listing');
    if (open.length === 0) return;
    const oldest = Math.min(...open.map(({ since }) => since));
    const ofOldest = open.filter(({ since }) => since === oldest);
    const toldAt = ofOldest.map(({ id }) => this.#tellings.of(id).at);
    const sinceMs = run.now - Math.max(this.#remindedAt, this.#givenAt, ...toldAt);
    const mostMs = (run.policy.repeatIntervalSeconds + run.policy.periodSeconds) * 1000;
    if (sinceMs > mostMs)
      this.#verdicts.wrong(`no reminder for ${Math.round(sinceMs / MINUTE)} minutes`, run);
  }

  #isBlind({ listed, now, policy }: CheckRun): boolean {
    return listed !== undefined && this.#facts.isBlind({ listed, now, policy, isFirst: false });
  }

  #openAndNotPaused(): readonly { readonly id: string; readonly since: number }[] {
    const open: { id: string; since: number }[] = [];
    for (const [id, { state, isPaused, since }] of this.#facts.alerts)
      if (state === 'firing' && !isPaused) open.push({ id, since });
    return open;
  }
}
