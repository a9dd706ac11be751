import { diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import { parseSync } from '../../../lambda/core/parse/parse-sync.ts';
import type { Problem } from '../../../lambda/core/problem.ts';
import { aRecord } from '../../commands/a-world.ts';
import { ago, aPolicy, aSync, days, defaultPolicy, minutes, NOW, type SyncOverrides } from '../a-sync.ts';
import { diagnosisOf, problemOf, succeeded, words } from './a-diagnosis.ts';

describe('the first problem that applies is the verdict, and the others are evidence', () => {
  const late = succeeded(minutes(40));
  const never = { lastSuccessAt: null, createdAt: ago(minutes(40)), lastRunAt: null };
  test.each<[string, SyncOverrides, string, readonly Problem[]]>([
    [
      'is paused by a person, failed and is late',
      { enabled: false, disabledReason: null, lastState: 'failed', ...late },
      'paused by a person',
      [],
    ],
    [
      'is disabled, failed and is late',
      { enabled: false, disabledReason: 'x', lastState: 'failed', ...late },
      'disabled, critical',
      ['failing', 'stalled'],
    ],
    ['failed and is late', { lastState: 'failed', ...late }, 'failing, warning', ['stalled']],
    [
      'failed and never succeeded',
      { lastState: 'failed', ...never },
      'failing, warning',
      ['never_succeeded'],
    ],
    ['failed and is not late', { lastState: 'failed' }, 'failing, warning', []],
    ['never succeeded and is late', { lastState: null, ...never }, 'never_succeeded, warning', []],
    ['is late', late, 'stalled, warning', []],
    ['is not late', {}, 'healthy', []],
  ])('of a sync that %s', (_, overrides, verdict, others) => {
    const diagnosis = diagnosisOf(overrides);
    expect(words(diagnosis)).toBe(verdict);
    expect(diagnosis.verdict.kind === 'problem' ? diagnosis.verdict.also : []).toEqual(others);
  });
});

describe('a disabled sync', () => {
  test.each<[string, string, SyncOverrides]>([
    ['with a reason', 'disabled, critical', { disabledReason: 'quota exceeded' }],
    ['with a reason, after a success', 'disabled, critical', { disabledReason: 'x', lastState: 'completed' }],
    ['with a reason of null', 'paused by a person', { disabledReason: null }],
    ['with an empty reason', 'paused by a person', { disabledReason: '' }],
    [
      'with a reason of null, after a failure',
      'paused by a person',
      { disabledReason: null, lastState: 'failed' },
    ],
    [
      'with a reason of null, for a year',
      'paused by a person',
      { disabledReason: null, ...succeeded(days(365)) },
    ],
    ['without the field, after a failure', 'disabled, critical', { lastState: 'failed' }],
    ['without the field, after a success', 'paused, by whom is unknown', { lastState: 'completed' }],
    ['without the field, without a state', 'paused, by whom is unknown', { lastState: null }],
    ['without the field, after a stopped run', 'paused, by whom is unknown', { lastState: 'stopped' }],
  ])('%s: %s', (_, verdict, overrides) => {
    expect(words(diagnosisOf({ enabled: false, ...overrides }))).toBe(verdict);
  });

  test.each<[string, string | null | undefined, string]>([
    ['without the field', undefined, 'disabled, critical'],
    ['with a reason of null', null, 'paused by a person'],
    ['with a reason', 'quota exceeded', 'disabled, critical'],
  ])('whose alert is open, %s: %p gives %s', (_, disabledReason, verdict) => {
    const disabled = { enabled: false, disabledReason };
    for (const problem of ['failing', 'stalled', 'disabled'] as const)
      expect(words(diagnosisOf(disabled, { problems: [problem] }))).toBe(verdict);
  });

  test.each([[5], [{ code: 7 }], [['quota']]])(
    'is judged as without the field when its disabled_reason is unreadable: %j',
    (disabled_reason) => {
      const failed = parseSync(aRecord(NOW, { enabled: false, disabled_reason, last_state: 'failed' }));
      expect(words(diagnose(failed, { policy: defaultPolicy, now: NOW }))).toBe('disabled, critical');
      const completed = parseSync(aRecord(NOW, { enabled: false, disabled_reason }));
      expect(words(diagnose(completed, { policy: defaultPolicy, now: NOW }))).toBe(
        'paused, by whom is unknown',
      );
    },
  );

  test('is judged without its dates', () => {
    const sync = parseSync(
      aRecord(NOW, {
        enabled: false,
        disabled_reason: null,
        created_at: null,
        last_success_at: null,
        seconds_since_success: null,
      }),
    );
    expect(words(diagnose(sync, { policy: defaultPolicy, now: NOW }))).toBe('paused by a person');
  });
});

describe('a late sync with a run in progress is healthy up to the critical threshold', () => {
  const late = { lastSuccessAt: ago(2101), lastState: 'running' };
  test.each<[string, SyncOverrides]>([
    ['when the run is later than the last success', { ...late, lastRunAt: ago(60) }],
    ['when the run is one millisecond later', { ...late, lastRunAt: ago(2101) + 1 }],
    [
      'when the run is one millisecond later than a success that the API only counts',
      { ...late, lastSuccessAt: null, secondsSinceSuccess: 2101, lastRunAt: ago(2101) + 1 },
    ],
    [
      'when the lag is at the critical threshold',
      { ...late, lastSuccessAt: ago(11_100), lastRunAt: ago(60) },
    ],
    ['when it failed before the run', { ...late, lastRunAt: ago(60), consecutiveFailures: 2 }],
  ])('%s', (_, overrides) => {
    expect(words(diagnosisOf(overrides))).toBe('healthy');
  });

  test.each<[string, string, SyncOverrides]>([
    ['when the run is at the last success', 'stalled, warning', { ...late, lastRunAt: ago(2101) }],
    ['when the run is before the last success', 'stalled, warning', { ...late, lastRunAt: ago(3000) }],
    ['when no run is known', 'stalled, warning', { ...late, lastRunAt: null }],
    [
      'when the run is before last_success_at, though not before seconds_since_success',
      'stalled, warning',
      { ...late, secondsSinceSuccess: 2500, lastRunAt: ago(2300) },
    ],
    [
      'when the run is at a success that the API only counts',
      'stalled, warning',
      { ...late, lastSuccessAt: null, secondsSinceSuccess: 2101, lastRunAt: ago(2101) },
    ],
    ['when the run completed', 'stalled, warning', { ...late, lastState: 'completed', lastRunAt: ago(60) }],
    ['when the run was stopped', 'stalled, warning', { ...late, lastState: 'stopped', lastRunAt: ago(60) }],
    [
      'when the lag is above the critical threshold',
      'stalled, critical',
      { ...late, lastSuccessAt: ago(11_101), lastRunAt: ago(60) },
    ],
    [
      'when it is disabled',
      'disabled, critical',
      { ...late, lastRunAt: ago(60), enabled: false, disabledReason: 'x' },
    ],
    [
      'when it never succeeded and no run is known',
      'never_succeeded, warning',
      { lastState: 'running', lastSuccessAt: null, createdAt: ago(2101), lastRunAt: null },
    ],
  ])('but not %s: %s', (_, verdict, overrides) => {
    expect(words(diagnosisOf(overrides))).toBe(verdict);
  });

  test('but the run proves nothing: an open alert stays open', () => {
    const running = { ...late, lastRunAt: ago(60) };
    expect(problemOf(diagnosisOf(running, { problems: ['stalled'] }))).toBe('inconclusive');
  });
});

describe('a failing sync with failures in a row', () => {
  const failed = (failures: number | null, lastState = 'failed') => ({
    lastState,
    consecutiveFailures: failures,
  });

  test.each([
    [null, undefined],
    [7, undefined],
    [8, 'failures'],
    [9, 'failures'],
  ])('is critical from 8 of them on: %p makes it critical by %s', (failures, criticalBy) => {
    const { verdict } = diagnosisOf(failed(failures));
    const severity = criticalBy === undefined ? 'warning' : 'critical';
    expect(verdict).toEqual({
      kind: 'problem',
      problem: 'failing',
      severity,
      ...(criticalBy && { criticalBy }),
      also: [],
    });
  });

  test.each([
    [2, 'failing, warning'],
    [3, 'failing, critical'],
  ])(
    'is critical from criticalAtFailures of the policy on: with 3, %p failures are %s',
    (failures, verdict) => {
      const policy = aPolicy({ criticalAtFailures: 3 });
      expect(words(diagnosisOf(failed(failures), { policy }))).toBe(verdict);
    },
  );

  test('is critical by failures, though it is by age too', () => {
    const { verdict } = diagnosisOf({ ...failed(8), lastSuccessAt: ago(11_101) });
    expect(verdict).toMatchObject({ severity: 'critical', criticalBy: 'failures' });
  });

  test('says that it is critical by age, or that the platform disabled it', () => {
    const old = diagnosisOf({ ...failed(7), lastSuccessAt: ago(11_101) });
    expect(old.verdict).toMatchObject({ severity: 'critical', criticalBy: 'age' });
    const disabled = diagnosisOf({ enabled: false, disabledReason: '10 failures in a row' });
    expect(disabled.verdict).toMatchObject({ severity: 'critical', criticalBy: 'platform' });
  });
});

describe('the context of a check', () => {
  const sync = aSync({ ...succeeded(2100), secondsSinceSuccess: null });

  test('gives the moment at which a sync is judged', () => {
    const { lagSeconds } = diagnose(sync, { policy: defaultPolicy, now: NOW });
    const inAMinute = diagnose(sync, { policy: defaultPolicy, now: NOW + 60_000 });
    expect(lagSeconds).toBe(2100);
    expect(inAMinute.lagSeconds).toBe(2160);
    expect(words(inAMinute)).toBe('stalled, warning');
  });

  test('gives the policy by which a sync is judged', () => {
    const context = { policy: { ...defaultPolicy, graceSeconds: 299 }, now: NOW };
    expect(words(diagnose(sync, context))).toBe('stalled, warning');
    expect(diagnose(sync, context).thresholdSeconds).toBe(900 + 299);
  });

  test('does not change with a diagnosis', () => {
    const context = Object.freeze({ policy: defaultPolicy, now: NOW });
    expect(diagnose(sync, context)).toEqual(diagnose(sync, { ...context }));
  });
});
