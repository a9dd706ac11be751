import type { RunResult, Subject, WhichRuns } from '../notation/night.ts';
import { chanceOf } from './chance.ts';
import type { Failure, SyncLife } from './sync-life.ts';

/** What is the matter with a sync, a connection, a connector, a knowledge base or everything. */
interface Condition {
  readonly result?: RunResult;
  readonly startsNothing?: true;
  readonly takesSeconds?: number;
}

type Kind = Subject['kind'];

/** What makes runs fail, hang or not start. The most specific condition counts. */
export class Conditions {
  #byKey = new Map<string, Condition>();

  copy(): Conditions {
    const copy = new Conditions();
    copy.#byKey = new Map(this.#byKey);
    return copy;
  }

  /** Sets what differs. `works` forgets all that was set for this subject. */
  set(subject: Subject, condition: Condition): void {
    for (const key of keysOfSubject(subject)) {
      if (condition.result?.kind !== 'works') this.#byKey.set(key, { ...this.#byKey.get(key), ...condition });
      // A sync of its own works although its connection fails.
      else if (subject.kind === 'syncs') this.#byKey.set(key, { result: condition.result });
      else this.#byKey.delete(key);
    }
  }

  /** Forgets what was set for this very sync to work. A later failure of its connection concerns it again. */
  forgetWorking({ name }: SyncLife): void {
    const key = keyOf('syncs', name);
    if (this.#byKey.get(key)?.result?.kind === 'works') this.#byKey.delete(key);
  }

  rename(what: 'connection' | 'connector', from: string, to: string): void {
    const condition = this.#byKey.get(keyOf(what, from));
    if (condition === undefined) return;
    this.#byKey.delete(keyOf(what, from));
    this.#byKey.set(keyOf(what, to), condition);
  }

  mayStart(life: SyncLife): boolean {
    return !this.#conditionsOf(life).some(({ startsNothing }) => startsNothing);
  }

  takesSeconds(life: SyncLife): number {
    const set = this.#conditionsOf(life).find(({ takesSeconds }) => takesSeconds !== undefined);
    const usual = life.lastSuccessAt === null ? life.loadsSeconds : life.takesSeconds;
    return set?.takesSeconds ?? usual;
  }

  /** How the run that starts now ends; undefined: it succeeds. */
  failureOf(life: SyncLife): Failure | undefined {
    const result = this.#conditionsOf(life).find((condition) => condition.result !== undefined)?.result;
    if (result === undefined || result.kind === 'works' || !isHit(life, result.which)) return undefined;
    return { state: result.state, error: result.error };
  }

  /** The most specific first. */
  #conditionsOf(life: SyncLife): readonly Condition[] {
    if (this.#byKey.size === 0) return NONE;
    const keys = [
      keyOf('syncs', life.name),
      keyOf('connection', life.connection),
      keyOf('connector', life.connector),
      keyOf('kb', life.knowledgeBase),
      keyOf('everything', ''),
    ];
    return keys.flatMap((key) => this.#byKey.get(key) ?? []);
  }
}

const NONE: readonly Condition[] = [];

function keyOf(kind: Kind, name: string): string {
  return `${kind} ${name}`;
}

function keysOfSubject(subject: Subject): readonly string[] {
  if (subject.kind === 'everything') return [keyOf('everything', '')];
  return subject.names.map((name) => keyOf(subject.kind, name));
}

function isHit({ name, runCount }: SyncLife, which: WhichRuns): boolean {
  if (which.kind === 'every') return runCount % which.nth === 0;
  return chanceOf(`${name} ${runCount}`) < 1 / which.oneIn;
}
