import { check } from '../../lambda/check.ts';
import { parsePolicy } from '../../lambda/core/policy.ts';
import { CheckFailed, type Outcome } from '../../lambda/outcome.ts';
import type { CheckSettings, Ports } from '../../lambda/ports.ts';
import { Clock, onVirtualTime } from './clock.ts';
import { FINE, faultAt, type Tally, weather } from './faults.ts';
import type { CheckRun, End } from './history.ts';
import { Oracle } from './oracle/oracle.ts';
import { Random } from './random.ts';
import { Stage } from './stage.ts';
import { Story } from './story.ts';
import { SyncLife } from './sync-life.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const START = Date.UTC(2026, 10, 24, 9);
const KILLED_AFTER_SECONDS = 60;
const PERIOD_SECONDS = 300;

export type Check = (ports: Ports, settings: CheckSettings) => Promise<Outcome>;

export interface WorldOptions {
  readonly seed: number;
  /** What runs in it: the real check, or one that is broken on purpose. */
  readonly check?: Check;
  readonly tally?: Tally;
  /** Keeps what happened, in words. */
  readonly tells?: boolean;
  /** How long it is stormy before it is calm; between 17 and 48 hours unless it is said. */
  readonly hours?: number;
  /** Ends the world soon after the first thing that is wrong. */
  readonly stopsAtViolation?: boolean;
}

/** What came of one world. */
export interface WorldResult {
  readonly checks: number;
  readonly syncs: number;
  /** The longest check, in seconds of its own time. */
  readonly longestSeconds: number;
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
  readonly story: readonly string[];
}

/** Runs one seeded world from its first check until it is calm, and has it judged. */
export async function runWorld(options: WorldOptions): Promise<WorldResult> {
  const clock = new Clock(START);
  return onVirtualTime(clock, () => run(options, clock));
}

async function run(
  { seed, check: checked = check, tally = {}, tells = false, stopsAtViolation = false, hours }: WorldOptions,
  clock: Clock,
): Promise<WorldResult> {
  const random = new Random(seed);
  const policy = policyOf(random);
  const api = new Api(random.fork(), START);
  const ofFaults = random.fork();
  let now = weather(ofFaults);
  let isCalm = false;
  const story = new Story(tells);
  const oracle = new Oracle(policy, api.alone(), story, () => clock.now);
  const stage = new Stage({
    clock,
    random: random.fork(),
    watcher: oracle,
    tally,
    records: (at) => api.records(at),
    faultAt: (step) => (isCalm ? undefined : faultAt(step, now, ofFaults)),
    latency: (step, chance) => {
      if (step === 'list')
        return chance.chance(0.05) ? chance.between(2000, 28_000) : chance.between(200, 2000);
      if (step === 'post')
        return chance.chance(0.05) ? chance.between(1000, 9000) : chance.between(100, 1000);
      return chance.chance(0.02) ? chance.between(100, 3000) : chance.between(10, 100);
    },
  });

  let checks = 0;
  let longestMs = 0;
  const invoke = (ofClock: Random, what: string) => {
    checks += 1;
    // Clocks differ by a second, and some by more; now and then one that lists is wrong by hours.
    const skewMs = isCalm ? 0 : Math.round(ofClock.between(-1000, 1000) * (ofClock.chance(0.3) ? 14 : 1));
    const aheadOf = [ofClock.between(0.1, 48) * HOUR, ofClock.between(5, 55) * 1000] as const;
    const isAhead = ofClock.next();
    const ahead = isCalm || isAhead > 0.15 ? 0 : Math.round(isAhead < 0.008 ? aheadOf[0] : aheadOf[1]);
    const run: CheckRun = {
      id: `${checks}`,
      now: clock.now + skewMs,
      startedAt: clock.now,
      dead: false,
      writes: 0,
      wrote: false,
      lastWriteFailed: false,
      faulty: ahead > 0,
      posts: [],
    };
    story.at(clock.now, `check ${run.id} (${what}) starts in weather "${isCalm ? 'calm' : now.name}"`);
    void invokeOne(run, ahead);
  };
  const invokeOne = async (run: CheckRun, ahead: number) => {
    const settings: CheckSettings = {
      policy,
      place: { environment: 'simulation', organisation: 'acme', moreHint: 'npm start -- --json' },
      checkId: run.id,
      killedAfterSeconds: KILLED_AFTER_SECONDS,
      dryRun: false,
    };
    clock.at(clock.now + KILLED_AFTER_SECONDS * 1000, () => {
      if (!ended && !run.dead) oracle.killed(run);
      ended = true;
      run.dead = true;
    });
    let ended = false;
    let end: End;
    try {
      end = { kind: 'returned', outcome: await checked(stage.portsFor(run, ahead), settings) };
    } catch (error) {
      end = { kind: 'threw', error, outcome: error instanceof CheckFailed ? error.outcome : undefined };
    }
    if (ended) return;
    ended = true;
    longestMs = Math.max(longestMs, clock.now - run.startedAt);
    story.at(clock.now, `check ${run.id} ends: ${saidOf(end)}`);
    oracle.ended(run, end);
  };

  const until = START + (hours ?? random.between(17, 48)) * HOUR;
  const ofTicks = random.fork();
  for (let at = START; at < until; at += PERIOD_SECONDS * 1000) {
    clock.at(at + ofTicks.between(0, 1500), () => invoke(ofTicks, 'scheduled'));
    if (ofTicks.chance(0.2)) {
      const near = ofTicks.chance(0.7)
        ? ofTicks.between(0, ofTicks.chance(0.5) ? 3000 : 25_000)
        : ofTicks.between(0, PERIOD_SECONDS * 1000);
      const hands = ofTicks.integer(1, 3);
      for (let hand = 0; hand < hands; hand += 1)
        clock.at(at + near + ofTicks.between(0, 800), () => invoke(ofTicks, 'by hand'));
    }
  }
  for (let at = START; at < until; at += ofFaults.wait(2 * HOUR)) {
    clock.at(at, () => {
      now = weather(ofFaults);
    });
  }
  // All heals, and it is watched until everything that was held back has had its time.
  clock.at(until, () => {
    isCalm = true;
    now = FINE;
    api.heal(clock.now);
    oracle.calm();
  });
  let at = until + 2 * MINUTE;
  for (let index = 0; index < CALM_CHECKS; index += 1) {
    clock.at(at, () => invoke(ofTicks, 'scheduled'));
    at += index < 36 ? PERIOD_SECONDS * 1000 : 45 * MINUTE;
  }
  await clock.run(() => stopsAtViolation && oracle.violations.length > 0);
  oracle.finished(stage.read());
  return {
    checks,
    syncs: api.size,
    longestSeconds: longestMs / 1000,
    violations: oracle.violations,
    figures: oracle.figures,
    story: story.lines,
  };
}

const CALM_CHECKS = 56;

function saidOf(end: End): string {
  if (end.kind === 'died') return 'died';
  const { outcome } = end;
  const what =
    outcome === undefined
      ? ''
      : outcome.kind === 'checked'
        ? ` open ${outcome.open}, accepted ${outcome.posts.accepted}, refused ${outcome.posts.refused}, uncertain ${outcome.posts.uncertain}, repeated ${outcome.posts.repeated}, still due ${outcome.stillDue.count}, ${outcome.remembered ? 'remembered' : 'not remembered'}`
        : ` ${outcome.kind}`;
  return end.kind === 'threw'
    ? `failed (${(end.error as Error).message.split('\n').join('; ').slice(0, 160)})${what}`
    : what.trim();
}

function policyOf(random: Random) {
  const parsed = parsePolicy(
    {
      ...(random.chance(0.3) && { pendingFor: random.pick(['5m', '12m', '30m']) }),
      ...(random.chance(0.5) && { repeatEvery: random.pick(['2h', '6h']) }),
      ...(random.chance(0.2) && { gatherFor: random.pick(['0s', '5m']) }),
      ...(random.chance(0.5) && { repeatPausedEvery: '12h' }),
    },
    PERIOD_SECONDS,
  );
  if (!parsed.ok) throw new Error(parsed.faults.join());
  return parsed.policy;
}

/** The API: the syncs, their connections, and a clock that jumps. */
class Api {
  readonly #lives: SyncLife[] = [];
  readonly #random: Random;
  readonly #outages = new Map<string, readonly (readonly [number, number])[]>();
  readonly #jumps: (readonly [from: number, to: number, offsetMs: number])[] = [];
  readonly #births: { readonly at: number; readonly life: () => SyncLife }[] = [];
  readonly #alone: string[] = [];
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
      if (isAlone) this.#alone.push(`sync:${id}`);
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
  }

  /** Those that share nothing with any other: nothing of them is ever gathered. */
  alone(): ReadonlySet<string> {
    return new Set(this.#alone);
  }

  records(at: number): readonly Record<string, unknown>[] {
    while (this.#births.length > 0) {
      const due = this.#births.findIndex((birth) => birth.at <= at);
      if (due < 0) break;
      const [birth] = this.#births.splice(due, 1);
      if (birth !== undefined) this.#lives.push(birth.life());
    }
    const jump = this.#calm ? undefined : this.#jumps.find(([from, to]) => from <= at && at < to);
    const records: Record<string, unknown>[] = [];
    for (const life of this.#lives) {
      life.advance(at);
      if (!life.deleted) records.push(life.record(at, jump?.[2] ?? 0));
    }
    // The order of a listing says nothing.
    if (this.#random.chance(0.3)) records.reverse();
    return records;
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
