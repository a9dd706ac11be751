import type { Problem, SyncHistory } from '../../../lambda/core/alert.ts';
import { type Diagnosis, diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import { parseSync } from '../../../lambda/core/parse/parse-sync.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
import { aRecord } from '../../commands/a-world.ts';
import { ago, aPolicy, aSync, days, defaultPolicy, later, minutes, NOW } from '../a-sync.ts';

type Overrides = Parameters<typeof aSync>[0];
const evaluation = (overrides: Overrides, policy: Policy = defaultPolicy, mark: SyncHistory = {}) =>
  diagnose(aSync(overrides), policy, NOW, { history: mark, problems: [] });

/** A verdict in words: "healthy", "inconclusive", "failing, warning". */
function words({ verdict }: Diagnosis): string {
  if (verdict.kind !== 'problem') return verdict.kind;
  return `${verdict.problem}, ${verdict.paused ? 'paused, ' : ''}${verdict.severity}`;
}
const also = ({ verdict }: Diagnosis) => (verdict.kind === 'problem' ? verdict.also : []);

/** The last success so many seconds ago, the last run with it. */
const success = (secondsAgo: number) => ({ lastSuccessAt: ago(secondsAgo), lastRunAt: ago(secondsAgo) });

describe('unreadable: a field that the verdict needs is missing or wrong', () => {
  test.each<[string, Overrides, string]>([
    ['no usable id', { id: null, faults: ['id'] }, 'unreadable, warning'],
    ['no enabled', { enabled: null, faults: ['enabled'] }, 'unreadable, warning'],
    ['no interval', { intervalSeconds: null, faults: ['interval_secs'] }, 'unreadable, warning'],
    [
      'a last success that is not a date',
      { lastSuccessAt: null, faults: ['last_success_at'] },
      'unreadable, warning',
    ],
    [
      'never succeeded, and no date of creation',
      { lastSuccessAt: null, createdAt: null, faults: ['created_at'] },
      'unreadable, warning',
    ],
    ['a success, and no date of creation', { createdAt: null, faults: ['created_at'] }, 'healthy'],
    ['no name, no table, no connector', { name: null, source: null, faults: ['connector_id'] }, 'healthy'],
    ['no updated_at', { updatedAt: null, faults: ['updated_at'] }, 'healthy'],
    ['no has_cursor', { hasCursor: null, faults: ['has_cursor'] }, 'healthy'],
    ['a success counted in seconds alone', { lastSuccessAt: null, secondsSinceSuccess: 60 }, 'healthy'],
    [
      'the same, and no date of creation',
      { lastSuccessAt: null, secondsSinceSuccess: 60, createdAt: null, faults: ['created_at'] },
      'healthy',
    ],
    [
      'seconds that are no number, and no date',
      { lastSuccessAt: null, faults: ['seconds_since_success'] },
      'unreadable, warning',
    ],
    [
      'seconds that are no number beside a date',
      { secondsSinceSuccess: null, faults: ['seconds_since_success'] },
      'healthy',
    ],
    [
      'a last run that is no date, while one is in progress',
      { lastState: 'running', lastRunAt: null, faults: ['last_run_at'] },
      'unreadable, warning',
    ],
    ['a last run that is no date, when it is over', { lastRunAt: null, faults: ['last_run_at'] }, 'healthy'],
  ])('%s', (_, overrides, verdict) => {
    expect(words(evaluation(overrides))).toBe(verdict);
  });

  test('names what was wrong', () => {
    const sync = parseSync(aRecord(NOW, { interval_secs: 0, enabled: 'yes' }));
    expect(diagnose(sync, defaultPolicy, NOW).faults).toHaveLength(2);
    expect(diagnose(sync, defaultPolicy, NOW).faults.join()).toMatch(/interval_secs/);
    expect(diagnose(sync, defaultPolicy, NOW).faults.join()).toMatch(/enabled/);
  });

  test('is all that is said of it', () => {
    expect(evaluation({ enabled: null, faults: ['enabled'], lastState: 'failed' })).toMatchObject({
      verdict: { paused: false, also: [] },
      lagSeconds: null,
      successLagSeconds: null,
      late: false,
      runState: 'failure',
    });
  });

  test('is a last run that is no date, once the sync is enabled again: its state may be an old one', () => {
    const sync = { ...success(minutes(20)), lastRunAt: null, faults: ['last_run_at'] as const };
    const disabled = { lastRunAt: null, lastSuccessAt: ago(minutes(20)) };
    expect(words(evaluation(sync, defaultPolicy, { disabled }))).toBe('unreadable, warning');
    expect(words(evaluation(sync))).toBe('healthy');
  });

  test('comes before every other problem', () => {
    expect(words(evaluation({ enabled: false, intervalSeconds: null, faults: ['interval_secs'] }))).toBe(
      'unreadable, warning',
    );
    expect(words(evaluation({ lastState: 'failed', enabled: null, faults: ['enabled'] }))).toBe(
      'unreadable, warning',
    );
  });

  test.each([
    [299, 'healthy'],
    [300, 'healthy'],
    [301, 'unreadable, warning'],
  ])('a success %p seconds in the future, with 5 minutes of grace, is %s', (ahead, verdict) => {
    expect(words(evaluation({ lastSuccessAt: later(ahead) }))).toBe(verdict);
  });

  test.each([
    [299, 'healthy'],
    [300, 'healthy'],
    [301, 'unreadable, warning'],
  ])('never succeeded and created %p seconds in the future is %s', (ahead, verdict) => {
    expect(words(evaluation({ lastState: null, lastSuccessAt: null, createdAt: later(ahead) }))).toBe(
      verdict,
    );
  });

  test.each<[string, Overrides]>([
    ['seconds_since_success', { lastSuccessAt: null, secondsSinceSuccess: -301 }],
    ['last_run_at', { lastState: 'running', lastRunAt: later(301) }],
  ])('so is %s in the future where the verdict uses it', (field, overrides) => {
    expect(evaluation(overrides).faults).toEqual([`${field} is in the future`]);
  });

  test('a date that no verdict uses may lie in the future', () => {
    expect(words(evaluation({ createdAt: later(days(1)) }))).toBe('healthy');
    expect(words(evaluation({ updatedAt: later(days(1)) }))).toBe('healthy');
  });

  test.each([['name'], ['id']])('the grace is the one that applies to the sync by its %s', (field) => {
    const policy = aPolicy({ overrides: [{ match: { [field]: 'orders' }, grace: '1m' }] });
    expect(words(evaluation({ lastSuccessAt: later(60) }, policy))).toBe('healthy');
    expect(words(evaluation({ lastSuccessAt: later(61) }, policy))).toBe('unreadable, warning');
  });
});

describe('lag: the larger of what the API counted and what its date says', () => {
  test.each([
    ['the date alone', { lastSuccessAt: ago(700), secondsSinceSuccess: null }, 700],
    ['the count alone', { lastSuccessAt: null, secondsSinceSuccess: 700 }, 700],
    ['the date is older', { lastSuccessAt: ago(700), secondsSinceSuccess: 10 }, 700],
    ['the count is larger', { lastSuccessAt: ago(10), secondsSinceSuccess: 700 }, 700],
    [
      'a date slightly in the future counts as now',
      { lastSuccessAt: later(200), secondsSinceSuccess: null },
      0,
    ],
    ['a future date beside a count', { lastSuccessAt: later(200), secondsSinceSuccess: 700 }, 700],
    [
      'never succeeded: since its creation',
      { lastSuccessAt: null, secondsSinceSuccess: null, createdAt: ago(700) },
      700,
    ],
  ])('%s', (_, overrides, lagSeconds) => {
    expect(evaluation(overrides).lagSeconds).toBe(lagSeconds);
  });
});

test.each(['last_success_at', 'seconds_since_success'] as const)(
  'a success that could not be read is no sign that there was none: %s of a disabled sync',
  (fault) => {
    const never = { enabled: false, lastSuccessAt: null, secondsSinceSuccess: null };
    expect(evaluation(never).lagSeconds).toBe(days(90));
    expect(evaluation({ ...never, faults: [fault] }).lagSeconds).toBeNull();
  },
);

describe('late, critical: at the allowance is not yet beyond it, one second more is', () => {
  const weekly = days(7);
  test.each<[string, number, number, number]>([
    // interval, late beyond this lag, critical beyond this lag
    ['30 s (the shortest)', 30, 30 + 30 + 300, 30 + 11 * 30 + 300],
    ['15 min', 900, 900 + 900 + 300, 900 + 11 * 900 + 300],
    ['4 h: no cap yet', 14_400, 14_400 + 14_400 + 300, 14_400 + 158_400 + 300],
    ['5 h: the cap of 48 h', 18_000, 18_000 + 18_000 + 300, 18_000 + 172_800 + 300],
    ['12 h: at the cap of 12 h', 43_200, 43_200 + 43_200 + 300, 43_200 + 172_800 + 300],
    ['13 h: the cap of 12 h', 46_800, 46_800 + 43_200 + 300, 46_800 + 172_800 + 300],
    ['a week', weekly, weekly + 43_200 + 300, weekly + 172_800 + 300],
  ])('an interval of %s', (_, intervalSeconds, stall, critical) => {
    const at = (lag: number) => words(evaluation({ intervalSeconds, ...success(lag) }));
    expect([stall - 1, stall, stall + 1].map(at)).toEqual(['healthy', 'healthy', 'stalled, warning']);
    expect([critical - 1, critical, critical + 1].map(at)).toEqual([
      'stalled, warning',
      'stalled, warning',
      'stalled, critical',
    ]);
  });

  test('an interval of 10 seconds is one of 30', () => {
    const at = (lag: number) =>
      words(
        diagnose(
          parseSync(
            aRecord(NOW, {
              interval_secs: 10,
              last_success_at: new Date(ago(lag)).toISOString(),
              seconds_since_success: null,
            }),
          ),
          defaultPolicy,
          NOW,
        ),
      );
    expect([359, 360, 361].map(at)).toEqual(['healthy', 'healthy', 'stalled, warning']);
  });

  test('never succeeded is measured from its creation, by the same allowances', () => {
    const at = (age: number) =>
      words(evaluation({ lastState: null, lastSuccessAt: null, createdAt: ago(age) }));
    expect([2099, 2100, 2101].map(at)).toEqual(['healthy', 'healthy', 'never_succeeded, warning']);
    expect([11_100, 11_101].map(at)).toEqual(['never_succeeded, warning', 'never_succeeded, critical']);
  });

  test('failing is as severe as its data is old', () => {
    const at = (lag: number) =>
      words(evaluation({ lastState: 'failed', ...success(lag), lastRunAt: ago(10) }));
    expect([10, 2101, 11_100, 11_101].map(at)).toEqual([
      'failing, warning',
      'failing, warning',
      'failing, warning',
      'failing, critical',
    ]);
  });

  test('a policy may be more patient, with all syncs or with some', () => {
    const at = (policy: Policy, lag: number, name = 'orders') =>
      words(evaluation({ name, ...success(lag) }, policy));
    const patient = aPolicy({ stallAfterIntervals: 4, grace: '0s' });
    expect([3600, 3601].map((lag) => at(patient, lag))).toEqual(['healthy', 'stalled, warning']);
    const some = aPolicy({
      overrides: [
        { match: { name: 'ord*', kb: 'kb_sales' }, stallAfterIntervals: 4 },
        { match: { name: 'orders' }, stallAfterIntervals: 9 },
      ],
    });
    expect([3900, 3901].map((lag) => at(some, lag))).toEqual(['healthy', 'stalled, warning']);
    expect([2100, 2101].map((lag) => at(some, lag, 'users'))).toEqual(['healthy', 'stalled, warning']);
    const strict = aPolicy({ criticalAfterIntervals: 3 });
    expect([3000, 3001].map((lag) => at(strict, lag))).toEqual(['stalled, warning', 'stalled, critical']);
    const atOnce = aPolicy({ stallAfterIntervals: 1, criticalAfterIntervals: 1, grace: '0s' });
    expect([900, 901].map((lag) => at(atOnce, lag))).toEqual(['healthy', 'stalled, critical']);
  });
});

describe('the first row that applies is the problem, the others are kept as evidence', () => {
  const late = success(minutes(40));
  const never = { lastSuccessAt: null, createdAt: ago(minutes(40)), lastRunAt: null };
  test.each<[string, Overrides, string, readonly Problem[]]>([
    ['disabled by a person', { enabled: false, disabledReason: null }, 'disabled, paused, warning', []],
    [
      'disabled, failed and late',
      { enabled: false, disabledReason: 'x', lastState: 'failed', ...late },
      'disabled, critical',
      ['failing', 'stalled'],
    ],
    ['failed and late', { lastState: 'failed', ...late }, 'failing, warning', ['stalled']],
    ['failed, never succeeded', { lastState: 'failed', ...never }, 'failing, warning', ['never_succeeded']],
    ['failed alone', { lastState: 'failed' }, 'failing, warning', []],
    ['never succeeded and late', { lastState: null, ...never }, 'never_succeeded, warning', []],
    ['late', late, 'stalled, warning', []],
    ['nothing', {}, 'healthy', []],
  ])('%s', (_, overrides, verdict, others) => {
    const diagnosis = evaluation(overrides);
    expect(words(diagnosis)).toBe(verdict);
    expect(also(diagnosis)).toEqual(others);
  });
});

describe('states', () => {
  test.each<(string | null)[]>([
    ...['completed', 'COMPLETED', 'Completed'].map((state) => [state, 'healthy']),
    ...['running', 'pending', 'queued', 'started', 'in_progress', 'RUNNING'].map((state) => [
      state,
      'healthy',
    ]),
    ...['stopped', 'cancelled', 'canceled', 'Stopped'].map((state) => [state, 'healthy']),
    ...['failed', 'error', 'completed_with_errors', 'exploded', 'null'].map((s) => [s, 'failing, warning']),
    [null, 'healthy'],
    ['', 'healthy'],
  ])('%p, the data not late, is %s', (lastState, verdict) => {
    expect(words(evaluation({ lastState }))).toBe(verdict);
  });

  test.each([
    ['completed', 'success'],
    ['running', 'in_progress'],
    ['stopped', 'stopped'],
    ['exploded', 'failure'],
    [null, 'none'],
    ['', 'none'],
  ])('%p is the state %s of its run', (lastState, runState) => {
    expect(evaluation({ lastState }).runState).toBe(runState);
  });

  test('more states can be known as successes, in progress and stopped, without regard to case', () => {
    const policy = aPolicy({
      successStates: ['Done'],
      inProgressStates: ['Busy'],
      stoppedStates: ['HALTED'],
    });
    for (const lastState of ['done', 'DONE', 'busy', 'halted', 'completed', 'running', 'stopped'])
      expect({ lastState, verdict: words(evaluation({ lastState }, policy)) }).toEqual({
        lastState,
        verdict: 'healthy',
      });
    expect(words(evaluation({ lastState: 'done' }))).toBe('failing, warning');
  });

  test.each<[string | null, number | null, string]>([
    ['running', 0, 'healthy'],
    ['running', null, 'healthy'],
    ['running', 1, 'failing, warning'],
    ['queued', 3, 'failing, warning'],
    ['completed', 1, 'healthy'],
    ['stopped', 1, 'healthy'],
    [null, 1, 'healthy'],
  ])('%p after %p failures in a row is %s', (lastState, consecutiveFailures, verdict) => {
    expect(words(evaluation({ lastState, consecutiveFailures }))).toBe(verdict);
  });
});

describe('the severity of disabled', () => {
  test.each<[string, Overrides, string]>([
    ['the platform gave up', { disabledReason: 'quota exceeded' }, 'disabled, critical'],
    [
      'the platform gave up, last run fine',
      { disabledReason: 'x', lastState: 'completed' },
      'disabled, critical',
    ],
    ['a person paused it', { disabledReason: null }, 'disabled, paused, warning'],
    ['paused after a failure', { disabledReason: null, lastState: 'failed' }, 'disabled, paused, warning'],
    ['paused for a year', { disabledReason: null, ...success(days(365)) }, 'disabled, paused, warning'],
    ['unknown why, last run failed', { lastState: 'failed' }, 'disabled, critical'],
    ['unknown why, last run fine', { lastState: 'completed' }, 'disabled, warning'],
    ['unknown why, no last run', { lastState: null }, 'disabled, warning'],
    ['unknown why, stopped', { lastState: 'stopped' }, 'disabled, warning'],
  ])('%s', (_, overrides, verdict) => {
    expect(words(evaluation({ enabled: false, ...overrides }))).toBe(verdict);
  });

  test.each([[5], [{ code: 7 }], [['quota']]])(
    'a disabled_reason that could not be read (%p) is unknown: it does not pass for a pause',
    (disabled_reason) => {
      const failed = parseSync(aRecord(NOW, { enabled: false, disabled_reason, last_state: 'failed' }));
      expect(words(diagnose(failed, defaultPolicy, NOW))).toBe('disabled, critical');
      const succeeded = parseSync(aRecord(NOW, { enabled: false, disabled_reason }));
      expect(words(diagnose(succeeded, defaultPolicy, NOW))).toBe('disabled, warning');
    },
  );

  test('a disabled sync is judged without its dates', () => {
    const sync = parseSync(
      aRecord(NOW, {
        enabled: false,
        disabled_reason: null,
        created_at: null,
        last_success_at: null,
        seconds_since_success: null,
      }),
    );
    expect(words(diagnose(sync, defaultPolicy, NOW))).toBe('disabled, paused, warning');
  });
});

describe('a run in progress gets time', () => {
  const late = { lastSuccessAt: ago(2101), lastState: 'running' };
  test.each<[string, Overrides, string]>([
    ['a run later than the last success', { ...late, lastRunAt: ago(60) }, 'healthy'],
    ['a run one millisecond later', { ...late, lastRunAt: ago(2101) + 1 }, 'healthy'],
    ['a run at the last success', { ...late, lastRunAt: ago(2101) }, 'stalled, warning'],
    ['a run before it', { ...late, lastRunAt: ago(3000) }, 'stalled, warning'],
    ['no run that is known', { ...late, lastRunAt: null }, 'stalled, warning'],
    [
      'a run before it, though the API counts more seconds',
      { ...late, secondsSinceSuccess: 2500, lastRunAt: ago(2300) },
      'stalled, warning',
    ],
    [
      'a run one millisecond later than a success that is only counted',
      { ...late, lastSuccessAt: null, secondsSinceSuccess: 2101, lastRunAt: ago(2101) + 1 },
      'healthy',
    ],
    [
      'a run at a success that is only counted',
      { ...late, lastSuccessAt: null, secondsSinceSuccess: 2101, lastRunAt: ago(2101) },
      'stalled, warning',
    ],
    [
      'completed, not in progress',
      { ...late, lastState: 'completed', lastRunAt: ago(60) },
      'stalled, warning',
    ],
    ['stopped, not in progress', { ...late, lastState: 'stopped', lastRunAt: ago(60) }, 'stalled, warning'],
    ['at the critical allowance', { ...late, lastSuccessAt: ago(11_100), lastRunAt: ago(60) }, 'healthy'],
    ['beyond it', { ...late, lastSuccessAt: ago(11_101), lastRunAt: ago(60) }, 'stalled, critical'],
    ['failing already', { ...late, lastRunAt: ago(60), consecutiveFailures: 2 }, 'failing, warning'],
    ['disabled', { ...late, lastRunAt: ago(60), enabled: false }, 'disabled, warning'],
    [
      'the first run, at the critical allowance',
      { lastState: 'running', lastSuccessAt: null, createdAt: ago(11_100), lastRunAt: ago(60) },
      'healthy',
    ],
    [
      'the first run, beyond it',
      { lastState: 'running', lastSuccessAt: null, createdAt: ago(11_101), lastRunAt: ago(60) },
      'never_succeeded, critical',
    ],
    [
      'never succeeded, no run known',
      { lastState: 'running', lastSuccessAt: null, createdAt: ago(2101), lastRunAt: null },
      'never_succeeded, warning',
    ],
  ])('%s', (_, overrides, verdict) => {
    expect(words(evaluation(overrides))).toBe(verdict);
  });

  test('no proof either: an open alert stays open while the run goes on', () => {
    const running = aSync({ ...late, lastRunAt: ago(60) });
    expect(words(diagnose(running, defaultPolicy, NOW, { history: {}, problems: ['stalled'] }))).toBe(
      'inconclusive',
    );
  });
});
