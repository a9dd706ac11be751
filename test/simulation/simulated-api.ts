import type { Random } from './random.ts';
import { corrupt, SimulatedSync, type SyncProperties } from './simulated-sync.ts';

const HOUR = 3_600_000;

type Interval = readonly [from: number, to: number];

/** The Timbal API: 20 to 80 syncs, connections with outages, and a clock that jumps. */
export class SimulatedApi {
  readonly #random: Random;
  readonly #syncs: SimulatedSync[] = [];
  /** The syncs that will be created later. */
  readonly #unborn: { readonly at: number; readonly create: () => SimulatedSync }[] = [];
  /** By connection. */
  readonly #outages = new Map<string, readonly Interval[]>();
  readonly #clockJumps: { readonly during: Interval; readonly offsetMs: number }[] = [];
  /** Its pages overlap now and then: an id comes twice. */
  readonly #repeatsIds: boolean;
  #hasRecovered = false;
  /** How many syncs there will have been. */
  readonly size: number;

  constructor(random: Random, start: number) {
    this.#random = random;
    const isBig = random.chance(0.35);
    // Many flapping syncs on one connection: much fires and resolves while its cause is grouping.
    const isFlapping = !isBig && random.chance(0.35);
    const connections = random.integer(1, 4);
    for (let connection = 0; connection < connections; connection += 1)
      this.#outages.set(`pg-${connection}`, outages(random, start, isFlapping));
    this.size = isBig ? random.integer(60, 80) : random.integer(20, 30);
    // Long names make digests of more than one message.
    const suffix = isBig || random.chance(0.3) ? ` ${'<of & for> '.repeat(random.integer(15, 30))}` : '';
    for (let index = 0; index < this.size; index += 1) {
      const isAlone = random.chance(isBig ? 0.9 : isFlapping ? 0.1 : 0.3);
      const id = `sync-${index}`;
      const shared = random.integer(0, connections - 1);
      this.#add(
        {
          id,
          name: `${id}${suffix}`,
          connector: isAlone ? `connector-of-${id}` : `postgres-${shared % 2}`,
          connection: isAlone ? `connection-of-${id}` : `pg-${shared}`,
          knowledgeBase: isAlone ? `kb-of-${id}` : `kb-${random.integer(0, 1)}`,
          flapChance: isFlapping ? 0.6 : 0.2,
          intervalSeconds: random.pick([10, 60, 300, 300, 600, 900, 900, 3600, 3600, 4 * 3600]),
        },
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
  }

  #add(properties: SyncProperties, start: number): void {
    const random = this.#random;
    const own = random.fork();
    const create = (createdAt: number, now: number) =>
      new SimulatedSync({
        properties,
        createdAt,
        now,
        random: own,
        isReachable: (connection, at) => this.#isReachable(connection, at),
      });
    if (random.chance(0.15)) {
      const at = start + random.between(0, 30) * HOUR;
      this.#unborn.push({ at, create: () => create(at, at) });
    } else this.#syncs.push(create(start - random.between(0.01, 30) * 24 * HOUR, start));
  }

  /** The records that a listing at this time holds. */
  records(at: number): readonly Record<string, unknown>[] {
    for (;;) {
      const index = this.#unborn.findIndex((one) => one.at <= at);
      if (index < 0) break;
      const [born] = this.#unborn.splice(index, 1);
      if (born !== undefined) this.#syncs.push(born.create());
    }
    const jump = this.#hasRecovered ? undefined : this.#clockJumps.find(({ during }) => isIn(during, at));
    const records: Record<string, unknown>[] = [];
    for (const sync of this.#syncs) {
      sync.advance(at);
      if (!sync.isDeleted) records.push(sync.record(at, jump?.offsetMs ?? 0));
    }
    if (this.#repeatsIds && !this.#hasRecovered && this.#random.chance(0.2)) this.#repeat(records, at);
    // The order of a listing means nothing.
    if (this.#random.chance(0.3)) records.reverse();
    return records;
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
    for (const sync of this.#syncs) sync.recover(at);
  }

  #isReachable(connection: string, at: number): boolean {
    if (this.#hasRecovered) return true;
    return !(this.#outages.get(connection) ?? []).some((outage) => isIn(outage, at));
  }
}

function isIn([from, to]: Interval, at: number): boolean {
  return from <= at && at < to;
}

/** The outages of a connection within 60 hours. */
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
