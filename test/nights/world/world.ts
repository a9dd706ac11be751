/*
 * Lives the syncs of a night minute by minute, as the platform would: runs with a duration, back-off after failures,
 * disabling after ten. Gives the listing at each minute. play/ asks it before each check.
 */
import type { Minute, Night, NightEvent, Subject, TimedEvent } from '../notation/night.ts';
import { Agents } from './agents.ts';
import { type Answers, answersOf } from './answers.ts';
import { change } from './changes.ts';
import { Conditions } from './conditions.ts';
import { recordOf, type SyncRecord } from './record.ts';
import { endRun, startRun } from './runs.ts';
import { matcherOf } from './subject.ts';
import { establishedSyncs, newSyncs, type Second, type SyncLife } from './sync-life.ts';

const MINUTE = 60;

export class World {
  readonly #night: Night;
  #conditions = new Conditions();
  #agents = new Agents();
  #syncs: readonly SyncLife[];
  /** Everything up to this minute has happened. */
  #minute: Minute = 0;
  /** The next minute at which anything happens. */
  #nextMinute: Minute = 0;
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
    copy.#agents = this.#agents.copy();
    copy.#syncs = this.#syncs.map((life) => ({ ...life }));
    copy.#minute = this.#minute;
    copy.#nextMinute = this.#nextMinute;
    copy.#nextEvent = this.#nextEvent;
    return copy;
  }

  /**
   * Lives on until `minute`, inclusive. Says whether anything happened beside healthy runs: an event, a failed run, the run
   * after it, or a success that was late.
   */
  advance(minute: Minute): boolean {
    let isNotable = false;
    while (this.#nextMinute <= minute) {
      if (this.#live(this.#nextMinute)) isNotable = true;
    }
    this.#minute = Math.max(this.#minute, minute);
    return isNotable;
  }

  /** The records of all syncs that the platform has, at the minute that it lives. */
  records(midnight: number, isListed: (life: SyncLife) => boolean = () => true): readonly SyncRecord[] {
    const now = this.#minute * MINUTE;
    return this.#syncs
      .filter((life) => !life.isDeleted && isListed(life))
      .map((life) => recordOf(life, { midnight, now }));
  }

  /** What the neighbouring routes answer, at the minute that it lives, of the jobs only those of the wanted syncs. */
  answers(midnight: number, wanted: ReadonlySet<string>): Answers {
    return answersOf(this.#syncs, { agents: this.#agents, midnight, now: this.#minute * MINUTE, wanted });
  }

  /** Lives one minute, and finds the next one at which anything happens. */
  #live(minute: Minute): boolean {
    const now = minute * MINUTE;
    let isNotable = false;
    for (const life of this.#syncs) {
      if (life.run !== undefined && life.run.endsAt <= now && endRun(life, life.run)) isNotable = true;
    }
    const hasEvent = this.#eventAt(minute) !== undefined;
    for (let next = this.#eventAt(minute); next !== undefined; next = this.#eventAt(minute)) {
      this.#nextEvent += 1;
      this.#apply(next.event, now);
      isNotable = true;
    }
    let wakesAt = (this.#night.events[this.#nextEvent]?.at ?? Number.POSITIVE_INFINITY) * MINUTE;
    for (const life of this.#syncs) {
      // Without an event, nothing happens to the others.
      if (hasEvent || life.wakesAt <= now) {
        const state = life.lastState;
        life.wakesAt = this.#startOrWait(life, now);
        // A sync that is in trouble is listed as running now.
        if (state !== 'completed' && life.lastState !== state) isNotable = true;
      }
      if (life.wakesAt < wakesAt) wakesAt = life.wakesAt;
    }
    this.#nextMinute = Math.max(minute + 1, Math.ceil(wakesAt / MINUTE));
    return isNotable;
  }

  #eventAt(minute: Minute): TimedEvent | undefined {
    const event = this.#night.events[this.#nextEvent];
    return event !== undefined && event.at <= minute ? event : undefined;
  }

  /** Starts a run that is due. Returns when something happens to the sync next, without an event. */
  #startOrWait(life: SyncLife, now: Second): Second {
    if (life.run !== undefined) return life.run.endsAt;
    const { nextRunAt, enabled, isDeleted } = life;
    if (nextRunAt === undefined || !enabled || isDeleted) return Number.POSITIVE_INFINITY;
    if (now < nextRunAt) return nextRunAt;
    if (!this.#conditions.mayStart(life)) return Number.POSITIVE_INFINITY;
    life.runCount += 1;
    const takesSeconds = this.#conditions.takesSeconds(life);
    startRun(life, { takesSeconds, failure: this.#conditions.failureOf(life) }, now);
    return now + takesSeconds;
  }

  #apply(event: NightEvent, now: Second): void {
    switch (event.kind) {
      case 'runs':
        if (event.subject.kind !== 'syncs' && event.result.kind === 'fails')
          for (const life of this.#of(event.subject)) this.#conditions.forgetWorking(life);
        this.#conditions.set(event.subject, { result: event.result });
        return;
      case 'agent':
        this.#agents.change(event, now);
        this.#conditions.set(
          event.subject,
          event.verb === 'comes back' ? { result: { kind: 'works' } } : { startsNothing: true },
        );
        return;
      case 'called':
        this.#agents.call(event);
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
      life.record = undefined;
      life[what] = to;
      // Its jobs are known by its runs.
      life.pastRuns = life.pastRuns.map((run) => ({ ...run }));
      life.updatedAt = now;
    }
    this.#conditions.rename(what, from, to);
  }

  #of(subject: Subject): readonly SyncLife[] {
    const isSubject = matcherOf(subject);
    return this.#syncs.filter(isSubject);
  }
}
