import { setImmediate as nextTurn } from 'node:timers/promises';
import { until } from './until.ts';

const REAL = [
  'Date',
  'hrtime',
  'nextTick',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
] as const;

let delays: number[] = [];

/**
 * Fakes `setTimeout` and `performance` for the code under test, so that promised figures can be tested without waiting.
 * Sockets, local servers and `fetch` stay real. Ends after the test.
 */
export function fakeTimers(): void {
  jest.useFakeTimers({ doNotFake: [...REAL] });
  delays = [];
  const fake = globalThis.setTimeout;
  jest.spyOn(globalThis, 'setTimeout').mockImplementation((callback, ms = 0, ...parameters) => {
    delays.push(ms);
    return fake(callback, ms, ...parameters);
  });
}

/** Waits until the code under test has started this many timers of exactly `ms` milliseconds; fails after 5 s. */
export async function timerStarted(ms: number, count = 1): Promise<void> {
  await until(
    () => delays.filter((delay) => delay === ms).length >= count,
    () => `no timer of ${ms} ms, but of ${delays.join(', ')} ms`,
  );
}

/** Moves the fake clock, and gives pending I/O some turns of the event loop to react. */
export async function advance(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
  for (let turns = 0; turns < 20; turns += 1) await nextTurn();
}

/** Whether a promise is still pending after pending I/O had its turns. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await advance(0);
  return (await Promise.race([promise, Promise.resolve(pending)])) === pending;
}

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});
