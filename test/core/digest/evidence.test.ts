import { evidence, pastPhrase, problemPhrase } from '../../../lambda/core/digest/evidence.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import { aDiagnosis, ago, DAY, isoAgo, lineText, NOW } from '../a-digest.ts';

/** The parts of the evidence about a record with these fields. */
function evidenceOf(...record: Parameters<typeof aDiagnosis>): readonly string[] {
  const line = lineText(evidence(aDiagnosis(...record), NOW));
  return line === '' ? [] : line.split(' · ');
}

const healthyAt = (milliseconds: number) => ({
  last_state: 'completed',
  last_run_at: isoAgo(milliseconds),
  last_success_at: isoAgo(milliseconds),
  seconds_since_success: milliseconds / 1000,
});
const disabled = (overrides: object) => ({ ...healthyAt(2 * MINUTE), enabled: false, ...overrides });

describe('the evidence of an alert', () => {
  it('is the age of the data and the last run of a failing sync', () => {
    expect(evidenceOf()).toEqual(['last success 20 m ago, runs every 15 m', 'last run 5 m ago']);
  });

  it('has every part that applies, in one order', () => {
    const record = {
      enabled: true,
      last_state: 'Failed',
      consecutive_failures: 8,
      last_success_at: isoAgo(3 * HOUR),
      seconds_since_success: 3 * 3600,
      has_cursor: false,
    };
    expect(evidenceOf(record)).toEqual([
      'last success 3 h ago, runs every 15 m',
      'last state `Failed`',
      '8 failures in a row',
      'last run 5 m ago, next run in 55 m',
      'no cursor committed yet',
    ]);
  });
});

describe('the age of the data', () => {
  it.each([
    [14 * MINUTE + 59_000, 'last success 14 m ago, runs every 15 m'],
    [29 * MINUTE + 59_000, 'last success 29 m ago, runs every 15 m'],
    [30 * MINUTE, 'last success 30 m ago, runs every 15 m'],
    [44 * MINUTE + 59_000, 'last success 44 m ago, runs every 15 m'],
    [45 * MINUTE, 'last success 45 m ago, runs every 15 m'],
    [12.5 * DAY, 'last success 12 d 12 h ago, runs every 15 m'],
  ])('is said with the interval: %d ms after the last success', (milliseconds, text) => {
    const record = { last_success_at: isoAgo(milliseconds), seconds_since_success: null };
    expect(evidenceOf(record)[0]).toBe(text);
  });

  it('goes by the larger of the two figures of the API', () => {
    expect(evidenceOf({ seconds_since_success: 1860 })[0]).toBe('last success 31 m ago, runs every 15 m');
  });

  it('is counted from the creation of a sync that never succeeded', () => {
    const record = { last_success_at: null, seconds_since_success: null, created_at: isoAgo(3 * HOUR) };
    expect(evidenceOf(record)[0]).toBe('no success since it was created 3 h ago, runs every 15 m');
  });

  it('says how long ago the sync was enabled again', () => {
    const history = {
      disabled: { lastRunAt: ago(5 * MINUTE), lastSuccessAt: ago(20 * MINUTE) },
      enabledSince: ago(10 * MINUTE),
    };
    expect(evidenceOf({ last_success_at: isoAgo(20 * MINUTE) }, { history })[0]).toBe(
      'enabled again 10 m ago, last success 20 m ago, runs every 15 m',
    );
  });

  it('is unknown when no date can be read', () => {
    const record = disabled({ last_success_at: null, seconds_since_success: null, created_at: 'yesterday' });
    expect(evidenceOf(record)).toContain('last success unknown');
  });

  it('is unknown, not "no success since it was created", when the date of the last success is invalid', () => {
    const record = disabled({ last_success_at: 'last tuesday', seconds_since_success: null });
    expect(evidenceOf(record)).toContain('last success unknown');
    expect(evidenceOf(record).join()).not.toContain('no success since');
    expect(evidenceOf(record)).not.toContain('also without any success');
  });
});

describe('the last state', () => {
  it('is left out when a failing sync has the state "failed", which says nothing more', () => {
    expect(evidenceOf({ last_state: 'failed' }).join()).not.toContain('last state');
  });

  it('is quoted when it is "failed" and the problem is another', () => {
    const record = disabled({ last_state: 'failed', disabled_reason: '10 failures' });
    expect(evidenceOf(record)).toContain('last state `failed`');
  });

  it.each(['FAILED', 'Failed', 'error', 'exploded', 'timed out'])(
    'is quoted as the API spells it: %j',
    (state) => expect(evidenceOf({ last_state: state })).toContain(`last state \`${state}\``),
  );

  it.each(['stopped', 'cancelled'])('is quoted when it is no failure: %j', (state) => {
    const record = { ...healthyAt(2 * HOUR), last_state: state };
    expect(evidenceOf(record)).toContain(`last state \`${state}\``);
  });

  it('is left out when it is a success', () => {
    expect(evidenceOf(healthyAt(2 * HOUR)).join()).not.toContain('last state');
  });

  it('is left out when the API gives none', () => {
    expect(evidenceOf({ last_state: null }).join()).not.toContain('last state');
  });

  it('is unknown when it is of the wrong type', () => {
    expect(evidenceOf({ ...healthyAt(2 * HOUR), last_state: 7 })).toContain('last state unknown');
  });

  it('is replaced by the duration of the run in progress', () => {
    const record = { ...healthyAt(4 * HOUR), last_state: 'running', last_run_at: isoAgo(3 * HOUR) };
    expect(evidenceOf(record)).toContain('a run has been going for 3 h');
    expect(evidenceOf(record).join()).not.toContain('last state');
  });

  it('is quoted when the run in progress began before the last success', () => {
    const record = { ...healthyAt(2 * HOUR), last_state: 'running', last_run_at: isoAgo(3 * HOUR) };
    expect(evidenceOf(record)).toContain('last state `running`');
  });
});

describe('the failures in a row', () => {
  it.each([
    [1, 'failed once'],
    [2, '2 failures in a row'],
    [9, '9 failures in a row'],
    [1200, '1,200 failures in a row'],
  ])('are counted: %d', (count, text) => expect(evidenceOf({ consecutive_failures: count })).toContain(text));

  it.each([0, null, undefined])('are left out when there are none or the API does not tell: %j', (count) =>
    expect(evidenceOf({ consecutive_failures: count }).join()).not.toContain('in a row'),
  );

  it('are counted of a disabled sync, too', () => {
    const record = disabled({ last_state: 'failed', consecutive_failures: 10 });
    expect(evidenceOf(record)).toContain('10 failures in a row');
  });
});

describe('the last run', () => {
  // The interval is 15 min, the stall threshold beyond it 15 min + 5 min of grace.
  it.each([
    [35 * MINUTE - 1000, 'last run 34 m ago'],
    [35 * MINUTE, 'last run 35 m ago'],
    [35 * MINUTE + 1000, 'nothing has started for 35 m'],
    [2 * DAY, 'nothing has started for 2 d'],
  ])('becomes "nothing has started" beyond interval and threshold: after %d ms', (milliseconds, text) =>
    expect(evidenceOf({ last_state: 'completed', last_run_at: isoAgo(milliseconds) })).toContain(text),
  );

  // After one failure the platform waits for 30 min, after two and more for 1 h.
  it.each([
    [1, 30 * MINUTE - 1000, 'last run 29 m ago, next run in 1 s'],
    [1, 30 * MINUTE, 'last run 30 m ago'],
    [1, 50 * MINUTE, 'last run 50 m ago'],
    [1, 50 * MINUTE + 1000, 'nothing has started for 50 m'],
    [2, 80 * MINUTE, 'last run 1 h 20 m ago'],
    [2, 80 * MINUTE + 1000, 'nothing has started for 1 h 20 m'],
  ])('counts from the retry of the platform: %d failures, after %d ms', (failures, milliseconds, text) =>
    expect(evidenceOf({ consecutive_failures: failures, last_run_at: isoAgo(milliseconds) })).toContain(text),
  );

  it('is followed by the next run of a daily sync, which the platform does not put off', () => {
    const daily = { interval_secs: 86_400, consecutive_failures: 3 };
    expect(evidenceOf(daily)).toContain('last run 5 m ago, next run in 23 h 55 m');
  });

  it('is all that is said of a failing sync of an API that does not count failures', () => {
    expect(evidenceOf({ last_run_at: isoAgo(2 * DAY) })).toContain('last run 2 d ago');
  });

  it.each([
    [MINUTE, 'last run 1 m ago'],
    [MINUTE - 1000, 'last run just now'],
    [0, 'last run just now'],
    [-2000, 'last run just now'],
  ])('is "just now" within a minute, and slightly in the future: after %d ms', (milliseconds, text) =>
    expect(evidenceOf({ last_run_at: isoAgo(milliseconds) })).toContain(text),
  );

  it('never started when there was none', () => {
    const record = {
      last_state: null,
      last_run_at: null,
      last_success_at: null,
      seconds_since_success: null,
    };
    expect(evidenceOf(record)).toContain('no run has ever started');
  });

  it('is unknown when its date is invalid', () => {
    expect(evidenceOf({ last_run_at: 'soon' })).toContain('last run unknown');
  });

  it('is left out of a disabled sync, and while a run is in progress', () => {
    const running = { ...healthyAt(4 * HOUR), last_state: 'running', last_run_at: isoAgo(3 * HOUR) };
    for (const record of [disabled({ disabled_reason: null }), running]) {
      expect(evidenceOf(record).join()).not.toMatch(/last run|has started|ever started/);
    }
  });
});

describe('the reason why a sync is disabled', () => {
  it('is quoted when the platform disabled it', () => {
    const record = disabled({ disabled_reason: '10 failures: password authentication failed' });
    expect(evidenceOf(record).slice(0, 2)).toEqual([
      'disabled by the platform: `10 failures: password authentication failed`',
      'it starts again only when a person enables it',
    ]);
  });

  it('is left out when the platform gives none: a person paused the sync', () => {
    expect(evidenceOf(disabled({ disabled_reason: null }))).toEqual(['last success 2 m ago']);
  });

  it.each([{}, { disabled_reason: 7 }])('is said to be unknown when the API does not tell: %j', (record) => {
    expect(evidenceOf(disabled(record))[0]).toBe('the API does not say by whom or why');
  });

  it.each([[null], ['10 failures']])('is left out of an enabled sync: %j', (disabled_reason) => {
    expect(evidenceOf({ disabled_reason })).toEqual([
      'last success 20 m ago, runs every 15 m',
      'last run 5 m ago',
    ]);
  });

  it('is cut to 240 characters', () => {
    const [first] = evidenceOf(disabled({ disabled_reason: 'x'.repeat(5000) }));
    expect(first).toBe(`disabled by the platform: \`${'x'.repeat(239)}…\``);
  });
});

describe('the cursor', () => {
  it('is mentioned only while none is committed', () => {
    expect(evidenceOf({ has_cursor: false })).toContain('no cursor committed yet');
    expect(evidenceOf({ has_cursor: true }).join()).not.toContain('cursor');
  });
});

describe('a field of the wrong type', () => {
  it.each([
    ['last_state', {}, { last_state: 7 }],
    ['last_run_at', {}, { last_run_at: 'soon' }],
    ['has_cursor', {}, { has_cursor: 'yes' }],
    ['consecutive_failures', {}, { consecutive_failures: 'many' }],
  ])('is shown as unknown: %s', (_field, known, wrong) =>
    expect(evidenceOf({ ...known, ...wrong }).join(' · ')).toContain('unknown'),
  );
});

describe('the other problems of a sync', () => {
  // A daily sync is late half a day and 5 min after it was due: one interval behind, which the age does not mention.
  const DAILY = { interval_secs: 86_400 };
  const late = { ...DAILY, last_success_at: isoAgo(37 * HOUR), seconds_since_success: null };
  const stale = { last_success_at: isoAgo(3 * HOUR), seconds_since_success: null };
  const never = { last_success_at: null, seconds_since_success: null };

  it('include "stalled" for a failing sync that is late', () =>
    expect(evidenceOf(late)).toContain('also stalled'));

  it.each([
    ['a failing sync', stale, 'last success 3 h ago'],
    [
      'a disabled sync that failed',
      disabled({ ...stale, disabled_reason: '10 failures', last_state: 'failed' }),
      'last success 3 h ago',
    ],
    [
      'a sync that is two intervals behind',
      { ...late, last_success_at: isoAgo(48 * HOUR) },
      'last success 2 d ago',
    ],
    [
      'a sync that never succeeded',
      { ...never, created_at: isoAgo(3 * DAY) },
      'no success since it was created',
    ],
    [
      'a daily sync that never succeeded',
      { ...DAILY, ...never, created_at: isoAgo(37 * HOUR) },
      'no success since it was created',
    ],
  ])('are left out when the age of the data shows them: %s', (_what, record, text) => {
    expect(evidenceOf(record).join()).toContain(text);
    expect(evidenceOf(record).join()).not.toContain('also');
  });

  it('do not include "failing", which the last state shows', () => {
    expect(evidenceOf(disabled({ last_state: 'failed' }))).toContain('last state `failed`');
    expect(evidenceOf(disabled({ last_state: 'failed' })).join()).not.toContain('also');
  });
});

describe('the evidence of an unreadable record', () => {
  it('is the list of its faults', () => {
    expect(evidenceOf({ interval_secs: 'often', enabled: 'yes' })).toEqual([
      'cannot read enabled, interval_secs',
    ]);
  });

  it('names the date that lies in the future', () => {
    expect(evidenceOf({ last_success_at: isoAgo(-6 * MINUTE) }).join()).toMatch(
      /last_success_at is in the future$/,
    );
  });
});

describe('the interval of a sync', () => {
  it.each([
    [1, 'runs every 30 s'],
    [30, 'runs every 30 s'],
    [60, 'runs every 1 m'],
    [86_400, 'runs every 1 d'],
  ])('is written as scheduled, at least 30 s: %d s', (interval_secs, text) =>
    expect(evidenceOf({ interval_secs }).join()).toContain(text),
  );

  it('is left out of a disabled sync, which does not run', () => {
    expect(evidenceOf(disabled({ disabled_reason: null })).join()).not.toContain('runs every');
  });

  it.each([0, -1])('is no schedule when it is not positive: %d s', (interval_secs) => {
    expect(evidenceOf({ interval_secs })[0]).toBe('last success 20 m ago, no schedule');
  });
});

describe('the phrase for a problem', () => {
  it.each([
    ['unreadable', 'could not be read', 'could not be read'],
    ['disabled', 'is disabled', 'was disabled'],
    ['failing', 'is failing', 'was failing'],
    ['never_succeeded', 'has never succeeded', 'had never succeeded'],
    ['stalled', 'has stalled', 'was stalled'],
    ['listing_failed', 'cannot list syncs', 'could not list syncs'],
  ] as const)('has a present and a past form: %s', (problem, now, past) => {
    expect(problemPhrase(problem)).toBe(now);
    expect(pastPhrase(problem)).toBe(past);
  });
});
