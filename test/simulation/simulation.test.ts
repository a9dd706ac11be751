import { check } from '../../lambda/commands/check.ts';
import { settings } from '../commands/a-world.ts';
import { keepsTheContract } from '../state/store-contract.ts';
import { Clock } from './clock.ts';
import { Random } from './random.ts';
import { runWorld } from './run-world.ts';
import { Stage } from './stage.ts';
import { checkWith } from './straight-line.ts';

/** The worlds of `npm test`, hours long; `npm run simulate` goes on from where these end. */
const SEEDS = [2, 11];
const HOURS = 5;
/** Two processors are shared with other tests, and by others. */
const TIMEOUT_MS = 120_000;

describe('in a simulated world, under faults at every step', () => {
  it.each(SEEDS)(
    'nothing due is lost, nothing is told twice, and blindness closes nothing: seed %d',
    async (seed) => {
      const { violations, syncs, checks, figures } = await runWorld({ seed, hours: HOURS });
      expect(violations).toEqual([]);
      expect(syncs).toBeGreaterThanOrEqual(20);
      expect(checks).toBeGreaterThan(100);
      expect(figures['firings']).toBeGreaterThan(10);
    },
    TIMEOUT_MS,
  );

  it(
    'the same seed is the same world',
    async () => {
      const [one, other] = [
        await runWorld({ seed: 12, hours: 2, covers: true }),
        await runWorld({ seed: 12, hours: 2, covers: true }),
      ];
      expect(one).toEqual(other);
      expect(one.story.length).toBeGreaterThan(100);
    },
    TIMEOUT_MS,
  );

  it.each([1, 4, 9])(
    'the line of the harness, when nothing is broken, does as the real check does: seed %d',
    async (seed) => {
      const real = await runWorld({ seed, hours: 1, covers: true, check });
      const ours = await runWorld({ seed, hours: 1, covers: true, check: checkWith(() => ({})) });
      expect(ours).toEqual(real);
    },
    TIMEOUT_MS,
  );
});

keepsTheContract('the table of the simulation', async () => {
  const stage = new Stage({
    clock: new Clock(0),
    random: new Random(1),
    watcher: { committed() {}, posting() {}, delivered() {}, answered() {}, ended() {}, hindered() {} },
    tally: {},
    records: () => [],
    faultAt: () => undefined,
    latency: () => 0,
  });
  return () =>
    stage.storeFor({
      id: '1',
      now: 0,
      startedAt: 0,
      policy: settings().policy,
      dead: false,
      writes: 0,
      wrote: false,
      lastWriteFailed: false,
      faulty: false,
      posts: [],
    });
});
