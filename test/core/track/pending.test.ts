import { diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import {
  isPendingOver,
  NO_PENDING_PERIOD,
  type PendingPeriod,
  pendingPeriodOf,
} from '../../../lambda/core/track/pending.ts';
import {
  aFacts,
  aFailingSync,
  ago,
  anEndedAlert,
  aPolicy,
  aSync,
  defaultPolicy,
  hours,
  later,
  minutes,
  NOW,
  type SyncOverrides,
} from '../a-sync.ts';
import {
  aStalledSync,
  ORDERS,
  stateAfter,
  stateOf,
  statesOf,
  trackAll,
  trackOnce,
} from './track-evaluations.ts';

describe('a pending period', () => {
  const RUN = ago(minutes(20));
  const isOver = (period: PendingPeriod, elapsed: number, runAt: number | null = RUN) =>
    isPendingOver(period, { since: ago(elapsed), runAt: RUN }, { now: NOW, runAt });

  test.each([
    [599, false],
    [600, true],
    [601, true],
  ])('of 10 minutes is over after %p seconds: %p', (elapsed, over) => {
    expect(isOver({ seconds: 600, secondRun: false }, elapsed)).toBe(over);
  });

  test('of 0 seconds is over at once', () => {
    expect(isOver(NO_PENDING_PERIOD, 0)).toBe(true);
  });

  test.each([
    ['with the same run', RUN, false],
    ['with another run', RUN + 1, true],
    ['without a run', null, false],
  ])('that needs a second run is over %s: %p gives %p', (_, runAt, over) => {
    expect(isOver({ seconds: 0, secondRun: true }, 3600, runAt)).toBe(over);
  });

  test('that needs a second run is not over when the first one is not known', () => {
    const start = { since: ago(3600), runAt: undefined };
    expect(isPendingOver({ seconds: 0, secondRun: true }, start, { now: NOW, runAt: RUN })).toBe(false);
  });

  test('that needs a second run takes its time as well', () => {
    expect(isOver({ seconds: 600, secondRun: true }, 599, RUN + 1)).toBe(false);
    expect(isOver({ seconds: 600, secondRun: true }, 600, RUN + 1)).toBe(true);
  });

  test.each([
    [60, false],
    [61, true],
  ])('that a clock %p seconds ahead began is over: %p', (ahead, over) => {
    expect(isOver({ seconds: 600, secondRun: true }, -ahead)).toBe(over);
  });
});

describe('pendingFor of 10 minutes', () => {
  const policy = aPolicy({ pendingFor: '10m' });
  const failing = aFailingSync();

  test.each([
    [599, 'pending'],
    [600, 'firing'],
    [601, 'firing'],
  ])('keeps a warning pending: %p seconds after its first evaluation it is %s', (seconds, state) => {
    const facts = trackAll(
      [
        [0, [failing]],
        [seconds, [failing]],
      ],
      { policy },
    );
    expect(stateOf(facts)).toBe(state);
    expect(facts.alerts[ORDERS]?.since).toBe(NOW);
  });

  test('does not keep a critical problem pending, nor one that becomes critical', () => {
    const critical = aFailingSync({ lastSuccessAt: ago(11_101) });
    expect(stateOf(trackOnce([critical], { policy }))).toBe('firing');
    const escalating = [
      [0, [failing]],
      [60, [critical]],
    ] as const;
    expect(stateAfter(escalating, { policy })).toBe('firing');
  });

  test('keeps nothing pending on the initial run', () => {
    expect(stateOf(trackOnce([failing], { policy, initialRun: true }))).toBe('firing');
  });

  test('keeps only one sync pending when an override sets it for that sync', () => {
    const override = aPolicy({ overrides: [{ match: { id: 'orders' }, pendingFor: '10m' }] });
    const facts = trackOnce([failing, aFailingSync({ id: 'users' })], { policy: override });
    expect(statesOf(facts)).toEqual({ [ORDERS]: 'pending', 'sync:users': 'firing' });
  });

  test('drops a pending alert whose sync is healthy again', () => {
    const recovering = [
      [0, [failing]],
      [300, [aSync()]],
    ] as const;
    expect(stateAfter(recovering, { policy })).toBe('none');
  });

  test('goes on through an inconclusive evaluation', () => {
    const stopped = aSync({ lastState: 'stopped', lastSuccessAt: ago(minutes(20)) });
    const listings = [
      [0, [failing]],
      [300, [stopped]],
      [600, [failing]],
    ] as const;
    expect(stateAfter(listings, { policy })).toBe('firing');
  });

  test('starts again for an ended alert', () => {
    const facts = aFacts({ [ORDERS]: anEndedAlert() });
    const pendingAgain = trackAll([[0, [failing]]], { facts, policy });
    expect(stateOf(pendingAgain)).toBe('resolved by success, pending again');
    expect(stateAfter([[600, [failing]]], { facts: pendingAgain, policy })).toBe('firing');
    expect(stateAfter([[300, [aSync()]]], { facts: pendingAgain, policy })).toBe('resolved by success');
  });
});

test('the default policy keeps no warning pending', () => {
  expect(stateOf(trackOnce([aFailingSync()]))).toBe('firing');
});

describe('a sync with a short interval and a failed run', () => {
  /** An interval just under 10 minutes, and not late. */
  const fast = (overrides: SyncOverrides = {}) =>
    aFailingSync({ intervalSeconds: 599, lastSuccessAt: ago(600), ...overrides });

  test.each<[string, string, Sync]>([
    ['with an interval of 9 min 59 s', 'pending', fast()],
    ['with an interval of 10 min', 'firing', fast({ intervalSeconds: 600 })],
    ['after 1 consecutive failure', 'pending', fast({ consecutiveFailures: 1 })],
    ['after 2 consecutive failures', 'firing', fast({ consecutiveFailures: 2 })],
    ['at its stall threshold', 'pending', fast({ lastSuccessAt: ago(599 + 599 + 300) })],
    ['above its stall threshold', 'firing', fast({ lastSuccessAt: ago(599 + 599 + 301) })],
    ['that is disabled', 'firing', fast({ enabled: false, disabledReason: 'x' })],
    ['that is stalled, not failing', 'firing', fast({ lastState: 'completed', lastSuccessAt: ago(1600) })],
  ])('%s is %s at the first evaluation', (_, state, sync) => {
    expect(stateOf(trackOnce([sync]))).toBe(state);
  });

  test.each<[string, string, SyncOverrides]>([
    ['the same failed run once more', 'pending', {}],
    ['a second failed run', 'firing', { lastRunAt: later(240) }],
    ['a second failure in a row', 'firing', { consecutiveFailures: 2 }],
    ['the same failed run, and is late', 'firing', { lastSuccessAt: ago(599 + 599 + 1) }],
    ['a second failed run that the API does not date', 'pending', { lastRunAt: null }],
  ])('whose second evaluation sees %s is %s', (_, state, second) => {
    const facts = trackAll([
      [0, [fast()]],
      [300, [fast(second)]],
    ]);
    expect(stateOf(facts)).toBe(state);
    expect(facts.alerts[ORDERS]?.since).toBe(NOW);
  });

  test('stays pending however often the same failed run is seen', () => {
    const listings = [0, 60, 120, 180].map((seconds) => [seconds, [fast()]] as const);
    expect(stateAfter(listings)).toBe('pending');
  });

  test('fires when the retry that it waited for fails', () => {
    const facts = trackAll([
      [0, [fast()]],
      [60, [fast({ lastState: 'running', lastRunAt: later(30) })]],
    ]);
    expect(stateOf(facts)).toBe('pending');
    expect(stateAfter([[120, [fast({ lastRunAt: later(30) })]]], { facts })).toBe('firing');
  });

  test('leaves no alert when it is healthy at the second evaluation', () => {
    const facts = trackAll([
      [0, [fast()]],
      [60, [fast({ lastState: 'completed' })]],
    ]);
    expect(facts.alerts).toEqual({});
  });

  test('waits for a second run again once its alert has ended', () => {
    const facts = aFacts({ [ORDERS]: anEndedAlert() });
    const pendingAgain = trackAll([[0, [fast()]]], { facts });
    expect(stateOf(pendingAgain)).toBe('resolved by success, pending again');
    expect(stateAfter([[300, [fast()]]], { facts: pendingAgain })).toBe('resolved by success, pending again');
    const second = fast({ lastRunAt: later(240) });
    expect(stateAfter([[300, [second]]], { facts: pendingAgain })).toBe('firing');
  });

  test.each([
    ['0s', 1, 'firing'],
    ['2m', 119, 'pending'],
    ['2m', 120, 'firing'],
  ])(
    'with pendingFor %s and a second failed run after %p seconds is then %s',
    (pendingFor, seconds, state) => {
      const listings = [
        [0, [fast()]],
        [seconds, [fast({ lastRunAt: later(0.5) })]],
      ] as const;
      expect(stateAfter(listings, { policy: aPolicy({ pendingFor }) })).toBe(state);
    },
  );

  test('fires at once on the initial run', () => {
    expect(stateOf(trackOnce([fast()], { initialRun: true }))).toBe('firing');
  });

  test('fires at once when it has no schedule', () => {
    expect(stateOf(trackOnce([fast({ intervalSeconds: null })]))).toBe('firing');
  });
});

describe('a stalled sync that was edited since its last run', () => {
  const edited = (overrides: SyncOverrides = {}) => aStalledSync({ updatedAt: ago(60), ...overrides });

  test.each([
    [1199, 'pending'],
    [1200, 'firing'],
    [1201, 'firing'],
  ])('is pending for one stall threshold, 1,200 s: after %p seconds it is %s', (seconds, state) => {
    const listings = [
      [0, [edited()]],
      [seconds, [edited()]],
    ] as const;
    expect(stateAfter(listings)).toBe(state);
  });

  test.each([
    [1799, 'pending'],
    [1800, 'firing'],
  ])('is pending for pendingFor of 10 minutes as well: after %p seconds it is %s', (seconds, state) => {
    const listings = [
      [0, [edited()]],
      [seconds, [edited()]],
    ] as const;
    expect(stateAfter(listings, { policy: aPolicy({ pendingFor: '10m' }) })).toBe(state);
  });

  test('fires at once on the initial run', () => {
    expect(stateOf(trackOnce([edited()], { initialRun: true }))).toBe('firing');
  });
});

describe('a late sync', () => {
  const edited = (overrides: SyncOverrides = {}) => aStalledSync({ updatedAt: ago(60), ...overrides });

  test.each<[string, string, Sync]>([
    [
      'edited a second more than the grace after its last run',
      'pending',
      edited({ updatedAt: ago(2400 - 301) }),
    ],
    ['edited the grace of 5 minutes after its last run', 'firing', edited({ updatedAt: ago(2400 - 300) })],
    ['edited at its last run', 'firing', edited({ updatedAt: ago(2400) })],
    ['edited before its last run', 'firing', edited({ lastRunAt: ago(30) })],
    ['edited before its last success', 'firing', edited({ updatedAt: ago(2500), lastRunAt: null })],
    ['with an unreadable updated_at', 'firing', edited({ updatedAt: null, faults: ['updated_at'] })],
    [
      'edited after its last run and critical',
      'pending',
      edited({ lastSuccessAt: ago(12_000), lastRunAt: ago(12_000) }),
    ],
    ['edited after its last run and failing', 'firing', edited({ lastState: 'failed' })],
    [
      'edited and never succeeded',
      'firing',
      edited({ lastState: null, lastSuccessAt: null, lastRunAt: null, createdAt: ago(2400) }),
    ],
  ])('%s is %s at its first evaluation', (_, state, sync) => {
    expect(stateOf(trackOnce([sync]))).toBe(state);
  });
});

describe('the pending period of a problem', () => {
  /** Late above 2,100 s at its interval of 15 minutes, and not yet critical. */
  const STALLED = { lastSuccessAt: ago(hours(1)), lastRunAt: ago(hours(1)) };
  const periodOf = (sync: Sync, policy = defaultPolicy) =>
    pendingPeriodOf(diagnose(sync, { policy, now: NOW }));

  test('is none for a healthy sync, whatever the policy', () => {
    expect(periodOf(aSync(), aPolicy({ pendingFor: '10m' }))).toEqual(NO_PENDING_PERIOD);
  });

  test('is pendingFor and one stall threshold, without a second run, for a stalled sync that was edited', () => {
    const period = { seconds: minutes(10) + 900 + minutes(5), secondRun: false };
    const sync = aSync({ ...STALLED, updatedAt: ago(60) });
    expect(periodOf(sync, aPolicy({ pendingFor: '10m' }))).toEqual(period);
  });

  test.each([
    [0, 0],
    [299, 0],
    [300, 0],
    [301, 1200],
  ])('for a stalled sync edited %d s after its last run and success is %d s', (afterLastRun, seconds) => {
    const sync = aSync({ ...STALLED, updatedAt: ago(hours(1) - afterLastRun) });
    expect(periodOf(sync).seconds).toBe(seconds);
  });

  test('counts an edit against the grace of the override', () => {
    const policy = aPolicy({ overrides: [{ match: { id: 'orders' }, grace: '1m' }] });
    const editedAfter = (seconds: number) =>
      periodOf(aSync({ ...STALLED, updatedAt: ago(hours(1) - seconds) }), policy).seconds;
    expect([60, 61].map(editedAfter)).toEqual([0, 900 + 60]);
  });

  test.each([
    ['run is later than', { lastRunAt: ago(60) }],
    ['run is as late as', { lastRunAt: ago(minutes(2)) }],
    ['success is later than', { lastRunAt: ago(hours(2)), updatedAt: ago(hours(1) + 1) }],
    ['success is as late as', { lastRunAt: ago(hours(2)), updatedAt: ago(hours(1)) }],
  ])('is 0 s when its last %s the edit', (_, overrides) => {
    expect(periodOf(aSync({ ...STALLED, updatedAt: ago(minutes(2)), ...overrides })).seconds).toBe(0);
  });

  test('is none when the API gives neither updated_at nor any other date', () => {
    const sync = aSync({
      lastSuccessAt: null,
      lastRunAt: null,
      secondsSinceSuccess: hours(1),
      updatedAt: null,
    });
    expect(periodOf(sync)).toEqual(NO_PENDING_PERIOD);
  });
});
