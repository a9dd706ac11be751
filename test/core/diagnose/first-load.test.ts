import { ago, hours, minutes, type SyncOverrides } from '../a-sync.ts';
import { diagnosisOf, words } from './a-diagnosis.ts';

/** With an interval of 15 minutes the critical threshold is 11,100 s; with one of an hour it is 43,500 s. */
const NEVER = { lastSuccessAt: null, secondsSinceSuccess: null };
const running = (createdAgo: number, overrides: SyncOverrides = {}) => ({
  ...NEVER,
  lastState: 'running',
  createdAt: ago(createdAgo),
  lastRunAt: ago(Math.min(createdAgo, minutes(5))),
  ...overrides,
});
const failed = (createdAgo: number) => ({ ...running(createdAgo), lastState: 'failed' });

describe('a sync whose first run is in progress', () => {
  test.each([
    [minutes(1), 'healthy'],
    [2101, 'healthy'],
    [11_101, 'healthy'],
    [hours(6), 'healthy'],
    [hours(6) + 1, 'never_succeeded, warning'],
    [hours(48), 'never_succeeded, warning'],
  ])('with an interval of 15 minutes, created %p s ago, is %s', (createdAgo, verdict) => {
    expect(words(diagnosisOf(running(createdAgo)))).toBe(verdict);
  });

  test.each([
    [hours(6) + 1, 'healthy'],
    [43_500, 'healthy'],
    [43_501, 'never_succeeded, warning'],
  ])('with an interval of an hour, created %p s ago, is %s: the later time counts', (createdAgo, verdict) => {
    expect(words(diagnosisOf(running(createdAgo, { intervalSeconds: hours(1) })))).toBe(verdict);
  });

  test('keeps its open alert: the run proves nothing', () => {
    const { verdict } = diagnosisOf(running(minutes(40)), { problems: ['never_succeeded'] });
    expect(verdict.kind).toBe('inconclusive');
  });
});

describe('a sync whose first run failed', () => {
  test.each([
    [minutes(1), 'failing, warning'],
    [11_101, 'failing, warning'],
    [hours(6), 'failing, warning'],
    [hours(6) + 1, 'failing, critical'],
  ])('created %p s ago, is %s', (createdAgo, verdict) => {
    expect(words(diagnosisOf(failed(createdAgo)))).toBe(verdict);
  });

  test('is critical once 8 runs in a row failed, however new it is', () => {
    expect(words(diagnosisOf({ ...failed(hours(1)), consecutiveFailures: 8 }))).toBe('failing, critical');
  });

  test.each([
    [hours(6), 'inconclusive'],
    [hours(6) + 1, 'failing, critical'],
  ])('created %p s ago, with a retry in progress and an open alert, is %s', (createdAgo, verdict) => {
    const retry = { ...running(createdAgo), consecutiveFailures: 1 };
    expect(words(diagnosisOf(retry, { problems: ['failing'] }))).toBe(verdict);
  });
});

describe('a sync that never ran', () => {
  test.each([
    [2101, 'never_succeeded, warning'],
    [11_100, 'never_succeeded, warning'],
    [11_101, 'never_succeeded, critical'],
  ])('created %p s ago, is %s: only a first run takes long', (createdAgo, verdict) => {
    const neverRan = { ...NEVER, lastState: null, lastRunAt: null, createdAt: ago(createdAgo) };
    expect(words(diagnosisOf(neverRan))).toBe(verdict);
  });
});
