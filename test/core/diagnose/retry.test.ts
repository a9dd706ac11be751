import type { SyncHistory } from '../../../lambda/core/alert.ts';
import type { AlertProblem } from '../../../lambda/core/problem.ts';
import { ago, type SyncOverrides } from '../a-sync.ts';
import { diagnosisOf, words } from './a-diagnosis.ts';

/** It failed, and the next run is in progress; the last success is so many seconds ago. */
const retrying = (lag: number, overrides: SyncOverrides = {}) => ({
  lastState: 'running',
  lastSuccessAt: ago(lag),
  lastRunAt: ago(60),
  consecutiveFailures: 3,
  ...overrides,
});

describe('a retry in progress', () => {
  test.each([
    [600, 'healthy'],
    [2101, 'healthy'],
    [11_100, 'healthy'],
    [11_101, 'stalled, critical'],
  ])('opens nothing by itself: with a lag of %p s the sync is %s', (lag, verdict) => {
    expect(words(diagnosisOf(retrying(lag)))).toBe(verdict);
  });

  test.each<[readonly AlertProblem[], number, string]>([
    [['failing'], 600, 'inconclusive'],
    [['failing'], 2101, 'inconclusive'],
    [['failing'], 11_100, 'inconclusive'],
    [['failing'], 11_101, 'failing, critical'],
    [['failing', 'stalled'], 11_101, 'failing, critical'],
    [['stalled'], 11_100, 'inconclusive'],
    [['stalled'], 11_101, 'stalled, critical'],
  ])('of a sync whose alert had the problems %j, with a lag of %p s, gives %s', (problems, lag, verdict) => {
    const history: SyncHistory = { failing: { lastSuccessAt: ago(lag) } };
    expect(words(diagnosisOf(retrying(lag), { history, problems }))).toBe(verdict);
  });

  test('keeps the failure of the history, and begins none', () => {
    const history: SyncHistory = { failing: { lastSuccessAt: ago(600) } };
    expect(diagnosisOf(retrying(600), { history }).history).toEqual(history);
    expect(diagnosisOf(retrying(600)).history).toEqual({});
  });
});
