import { aFailingRecord, aRecord, HOUR, MINUTE, START, World } from './a-world.ts';
import { completedCheck, failing, healthy, worldAfterOneAlert } from './run-check.ts';

describe('a check', () => {
  it('sends a problem once, and at the initial run without waiting', async () => {
    const world = new World();
    world.shown = failing;
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual(['test: orders is failing']);
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual([]);
  });

  it('saves an initial run without problems, and writes nothing at the next check', async () => {
    const world = new World();
    world.shown = healthy;
    await completedCheck(world);
    expect(world.writes).toHaveLength(1);
    expect(world.stored.state.initialized).toBe(true);
    world.now += 5 * MINUTE;
    expect((await completedCheck(world)).saved).toBe(false);
    expect(world.writes).toHaveLength(1);
  });

  it('posts nothing and writes nothing while nothing changes', async () => {
    const world = await worldAfterOneAlert();
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual([]);
    expect(world.writes).toEqual([]);
  });

  it('sends a recovery once', async () => {
    const world = await worldAfterOneAlert();
    world.shown = healthy;
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual(['test: orders recovered']);
    world.now += 5 * MINUTE;
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual([]);
  });

  it('sends a reminder after 24 hours, and none 5 minutes earlier', async () => {
    const world = await worldAfterOneAlert();
    world.now = START + 24 * HOUR - 5 * MINUTE;
    world.shown = (at) => [aFailingRecord(at, { interval_secs: 86_400 * 30 })];
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual([]);
    world.now = START + 24 * HOUR;
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual([expect.stringContaining('1 still open')]);
  });

  it('counts every listed record once', async () => {
    const world = new World();
    world.shown = (at) => [
      aRecord(at, { id: 'a' }),
      aRecord(at, { id: 'b' }),
      aFailingRecord(at, { id: 'c' }),
      aRecord(at, { id: 'c' }),
      aRecord(at, { id: 'd', interval_secs: 'often' }),
      aRecord(at, { id: null }),
      aRecord(at, { id: 'e', enabled: false }),
    ];
    const { syncs } = await completedCheck(world);
    expect(syncs).toEqual({
      listed: 7,
      healthy: 2,
      paused: 1,
      inconclusive: 0,
      excluded: 0,
      withoutId: 1,
      repeated: 1,
      problems: { unreadable: 1, disabled: 0, failing: 1, never_succeeded: 0, stalled: 0 },
      unknownFields: {},
      worstLagIntervals: 1.33,
    });
  });

  it('reports the changes on a dry run, but posts and writes nothing', async () => {
    const world = new World();
    world.shown = failing;
    const outcome = await completedCheck(world, { dryRun: true });
    expect(outcome.changes).toEqual([
      { alert: 'sync:orders', name: 'orders', problem: 'failing', severity: 'warning', reason: 'new' },
    ]);
    expect(outcome.saved).toBe(false);
    expect(world.takePostedTexts()).toEqual([]);
    expect(world.writes).toEqual([]);
  });
});

describe('a paused sync', () => {
  it('that the initial run named is named again 15 minutes after it is resumed', async () => {
    const world = new World();
    world.shown = (at) => [aRecord(at, { enabled: false, disabled_reason: null })];
    await completedCheck(world);
    world.takePostedTexts();
    world.now += HOUR;
    world.shown = healthy;
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual([]);
    world.now += 15 * MINUTE;
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual(['test: 1 sync resumed']);
  });

  it('has its interval to succeed once enabled, also when one listing omitted it', async () => {
    const sixHours = { interval_secs: 21_600, name: 'slow', id: 'slow' };
    const before = {
      ...sixHours,
      last_success_at: new Date(START - HOUR).toISOString(),
      seconds_since_success: null,
    };
    const ran = { ...before, last_run_at: before.last_success_at };
    const world = new World();
    world.shown = (at) => [aRecord(at), aRecord(at, { ...ran, enabled: false, disabled_reason: null })];
    await completedCheck(world);
    world.now += 72 * HOUR;
    world.shown = (at) => [aRecord(at), aRecord(at, { ...ran, disabled_reason: null })];
    await completedCheck(world);
    world.takePostedTexts();
    world.now += 5 * MINUTE;
    world.shown = (at) => [aFailingRecord(at)];
    await completedCheck(world);
    world.takePostedTexts();
    world.now += 5 * MINUTE;
    world.shown = (at) => [aFailingRecord(at), aRecord(at, ran)];
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual([]);
  });

  it('has its interval to succeed once enabled, also when its last success was unreadable', async () => {
    const world = new World();
    world.shown = (at) => [
      aRecord(at, { enabled: false, disabled_reason: null, last_success_at: 'tuesday' }),
    ];
    await completedCheck(world);
    world.takePostedTexts();
    world.now += 72 * HOUR;
    const old = { last_success_at: new Date(START - HOUR).toISOString(), seconds_since_success: null };
    world.shown = (at) => [aRecord(at, { ...old, disabled_reason: null, last_run_at: old.last_success_at })];
    const { syncs } = await completedCheck(world);
    expect(syncs.problems.stalled).toBe(0);
  });

  it('fires when it fails after a success, also when the API gives that success only as an age', async () => {
    const onlyAge = { last_run_at: null, last_success_at: null, disabled_reason: null };
    const world = new World();
    world.shown = (at) => [aRecord(at, { ...onlyAge, enabled: false })];
    await completedCheck(world);
    for (const record of [
      { ...onlyAge, seconds_since_success: 600 },
      { ...onlyAge, seconds_since_success: 30 },
      { ...onlyAge, seconds_since_success: 200, last_state: 'failed', consecutive_failures: 3 },
    ]) {
      world.now += 5 * MINUTE;
      world.shown = (at) => [aRecord(at, record)];
      await completedCheck(world);
    }
    expect(Object.values(world.stored.state.facts.alerts)).toEqual([
      expect.objectContaining({ state: 'firing', problem: 'failing' }),
    ]);
  });
});
