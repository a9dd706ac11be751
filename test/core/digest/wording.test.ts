import fc from 'fast-check';
import {
  capitalized,
  durationText,
  formatNumber,
  joinWithAnd,
  ordinal,
  pluralize,
  utcText,
  windowText,
} from '../../../lambda/core/digest/wording.ts';

describe('a duration', () => {
  it.each([
    [-1, '0 s'],
    [0, '0 s'],
    [0.9, '0 s'],
    [1, '1 s'],
    [59, '59 s'],
    [59.99, '59 s'],
    [60, '1 m'],
    [61, '1 m'],
    [119, '1 m'],
    [120, '2 m'],
    [720, '12 m'],
    [3599, '59 m'],
    [3600, '1 h'],
    [3659, '1 h'],
    [3660, '1 h 1 m'],
    [11_520, '3 h 12 m'],
    [86_399, '23 h 59 m'],
    [86_400, '1 d'],
    [89_999, '1 d'],
    [90_000, '1 d 1 h'],
    [518_400, '6 d'],
    [604_799, '6 d 23 h'],
    [604_800, '7 d'],
    [400 * 86_400, '400 d'],
    [1200 * 86_400, '1,200 d'],
  ])('of %d seconds is %j', (seconds, text) => expect(durationText(seconds)).toBe(text));

  it('is rounded down by less than its smaller unit', () => {
    const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 };
    fc.assert(
      fc.property(fc.nat(10_000 * 86_400), (seconds) => {
        const parts = durationText(seconds)
          .replaceAll(',', '')
          .matchAll(/(\d+) ([smhd])/g);
        const shown = [...parts].reduce(
          (sum, [, count, unit]) => sum + Number(count) * unitSeconds[unit as keyof typeof unitSeconds],
          0,
        );
        expect(shown).toBeLessThanOrEqual(seconds);
        expect(seconds - shown).toBeLessThan(seconds < 60 ? 1 : seconds < 86_400 ? 60 : 3600);
      }),
    );
  });
});

describe('a window', () => {
  it.each([
    [86_400, '24 h'],
    [32 * 3600, '32 h'],
    [2 * 86_400 - 1, '47 h'],
    [2 * 86_400, '2 d'],
    [8 * 86_400, '8 d'],
  ])('of %d seconds is %j', (seconds, text) => expect(windowText(seconds)).toBe(text));
});

describe('an ordinal', () => {
  it.each([
    [1, '1st'],
    [2, '2nd'],
    [3, '3rd'],
    [4, '4th'],
    [9, '9th'],
    [10, '10th'],
    [11, '11th'],
    [12, '12th'],
    [13, '13th'],
    [14, '14th'],
    [20, '20th'],
    [21, '21st'],
    [22, '22nd'],
    [23, '23rd'],
    [24, '24th'],
    [100, '100th'],
    [101, '101st'],
    [111, '111th'],
    [112, '112th'],
    [113, '113th'],
    [121, '121st'],
    [1011, '1011th'],
  ])('of %d is %j', (value, text) => expect(ordinal(value)).toBe(text));
});

describe('a count', () => {
  it.each([
    [0, '0 syncs'],
    [1, '1 sync'],
    [2, '2 syncs'],
    [999, '999 syncs'],
    [1000, '1,000 syncs'],
    [20_000, '20,000 syncs'],
  ])('of %d is %j', (count, text) => expect(pluralize(count, 'sync')).toBe(text));

  it('can have an irregular plural', () => {
    expect(pluralize(2, 'alert is', 'alerts are')).toBe('2 alerts are');
    expect(pluralize(1, 'alert is', 'alerts are')).toBe('1 alert is');
  });

  it('has commas between its thousands', () => expect(formatNumber(1_234_567)).toBe('1,234,567'));
});

describe('parts of a sentence', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
    [['a', 'b', 'c', 'd'], 'a, b, c and d'],
  ])('%j are joined as %j', (parts, text) => expect(joinWithAnd(parts)).toBe(text));
});

describe('a moment in UTC', () => {
  it.each([
    [Date.UTC(2026, 10, 24, 5, 40, 0), '2026-11-24 05:40 UTC'],
    [Date.UTC(2026, 10, 24, 5, 40, 59, 999), '2026-11-24 05:40 UTC'],
    [Date.UTC(2026, 11, 31, 23, 59, 59), '2026-12-31 23:59 UTC'],
    [0, '1970-01-01 00:00 UTC'],
    [-1, '1969-12-31 23:59 UTC'],
    [8.64e15, '+275760-09-13 00:00 UTC'],
  ])('%d is %j', (instant, text) => expect(utcText(instant)).toBe(text));
});

it.each([
  ['some text', 'Some text'],
  ['3 syncs', '3 syncs'],
  ['', ''],
])('%j is capitalized as %j', (text, shown) => expect(capitalized(text)).toBe(shown));
