import { check } from '../../lambda/commands/check.ts';
import { aFailingRecord, aRecord, HOUR, MINUTE, START, settings, World } from './a-world.ts';

const DAY = 24 * HOUR;
const BLIND = { kind: 'failed', request: 'GET /', received: '503' } as const;
const IDS = ['a', 'b', 'c', 'd'];

/*
 * One check whose clock is three days ahead leaves its times in memory. Whoever comes after it, at the right time, must
 * not wait until they have passed.
 */
describe('after a check whose clock was three days ahead', () => {
  let world: World;

  beforeEach(async () => {
    world = new World();
    world.shown = healthy();
    await checkAt(0);
    world.now = START + 3 * DAY;
  });

  it('a blindness that it saw first is told', async () => {
    world.shown = BLIND;
    await check(world.ports, settings()).catch(() => undefined);
    await checkAt(5);
    expect(world.said()).toEqual([expect.stringContaining('cannot be seen')]);
  });

  it('what follows a cause that it told is gathered no longer than otherwise', async () => {
    world.shown = [...failing(START).slice(0, 3), ...healthy().slice(3)];
    await check(world.ports, settings());
    expect(world.said()).toHaveLength(1);
    world.shown = (at) => [...failing(at).slice(0, 2), ...healthy(at).slice(2)];
    await checkAt(5);
    expect(world.said()).toEqual([expect.stringContaining('resolved')]);
  });

  it('the reminder of what it told comes, and only every day', async () => {
    world.shown = [aFailingRecord(START, { interval_secs: 30 * 86_400 })];
    await check(world.ports, settings());
    world.said();
    const said: number[] = [];
    for (let hours = 1; hours <= 49; hours += 1) {
      await checkAt(60 * hours);
      if (world.said().length > 0) said.push(hours);
    }
    expect(said).toEqual([1, 25, 49]);
  });

  it('a sync that it first saw enabled again is judged by its lateness', async () => {
    const paused = { enabled: false, disabled_reason: null, last_success_at: new Date(START).toISOString() };
    world.now = START + MINUTE;
    world.shown = [aRecord(START, { ...paused, seconds_since_success: null })];
    await check(world.ports, settings());
    world.said();
    const enabled = { ...paused, enabled: true, seconds_since_success: null };
    world.now = START + 3 * DAY;
    world.shown = [aRecord(START, enabled)];
    await check(world.ports, settings());
    world.said();
    // Enabled again, and nothing runs: stalled once its allowance has passed.
    for (let minutes = 10; minutes <= 60; minutes += 10) await checkAt(minutes);
    expect(world.said()).toEqual([expect.stringContaining('stalled')]);
  });

  function checkAt(minutes: number) {
    world.now = START + minutes * MINUTE;
    return check(world.ports, settings()).catch(() => undefined);
  }
});

function healthy(at = START) {
  return IDS.map((id) => aRecord(at, { id, name: id }));
}

function failing(at = START) {
  return IDS.map((id) => aFailingRecord(at, { id, name: id }));
}
