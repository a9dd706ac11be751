import type { Step, TestedHost } from '../../lambda/commands/test-deployment.ts';
import { testDeployment } from '../../lambda/commands/test-deployment.ts';
import { StateError } from '../../lambda/state/errors.ts';
import { aPolicy } from '../core/a-sync.ts';
import { aFailingRecord, aRecord, REFUSED, START, settings, World } from './a-world.ts';

const SECRET: Step = { step: 'secret', ok: true, message: 'it was read', durationMs: 12 };
const HOST: TestedHost = { before: [SECRET], stateLabel: 'the table x' };

function aWorld(): World {
  const world = new World();
  world.shown = [aRecord(START), aFailingRecord(START, { id: 'invoices' })];
  return world;
}

describe('the test of a deployment', () => {
  it('returns the result and the duration of each step', async () => {
    const world = aWorld();
    const durationMs = expect.any(Number);
    expect((await testDeployment(world.ports, settings(), HOST)).steps).toEqual([
      SECRET,
      { step: 'key', ok: true, message: 'accepted for GET /orgs/acme/connectors/syncs', durationMs },
      { step: 'listing', ok: true, message: '2 syncs: 1 healthy, 1 failing', durationMs },
      {
        step: 'clock',
        ok: true,
        message: "within 60 s of the API's, or the API does not say its own",
        durationMs,
      },
      {
        step: 'state',
        ok: true,
        message: 'the table x holds no state yet: the first check has not run',
        durationMs,
      },
      { step: 'slack', ok: true, message: 'the message was posted', durationMs },
    ]);
  });

  it('posts one message with the result, and writes nothing', async () => {
    const world = aWorld();
    await testDeployment(world.ports, settings(), HOST);
    expect(world.takePostedTexts()).toEqual([expect.stringContaining('sync-alerts is wired up')]);
    expect(world.writes).toEqual([]);
  });

  it('names the entries of the policy that match no sync', async () => {
    const policy = aPolicy({ exclude: [{ match: { name: 'tmp_*' }, reason: 'x' }] });
    const { steps } = await testDeployment(aWorld().ports, { ...settings(), policy }, HOST);
    expect(steps[2]).toMatchObject({
      ok: true,
      message: '2 syncs: 1 healthy, 1 failing; exclude.0 (name tmp_*) matches no sync',
    });
  });

  it('reports how often the state was written, and how many alerts are open', async () => {
    const world = aWorld();
    world.stored = { ...world.stored, version: 3 };
    const { steps } = await testDeployment(world.ports, settings(), HOST);
    expect(steps[4]?.message).toBe('the table x was written 3 times, 0 alerts open');
  });

  it('runs every step though others fail, and then fails with the result of each', async () => {
    const world = aWorld();
    world.shown = { kind: 'refused', request: 'GET', received: '401 Unauthorized' };
    const state = {
      ...world.state,
      load: () => Promise.reject(new StateError('state_unreadable', 'the table is not there')),
    };
    const attempt = testDeployment({ ...world.ports, state }, settings(), HOST);
    await expect(attempt).rejects.toMatchObject({
      code: 'test_failed',
      message: [
        'the test of test failed',
        'secret: ok: it was read',
        'key: FAILED: could not list: 401 Unauthorized',
        'listing: FAILED: not listed: the key was refused',
        'clock: ok: not compared: the API gave no listing',
        'state: FAILED: the table is not there',
        'slack: ok: the message was posted',
      ].join('\n'),
    });
    expect(world.takePostedTexts()).toEqual([
      expect.stringContaining('The test failed: 3 steps of sync-alerts'),
    ]);
  });

  it('does not judge the key when the API gave no usable answer', async () => {
    const world = aWorld();
    world.shown = { kind: 'failed', request: 'GET', received: '503' };
    const attempt = testDeployment(world.ports, settings(), HOST);
    await expect(attempt).rejects.toThrow(
      'key: FAILED: not tested: the API gave no usable answer\nlisting: FAILED: could not list: 503',
    );
  });

  it('posts nothing where its host says why not', async () => {
    const world = aWorld();
    const { passed, steps } = await testDeployment(world.ports, settings(), { ...HOST, notPosted: 'why' });
    expect({ passed, slack: steps.at(-1) }).toMatchObject({
      passed: true,
      slack: { ok: true, message: 'why' },
    });
    expect(world.takePostedTexts()).toEqual([]);
  });

  it('fails when Slack refuses the message', async () => {
    const world = aWorld();
    world.postResults.push(REFUSED);
    await expect(testDeployment(world.ports, settings(), HOST)).rejects.toThrow(
      'slack: FAILED: slack webhook "default" answered 404 no_service',
    );
  });

  it('throws a defect instead of reporting it as a failed step', async () => {
    const world = aWorld();
    const state = { ...world.state, load: () => Promise.reject(new TypeError('a defect')) };
    await expect(testDeployment({ ...world.ports, state }, settings(), HOST)).rejects.toThrow(TypeError);
  });
});
