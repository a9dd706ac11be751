/**
 * What must not grow without a decision: bytes and calls, which are the same on every machine, never times.
 * `test/bench/budgets.test.ts` enforces them.
 */
export const BUDGETS = {
  /** The function's bundle without its source map. */
  bundleBytes: 399_000,
  /** Network calls of a quiet check in a new sandbox: the secret, the listing, the state. */
  coldCalls: 3,
  /** Network calls of a quiet check in a sandbox that has checked before: the listing, the head of the state. */
  warmCalls: 2,
  warmReadUnits: 1,
  quietWrites: 0,
} as const;
