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
  #byKind: Readonly<Record<Kind, Map<string, Condition>>> = noConditions();
  #isEmpty = true;

  copy(): Conditions {
    const copy = new Conditions();
    const { everything, kb, connector, connection, syncs } = this.#byKind;
    copy.#byKind = {
      syncs: new Map(syncs),
      connection: new Map(connection),
      connector: new Map(connector),
      kb: new Map(kb),
      everything: new Map(everything),
    };
    copy.#isEmpty = this.#isEmpty;
    return copy;
  }

  /** Sets what differs. `works` forgets all that was set for this subject. */
  set(subject: Subject, condition: Condition): void {
    this.#isEmpty = false;
    const set = this.#byKind[subject.kind];
    for (const name of subject.kind === 'everything' ? [EVERYTHING] : subject.names) {
      if (condition.result?.kind !== 'works') set.set(name, { ...set.get(name), ...condition });
      // A sync of its own works although its connection fails.
      else if (subject.kind === 'syncs') set.set(name, { result: condition.result });
      else set.delete(name);
    }
  }

  /** Forgets what was set for this very sync to work. A later failure of its connection concerns it again. */
  forgetWorking({ name }: SyncLife): void {
    const own = this.#byKind.syncs;
    if (own.get(name)?.result?.kind === 'works') own.delete(name);
  }

  rename(what: 'connection' | 'connector', from: string, to: string): void {
    const set = this.#byKind[what];
    const condition = set.get(from);
    if (condition === undefined) return;
    set.delete(from);
    set.set(to, condition);
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
    if (this.#isEmpty) return NONE;
    const { everything, kb, connector, connection, syncs } = this.#byKind;
    const found = [
      syncs.get(life.name),
      connection.get(life.connection),
      connector.get(life.connector),
      kb.get(life.knowledgeBase),
      everything.get(EVERYTHING),
    ];
    return found.filter((condition) => condition !== undefined);
  }
}

const NONE: readonly Condition[] = [];
const EVERYTHING = '';

function noConditions(): Record<Kind, Map<string, Condition>> {
  return {
    syncs: new Map(),
    connection: new Map(),
    connector: new Map(),
    kb: new Map(),
    everything: new Map(),
  };
}

function isHit({ name, runCount }: SyncLife, which: WhichRuns): boolean {
  if (which.kind === 'every') return runCount % which.nth === 0;
  return chanceOf(`${name} ${runCount}`) < 1 / which.oneIn;
}
