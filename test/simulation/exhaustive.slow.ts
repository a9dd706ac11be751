import { sequences } from './exhaustive.ts';
import { wrongIn } from './wrong-in.ts';

const TIMEOUT_MS = 300_000;

describe('exhaustive in the small', () => {
  it(
    'every two looks are as they should be, with every fault at every step of either check',
    async () => {
      const all = [...sequences(2)];
      expect(await wrongIn(all)).toEqual([]);
      expect(all).toHaveLength(5913);
    },
    TIMEOUT_MS,
  );
});
