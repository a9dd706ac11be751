import { firstViolations } from './first-violations.ts';
import { sequences } from './sequences.ts';

const TIMEOUT_MS = 300_000;

describe('every sequence of two checks', () => {
  it(
    'has no violation with any fault at any step of either check',
    async () => {
      const all = [...sequences(2)];
      expect(await firstViolations(all)).toEqual([]);
      expect(all).toHaveLength(5913);
    },
    TIMEOUT_MS,
  );
});
