import { after, isLater, secondsBetween } from '../../lambda/core/time.ts';

test('seconds lie between two moments, negative when the later comes first', () => {
  expect(secondsBetween(1000, 61_000)).toBe(60);
  expect(secondsBetween(61_000, 1000)).toBe(-60);
  expect(after(1000, 60)).toBe(61_000);
});

// A date before 1970 is nonsense, and a moment all the same.
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
