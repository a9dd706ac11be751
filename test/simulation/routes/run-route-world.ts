import { check as realCheck } from '../../../lambda/commands/check.ts';
import { Clock, onVirtualTime } from '../clock.ts';
import { faultAt, NO_FAULTS, randomProfile } from '../faults.ts';
import { randomPolicy, randomQuietHours } from '../policy-deployments.ts';
import { Random } from '../random.ts';
import { type Check, checkEndOf, START, settingsFor, TIME_LIMIT_SECONDS } from '../run-world.ts';
import { SimulatedApi } from '../simulated-api.ts';
import { aSimulatedCheck, NO_OBSERVER, type SimulatedCheck } from '../simulated-check.ts';
import { SimulatedMutes } from '../simulated-mutes.ts';
import { SimulatedServices } from '../simulated-services.ts';
import { Story } from '../story.ts';
import { RouteDeployments } from './random-routes.ts';
import { RouteLaws } from './route-laws.ts';
import { SimulatedDestinations, secretNames } from './simulated-destinations.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CALM_CHECKS = 68;

interface RouteWorldOptions {
  readonly seed: number;
  readonly hours?: number;
  /** The real check unless given: one that is broken on purpose. */
  readonly check?: Check;
  readonly keepsStory?: boolean;
}

interface RouteWorldResult {
  readonly checks: number;
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
  readonly story: readonly string[];
}

/** Runs one seeded world with several destinations and verifies it by `RouteLaws`: hours with faults, then a calm time. */
export function runRouteWorld(options: RouteWorldOptions): Promise<RouteWorldResult> {
  const clock = new Clock(START);
  return onVirtualTime(clock, () => run(options, clock));
}

async function run(
  { seed, hours = 12, check = realCheck, keepsStory = false }: RouteWorldOptions,
  clock: Clock,
): Promise<RouteWorldResult> {
  const random = new Random(seed + 7_000_003);
  const until = START + hours * HOUR;
  const api = new SimulatedApi(random.fork(), START);
  const story = new Story(keepsStory);
  const laws = new RouteLaws(story, () => clock.now);
  const muteRandom = random.fork();
  const first = { ...randomPolicy(random.fork()), ...randomQuietHours(muteRandom) };
  const deployments = new RouteDeployments(random.fork(), { start: START, end: until, first });
  const destinations = new SimulatedDestinations({
    clock,
    random: random.fork(),
    observer: laws,
    start: START,
    end: until,
  });
  const faultRandom = random.fork();
  let profile = NO_FAULTS;
  const mutes = new SimulatedMutes(muteRandom, { start: START, end: until });
  const services = new SimulatedServices({
    clock,
    random: random.fork(),
    observer: {
      ...NO_OBSERVER,
      committed: (by, state) => laws.committed(by, state),
      ended: (ended, end) => laws.ended(ended, end, channelsOf(ended)),
    },
    counts: {},
    records: (at) => api.records(at),
    silences: () => mutes.silences,
    faultAt: (step, by) => {
      const fault = clock.now >= until ? undefined : faultAt(step, profile, faultRandom);
      if (fault !== undefined) laws.writeFailed(by);
      return fault;
    },
    latency: (_step, source) => source.between(10, 400),
  });
  const channelsOf = ({ policy }: SimulatedCheck) =>
    Object.fromEntries([
      ['default', destinations.idOf(undefined)],
      ...Object.entries(policy.destinations).map(([name, settings]) => [name, destinations.idOf(settings)]),
    ]);

  let checks = 0;
  let last: SimulatedCheck | undefined;
  const invoke = async () => {
    checks += 1;
    const policy = deployments.policyAt(clock.now);
    const one = aSimulatedCheck({ id: `${checks}`, now: clock.now, policy });
    last = one;
    clock.at(clock.now + TIME_LIMIT_SECONDS * 1000, () => {
      one.dead = true;
    });
    const ports = { ...services.portsFor(one), ...destinations.portsFor(one) };
    const end = await checkEndOf(check(ports, settingsFor(one)));
    story.add(clock.now, `check ${one.id} ends: ${end.kind}`);
    if (!one.dead) laws.ended(one, end, channelsOf(one));
  };
  const triggers = random.fork();
  for (let at = START; at < until; at += 5 * MINUTE)
    clock.at(at + triggers.between(0, 1500), () => void invoke());
  for (let index = 0; index < CALM_CHECKS; index += 1) {
    const at = until + 2 * MINUTE + (index < 36 ? index * 5 * MINUTE : (index - 33) * HOUR);
    clock.at(at, () => void invoke());
  }
  for (const { at, change } of deployments.all) clock.at(at, () => story.add(at, `deployed: ${change}`));
  for (const at of mutes.times)
    clock.at(at, () => story.add(at, mutes.act(clock.now, services.read().state.facts)));
  for (let at = START; at < until; at += faultRandom.wait(2 * HOUR))
    clock.at(at, () => {
      profile = faultRandom.chance(0.5) ? NO_FAULTS : randomProfile(faultRandom);
    });
  for (let at = START + random.wait(8 * HOUR); at < until; at += random.wait(8 * HOUR))
    clock.at(at, () => {
      const name = random.pick(secretNames(deployments.policyAt(clock.now)));
      destinations.exchange(name);
      story.add(clock.now, `another value is stored for ${name}`);
    });
  clock.at(until, () => api.recover(clock.now));
  await clock.run();
  if (last !== undefined) laws.finished(last, channelsOf(last));
  return { checks, violations: laws.violations, figures: laws.figures, story: story.lines };
}
