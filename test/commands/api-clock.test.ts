import { check } from '../../lambda/commands/check.ts';
import { report } from '../../lambda/commands/report.ts';
import { testDeployment } from '../../lambda/commands/test-deployment.ts';
import type { Digest } from '../../lambda/core/digest/digest.ts';
import { parsePolicy } from '../../lambda/core/parse/parse-policy.ts';
import { aFailingRecord, aRecord, HOUR, MINUTE, START, settings, World } from './a-world.ts';

/** Syncs of every kind, by the clock of the API. */
function syncsAt(apiNow: number): readonly unknown[] {
  const iso = (minutesAgo: number) => new Date(apiNow - minutesAgo * MINUTE).toISOString();
  const started = (apiNow - START) / MINUTE;
  return [
    aRecord(apiNow, { id: 'healthy' }),
    aFailingRecord(apiNow, { id: 'failing', consecutive_failures: 3 }),
    aRecord(apiNow, {
      id: 'stalled',
      last_success_at: iso(90),
      last_run_at: iso(90),
      seconds_since_success: null,
    }),
    aRecord(apiNow, {
      id: 'new',
      last_success_at: null,
      last_run_at: null,
      last_state: null,
      created_at: iso(40),
    }),
    aRecord(apiNow, {
      id: 'loading',
      last_success_at: null,
      last_run_at: iso(30),
      last_state: 'running',
      created_at: iso(31),
    }),
    aRecord(apiNow, { id: 'paused', enabled: started % 20 !== 0, disabled_reason: null }),
    aRecord(apiNow, { id: 'disabled', enabled: false, disabled_reason: '10 failures' }),
    ...['a', 'b', 'c'].map((id) => aFailingRecord(apiNow, { id, connection_ref: 'other' })),
  ];
}

/** What eight checks send about these syncs, and their outcomes. */
async function played(apiSkewSeconds: number) {
  const world = new World();
  world.apiSkewSeconds = apiSkewSeconds;
  world.shown = (apiNow) =>
    syncsAt(apiNow - apiSkewSeconds * 1000).map((record) => shifted(record, apiSkewSeconds));
  const outcomes: unknown[] = [];
  for (let index = 0; index < 8; index += 1) {
    world.now = START + index * 10 * MINUTE;
    const { digests, ...outcome } = await checked(world);
    outcomes.push({ ...outcome, sections: digests.map(({ sections }) => sections) });
  }
  return {
    outcomes,
    facts: world.stored.state.facts,
    contexts: world.posted.map(({ blocks }) => JSON.stringify(blocks.at(-1))),
  };
}

/** The record as an API lists it whose clock is ahead by so much. */
function shifted(record: unknown, seconds: number): unknown {
  return JSON.parse(JSON.stringify(record), (key, value: unknown) =>
    key.endsWith('_at') && typeof value === 'string'
      ? new Date(Date.parse(value) + seconds * 1000).toISOString()
      : value,
  );
}

async function checked(world: World, overrides = {}) {
  const outcome = await check(world.ports, settings(overrides));
  if (outcome.kind !== 'checked') throw new Error(outcome.reason);
  return outcome;
}

/** Dates of the API that are kept to be compared with later ones; they are its own. */
const KEPT_DATES = /last(Success|Run)At|runAt/;

function withoutKeptDates(facts: unknown): unknown {
  return JSON.parse(JSON.stringify(facts), (key, value: unknown) =>
    KEPT_DATES.test(key) ? undefined : value,
  );
}

it.each([-3 * 3600, -7200, 361, 3 * 3600, 6 * 86_400])(
  'an API whose clock is off by %d s is judged as one whose clock is right',
  async (skew) => {
    const [right, wrong] = [await played(0), await played(skew)];
    const named = right.outcomes.map((outcome) => Object.assign({}, outcome, { apiSkewSeconds: skew }));
    expect(wrong.outcomes).toEqual(named);
    expect(withoutKeptDates(wrong.facts)).toEqual(withoutKeptDates(right.facts));
  },
);

describe('the skew is named', () => {
  function aWorld(apiSkewSeconds: number): World {
    const world = new World();
    world.apiSkewSeconds = apiSkewSeconds;
    world.shown = (apiNow) => [aFailingRecord(apiNow)];
    return world;
  }

  it('in the outcome, rounded, and not when the clocks agree', async () => {
    expect(await checked(aWorld(-7200.4))).toMatchObject({ apiSkewSeconds: -7200 });
    expect(await checked(aWorld(0))).not.toHaveProperty('apiSkewSeconds');
  });

  it.each([
    [299, '5m', ''],
    [300, '5m', ''],
    [301, '5m', " · the API's clock is 5 m ahead of ours, its dates are judged by it"],
    [-10_800, '5m', " · the API's clock is 3 h behind ours, its dates are judged by it"],
    [61, '0s', " · the API's clock is 1 m ahead of ours, its dates are judged by it"],
  ])('in a message from the grace on: %d s, with a grace of %s', async (skew, grace, named) => {
    const parsed = parsePolicy({ grace });
    if (!parsed.ok) throw new Error(parsed.faults.join());
    const { digests } = await checked(aWorld(skew), { policy: parsed.policy });
    expect(contextOf(digests[0])).toContain(`1 sync checked · 1 open${named} · acme`);
  });

  it('in a report', async () => {
    expect(await report(aWorld(7200).ports, settings(), true)).toMatchObject({ apiSkewSeconds: 7200 });
  });

  it('by the test of a deployment', async () => {
    const host = { before: [], stateLabel: 'the state' };
    const { steps } = await testDeployment(aWorld(7200).ports, settings(), host);
    expect(steps.find(({ step }) => step === 'clock')?.message).toBe(
      "the API's clock is 2 h ahead of ours, its dates are judged by it: check the time of this host",
    );
  });
});

it('a lease, waits and `since` use our clock', async () => {
  const world = new World();
  world.apiSkewSeconds = 3 * 3600;
  world.shown = (apiNow) => [aFailingRecord(apiNow)];
  await checked(world);
  expect(world.stored.state.facts.alerts['sync:orders']?.since).toBe(START);
  expect(world.writes[0]?.lease?.expiresAt).toBeLessThan(START + HOUR);
});

function contextOf(digest: Digest | undefined): string {
  return (digest?.context ?? []).map((span) => (span.kind === 'moment' ? '' : span.text)).join('');
}
