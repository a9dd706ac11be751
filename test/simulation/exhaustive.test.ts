import { sequences } from './exhaustive.ts';
import { wrongIn } from './wrong-in.ts';

const TIMEOUT_MS = 120_000;

describe('exhaustive in the small', () => {
  it(
    'every look with every fault at every step is as it should be, and every two looks without',
    async () => {
      const ofTwo = [...sequences(2)].filter(({ mishaps }) => mishaps.length === 0);
      const all = [...sequences(1), ...ofTwo];
      expect(await wrongIn(all)).toEqual([]);
      expect(all).toHaveLength(414);
    },
    TIMEOUT_MS,
  );
});
