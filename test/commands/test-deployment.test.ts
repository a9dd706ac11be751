import type { Step } from '../../lambda/commands/test-deployment.ts';
import { testDeployment } from '../../lambda/commands/test-deployment.ts';
import { StateError } from '../../lambda/state/errors.ts';
import { aPolicy } from '../core/a-sync.ts';
import { aFailingRecord, aRecord, REFUSED, START, settings, World } from './a-world.ts';

const SECRET: Step = { step: 'secret', ok: true, message: 'it was read', durationMs: 12 };

function aWorld(): World {
  const world = new World();
  world.shown = [aRecord(START), aFailingRecord(START, { id: 'invoices' })];
  return world;
}

describe('the test of a deployment', () => {
  it('returns the result and the duration of each step', async () => {
    const world = aWorld();
    const durationMs = expect.any(Number);
    expect((await testDeployment(world.ports, settings(), SECRET)).steps).toEqual([
      SECRET,
      {
        step: 'listing',
        ok: true,
        message: '2 syncs of acme: 1 healthy, 1 unhealthy',
        durationMs,
      },
      {
        step: 'state',
        ok: true,
        message: 'no state yet: the first check has not run',
        durationMs,
      },
      { step: 'slack', ok: true, message: 'the message was posted', durationMs },
    ]);
  });

  it('posts one message with the result, and writes nothing', async () => {
    const world = aWorld();
    await testDeployment(world.ports, settings(), SECRET);
    expect(world.takePostedTexts()).toEqual([expect.stringContaining('Test passed: sync-alerts works')]);
    expect(world.writes).toEqual([]);
  });

  it('names the entries of the policy that match no sync', async () => {
    const policy = aPolicy({ exclude: [{ match: { name: 'tmp_*' }, reason: 'x' }] });
    const { steps } = await testDeployment(aWorld().ports, { ...settings(), policy }, SECRET);
    expect(steps[1]).toMatchObject({
      ok: true,
      message: '2 syncs of acme: 1 healthy, 1 unhealthy; exclude.0 (name tmp_*) matches no sync',
    });
  });

  it('reports how often the state was written, and how many alerts are open', async () => {
    const world = aWorld();
    world.stored = { ...world.stored, version: 3 };
    const { steps } = await testDeployment(world.ports, settings(), SECRET);
    expect(steps[2]?.message).toBe('written 3 times, 0 alerts open');
  });

  it('runs every step though others fail, and then fails with the result of each', async () => {
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
        'state: FAILED: the table is not there',
        'slack: ok: the message was posted',
      ].join('\n'),
    });
    expect(world.takePostedTexts()).toEqual([expect.stringContaining('Test failed: 2 steps of sync-alerts')]);
  });

  it('fails when Slack refuses the message', async () => {
    const world = aWorld();
    world.postResults.push(REFUSED);
    await expect(testDeployment(world.ports, settings(), SECRET)).rejects.toThrow(
      'slack: FAILED: slack webhook "default" answered 404 no_service',
    );
  });

  it('throws a defect instead of reporting it as a failed step', async () => {
    const world = aWorld();
    const state = { ...world.state, load: () => Promise.reject(new TypeError('a defect')) };
    await expect(testDeployment({ ...world.ports, state }, settings(), SECRET)).rejects.toThrow(TypeError);
  });
});
