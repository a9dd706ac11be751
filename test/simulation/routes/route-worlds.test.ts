import { runRouteWorld } from './run-route-world.ts';

/** Short worlds, for `npm test`; `npx tsx test/simulation/routes/main.ts` runs more and longer ones. */
const SEEDS = [1, 2, 3];

describe('a simulated world with routes and destinations that die and return', () => {
  it.each(SEEDS)(
    'announces and closes each alert where its routes lead, and repeats nothing without a doubt: seed %d',
    async (seed) => {
      const { violations, figures } = await runRouteWorld({ seed, hours: 4 });
      expect(violations).toEqual([]);
      expect(figures['announced']).toBeGreaterThan(0);
    },
    120_000,
  );
});
