import type { Alert } from '../../../lambda/core/alert.ts';
import { diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import { transition } from '../../../lambda/core/track/lifecycle.ts';
import type { Observation } from '../../../lambda/core/track/observation.ts';
import {
  ago,
  anAlert,
  anEndedAlert,
  aSync,
  defaultPolicy,
  frozen,
  hours,
  LABELS,
  minutes,
  NOW,
} from '../a-sync.ts';
import { aProblem, FLAPPING, words } from './an-observation.ts';

const ALERTS = {
  none: undefined,
  pending: anAlert({ state: 'pending', since: ago(minutes(10)) }),
  'pending, absent once': anAlert({ state: 'pending', since: ago(minutes(10)), absent: true }),
  firing: anAlert(),
  'firing, absent once': anAlert({ absent: true }),
  flapping: anAlert(FLAPPING),
  'flapping, healthy for 1 h': anAlert({ ...FLAPPING, healthySince: ago(hours(1)) }),
  'flapping, healthy for 2 h': anAlert({ ...FLAPPING, healthySince: ago(hours(2)) }),
  'flapping, absent once': anAlert({ ...FLAPPING, absent: true }),
  ended: anEndedAlert(),
  'ended, pending again': anEndedAlert({ pendingAgain: { since: ago(minutes(10)), problems: ['failing'] } }),
} as const satisfies Record<string, Alert | undefined>;

const OBSERVATIONS = {
  problem: aProblem(),
  'problem, pending for 1 h': aProblem({ pendingPeriod: { seconds: hours(1), secondRun: false } }),
  inconclusive: { kind: 'inconclusive' },
  healthy: { kind: 'healthy', diagnosis: diagnose(aSync(), { policy: defaultPolicy, now: NOW }) },
  paused: { kind: 'paused' },
  absent: { kind: 'absent' },
  excluded: { kind: 'excluded', reason: 'a test' },
  unobserved: { kind: 'unobserved' },
} as const satisfies Record<string, Observation>;

const COLUMNS = [
  'problem',
  'problem, pending for 1 h',
  'inconclusive',
  'healthy',
  'paused',
  'absent',
  'excluded',
  'unobserved',
] as const;

describe('the table of transitions', () => {
  const H = 'healthy for';
  // biome-ignore format: a table
  const TABLE: readonly (readonly [keyof typeof ALERTS, ...string[]])[] = [
    //                            problem     pending for 1 h            inconclusive               healthy              paused      absent                             excluded    unobserved
    ['none',                      'firing',   'pending',                 'none',                    'none',              'none',     'none',                            'none',     'none'],
    ['pending',                   'firing',   'pending',                 'pending',                 'none',              'none',     'pending, absent',                 'none',     'pending'],
    ['pending, absent once',      'firing',   'pending',                 'pending',                 'none',              'none',     'none',                            'none',     'pending, absent'],
    ['firing',                    'firing',   'firing',                  'firing',                  'resolved',          'paused',   'firing, absent',                  'excluded', 'firing'],
    ['firing, absent once',       'firing',   'firing',                  'firing',                  'resolved',          'paused',   'unlisted',                        'excluded', 'firing, absent'],
    ['flapping',                  'firing',   'firing',                  'firing',                  `firing, ${H} 0 h`,  'paused',   'firing, absent',                  'excluded', 'firing'],
    ['flapping, healthy for 1 h', 'firing',   'firing',                  `firing, ${H} 1 h`,        `firing, ${H} 1 h`,  'paused',   `firing, ${H} 1 h, absent`,        'excluded', `firing, ${H} 1 h`],
    ['flapping, healthy for 2 h', 'firing',   'firing',                  `firing, ${H} 2 h`,        'resolved',          'paused',   `firing, ${H} 2 h, absent`,        'excluded', `firing, ${H} 2 h`],
    ['flapping, absent once',     'firing',   'firing',                  'firing',                  `firing, ${H} 0 h`,  'paused',   'unlisted',                        'excluded', 'firing, absent'],
    ['ended',                     'firing',   'resolved, pending again', 'resolved',                'resolved',          'resolved', 'resolved',                        'resolved', 'resolved'],
    ['ended, pending again',      'firing',   'resolved, pending again', 'resolved, pending again', 'resolved',          'resolved', 'resolved, pending again, absent', 'resolved', 'resolved, pending again'],
  ];
  const cells = TABLE.flatMap(([alert, ...outcomes]) =>
    COLUMNS.map(
      (observation, column) => [alert, observation, outcomes[column] ?? 'a cell is missing'] as const,
    ),
  );

  test.each(cells)('alert: %s; observation: %s; afterwards: %s', (alert, observation, outcome) => {
    const after = transition(frozen(ALERTS[alert]), frozen(OBSERVATIONS[observation]), NOW);
    expect(words(after)).toBe(outcome);
  });

  test.each(['pending', 'firing', 'flapping', 'ended', 'ended, pending again'] as const)(
    'an alert that is %s stays the same when it is inconclusive or unobserved',
    (alert) => {
      for (const kind of ['inconclusive', 'unobserved'] as const)
        expect(transition(ALERTS[alert], { kind }, NOW)).toEqual(ALERTS[alert]);
    },
  );

  test('an alert that is ended, pending again and absent once stops waiting at its second absence', () => {
    const absentOnce = { ...ALERTS['ended, pending again'], absent: true } as const;
    expect(transition(absentOnce, OBSERVATIONS.absent, NOW)).toEqual(ALERTS.ended);
  });
});

describe('a new alert', () => {
  test('begins with its first evaluation', () => {
    expect(transition(undefined, aProblem(), NOW)).toEqual({
      state: 'firing',
      problem: 'failing',
      severity: 'warning',
      problems: ['failing'],
      since: NOW,
      firings: [NOW],
      lastSuccessAt: ago(hours(2)),
      labels: LABELS,
    });
  });

  test('is critical from its first evaluation when its problem is', () => {
    const alert = transition(undefined, aProblem({ severity: 'critical' }), NOW);
    expect(alert).toMatchObject({ severity: 'critical', critical: { from: NOW } });
  });

  test('has not fired while it is pending', () => {
    const pending = transition(undefined, OBSERVATIONS['problem, pending for 1 h'], NOW);
    expect(pending).toMatchObject({ state: 'pending', since: NOW, firings: [] });
  });

  test('has to disprove the failure that the history holds beside its own problem', () => {
    const stalled = aProblem({ problem: 'stalled', alsoToDisprove: ['failing'] });
    expect(transition(undefined, stalled, NOW)?.problems).toEqual(
      expect.arrayContaining(['stalled', 'failing']),
    );
  });
});

describe('a pending alert', () => {
  test('fires now, since its first evaluation', () => {
    const fired = transition(ALERTS.pending, aProblem(), NOW);
    expect(fired).toMatchObject({ state: 'firing', since: ago(minutes(10)), firings: [NOW] });
  });

  test.each([
    [599, 'pending'],
    [600, 'firing'],
    [601, 'firing'],
  ])('with a pending period of 10 minutes is, after %p seconds, %s', (elapsed, state) => {
    const pending = anAlert({ state: 'pending', since: ago(elapsed) });
    const observation = aProblem({ pendingPeriod: { seconds: 600, secondRun: false } });
    expect(transition(pending, observation, NOW)?.state).toBe(state);
  });

  test('keeps every problem that it has had', () => {
    const pending = anAlert({ state: 'pending', problem: 'stalled', problems: ['stalled'] });
    expect(transition(pending, aProblem(), NOW)?.problems).toEqual(
      expect.arrayContaining(['stalled', 'failing']),
    );
  });
});

describe('an ended alert', () => {
  test('fires again as the same alert, with one more firing', () => {
    const again = transition(anEndedAlert(), aProblem({ problem: 'stalled', severity: 'critical' }), NOW);
    expect(again).toMatchObject({
      state: 'firing',
      since: NOW,
      firings: [ago(hours(1)), NOW],
      problems: ['stalled'],
      severity: 'critical',
    });
    expect(again).not.toHaveProperty('resolution');
  });

  test('fires again since it was pending again', () => {
    const again = transition(ALERTS['ended, pending again'], aProblem(), NOW);
    expect(again).toMatchObject({ state: 'firing', since: ago(minutes(10)), firings: [ago(hours(1)), NOW] });
    expect(again).not.toHaveProperty('pendingAgain');
    expect(again).not.toHaveProperty('resolution');
  });

  test.each([
    [599, 'ended'],
    [600, 'firing'],
    [601, 'firing'],
  ])('that is pending again for a period of 10 minutes is, after %p seconds, %s', (elapsed, state) => {
    const alert = anEndedAlert({ pendingAgain: { since: ago(elapsed), problems: ['failing'] } });
    const observation = aProblem({ pendingPeriod: { seconds: 600, secondRun: false } });
    expect(transition(alert, observation, NOW)?.state).toBe(state);
  });

  test('keeps every problem that it has had while it is pending again', () => {
    const alert = anEndedAlert({ pendingAgain: { since: ago(600), problems: ['stalled'] } });
    expect(transition(alert, OBSERVATIONS['problem, pending for 1 h'], NOW)?.pendingAgain).toEqual({
      since: ago(600),
      problems: ['stalled', 'failing'],
    });
    expect(transition(alert, aProblem(), NOW)?.problems).toEqual(
      expect.arrayContaining(['stalled', 'failing']),
    );
  });
});

describe('a firing alert', () => {
  test('takes a new problem and keeps the earlier ones', () => {
    const stalled = transition(anAlert(), aProblem({ problem: 'stalled' }), NOW);
    expect(stalled).toMatchObject({
      problem: 'stalled',
      problems: ['failing', 'stalled'],
      since: ago(hours(1)),
    });
  });

  test('becomes critical now', () => {
    const critical = transition(anAlert(), aProblem({ severity: 'critical' }), NOW);
    expect(critical).toMatchObject({ severity: 'critical', critical: { from: NOW } });
  });

  test('stays critical from when it became so, until it is a warning', () => {
    const critical = anAlert({ severity: 'critical', critical: { from: ago(minutes(30)) } });
    expect(transition(critical, aProblem({ severity: 'critical' }), NOW)).toEqual(critical);
    expect(transition(critical, aProblem(), NOW)).toMatchObject({
      severity: 'warning',
      critical: { from: ago(minutes(30)), to: NOW },
    });
  });

  test('keeps a critical stretch that is over, until the next one begins', () => {
    const over = anAlert({ critical: { from: ago(minutes(30)), to: ago(minutes(10)) } });
    expect(transition(over, aProblem(), NOW)).toEqual(over);
    expect(transition(over, aProblem({ severity: 'critical' }), NOW)?.critical).toEqual({ from: NOW });
  });

  test('ends its critical stretch when it ends', () => {
    const critical = anAlert({ severity: 'critical', critical: { from: ago(minutes(30)) } });
    expect(transition(critical, OBSERVATIONS.healthy, NOW)).toMatchObject({
      state: 'ended',
      critical: { from: ago(minutes(30)), to: NOW },
    });
    expect(transition(anAlert(), OBSERVATIONS.healthy, NOW)).not.toHaveProperty('critical');
  });

  const RENAMED = { ...LABELS, name: 'Orders' };
  test.each([
    ['takes the labels of a readable record', 'failing', LABELS, RENAMED],
    ['keeps its labels when the record is unreadable', 'unreadable', LABELS, LABELS],
    ['without labels takes those of an unreadable record', 'unreadable', null, RENAMED],
  ] as const)('%s', (_, problem, before, labels) => {
    const observation = aProblem({ problem, labels: RENAMED });
    expect(transition(anAlert({ labels: before }), observation, NOW)?.labels).toEqual(labels);
  });

  test('that is critical stays so when its record is unreadable', () => {
    const critical = anAlert({ severity: 'critical', critical: { from: ago(minutes(30)) } });
    const after = transition(critical, aProblem({ problem: 'unreadable', lastSuccessAt: null }), NOW);
    expect(after).toMatchObject({
      problem: 'unreadable',
      severity: 'critical',
      critical: { from: ago(minutes(30)) },
    });
    expect(after?.critical).not.toHaveProperty('to');
  });

  test('that is a warning stays so when its record is unreadable', () => {
    expect(transition(anAlert(), aProblem({ problem: 'unreadable' }), NOW)?.severity).toBe('warning');
  });

  test('takes the reason why it is critical, and loses it as a warning', () => {
    const byAge = transition(anAlert(), aProblem({ severity: 'critical', criticalBy: 'age' }), NOW);
    expect(byAge).toMatchObject({ severity: 'critical', criticalBy: 'age' });
    const byPlatform = aProblem({ problem: 'disabled', severity: 'critical', criticalBy: 'platform' });
    expect(byAge && transition(byAge, byPlatform, NOW)?.criticalBy).toBe('platform');
    expect(byAge && transition(byAge, aProblem(), NOW)).not.toHaveProperty('criticalBy');
  });

  test('stays critical for the same reason when its record is unreadable', () => {
    const critical = anAlert({ severity: 'critical', criticalBy: 'platform', critical: { from: ago(60) } });
    const unreadable = aProblem({ problem: 'unreadable' });
    expect(transition(critical, unreadable, NOW)).toMatchObject({
      severity: 'critical',
      criticalBy: 'platform',
    });
  });

  test('is about to be disabled once an observation said so, until it ends and fires again', () => {
    const imminent = transition(anAlert(), aProblem({ disableImminent: true }), NOW);
    expect(imminent?.disableImminent).toBe(true);
    const retried = imminent && transition(imminent, aProblem(), NOW);
    expect(retried?.disableImminent).toBe(true);
    const ended = imminent && transition(imminent, OBSERVATIONS.healthy, NOW);
    expect(ended && transition(ended, aProblem(), NOW)).not.toHaveProperty('disableImminent');
  });

  test('ends as paused when its sync is paused, also during the hold of a flapping one', () => {
    const paused = { how: 'paused', at: NOW };
    expect(transition(anAlert(), OBSERVATIONS.paused, NOW)?.resolution).toEqual(paused);
    const held = anAlert({ ...FLAPPING, healthySince: ago(hours(1)) });
    expect(transition(held, OBSERVATIONS.paused, NOW)?.resolution).toEqual(paused);
  });

  test('keeps the last success from when it began to fire', () => {
    const after = transition(anAlert(), aProblem({ lastSuccessAt: ago(60) }), NOW);
    expect(after?.lastSuccessAt).toBe(ago(hours(2)));
  });
});
