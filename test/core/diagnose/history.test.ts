import { historyAfter, stillEnabledSince } from '../../../lambda/core/diagnose/history.ts';
import { ago, aSync, minutes, NOW } from '../a-sync.ts';

const DISABLED = { disabled: { lastRunAt: null, lastSuccessAt: null } };

describe('a sync that was seen disabled, and enabled since', () => {
  const since = ago(minutes(10));
  const mark = { ...DISABLED, enabledSince: since };

  it.each([
    [599, undefined],
    [600, since],
    [601, since],
  ])('whose last success is only counted, %d s ago, is still enabled since %p', (seconds, enabledSince) => {
    const sync = aSync({ lastSuccessAt: null, secondsSinceSuccess: seconds });
    expect(stillEnabledSince(mark, sync, NOW)).toBe(enabledSince);
  });
});

describe('the mark after a look', () => {
  it('is the same one when there is nothing to mark', () => {
    const mark = {};
    expect(historyAfter(mark, aSync(), undefined, false, true, NOW)).toBe(mark);
  });

  it('has no field that says nothing', () => {
    const sync = aSync({ lastSuccessAt: ago(60) });
    const failing = { failing: { lastSuccessAt: ago(60) } };
    expect(historyAfter({}, sync, undefined, true, false, NOW)).toStrictEqual(failing);
  });

  // Dates before 1970 are nonsense, and no reason to take none for a later one.
  it.each([
    [null, null, null],
    [null, -2000, -2000],
    [-2000, null, -2000],
    [-2000, -1000, -1000],
    [-1000, -2000, -1000],
  ])('keeps the latest success seen while failing: of %p and %p it is %p', (before, seen, lastSuccessAt) => {
    const sync = aSync({ lastSuccessAt: seen, secondsSinceSuccess: null });
    const mark = { failing: { lastSuccessAt: before } };
    expect(historyAfter(mark, sync, undefined, true, false, NOW)).toStrictEqual({
      failing: { lastSuccessAt },
    });
  });
});
