import { runSequence, saidOf, sequences } from './exhaustive.ts';

const TIMEOUT_MS = 120_000;

describe('exhaustive in the small', () => {
  it(
    'every look with every fault at every step, and every two looks without',
    async () => {
      const wrong: string[] = [];
      let count = 0;
      const small = [...sequences(1), ...[...sequences(2)].filter(({ mishaps }) => mishaps.length === 0)];
      for (const sequence of small) {
        count += 1;
        for (const violation of (await runSequence(sequence)).violations)
          wrong.push(`${saidOf(sequence)}: ${violation}`);
      }
      expect(wrong).toEqual([]);
      expect(count).toBe(414);
    },
    TIMEOUT_MS,
  );
});
