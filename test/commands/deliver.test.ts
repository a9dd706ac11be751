import { check } from '../../lambda/commands/check.ts';
import { CheckFailed } from '../../lambda/commands/outcome.ts';
import { destinationIn } from '../core/a-sync.ts';
import {
  aFailingRecord,
  aRecord,
  HOUR,
  MINUTE,
  REFUSED,
  refusal,
  START,
  settings,
  UNCONFIRMED,
  World,
} from './a-world.ts';
import {
  completedCheck,
  failing,
  healthy,
  outcomeOfCheck,
  sixtyFailing,
  worldAfterOneAlert,
} from './run-check.ts';

describe('a post that Slack does not accept', () => {
  it('is undelivered after a refusal, and sent by the next check', async () => {
    const world = new World();
    world.shown = failing;
    world.postResults.push(REFUSED);
    await expect(check(world.ports, settings())).rejects.toThrow('404 no_service');
    world.takePostedTexts();
    world.now += 5 * MINUTE;
    await completedCheck(world);
    expect(world.takePostedTexts()).toHaveLength(1);
    expect(world.stored.state.initialized).toBe(true);
  });

  it('is sent as resolved before delivery when its sync recovered in the meantime', async () => {
    const world = await worldAfterOneAlert();
    world.shown = (at) => [...failing(), aFailingRecord(at, { id: 'refunds', name: 'refunds' })];
    world.postResults.push(REFUSED);
    await outcomeOfCheck(world);
    world.takePostedTexts();
    world.now += 5 * MINUTE;
    world.shown = (at) => [...failing(), aRecord(at, { id: 'refunds', name: 'refunds' })];
    const { changes } = await completedCheck(world);
    expect(changes).toMatchObject([{ alert: 'sync:refunds', reason: 'resolved_undelivered' }]);
    expect(world.takePostedTexts()).toEqual([
      expect.stringContaining('refunds was failing from 2026-11-24 09:05 UTC to 2026-11-24 09:10 UTC'),
    ]);
  });

  it('is repeated after 1, 2 and 4 periods while it is unconfirmed, and the repeats are counted', async () => {
    const world = new World();
    world.shown = failing;
    world.postResults.push(UNCONFIRMED, UNCONFIRMED, UNCONFIRMED);
    const posts: number[] = [];
    for (let minutes = 0; minutes <= 40; minutes += 5) {
      const outcome = await outcomeOfCheck(world);
      if (world.takePostedTexts().length > 0) posts.push(minutes);
      if (outcome.kind === 'checked' && outcome.posts.accepted > 0) expect(outcome.posts.repeated).toBe(1);
      world.now += 5 * MINUTE;
    }
    expect(posts).toEqual([0, 5, 15, 35]);
  });

  it('is repeated by the next check, also when that starts a second early', async () => {
    const world = new World();
    world.shown = failing;
    world.postResults.push(UNCONFIRMED);
    await outcomeOfCheck(world);
    world.now += 5 * MINUTE - 1000;
    expect((await completedCheck(world)).posts).toMatchObject({ accepted: 1, repeated: 1 });
  });

  it('blocks the route for as long as Slack asks', async () => {
    const world = new World();
    world.shown = failing;
    world.postResults.push(refusal({ retryAfterSeconds: 600 }));
    await outcomeOfCheck(world);
    world.takePostedTexts();
    world.now += 9 * MINUTE;
    expect((await completedCheck(world)).undelivered.count).toBe(1);
    expect(world.takePostedTexts()).toEqual([]);
    world.now += MINUTE;
    await completedCheck(world);
    expect(world.takePostedTexts()).toHaveLength(1);
  });

  it('sets a wait that the acceptance of another message of the check does not end', async () => {
    const world = new World();
    world.shown = sixtyFailing;
    world.postResults.push(refusal({ invalidPayload: true, retryAfterSeconds: 600 }));
    await outcomeOfCheck(world);
    expect(world.takePostedTexts().length).toBeGreaterThan(1);
    world.now += 9 * MINUTE;
    await completedCheck(world);
    expect(world.takePostedTexts()).toEqual([]);
    world.now += MINUTE;
    await completedCheck(world);
    expect(world.takePostedTexts()).toHaveLength(1);
  });

  it('leaves earlier messages of the check delivered, and later ones undelivered', async () => {
    const world = new World();
    world.shown = sixtyFailing;
    world.postResults.push({ kind: 'accepted' }, REFUSED);
    await outcomeOfCheck(world);
    const first = world.posted[0]?.covers.length ?? 0;
    expect(world.posted).toHaveLength(2);
    expect(world.stored.state.initialized).toBe(false);
    expect(world.stored.state.lease).toBeUndefined();
    world.takePostedTexts();
    world.now += 5 * MINUTE;
    await completedCheck(world);
    const covers = world.posted.flatMap((message) => message.covers);
    expect(covers).toHaveLength(60 - first);
    expect(world.stored.state.initialized).toBe(true);
  });

  it('does not block the other messages when Slack refuses only its payload', async () => {
    const world = new World();
    world.shown = sixtyFailing;
    world.postResults.push(refusal({ invalidPayload: true }));
    await outcomeOfCheck(world);
    expect(world.posted.length).toBeGreaterThan(1);
  });
});

describe('an accepted post', () => {
  it('leaves nothing in flight, and no lease', async () => {
    const { state } = (await worldAfterOneAlert()).stored;
    expect(JSON.stringify(state)).toContain('lastNotified');
    expect(JSON.stringify(state)).not.toContain('inFlight');
    expect(state.lease).toBeUndefined();
  });
});

describe('a state that cannot be saved', () => {
  it('before the post: the check posts nothing and fails', async () => {
    const world = new World();
    world.shown = failing;
    world.failNextWrite();
    await expect(check(world.ports, settings())).rejects.toThrow('read-only');
    expect(world.takePostedTexts()).toEqual([]);
  });

  it('after the post: the check fails, and the next one repeats the post', async () => {
    const world = new World();
    world.shown = failing;
    world.beforeWrites.push(() => undefined);
    world.failNextWrite();
    world.failNextWrite();
    await expect(check(world.ports, settings())).rejects.toThrow('read-only');
    expect(world.takePostedTexts()).toHaveLength(1);
    world.now += 5 * MINUTE;
    expect((await completedCheck(world)).posts).toMatchObject({ accepted: 1, repeated: 1 });
    expect(world.takePostedTexts()).toHaveLength(1);
  });

  it('after the post, once: the second attempt saves its result, and that the rest was never sent', async () => {
    const world = new World();
    world.shown = sixtyFailing;
    world.beforeWrites.push(() => undefined);
    world.failNextWrite();
    await expect(check(world.ports, settings())).rejects.toThrow('read-only');
    expect(world.takePostedTexts()).toHaveLength(1);
    const { state } = world.stored;
    expect(state.lease).toBeUndefined();
    const entries = Object.values(destinationIn(state).notificationLog);
    expect(entries.filter(({ inFlight }) => inFlight !== undefined)).toEqual([]);
    expect((await completedCheck(world)).posts).toMatchObject({ repeated: 0 });
  });

  it('after the post, because another check wrote first: the check posts no more and fails', async () => {
    const world = new World();
    world.shown = sixtyFailing;
    world.beforeWrites.push(
      () => undefined,
      () => {
        world.stored = { ...world.stored, version: world.stored.version + 1 };
      },
    );
    const failed = check(world.ports, settings());
    await expect(failed).rejects.toThrow(CheckFailed);
    // One conflict, not two: a second attempt to write could never succeed.
    await expect(failed).rejects.toMatchObject({ message: expect.stringMatching(/^[^\n]+$/) });
    expect(world.takePostedTexts()).toHaveLength(1);
  });
});

describe('an unconfirmed change', () => {
  it('is posted again though the sync changed back, because the channel may have it', async () => {
    const world = await worldAfterOneAlert();
    world.shown = (at) => [
      aRecord(at, { last_success_at: new Date(START - 2 * HOUR).toISOString(), seconds_since_success: null }),
    ];
    world.postResults.push(UNCONFIRMED);
    await outcomeOfCheck(world);
    world.takePostedTexts();
    world.now += 5 * MINUTE;
    world.shown = failing;
    const { changes, posts } = await completedCheck(world);
    expect(changes.map(({ reason }) => reason)).toEqual(['changed']);
    expect(posts).toMatchObject({ accepted: 1, repeated: 1 });
  });
});

describe('a resolution', () => {
  it('that is unconfirmed counts as sent when the sync fails again: the failure is new', async () => {
    const world = await worldAfterOneAlert();
    world.shown = healthy;
    world.postResults.push(UNCONFIRMED);
    await outcomeOfCheck(world);
    world.takePostedTexts();
    world.now += 5 * MINUTE;
    world.shown = failing;
    const { changes } = await completedCheck(world);
    expect(changes.map(({ reason }) => reason)).toEqual(['new']);
  });

  it('that was refused is dropped when the sync fails again: the alert continues', async () => {
    const world = await worldAfterOneAlert();
    world.shown = healthy;
    world.postResults.push(refusal({ retryAfterSeconds: 240 }));
    await outcomeOfCheck(world);
    world.takePostedTexts();
    world.now += 5 * MINUTE;
    world.shown = failing;
    const { changes } = await completedCheck(world);
    expect(changes).toEqual([]);
  });
});
