import type { Random } from './random.ts';
import { corrupt, SyncLife } from './sync-life.ts';

const HOUR = 3_600_000;

/** The API: the syncs, their connections, and a clock that jumps. */
export class Api {
  readonly #lives: SyncLife[] = [];
  readonly #random: Random;
  readonly #outages = new Map<string, readonly (readonly [number, number])[]>();
  readonly #jumps: (readonly [from: number, to: number, offsetMs: number])[] = [];
  readonly #births: { readonly at: number; readonly life: () => SyncLife }[] = [];
  /** Its pages overlap now and then. */
  readonly #isUntidy: boolean;
  #calm = false;
  size = 0;

  constructor(random: Random, start: number) {
    this.#random = random;
    const isBig = random.chance(0.35);
    // Many nervous syncs on one connection: much opens and ends while its cause gathers.
    const isNervous = !isBig && random.chance(0.35);
    const connections = random.integer(1, 4);
    for (let connection = 0; connection < connections; connection += 1)
      this.#outages.set(`pg-${connection}`, outages(random, start, isNervous));
    const count = isBig ? random.integer(60, 80) : random.integer(20, 30);
    // Long names make digests of more than one message.
    const surname = isBig || random.chance(0.3) ? ` ${'<of & for> '.repeat(random.integer(15, 30))}` : '';
    for (let index = 0; index < count; index += 1) {
      const isAlone = random.chance(isBig ? 0.9 : isNervous ? 0.1 : 0.3);
      const id = `sync-${index}`;
      const shared = random.integer(0, connections - 1);
      const place = {
        id,
        name: `${id}${surname}`,
        connector: isAlone ? `connector-of-${id}` : `postgres-${shared % 2}`,
        connection: isAlone ? `connection-of-${id}` : `pg-${shared}`,
        knowledgeBase: isAlone ? `kb-of-${id}` : `kb-${random.integer(0, 1)}`,
        nervous: isNervous ? 0.6 : 0.2,
        intervalSeconds: random.pick([10, 60, 300, 300, 600, 900, 900, 3600, 3600, 4 * 3600]),
      };
      const own = random.fork();
      const life = (born: number, now: number) =>
        new SyncLife(place, born, now, own, (connection, at) => this.#reachable(connection, at));
      if (random.chance(0.15)) {
        const at = start + random.between(0, 30) * HOUR;
        this.#births.push({ at, life: () => life(at, at) });
      } else this.#lives.push(life(start - random.between(0.01, 30) * 24 * HOUR, start));
      this.size += 1;
    }
    for (let jump = 0; jump < (isBig ? 10 : random.integer(0, 1)); jump += 1) {
      const from = start + random.between(0, 40) * HOUR;
      this.#jumps.push([
        from,
        from + random.between(0.2, 3) * HOUR,
        Math.round(random.pick(isBig ? [-4, -2] : [-2, -0.2, 0.05, 0.3]) * HOUR),
      ]);
    }
    this.#isUntidy = random.chance(0.4);
  }

  records(at: number): readonly Record<string, unknown>[] {
    while (this.#births.length > 0) {
      const plan = this.#births.findIndex((birth) => birth.at <= at);
      if (plan < 0) break;
      const [birth] = this.#births.splice(plan, 1);
      if (birth !== undefined) this.#lives.push(birth.life());
    }
    const jump = this.#calm ? undefined : this.#jumps.find(([from, to]) => from <= at && at < to);
    const records: Record<string, unknown>[] = [];
    for (const life of this.#lives) {
      life.advance(at);
      if (!life.deleted) records.push(life.record(at, jump?.[2] ?? 0));
    }
    if (this.#isUntidy && !this.#calm && this.#random.chance(0.2)) this.#repeat(records, at);
    // The order of a listing says nothing.
    if (this.#random.chance(0.3)) records.reverse();
    return records;
  }

  /** Some ids come twice: the same record again, or one that was read at a worse time. */
  #repeat(records: Record<string, unknown>[], at: number): void {
    const random = this.#random;
    for (let copies = records.length === 0 ? 0 : random.integer(1, 3); copies > 0; copies -= 1) {
      const record = random.pick(records);
      const copy = { ...record };
      const isWell = record['enabled'] === true && record['last_state'] === 'completed';
      const kind = random.integer(0, 2);
      if (kind === 1) corrupt(copy, random.integer(0, 1), at);
      if (kind === 2 && isWell && !Number.isNaN(Date.parse(String(record['last_success_at'])))) {
        const hours = 100;
        copy['last_state'] = 'failed';
        copy['last_success_at'] = new Date(at - hours * HOUR).toISOString();
        copy['seconds_since_success'] = hours * 3600;
      }
      records.splice(random.integer(0, records.length), 0, copy);
    }
  }

  heal(at: number): void {
    this.records(at);
    this.#calm = true;
    this.#births.length = 0;
    for (const life of this.#lives) life.heal(at);
  }

  #reachable(connection: string, at: number): boolean {
    if (this.#calm) return true;
    return !(this.#outages.get(connection) ?? []).some(([from, to]) => from <= at && at < to);
  }
}

function outages(random: Random, start: number, often: boolean): readonly (readonly [number, number])[] {
  const all: [number, number][] = [];
  for (
    let at = start + random.wait((often ? 2 : 10) * HOUR);
    at < start + 60 * HOUR;
    at += random.wait((often ? 4 : 14) * HOUR)
  ) {
    const to = at + random.between(0.2, often ? 8 : 4) * HOUR;
    all.push([at, to]);
    at = to;
  }
  return all;
}
