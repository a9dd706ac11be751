import { check } from '../../lambda/commands/check.ts';
import { settings } from '../commands/a-world.ts';
import { testStoreContract } from '../state/store-contract.ts';
import { checkWithParts } from './check-with-parts.ts';
import { Clock } from './clock.ts';
import { Random } from './random.ts';
import { runWorld } from './run-world.ts';
import { aSimulatedCheck, NO_OBSERVER } from './simulated-check.ts';
import { SimulatedServices } from './simulated-services.ts';

/** Short worlds, for `npm test`; `npm run simulate` runs more and longer ones. */
const SEEDS = [10, 23];
const HOURS = 5;
const TIMEOUT_MS = 120_000;

describe('a simulated world with faults at every step', () => {
  it.each(SEEDS)(
    'loses nothing, repeats nothing without counting it, and resolves nothing in a listing failure: seed %d',
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
    'is the same for the same seed',
    async () => {
      const [one, other] = [
        await runWorld({ seed: 12, hours: 2, calmChecks: 4, keepsStory: true }),
        await runWorld({ seed: 12, hours: 2, calmChecks: 4, keepsStory: true }),
      ];
      expect(one).toEqual(other);
      expect(one.story.length).toBeGreaterThan(100);
    },
    TIMEOUT_MS,
  );

  it.each([1, 4, 9])(
    'is the same with the real check and with the check of replaceable parts, none replaced: seed %d',
    async (seed) => {
      const real = await runWorld({ seed, hours: 1, calmChecks: 4, keepsStory: true, check });
      const withParts = checkWithParts(() => ({}));
      const ours = await runWorld({ seed, hours: 1, calmChecks: 4, keepsStory: true, check: withParts });
      expect(ours).toEqual(real);
    },
    TIMEOUT_MS,
  );
});

testStoreContract('the table of the simulation', async () => {
  const services = new SimulatedServices({
    clock: new Clock(0),
    random: new Random(1),
    observer: NO_OBSERVER,
    counts: {},
    records: () => [],
    faultAt: () => undefined,
    latency: () => 0,
  });
  return () => services.storeFor(aSimulatedCheck({ id: '1', now: 0, policy: settings().policy }));
});
