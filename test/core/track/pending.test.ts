import { diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import { isPendingOver, NO_PENDING_PERIOD, pendingPeriodOf } from '../../../lambda/core/track/pending.ts';
import {
  aFacts,
  aFailingSync,
  ago,
  anEndedAlert,
  aPolicy,
  aSync,
  defaultPolicy,
  hours,
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
  test.each([
    [599, false],
    [600, true],
    [601, true],
  ])('of 10 minutes is over after %p seconds: %p', (elapsed, over) => {
    expect(isPendingOver({ seconds: 600, secondEvaluation: false }, ago(elapsed), NOW)).toBe(over);
  });

  test('of 0 seconds is over at once', () => {
    expect(isPendingOver(NO_PENDING_PERIOD, NOW, NOW)).toBe(true);
  });

  test.each([
    [0, false],
    [0.001, true],
  ])('that needs a second evaluation is over after %p seconds: %p', (elapsed, over) => {
    expect(isPendingOver({ seconds: 0, secondEvaluation: true }, ago(elapsed), NOW)).toBe(over);
  });

  test.each([
    [60, false],
    [61, true],
  ])('that a clock %p seconds ahead began is over: %p', (ahead, over) => {
    expect(isPendingOver({ seconds: 600, secondEvaluation: true }, ago(-ahead), NOW)).toBe(over);
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
    ['that is disabled', 'firing', fast({ enabled: false })],
    ['that is stalled, not failing', 'firing', fast({ lastState: 'completed', lastSuccessAt: ago(1600) })],
  ])('%s is %s at the first evaluation', (_, state, sync) => {
    expect(stateOf(trackOnce([sync]))).toBe(state);
  });

  test('fires at the second evaluation, since the first', () => {
    const facts = trackAll([
      [0, [fast()]],
      [1, [fast()]],
    ]);
    expect(facts.alerts[ORDERS]).toMatchObject({ state: 'firing', since: NOW });
  });

  test('leaves no alert when it is healthy at the second evaluation', () => {
    const facts = trackAll([
      [0, [fast()]],
      [60, [fast({ lastState: 'completed' })]],
    ]);
    expect(facts.alerts).toEqual({});
  });

  test.each([
    ['0s', 1, 'firing'],
    ['2m', 119, 'pending'],
    ['2m', 120, 'firing'],
  ])('with pendingFor %s is, %p seconds after its first evaluation, %s', (pendingFor, seconds, state) => {
    const listings = [
      [0, [fast()]],
      [seconds, [fast()]],
    ] as const;
    expect(stateAfter(listings, { policy: aPolicy({ pendingFor }) })).toBe(state);
  });

  test('fires at once on the initial run', () => {
    expect(stateOf(trackOnce([fast()], { initialRun: true }))).toBe('firing');
  });

  test('needs no second evaluation when its interval is unknown', () => {
    const diagnosis = diagnose(aSync({ lastState: 'failed' }), { policy: defaultPolicy, now: NOW });
    const { sync } = diagnosis;
    const unknown = { ...sync, labels: { ...sync.labels, intervalSeconds: null } };
    expect(pendingPeriodOf({ ...diagnosis, sync: unknown }, defaultPolicy).secondEvaluation).toBe(false);
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
    ['edited a millisecond after its last run', 'pending', edited({ updatedAt: ago(2400) + 1 })],
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
    pendingPeriodOf(diagnose(sync, { policy, now: NOW }), policy);

  test('is none for a healthy sync, whatever the policy', () => {
    expect(periodOf(aSync(), aPolicy({ pendingFor: '10m' }))).toEqual(NO_PENDING_PERIOD);
  });

  test('is pendingFor and one stall threshold, without a second evaluation, for a stalled sync that was edited', () => {
    const period = { seconds: minutes(10) + 900 + minutes(5), secondEvaluation: false };
    const sync = aSync({ ...STALLED, updatedAt: ago(60) });
    expect(periodOf(sync, aPolicy({ pendingFor: '10m' }))).toEqual(period);
  });

  test.each([
    [-1, 0],
    [0, 0],
    [1, 1200],
  ])('for a stalled sync edited %d s after its last run and success is %d s', (afterLastRun, seconds) => {
    const sync = aSync({ ...STALLED, updatedAt: ago(hours(1) - afterLastRun) });
    expect(periodOf(sync).seconds).toBe(seconds);
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
