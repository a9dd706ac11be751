import { after, isAhead, isLater, secondsBetween } from '../../lambda/core/time.ts';

test('secondsBetween counts from the first moment to the second, negative when the second comes first', () => {
  expect(secondsBetween(1000, 61_000)).toBe(60);
  expect(secondsBetween(61_000, 1000)).toBe(-60);
});

test('after adds seconds to a moment', () => {
  expect(after(1000, 60)).toBe(61_000);
});

test.each([
  [-1, false],
  [0, false],
  [59_999, false],
  [60_000, false],
  [60_001, true],
])('a saved moment %p ms after now is ahead of every clock: %p', (ms, ahead) => {
  expect(isAhead(1_000_000 + ms, 1_000_000)).toBe(ahead);
});

// A date before 1970 is valid as well.
test.each([
  [null, null, false],
  [null, 0, false],
  [-1000, null, true],
  [0, null, true],
  [999, 1000, false],
  [1000, 1000, false],
  [1001, 1000, true],
])('%p is later than %p: %p', (instant, than, later) => {
  expect(isLater(instant, than)).toBe(later);
});
