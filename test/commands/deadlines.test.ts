import { startDeadlines } from '../../lambda/commands/deadlines.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

// Seconds from the start of the command.
describe.each([
  { remaining: 60, listing: 30, posting: 45, end: 50, lease: 90 },
  { remaining: 300, listing: 30, posting: 45, end: 50, lease: 330 },
  { remaining: 44, listing: 30, posting: 31, end: 36, lease: 74 },
  { remaining: 43, listing: 30, posting: 30, end: 35, lease: 73 },
  { remaining: 42, listing: 29, posting: 29, end: 34, lease: 72 },
  { remaining: 15, listing: 2, posting: 2, end: 7, lease: 45 },
  { remaining: 10, listing: 1, posting: 1, end: 2, lease: 40 },
])('a command that is killed after $remaining s', ({ remaining, lease, ...cutAfterSeconds }) => {
  it.each(['listing', 'posting', 'end'] as const)('has its deadline for %s at the second', (name) => {
    const { signal, remainingMs } = startDeadlines(remaining)[name];
    expect(remainingMs()).toBe(cutAfterSeconds[name] * 1000);
    jest.advanceTimersByTime(cutAfterSeconds[name] * 1000 - 1);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
  });

  it(`holds its lease for ${lease} s`, () => {
    expect(startDeadlines(remaining).leaseSeconds).toBe(lease);
  });
});
