import { check } from '../../lambda/commands/check.ts';
import { CheckFailed, type Outcome } from '../../lambda/commands/outcome.ts';
import type { CheckSettings, Ports } from '../../lambda/commands/ports.ts';
import { Api } from './api.ts';
import { Clock, onVirtualTime } from './clock.ts';
import { Deploys, writtenPolicy } from './deploys.ts';
import { FINE, faultAt, type Tally, weather } from './faults.ts';
import type { CheckRun, End } from './history.ts';
import { Oracle } from './oracle/oracle.ts';
import { Random } from './random.ts';
import { Stage } from './stage.ts';
import { Story } from './story.ts';

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
  readonly covers?: boolean;
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
  { seed, check: checked = check, tally = {}, covers = false, stopsAtViolation = false, hours }: WorldOptions,
  clock: Clock,
): Promise<WorldResult> {
  const random = new Random(seed);
  const written = writtenPolicy(random);
  const api = new Api(random.fork(), START);
  const ofFaults = random.fork();
  let now = weather(ofFaults);
  let isCalm = false;
  const story = new Story(covers);
  const oracle = new Oracle(story, () => clock.now);
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
      policy: deploys.policyAt(clock.now),
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
      policy: run.policy,
      origin: { environment: 'simulation', organisation: 'acme', moreHint: 'npm start -- --json' },
      checkId: run.id,
      remainingSeconds: KILLED_AFTER_SECONDS,
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
  const deploys = new Deploys(written, random.fork(), START, until, PERIOD_SECONDS);
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
        ? ` open ${outcome.open}, accepted ${outcome.posts.accepted}, refused ${outcome.posts.refused}, uncertain ${outcome.posts.unconfirmed}, repeated ${outcome.posts.repeated}, still due ${outcome.undelivered.count}, ${outcome.saved ? 'saved' : 'not remembered'}`
        : ` ${outcome.kind}`;
  return end.kind === 'threw'
    ? `failed (${(end.error as Error).message.split('\n').join('; ').slice(0, 160)})${what}`
    : what.trim();
}
