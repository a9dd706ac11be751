import { equal } from '../../lambda/core/equal.ts';

describe('equal compares two values of plain data', () => {
  it.each<[unknown, unknown, boolean]>([
    [1, 1, true],
    [1, 2, false],
    ['a', 'b', false],
    [Number.NaN, Number.NaN, true],
    [null, undefined, false],
    [null, {}, false],
    [[1, 2], [1, 2], true],
    [[1, 2], [2, 1], false],
    [[1, 2], [1, 3], false],
    [[1], [1, 2], false],
    [{ a: 1, b: { c: [2] } }, { b: { c: [2] }, a: 1 }, true],
    [{ a: 1, b: 2 }, { a: 1, b: 3 }, false],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [[], {}, false],
    [[], { length: 0 }, false],
  ])('%j equals %j: %p', (one, other, same) => {
    expect(equal(one, other)).toBe(same);
    expect(equal(other, one)).toBe(same);
  });

  it('counts a key whose value is undefined as a key', () => {
    expect(equal({ a: undefined }, { b: undefined })).toBe(false);
    expect(equal({ b: undefined }, { a: undefined })).toBe(false);
  });
});
