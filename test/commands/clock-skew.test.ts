import { check } from '../../lambda/commands/check.ts';
import { aFailingRecord, aRecord, HOUR, MINUTE, START, settings, World } from './a-world.ts';
import { LISTING_FAILURE } from './run-check.ts';

const DAY = 24 * HOUR;
const IDS = ['a', 'b', 'c', 'd'];

/*
 * One check whose clock is three days ahead leaves its times in the state. Later checks with the right time must not
 * wait until those times have passed.
 */
describe('after a check whose clock was three days ahead', () => {
  let world: World;

  beforeEach(async () => {
    world = new World();
    world.shown = healthy();
    await checkAt(0);
    world.now = START + 3 * DAY;
  });

  it('a listing failure that started then is sent', async () => {
    world.shown = LISTING_FAILURE;
    await check(world.ports, settings()).catch(() => undefined);
    await checkAt(5);
    expect(world.takePostedTexts()).toEqual([expect.stringContaining('cannot list syncs')]);
  });

  it('follow-ups of a cause that was sent then are held no longer than usual', async () => {
    world.shown = [...failing(START).slice(0, 3), ...healthy().slice(3)];
    await check(world.ports, settings());
    expect(world.takePostedTexts()).toHaveLength(1);
    world.shown = (at) => [...failing(at).slice(0, 2), ...healthy(at).slice(2)];
    await checkAt(5);
    expect(world.takePostedTexts()).toEqual([expect.stringContaining('resolved')]);
  });

  it('the reminder of an alert that was sent then comes every 24 hours', async () => {
    world.shown = [aFailingRecord(START, { interval_secs: 30 * 86_400 })];
    await check(world.ports, settings());
    world.takePostedTexts();
    const remindedAfterHours: number[] = [];
    for (let hours = 1; hours <= 49; hours += 1) {
      await checkAt(60 * hours);
      if (world.takePostedTexts().length > 0) remindedAfterHours.push(hours);
    }
    expect(remindedAfterHours).toEqual([1, 25, 49]);
  });

  it('a sync that was enabled then stalls at its threshold', async () => {
    const paused = { enabled: false, disabled_reason: null, last_success_at: new Date(START).toISOString() };
    world.now = START + MINUTE;
    world.shown = [aRecord(START, { ...paused, seconds_since_success: null })];
    await check(world.ports, settings());
    world.takePostedTexts();
    const enabled = { ...paused, enabled: true, seconds_since_success: null };
    world.now = START + 3 * DAY;
    world.shown = [aRecord(START, enabled)];
    await check(world.ports, settings());
    world.takePostedTexts();
    for (let minutes = 10; minutes <= 60; minutes += 10) await checkAt(minutes);
    expect(world.takePostedTexts()).toEqual([expect.stringContaining('stalled')]);
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
