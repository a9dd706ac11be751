import type { WatchState } from '../../../lambda/core/state.ts';
import type { CheckRun, Post } from '../history.ts';
import type { ExpectedFacts } from './expected.ts';
import {
  type Heard,
  kindOf,
  type LastNotified,
  type Noted,
  nothingTold,
  owed,
  settle,
  tell,
} from './notified.ts';
import type { NotifiedCauses } from './notified-causes.ts';
import type { Verdicts } from './verdicts.ts';

/** What Slack really has of every alert, and what of it memory can know. */
export class Tellings {
  readonly all = new Map<string, LastNotified>();
  readonly #facts: ExpectedFacts;
  readonly #causes: NotifiedCauses;
  readonly #verdicts: Verdicts;
  readonly #said = new WeakMap<Post, Map<string, Heard>>();
  #notedBefore = new Map<string, Noted>();

  constructor(facts: ExpectedFacts, causes: NotifiedCauses, verdicts: Verdicts) {
    this.#facts = facts;
    this.#causes = causes;
    this.#verdicts = verdicts;
  }

  of(id: string): LastNotified {
    const told = this.all.get(id) ?? nothingTold();
    this.all.set(id, told);
    return told;
  }

  /** A check that remembers facts found these in doubt. */
  found(before: WatchState | undefined): void {
    const notificationLog = Object.entries(before?.routes['default']?.notificationLog ?? {});
    this.#notedBefore = new Map(notificationLog.map(([id, { inFlight: noted }]) => [id, noted?.what]));
  }

  /** After the look of that check: a closing in doubt counts as told when its sync fails again. */
  countClosings(): void {
    for (const [id, noted] of this.#notedBefore)
      if (noted === 'resolved' && this.#facts.alerts.get(id)?.state === 'firing')
        this.of(id).isClosingCounted = true;
  }

  /** What the check that looked last found in doubt: it is told again, whatever holds back others. */
  noted(id: string): Noted {
    return this.#notedBefore.get(id);
  }

  opened(id: string): void {
    const told = this.of(id);
    if (!told.isOpen) told.isUntold = true;
  }

  /** A post is on its way: what it tells was noted, under its own claim. */
  posting({ by, covers }: Post, state: WatchState | undefined): void {
    if (state?.lease?.holder !== by.id) this.#verdicts.wrong('a post without a claim', by);
    const notificationLog = state?.routes['default']?.notificationLog ?? {};
    for (const { fingerprint, reason } of covers) {
      const kind = kindOf(reason);
      if (kind !== 'reminder' && notificationLog[fingerprint]?.inFlight?.what !== kind)
        this.#verdicts.wrong(`a post of ${fingerprint} that was not noted before`, by);
    }
  }

  delivered(post: Post): void {
    const { by, covers } = post;
    const words = JSON.stringify(post.message.blocks);
    const said = new Map<string, Heard>();
    this.#said.set(post, said);
    for (const one of covers) {
      const { fingerprint, reason, listed, cause } = one;
      const told = this.of(fingerprint);
      const facts = this.#facts.alerts.get(fingerprint);
      this.#verdicts.count(`told: ${reason}`);
      const { fault, repeats } = tell(told, one, post, facts, this.#notedBefore.get(fingerprint));
      if (fault !== undefined) this.#verdicts.wrong(`${fingerprint}: ${fault}`, by);
      if (facts !== undefined) {
        const severity = reason === 'escalated' ? 'critical' : facts.severity;
        said.set(fingerprint, { severity, problems: new Set([facts.problem]), at: by.now });
      }
      if (reason === 'resolved') {
        this.#verdicts.count(`closed: ${facts?.how}`);
        if (facts?.how === 'excluded' && listed && !words.includes(facts.because ?? ''))
          this.#verdicts.wrong(`${fingerprint}: closed as ignored without the reason`, by);
      }
      if (repeats) post.repeats += 1;
      const kind = kindOf(reason);
      if (kind !== 'reminder') told.doubt[kind] = true;
      const isNamed = cause !== undefined || !listed || !fingerprint.startsWith('sync:');
      if (!isNamed && !words.includes(fingerprint.slice(5)))
        this.#verdicts.wrong(`${fingerprint}: told without its name`, by);
    }
  }

  /** What came of the posts of a check is remembered by its next write. @returns Those that are certain from now on. */
  settle(run: CheckRun): readonly Post[] {
    const settled: Post[] = [];
    for (const post of run.posts) {
      if (post.certain || post.answered !== 'accepted') continue;
      post.certain = true;
      settled.push(post);
      const heard = this.#said.get(post) ?? new Map<string, Heard>();
      this.#causes.told(post);
      for (const { fingerprint, reason } of post.covers) {
        if (reason === 'reminder') continue;
        const said = heard.get(fingerprint);
        const told = this.of(fingerprint);
        this.#notedBefore.delete(fingerprint);
        if (reason === 'resolved' || said === undefined) {
          told.doubt = { firing: false, resolved: false };
          told.isSurelyOpen = false;
        } else settle(told, said, reason);
      }
    }
    return settled;
  }

  /** Notes since when something is owed. */
  weigh(): void {
    for (const [id, told] of this.all) {
      if (owed(told, this.#facts.alerts.get(id)) === undefined) {
        told.owedSince = undefined;
        if (told.isClosingCounted) continue;
        told.undeliveredSince = undefined;
        told.wasDueOpen = false;
      } else told.owedSince ??= this.#verdicts.now();
    }
  }

  /** At the end everything was told. */
  finished(): void {
    for (const [id, told] of this.all) {
      const what = owed(told, this.#facts.alerts.get(id));
      if (what !== undefined) this.#verdicts.wrong(`${id}: lost: its ${what} was never told`);
    }
  }
}
