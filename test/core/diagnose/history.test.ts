import type { SyncHistory } from '../../../lambda/core/alert.ts';
import { historyAfter, isEmptyHistory, stillEnabledSince } from '../../../lambda/core/diagnose/history.ts';
import { ago, aSync, days, minutes, NOW } from '../a-sync.ts';
import { historyOf } from './a-diagnosis.ts';

/** Seen failing; the last success then was 20 minutes ago. */
const seenFailing: SyncHistory = { failing: { lastSuccessAt: ago(minutes(20)) } };

describe('the history of a failing sync', () => {
  const failed = (lastSuccess: number | null) => ({
    lastState: 'failed',
    lastSuccessAt: lastSuccess === null ? null : ago(lastSuccess),
  });

  test('holds the last success', () => {
    expect(historyOf(failed(1200)).failing).toEqual({ lastSuccessAt: ago(1200) });
  });

  test('holds the latest success of all evaluations that saw it failing', () => {
    expect(historyOf(failed(600), seenFailing).failing).toEqual({ lastSuccessAt: ago(600) });
    expect(historyOf(failed(1800), seenFailing).failing).toEqual({ lastSuccessAt: ago(minutes(20)) });
    expect(historyOf(failed(null), seenFailing).failing).toEqual({ lastSuccessAt: ago(minutes(20)) });
  });

  test('goes on while the sync is disabled, and does not begin then', () => {
    const disabled = { ...failed(600), enabled: false };
    expect(historyOf(disabled, seenFailing).failing).toEqual({ lastSuccessAt: ago(600) });
    expect(historyOf(disabled)).not.toHaveProperty('failing');
  });

  test('ends with a later success, and not before', () => {
    const stopped = (lastSuccess: number) => ({ lastState: 'stopped', lastSuccessAt: ago(lastSuccess) });
    expect(historyOf(stopped(1200), seenFailing)).toEqual(seenFailing);
    expect(historyOf(stopped(1199), seenFailing)).toEqual({});
  });

  test('stays as it is when the last success is unreadable', () => {
    const unreadable = { lastSuccessAt: null, secondsSinceSuccess: 60, faults: ['last_success_at'] as const };
    expect(historyOf(unreadable, seenFailing)).toEqual(seenFailing);
  });

  test.each<[string, number, boolean]>([
    ['ends with a success within the grace', 300, true],
    ['goes on after a success further in the future', 301, false],
  ])('%s, also while the sync is disabled', (_, ahead, hasEnded) => {
    const disabled = { enabled: false, lastState: 'running', lastSuccessAt: ago(-ahead) };
    expect(historyOf(disabled, seenFailing).failing === undefined).toBe(hasEnded);
  });

  // Dates before 1970 are wrong, and still earlier or later than one another.
  test.each([
    [null, null, null],
    [null, -2000, -2000],
    [-2000, null, -2000],
    [-2000, -1000, -1000],
    [-1000, -2000, -1000],
  ])('that holds the success %p and sees the success %p holds %p', (before, seen, lastSuccessAt) => {
    const sync = aSync({ lastSuccessAt: seen, secondsSinceSuccess: null });
    const history = { failing: { lastSuccessAt: before } };
    expect(historyAfter(history, { sync, enabledSince: undefined, failing: 'seen', now: NOW })).toStrictEqual(
      { failing: { lastSuccessAt } },
    );
  });

  test('has no field without a value', () => {
    const sync = aSync({ lastSuccessAt: ago(60) });
    const findings = { sync, enabledSince: undefined, failing: 'seen', now: NOW } as const;
    expect(historyAfter({}, findings)).toStrictEqual({ failing: { lastSuccessAt: ago(60) } });
  });
});

describe('the history of a healthy sync', () => {
  test('is empty', () => {
    expect(historyOf({})).toEqual({});
  });

  test('is the same object when it was empty before', () => {
    const history = {};
    const findings = { sync: aSync(), enabledSince: undefined, failing: 'disproved', now: NOW } as const;
    expect(historyAfter(history, findings)).toBe(history);
  });
});

describe('the history of a disabled sync', () => {
  test('holds its last run and its last success as last seen disabled', () => {
    const disabled = { enabled: false, lastRunAt: ago(600), lastSuccessAt: ago(1200) };
    expect(historyOf(disabled).disabled).toEqual({ lastRunAt: ago(600), lastSuccessAt: ago(1200) });
  });

  test('holds the time of the check instead of a last success that is unreadable', () => {
    const disabled = {
      enabled: false,
      lastRunAt: null,
      lastSuccessAt: null,
      faults: ['last_success_at'] as const,
    };
    expect(historyOf(disabled).disabled).toEqual({ lastRunAt: null, lastSuccessAt: NOW });
  });
});

describe('the history of a sync that is enabled again', () => {
  /** Disabled for ten days, after a failed run; the last success was a day before that. */
  const before = { lastRunAt: ago(days(10)), lastSuccessAt: ago(days(11)) };
  const wasDisabled: SyncHistory = { disabled: before };
  const enabledFor = (seconds: number): SyncHistory => ({ disabled: before, enabledSince: ago(seconds) });

  test('holds the time of the first check that sees it enabled', () => {
    expect(historyOf({ ...before, lastState: null }, wasDisabled).enabledSince).toBe(NOW);
  });

  test('holds that time until a later success', () => {
    expect(historyOf({ ...before, lastState: null }, enabledFor(600)).enabledSince).toBe(ago(600));
    expect(historyOf({ lastSuccessAt: ago(300) }, enabledFor(600))).toEqual({});
  });

  test('is empty when the first check that sees it enabled sees a later success too', () => {
    expect(historyOf({ lastSuccessAt: ago(300) }, wasDisabled)).toEqual({});
  });

  test('loses that time when the sync is disabled once more', () => {
    expect(historyOf({ enabled: false, ...before }, enabledFor(600))).toEqual({ disabled: before });
  });

  const enabledAgain = { disabled: { lastRunAt: null, lastSuccessAt: null }, enabledSince: ago(600) };
  test.each([
    [599, 'loses', undefined],
    [600, 'keeps', ago(600)],
    [601, 'keeps', ago(600)],
  ])('with a success that the API only counts, %d s ago, %s a time 600 s ago', (seconds, _, enabledSince) => {
    const sync = aSync({ lastSuccessAt: null, secondsSinceSuccess: seconds });
    expect(stillEnabledSince(enabledAgain, sync, NOW)).toBe(enabledSince);
  });

  test.each([
    ['keeps', 60, ago(-60)],
    ['replaces by now', 61, NOW],
  ])('%s a time that is %d s in the future', (_, ahead, enabledSince) => {
    const history = { disabled: before, enabledSince: ago(-ahead) };
    expect(stillEnabledSince(history, aSync(before), NOW)).toBe(enabledSince);
  });
});

test.each<[string, SyncHistory, boolean]>([
  ['without a field', {}, true],
  ['with an absence alone', { absent: true }, true],
  ['with a failure', seenFailing, false],
  ['with a disabled sync', { disabled: { lastRunAt: null, lastSuccessAt: null } }, false],
])('whether a history is empty: one %s', (_, history, isEmpty) => {
  expect(isEmptyHistory(history)).toBe(isEmpty);
});
