import { check } from '../../lambda/commands/check.ts';
import {
  aFailingRecord,
  aRecord,
  HOUR,
  MINUTE,
  REFUSED,
  START,
  settings,
  UNCONFIRMED,
  World,
} from './a-world.ts';
import { completedCheck, failing, healthy, worldAfterOneAlert } from './run-check.ts';

/** The ids of the destinations whose logs are saved. */
const savedIds = ({ stored }: World) => Object.keys(stored.state.routes['default']?.destinations ?? {});

async function worldWithUndelivered(result = REFUSED): Promise<World> {
  const world = await worldAfterOneAlert();
  world.shown = (at) => [...failing(), aFailingRecord(at, { id: 'refunds', name: 'refunds' })];
  world.postResults.push(result);
  await completedCheck(world);
  expect(world.takePostedTexts()).toEqual([expect.stringContaining('refunds')]);
  world.now += 5 * MINUTE;
  return world;
}

describe('a new destination', () => {
  it('gets an initial digest of what is open, once', async () => {
    const world = await worldAfterOneAlert();
    world.destinationId = 'another channel';
    const { digests, notified } = await completedCheck(world);
    expect(digests).toMatchObject([{ headline: 'First message here: 1 sync needs attention' }]);
    expect(notified).toMatchObject([{ alert: 'sync:orders', reason: 'new' }]);
    expect(world.takePostedTexts()).toHaveLength(1);
    world.now += 5 * MINUTE;
    expect((await completedCheck(world)).saved).toBe(false);
    expect(world.takePostedTexts()).toEqual([]);
  });

  it('replaces the former one, whose log is dropped', async () => {
    const world = await worldAfterOneAlert();
    expect(savedIds(world)).toEqual(['a channel']);
    world.destinationId = 'another channel';
    await completedCheck(world);
    expect(savedIds(world)).toEqual(['another channel']);
  });

  it('is sent nothing when nothing is open, and no end of what it did not hear begin', async () => {
    const world = await worldAfterOneAlert();
    world.destinationId = 'another channel';
    world.shown = healthy;
    expect((await completedCheck(world)).changes).toEqual([]);
    world.now += 5 * MINUTE;
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual([]);
    world.now += 5 * MINUTE;
    world.shown = (at) => [aRecord(at), aFailingRecord(at, { id: 'refunds', name: 'refunds' })];
    // It is not new any more: its next digest is one like any other.
    expect((await completedCheck(world)).digests).toMatchObject([{ headline: '1 sync needs attention' }]);
  });

  it.each([
    ['refused', REFUSED],
    ['unconfirmed', UNCONFIRMED],
  ])('is sent what no destination accepted, also when it ended meanwhile: it was %s', async (_, result) => {
    const world = await worldWithUndelivered(result);
    world.destinationId = 'another channel';
    world.shown = (at) => [...failing(), aRecord(at, { id: 'refunds', name: 'refunds' })];
    const { changes, posts, undelivered } = await completedCheck(world);
    expect(changes).toMatchObject([
      { alert: 'sync:orders', reason: 'new' },
      { alert: 'sync:refunds', reason: 'resolved_undelivered' },
    ]);
    // The former destination backs off; this one does not. What that one may have is no repeat here.
    expect(posts).toMatchObject({ accepted: 1, repeated: 0 });
    expect(undelivered.count).toBe(0);
  });

  it('takes over since when a notification waits', async () => {
    const world = await worldWithUndelivered();
    world.destinationId = 'another channel';
    world.postResults.push(REFUSED);
    const { undelivered } = await completedCheck(world);
    expect(undelivered).toEqual({ count: 2, since: new Date(START + 5 * MINUTE).toISOString() });
  });

  it('is told which syncs are paused, and not which were unlisted or resumed before', async () => {
    const world = new World();
    const others = (at: number) => [1, 2, 3, 4].map((id) => aRecord(at, { id: `o${id}`, name: `o${id}` }));
    const paused = { id: 'users', name: 'users', enabled: false, disabled_reason: null };
    world.shown = (at) => [...others(at), aRecord(at, { id: 'gone', name: 'gone' }), aRecord(at, paused)];
    await completedCheck(world);
    world.shown = (at) => [...others(at), aRecord(at, paused)];
    for (let minutes = 0; minutes < 60; minutes += 5) {
      world.now += 5 * MINUTE;
      await completedCheck(world);
    }
    expect(world.takePostedTexts()).toEqual([
      expect.stringContaining('1 sync paused'),
      expect.stringContaining('no longer listed'),
    ]);
    world.destinationId = 'another channel';
    world.now += 5 * MINUTE;
    expect((await completedCheck(world)).digests).toMatchObject([
      { headline: 'First message here: 1 sync paused' },
    ]);
    // It never heard that the sync was gone, so it does not hear that it is back.
    world.shown = (at) => [...others(at), aRecord(at, { id: 'gone', name: 'gone' }), aRecord(at, paused)];
    world.takePostedTexts();
    for (let minutes = 0; minutes < 120; minutes += 5) {
      world.now += 5 * MINUTE;
      await completedCheck(world);
    }
    expect(world.takePostedTexts()).toEqual([]);
  });

  it('has an interval of its own until its first reminder', async () => {
    const world = await worldAfterOneAlert();
    world.now += 20 * HOUR;
    world.destinationId = 'another channel';
    await completedCheck(world);
    world.takePostedTexts();
    world.now += 5 * HOUR;
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual([]);
    world.now += 19 * HOUR;
    expect((await completedCheck(world)).changes).toMatchObject([{ reason: 'reminder' }]);
  });
});

describe('a destination that cannot be read', () => {
  it('is the last one, whose log stays', async () => {
    const world = await worldAfterOneAlert();
    world.destinationId = undefined;
    world.shown = (at) => [...failing(), aFailingRecord(at, { id: 'refunds', name: 'refunds' })];
    world.postResults.push(REFUSED);
    expect((await completedCheck(world)).changes).toMatchObject([{ alert: 'sync:refunds' }]);
    expect(savedIds(world)).toEqual(['a channel']);
  });

  it('loses nothing when it was never read before', async () => {
    const world = new World();
    world.shown = failing;
    world.destinationId = undefined;
    world.postResults.push(REFUSED);
    await completedCheck(world);
    world.now += 5 * MINUTE;
    world.shown = healthy;
    world.destinationId = 'a channel';
    expect((await completedCheck(world)).changes).toMatchObject([
      { alert: 'sync:orders', reason: 'resolved_undelivered' },
    ]);
  });
});

it('a dry run shows the initial digest of a new destination, and changes nothing', async () => {
  const world = await worldAfterOneAlert();
  world.destinationId = 'another channel';
  for (let times = 0; times < 2; times += 1)
    expect((await completedCheck(world, { dryRun: true })).changes).toMatchObject([{ reason: 'new' }]);
  expect(savedIds(world)).toEqual(['a channel']);
  expect(world.writes).toEqual([]);
});

it('a destination that is exchanged while messages are posted gets none of them, and an initial digest at the next check', async () => {
  const world = await worldAfterOneAlert();
  world.shown = (at) => [...failing(), aFailingRecord(at, { id: 'refunds', name: 'refunds' })];
  const posted: (string | undefined)[] = [];
  const slack = {
    ...world.ports.slack,
    post: async (...[, , id]: Parameters<typeof world.ports.slack.post>) => {
      posted.push(id);
      return REFUSED;
    },
  };
  await expect(check({ ...world.ports, slack }, settings())).rejects.toThrow();
  expect(posted).toEqual(['a channel']);
  world.now += 5 * MINUTE;
  world.destinationId = 'another channel';
  expect((await completedCheck(world)).changes).toMatchObject([{ reason: 'new' }, { reason: 'new' }]);
});
