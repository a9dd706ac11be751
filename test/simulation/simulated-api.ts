import type { Random } from './random.ts';
import { corrupt, SimulatedSync, type SyncProperties } from './simulated-sync.ts';
import { emptyTimes, type Interval, isIn, type WorldEvent, worldEvents } from './world-events.ts';

const HOUR = 3_600_000;

/**
 * The Timbal API: 20 to 80 syncs, outages of connections, connectors, knowledge bases and everything, a clock that jumps,
 * and people who pause, delete, re-create and hide syncs.
 */
export class SimulatedApi {
  readonly #random: Random;
  readonly #syncs: SimulatedSync[] = [];
  /** The syncs that will be created later. */
  readonly #unborn: { readonly at: number; readonly create: () => SimulatedSync }[] = [];
  /** By connection, connector or knowledge base; `everything` for all of them. */
  readonly #outages = new Map<string, readonly Interval[]>();
  readonly #clockJumps: { readonly during: Interval; readonly offsetMs: number }[] = [];
  /** In the order of their times. */
  readonly #events: WorldEvent[];
  /** What the API key does not see, and when. */
  readonly #hidden: { readonly during: Interval; readonly covers: (sync: SyncProperties) => boolean }[] = [];
  readonly #empty: readonly Interval[];
  /** Its pages overlap now and then: an id comes twice. */
  readonly #repeatsIds: boolean;
  #hasRecovered = false;
  /** How many syncs there will have been, without those that are re-created. */
  readonly size: number;

  constructor(random: Random, start: number) {
    this.#random = random;
    const isBig = random.chance(0.35);
    // Many flapping syncs on one connection: much fires and resolves while its cause is grouping.
    const isFlapping = !isBig && random.chance(0.35);
    const isOneConnection = random.chance(0.1);
    const connections = isOneConnection ? 1 : random.integer(1, 5);
    for (let connection = 0; connection < connections; connection += 1)
      this.#outages.set(`pg-${connection}`, outages(random, start, isFlapping));
    for (const broader of ['postgres-0', 'postgres-1', 'kb-0', 'everything'])
      if (random.chance(0.3)) this.#outages.set(broader, outages(random, start + 10 * HOUR, false));
    this.size = isBig ? random.integer(60, 80) : random.integer(20, 30);
    // Long names make digests of more than one message.
    const suffix = isBig || random.chance(0.3) ? ` ${'<of & for> '.repeat(random.integer(15, 30))}` : '';
    for (let index = 0; index < this.size; index += 1) {
      const isAlone = !isOneConnection && random.chance(isBig ? 0.9 : isFlapping ? 0.1 : 0.3);
      const id = `sync-${index}`;
      const shared = random.integer(0, connections - 1);
      const isNew = random.chance(0.15);
      this.#add(
        {
          id,
          name: `${id}${suffix}`,
          connector: isAlone ? `connector-of-${id}` : `postgres-${shared % 2}`,
          connection: isAlone ? `connection-of-${id}` : `pg-${shared}`,
          knowledgeBase: isAlone ? `kb-of-${id}` : `kb-${random.integer(0, 1)}`,
          flapChance: isFlapping ? 0.6 : 0.2,
          intervalSeconds: random.pick([10, 60, 300, 300, 600, 900, 900, 3600, 3600, 4 * 3600]),
          ...(isNew && { firstLoadMs: random.between(0.5, 8) * HOUR }),
        },
        isNew ? start + random.between(0, 30) * HOUR : undefined,
        start,
      );
    }
    for (let jump = 0; jump < (isBig ? 10 : random.integer(0, 1)); jump += 1) {
      const from = start + random.between(0, 40) * HOUR;
      this.#clockJumps.push({
        during: [from, from + random.between(0.2, 3) * HOUR],
        offsetMs: Math.round(random.pick(isBig ? [-4, -2] : [-2, -0.2, 0.05, 0.3]) * HOUR),
      });
    }
    this.#repeatsIds = random.chance(0.4);
    this.#events = worldEvents(random.fork(), start);
    this.#empty = emptyTimes(random.fork(), start);
  }

  /** @param createdAt When it will be created; undefined for one that is there. */
  #add(properties: SyncProperties, createdAt: number | undefined, start: number): void {
    const random = this.#random;
    const create = this.#creatorOf(properties);
    if (createdAt !== undefined)
      this.#unborn.push({ at: createdAt, create: () => create(createdAt, createdAt) });
    else this.#syncs.push(create(start - random.between(0.01, 30) * 24 * HOUR, start));
  }

  #creatorOf(properties: SyncProperties): (createdAt: number, now: number) => SimulatedSync {
    const random = this.#random.fork();
    return (createdAt, now) =>
      new SimulatedSync({
        properties,
        createdAt,
        now,
        random,
        isReachable: (sync, at) => this.#isReachable(sync, at),
      });
  }

  /** By how much its clock is ahead at this time, in milliseconds. */
  clockAheadMs(at: number): number {
    if (this.#hasRecovered) return 0;
    return this.#clockJumps.find(({ during }) => isIn(during, at))?.offsetMs ?? 0;
  }

  /** The records that a listing at this time holds. */
  records(at: number): readonly Record<string, unknown>[] {
    this.#play(at);
    for (;;) {
      const index = this.#unborn.findIndex((one) => one.at <= at);
      if (index < 0) break;
      const [born] = this.#unborn.splice(index, 1);
      if (born !== undefined) this.#syncs.push(born.create());
    }
    if (!this.#hasRecovered && this.#empty.some((during) => isIn(during, at))) return [];
    const aheadMs = this.clockAheadMs(at);
    const hidden = this.#hasRecovered ? [] : this.#hidden.filter(({ during }) => isIn(during, at));
    const records: Record<string, unknown>[] = [];
    for (const sync of this.#syncs) {
      sync.advance(at);
      const isHidden = hidden.some(({ covers }) => covers(sync.properties));
      if (!sync.isDeleted && !isHidden) records.push(sync.record(at, aheadMs));
    }
    if (this.#repeatsIds && !this.#hasRecovered && this.#random.chance(0.2)) this.#repeat(records, at);
    // The order of a listing means nothing.
    if (this.#random.chance(0.3)) records.reverse();
    return records;
  }

  /** What people do until `to`. */
  #play(to: number): void {
    for (let [event] = this.#events; event !== undefined && event.at <= to; [event] = this.#events) {
      this.#events.shift();
      const { covers } = event;
      const some = this.#syncs.filter((sync) => !sync.isDeleted && covers(sync.properties));
      if (event.kind === 'hide') this.#hidden.push({ during: [event.at, event.until], covers });
      if (event.kind === 'pause') for (const sync of some) sync.pause(event.at);
      if (event.kind === 'resume') for (const sync of some) sync.resume(event.at);
      if (event.kind === 're-create') for (const sync of some) this.#recreate(sync, event.at);
    }
  }

  /** The same work with a new id. */
  #recreate(sync: SimulatedSync, at: number): void {
    sync.advance(at);
    sync.delete();
    const { properties } = sync;
    this.#syncs.push(this.#creatorOf({ ...properties, id: `${properties.id}-again` })(at, at));
  }

  /** Adds some ids a second time: with the same record, or with a worse one. */
  #repeat(records: Record<string, unknown>[], at: number): void {
    const random = this.#random;
    for (let copies = records.length === 0 ? 0 : random.integer(1, 3); copies > 0; copies -= 1) {
      const record = random.pick(records);
      const copy = { ...record };
      const isHealthy = record['enabled'] === true && record['last_state'] === 'completed';
      const kind = random.integer(0, 2);
      if (kind === 1) corrupt(copy, random.integer(0, 1), at);
      if (kind === 2 && isHealthy && !Number.isNaN(Date.parse(String(record['last_success_at'])))) {
        const hours = 100;
        copy['last_state'] = 'failed';
        copy['last_success_at'] = new Date(at - hours * HOUR).toISOString();
        copy['seconds_since_success'] = hours * 3600;
      }
      records.splice(random.integer(0, records.length), 0, copy);
    }
  }

  /** From now on, every sync is healthy, the clock is right, and nothing new appears. */
  recover(at: number): void {
    this.records(at);
    this.#hasRecovered = true;
    this.#unborn.length = 0;
    this.#events.length = 0;
    for (const sync of this.#syncs) sync.recover(at);
  }

  #isReachable({ connection, connector, knowledgeBase }: SyncProperties, at: number): boolean {
    if (this.#hasRecovered) return true;
    return [connection, connector, knowledgeBase, 'everything'].every(
      (where) => !(this.#outages.get(where) ?? []).some((outage) => isIn(outage, at)),
    );
  }
}

/** The outages of one part of the world within 60 hours. */
function outages(random: Random, start: number, isFrequent: boolean): readonly Interval[] {
  const all: Interval[] = [];
  for (
    let at = start + random.wait((isFrequent ? 2 : 10) * HOUR);
    at < start + 60 * HOUR;
    at += random.wait((isFrequent ? 4 : 14) * HOUR)
  ) {
    const to = at + random.between(0.2, isFrequent ? 8 : 4) * HOUR;
    all.push([at, to]);
    at = to;
  }
  return all;
}
