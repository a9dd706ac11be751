import { type CheckFigures, checkSummary, reportSummary, type SyncCounts } from '../../cli/summary-line.ts';

const NO_PROBLEMS = { unreadable: 0, disabled: 0, failing: 0, never_succeeded: 0, stalled: 0 };

function counts(overrides: Partial<SyncCounts> = {}): SyncCounts {
  return {
    listed: 3,
    healthy: 3,
    problems: NO_PROBLEMS,
    paused: 0,
    inconclusive: 0,
    excluded: 0,
    withoutId: 0,
    repeated: 0,
    ...overrides,
  };
}

function figures(overrides: Partial<CheckFigures> = {}): CheckFigures {
  const quiet = { open: 0, posts: { accepted: 0 }, undelivered: { count: 0 }, dryRun: false };
  return { syncs: counts(), ...quiet, ...overrides };
}

describe('the counts of a summary', () => {
  it('account for every record that was listed', () => {
    const problems = { unreadable: 1, disabled: 2, failing: 3, never_succeeded: 4, stalled: 5 };
    const others = { paused: 10, inconclusive: 6, excluded: 7, withoutId: 8, repeated: 9 };
    const syncs = counts({ listed: 1055, healthy: 1000, problems, ...others });
    expect(checkSummary(figures({ syncs }), 'nothing')).toBe(
      '1,055 syncs: 1,000 healthy, 1 unreadable, 2 disabled, 3 failing, 4 never succeeded, 5 stalled, ' +
        '10 paused, 6 inconclusive (open, and no proof of recovery yet), 7 excluded, 8 without an id, 9 repeated; 0 alerts open; nothing new to send.',
    );
  });

  it('name the healthy syncs even when there are none', () => {
    const syncs = counts({ listed: 1, healthy: 0, excluded: 1 });
    expect(checkSummary(figures({ syncs }), 'nothing')).toMatch(/^1 sync: 0 healthy, 1 excluded; /);
  });

  it('give way to the reason when the listing failed', () => {
    const syncs = counts({ listed: 0, healthy: 0, listingFailure: { received: '403 Forbidden' } });
    expect(checkSummary(figures({ syncs, open: 2 }), 'nothing')).toBe(
      'Listing the syncs failed: 403 Forbidden; 2 alerts open; nothing new to send.',
    );
  });
});

describe('the summary of a check', () => {
  it.each([
    [0, '0 messages posted to Slack'],
    [1, '1 message posted to Slack'],
    [2, '2 messages posted to Slack'],
  ])('counts %d messages that Slack accepted', (accepted, text) => {
    expect(checkSummary(figures({ posts: { accepted } }), 'slack')).toBe(
      `3 syncs: 3 healthy; 0 alerts open; ${text}.`,
    );
  });

  it('counts no messages when they went to the terminal', () => {
    expect(checkSummary(figures({ posts: { accepted: 1 } }), 'terminal')).toBe(
      '3 syncs: 3 healthy; 0 alerts open.',
    );
  });

  it.each([
    [0, ''],
    [1, '; 1 notification undelivered'],
    [2, '; 2 notifications undelivered'],
  ])('counts %d undelivered notifications', (count, text) => {
    expect(checkSummary(figures({ undelivered: { count } }), 'slack')).toBe(
      `3 syncs: 3 healthy; 0 alerts open; 0 messages posted to Slack${text}.`,
    );
  });

  it.each([
    [0, 'nothing new to send'],
    [1, '1 notification waits for Slack'],
    [2, '2 notifications wait for Slack'],
  ])('says whether %d undelivered notifications wait when nothing is posted', (count, text) => {
    const end = 'dry run: nothing posted, nothing saved';
    const quiet = figures({ undelivered: { count } });
    expect(checkSummary(quiet, 'nothing')).toBe(`3 syncs: 3 healthy; 0 alerts open; ${text}.`);
    expect(checkSummary({ ...quiet, dryRun: true }, 'nothing')).toBe(
      `3 syncs: 3 healthy; 0 alerts open; ${text}; ${end}.`,
    );
  });

  it('says on a dry run with messages that nothing was posted and nothing saved', () => {
    const dryRun = figures({ dryRun: true, open: 1, undelivered: { count: 1 } });
    expect(checkSummary(dryRun, 'slack')).toBe(
      '3 syncs: 3 healthy; 1 alert open; dry run: nothing posted, nothing saved.',
    );
  });
});

describe('the summary of a report', () => {
  it.each([
    [0, 'not posted'],
    [1, '1 message posted to Slack'],
  ])('says whether it was posted: %d messages', (accepted, text) => {
    expect(reportSummary(figures({ posts: { accepted } }))).toBe(
      `3 syncs: 3 healthy; 0 alerts open; ${text}.`,
    );
  });
});

it.each([
  [{ ok: true }, 'nothing new to send; heartbeat accepted.'],
  [{ ok: false, error: '404' }, 'nothing new to send; heartbeat not accepted: 404.'],
])('a summary with the heartbeat %j ends with "%s"', (heartbeat, end) => {
  expect(checkSummary(figures({ heartbeat }), 'nothing')).toMatch(new RegExp(`; ${end}$`));
});
