import { diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import { parseSync } from '../../../lambda/core/parse/parse-sync.ts';
import { aRecord } from '../../commands/a-world.ts';
import { ago, aPolicy, days, defaultPolicy, later, minutes, NOW, type SyncOverrides } from '../a-sync.ts';
import { diagnosisOf, succeeded, words } from './a-diagnosis.ts';

describe('a sync is unreadable when a field that its verdict needs is missing or wrong', () => {
  test.each<[string, SyncOverrides]>([
    ['id', { id: null, faults: ['id'] }],
    ['enabled', { enabled: null, faults: ['enabled'] }],
    ['interval_secs', { intervalSeconds: null, faults: ['interval_secs'] }],
    ['last_success_at', { lastSuccessAt: null, faults: ['last_success_at'] }],
    [
      'created_at of a sync that never succeeded',
      { lastSuccessAt: null, createdAt: null, faults: ['created_at'] },
    ],
    ['seconds_since_success, without a date', { lastSuccessAt: null, faults: ['seconds_since_success'] }],
    [
      'last_run_at, while a run is in progress',
      { lastState: 'running', lastRunAt: null, faults: ['last_run_at'] },
    ],
  ])('%s', (_, overrides) => {
    expect(words(diagnosisOf(overrides))).toBe('unreadable, warning');
  });

  test('last_run_at, once the sync is enabled again: its state may be an old one', () => {
    const sync = { ...succeeded(minutes(20)), lastRunAt: null, faults: ['last_run_at'] as const };
    const disabled = { lastRunAt: null, lastSuccessAt: ago(minutes(20)) };
    expect(words(diagnosisOf(sync, { history: { disabled } }))).toBe('unreadable, warning');
    expect(words(diagnosisOf(sync))).toBe('healthy');
  });
});

describe('a sync is readable without a field that its verdict does not need', () => {
  test.each<[string, SyncOverrides]>([
    ['created_at, with a success', { createdAt: null, faults: ['created_at'] }],
    ['its name, source and connector', { name: null, source: null, faults: ['connector_id'] }],
    ['updated_at', { updatedAt: null, faults: ['updated_at'] }],
    ['has_cursor', { hasCursor: null, faults: ['has_cursor'] }],
    ['last_success_at, with seconds_since_success', { lastSuccessAt: null, secondsSinceSuccess: 60 }],
    [
      'last_success_at and created_at, with seconds_since_success',
      { lastSuccessAt: null, secondsSinceSuccess: 60, createdAt: null, faults: ['created_at'] },
    ],
    [
      'seconds_since_success, with last_success_at',
      { secondsSinceSuccess: null, faults: ['seconds_since_success'] },
    ],
    ['last_run_at, while no run is in progress', { lastRunAt: null, faults: ['last_run_at'] }],
  ])('%s', (_, overrides) => {
    expect(words(diagnosisOf(overrides))).toBe('healthy');
  });
});

describe('the diagnosis of an unreadable sync', () => {
  test('names each field that could not be read', () => {
    const sync = parseSync(aRecord(NOW, { interval_secs: 'often', enabled: 'yes' }));
    const { faults } = diagnose(sync, { policy: defaultPolicy, now: NOW });
    expect(faults).toHaveLength(2);
    expect(faults.join()).toMatch(/interval_secs/);
    expect(faults.join()).toMatch(/enabled/);
  });

  test('has no lag, is not late and has no other problem', () => {
    expect(diagnosisOf({ enabled: null, faults: ['enabled'], lastState: 'failed' })).toMatchObject({
      verdict: { kind: 'problem', problem: 'unreadable', also: [] },
      lagSeconds: null,
      successLagSeconds: null,
      late: false,
      runState: 'failure',
    });
  });

  test.each<[string, SyncOverrides]>([
    ['disabled', { enabled: false, intervalSeconds: null, faults: ['interval_secs'] }],
    ['failing', { lastState: 'failed', enabled: null, faults: ['enabled'] }],
  ])('says unreadable, not %s', (_, overrides) => {
    expect(words(diagnosisOf(overrides))).toBe('unreadable, warning');
  });
});

test.each([
  [59, 'healthy'],
  [60, 'healthy'],
  [61, 'unreadable, warning'],
])('without a grace, a date %p seconds ahead counts as now up to 60 s: %s', (ahead, verdict) => {
  const policy = aPolicy({ grace: '0s' });
  const sync = parseSync(aRecord(NOW, { last_success_at: new Date(later(ahead)).toISOString() }));
  expect(words(diagnose(sync, { policy, now: NOW }))).toBe(verdict);
});

describe('a date in the future, with a grace of 5 minutes', () => {
  test.each([
    [299, 'healthy'],
    [300, 'healthy'],
    [301, 'unreadable, warning'],
  ])('last_success_at %p seconds ahead: %s', (ahead, verdict) => {
    expect(words(diagnosisOf({ lastSuccessAt: later(ahead) }))).toBe(verdict);
  });

  test.each([
    [299, 'healthy'],
    [300, 'healthy'],
    [301, 'unreadable, warning'],
  ])('created_at %p seconds ahead, never succeeded: %s', (ahead, verdict) => {
    const never = { lastState: null, lastSuccessAt: null, createdAt: later(ahead) };
    expect(words(diagnosisOf(never))).toBe(verdict);
  });

  test.each<[string, SyncOverrides]>([
    ['seconds_since_success', { lastSuccessAt: null, secondsSinceSuccess: -301 }],
    ['last_run_at', { lastState: 'running', lastRunAt: later(301) }],
  ])('%s is named as a fault when the verdict needs it', (field, overrides) => {
    expect(diagnosisOf(overrides).faults).toEqual([`${field} is in the future`]);
  });

  test.each<[string, SyncOverrides]>([
    ['created_at', { createdAt: later(days(1)) }],
    ['updated_at', { updatedAt: later(days(1)) }],
  ])('%s changes nothing when no verdict needs it', (_, overrides) => {
    expect(words(diagnosisOf(overrides))).toBe('healthy');
  });

  test.each([['name'], ['id']])('counts against the grace of the override by %s', (field) => {
    const policy = aPolicy({ overrides: [{ match: { [field]: 'orders' }, grace: '1m' }] });
    expect(words(diagnosisOf({ lastSuccessAt: later(60) }, { policy }))).toBe('healthy');
    expect(words(diagnosisOf({ lastSuccessAt: later(61) }, { policy }))).toBe('unreadable, warning');
  });
});
