import { parsePolicy, type WrittenPolicy } from '../../../lambda/core/parse/parse-policy.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
import type { Random } from '../random.ts';

const HOUR = 3_600_000;

type Destinations = NonNullable<WrittenPolicy['destinations']>;
type Routes = NonNullable<WrittenPolicy['routes']>;

const MATCHERS: readonly Routes[number]['match'][] = [
  { severity: 'critical' },
  { severity: 'critical', connector: 'postgres-*' },
  { connector: 'postgres-0' },
  { connector: 'postgres-1' },
  { connector: 'postgres-*' },
  { connection: 'pg-0' },
  { connection: ['pg-1', 'connection-of-*'] },
  { connector: 'connector-of-*' },
  { name: 'sync-1*' },
  { id: ['sync-2', 'sync-3', 'sync-4*'] },
  { kb: 'kb-0' },
  { problem: ['failing', 'stalled'] },
  { problem: 'disabled' },
  { name: '*' },
];

interface Deployment {
  readonly at: number;
  readonly policy: Policy;
  /** What changed, for the story. */
  readonly change: string;
}

/** The policies of a world in their order: each has routes, and each but the first changes something about them. */
export class RouteDeployments {
  readonly all: readonly Deployment[];

  constructor(random: Random, { start, end, first }: { start: number; end: number; first: WrittenPolicy }) {
    const all: Deployment[] = [];
    const deploy = (at: number, policy: WrittenPolicy, change: string) => {
      const parsed = parsePolicy(policy, 300);
      if (!parsed.ok) throw new Error(parsed.faults.join());
      all.push({ at, policy: parsed.policy, change });
    };
    const maker = new Maker(random);
    let policy: WrittenPolicy = { ...first };
    for (let count = random.integer(1, 4); count > 0; count -= 1) policy = maker.withRoute(policy);
    deploy(start, policy, 'the first policy');
    const meanHours = random.pick([2, 6, 1000]);
    for (
      let at = start + random.wait(meanHours * HOUR);
      at < end;
      at += random.wait(meanHours * HOUR) + HOUR / 4
    ) {
      const [change, next] = maker.changed(policy);
      policy = next;
      deploy(at, policy, change);
    }
    this.all = all;
  }

  policyAt(time: number): Policy {
    const deployed = this.all.findLast(({ at }) => at <= time);
    if (deployed === undefined) throw new Error('no policy was deployed yet');
    return deployed.policy;
  }
}

class Maker {
  readonly #random: Random;
  #named = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The policy with one more route, to a destination that it has or to a new one. */
  withRoute(policy: WrittenPolicy): WrittenPolicy {
    const random = this.#random;
    const { destinations = {}, routes = [] } = policy;
    const known = ['default', ...Object.keys(destinations)];
    const isNew = known.length === 1 || (known.length < 5 && random.chance(0.6));
    const [to, more] = isNew ? this.#newDestination() : [random.pick(known), {}];
    const route = { match: random.pick(MATCHERS), to, ...(random.chance(0.4) && { continue: true }) };
    const at = random.integer(0, routes.length);
    return {
      ...policy,
      destinations: { ...destinations, ...more },
      routes: [...routes.slice(0, at), route, ...routes.slice(at)],
    };
  }

  #newDestination(): readonly [string, Destinations] {
    const random = this.#random;
    this.#named += 1;
    const name = `team-${this.#named}`;
    const number = this.#named;
    const settings: Destinations[string] = random.pick([
      { kind: 'slack', webhook: `webhook-${number}` } as const,
      { kind: 'slack', webhook: `webhook-${number}` } as const,
      { kind: 'pagerduty', key: `key-${number}` } as const,
      { kind: 'sns', topicArn: `arn:aws:sns:eu-west-1:123456789012:topic-${number}` } as const,
    ]);
    return [name, { [name]: settings }];
  }

  /** The policy with one change of its routes. */
  changed(policy: WrittenPolicy): readonly [string, WrittenPolicy] {
    const random = this.#random;
    const { destinations = {}, routes = [], defaultRoute } = policy;
    const names = Object.keys(destinations);
    const name = names[random.integer(0, names.length - 1)];
    const index = random.integer(0, routes.length - 1);
    switch (random.integer(0, 7)) {
      case 0:
      case 1:
        return ['a route is added', this.withRoute(policy)];
      case 2:
        return ['a route is removed', { ...policy, routes: routes.filter((_, at) => at !== index) }];
      case 3: {
        if (name === undefined) break;
        const rest = Object.fromEntries(Object.entries(destinations).filter(([key]) => key !== name));
        const { defaultRoute: _default, ...withoutDefault } = policy;
        const kept = defaultRoute?.to === name ? withoutDefault : policy;
        return [
          `the destination ${name} is removed`,
          { ...kept, destinations: rest, routes: routes.filter(({ to }) => to !== name) },
        ];
      }
      case 4: {
        if (name === undefined) break;
        this.#named += 1;
        const renamed = `team-${this.#named}`;
        const other = (to: string) => (to === name ? renamed : to);
        return [
          `the destination ${name} is renamed to ${renamed}`,
          {
            ...policy,
            destinations: Object.fromEntries(
              Object.entries(destinations).map(([key, one]) => [other(key), one]),
            ),
            routes: routes.map((route) => ({ ...route, to: other(route.to) })),
            ...(defaultRoute !== undefined && {
              defaultRoute: { ...defaultRoute, to: other(defaultRoute.to) },
            }),
          },
        ];
      }
      case 5: {
        if (name === undefined) break;
        const [, made] = this.#newDestination();
        const [settings] = Object.values(made);
        if (settings === undefined) break;
        return [
          `the destination ${name} becomes ${JSON.stringify(settings)}`,
          { ...policy, destinations: { ...destinations, [name]: settings } },
        ];
      }
      case 6:
        return [
          'the default route changes',
          { ...policy, defaultRoute: { to: random.pick(['default', ...names]) } },
        ];
      default:
        return ['the routes change their order', { ...policy, routes: routes.toReversed() }];
    }
    return ['a route is added', this.withRoute(policy)];
  }
}
