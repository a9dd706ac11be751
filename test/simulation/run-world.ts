import { check } from '../../lambda/commands/check.ts';
import { CheckFailed, type Outcome } from '../../lambda/commands/outcome.ts';
import type { CheckSettings, Ports } from '../../lambda/commands/ports.ts';
import { Clock, onVirtualTime } from './clock.ts';
import { type FaultCounts, faultAt, NO_FAULTS, randomProfile, type Step } from './faults.ts';
import { Oracle } from './oracle/oracle.ts';
import { PolicyDeployments, randomPolicy, randomQuietHours } from './policy-deployments.ts';
import { Random } from './random.ts';
import { SimulatedApi } from './simulated-api.ts';
import { aSimulatedCheck, type CheckEnd, type SimulatedCheck } from './simulated-check.ts';
import { SimulatedMutes } from './simulated-mutes.ts';
import { SimulatedServices } from './simulated-services.ts';
import { Story } from './story.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const START = Date.UTC(2026, 10, 24, 9);
/** The time limit of the function. */
export const TIME_LIMIT_SECONDS = 60;
const PERIOD_SECONDS = 300;
/** Enough for all that was held, also while it flapped: 36 at the usual period, then one an hour for more than a day. */
const CALM_CHECKS = 68;
/** Quiet hours may last for most of a day, and begin before the last hold ends. */
const MORE_CALM_CHECKS = 26;

export type Check = (ports: Ports, settings: CheckSettings) => Promise<Outcome>;

interface WorldOptions {
  readonly seed: number;
  /** The real check unless given: a check that is broken on purpose. */
  readonly check?: Check;
  readonly counts?: FaultCounts;
  /** Records what happens, as text. */
  readonly keepsStory?: boolean;
  /** How long there are faults; unless given, between 17 and 48 hours. */
  readonly hours?: number;
  /** Checks of the calm time in which everything is delivered. */
  readonly calmChecks?: number;
  /** Ends the world after its first violation. */
  readonly stopsAtViolation?: boolean;
}

interface WorldResult {
  readonly checks: number;
  readonly syncs: number;
  /** Of the longest check, in virtual time. */
  readonly longestSeconds: number;
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
  readonly story: readonly string[];
}

/**
 * Runs one seeded world and has the oracle verify it: hours with faults, then a calm time in which everything has to be
 * delivered.
 */
export async function runWorld(options: WorldOptions): Promise<WorldResult> {
  const clock = new Clock(START);
  return onVirtualTime(clock, () => run(options, clock));
}

async function run(options: WorldOptions, clock: Clock): Promise<WorldResult> {
  const { seed, keepsStory = false, stopsAtViolation = false, hours } = options;
  const random = new Random(seed);
  // A source of its own: what people mute changes nothing else in a world.
  const muteRandom = new Random(seed + 1_000_003);
  const firstPolicy = { ...randomPolicy(random), ...randomQuietHours(muteRandom) };
  const mayHold = firstPolicy.quietHours === undefined ? 0 : MORE_CALM_CHECKS;
  const { calmChecks = CALM_CHECKS + mayHold } = options;
  const api = new SimulatedApi(random.fork(), START);
  const faultRandom = random.fork();
  let profile = randomProfile(faultRandom);
  let isCalm = false;
  const story = new Story(keepsStory);
  const oracle = new Oracle(story, () => clock.now);
  const services = new SimulatedServices({
    clock,
    random: random.fork(),
    observer: oracle,
    counts: options.counts ?? {},
    records: (at) => api.records(at),
    silences: () => mutes.silences,
    ...(seed % 2 === 0 && { apiAheadMs: (at: number) => api.clockAheadMs(at) }),
    faultAt: (step) => (isCalm ? undefined : faultAt(step, profile, faultRandom)),
    latency,
  });
  const host = new Host({ clock, story, oracle, services, check: options.check ?? check });

  const invoke = (clockRandom: Random, trigger: string) => {
    // The clocks of hosts differ by a second and some by 14; a few are wrong by hours when they date a listing.
    const skewMs = isCalm
      ? 0
      : Math.round(clockRandom.between(-1000, 1000) * (clockRandom.chance(0.3) ? 14 : 1));
    const aheadOf = [clockRandom.between(0.1, 48) * HOUR, clockRandom.between(5, 55) * 1000] as const;
    const draw = clockRandom.next();
    const aheadMs = isCalm || draw > 0.15 ? 0 : Math.round(draw < 0.008 ? aheadOf[0] : aheadOf[1]);
    const now = clock.now + skewMs;
    const policy = deployments.policyAt(clock.now);
    const profileName = isCalm ? 'calm' : profile.name;
    host.invoke({ now, policy, aheadMs, reason: `${trigger}, faults: ${profileName}` });
  };

  const until = START + (hours ?? random.between(17, 48)) * HOUR;
  const triggerRandom = random.fork();
  const deployments = new PolicyDeployments({
    first: firstPolicy,
    random: random.fork(),
    start: START,
    end: until,
    periodSeconds: PERIOD_SECONDS,
  });
  const mutes = new SimulatedMutes(muteRandom, { start: START, end: until });
  for (const time of mutes.times)
    clock.at(time, () => story.add(clock.now, mutes.act(clock.now, services.read().state.facts)));
  for (let at = START; at < until; at += PERIOD_SECONDS * 1000) {
    clock.at(at + triggerRandom.between(0, 1500), () => invoke(triggerRandom, 'scheduled'));
    if (triggerRandom.chance(0.2)) {
      const near = triggerRandom.chance(0.7)
        ? triggerRandom.between(0, triggerRandom.chance(0.5) ? 3000 : 25_000)
        : triggerRandom.between(0, PERIOD_SECONDS * 1000);
      const count = triggerRandom.integer(1, 3);
      for (let manual = 0; manual < count; manual += 1)
        clock.at(at + near + triggerRandom.between(0, 800), () => invoke(triggerRandom, 'by hand'));
    }
  }
  for (let at = START; at < until; at += faultRandom.wait(2 * HOUR)) {
    clock.at(at, () => {
      profile = randomProfile(faultRandom);
    });
  }
  clock.at(until, () => {
    isCalm = true;
    profile = NO_FAULTS;
    api.recover(clock.now);
    oracle.recovered();
  });
  let at = until + 2 * MINUTE;
  for (let index = 0; index < calmChecks; index += 1) {
    clock.at(at, () => invoke(triggerRandom, 'scheduled'));
    at += index < 36 ? PERIOD_SECONDS * 1000 : HOUR;
  }
  await clock.run(() => stopsAtViolation && oracle.violations.length > 0);
  oracle.finished(services.read());
  return {
    checks: host.checks,
    syncs: api.size,
    longestSeconds: host.longestMs / 1000,
    violations: oracle.violations,
    figures: oracle.figures,
    story: story.lines,
  };
}

function latency(step: Step, random: Random): number {
  if (step === 'list') return random.chance(0.05) ? random.between(2000, 28_000) : random.between(200, 2000);
  if (step === 'post') return random.chance(0.05) ? random.between(1000, 9000) : random.between(100, 1000);
  return random.chance(0.02) ? random.between(100, 3000) : random.between(10, 100);
}

interface HostOptions {
  readonly clock: Clock;
  readonly story: Story;
  readonly oracle: Oracle;
  readonly services: SimulatedServices;
  readonly check: Check;
}

interface HostInvocation extends Pick<SimulatedCheck, 'now' | 'policy'> {
  /** How far the clock is ahead by which the check dates its listing. */
  readonly aheadMs: number;
  readonly reason: string;
}

/** Runs the checks of a world, and kills each at its time limit. */
class Host {
  readonly #options: HostOptions;
  checks = 0;
  longestMs = 0;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  invoke({ now, policy, aheadMs, reason }: HostInvocation): void {
    const { clock, story } = this.#options;
    this.checks += 1;
    const id = `${this.checks}`;
    story.add(clock.now, `check ${id} starts: ${reason}`);
    const run = aSimulatedCheck({ id, now, policy, startedAt: clock.now, isFaulty: aheadMs > 0 });
    void this.#run(run, aheadMs);
  }

  async #run(run: SimulatedCheck, aheadMs: number): Promise<void> {
    const { clock, story, oracle, services, check } = this.#options;
    let hasEnded = false;
    clock.at(clock.now + TIME_LIMIT_SECONDS * 1000, () => {
      if (!hasEnded && !run.dead) oracle.timedOut(run);
      hasEnded = true;
      run.dead = true;
    });
    const end = await checkEndOf(check(services.portsFor(run, aheadMs), settingsFor(run)));
    if (hasEnded) return;
    hasEnded = true;
    this.longestMs = Math.max(this.longestMs, clock.now - run.startedAt);
    story.add(clock.now, `check ${run.id} ends: ${describeEnd(end)}`);
    oracle.ended(run, end);
  }
}

export function settingsFor({ id, policy }: SimulatedCheck): CheckSettings {
  return {
    policy,
    origin: { environment: 'simulation', organisation: 'acme', moreHint: 'npm start -- --json' },
    checkId: id,
    remainingSeconds: TIME_LIMIT_SECONDS,
    dryRun: false,
  };
}

/** How a running check ends; never rejects. */
export async function checkEndOf(running: Promise<Outcome>): Promise<CheckEnd> {
  try {
    return { kind: 'returned', outcome: await running };
  } catch (error) {
    return { kind: 'threw', error, outcome: error instanceof CheckFailed ? error.outcome : undefined };
  }
}

function describeEnd(end: CheckEnd): string {
  if (end.kind === 'crashed') return 'crashed';
  const { outcome } = end;
  const result = outcome === undefined ? '' : describeOutcome(outcome);
  if (end.kind === 'returned') return result;
  const message = (end.error as Error).message.split('\n').join('; ').slice(0, 160);
  return `failed (${message}) ${result}`.trim();
}

function describeOutcome(outcome: Outcome): string {
  if (outcome.kind !== 'checked') return outcome.kind;
  const { open, posts, undelivered, saved } = outcome;
  const { accepted, refused, unconfirmed, repeated } = posts;
  return `open ${open}, accepted ${accepted}, refused ${refused}, unconfirmed ${unconfirmed}, repeated ${repeated}, undelivered ${undelivered.count}, ${saved ? 'saved' : 'not saved'}`;
}
