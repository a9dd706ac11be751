import { parsePolicy, type WrittenPolicy } from '../../lambda/core/parse/parse-policy.ts';
import type { Policy } from '../../lambda/core/policy.ts';
import type { Random } from './random.ts';

const HOUR = 3_600_000;

/** One for each field that a matcher can have. */
const EXCLUSIONS: readonly NonNullable<WrittenPolicy['exclude']>[number][] = [
  { match: { connection: 'pg-0' }, reason: 'moves next week' },
  { match: { connector: 'postgres-1', kb: 'kb-*' }, reason: 'retired' },
  { match: { name: 'sync-1*' }, reason: 'scratch tables' },
  { match: { id: 'sync-2' }, reason: 'known to fail' },
  { match: { source: 'public.sync-*5' }, reason: 'rebuilt at night' },
  { match: { table: '*-3*', connection: '*-*' }, reason: 'nobody reads it' },
  { match: { id: ['sync-1', 'sync-3'], source_kind: 'postgres' }, reason: 'moved' },
];

const OVERRIDES: NonNullable<WrittenPolicy['overrides']> = [
  { match: { id: 'sync-4' }, grace: '30m' },
  { match: { connection: 'pg-1' }, stallAfterIntervals: 4 },
  { match: { name: 'sync-2*', kb: 'kb-0' }, pendingFor: '20m', criticalAfterIntervals: 30 },
  { match: { name: ['sync-6', 'sync-7*'] }, exclude: { reason: 'not yet in use' }, owner: 'data-eng' },
  { match: { source: '*' }, stallAfterIntervals: 1, grace: '2m' },
];

/** The policy of a world, without exclusions. */
export function randomPolicy(random: Random): WrittenPolicy {
  return {
    ...(random.chance(0.3) && { pendingFor: random.pick(['5m', '12m', '30m']) }),
    ...(random.chance(0.5) && { repeatInterval: random.pick(['2h', '6h']) }),
    ...(random.chance(0.2) && { groupInterval: random.pick(['0s', '5m']) }),
    ...(random.chance(0.5) && { pausedRepeatInterval: '12h' }),
  };
}

/** For some worlds, hours of zones whose clocks never change. */
export function randomQuietHours(random: Random): Pick<WrittenPolicy, 'quietHours'> {
  if (!random.chance(0.2)) return {};
  const hours = {
    zone: random.pick(['UTC', 'Asia/Kolkata', 'America/Phoenix']),
    from: random.pick(['09:30', '22:00']),
    to: random.pick(['07:00', '13:15', '24:00']),
    ...(random.chance(0.3) && { days: ['tue', 'wed'] }),
    ...(random.chance(0.2) && { severity: ['warning', 'critical'] }),
  } satisfies NonNullable<WrittenPolicy['quietHours']>[number];
  return { quietHours: [hours] };
}

interface DeploymentOptions {
  readonly first: WrittenPolicy;
  readonly random: Random;
  readonly start: number;
  readonly end: number;
  readonly periodSeconds: number;
}

/** The policies of a world in their order: the first, and those deployed while it runs. */
export class PolicyDeployments {
  readonly #deployed: { readonly at: number; readonly policy: Policy }[] = [];

  constructor({ first, random, start, end, periodSeconds }: DeploymentOptions) {
    const deploy = (at: number, policy: WrittenPolicy) => {
      const parsed = parsePolicy(policy, periodSeconds);
      if (!parsed.ok) throw new Error(parsed.faults.join());
      this.#deployed.push({ at, policy: parsed.policy });
    };
    const span = { start, end };
    let policy = random.chance(0.3) ? { ...first, exclude: randomExclusions(random, span) } : first;
    deploy(start, policy);
    if (random.chance(0.3)) return;
    for (let at = start + random.wait(3 * HOUR); at < end; at += random.wait(5 * HOUR)) {
      policy = changed(policy, random, span);
      deploy(at, policy);
    }
  }

  policyAt(time: number): Policy {
    const deployed = this.#deployed.findLast(({ at }) => at <= time);
    if (deployed === undefined) throw new Error('no policy was deployed yet');
    return deployed.policy;
  }
}

/** The policy with one change. */
function changed(policy: WrittenPolicy, random: Random, span: Span): WrittenPolicy {
  switch (random.integer(0, 7)) {
    case 0:
    case 1:
    case 2:
      return {
        ...policy,
        exclude: policy.exclude === undefined || random.chance(0.4) ? randomExclusions(random, span) : [],
      };
    case 3:
      return { ...policy, stallAfterIntervals: random.pick([1, 2, 3, 6]) };
    case 4:
      return { ...policy, criticalAfterIntervals: random.pick([6, 12, 40]) };
    case 5:
      return { ...policy, grace: random.pick(['1m', '5m', '20m']) };
    case 6:
      return { ...policy, overrides: OVERRIDES.filter(() => random.chance(0.5)) };
    default:
      return {
        ...policy,
        pendingFor: random.pick(['0s', '10m']),
        repeatInterval: random.pick(['3h', '24h']),
        groupInterval: random.pick(['10m', '15m']),
      };
  }
}

/** When a world begins and ends. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** One or two exclusions, some of which end at a time of the world. */
function randomExclusions(random: Random, { start, end }: Span): NonNullable<WrittenPolicy['exclude']> {
  return Array.from({ length: random.integer(1, 2) }, () => {
    const entry = random.pick(EXCLUSIONS);
    const until = new Date(random.integer(start, end)).toISOString();
    return random.chance(0.3) ? { ...entry, until } : entry;
  });
}
