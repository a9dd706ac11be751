import { setImmediate as nextTurn } from 'node:timers/promises';

const LIMIT_NS = 5_000_000_000n;

/**
 * Waits until the condition holds. It waits in turns of the event loop and on a clock that no test fakes, and throws the
 * message after 5 s.
 */
export async function until(condition: () => boolean, message: () => string): Promise<void> {
  const limit = process.hrtime.bigint() + LIMIT_NS;
  while (!condition()) {
    if (process.hrtime.bigint() > limit) throw new Error(message());
    await nextTurn();
  }
}
