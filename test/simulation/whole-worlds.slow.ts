import { runWorld } from './run-world.ts';

/** Each showed a violation once, late in its days of faults or in the calm time after them. */
const SEEDS = [6];

describe('a simulated world of days', () => {
  it.each(SEEDS)(
    'loses nothing and repeats nothing: seed %d',
    async (seed) => {
      expect((await runWorld({ seed })).violations).toEqual([]);
    },
    120_000,
  );
});
