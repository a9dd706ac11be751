import { check } from '../../lambda/commands/check.ts';
import { HOUR, MINUTE, START, settings, type World } from './a-world.ts';
import { completedCheck, healthy, outcomeOfCheck, worldAfterOneAlert } from './run-check.ts';

/** A world in which a recovery is to be sent, and the state holds another check's lease for that many seconds. */
async function worldWithLease(seconds: number): Promise<World> {
  const world = await worldAfterOneAlert();
  const { state, version } = world.stored;
  const lease = { holder: 'another', expiresAt: world.now + seconds * 1000 };
  world.stored = { state: { ...state, lease }, version };
  world.shown = healthy;
  return world;
}

it('says what the saved state lacks because it would be too large', async () => {
  const world = await worldAfterOneAlert();
  world.shown = healthy;
  const state = { ...world.ports.state, reduced: () => 'the state is larger than 3.5 MB' };
  expect(await check({ ...world.ports, state }, settings())).toMatchObject({
    stateReduced: 'the state is larger than 3.5 MB',
  });
});

describe('two checks at once', () => {
  it('do not both run: the second stops and gives the time when the lease expires', async () => {
    const world = await worldWithLease(60);
    expect(await outcomeOfCheck(world)).toMatchObject({
      kind: 'lease_held',
      reason: expect.stringContaining('its lease expires at 2026-11-24T09:06:00.000Z'),
    });
    expect(world.takePostedTexts()).toEqual([]);
    world.now += 2 * MINUTE;
    await completedCheck(world);
    expect(world.takePostedTexts()).toHaveLength(1);
  });

  it('take over an expired lease, and say so', async () => {
    const world = await worldWithLease(0);
    expect(await completedCheck(world)).toMatchObject({
      takenOver:
        'the lease of check another expired at 2026-11-24T09:05:00.000Z: that check was killed; this one took over',
    });
    world.now += 5 * MINUTE;
    expect(await completedCheck(world)).not.toHaveProperty('takenOver');
  });

  it('are not stopped by a lease that no check could have taken', async () => {
    const world = await worldWithLease(3600);
    await completedCheck(world);
    expect(world.takePostedTexts()).toHaveLength(1);
  });

  // Lambda kills the function after 60 s, its lease holds for 30 s more, and clocks may differ by 60 s.
  it.each([
    [149, 'lease_held'],
    [150, 'lease_held'],
    [151, 'checked'],
  ])('respect a lease up to 150 s ahead: at %d s the outcome is %s', async (seconds, kind) => {
    const world = await worldWithLease(seconds);
    const expiresAt = new Date(world.now + seconds * 1000).toISOString();
    const outcome = await outcomeOfCheck(world);
    expect(outcome.kind).toBe(kind);
    if (kind === 'checked') expect(outcome).toMatchObject({ clockSkew: expect.stringContaining(expiresAt) });
  });

  it('never both post: the check whose write comes second stops', async () => {
    const world = await worldAfterOneAlert();
    world.shown = healthy;
    world.beforeWrites.push(() => {
      world.stored = { ...world.stored, version: world.stored.version + 1 };
    });
    expect(await outcomeOfCheck(world)).toMatchObject({ kind: 'superseded' });
    expect(world.takePostedTexts()).toEqual([]);
  });

  it('let the later listing win, and the second check superseded in a row fails', async () => {
    const world = await worldAfterOneAlert();
    world.requestedAt = START - MINUTE;
    world.shown = healthy;
    expect(await outcomeOfCheck(world)).toMatchObject({ kind: 'superseded' });
    const second = check(world.ports, settings());
    await expect(second).rejects.toMatchObject({ cause: { code: 'superseded_twice' } });
    await expect(second).rejects.toThrow('superseded twice in a row');
    expect(world.takePostedTexts()).toEqual([]);
    world.requestedAt = undefined;
    await completedCheck(world);
    expect(world.takePostedTexts()).toHaveLength(1);
    expect(world.stored.state.supersededInARow).toBe(0);
  });

  it('are not counted as superseded on a dry run', async () => {
    const world = await worldAfterOneAlert();
    world.requestedAt = START - MINUTE;
    for (const _run of [1, 2]) {
      expect(await outcomeOfCheck(world, { dryRun: true })).toMatchObject({ kind: 'superseded' });
    }
    expect(world.writes).toEqual([]);
  });

  // Clocks may differ by 60 s.
  it.each([
    [59, 'superseded'],
    [60, 'superseded'],
    [61, 'checked'],
    [HOUR / 1000, 'checked'],
  ])('respect a listing time up to 60 s ahead: at %d s the outcome is %s', async (seconds, kind) => {
    const world = await worldAfterOneAlert();
    const { state, version } = world.stored;
    world.stored = { state: { ...state, listedAt: world.now + seconds * 1000 }, version };
    world.shown = healthy;
    expect((await outcomeOfCheck(world)).kind).toBe(kind);
    expect(world.takePostedTexts()).toHaveLength(kind === 'checked' ? 1 : 0);
  });
});
