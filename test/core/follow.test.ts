import type { Alert } from '../../lambda/core/alert.ts';
import { diagnose } from '../../lambda/core/diagnosis.ts';
import { follow, type ProblemSighting, type Sighting } from '../../lambda/core/track.ts';
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
} from './a-sync.ts';

const aProblem = (overrides: Partial<ProblemSighting> = {}): ProblemSighting => ({
  kind: 'problem',
  problem: 'failing',
  severity: 'warning',
  paused: false,
  marked: [],
  lastSuccessAt: ago(hours(2)),
  wait: { seconds: 0, secondLook: false },
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
  flapping: anAlert({ openings: fourOpenings }),
  'flapping, healthy for 1 h': anAlert({ openings: fourOpenings, healthySince: ago(hours(1)) }),
  'flapping, healthy for 2 h': anAlert({ openings: fourOpenings, healthySince: ago(hours(2)) }),
  'flapping, absent once': anAlert({ openings: fourOpenings, absent: true }),
  ended: anEndedAlert(),
  'ended, reopening': anEndedAlert({ reopening: { since: ago(minutes(10)), problems: ['failing'] } }),
} as const satisfies Record<string, Alert | undefined>;

const SIGHTINGS = {
  problem: aProblem(),
  'problem, to wait': aProblem({ wait: { seconds: hours(1), secondLook: false } }),
  inconclusive: { kind: 'inconclusive' },
  healthy: { kind: 'healthy', diagnosis: diagnose(aSync(), defaultPolicy, NOW) },
  absent: { kind: 'absent' },
  ignored: { kind: 'ignored', reason: 'a test' },
  unseen: { kind: 'unseen' },
} as const satisfies Record<string, Sighting>;

/** An alert in the words of the table. */
function words(alert: Alert | undefined): string {
  if (alert === undefined) return '–';
  const { state, ended, absent, reopening, healthySince } = alert;
  return [
    state === 'ended' ? ended?.how : state,
    ...(reopening ? ['reopening'] : []),
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
  'ignored',
  'unseen',
] as const;

describe('the table: what is remembered against what is seen', () => {
  // biome-ignore format: a table
  const TABLE: readonly (readonly [keyof typeof REMEMBERED, ...string[]])[] = [
    //                            problem     to wait                inconclusive           healthy              absent                ignored     unseen
    ['nothing',                   'firing',   'pending',             '–',                   '–',                 '–',                  '–',        '–'],
    ['pending',                   'firing',   'pending',             'pending',             '–',                 'pending, absent',    '–',        'pending'],
    ['pending, absent once',      'firing',   'pending',             'pending',             '–',                 '–',                  '–',        'pending, absent'],
    ['firing',                    'firing',   'firing',              'firing',              'resolved',          'firing, absent',     'ignored',  'firing'],
    ['firing, absent once',       'firing',   'firing',              'firing',              'resolved',          'gone',               'ignored',  'firing, absent'],
    ['flapping',                  'firing',   'firing',              'firing',              'firing, well 0 h',  'firing, absent',     'ignored',  'firing'],
    ['flapping, healthy for 1 h', 'firing',   'firing',              'firing, well 1 h',    'firing, well 1 h',  'firing, well 1 h, absent', 'ignored', 'firing, well 1 h'],
    ['flapping, healthy for 2 h', 'firing',   'firing',              'firing, well 2 h',    'resolved',          'firing, well 2 h, absent', 'ignored', 'firing, well 2 h'],
    ['flapping, absent once',     'firing',   'firing',              'firing',              'firing, well 0 h',  'gone',               'ignored',  'firing, absent'],
    ['ended',                     'firing',   'resolved, reopening', 'resolved',            'resolved',          'resolved',           'resolved', 'resolved'],
    ['ended, reopening',          'firing',   'resolved, reopening', 'resolved, reopening', 'resolved',          'resolved, reopening, absent', 'resolved', 'resolved, reopening'],
  ];
  const cells = TABLE.flatMap(([remembered, ...outcomes]) =>
    columns.map((seen, column) => [remembered, seen, outcomes[column] ?? 'a cell is missing'] as const),
  );

  test.each(cells)('%s, seen %s: %s', (remembered, seen, outcome) => {
    const before = frozen(REMEMBERED[remembered]);
    expect(words(follow(before, frozen(SIGHTINGS[seen]), NOW))).toBe(outcome);
  });

  test.each(['pending', 'firing', 'flapping', 'ended', 'ended, reopening'] as const)(
    'an inconclusive or an unseen one leaves the rest of %s as it was',
    (remembered) => {
      for (const kind of ['inconclusive', 'unseen'] as const)
        expect(follow(REMEMBERED[remembered], { kind }, NOW)).toEqual(REMEMBERED[remembered]);
    },
  );
});

describe('an opening', () => {
  test('begins with this look', () => {
    expect(follow(undefined, aProblem(), NOW)).toEqual({
      state: 'firing',
      problem: 'failing',
      severity: 'warning',
      paused: false,
      problems: ['failing'],
      since: NOW,
      openings: [NOW],
      lastSuccessAt: ago(hours(2)),
      labels: LABELS,
    });
  });

  test('that is critical is so from now', () => {
    const opened = follow(undefined, aProblem({ severity: 'critical' }), NOW);
    expect(opened).toMatchObject({ severity: 'critical', critical: { from: NOW } });
  });

  test('that has to wait has not fired yet', () => {
    const waiting = follow(undefined, SIGHTINGS['problem, to wait'], NOW);
    expect(waiting).toMatchObject({ state: 'pending', since: NOW, openings: [] });
  });

  test('has to disprove what is still marked beside its own problem', () => {
    expect(follow(undefined, aProblem({ problem: 'stalled', marked: ['failing'] }), NOW)?.problems).toEqual(
      expect.arrayContaining(['stalled', 'failing']),
    );
  });

  test('that waited began when it was first seen, and fired now', () => {
    const fired = follow(REMEMBERED.pending, aProblem(), NOW);
    expect(fired).toMatchObject({ state: 'firing', since: ago(minutes(10)), openings: [NOW] });
  });

  test('of an alert that ended is one more of the same alert', () => {
    const again = follow(anEndedAlert(), aProblem({ problem: 'stalled', severity: 'critical' }), NOW);
    expect(again).toMatchObject({
      state: 'firing',
      since: NOW,
      openings: [ago(hours(1)), NOW],
      problems: ['stalled'],
      severity: 'critical',
    });
    expect(again).not.toHaveProperty('ended');
  });

  test('of one that waited to reopen began when that was first seen', () => {
    const again = follow(REMEMBERED['ended, reopening'], aProblem(), NOW);
    expect(again).toMatchObject({ state: 'firing', since: ago(minutes(10)), openings: [ago(hours(1)), NOW] });
    expect(again).not.toHaveProperty('reopening');
    expect(again).not.toHaveProperty('ended');
  });

  test.each([
    [599, 'pending'],
    [600, 'firing'],
    [601, 'firing'],
  ])('that has to wait 10 minutes and has waited %p seconds is %s', (waited, state) => {
    const pending = anAlert({ state: 'pending', since: ago(waited) });
    const reopening = anEndedAlert({ reopening: { since: ago(waited), problems: ['failing'] } });
    const sighting = aProblem({ wait: { seconds: 600, secondLook: false } });
    expect(follow(pending, sighting, NOW)?.state).toBe(state);
    expect(follow(reopening, sighting, NOW)?.state).toBe(state === 'pending' ? 'ended' : 'firing');
  });

  test('that waits keeps every problem it had meanwhile', () => {
    const pending = anAlert({ state: 'pending', problem: 'stalled', problems: ['stalled'] });
    expect(follow(pending, aProblem(), NOW)?.problems).toEqual(
      expect.arrayContaining(['stalled', 'failing']),
    );
    const reopening = anEndedAlert({ reopening: { since: ago(600), problems: ['stalled'] } });
    expect(follow(reopening, SIGHTINGS['problem, to wait'], NOW)?.reopening).toEqual({
      since: ago(600),
      problems: ['stalled', 'failing'],
    });
    expect(follow(reopening, aProblem(), NOW)?.problems).toEqual(
      expect.arrayContaining(['stalled', 'failing']),
    );
  });
});

describe('while it fires, problem and severity are brought up to date and the worst is kept', () => {
  test('a problem that it had not yet', () => {
    const stalled = follow(anAlert(), aProblem({ problem: 'stalled' }), NOW);
    expect(stalled).toMatchObject({
      problem: 'stalled',
      problems: ['failing', 'stalled'],
      since: ago(hours(1)),
    });
  });

  test('critical from now, and when it is no more, until then', () => {
    const critical = follow(anAlert(), aProblem({ severity: 'critical' }), NOW);
    expect(critical).toMatchObject({ severity: 'critical', critical: { from: NOW } });
    const since = anAlert({ severity: 'critical', critical: { from: ago(minutes(30)) } });
    expect(follow(since, aProblem({ severity: 'critical' }), NOW)).toEqual(since);
    expect(follow(since, aProblem(), NOW)).toMatchObject({
      severity: 'warning',
      critical: { from: ago(minutes(30)), to: NOW },
    });
  });

  test('a critical stretch that is over stays as it was, and a second one begins with itself', () => {
    const over = anAlert({ critical: { from: ago(minutes(30)), to: ago(minutes(10)) } });
    expect(follow(over, aProblem(), NOW)).toEqual(over);
    expect(follow(over, aProblem({ severity: 'critical' }), NOW)?.critical).toEqual({ from: NOW });
  });

  test('the end of the alert ends its critical stretch', () => {
    const critical = anAlert({ severity: 'critical', critical: { from: ago(minutes(30)) } });
    expect(follow(critical, SIGHTINGS.healthy, NOW)).toMatchObject({
      state: 'ended',
      critical: { from: ago(minutes(30)), to: NOW },
    });
    expect(follow(anAlert(), SIGHTINGS.healthy, NOW)).not.toHaveProperty('critical');
  });

  test.each([
    ['failing', LABELS, RENAMED],
    ['unreadable', LABELS, LABELS],
    ['unreadable', null, RENAMED],
  ] as const)('its labels are as last read: %s, known as %j, it is %j', (problem, known, labels) => {
    const sighting = aProblem({ problem, labels: RENAMED });
    expect(follow(anAlert({ labels: known }), sighting, NOW)?.labels).toEqual(labels);
  });

  test('unreadable is a warning, and never lowers an open alert', () => {
    const critical = anAlert({ severity: 'critical', critical: { from: ago(minutes(30)) } });
    const after = follow(critical, aProblem({ problem: 'unreadable', lastSuccessAt: null }), NOW);
    expect(after).toMatchObject({
      problem: 'unreadable',
      severity: 'critical',
      critical: { from: ago(minutes(30)) },
    });
    expect(after?.critical).not.toHaveProperty('to');
    expect(follow(anAlert(), aProblem({ problem: 'unreadable' }), NOW)?.severity).toBe('warning');
  });

  test('whether a person paused it is as last seen', () => {
    expect(follow(anAlert(), aProblem({ problem: 'disabled', paused: true }), NOW)?.paused).toBe(true);
    expect(follow(anAlert({ problem: 'disabled', paused: true }), aProblem(), NOW)?.paused).toBe(false);
  });

  test('what a newer success is measured against stays as it was at the opening', () => {
    expect(follow(anAlert(), aProblem({ lastSuccessAt: ago(60) }), NOW)?.lastSuccessAt).toBe(ago(hours(2)));
  });
});

describe('flapping', () => {
  const opened = (...hoursAgo: number[]) => hoursAgo.map((h) => ago(hours(h)));
  const healthy = SIGHTINGS.healthy;
  const staysOpen = (alert: Alert) => follow(alert, healthy, NOW)?.state === 'firing';

  test('three openings are none, four are', () => {
    expect(staysOpen(anAlert({ openings: opened(20, 10, 1) }))).toBe(false);
    expect(staysOpen(anAlert({ openings: opened(20, 15, 10, 1) }))).toBe(true);
  });

  test.each([
    [hours(24) - 1, true],
    [hours(24), true],
    [hours(24) + 1, false],
  ])('the first of four began %p seconds ago: flapping is %p', (first, flapping) => {
    const ended = anEndedAlert({ openings: [ago(first), ...opened(10, 5)] });
    const again = follow(ended, aProblem(), NOW);
    expect(again?.openings).toHaveLength(flapping ? 4 : 3);
    expect(again && staysOpen(again)).toBe(flapping);
  });

  test.each([
    [hours(48) - 1, true],
    [hours(48) + 1, false],
  ])(
    'of a sync that runs every 6 hours the window is 48 h: first opening %p seconds ago, flapping %p',
    (first, flapping) => {
      const labels = { ...LABELS, intervalSeconds: hours(6) };
      const again = follow(
        anEndedAlert({ openings: [ago(first), ...opened(10, 5)], labels }),
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
    const alert = anAlert({ openings: fourOpenings, healthySince: ago(healthyFor) });
    const after = follow(alert, healthy, NOW);
    expect(after?.ended?.how ?? after?.state).toBe(state);
  });

  test.each([
    [hours(12) - 1, 'firing'],
    [hours(12), 'resolved'],
  ])(
    'of a sync that runs every 6 hours the hold is 12 h: healthy for %p seconds, it is %s',
    (healthyFor, state) => {
      const labels = { ...LABELS, intervalSeconds: hours(6) };
      const alert = anAlert({ openings: fourOpenings, healthySince: ago(healthyFor), labels });
      const after = follow(alert, healthy, NOW);
      expect(after?.ended?.how ?? after?.state).toBe(state);
    },
  );

  test('a problem in between starts the hold anew', () => {
    const alert = anAlert({ openings: fourOpenings, healthySince: ago(hours(1)) });
    expect(follow(alert, aProblem(), NOW)).not.toHaveProperty('healthySince');
  });

  test('a hold that has begun is kept though its first opening leaves the window', () => {
    // The 4th opening, three hours ago, was the fourth within 24 h; by now the first is 26 h old.
    const alert = anAlert({ openings: opened(26, 20, 10, 3), since: ago(hours(3)) });
    expect(words(follow(alert, healthy, NOW))).toBe('firing, well 0 h');
    expect(words(follow({ ...alert, healthySince: ago(hours(1)) }, healthy, NOW))).toBe('firing, well 1 h');
  });

  test('one that has been open for days is held too: it was told as flapping', () => {
    const alert = anAlert({ openings: opened(72 + 20, 72 + 10, 72 + 5, 72), since: ago(days(3)) });
    expect(words(follow(alert, healthy, NOW))).toBe('firing, well 0 h');
  });

  test('ending for another reason takes no hold', () => {
    expect(words(follow(REMEMBERED['flapping, absent once'], SIGHTINGS.absent, NOW))).toBe('gone');
    expect(words(follow(REMEMBERED.flapping, SIGHTINGS.ignored, NOW))).toBe('ignored');
  });
});
