import { createHash } from 'node:crypto';
import { check } from '../../lambda/commands/check.ts';

import { type Checked, CheckFailed } from '../../lambda/commands/outcome.ts';
import type { Policy } from '../../lambda/core/policy.ts';
import { aPolicy } from '../core/a-sync.ts';
import { closeLocalServers } from '../http/local-server.ts';
import { ADynamoDb } from '../state/a-dynamodb.ts';
import { aStore } from '../state/a-dynamodb-store.ts';
import { aFailingRecord, aRecord, MINUTE, START, settings, World } from './a-world.ts';

afterEach(closeLocalServers);

const MEGABYTE = 1024 * 1024;
const TEAMS = Array.from({ length: 10 }, (_, index) => `team-${index}`);

/** Ten destinations, each of which hears of everything, or of a tenth. */
function aPolicyForTeams(hears: 'everything' | 'a tenth'): Policy {
  return aPolicy({
    evidence: false,
    destinations: Object.fromEntries(TEAMS.map((name) => [name, { kind: 'slack', webhook: name }])),
    routes: TEAMS.map((to) => ({
      match: { name: hears === 'everything' ? '*' : `${to}_*` },
      to,
      continue: hears === 'everything',
    })),
  });
}

/** Failing syncs with ids like those of the API, which hardly compress: on 100 connections of 20 connectors. */
function records(count: number, at: number, of: typeof aRecord): readonly unknown[] {
  return Array.from({ length: count }, (_, index) =>
    of(at, {
      id: uuid(index),
      name: `${TEAMS[index % TEAMS.length]}_orders_${index}`,
      connection_ref: `pg-${index % 100}`,
      connector_id: `connector-${index % 20}`,
      source_table: `orders_${index}`,
      dest_table: `orders_${index}`,
    }),
  );
}

function uuid(index: number): string {
  const digits = createHash('sha256').update(String(index)).digest('hex');
  return [8, 12, 16, 20, 32].map((to, part) => digits.slice([0, 8, 12, 16, 20][part], to)).join('-');
}

/** A world whose state is in a table that keeps the limits of DynamoDB, and the size of each write. */
async function aWatch() {
  const table = await ADynamoDb.start();
  const world = new World();
  for (const name of TEAMS) world.aDestination(name);
  const store = aStore(table, { seconds: 60 });
  const writes: { readonly items: number; readonly megabytes: number }[] = [];
  const storedBytes = () =>
    [...table.items.values()].reduce(
      (sum, { bytes }) => sum + Buffer.byteLength(bytes?.B ?? '', 'base64'),
      0,
    );
  const ports = {
    ...world.ports,
    state: {
      load: () => store.load(),
      save: async (...args: Parameters<typeof store.save>) => {
        const version = await store.save(...args);
        writes.push({ items: table.items.size, megabytes: storedBytes() / MEGABYTE });
        return version;
      },
    },
  };
  const next = async (policy: Policy): Promise<Checked> => {
    world.now += 5 * MINUTE;
    const outcome = await check(ports, settings({ policy, remainingSeconds: 600 }));
    if (outcome.kind !== 'checked') throw new Error(outcome.reason);
    return outcome;
  };
  const largest = (size: 'items' | 'megabytes') => Math.max(...writes.map((write) => write[size]));
  return { table, world, writes, next, largest };
}

/** Of everything that each destination was posted, how many alerts it covers. */
function countCovered(world: World): Readonly<Record<string, number>> {
  const all = Object.entries({ default: world, ...world.others });
  return Object.fromEntries(
    all.flatMap(([name, { posted }]) => {
      const covered = new Set(posted.flatMap(({ covers }) => covers.map(({ fingerprint }) => fingerprint)));
      posted.splice(0);
      return covered.size === 0 ? [] : [[name, covered.size]];
    }),
  );
}

it.each([
  ['a tenth', 1000, 0, 5, 1.16],
  ['everything', 10_000, 10_000, 11, 3.29],
] as const)(
  '10,000 open alerts on ten destinations, each of which hears of %s, stay within a transaction until they end',
  async (hears, each, byDefault, items, megabytes) => {
    const { world, writes, next, largest } = await aWatch();
    const policy = aPolicyForTeams(hears);
    const expected = {
      ...(byDefault > 0 && { default: byDefault }),
      ...Object.fromEntries(TEAMS.map((name) => [name, each])),
    };
    world.shown = records(10_000, START, aFailingRecord);
    expect(await next(policy)).toMatchObject({ open: 10_000, undelivered: { count: 0 } });
    expect(countCovered(world)).toEqual(expected);
    expect(largest('items')).toBe(items);
    expect(largest('megabytes')).toBeCloseTo(megabytes, 1);

    const before = writes.length;
    expect(await next(policy)).toMatchObject({ saved: false });
    expect(writes).toHaveLength(before);

    world.shown = (at) => records(10_000, at, aRecord);
    for (let checks = 0; checks < 2; checks += 1)
      expect(await next(policy)).toMatchObject({ undelivered: { count: 0 } });
    expect(countCovered(world)).toEqual(expected);
    expect(largest('items')).toBeLessThanOrEqual(100);
    expect(largest('megabytes')).toBeLessThan(4);
  },
);

it('13,000 open alerts on each of ten destinations are too many: nothing is posted or written, and fewer routes send all', async () => {
  const { world, table, next } = await aWatch();
  world.shown = records(13_000, START, aFailingRecord);
  const error = await next(aPolicyForTeams('everything')).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CheckFailed);
  expect(String(error)).toMatch(
    /it has 4\.\d MB compressed.*at most 4\.0 MB; watch fewer syncs with this stack: exclude some in the policy, or set connectorId; or let fewer routes continue\. Nothing was written/,
  );
  expect(table.items.size).toBe(0);
  expect(countCovered(world)).toEqual({});

  expect(await next(aPolicyForTeams('a tenth'))).toMatchObject({ undelivered: { count: 0 } });
  expect(countCovered(world)).toEqual(Object.fromEntries(TEAMS.map((name) => [name, 1300])));
});
