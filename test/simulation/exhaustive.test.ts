import { firstViolations } from './first-violations.ts';
import { sequences } from './sequences.ts';

const TIMEOUT_MS = 120_000;

describe('every short sequence of checks', () => {
  it(
    'has no violation: one listing with every fault at every step, and two without a fault',
    async () => {
      const ofTwo = [...sequences(2)].filter(({ faults }) => faults.length === 0);
      const all = [...sequences(1), ...ofTwo];
      expect(await firstViolations(all)).toEqual([]);
      expect(all).toHaveLength(414);
    },
    TIMEOUT_MS,
  );
});
