import { TARGETS } from './targets.ts';

/** Few, so that every run has them; `npm run fuzz` has as many as one likes. */
const CASES = 80;
const SEED = 20261124;

it.each(TARGETS)('$name: each case gives a value or a typed error', async ({ run }) => {
  const { cases, taken, failure } = await run(CASES, SEED);
  expect(failure).toBeUndefined();
  expect(cases).toBe(CASES);
  // Else nothing that comes after the parser was tried, or nothing was refused.
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(CASES);
});
