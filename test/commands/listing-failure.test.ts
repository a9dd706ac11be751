import { check } from '../../lambda/commands/check.ts';
import { aRecord, HOUR, MINUTE, settings, World } from './a-world.ts';
import { completedCheck, failing, LISTING_FAILURE, outcomeOfCheck, worldAfterOneAlert } from './run-check.ts';

describe('a check whose listing fails', () => {
  it('fails and leaves every alert as it is', async () => {
    const world = await worldAfterOneAlert();
    const before = world.stored.state.facts.alerts['sync:orders'];
    world.shown = LISTING_FAILURE;
    await expect(check(world.ports, settings())).rejects.toThrow('could not list: 503 after 4 attempts');
    expect(world.stored.state.facts.alerts['sync:orders']).toEqual(before);
    expect(world.takePostedTexts()).toEqual([]);
  });

  it('sends the failure after 10 minutes, and its end', async () => {
    const world = await worldAfterOneAlert();
    world.shown = LISTING_FAILURE;
    const sentAfterMinutes: number[] = [];
    for (let minutes = 0; minutes < 30; minutes += 5) {
      await outcomeOfCheck(world);
      if (world.takePostedTexts().length > 0) sentAfterMinutes.push(minutes);
      world.now += 5 * MINUTE;
    }
    expect(sentAfterMinutes).toEqual([10]);
    world.shown = failing;
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual([expect.stringContaining('can be listed again')]);
  });

  it('sends a refused API key at once', async () => {
    const world = await worldAfterOneAlert();
    world.shown = { ...LISTING_FAILURE, kind: 'refused' };
    await outcomeOfCheck(world);
    expect(world.takePostedTexts()).toEqual([expect.stringContaining('cannot be listed')]);
  });

  it('treats an empty listing after one with syncs as a failure, and resolves nothing', async () => {
    const world = await worldAfterOneAlert();
    world.shown = [];
    await expect(check(world.ports, settings())).rejects.toThrow(
      /^could not list the syncs of organisation "acme": sent GET \S+, received no syncs at all/,
    );
    expect(world.stored.state.facts.alerts['sync:orders']?.state).toBe('firing');
  });

  it('treats an empty listing as a failure, also when no record of the earlier one was readable', async () => {
    const world = new World();
    world.shown = (at) => [aRecord(at, { interval_secs: 0 })];
    await outcomeOfCheck(world);
    world.takePostedTexts();
    world.now += 5 * MINUTE;
    world.shown = [];
    expect((await completedCheck(world)).syncs.listingFailure).toMatchObject({ kind: 'empty' });
    expect(world.takePostedTexts()).toEqual([]);
  });

  it('says once that an organisation without any sync has none', async () => {
    const world = new World();
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual(['test: No syncs are visible: organisation acme lists none']);
    world.now += HOUR;
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual([]);
  });
});
