import type { Alert } from '../../../lambda/core/alert.ts';
import { diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import { type Observation, type ProblemObservation, transition } from '../../../lambda/core/track/track.ts';
import {
  ago,
  anAlert,
  anEndedAlert,
  aSync,
  days,
  defaultPolicy,
  frozen,
  hours,
  LABELS,
  minutes,
  NOW,
} from '../a-sync.ts';

const aProblem = (overrides: Partial<ProblemObservation> = {}): ProblemObservation => ({
  kind: 'problem',
  problem: 'failing',
  severity: 'warning',
  paused: false,
  marked: [],
  lastSuccessAt: ago(hours(2)),
  pendingPeriod: { seconds: 0, secondEvaluation: false },
  labels: LABELS,
  ...overrides,
});

const RENAMED = { ...LABELS, name: 'Orders' };

/** Four openings within the day, the last an hour ago. */
const fourOpenings = [ago(hours(20)), ago(hours(10)), ago(hours(5)), ago(hours(1))];

const REMEMBERED = {
  nothing: undefined,
  pending: anAlert({ state: 'pending', since: ago(minutes(10)) }),
  'pending, absent once': anAlert({ state: 'pending', since: ago(minutes(10)), absent: true }),
  firing: anAlert(),
  'firing, absent once': anAlert({ absent: true }),
  flapping: anAlert({ firings: fourOpenings }),
  'flapping, healthy for 1 h': anAlert({ firings: fourOpenings, healthySince: ago(hours(1)) }),
  'flapping, healthy for 2 h': anAlert({ firings: fourOpenings, healthySince: ago(hours(2)) }),
  'flapping, absent once': anAlert({ firings: fourOpenings, absent: true }),
  ended: anEndedAlert(),
  'ended, reopening': anEndedAlert({ pendingAgain: { since: ago(minutes(10)), problems: ['failing'] } }),
} as const satisfies Record<string, Alert | undefined>;

const SIGHTINGS = {
  problem: aProblem(),
  'problem, to wait': aProblem({ pendingPeriod: { seconds: hours(1), secondEvaluation: false } }),
  inconclusive: { kind: 'inconclusive' },
  healthy: { kind: 'healthy', diagnosis: diagnose(aSync(), defaultPolicy, NOW) },
  absent: { kind: 'absent' },
  excluded: { kind: 'excluded', reason: 'a test' },
  unobserved: { kind: 'unobserved' },
} as const satisfies Record<string, Observation>;

/** An alert in the words of the table. */
function words(alert: Alert | undefined): string {
  if (alert === undefined) return '–';
  const { state, resolution: ended, absent, pendingAgain, healthySince } = alert;
  return [
    state === 'ended' ? ended?.how : state,
    ...(pendingAgain ? ['reopening'] : []),
    ...(healthySince === undefined ? [] : [`well ${(NOW - healthySince) / 3_600_000} h`]),
    ...(absent ? ['absent'] : []),
  ].join(', ');
}

const columns = [
  'problem',
  'problem, to wait',
  'inconclusive',
  'healthy',
  'absent',
  'excluded',
  'unobserved',
] as const;

describe('the table: what is remembered against what is seen', () => {
  // biome-ignore format: a table
  const TABLE: readonly (readonly [keyof typeof REMEMBERED, ...string[]])[] = [
    //                            problem     to wait                inconclusive           healthy              absent                ignored     unseen
    ['nothing',                   'firing',   'pending',             '–',                   '–',                 '–',                  '–',        '–'],
    ['pending',                   'firing',   'pending',             'pending',             '–',                 'pending, absent',    '–',        'pending'],
    ['pending, absent once',      'firing',   'pending',             'pending',             '–',                 '–',                  '–',        'pending, absent'],
    ['firing',                    'firing',   'firing',              'firing',              'resolved',          'firing, absent',     'excluded',  'firing'],
    ['firing, absent once',       'firing',   'firing',              'firing',              'resolved',          'unlisted',               'excluded',  'firing, absent'],
    ['flapping',                  'firing',   'firing',              'firing',              'firing, well 0 h',  'firing, absent',     'excluded',  'firing'],
    ['flapping, healthy for 1 h', 'firing',   'firing',              'firing, well 1 h',    'firing, well 1 h',  'firing, well 1 h, absent', 'excluded', 'firing, well 1 h'],
    ['flapping, healthy for 2 h', 'firing',   'firing',              'firing, well 2 h',    'resolved',          'firing, well 2 h, absent', 'excluded', 'firing, well 2 h'],
    ['flapping, absent once',     'firing',   'firing',              'firing',              'firing, well 0 h',  'unlisted',               'excluded',  'firing, absent'],
    ['ended',                     'firing',   'resolved, reopening', 'resolved',            'resolved',          'resolved',           'resolved', 'resolved'],
    ['ended, reopening',          'firing',   'resolved, reopening', 'resolved, reopening', 'resolved',          'resolved, reopening, absent', 'resolved', 'resolved, reopening'],
  ];
  const cells = TABLE.flatMap(([remembered, ...outcomes]) =>
    columns.map((seen, column) => [remembered, seen, outcomes[column] ?? 'a cell is missing'] as const),
  );

  test.each(cells)('%s, seen %s: %s', (remembered, seen, outcome) => {
    const before = frozen(REMEMBERED[remembered]);
    expect(words(transition(before, frozen(SIGHTINGS[seen]), NOW))).toBe(outcome);
  });

  test.each(['pending', 'firing', 'flapping', 'ended', 'ended, reopening'] as const)(
    'an inconclusive or an unseen one leaves the rest of %s as it was',
    (remembered) => {
      for (const kind of ['inconclusive', 'unobserved'] as const)
        expect(transition(REMEMBERED[remembered], { kind }, NOW)).toEqual(REMEMBERED[remembered]);
    },
  );
});

describe('an opening', () => {
  test('begins with this look', () => {
    expect(transition(undefined, aProblem(), NOW)).toEqual({
      state: 'firing',
      problem: 'failing',
      severity: 'warning',
      paused: false,
      problems: ['failing'],
      since: NOW,
      firings: [NOW],
      lastSuccessAt: ago(hours(2)),
      labels: LABELS,
    });
  });

  test('that is critical is so from now', () => {
    const opened = transition(undefined, aProblem({ severity: 'critical' }), NOW);
    expect(opened).toMatchObject({ severity: 'critical', critical: { from: NOW } });
  });

  test('that has to wait has not fired yet', () => {
    const waiting = transition(undefined, SIGHTINGS['problem, to wait'], NOW);
    expect(waiting).toMatchObject({ state: 'pending', since: NOW, firings: [] });
  });

  test('has to disprove what is still marked beside its own problem', () => {
    expect(
      transition(undefined, aProblem({ problem: 'stalled', marked: ['failing'] }), NOW)?.problems,
    ).toEqual(expect.arrayContaining(['stalled', 'failing']));
  });

  test('that waited began when it was first seen, and fired now', () => {
    const fired = transition(REMEMBERED.pending, aProblem(), NOW);
    expect(fired).toMatchObject({ state: 'firing', since: ago(minutes(10)), firings: [NOW] });
  });

  test('of an alert that ended is one more of the same alert', () => {
    const again = transition(anEndedAlert(), aProblem({ problem: 'stalled', severity: 'critical' }), NOW);
    expect(again).toMatchObject({
      state: 'firing',
      since: NOW,
      firings: [ago(hours(1)), NOW],
      problems: ['stalled'],
      severity: 'critical',
    });
    expect(again).not.toHaveProperty('ended');
  });

  test('of one that waited to reopen began when that was first seen', () => {
    const again = transition(REMEMBERED['ended, reopening'], aProblem(), NOW);
    expect(again).toMatchObject({ state: 'firing', since: ago(minutes(10)), firings: [ago(hours(1)), NOW] });
    expect(again).not.toHaveProperty('reopening');
    expect(again).not.toHaveProperty('ended');
  });

  test.each([
    [599, 'pending'],
    [600, 'firing'],
    [601, 'firing'],
  ])('that has to wait 10 minutes and has waited %p seconds is %s', (waited, state) => {
    const pending = anAlert({ state: 'pending', since: ago(waited) });
    const pendingAgain = anEndedAlert({ pendingAgain: { since: ago(waited), problems: ['failing'] } });
    const observation = aProblem({ pendingPeriod: { seconds: 600, secondEvaluation: false } });
    expect(transition(pending, observation, NOW)?.state).toBe(state);
    expect(transition(pendingAgain, observation, NOW)?.state).toBe(state === 'pending' ? 'ended' : 'firing');
  });

  test('that waits keeps every problem it had meanwhile', () => {
    const pending = anAlert({ state: 'pending', problem: 'stalled', problems: ['stalled'] });
    expect(transition(pending, aProblem(), NOW)?.problems).toEqual(
      expect.arrayContaining(['stalled', 'failing']),
    );
    const pendingAgain = anEndedAlert({ pendingAgain: { since: ago(600), problems: ['stalled'] } });
    expect(transition(pendingAgain, SIGHTINGS['problem, to wait'], NOW)?.pendingAgain).toEqual({
      since: ago(600),
      problems: ['stalled', 'failing'],
    });
    expect(transition(pendingAgain, aProblem(), NOW)?.problems).toEqual(
      expect.arrayContaining(['stalled', 'failing']),
    );
  });
});

describe('while it fires, problem and severity are brought up to date and the worst is kept', () => {
  test('a problem that it had not yet', () => {
    const stalled = transition(anAlert(), aProblem({ problem: 'stalled' }), NOW);
    expect(stalled).toMatchObject({
      problem: 'stalled',
      problems: ['failing', 'stalled'],
      since: ago(hours(1)),
    });
  });

  test('critical from now, and when it is no more, until then', () => {
    const critical = transition(anAlert(), aProblem({ severity: 'critical' }), NOW);
    expect(critical).toMatchObject({ severity: 'critical', critical: { from: NOW } });
    const since = anAlert({ severity: 'critical', critical: { from: ago(minutes(30)) } });
    expect(transition(since, aProblem({ severity: 'critical' }), NOW)).toEqual(since);
    expect(transition(since, aProblem(), NOW)).toMatchObject({
      severity: 'warning',
      critical: { from: ago(minutes(30)), to: NOW },
    });
  });

  test('a critical stretch that is over stays as it was, and a second one begins with itself', () => {
    const over = anAlert({ critical: { from: ago(minutes(30)), to: ago(minutes(10)) } });
    expect(transition(over, aProblem(), NOW)).toEqual(over);
    expect(transition(over, aProblem({ severity: 'critical' }), NOW)?.critical).toEqual({ from: NOW });
  });

  test('the end of the alert ends its critical stretch', () => {
    const critical = anAlert({ severity: 'critical', critical: { from: ago(minutes(30)) } });
    expect(transition(critical, SIGHTINGS.healthy, NOW)).toMatchObject({
      state: 'ended',
      critical: { from: ago(minutes(30)), to: NOW },
    });
    expect(transition(anAlert(), SIGHTINGS.healthy, NOW)).not.toHaveProperty('critical');
  });

  test.each([
    ['failing', LABELS, RENAMED],
    ['unreadable', LABELS, LABELS],
    ['unreadable', null, RENAMED],
  ] as const)('its labels are as last read: %s, known as %j, it is %j', (problem, known, labels) => {
    const observation = aProblem({ problem, labels: RENAMED });
    expect(transition(anAlert({ labels: known }), observation, NOW)?.labels).toEqual(labels);
  });

  test('unreadable is a warning, and never lowers an open alert', () => {
    const critical = anAlert({ severity: 'critical', critical: { from: ago(minutes(30)) } });
    const after = transition(critical, aProblem({ problem: 'unreadable', lastSuccessAt: null }), NOW);
    expect(after).toMatchObject({
      problem: 'unreadable',
      severity: 'critical',
      critical: { from: ago(minutes(30)) },
    });
    expect(after?.critical).not.toHaveProperty('to');
    expect(transition(anAlert(), aProblem({ problem: 'unreadable' }), NOW)?.severity).toBe('warning');
  });

  test('whether a person paused it is as last seen', () => {
    expect(transition(anAlert(), aProblem({ problem: 'disabled', paused: true }), NOW)?.paused).toBe(true);
    expect(transition(anAlert({ problem: 'disabled', paused: true }), aProblem(), NOW)?.paused).toBe(false);
  });

  test('what a newer success is measured against stays as it was at the opening', () => {
    expect(transition(anAlert(), aProblem({ lastSuccessAt: ago(60) }), NOW)?.lastSuccessAt).toBe(
      ago(hours(2)),
    );
  });
});

describe('flapping', () => {
  const opened = (...hoursAgo: number[]) => hoursAgo.map((h) => ago(hours(h)));
  const healthy = SIGHTINGS.healthy;
  const staysOpen = (alert: Alert) => transition(alert, healthy, NOW)?.state === 'firing';

  test('three openings are none, four are', () => {
    expect(staysOpen(anAlert({ firings: opened(20, 10, 1) }))).toBe(false);
    expect(staysOpen(anAlert({ firings: opened(20, 15, 10, 1) }))).toBe(true);
  });

  test.each([
    [hours(24) - 1, true],
    [hours(24), true],
    [hours(24) + 1, false],
  ])('the first of four began %p seconds ago: flapping is %p', (first, flapping) => {
    const ended = anEndedAlert({ firings: [ago(first), ...opened(10, 5)] });
    const again = transition(ended, aProblem(), NOW);
    expect(again?.firings).toHaveLength(flapping ? 4 : 3);
    expect(again && staysOpen(again)).toBe(flapping);
  });

  test.each([
    [hours(48) - 1, true],
    [hours(48) + 1, false],
  ])(
    'of a sync that runs every 6 hours the window is 48 h: first opening %p seconds ago, flapping %p',
    (first, flapping) => {
      const labels = { ...LABELS, intervalSeconds: hours(6) };
      const again = transition(
        anEndedAlert({ firings: [ago(first), ...opened(10, 5)], labels }),
        aProblem({ labels }),
        NOW,
      );
      expect(again && staysOpen(again)).toBe(flapping);
    },
  );

  test.each([
    [hours(2) - 1, 'firing'],
    [hours(2), 'resolved'],
    [hours(2) + 1, 'resolved'],
  ])('the hold is 2 h: healthy for %p seconds, it is %s', (healthyFor, state) => {
    const alert = anAlert({ firings: fourOpenings, healthySince: ago(healthyFor) });
    const after = transition(alert, healthy, NOW);
    expect(after?.resolution?.how ?? after?.state).toBe(state);
  });

  test.each([
    [hours(12) - 1, 'firing'],
    [hours(12), 'resolved'],
  ])(
    'of a sync that runs every 6 hours the hold is 12 h: healthy for %p seconds, it is %s',
    (healthyFor, state) => {
      const labels = { ...LABELS, intervalSeconds: hours(6) };
      const alert = anAlert({ firings: fourOpenings, healthySince: ago(healthyFor), labels });
      const after = transition(alert, healthy, NOW);
      expect(after?.resolution?.how ?? after?.state).toBe(state);
    },
  );

  test('a problem in between starts the hold anew', () => {
    const alert = anAlert({ firings: fourOpenings, healthySince: ago(hours(1)) });
    expect(transition(alert, aProblem(), NOW)).not.toHaveProperty('healthySince');
  });

  test('a hold that has begun is kept though its first opening leaves the window', () => {
    // The 4th opening, three hours ago, was the fourth within 24 h; by now the first is 26 h old.
    const alert = anAlert({ firings: opened(26, 20, 10, 3), since: ago(hours(3)) });
    expect(words(transition(alert, healthy, NOW))).toBe('firing, well 0 h');
    expect(words(transition({ ...alert, healthySince: ago(hours(1)) }, healthy, NOW))).toBe(
      'firing, well 1 h',
    );
  });

  test('one that has been open for days is held too: it was told as flapping', () => {
    const alert = anAlert({ firings: opened(72 + 20, 72 + 10, 72 + 5, 72), since: ago(days(3)) });
    expect(words(transition(alert, healthy, NOW))).toBe('firing, well 0 h');
  });

  test('ending for another reason takes no hold', () => {
    expect(words(transition(REMEMBERED['flapping, absent once'], SIGHTINGS.absent, NOW))).toBe('unlisted');
    expect(words(transition(REMEMBERED.flapping, SIGHTINGS.excluded, NOW))).toBe('excluded');
  });
});
