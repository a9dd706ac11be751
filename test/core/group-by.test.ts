import { groupBy } from '../../lambda/core/group-by.ts';

test('groupBy keeps the keys and the values of each group in the order in which they came', () => {
  const groups = groupBy([3, 1, 4, 1, 5, 9, 2], (value) => (value % 2 === 0 ? 'even' : 'odd'));
  expect([...groups]).toEqual([
    ['odd', [3, 1, 1, 5, 9]],
    ['even', [4, 2]],
  ]);
});

test('groupBy makes a group of the values without a key', () => {
  expect(groupBy(['a'], () => undefined).get(undefined)).toEqual(['a']);
});

test('groupBy makes no group of no values', () => {
  expect(groupBy([], String).size).toBe(0);
});
