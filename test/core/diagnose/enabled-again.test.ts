import type { SyncHistory } from '../../../lambda/core/alert.ts';
import { diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import { ago, aSync, days, defaultPolicy, NOW } from '../a-sync.ts';
import { diagnosisOf, problemOf } from './a-diagnosis.ts';

/** Disabled for ten days, after a failed run; the last success was a day before that. */
const before = { lastRunAt: ago(days(10)), lastSuccessAt: ago(days(11)) };
const wasDisabled: SyncHistory = { disabled: before };
const enabledFor = (seconds: number): SyncHistory => ({ disabled: before, enabledSince: ago(seconds) });

describe('the lag of a sync that is enabled again', () => {
  test('is 0 at the first check that sees it enabled', () => {
    const diagnosis = diagnosisOf({ ...before, lastState: null }, { history: wasDisabled });
    expect(diagnosis.lagSeconds).toBe(0);
    expect(problemOf(diagnosis)).toBe('healthy');
  });

  test.each([
    [2099, 'healthy'],
    [2100, 'healthy'],
    [2101, 'stalled'],
  ])('counts from then: %p seconds later the sync is %s', (seconds, verdict) => {
    const diagnosis = diagnosisOf({ ...before, lastState: null }, { history: enabledFor(seconds) });
    expect(problemOf(diagnosis)).toBe(verdict);
  });

  test("counts by our clock, also when the API's is 3 h ahead", () => {
    const context = { policy: defaultPolicy, now: NOW, apiSkewSeconds: 10_800 };
    const sync = aSync({ ...before, lastState: null });
    const diagnosis = diagnose(sync, context, { history: enabledFor(600), problems: [] });
    expect(diagnosis).toMatchObject({ lagSeconds: 600, history: { enabledSince: ago(600) } });
  });

  test.each([
    [2100, 'healthy'],
    [2101, 'never_succeeded'],
  ])('counts from then also without any success: %p seconds later the sync is %s', (seconds, verdict) => {
    const never = { lastRunAt: null, lastSuccessAt: null };
    const history: SyncHistory = { disabled: never, enabledSince: ago(seconds) };
    expect(problemOf(diagnosisOf({ ...never, lastState: null }, { history }))).toBe(verdict);
  });

  test.each([
    [11_100, 'warning'],
    [11_101, 'critical'],
  ])('decides the severity: %p seconds later it is %s', (seconds, severity) => {
    const { verdict } = diagnosisOf({ ...before, lastState: null }, { history: enabledFor(seconds) });
    expect(verdict).toMatchObject({ problem: 'stalled', severity });
  });

  test('counts from the last success once there is a later one', () => {
    const late = { lastSuccessAt: ago(3000), lastRunAt: ago(3000), lastState: null };
    expect(problemOf(diagnosisOf(late, { history: enabledFor(100) }))).toBe('stalled');
  });
});

describe('a failed state of a sync that is enabled again', () => {
  test('is no problem when the run is from before', () => {
    const failed = { ...before, lastState: 'failed' };
    expect(problemOf(diagnosisOf(failed, { history: wasDisabled }))).toBe('healthy');
    expect(problemOf(diagnosisOf(failed, { history: enabledFor(600) }))).toBe('healthy');
    expect(problemOf(diagnosisOf(failed, { history: wasDisabled, problems: ['disabled'] }))).toBe('healthy');
  });

  test('is no proof when the run is from before', () => {
    const history: SyncHistory = { ...wasDisabled, failing: { lastSuccessAt: before.lastSuccessAt } };
    const diagnosis = diagnosisOf(
      { ...before, lastState: 'failed' },
      { history, problems: ['failing', 'disabled'] },
    );
    expect(problemOf(diagnosis)).toBe('inconclusive');
  });

  test('is a problem when the run is later', () => {
    const failed = { ...before, lastState: 'failed', lastRunAt: ago(60) };
    expect(problemOf(diagnosisOf(failed, { history: wasDisabled }))).toBe('failing');
    expect(problemOf(diagnosisOf(failed, { history: enabledFor(600) }))).toBe('failing');
  });

  test('is a problem after a later success', () => {
    const failed = { lastSuccessAt: ago(3000), lastRunAt: ago(3000), lastState: 'failed' };
    expect(problemOf(diagnosisOf(failed, { history: enabledFor(100) }))).toBe('failing');
  });
});

test('an alert that was stalled before its sync was disabled stays open until a success within the threshold', () => {
  const tracked = { history: enabledFor(60), problems: ['stalled', 'disabled'] } as const;
  expect(problemOf(diagnosisOf({ ...before, lastState: null }, tracked))).toBe('inconclusive');
  expect(problemOf(diagnosisOf({ lastSuccessAt: ago(30) }, tracked))).toBe('healthy');
});
