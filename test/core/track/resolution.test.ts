import type { Alert } from '../../../lambda/core/alert.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import { aFacts, ago, anAlert, aSync, hours, minutes } from '../a-sync.ts';
import { aSlowSync, ORDERS, stateOf, trackOnce } from './track-evaluations.ts';

/** How an open alert ends with an evaluation of this sync. */
function resolutionOf(alert: Partial<Alert>, sync: Sync): string {
  return stateOf(trackOnce([sync], { facts: aFacts({ [ORDERS]: anAlert(alert) }) }));
}

/** Healthy; its last success is the one that the alert knows. */
const withoutNewSuccess = aSlowSync({ lastSuccessAt: ago(hours(2)) });

describe('an alert that was failing resolves', () => {
  test.each<[string, string, Partial<Alert>, Sync]>([
    ['success', 'with a newer success', {}, aSync()],
    [
      'success',
      'with a success state and no newer date',
      {},
      aSlowSync({ lastState: 'completed', lastSuccessAt: ago(hours(2)) }),
    ],
    [
      'no_longer_late',
      'without a state and without a newer success',
      {},
      aSlowSync({ lastState: null, lastSuccessAt: ago(hours(2)) }),
    ],
    [
      'success',
      'with a newer success, unreadable in between',
      { problem: 'unreadable', problems: ['failing', 'unreadable'] },
      aSync(),
    ],
    [
      'success',
      'with a newer success, disabled in between',
      { problem: 'disabled', problems: ['failing', 'disabled'] },
      aSync(),
    ],
  ])('by %s: %s', (by, _, alert, sync) => {
    expect(resolutionOf(alert, sync)).toBe(`resolved by ${by}`);
  });
});

describe('an alert that was late resolves', () => {
  test.each<[string, string, Partial<Alert>, Sync]>([
    ['success', 'stalled, with a newer success', { problem: 'stalled' }, aSync()],
    [
      'success',
      'never succeeded, with its first success',
      { problem: 'never_succeeded', lastSuccessAt: null },
      aSync(),
    ],
    [
      'no_longer_late',
      'stalled, with another interval and no newer success',
      { problem: 'stalled' },
      withoutNewSuccess,
    ],
    [
      'success',
      'stalled, with a success newer than the last one known though older than the alert',
      { problem: 'stalled' },
      aSlowSync({ lastSuccessAt: ago(minutes(90)) }),
    ],
  ])('by %s: %s', (by, _, alert, sync) => {
    expect(resolutionOf(alert, sync)).toBe(`resolved by ${by}`);
  });

  test.each([
    [3599, 'success'],
    [3600, 'no_longer_late'],
    [3601, 'no_longer_late'],
  ])('an hour after it fired, with a success that the API only counts, %d s ago: by %s', (seconds, by) => {
    const sync = aSlowSync({ lastSuccessAt: null, secondsSinceSuccess: seconds });
    expect(resolutionOf({ problem: 'stalled' }, sync)).toBe(`resolved by ${by}`);
  });
});

describe('an alert that was disabled resolves when its sync is enabled', () => {
  test.each<[string, string, Partial<Alert>, Sync]>([
    ['enabled', 'without a newer success', { problem: 'disabled' }, withoutNewSuccess],
    [
      'enabled',
      'without any success',
      { problem: 'disabled', lastSuccessAt: null },
      aSync({ lastState: null, lastSuccessAt: null, lastRunAt: null, createdAt: ago(60) }),
    ],
    ['success', 'with a newer success', { problem: 'disabled' }, aSync()],
  ])('by %s: %s', (by, _, alert, sync) => {
    expect(resolutionOf(alert, sync)).toBe(`resolved by ${by}`);
  });
});

test.each<[string, Partial<Alert>]>([
  ['failing', {}],
  ['stalled', { problem: 'stalled' }],
  ['disabled by the platform', { problem: 'disabled' }],
  ['unreadable', { problem: 'unreadable' }],
  ['flapping', { flapping: 'often' }],
])('an alert that was %s ends as paused when a person pauses its sync', (_, alert) => {
  expect(resolutionOf(alert, aSync({ enabled: false, disabledReason: null }))).toBe('paused');
});

describe('an alert that was unreadable resolves by readable', () => {
  test.each<[string, Partial<Alert>]>([
    ['without a newer success', { problem: 'unreadable' }],
    [
      'when it knows no success, since an old success is not a newer one',
      { problem: 'unreadable', lastSuccessAt: null },
    ],
  ])('%s', (_, alert) => {
    expect(resolutionOf(alert, withoutNewSuccess)).toBe('resolved by readable');
  });
});

test('the alert "listing" resolves by listing_restored', () => {
  const listing = anAlert({
    problem: 'listing_failed',
    severity: 'critical',
    labels: null,
    lastSuccessAt: null,
  });
  const facts = trackOnce([aSync()], { facts: aFacts({ listing }) });
  expect(stateOf(facts, 'listing')).toBe('resolved by listing_restored');
});

test('the alert "records" resolves by readable', () => {
  const records = anAlert({ problem: 'unreadable', labels: null, lastSuccessAt: null });
  const facts = trackOnce([aSync()], { facts: aFacts({ records }) });
  expect(stateOf(facts, 'records')).toBe('resolved by readable');
});
