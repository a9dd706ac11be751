import { aRecord, MINUTE, REFUSED, UNCONFIRMED, World } from './a-world.ts';
import { completedCheck, outcomeOfCheck } from './run-check.ts';

const OTHERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
const PAUSED = { enabled: false, disabled_reason: null };

/** A world in which one sync of twelve is paused, and whose line was posted with this result. */
async function worldAfterPause(result: typeof REFUSED): Promise<World> {
  const world = new World();
  const shownWith = (overrides: object) => (at: number) =>
    OTHERS.map((id) => aRecord(at, { id, name: id, ...(id === 'a' && overrides) }));
  world.shown = shownWith({});
  await completedCheck(world);
  world.shown = shownWith(PAUSED);
  world.postResults.push(result);
  while (world.posted.length === 0) {
    world.now += 5 * MINUTE;
    await outcomeOfCheck(world);
  }
  world.takePostedTexts();
  world.now += 5 * MINUTE;
  return world;
}

const savedConditions = ({ stored }: World) =>
  Object.values(stored.state.routes['default']?.destinations ?? {})[0]?.conditions;

describe('a line about a pause that Slack did not accept', () => {
  it.each([
    ['refused', REFUSED, 0],
    ['unconfirmed', UNCONFIRMED, 1],
  ])('is sent by the next check, and counted if it may be there: %s', async (_, result, repeated) => {
    const world = await worldAfterPause(result);
    const { posts, undelivered } = await completedCheck(world);
    expect(posts).toMatchObject({ accepted: 1, repeated });
    expect(undelivered.count).toBe(0);
    expect(savedConditions(world)).toEqual({ 'sync:a': { condition: 'paused', at: world.now } });
    world.now += 60 * MINUTE;
    expect((await completedCheck(world)).posts.accepted).toBe(0);
  });

  it('is undelivered since it was due', async () => {
    const world = await worldAfterPause(REFUSED);
    const due = world.now - 5 * MINUTE;
    world.postResults.push(REFUSED);
    const { undelivered } = await completedCheck(world);
    expect(undelivered).toEqual({ count: 1, since: new Date(due).toISOString() });
  });

  it('is sent at once although another sync was paused meanwhile', async () => {
    const world = await worldAfterPause(REFUSED);
    world.shown = (at) =>
      OTHERS.map((id) => aRecord(at, { id, name: id, ...(['a', 'b'].includes(id) && PAUSED) }));
    expect((await completedCheck(world)).digests).toMatchObject([{ headline: '2 syncs paused' }]);
  });

  it.each([
    ['refused', REFUSED],
    ['unconfirmed', UNCONFIRMED],
  ])('is not sent, and not undelivered, once it was undone: %s', async (_, result) => {
    const world = await worldAfterPause(result);
    world.shown = (at) => OTHERS.map((id) => aRecord(at, { id, name: id }));
    const { posts, undelivered } = await completedCheck(world);
    expect(posts.accepted).toBe(0);
    expect(undelivered).toEqual({ count: 0 });
  });
});
