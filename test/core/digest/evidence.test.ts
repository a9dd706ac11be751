import { PROBLEMS } from '../../../lambda/core/alert.ts';
import {
  DISABLED_AT_FAILURES,
  evidence,
  evidenceInShort,
  pastPhrase,
  problemPhrase,
} from '../../../lambda/core/digest/evidence.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import { aDiagnosis, ago, DAY, isoAgo, NOW, read } from '../a-digest.ts';

/** The parts of the evidence about a record with these fields. */
function evidenceOf(...record: Parameters<typeof aDiagnosis>): readonly string[] {
  const line = read(evidence(aDiagnosis(...record), NOW));
  return line === '' ? [] : line.split(' · ');
}

const healthyAt = (milliseconds: number) => ({
  last_state: 'completed',
  last_run_at: isoAgo(milliseconds),
  last_success_at: isoAgo(milliseconds),
  seconds_since_success: milliseconds / 1000,
});
const disabled = (overrides: object) => ({ ...healthyAt(2 * MINUTE), enabled: false, ...overrides });

describe('the evidence', () => {
  it('is what a person needs to act, in the order in which it is read', () => {
    expect(evidenceOf()).toEqual(['last success 20 m ago, runs every 15 m', 'last run 5 m ago']);
  });

  it('holds every part that applies', () => {
    const record = {
      enabled: true,
      last_state: 'Failed',
      consecutive_failures: 8,
      last_success_at: isoAgo(3 * HOUR),
      seconds_since_success: 3 * 3600,
      has_cursor: false,
    };
    expect(evidenceOf(record)).toEqual([
      'last success 3 h ago, 12 intervals behind, runs every 15 m',
      'last state `Failed`',
      '8th failure in a row; the 10th disables it',
      'last run 5 m ago',
      'no cursor committed yet',
    ]);
  });
});

describe('how old the data is', () => {
  it.each([
    [14 * MINUTE + 59_000, 'last success 14 m ago, runs every 15 m'],
    [29 * MINUTE + 59_000, 'last success 29 m ago, runs every 15 m'],
    [30 * MINUTE, 'last success 30 m ago, 2 intervals behind, runs every 15 m'],
    [44 * MINUTE + 59_000, 'last success 44 m ago, 2 intervals behind, runs every 15 m'],
    [45 * MINUTE, 'last success 45 m ago, 3 intervals behind, runs every 15 m'],
    [12.5 * DAY, 'last success 12 d 12 h ago, 1,200 intervals behind, runs every 15 m'],
  ])('%d ms after the last success', (milliseconds, said) => {
    const record = { last_success_at: isoAgo(milliseconds), seconds_since_success: null };
    expect(evidenceOf(record)[0]).toBe(said);
  });

  it('goes by the larger of the two figures of the API', () => {
    expect(evidenceOf({ seconds_since_success: 1860 })[0]).toBe(
      'last success 31 m ago, 2 intervals behind, runs every 15 m',
    );
  });

  it('counts from the creation where there never was a success', () => {
    const record = { last_success_at: null, seconds_since_success: null, created_at: isoAgo(3 * HOUR) };
    expect(evidenceOf(record)[0]).toBe('no success since it was created 3 h ago, runs every 15 m');
  });

  it('says since when it is enabled again', () => {
    const mark = {
      disabled: { lastRunAt: ago(5 * MINUTE), lastSuccessAt: ago(20 * MINUTE) },
      enabledSince: ago(10 * MINUTE),
    };
    expect(evidenceOf({ last_success_at: isoAgo(20 * MINUTE) }, { mark })[0]).toBe(
      'enabled again 10 m ago, last success 20 m ago, runs every 15 m',
    );
  });

  it('is unknown where the API gives no date that can be read', () => {
    const record = disabled({ last_success_at: null, seconds_since_success: null, created_at: 'yesterday' });
    expect(evidenceOf(record)).toContain('last success unknown');
  });

  // Design, section 3: "Any other field that is missing or wrong is shown as 'unknown'".
  it('is unknown, and not "no success since it was created", where the date of the last success is no date', () => {
    const record = disabled({ last_success_at: 'last tuesday', seconds_since_success: null });
    expect(evidenceOf(record)).toContain('last success unknown');
    expect(evidenceOf(record).join()).not.toContain('no success since');
    expect(evidenceOf(record)).not.toContain('also without any success');
  });
});

describe('the last state', () => {
  it('is left out of a failing one when it is "failed", which says no more than that it is failing', () => {
    expect(evidenceOf({ last_state: 'failed' }).join()).not.toContain('last state');
  });

  it('"failed" is quoted where the problem is another', () => {
    const record = disabled({ last_state: 'failed', disabled_reason: '10 failures' });
    expect(evidenceOf(record)).toContain('last state `failed`');
  });

  it.each(['FAILED', 'Failed', 'error', 'exploded', 'timed out'])(
    '%j is quoted as the API spells it',
    (state) => expect(evidenceOf({ last_state: state })).toContain(`last state \`${state}\``),
  );

  it.each(['stopped', 'cancelled'])('%j, which is no failure, is quoted too', (state) => {
    const record = { ...healthyAt(2 * HOUR), last_state: state };
    expect(evidenceOf(record)).toContain(`last state \`${state}\``);
  });

  it('is not repeated when it is a success', () => {
    expect(evidenceOf(healthyAt(2 * HOUR)).join()).not.toContain('last state');
  });

  it('is left out when there is none yet', () => {
    expect(evidenceOf({ last_state: null }).join()).not.toContain('last state');
  });

  it('is unknown when it is of the wrong type', () => {
    expect(evidenceOf({ ...healthyAt(2 * HOUR), last_state: 7 })).toContain('last state unknown');
  });

  it('is how long the run has been going while one is in progress', () => {
    const record = { ...healthyAt(4 * HOUR), last_state: 'running', last_run_at: isoAgo(3 * HOUR) };
    expect(evidenceOf(record)).toContain('a run has been going for 3 h');
    expect(evidenceOf(record).join()).not.toContain('last state');
  });

  it('is quoted when a run is said to be in progress that began before the last success', () => {
    const record = { ...healthyAt(2 * HOUR), last_state: 'running', last_run_at: isoAgo(3 * HOUR) };
    expect(evidenceOf(record)).toContain('last state `running`');
  });
});

describe('failures in a row', () => {
  it.each([
    [1, '1st failure in a row; the 10th disables it'],
    [2, '2nd failure in a row; the 10th disables it'],
    [8, '8th failure in a row; the 10th disables it'],
    [9, '9th failure in a row; the 10th disables it'],
    [10, '10th failure in a row'],
    [11, '11th failure in a row'],
  ])('are counted, and what comes of them is said: %d', (count, said) =>
    expect(evidenceOf({ consecutive_failures: count })).toContain(said),
  );

  it.each([0, null, undefined])(
    'are not spoken of when there are none or the API does not tell: %j',
    (count) => expect(evidenceOf({ consecutive_failures: count }).join()).not.toContain('in a row'),
  );

  it('promise nothing about a sync that is disabled already', () => {
    const record = disabled({ last_state: 'failed', consecutive_failures: 4 });
    expect(evidenceOf(record)).toContain('4th failure in a row');
  });

  it('are ten until the platform disables', () => expect(DISABLED_AT_FAILURES).toBe(10));
});

describe('whether runs still start', () => {
  // The interval is 15 min, the stall allowance beyond it 15 min + 5 min of grace.
  it.each([
    [35 * MINUTE - 1000, 'last run 34 m ago'],
    [35 * MINUTE, 'last run 35 m ago'],
    [35 * MINUTE + 1000, 'nothing has started for 35 m'],
    [2 * DAY, 'nothing has started for 2 d'],
  ])('%d ms after the last run', (milliseconds, said) =>
    expect(evidenceOf({ last_run_at: isoAgo(milliseconds) })).toContain(said),
  );

  it.each([
    [MINUTE, 'last run 1 m ago'],
    [MINUTE - 1000, 'last run just now'],
    [0, 'last run just now'],
    [-2000, 'last run just now'],
  ])('%d ms after the last run, or before it by another clock', (milliseconds, said) =>
    expect(evidenceOf({ last_run_at: isoAgo(milliseconds) })).toContain(said),
  );

  it('is that nothing ever did', () => {
    const record = {
      last_state: null,
      last_run_at: null,
      last_success_at: null,
      seconds_since_success: null,
    };
    expect(evidenceOf(record)).toContain('no run has ever started');
  });

  it('is unknown when the date is no date', () => {
    expect(evidenceOf({ last_run_at: 'soon' })).toContain('last run unknown');
  });

  it('goes without saying of a disabled sync, and while a run is in progress', () => {
    const running = { ...healthyAt(4 * HOUR), last_state: 'running', last_run_at: isoAgo(3 * HOUR) };
    for (const record of [disabled({ disabled_reason: null }), running]) {
      expect(evidenceOf(record).join()).not.toMatch(/last run|has started|ever started/);
    }
  });
});

describe('why a sync is disabled', () => {
  it('is quoted when the platform gave up', () => {
    const record = disabled({ disabled_reason: '10 failures: password authentication failed' });
    expect(evidenceOf(record)[0]).toBe('the platform gave up: `10 failures: password authentication failed`');
  });

  it('is a person when the platform had no reason', () => {
    expect(evidenceOf(disabled({ disabled_reason: null }))[0]).toBe('paused by a person');
  });

  it('is not guessed when the API does not tell', () => {
    expect(evidenceOf(disabled({})).join()).not.toMatch(/gave up|paused/);
  });

  it.each([[null], ['10 failures']])('is nothing of one that is enabled: %j', (disabled_reason) => {
    expect(evidenceOf({ disabled_reason })).toEqual([
      'last success 20 m ago, runs every 15 m',
      'last run 5 m ago',
    ]);
  });

  it('is cut when it is long', () => {
    const [first] = evidenceOf(disabled({ disabled_reason: 'x'.repeat(5000) }));
    expect(first).toBe(`the platform gave up: \`${'x'.repeat(239)}…\``);
  });
});

describe('the cursor', () => {
  it('is spoken of only while none is committed', () => {
    expect(evidenceOf({ has_cursor: false })).toContain('no cursor committed yet');
    expect(evidenceOf({ has_cursor: true }).join()).not.toContain('cursor');
  });
});

// Design, section 3: "Any other field that is missing or wrong is shown as 'unknown', logged once a check, and changes
// no verdict."
describe('a field of the wrong type that the evidence speaks of', () => {
  it.each([
    ['last_state', {}, { last_state: 7 }],
    ['last_run_at', {}, { last_run_at: 'soon' }],
    ['has_cursor', {}, { has_cursor: 'yes' }],
    ['consecutive_failures', {}, { consecutive_failures: 'many' }],
    ['disabled_reason', { enabled: false, disabled_reason: null }, { disabled_reason: 7 }],
  ])('%s is shown as unknown', (_field, known, wrong) =>
    expect(evidenceOf({ ...known, ...wrong }).join(' · ')).toContain('unknown'),
  );
});

describe('what else is wrong', () => {
  // A daily sync is late half a day and 5 min after it was due: one whole interval behind, which goes without saying.
  const DAILY = { interval_secs: 86_400 };
  const late = { ...DAILY, last_success_at: isoAgo(37 * HOUR), seconds_since_success: null };
  const stale = { last_success_at: isoAgo(3 * HOUR), seconds_since_success: null };
  const never = { last_success_at: null, seconds_since_success: null };

  it.each([
    ['a failing one', late],
    ['a paused one', disabled({ ...late, disabled_reason: null })],
  ])('is said of %s that is late', (_what, record) => expect(evidenceOf(record)).toContain('also stalled'));

  it.each([
    ['a failing one', stale, '12 intervals behind'],
    ['a paused one', disabled({ ...stale, disabled_reason: null }), '12 intervals behind'],
    [
      'a disabled one that failed',
      disabled({ ...stale, disabled_reason: '10 failures', last_state: 'failed' }),
      '12 intervals behind',
    ],
    ['one that is two intervals behind', { ...late, last_success_at: isoAgo(48 * HOUR) }, '2 intervals'],
    ['one that never worked', { ...never, created_at: isoAgo(3 * DAY) }, 'no success since it was created'],
    [
      'a daily one that never worked',
      { ...DAILY, ...never, created_at: isoAgo(37 * HOUR) },
      'no success since it was created',
    ],
  ])('is not repeated where the age of the data says it: %s', (_what, record, said) => {
    expect(evidenceOf(record).join()).toContain(said);
    expect(evidenceOf(record).join()).not.toContain('also');
  });

  it('is not said of a failure, which the last state says', () => {
    expect(evidenceOf(disabled({ last_state: 'failed' }))).toContain('last state `failed`');
    expect(evidenceOf(disabled({ last_state: 'failed' })).join()).not.toContain('also');
  });
});

describe('the evidence in short', () => {
  const inShort = (...record: Parameters<typeof aDiagnosis>) =>
    read(evidenceInShort(aDiagnosis(...record), NOW)).split(' · ');

  it('is how old the data is: what it shares with others is said with their cause', () => {
    expect(inShort()).toEqual(['last success 20 m ago, runs every 15 m']);
  });

  it('has the failures in a row too, and nothing of the last state, the last run and the cursor', () => {
    const record = { last_state: 'exploded', consecutive_failures: 3, has_cursor: false, last_run_at: null };
    expect(inShort(record)).toEqual([
      'last success 20 m ago, runs every 15 m',
      '3rd failure in a row; the 10th disables it',
    ]);
  });

  it('begins with why it is disabled', () => {
    const record = { disabled_reason: '10 failures', consecutive_failures: 10 };
    expect(inShort({ enabled: false, ...record })).toEqual([
      'the platform gave up: `10 failures`',
      'last success 20 m ago',
      '10th failure in a row',
    ]);
  });

  it('says how many intervals it is behind, and since when it is enabled again', () => {
    const late = { last_success_at: isoAgo(3 * HOUR), seconds_since_success: null };
    expect(inShort(late)).toEqual(['last success 3 h ago, 12 intervals behind, runs every 15 m']);
    const mark = {
      disabled: { lastRunAt: ago(5 * MINUTE), lastSuccessAt: ago(20 * MINUTE) },
      enabledSince: ago(10 * MINUTE),
    };
    expect(inShort({}, { mark })[0]).toMatch(/^enabled again 10 m ago, last success 20 m ago/);
  });

  it('is that there never was a success', () => {
    const never = { last_success_at: null, seconds_since_success: null, created_at: isoAgo(3 * HOUR) };
    expect(inShort(never)).toEqual(['no success since it was created 3 h ago, runs every 15 m']);
  });

  it('of a record that cannot be read is its faults', () => {
    expect(inShort({ interval_secs: 'often' })).toEqual(['cannot read interval_secs']);
  });
});

describe('a record that could not be read', () => {
  it('has its faults as all its evidence', () => {
    expect(evidenceOf({ interval_secs: 'often', enabled: 'yes' })).toEqual([
      'cannot read enabled, interval_secs',
    ]);
  });

  it('says which date lies in the future', () => {
    expect(evidenceOf({ last_success_at: isoAgo(-6 * MINUTE) }).join()).toMatch(
      /last_success_at is in the future$/,
    );
  });
});

describe('an interval', () => {
  it.each([
    [1, 'runs every 30 s'],
    [30, 'runs every 30 s'],
    [60, 'runs every 1 m'],
    [86_400, 'runs every 1 d'],
  ])('of %d seconds is said as it is scheduled', (interval_secs, said) =>
    expect(evidenceOf({ interval_secs }).join()).toContain(said),
  );

  // Nothing runs while it is disabled or paused.
  it('is not said to be run by a sync that is disabled', () => {
    expect(evidenceOf(disabled({ disabled_reason: null })).join()).not.toContain('runs every');
  });
});

describe('a problem in a sentence', () => {
  it.each([
    ['unreadable', 'could not be read', 'could not be read'],
    ['disabled', 'is disabled', 'was disabled'],
    ['failing', 'is failing', 'was failing'],
    ['never_succeeded', 'has never succeeded', 'had never succeeded'],
    ['stalled', 'has stalled', 'was stalled'],
    ['listing_failed', 'cannot be listed', 'could not be listed'],
  ] as const)('%s', (problem, now, past) => {
    expect(problemPhrase(problem, false)).toBe(now);
    expect(pastPhrase(problem, false)).toBe(past);
  });

  it('is a pause only when a person disabled the sync', () => {
    expect(problemPhrase('disabled', true)).toBe('is paused');
    expect(pastPhrase('disabled', true)).toBe('was paused');
    for (const problem of PROBLEMS.filter((one) => one !== 'disabled')) {
      expect(problemPhrase(problem, true)).toBe(problemPhrase(problem, false));
      expect(pastPhrase(problem, true)).toBe(pastPhrase(problem, false));
    }
  });
});
