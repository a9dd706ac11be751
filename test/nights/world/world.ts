/*
 * Lives the syncs of a night minute by minute, as the platform would: runs with a duration, back-off after failures,
 * disabling after ten. Gives the listing at each minute. play/ asks it before each check.
 */
import type { Minute, Night, NightEvent, Subject, TimedEvent } from '../notation/night.ts';
import { change } from './changes.ts';
import { Conditions } from './conditions.ts';
import { recordOf } from './record.ts';
import { endRun, startRun } from './runs.ts';
import { matcherOf } from './subject.ts';
import { establishedSyncs, newSyncs, type Second, type SyncLife } from './sync-life.ts';

const MINUTE = 60;

export class World {
  readonly #night: Night;
  #conditions = new Conditions();
  #syncs: readonly SyncLife[];
  /** The next minute to live. */
  #minute: Minute = 0;
  #nextEvent = 0;

  /** The world at the midnight before the first check. */
  constructor(night: Night) {
    this.#night = night;
    this.#syncs = night.groups.flatMap(establishedSyncs);
  }

  /** Another world in the same state, which then goes its own way. */
  copy(): World {
    const copy = new World(this.#night);
    copy.#conditions = this.#conditions.copy();
    copy.#syncs = this.#syncs.map((life) => ({ ...life }));
    copy.#minute = this.#minute;
    copy.#nextEvent = this.#nextEvent;
    return copy;
  }

  /**
   * Lives on until `minute`, inclusive. Says whether anything happened beside healthy runs: an event, a failed run, or
   * the first success after one.
   */
  advance(minute: Minute): boolean {
    let isNotable = false;
    for (; this.#minute <= minute; this.#minute += 1) {
      if (this.#live(this.#minute)) isNotable = true;
    }
    return isNotable;
  }

  /** The records of all syncs that the platform has, at the minute that it lives. */
  records(midnight: number, isListed: (life: SyncLife) => boolean = () => true): readonly unknown[] {
    const now = (this.#minute - 1) * MINUTE;
    return this.#syncs
      .filter((life) => !life.isDeleted && isListed(life))
      .map((life) => recordOf(life, { midnight, now }));
  }

  #live(minute: Minute): boolean {
    const now = minute * MINUTE;
    let isNotable = false;
    for (const life of this.#syncs) {
      if (life.run !== undefined && life.run.endsAt <= now && endRun(life, life.run)) isNotable = true;
    }
    for (let next = this.#eventAt(minute); next !== undefined; next = this.#eventAt(minute)) {
      this.#nextEvent += 1;
      this.#apply(next.event, now);
      isNotable = true;
    }
    for (const life of this.#syncs) this.#maybeStart(life, now);
    return isNotable;
  }

  #eventAt(minute: Minute): TimedEvent | undefined {
    const event = this.#night.events[this.#nextEvent];
    return event !== undefined && event.at <= minute ? event : undefined;
  }

  #maybeStart(life: SyncLife, now: Second): void {
    const { nextRunAt, enabled, isDeleted, run } = life;
    if (nextRunAt === undefined || now < nextRunAt || !enabled || isDeleted || run !== undefined) return;
    if (!this.#conditions.mayStart(life)) return;
    life.runCount += 1;
    const takesSeconds = this.#conditions.takesSeconds(life);
    startRun(life, { takesSeconds, failure: this.#conditions.failureOf(life) }, now);
  }

  #apply(event: NightEvent, now: Second): void {
    switch (event.kind) {
      case 'runs':
        if (event.subject.kind !== 'syncs' && event.result.kind === 'fails')
          for (const life of this.#of(event.subject)) this.#conditions.forgetWorking(life);
        this.#conditions.set(event.subject, { result: event.result });
        return;
      case 'starts_nothing':
        this.#conditions.set(event.subject, { startsNothing: true });
        return;
      case 'takes':
        this.#conditions.set(event.subject, { takesSeconds: event.seconds });
        return;
      case 'appear':
        this.#syncs = [...this.#syncs, ...newSyncs(event.group, now)];
        return;
      case 'renamed':
        this.#rename(event, now);
        return;
      case 'person':
      case 'interval':
      case 'platform_disables':
      case 'field':
        for (const life of this.#of(event.subject)) change(life, event, now);
        return;
      default:
        // The listing, Slack, the policy and the checks are no part of the platform.
        return;
    }
  }

  #rename({ what, from, to }: Extract<NightEvent, { kind: 'renamed' }>, now: Second): void {
    for (const life of this.#of({ kind: what, names: [from] })) {
      life[what] = to;
      life.updatedAt = now;
    }
    this.#conditions.rename(what, from, to);
  }

  #of(subject: Subject): readonly SyncLife[] {
    const isSubject = matcherOf(subject);
    return this.#syncs.filter(isSubject);
  }
}
