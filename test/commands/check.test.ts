import { check } from '../../lambda/commands/check.ts';
import type { Checked, Outcome } from '../../lambda/commands/outcome.ts';
import { CheckFailed } from '../../lambda/commands/outcome.ts';
import { routeOf } from '../../lambda/core/state.ts';
import {
  aFailingRecord,
  aRecord,
  HOUR,
  MINUTE,
  REFUSED,
  refusal,
  START,
  settings,
  UNCERTAIN,
  World,
} from './a-world.ts';

const healthy = (at: number) => [aRecord(at)];
/** Fails with the same last success, however late it is. */
const failing = () => [aFailingRecord(START)];
/** Sixty that fail and share no cause, so that each has a line of its own: more than one message. */
const sixtyOfTheirOwn = (at: number) =>
  Array.from({ length: 60 }, (_, index) => {
    const own = `s${index}`;
    return aFailingRecord(at, {
      id: own,
      name: own,
      connector_id: own,
      connection_ref: own,
      kb_uid: own,
    });
  });
const blind = {
  kind: 'failed',
  request: 'GET /orgs/acme/connectors/syncs',
  received: '503, 4 tries',
} as const;

/** Checks once, and answers the outcome also when the check failed. */
async function checked(world: World, overrides = {}): Promise<Outcome> {
  try {
    return await check(world.ports, settings(overrides));
  } catch (error) {
    if (error instanceof CheckFailed && error.outcome !== undefined) return error.outcome;
    throw error;
  }
}

async function aCheck(world: World, overrides = {}): Promise<Checked> {
  const outcome = await checked(world, overrides);
  if (outcome.kind !== 'checked') throw new Error(`the check stopped: ${outcome.reason}`);
  return outcome;
}

/** A world that has told of one failing sync five minutes ago. */
async function toldOfOne(): Promise<World> {
  const world = new World();
  world.shown = failing;
  await aCheck(world);
  world.said();
  world.writes.splice(0);
  world.now += 5 * MINUTE;
  return world;
}

describe('a check', () => {
  it('tells what is wrong at the first look, once', async () => {
    const world = new World();
    world.shown = failing;
    await aCheck(world);
    expect(world.said()).toEqual([expect.stringContaining('1 sync needs a person')]);
    await aCheck(world);
    expect(world.said()).toEqual([]);
  });

  it('remembers a first look that has nothing to tell, and then writes nothing', async () => {
    const world = new World();
    world.shown = healthy;
    await aCheck(world);
    expect(world.writes).toHaveLength(1);
    expect(world.stored.state.initialized).toBe(true);
    world.now += 5 * MINUTE;
    expect((await aCheck(world)).saved).toBe(false);
    expect(world.writes).toHaveLength(1);
  });

  it('posts nothing and writes nothing while nothing is due and nothing changed', async () => {
    const world = await toldOfOne();
    await aCheck(world);
    expect(world.said()).toEqual([]);
    expect(world.writes).toEqual([]);
  });

  it('tells a recovery once', async () => {
    const world = await toldOfOne();
    world.shown = healthy;
    await aCheck(world);
    expect(world.said()).toEqual([expect.stringContaining('1 resolved · orders recovered')]);
    world.now += 5 * MINUTE;
    await aCheck(world);
    expect(world.said()).toEqual([]);
  });

  it('reminds after a day, and not before', async () => {
    const world = await toldOfOne();
    world.now = START + 24 * HOUR - 5 * MINUTE;
    world.shown = (at) => [aFailingRecord(at, { interval_secs: 86_400 * 30 })];
    await aCheck(world);
    expect(world.said()).toEqual([]);
    world.now = START + 24 * HOUR;
    await aCheck(world);
    expect(world.said()).toEqual([expect.stringContaining('1 still open')]);
  });

  it('accounts for every record that was listed', async () => {
    const world = new World();
    world.shown = (at) => [
      aRecord(at, { id: 'a' }),
      aRecord(at, { id: 'b' }),
      aFailingRecord(at, { id: 'c' }),
      aRecord(at, { id: 'c' }),
      aRecord(at, { id: 'd', interval_secs: -1 }),
      aRecord(at, { id: null }),
      aRecord(at, { id: 'e', enabled: false }),
    ];
    const { syncs } = await aCheck(world);
    expect(syncs).toEqual({
      listed: 7,
      healthy: 2,
      inconclusive: 0,
      excluded: 0,
      withoutId: 1,
      repeated: 1,
      problems: { unreadable: 1, disabled: 1, failing: 1, never_succeeded: 0, stalled: 0 },
      unknownFields: {},
      worstLagIntervals: 1.33,
    });
  });

  it('says what it would do on a dry run, and does nothing', async () => {
    const world = new World();
    world.shown = failing;
    const outcome = await aCheck(world, { dryRun: true });
    expect(outcome.changes).toEqual([
      { alert: 'sync:orders', name: 'orders', problem: 'failing', severity: 'warning', reason: 'new' },
    ]);
    expect(outcome.saved).toBe(false);
    expect(world.said()).toEqual([]);
    expect(world.writes).toEqual([]);
  });
});

describe('a check that cannot see', () => {
  it('fails, and changes no sync', async () => {
    const world = await toldOfOne();
    const before = world.stored.state.facts.alerts['sync:orders'];
    world.shown = blind;
    await expect(check(world.ports, settings())).rejects.toThrow('could not list: 503, 4 tries');
    expect(world.stored.state.facts.alerts['sync:orders']).toEqual(before);
    expect(world.said()).toEqual([]);
  });

  it('tells its blindness after ten minutes, and its sight once it is back', async () => {
    const world = await toldOfOne();
    world.shown = blind;
    for (let minutes = 0; minutes < 30; minutes += 5) {
      await checked(world);
      world.now += 5 * MINUTE;
    }
    expect(world.said()).toEqual([expect.stringContaining('The syncs cannot be seen')]);
    world.shown = failing;
    await aCheck(world);
    expect(world.said()).toEqual([expect.stringContaining('can be listed again')]);
  });

  it('tells at once that its key was refused', async () => {
    const world = await toldOfOne();
    world.shown = { ...blind, kind: 'refused' };
    await checked(world);
    expect(world.said()).toHaveLength(1);
  });

  it('takes an empty listing after one that was not for blindness', async () => {
    const world = await toldOfOne();
    world.shown = [];
    await expect(check(world.ports, settings())).rejects.toThrow('no syncs at all');
    expect(world.stored.state.facts.alerts['sync:orders']?.state).toBe('firing');
  });

  it('takes an empty listing for blindness where an earlier one had records, though none could be read', async () => {
    const world = new World();
    world.shown = (at) => [aRecord(at, { interval_secs: 0 })];
    await checked(world);
    world.said();
    world.now += 5 * MINUTE;
    world.shown = [];
    expect((await aCheck(world)).syncs.listingFailure).toMatchObject({ kind: 'empty' });
    expect(world.said()).toEqual([]);
  });

  it('is quiet about an organisation that has never shown a sync', async () => {
    const world = new World();
    await aCheck(world);
    world.now += HOUR;
    await aCheck(world);
    expect(world.said()).toEqual([]);
    expect(world.writes).toHaveLength(1);
  });
});

describe('two checks at once', () => {
  it('stop at the claim of another, and say until when', async () => {
    const world = await toldOfOne();
    const { state, version } = world.stored;
    world.stored = {
      state: { ...state, lease: { holder: 'another', expiresAt: world.now + MINUTE } },
      version,
    };
    world.shown = healthy;
    const outcome = await checked(world);
    expect(outcome).toMatchObject({
      kind: 'lease_held',
      reason: expect.stringContaining('2026-11-24T09:06:00.000Z'),
    });
    expect(world.said()).toEqual([]);
    world.now += 2 * MINUTE;
    await aCheck(world);
    expect(world.said()).toHaveLength(1);
  });

  it('are not stopped by a claim that no check could have made', async () => {
    const world = await toldOfOne();
    const { state, version } = world.stored;
    world.stored = {
      state: { ...state, lease: { holder: 'another', expiresAt: world.now + HOUR } },
      version,
    };
    world.shown = healthy;
    await aCheck(world);
    expect(world.said()).toHaveLength(1);
  });

  // The function is killed after 60 s, its claim holds 30 s more, and clocks may differ by a minute.
  it.each([
    [150, 'lease_held'],
    [151, 'checked'],
  ])('with a claim %d s ahead: %s', async (seconds, kind) => {
    const world = await toldOfOne();
    const { state, version } = world.stored;
    const lease = { holder: 'another', expiresAt: world.now + seconds * 1000 };
    world.stored = { state: { ...state, lease }, version };
    const outcome = await checked(world);
    expect(outcome.kind).toBe(kind);
    const clockSkew = expect.stringContaining(new Date(lease.expiresAt).toISOString());
    if (kind === 'checked') expect(outcome).toMatchObject({ clockSkew });
  });

  it('never both post: whoever loses the write stops and says so', async () => {
    const world = await toldOfOne();
    world.shown = healthy;
    world.beforeWrites.push(() => {
      world.stored = { ...world.stored, version: world.stored.version + 1 };
    });
    expect(await checked(world)).toMatchObject({ kind: 'superseded' });
    expect(world.said()).toEqual([]);
  });

  it('let the later listing win, and count a second overtaking in a row as an error', async () => {
    const world = await toldOfOne();
    world.requestedAt = START - MINUTE;
    world.shown = healthy;
    expect(await checked(world)).toMatchObject({ kind: 'superseded' });
    await expect(check(world.ports, settings())).rejects.toThrow('overtaken twice running');
    expect(world.said()).toEqual([]);
    world.requestedAt = undefined;
    await aCheck(world);
    expect(world.said()).toHaveLength(1);
    expect(world.stored.state.supersededInARow).toBe(0);
  });

  it('are not stopped by a listing time further ahead than any check could be', async () => {
    const world = await toldOfOne();
    const { state, version } = world.stored;
    world.stored = { state: { ...state, listedAt: world.now + 2 * MINUTE }, version };
    world.shown = healthy;
    await aCheck(world);
    expect(world.said()).toHaveLength(1);
  });
});

describe('a sync that is paused', () => {
  it('and named on the first look is named again when it is enabled', async () => {
    const world = new World();
    world.shown = (at) => [aRecord(at, { enabled: false, disabled_reason: null })];
    await aCheck(world);
    world.said();
    world.now += HOUR;
    world.shown = healthy;
    await aCheck(world);
    expect(world.said()).toEqual(['test: 1 resolved · orders is enabled again']);
  });

  it('and enabled, is given its time though one listing lacked it', async () => {
    const six = { interval_secs: 21_600, name: 'slow', id: 'slow' };
    const before = {
      ...six,
      last_success_at: new Date(START - HOUR).toISOString(),
      seconds_since_success: null,
    };
    const ran = { ...before, last_run_at: before.last_success_at };
    const world = new World();
    world.shown = (at) => [aRecord(at), aRecord(at, { ...ran, enabled: false, disabled_reason: null })];
    await aCheck(world);
    world.now += 72 * HOUR;
    world.shown = (at) => [aRecord(at), aRecord(at, { ...ran, disabled_reason: null })];
    await aCheck(world);
    world.said();
    world.now += 5 * MINUTE;
    world.shown = (at) => [aFailingRecord(at)];
    await aCheck(world);
    world.said();
    world.now += 5 * MINUTE;
    world.shown = (at) => [aFailingRecord(at), aRecord(at, ran)];
    await aCheck(world);
    expect(world.said()).toEqual([]);
  });

  it('while its last success cannot be read, is given its time when it is enabled', async () => {
    const world = new World();
    world.shown = (at) => [
      aRecord(at, { enabled: false, disabled_reason: null, last_success_at: 'tuesday' }),
    ];
    await aCheck(world);
    world.said();
    world.now += 72 * HOUR;
    const old = { last_success_at: new Date(START - HOUR).toISOString(), seconds_since_success: null };
    world.shown = (at) => [aRecord(at, { ...old, disabled_reason: null, last_run_at: old.last_success_at })];
    const { syncs } = await aCheck(world);
    expect(syncs.problems.stalled).toBe(0);
  });

  it('and enabled, has its failures seen once it succeeded, by whatever the API counts', async () => {
    const counted = { last_run_at: null, last_success_at: null, disabled_reason: null };
    const world = new World();
    world.shown = (at) => [aRecord(at, { ...counted, enabled: false })];
    await aCheck(world);
    for (const record of [
      { ...counted, seconds_since_success: 600 },
      { ...counted, seconds_since_success: 30 },
      { ...counted, seconds_since_success: 200, last_state: 'failed', consecutive_failures: 3 },
    ]) {
      world.now += 5 * MINUTE;
      world.shown = (at) => [aRecord(at, record)];
      await aCheck(world);
    }
    expect(Object.values(world.stored.state.facts.alerts)).toEqual([
      expect.objectContaining({ state: 'firing', problem: 'failing' }),
    ]);
  });
});

describe('a message that does not arrive', () => {
  it('is owed when it is refused, and told at the next check', async () => {
    const world = new World();
    world.shown = failing;
    world.answers.push(REFUSED);
    await expect(check(world.ports, settings())).rejects.toThrow('404 no_service');
    world.said();
    world.now += 5 * MINUTE;
    await aCheck(world);
    expect(world.said()).toHaveLength(1);
    expect(world.stored.state.initialized).toBe(true);
  });

  it('is told as missed when its sync recovered in the meantime', async () => {
    const world = await toldOfOne();
    world.shown = (at) => [...failing(), aFailingRecord(at, { id: 'refunds', name: 'refunds' })];
    world.answers.push(REFUSED);
    await checked(world);
    world.said();
    world.now += 5 * MINUTE;
    world.shown = (at) => [...failing(), aRecord(at, { id: 'refunds', name: 'refunds' })];
    await aCheck(world);
    expect(world.said()).toEqual([expect.stringContaining('1 came and went')]);
  });

  it('waits 1, 2, 4 periods while it is uncertain, and counts the repeat', async () => {
    const world = new World();
    world.shown = failing;
    world.answers.push(UNCERTAIN, UNCERTAIN, UNCERTAIN);
    const posts: number[] = [];
    for (let minutes = 0; minutes <= 40; minutes += 5) {
      const outcome = await checked(world);
      if (world.said().length > 0) posts.push(minutes);
      if (outcome.kind === 'checked' && outcome.posts.accepted > 0) expect(outcome.posts.repeated).toBe(1);
      world.now += 5 * MINUTE;
    }
    expect(posts).toEqual([0, 5, 15, 35]);
  });

  it('leaves nothing in doubt once it was accepted', async () => {
    const world = await toldOfOne();
    expect(JSON.stringify(world.stored.state)).not.toContain('noted');
    expect(world.stored.state.lease).toBeUndefined();
  });

  it('makes the route wait as long as Slack asks', async () => {
    const world = new World();
    world.shown = failing;
    world.answers.push(refusal({ waitSeconds: 600 }));
    await checked(world);
    world.said();
    world.now += 9 * MINUTE;
    expect((await aCheck(world)).undelivered.count).toBe(1);
    expect(world.said()).toEqual([]);
    world.now += MINUTE;
    await aCheck(world);
    expect(world.said()).toHaveLength(1);
  });

  it('leaves the messages before it told, and those after it owed', async () => {
    const world = new World();
    world.shown = sixtyOfTheirOwn;
    world.answers.push({ kind: 'accepted' }, REFUSED);
    await checked(world);
    const first = world.posted[0]?.covers.length ?? 0;
    expect(world.posted).toHaveLength(2);
    expect(world.stored.state.initialized).toBe(false);
    expect(world.stored.state.lease).toBeUndefined();
    world.said();
    world.now += 5 * MINUTE;
    await aCheck(world);
    const told = world.posted.flatMap(({ covers }) => covers);
    expect(told).toHaveLength(60 - first);
    expect(world.stored.state.initialized).toBe(true);
  });

  it('does not hold up the others when only its form was refused', async () => {
    const world = new World();
    world.shown = sixtyOfTheirOwn;
    world.answers.push(refusal({ form: true }));
    await checked(world);
    expect(world.posted.length).toBeGreaterThan(1);
  });
});

describe('a memory that cannot be written', () => {
  it('before the post: nothing is posted, and the check fails', async () => {
    const world = new World();
    world.shown = failing;
    world.failNextWrite();
    await expect(check(world.ports, settings())).rejects.toThrow('read-only');
    expect(world.said()).toEqual([]);
  });

  it('after the post: the check fails, and what was posted is in doubt and told again', async () => {
    const world = new World();
    world.shown = failing;
    world.beforeWrites.push(() => undefined);
    world.failNextWrite();
    world.failNextWrite();
    await expect(check(world.ports, settings())).rejects.toThrow('read-only');
    expect(world.said()).toHaveLength(1);
    world.now += 5 * MINUTE;
    expect((await aCheck(world)).posts).toMatchObject({ accepted: 1, repeated: 1 });
    expect(world.said()).toHaveLength(1);
  });

  it('after the post, but only once: what came of it is remembered, and that the rest was never sent', async () => {
    const world = new World();
    world.shown = sixtyOfTheirOwn;
    world.beforeWrites.push(() => undefined);
    world.failNextWrite();
    await expect(check(world.ports, settings())).rejects.toThrow('read-only');
    expect(world.said()).toHaveLength(1);
    const { state } = world.stored;
    expect(state.lease).toBeUndefined();
    expect(
      Object.values(routeOf(state).notificationLog).filter(({ inFlight: noted }) => noted !== undefined),
    ).toEqual([]);
    expect((await aCheck(world)).posts).toMatchObject({ repeated: 0 });
  });

  it('after the post, by another check: nothing more is posted, and the check fails', async () => {
    const world = new World();
    world.shown = sixtyOfTheirOwn;
    world.beforeWrites.push(
      () => undefined,
      () => {
        world.stored = { ...world.stored, version: world.stored.version + 1 };
      },
    );
    await expect(check(world.ports, settings())).rejects.toThrow(CheckFailed);
    expect(world.said()).toHaveLength(1);
  });
});

describe('a change in doubt', () => {
  it('is posted again though it passed: the channel may have it', async () => {
    const world = await toldOfOne();
    const stalled = (at: number) => [
      aRecord(at, { last_success_at: new Date(START - 2 * HOUR).toISOString(), seconds_since_success: null }),
    ];
    world.shown = stalled;
    world.answers.push(UNCERTAIN);
    await checked(world);
    world.said();
    world.now += 5 * MINUTE;
    world.shown = failing;
    const { changes, posts } = await aCheck(world);
    expect(changes.map(({ reason: why }) => why)).toEqual(['changed']);
    expect(posts).toMatchObject({ accepted: 1, repeated: 1 });
  });
});

describe('a closing in doubt', () => {
  it('counts as told when its sync fails again: the failure is a new one', async () => {
    const world = await toldOfOne();
    world.shown = healthy;
    world.answers.push(UNCERTAIN);
    await checked(world);
    world.said();
    world.now += 5 * MINUTE;
    world.shown = failing;
    const { changes } = await aCheck(world);
    expect(changes.map(({ reason: why }) => why)).toEqual(['new']);
  });

  it('is withdrawn when it was never posted: the alert goes on as told', async () => {
    const world = await toldOfOne();
    world.shown = healthy;
    world.answers.push(refusal({ waitSeconds: 240 }));
    await checked(world);
    world.said();
    world.now += 5 * MINUTE;
    world.shown = failing;
    const { changes } = await aCheck(world);
    expect(changes).toEqual([]);
  });
});
