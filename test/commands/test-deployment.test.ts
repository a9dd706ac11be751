import type { Step } from '../../lambda/commands/test-deployment.ts';
import { testDeployment } from '../../lambda/commands/test-deployment.ts';
import { StateError } from '../../lambda/state/errors.ts';
import { aFailingRecord, aRecord, REFUSED, START, settings, World } from './a-world.ts';

const SECRET: Step = { step: 'secret', ok: true, message: 'it was read', durationMs: 12 };

function aWorld(): World {
  const world = new World();
  world.shown = [aRecord(START), aFailingRecord(START, { id: 'invoices' })];
  return world;
}

describe('the test of a deployment', () => {
  it('tells what each step gave, and how long it took', async () => {
    const world = aWorld();
    const durations = expect.any(Number);
    expect((await testDeployment(world.ports, settings(), SECRET)).steps).toEqual([
      SECRET,
      {
        step: 'listing',
        ok: true,
        message: '2 syncs of acme: 1 healthy, 1 in trouble',
        durationMs: durations,
      },
      {
        step: 'state',
        ok: true,
        message: expect.stringContaining('nothing remembered yet'),
        durationMs: durations,
      },
      { step: 'slack', ok: true, message: 'the message was posted', durationMs: durations },
    ]);
  });

  it('posts one message that says so, and remembers nothing', async () => {
    const world = aWorld();
    await testDeployment(world.ports, settings(), SECRET);
    expect(world.said()).toEqual([expect.stringContaining('sync-alerts is wired up')]);
    expect(world.writes).toEqual([]);
  });

  it('says how often the memory was written, and what is open', async () => {
    const world = aWorld();
    world.stored = { ...world.stored, version: 3 };
    const { steps } = await testDeployment(world.ports, settings(), SECRET);
    expect(steps[2]?.message).toBe('written 3 times, 0 alerts open');
  });

  it('tries every step whatever came of the others, and fails with what each gave', async () => {
    const world = aWorld();
    world.shown = { kind: 'refused', request: 'GET', received: '401 Unauthorized' };
    const state = {
      ...world.state,
      load: () => Promise.reject(new StateError('state_unreadable', 'the table is not there')),
    };
    const attempt = testDeployment({ ...world.ports, state }, settings(), SECRET);
    await expect(attempt).rejects.toMatchObject({
      code: 'test_failed',
      message: [
        'the test of test failed',
        'secret: ok: it was read',
        'listing: FAILED: could not list: 401 Unauthorized',
        'memory: FAILED: the table is not there',
        'slack: ok: the message was posted',
      ].join('\n'),
    });
    expect(world.said()).toEqual([expect.stringContaining('2 steps of the test failed')]);
  });

  it('fails when Slack does not take the message', async () => {
    const world = aWorld();
    world.answers.push(REFUSED);
    await expect(testDeployment(world.ports, settings(), SECRET)).rejects.toThrow(
      'slack: FAILED: slack webhook "default" answered 404 no_service',
    );
  });

  it('does not take a defect of ours for a failed step', async () => {
    const world = aWorld();
    const state = { ...world.state, load: () => Promise.reject(new TypeError('a defect')) };
    await expect(testDeployment({ ...world.ports, state }, settings(), SECRET)).rejects.toThrow(TypeError);
  });
});
