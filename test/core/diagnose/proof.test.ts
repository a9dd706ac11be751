import type { SyncHistory } from '../../../lambda/core/alert.ts';
import type { AlertProblem } from '../../../lambda/core/problem.ts';
import { ago, hours, minutes, type SyncOverrides } from '../a-sync.ts';
import { diagnosisOf, problemOf } from './a-diagnosis.ts';

/** The verdict on a sync whose open alert has had these problems. */
function verdictOf(
  problems: readonly AlertProblem[],
  overrides: SyncOverrides,
  history: SyncHistory = {},
): string {
  return problemOf(diagnosisOf(overrides, { history, problems }));
}

/** Seen failing; the last success then was 20 minutes ago. */
const seenFailing: SyncHistory = { failing: { lastSuccessAt: ago(minutes(20)) } };

describe('the sync of an alert that was failing', () => {
  test.each<[string, string, SyncOverrides]>([
    ['healthy', 'a success state', { lastState: 'completed', lastSuccessAt: ago(minutes(20)) }],
    ['healthy', 'a success state and an earlier last_success_at', { lastSuccessAt: ago(minutes(30)) }],
    [
      'healthy',
      'a run in progress and a later success',
      { lastState: 'running', lastSuccessAt: ago(minutes(19)) },
    ],
    [
      'inconclusive',
      'a run in progress and the same success',
      { lastState: 'running', lastSuccessAt: ago(minutes(20)) },
    ],
    [
      'inconclusive',
      'a run in progress and an earlier success',
      { lastState: 'running', lastSuccessAt: ago(minutes(21)) },
    ],
    [
      'inconclusive',
      'a stopped run and the same success',
      { lastState: 'stopped', lastSuccessAt: ago(minutes(20)) },
    ],
    [
      'healthy',
      'a stopped run and a later success',
      { lastState: 'stopped', lastSuccessAt: ago(minutes(1)) },
    ],
    ['inconclusive', 'no state and the same success', { lastState: null, lastSuccessAt: ago(minutes(20)) }],
    ['healthy', 'no state and a later success', { lastState: null, lastSuccessAt: ago(minutes(1)) }],
    [
      'failing',
      'a failed run after a later success',
      { lastState: 'failed', lastSuccessAt: ago(minutes(1)) },
    ],
  ])('is %s with %s', (verdict, _, overrides) => {
    expect(verdictOf(['failing'], overrides, seenFailing)).toBe(verdict);
  });

  test('is healthy with any success when it had never succeeded', () => {
    const history: SyncHistory = { failing: { lastSuccessAt: null } };
    const running = { lastState: 'running', createdAt: ago(minutes(5)) };
    expect(verdictOf(['failing'], { ...running, lastSuccessAt: ago(60) }, history)).toBe('healthy');
    expect(verdictOf(['failing'], { ...running, lastSuccessAt: null }, history)).toBe('inconclusive');
  });

  test('is healthy with an old success that is later than the latest seen while it was failing', () => {
    const history: SyncHistory = { failing: { lastSuccessAt: ago(hours(3)) } };
    const stopped = { intervalSeconds: hours(6), lastState: 'stopped', lastSuccessAt: ago(hours(1)) };
    expect(verdictOf(['failing'], stopped, history)).toBe('healthy');
  });
});

describe('the sync of an alert that was stalled', () => {
  test.each<[string, string, SyncOverrides]>([
    ['healthy', 'a success at the threshold', { lastSuccessAt: ago(2100) }],
    [
      'healthy',
      'a success at the threshold and a run in progress',
      { lastState: 'running', lastSuccessAt: ago(2100) },
    ],
    ['healthy', 'a success at the threshold and no state', { lastState: null, lastSuccessAt: ago(2100) }],
    ['stalled', 'a success above the threshold', { lastSuccessAt: ago(2101) }],
    [
      'inconclusive',
      'a success above the threshold and a run in progress',
      { lastState: 'running', lastSuccessAt: ago(2101), lastRunAt: ago(60) },
    ],
    [
      'inconclusive',
      'no success, though it is not late',
      { lastState: null, lastSuccessAt: null, createdAt: ago(600) },
    ],
  ])('is %s with %s', (verdict, _, overrides) => {
    expect(verdictOf(['stalled'], overrides)).toBe(verdict);
  });
});

describe('the sync of an alert that had never succeeded', () => {
  test.each<[string, string, SyncOverrides]>([
    ['healthy', 'a success within the threshold', { lastSuccessAt: ago(60) }],
    ['healthy', 'a success that the API only counts', { lastSuccessAt: null, secondsSinceSuccess: 60 }],
    [
      'inconclusive',
      'no success and the first run in progress',
      { lastState: 'running', lastSuccessAt: null, lastRunAt: ago(60), createdAt: ago(3000) },
    ],
    [
      'inconclusive',
      'no success, though it is not late',
      { lastState: null, lastSuccessAt: null, createdAt: ago(600) },
    ],
    ['inconclusive', 'a success state and no success', { lastSuccessAt: null, createdAt: ago(600) }],
  ])('is %s with %s', (verdict, _, overrides) => {
    expect(verdictOf(['never_succeeded'], overrides)).toBe(verdict);
  });
});

describe('the sync of an alert that was unreadable', () => {
  test.each<[string, string, SyncOverrides]>([
    ['healthy', 'a readable record', {}],
    ['healthy', 'a readable record without a state', { lastState: null }],
    ['unreadable', 'a record that is still unreadable', { enabled: null, faults: ['enabled'] }],
  ])('is %s with %s', (verdict, _, overrides) => {
    expect(verdictOf(['unreadable'], overrides)).toBe(verdict);
  });
});

describe('the sync of an alert that was disabled', () => {
  test.each<[string, string, SyncOverrides]>([
    ['healthy', 'an enabled sync', {}],
    ['healthy', 'an enabled sync without a state', { lastState: null }],
    [
      'healthy',
      'an enabled sync without a state and without a success',
      { lastState: null, lastSuccessAt: null, createdAt: ago(60) },
    ],
    ['disabled', 'a sync that is still disabled', { enabled: false }],
  ])('is %s with %s', (verdict, _, overrides) => {
    expect(verdictOf(['disabled'], overrides)).toBe(verdict);
  });
});

describe('the sync of an alert with several problems', () => {
  const running = { lastState: 'running', lastSuccessAt: ago(minutes(20)) };
  test.each<[string, readonly AlertProblem[]]>([
    ['healthy', ['unreadable']],
    ['inconclusive', ['failing', 'unreadable']],
    ['inconclusive', ['failing', 'stalled']],
    ['healthy', ['stalled', 'unreadable']],
  ])('is %s after %j with a run in progress, since each must be disproved', (verdict, problems) => {
    expect(verdictOf(problems, running, seenFailing)).toBe(verdict);
  });
});

test.each(['running', 'stopped', null])(
  'a sync without a problem and without an alert is healthy in the state %p',
  (lastState) => {
    expect(verdictOf([], { lastState }, seenFailing)).toBe('healthy');
  },
);
