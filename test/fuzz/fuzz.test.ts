import { TARGETS } from './targets.ts';

/** Few cases, for every run of the tests; `npm run fuzz` runs as many as wanted. */
const CASES = 80;
const SEED = 20261124;

it.each(TARGETS)('$name: every case gives a value or a typed error', async ({ run }) => {
  const { cases, accepted, failure } = await run(CASES, SEED);
  expect(failure).toBeUndefined();
  expect(cases).toBe(CASES);
  // With all of them accepted or all rejected, half of the code was not tested.
  expect(accepted).toBeGreaterThan(0);
  expect(accepted).toBeLessThan(CASES);
});
