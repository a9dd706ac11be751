import { diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import {
  criticalThresholdSeconds,
  intervalsBehind,
  lagSinceSuccess,
  lagToJudge,
  runningSince,
  stallThresholdSeconds,
} from '../../../lambda/core/diagnose/lag.ts';
import type { RunState } from '../../../lambda/core/diagnose/run-state.ts';
import { parseSync } from '../../../lambda/core/parse/parse-sync.ts';
import { aRecord } from '../../commands/a-world.ts';
import { ago, aPolicy, aSync, days, defaultPolicy, later, NOW, type SyncOverrides } from '../a-sync.ts';
import { diagnosisOf, succeeded, words } from './a-diagnosis.ts';

// Interval; how far beyond it a lag may be before the sync is late, and before it is critical. Grace: 300 s.
const THRESHOLDS: readonly (readonly [string, number, number, number])[] = [
  ['30 s', 30, 30 + 300, 330 + 300],
  ['15 min', 900, 900 + 300, 9900 + 300],
  ['1 h', 3600, 3600 + 300, 39_600 + 300],
  ['4 h', 14_400, 14_400 + 300, 158_400 + 300],
  ['5 h: the critical cap of 48 h', 18_000, 18_000 + 300, 172_800 + 300],
  ['12 h: at the stall cap of 12 h', 43_200, 43_200 + 300, 172_800 + 300],
  ['13 h: above the stall cap of 12 h', 46_800, 43_200 + 300, 172_800 + 300],
  ['7 d', 604_800, 43_200 + 300, 172_800 + 300],
];

describe('the thresholds of the default policy', () => {
  test.each(THRESHOLDS)(
    'for an interval of %s, %d s, are %d s and %d s',
    (_, intervalSeconds, stall, critical) => {
      expect(stallThresholdSeconds(intervalSeconds, defaultPolicy)).toBe(stall);
      expect(criticalThresholdSeconds(intervalSeconds, defaultPolicy)).toBe(critical);
    },
  );
});

describe('the thresholds of another policy', () => {
  test.each([
    // stallAfterIntervals, criticalAfterIntervals, grace; both thresholds of an interval of 900 s
    [1, 1, '0s', 0, 0],
    [1, 1, '5m', 300, 300],
    [1.5, 2.5, '0s', 450, 1350],
    [4, 12, '1m', 2760, 9960],
    [100, 1000, '0s', 43_200, 172_800],
  ])(
    'late after %p intervals, critical after %p, grace %s: %p s and %p s beyond an interval of 900 s',
    (stallAfterIntervals, criticalAfterIntervals, grace, stall, critical) => {
      const policy = aPolicy({ stallAfterIntervals, criticalAfterIntervals, grace });
      expect(stallThresholdSeconds(900, policy)).toBe(stall);
      expect(criticalThresholdSeconds(900, policy)).toBe(critical);
    },
  );
});

describe('a sync is late, or critical, one second above its threshold and not at it', () => {
  test.each(THRESHOLDS)('with an interval of %s', (_, intervalSeconds, stallThreshold, criticalThreshold) => {
    const [stall, critical] = [intervalSeconds + stallThreshold, intervalSeconds + criticalThreshold];
    const at = (lag: number) => words(diagnosisOf({ intervalSeconds, ...succeeded(lag) }));
    expect([stall - 1, stall, stall + 1].map(at)).toEqual(['healthy', 'healthy', 'stalled, warning']);
    expect([critical - 1, critical, critical + 1].map(at)).toEqual([
      'stalled, warning',
      'stalled, warning',
      'stalled, critical',
    ]);
  });

  test.each([
    [2099, 'healthy'],
    [2100, 'healthy'],
    [2101, 'stalled, warning'],
    [11_099, 'stalled, warning'],
    [11_100, 'stalled, warning'],
    [11_101, 'stalled, critical'],
  ])('with an interval of 900 s and a lag of %p s: %s', (lag, verdict) => {
    expect(words(diagnosisOf(succeeded(lag)))).toBe(verdict);
  });

  test.each([
    [2099, 'healthy'],
    [2100, 'healthy'],
    [2101, 'never_succeeded, warning'],
    [11_100, 'never_succeeded, warning'],
    [11_101, 'never_succeeded, critical'],
  ])('when it never succeeded and was created %p s ago: %s', (age, verdict) => {
    const never = { lastState: null, lastRunAt: null, lastSuccessAt: null, createdAt: ago(age) };
    expect(words(diagnosisOf(never))).toBe(verdict);
  });

  test.each([
    [10, 'failing, warning'],
    [2101, 'failing, warning'],
    [11_100, 'failing, warning'],
    [11_101, 'failing, critical'],
  ])('when it is failing, with a lag of %p s: %s', (lag, verdict) => {
    const failed = { lastState: 'failed', ...succeeded(lag), lastRunAt: ago(10) };
    expect(words(diagnosisOf(failed))).toBe(verdict);
  });

  test.each([
    [359, 'healthy'],
    [360, 'healthy'],
    [361, 'stalled, warning'],
  ])('with an interval of 10 s, which counts as 30 s, and a lag of %p s: %s', (lag, verdict) => {
    const record = aRecord(NOW, {
      interval_secs: 10,
      last_success_at: new Date(ago(lag)).toISOString(),
      seconds_since_success: null,
    });
    expect(words(diagnose(parseSync(record), { policy: defaultPolicy, now: NOW }))).toBe(verdict);
  });

  test.each([[0], [days(1)], [days(365)]])(
    'but never without a schedule: a sync with a lag of %p s is healthy, and a failing one a warning',
    (lag) => {
      const sync = { ...succeeded(lag), intervalSeconds: null };
      expect(words(diagnosisOf(sync))).toBe('healthy');
      expect(words(diagnosisOf({ ...sync, lastState: 'failed' }))).toBe('failing, warning');
    },
  );

  const OVERRIDES = [
    { match: { name: 'ord*', kb: 'kb_sales' }, stallAfterIntervals: 4 },
    { match: { name: 'orders' }, stallAfterIntervals: 9 },
  ];
  test.each([
    [3600, 'healthy', 'orders', { stallAfterIntervals: 4, grace: '0s' }],
    [3601, 'stalled, warning', 'orders', { stallAfterIntervals: 4, grace: '0s' }],
    [3900, 'healthy', 'orders', { overrides: OVERRIDES }],
    [3901, 'stalled, warning', 'orders', { overrides: OVERRIDES }],
    [2100, 'healthy', 'users', { overrides: OVERRIDES }],
    [2101, 'stalled, warning', 'users', { overrides: OVERRIDES }],
    [3000, 'stalled, warning', 'orders', { criticalAfterIntervals: 3 }],
    [3001, 'stalled, critical', 'orders', { criticalAfterIntervals: 3 }],
    [900, 'healthy', 'orders', { stallAfterIntervals: 1, criticalAfterIntervals: 1, grace: '0s' }],
    [901, 'stalled, critical', 'orders', { stallAfterIntervals: 1, criticalAfterIntervals: 1, grace: '0s' }],
  ])('with a lag of %p s: %s; sync %s, policy %j', (lag, verdict, name, written) => {
    const diagnosis = diagnosisOf({ name, ...succeeded(lag) }, { policy: aPolicy(written) });
    expect(words(diagnosis)).toBe(verdict);
  });
});

describe('the lag of a sync', () => {
  test('is known without a schedule', () => {
    const { lagSeconds, late } = diagnosisOf({ intervalSeconds: null, ...succeeded(700) });
    expect({ lagSeconds, late }).toEqual({ lagSeconds: 700, late: false });
  });

  test.each([
    ['is the age of last_success_at', { lastSuccessAt: ago(700), secondsSinceSuccess: null }, 700],
    ['is seconds_since_success without a date', { lastSuccessAt: null, secondsSinceSuccess: 700 }, 700],
    [
      'is the age of last_success_at when seconds_since_success is less',
      { lastSuccessAt: ago(700), secondsSinceSuccess: 10 },
      700,
    ],
    [
      'is seconds_since_success when the date is younger',
      { lastSuccessAt: ago(10), secondsSinceSuccess: 700 },
      700,
    ],
    [
      'is 0 with a last_success_at 200 s in the future',
      { lastSuccessAt: later(200), secondsSinceSuccess: null },
      0,
    ],
    [
      'is seconds_since_success with a last_success_at in the future',
      { lastSuccessAt: later(200), secondsSinceSuccess: 700 },
      700,
    ],
    [
      'is the age of the sync when it never succeeded',
      { lastSuccessAt: null, secondsSinceSuccess: null, createdAt: ago(700) },
      700,
    ],
  ])('%s', (_, overrides, lagSeconds) => {
    expect(diagnosisOf(overrides).lagSeconds).toBe(lagSeconds);
  });

  test.each(['last_success_at', 'seconds_since_success'] as const)(
    'is null for a disabled sync with an unreadable %s: it may have succeeded',
    (fault) => {
      const never = { enabled: false, lastSuccessAt: null, secondsSinceSuccess: null };
      expect(diagnosisOf(never).lagSeconds).toBe(days(90));
      expect(diagnosisOf({ ...never, faults: [fault] }).lagSeconds).toBeNull();
    },
  );
});

describe('the lag since the last success', () => {
  test.each([
    ['null for a sync that never succeeded', { lastSuccessAt: null }, null],
    ['the age of last_success_at', { lastSuccessAt: ago(700), secondsSinceSuccess: null }, 700],
    ['seconds_since_success', { lastSuccessAt: null, secondsSinceSuccess: 700 }, 700],
    ['0 for negative seconds', { lastSuccessAt: null, secondsSinceSuccess: -5 }, 0],
  ])('is %s', (_, overrides, lagSeconds) => {
    expect(lagSinceSuccess(aSync(overrides), NOW)).toBe(lagSeconds);
  });
});

describe('the lag that is judged', () => {
  const judged = (overrides: SyncOverrides, successLag: number | null, enabledFor?: number) =>
    lagToJudge(
      {
        sync: aSync(overrides),
        enabledSince: enabledFor === undefined ? undefined : ago(enabledFor),
        now: NOW,
      },
      successLag,
    );

  test('is the lag since the last success', () => {
    expect(judged({}, 700)).toBe(700);
  });

  test('is the age of a sync that never succeeded', () => {
    expect(judged({ createdAt: ago(900) }, null)).toBe(900);
  });

  test('is 0 for a sync that was created in the future', () => {
    expect(judged({ createdAt: later(60) }, null)).toBe(0);
  });

  test('is null without a success and without a date of creation', () => {
    expect(judged({ createdAt: null }, null)).toBeNull();
    expect(judged({ createdAt: null }, null, 60)).toBeNull();
  });

  test.each([
    [699, 699],
    [700, 700],
    [701, 700],
  ])('counts from when the sync was enabled again, %p s ago, if that is later: %p s', (enabledFor, lag) => {
    expect(judged({}, 700, enabledFor)).toBe(lag);
  });

  test('is 0 when the sync was enabled again slightly in the future', () => {
    expect(judged({}, 700, -30)).toBe(0);
  });
});

describe('the start of the run in progress', () => {
  const startOf = (runState: RunState, overrides: SyncOverrides, successLagSeconds: number | null) =>
    runningSince({ sync: aSync(overrides), runState, successLagSeconds }, NOW);

  test.each([
    ['one millisecond after the last success', { lastSuccessAt: ago(700), lastRunAt: ago(700) + 1 }, 700],
    ['of a sync that never succeeded', { lastSuccessAt: null, lastRunAt: ago(60) }, null],
    ['after a success that the API only counts', { lastSuccessAt: null, lastRunAt: ago(700) + 1 }, 700],
  ])('is last_run_at %s', (_, overrides, successLag) => {
    expect(startOf('in_progress', overrides, successLag)).toBe(overrides.lastRunAt);
  });

  test.each([
    ['at the last success', { lastSuccessAt: ago(700), lastRunAt: ago(700) }, 700],
    ['before the last success', { lastSuccessAt: ago(700), lastRunAt: ago(701) }, 700],
    ['at a success that the API only counts', { lastSuccessAt: null, lastRunAt: ago(700) }, 700],
    ['that is null', { lastSuccessAt: ago(700), lastRunAt: null }, 700],
  ])('is unknown with a last_run_at %s', (_, overrides, successLag) => {
    expect(startOf('in_progress', overrides, successLag)).toBeUndefined();
  });

  test.each(['none', 'success', 'stopped', 'failure'] as const)(
    'is unknown in the run state %s',
    (runState) => {
      expect(startOf(runState, { lastSuccessAt: ago(700), lastRunAt: ago(60) }, 700)).toBeUndefined();
    },
  );
});

describe('the number of intervals behind', () => {
  test.each([
    [0, 900, 0],
    [450, 900, 0.5],
    [900, 900, 1],
    [1000, 900, 1000 / 900],
    [2100, 30, 70],
  ])('for a lag of %p s and an interval of %p s is %p', (lagSeconds, intervalSeconds, intervals) => {
    expect(intervalsBehind({ sync: aSync({ intervalSeconds }), lagSeconds })).toBe(intervals);
  });

  test('is null without a lag or without an interval', () => {
    expect(intervalsBehind({ sync: aSync(), lagSeconds: null })).toBeNull();
    expect(intervalsBehind({ sync: aSync({ intervalSeconds: null }), lagSeconds: 900 })).toBeNull();
  });
});
