import type { WatchState } from '../../../lambda/core/state.ts';
import type { CheckRun, Post } from '../history.ts';
import type { ExpectedFacts } from './expected.ts';
import type { Tellings } from './notification-log.ts';
import { type Noted, owed } from './notified.ts';
import type { Brought, NotifiedCauses } from './notified-causes.ts';
import type { Verdicts } from './verdicts.ts';

/** What is held back since its cause was told a moment ago; and what is due. */
export class Gathering {
  /** By the last look, with the cause of each. */
  readonly held = new Map<string, string>();
  readonly #facts: ExpectedFacts;
  readonly #tellings: Tellings;
  readonly #causes: NotifiedCauses;
  readonly #verdicts: Verdicts;

  constructor(facts: ExpectedFacts, notificationLog: Tellings, causes: NotifiedCauses, verdicts: Verdicts) {
    this.#verdicts = verdicts;
    this.#facts = facts;
    this.#tellings = notificationLog;
    this.#causes = causes;
  }

  /** After the look of a check, before it posts. */
  evaluation(run: CheckRun): void {
    const { now } = run;
    this.held.clear();
    const open = this.#open();
    const ofCauses = new Map<string, Owing[]>();
    for (const [id, told] of this.#tellings.all) {
      const facts = this.#facts.alerts.get(id);
      const noted = this.#tellings.noted(id);
      const what = this.#owing(id, noted);
      if (what === undefined) {
        told.undeliveredSince = undefined;
        told.wasDueOpen = false;
        continue;
      }
      const cause = facts?.isPaused === true ? undefined : this.#causes.of(id);
      if (cause === undefined || noted !== undefined) told.undeliveredSince ??= now;
      if (cause !== undefined) ofCauses.set(cause, [...(ofCauses.get(cause) ?? []), { id, what }]);
    }
    for (const cause of this.#causes.all.keys()) {
      const owing = ofCauses.get(cause) ?? [];
      if (!open.has(cause) && owing.length === 0) this.#causes.forget(cause);
      if (open.has(cause) && !this.#rises(cause, owing)) this.#hold(cause, owing, run);
      for (const { id } of owing) if (!this.held.has(id)) this.#tellings.of(id).undeliveredSince ??= now;
    }
    for (const [id, told] of this.#tellings.all)
      if (told.undeliveredSince !== undefined && this.#facts.alerts.get(id)?.state === 'firing')
        told.wasDueOpen = true;
  }

  /** A cause is over with the last that is told of it. */
  forget(state: WatchState): void {
    if (this.#causes.all.size === 0) return;
    const live = this.#open();
    const notificationLog = state.routes['default']?.notificationLog ?? {};
    for (const id of this.#tellings.all.keys()) {
      const cause = this.#causes.of(id);
      if (cause === undefined || live.has(cause)) continue;
      if (this.#owing(id, notificationLog[id]?.inFlight?.what) !== undefined) live.add(cause);
    }
    for (const cause of this.#causes.all.keys()) if (!live.has(cause)) this.#causes.forget(cause);
  }

  /** The told causes that still have an alert open. */
  #open(): Set<string> {
    const open = new Set<string>();
    if (this.#causes.all.size === 0) return open;
    for (const [id, { state, isPaused }] of this.#facts.alerts) {
      const cause = state === 'firing' && !isPaused ? this.#causes.of(id) : undefined;
      if (cause !== undefined) open.add(cause);
    }
    return open;
  }

  /** What is owed as far as memory knows. */
  #owing(id: string, noted: Noted): Owing['what'] | undefined {
    const told = this.#tellings.of(id);
    if (told.isClosingCounted) return 'firing';
    // What changed of it is in doubt, but not that it was announced.
    if (noted === 'firing' && told.isSurelyOpen && this.#facts.alerts.get(id)?.state !== 'firing')
      return 'resolved';
    return noted ?? owed(told, this.#facts.alerts.get(id));
  }

  /** What is gathered is not posted. */
  posting({ covers, by }: Post): void {
    for (const { fingerprint, reason } of covers) {
      const cause = reason === 'reminder' ? undefined : this.held.get(fingerprint);
      if (cause !== undefined) this.#verdicts.wrong(`${fingerprint}: ${reason} while ${cause} gathers`, by);
    }
  }

  /** Together: what may be told first takes the rest with it. */
  #hold(cause: string, owing: readonly Owing[], { now, policy }: CheckRun): void {
    const until = Math.min(
      ...owing.map(({ what }) => this.#causes.gathersUntil(cause, broughtBy(what), policy)),
    );
    if (now >= until) return;
    for (const { id } of owing)
      if (this.#tellings.of(id).undeliveredSince === undefined) this.held.set(id, cause);
  }

  /** Whether something owed is worse than what was told of the cause. */
  #rises(cause: string, owing: readonly Owing[]): boolean {
    if (this.#causes.all.get(cause)?.severity === 'critical') return false;
    return owing.some(({ id }) => {
      const facts = this.#facts.alerts.get(id);
      return facts?.state === 'firing' && facts.severity === 'critical';
    });
  }
}

interface Owing {
  readonly id: string;
  readonly what: 'firing' | 'change' | 'resolved';
}

function broughtBy(what: Owing['what']): Brought {
  return what === 'resolved' ? 'resolutions' : 'firings';
}
