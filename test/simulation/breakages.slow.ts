import { BREAKAGES } from './breakages.ts';
import { runWorld } from './run-world.ts';
import { checkWith } from './straight-line.ts';

/** These suffice to catch each; the first that do come first. */
const SEEDS = [11, 2, 12, 4, 3, 6, 20, 1];
const TIMEOUT_MS = 120_000;

describe('the simulation catches the protocol broken on purpose', () => {
  it.each(Object.entries(BREAKAGES))(
    '%s',
    async (_name, pieces) => {
      const caught: string[] = [];
      for (const seed of SEEDS) {
        if (caught.length > 0) break;
        caught.push(
          ...(await runWorld({ seed, hours: 9, check: checkWith(pieces), stopsAtViolation: true }))
            .violations,
        );
      }
      expect(caught).not.toEqual([]);
    },
    TIMEOUT_MS,
  );
});
