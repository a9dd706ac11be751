import type { Alert, Facts, ListingFailure, SyncHistory } from '../../../lambda/core/alert.ts';
import { type Evaluation, evaluate } from '../../../lambda/core/diagnose/evaluation.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import { track } from '../../../lambda/core/track/track.ts';
import {
  aBlindLook,
  aFacts,
  aFailingSync,
  ago,
  anAlert,
  anEndedAlert,
  aPolicy,
  aSync,
  BLINDNESS,
  days,
  defaultPolicy,
  frozen,
  hours,
  later,
  listingOf,
  minutes,
  NOW,
} from '../a-sync.ts';

type Listed = readonly Sync[] | ListingFailure['kind'];
interface Watched {
  readonly facts?: Facts;
  readonly policy?: Policy;
  readonly initialRun?: boolean;
}

/** The facts after these looks, each so many seconds after `NOW`. */
function watch(looks: readonly (readonly [number, Listed])[], watched: Watched = {}): Facts {
  const { facts = aFacts({}, { normal: 1 }), policy = defaultPolicy, initialRun = false } = watched;
  return looks.reduce<Facts>((known, [at, listed]) => {
    const now = later(at);
    const listing =
      typeof listed === 'string'
        ? ({ ok: false, failure: { ...BLINDNESS, kind: listed } } as const)
        : listingOf(...listed);
    return frozen(track(known, frozen(evaluate(listing, known, policy, now)), policy, now, initialRun));
  }, frozen(facts));
}

/** One look, now. */
const lookOnce = (listed: Listed, watched?: Watched) => watch([[0, listed]], watched);

const ORDERS = 'sync:orders';
function stateOf(facts: Facts, fingerprint = ORDERS): string {
  const alert = facts.alerts[fingerprint];
  if (alert === undefined) return 'nothing';
  if (alert.state !== 'ended') return alert.state;
  const { resolution: ended, pendingAgain } = alert;
  return `${ended?.how}${ended?.how === 'resolved' ? ` by ${ended.by}` : ''}${pendingAgain ? ', reopening' : ''}`;
}
const statesOf = (facts: Facts) =>
  Object.fromEntries(
    Object.keys(facts.alerts).map((fingerprint) => [fingerprint, stateOf(facts, fingerprint)]),
  );

/** Late since before `NOW`, a warning; nothing failed. */
const aStalledSync = (overrides: Parameters<typeof aSync>[0] = {}) =>
  aSync({ lastSuccessAt: ago(2400), lastRunAt: ago(2400), ...overrides });
/** Well at all the looks of a test that lasts hours. */
const aSlowSync = (overrides: Parameters<typeof aSync>[0] = {}) =>
  aSync({ intervalSeconds: days(7), ...overrides });

describe('waiting: pendingFor', () => {
  const policy = aPolicy({ pendingFor: '10m' });
  const failing = aFailingSync();

  test.each([
    [599, 'pending'],
    [600, 'firing'],
    [601, 'firing'],
  ])('10 minutes, %p seconds after it was first seen: %s', (seconds, state) => {
    const facts = watch(
      [
        [0, [failing]],
        [seconds, [failing]],
      ],
      { policy },
    );
    expect(stateOf(facts)).toBe(state);
    expect(facts.alerts[ORDERS]?.since).toBe(NOW);
  });

  test('none by default', () => {
    expect(stateOf(lookOnce([failing]))).toBe('firing');
  });

  test('a critical one does not wait, nor does one that becomes critical', () => {
    const critical = aFailingSync({ lastSuccessAt: ago(11_101) });
    expect(stateOf(lookOnce([critical], { policy }))).toBe('firing');
    expect(
      stateOf(
        watch(
          [
            [0, [failing]],
            [60, [critical]],
          ],
          { policy },
        ),
      ),
    ).toBe('firing');
  });

  test('on the first look nothing waits', () => {
    expect(stateOf(lookOnce([failing], { policy, initialRun: true }))).toBe('firing');
  });

  test('an override may wait where others do not', () => {
    const some = aPolicy({ overrides: [{ match: { id: 'orders' }, pendingFor: '10m' }] });
    const facts = lookOnce([failing, aFailingSync({ id: 'users' })], { policy: some });
    expect(statesOf(facts)).toEqual({ [ORDERS]: 'pending', 'sync:users': 'firing' });
  });

  test('what is well again before its wait is over is forgotten', () => {
    expect(
      stateOf(
        watch(
          [
            [0, [failing]],
            [300, [aSync()]],
          ],
          { policy },
        ),
      ),
    ).toBe('nothing');
  });

  test('what can not be judged meanwhile keeps its beginning', () => {
    const stopped = aSync({ lastState: 'stopped', lastSuccessAt: ago(minutes(20)) });
    expect(
      stateOf(
        watch(
          [
            [0, [failing]],
            [300, [stopped]],
            [600, [failing]],
          ],
          { policy },
        ),
      ),
    ).toBe('firing');
  });

  test('what ended waits again', () => {
    const facts = aFacts({ [ORDERS]: anEndedAlert() });
    const waiting = watch([[0, [failing]]], { facts, policy });
    expect(stateOf(waiting)).toBe('resolved by success, reopening');
    expect(stateOf(watch([[600, [failing]]], { facts: waiting, policy }))).toBe('firing');
    expect(stateOf(watch([[300, [aSync()]]], { facts: waiting, policy }))).toBe('resolved by success');
  });
});

describe('waiting: a fast sync that fails while its data is not late waits for a second look', () => {
  const fast = (overrides: Parameters<typeof aSync>[0] = {}) =>
    aFailingSync({ intervalSeconds: 599, lastSuccessAt: ago(600), ...overrides });

  test.each<[string, Sync, string]>([
    ['every 9 min 59 s', fast(), 'pending'],
    ['every 10 min', fast({ intervalSeconds: 600 }), 'firing'],
    ['one failure in a row', fast({ consecutiveFailures: 1 }), 'pending'],
    ['two failures in a row', fast({ consecutiveFailures: 2 }), 'firing'],
    ['not late: at its allowance', fast({ lastSuccessAt: ago(599 + 599 + 300) }), 'pending'],
    ['late', fast({ lastSuccessAt: ago(599 + 599 + 301) }), 'firing'],
    ['disabled, not failing', fast({ enabled: false }), 'firing'],
    ['stalled, not failing', fast({ lastState: 'completed', lastSuccessAt: ago(1600) }), 'firing'],
  ])('%s', (_, sync, state) => {
    expect(stateOf(lookOnce([sync]))).toBe(state);
  });

  test('fires at the second look, as having begun at the first', () => {
    const facts = watch([
      [0, [fast()]],
      [1, [fast()]],
    ]);
    expect(facts.alerts[ORDERS]).toMatchObject({ state: 'firing', since: NOW });
  });

  test('well at the second look, it was nothing', () => {
    expect(
      watch([
        [0, [fast()]],
        [60, [fast({ lastState: 'completed' })]],
      ]).alerts,
    ).toEqual({});
  });

  test('on top of pendingFor', () => {
    const policy = aPolicy({ pendingFor: '0s' });
    expect(
      stateOf(
        watch(
          [
            [0, [fast()]],
            [1, [fast()]],
          ],
          { policy },
        ),
      ),
    ).toBe('firing');
    const patient = aPolicy({ pendingFor: '2m' });
    expect(
      stateOf(
        watch(
          [
            [0, [fast()]],
            [119, [fast()]],
          ],
          { policy: patient },
        ),
      ),
    ).toBe('pending');
  });

  test('not on the first look', () => {
    expect(stateOf(lookOnce([fast()], { initialRun: true }))).toBe('firing');
  });
});

describe('waiting: stalled on a sync that was edited since it last ran', () => {
  const edited = (overrides: Parameters<typeof aSync>[0] = {}) =>
    aStalledSync({ updatedAt: ago(60), ...overrides });

  test.each([
    [1199, 'pending'],
    [1200, 'firing'],
    [1201, 'firing'],
  ])('waits one stall allowance: after %p seconds it is %s', (seconds, state) => {
    expect(
      stateOf(
        watch([
          [0, [edited()]],
          [seconds, [edited()]],
        ]),
      ),
    ).toBe(state);
  });

  test.each<[string, Sync, string]>([
    ['edited a millisecond after its last run', edited({ updatedAt: ago(2400) + 1 }), 'pending'],
    ['edited at its last run', edited({ updatedAt: ago(2400) }), 'firing'],
    ['ran since', edited({ lastRunAt: ago(30) }), 'firing'],
    ['succeeded since', edited({ updatedAt: ago(2500), lastRunAt: null }), 'firing'],
    ['not known when edited', edited({ updatedAt: null, faults: ['updated_at'] }), 'firing'],
    [
      'critical: it waits all the same',
      edited({ lastSuccessAt: ago(12_000), lastRunAt: ago(12_000) }),
      'pending',
    ],
    ['failing, not stalled', edited({ lastState: 'failed' }), 'firing'],
    [
      'never succeeded, not stalled',
      edited({ lastState: null, lastSuccessAt: null, lastRunAt: null, createdAt: ago(2400) }),
      'firing',
    ],
  ])('%s', (_, sync, state) => {
    expect(stateOf(lookOnce([sync]))).toBe(state);
  });

  test('on top of pendingFor', () => {
    const policy = aPolicy({ pendingFor: '10m' });
    const stateAfter = (seconds: number) =>
      stateOf(
        watch(
          [
            [0, [edited()]],
            [seconds, [edited()]],
          ],
          { policy },
        ),
      );
    expect([1799, 1800].map(stateAfter)).toEqual(['pending', 'firing']);
  });

  test('not on the first look', () => {
    expect(stateOf(lookOnce([edited()], { initialRun: true }))).toBe('firing');
  });
});

describe('a resolved says how', () => {
  const open = (overrides: Partial<Alert>) => ({ facts: aFacts({ [ORDERS]: anAlert(overrides) }) });
  const edited = aSlowSync({ lastSuccessAt: ago(hours(2)) });

  test.each<[string, Watched, Sync, string]>([
    ['failing, a newer success', open({}), aSync(), 'success'],
    ['stalled, a newer success', open({ problem: 'stalled' }), aSync(), 'success'],
    [
      'never succeeded, its first success',
      open({ problem: 'never_succeeded', lastSuccessAt: null }),
      aSync(),
      'success',
    ],
    [
      'stalled, the interval changed and no newer success',
      open({ problem: 'stalled' }),
      edited,
      'no_longer_late',
    ],
    [
      'failing, a success state and no newer date',
      open({}),
      aSlowSync({ lastState: 'completed', lastSuccessAt: ago(hours(2)) }),
      'success',
    ],
    [
      'failing, no state and no newer success',
      open({}),
      aSlowSync({ lastState: null, lastSuccessAt: ago(hours(2)) }),
      'no_longer_late',
    ],
    [
      'stalled, a success newer than the last one known, though it began later',
      open({ problem: 'stalled' }),
      aSlowSync({ lastSuccessAt: ago(minutes(90)) }),
      'success',
    ],
    ...[3599, 3600, 3601].map((seconds): [string, Watched, Sync, string] => [
      `stalled an hour ago, a success that is only counted, ${seconds} s ago`,
      open({ problem: 'stalled' }),
      aSlowSync({ lastSuccessAt: null, secondsSinceSuccess: seconds }),
      seconds < 3600 ? 'success' : 'no_longer_late',
    ]),
    [
      'failing and then unreadable, a newer success',
      open({ problem: 'unreadable', problems: ['failing', 'unreadable'] }),
      aSync(),
      'success',
    ],
    ['disabled, enabled again without a newer success', open({ problem: 'disabled' }), edited, 'enabled'],
    [
      'disabled, enabled again and never a success',
      open({ problem: 'disabled', lastSuccessAt: null }),
      aSync({ lastState: null, lastSuccessAt: null, lastRunAt: null, createdAt: ago(60) }),
      'enabled',
    ],
    ['disabled, enabled again and a newer success', open({ problem: 'disabled' }), aSync(), 'success'],
    [
      'paused, enabled again without a newer success',
      open({ problem: 'disabled', paused: true }),
      edited,
      'enabled',
    ],
    [
      'paused, enabled again and a newer success: nothing was wrong with it',
      open({ problem: 'disabled', paused: true }),
      aSync(),
      'enabled',
    ],
    [
      'failing and then paused, enabled again and a newer success',
      open({ problem: 'disabled', paused: true, problems: ['failing', 'disabled'] }),
      aSync(),
      'success',
    ],
    [
      'unreadable, readable again without a newer success',
      open({ problem: 'unreadable' }),
      edited,
      'readable',
    ],
    [
      'unreadable when it opened, so that no success was known: an old one is not newer',
      open({ problem: 'unreadable', lastSuccessAt: null }),
      edited,
      'readable',
    ],
  ])('%s', (_, watched, sync, by) => {
    expect(stateOf(lookOnce([sync], watched))).toBe(`resolved by ${by}`);
  });

  test('sight is back', () => {
    const listing = anAlert({
      problem: 'listing_failed',
      severity: 'critical',
      labels: null,
      lastSuccessAt: null,
    });
    expect(stateOf(lookOnce([aSync()], { facts: aFacts({ listing }) }), 'listing')).toBe('resolved by sight');
  });

  test('every record has an id again', () => {
    const records = anAlert({ problem: 'unreadable', labels: null, lastSuccessAt: null });
    expect(stateOf(lookOnce([aSync()], { facts: aFacts({ records }) }), 'records')).toBe(
      'resolved by readable',
    );
  });
});

describe('gone: on the second absence in a row from a complete listing', () => {
  const facts = aFacts({ [ORDERS]: anAlert() }, { normal: 2 });
  const others = [aSlowSync({ id: 'users' })];
  const unnamed = aSlowSync({ id: null, faults: ['id'] });
  const withUnnamed = [...others, unnamed];
  const stopped = aSync({ lastState: 'stopped', lastSuccessAt: ago(hours(2)), intervalSeconds: days(7) });
  const notLate = { marks: { [ORDERS]: { failing: { lastSuccessAt: ago(hours(2)) } } }, normal: 2 };

  test.each<[string, readonly (readonly [number, Listed])[], string]>([
    ['absent once', [[0, others]], 'firing'],
    [
      'absent twice',
      [
        [0, others],
        [300, others],
      ],
      'unlisted',
    ],
    [
      'absent, failed, absent',
      [
        [0, others],
        [300, 'failed'],
        [600, others],
      ],
      'unlisted',
    ],
    [
      'absent, failed, failed',
      [
        [0, others],
        [300, 'failed'],
        [600, 'failed'],
      ],
      'firing',
    ],
    [
      'absent, empty, absent',
      [
        [0, others],
        [300, []],
        [600, others],
      ],
      'unlisted',
    ],
    [
      'absent, back, absent',
      [
        [0, others],
        [300, [...others, aFailingSync()]],
        [600, others],
      ],
      'firing',
    ],
    [
      'absent, back and inconclusive, absent',
      [
        [0, others],
        [300, [...others, stopped]],
        [600, others],
      ],
      'firing',
    ],
    [
      'absent beside a record without id',
      [
        [0, withUnnamed],
        [300, withUnnamed],
      ],
      'firing',
    ],
    [
      'absent, beside a record without id, absent',
      [
        [0, others],
        [300, withUnnamed],
        [600, others],
      ],
      'unlisted',
    ],
  ])('%s', (_, looks, state) => {
    expect(stateOf(watch(looks, { facts: { ...facts, histories: notLate.marks } }))).toBe(state);
  });

  test('a pending one is forgotten by then, and not before', () => {
    const pending = aFacts({ [ORDERS]: anAlert({ state: 'pending' }) });
    expect(stateOf(watch([[0, others]], { facts: pending }))).toBe('pending');
    expect(
      stateOf(
        watch(
          [
            [0, others],
            [300, others],
          ],
          { facts: pending },
        ),
      ),
    ).toBe('nothing');
  });
});

describe('ignored by the policy', () => {
  const policy = aPolicy({ exclude: [{ match: { name: 'ord*' }, reason: 'sandbox' }] });

  test('never opens', () => {
    expect(lookOnce([aFailingSync()], { policy }).alerts).toEqual({});
  });

  test('what is open ends with the reason', () => {
    const facts = aFacts({ [ORDERS]: anAlert() });
    expect(lookOnce([aFailingSync()], { facts, policy }).alerts[ORDERS]?.resolution).toEqual({
      how: 'excluded',
      reason: 'sandbox',
      at: NOW,
    });
  });

  test('what is pending is forgotten', () => {
    const facts = aFacts({ [ORDERS]: anAlert({ state: 'pending' }) });
    expect(lookOnce([aFailingSync()], { facts, policy }).alerts).toEqual({});
  });

  test('other syncs are not concerned', () => {
    expect(stateOf(lookOnce([aFailingSync({ id: 'users', name: 'users' })], { policy }), 'sync:users')).toBe(
      'firing',
    );
  });

  test('by its id alone is ignored as well', () => {
    const byId = aPolicy({ exclude: [{ match: { id: 'orders' }, reason: 'sandbox' }] });
    expect(lookOnce([aFailingSync()], { policy: byId }).alerts).toEqual({});
  });
});

describe('the mark of a sync that is not listed', () => {
  const mark = { failing: { lastSuccessAt: ago(hours(2)) } };
  const absent = { ...mark, absent: true } as const;
  const others = [aSlowSync({ id: 'users' })];
  const unnamed = aSlowSync({ id: null, faults: ['id'] });
  const alert = { [ORDERS]: anAlert() };
  const historyAfter = (listed: readonly Sync[], before: SyncHistory, alerts = {}) =>
    lookOnce(listed, { facts: aFacts(alerts, { marks: { [ORDERS]: before }, normal: 2 }) }).histories[ORDERS];

  test.each([
    ['no alert', {}],
    ['an alert', alert],
  ])('and that has %s notes its first absence', (_, alerts) => {
    expect(historyAfter(others, mark, alerts)).toEqual(absent);
  });

  test('ends at the second absence in a row, unless an alert goes on', () => {
    expect(historyAfter(others, absent)).toBeUndefined();
    expect(historyAfter(others, absent, alert)).toEqual(absent);
  });

  test.each([[mark], [absent]])('stays as it is where the listing is not complete: %j', (before) => {
    expect(historyAfter([...others, unnamed], before)).toEqual(before);
  });

  test('is no longer absent once it is listed', () => {
    const stopped = aSlowSync({ lastState: 'stopped', lastSuccessAt: ago(hours(2)) });
    expect(historyAfter([...others, stopped], absent)).toEqual(mark);
  });
});

test('what a later program follows is kept as it is', () => {
  const facts = { ...aFacts({}, { normal: 1 }), alerts: { 'route:default': anAlert() } };
  expect(lookOnce([aSync()], { facts }).alerts).toEqual(facts.alerts);
  expect(lookOnce('failed', { facts }).alerts).toMatchObject(facts.alerts);
});

describe('a failed listing is an alert of its own, and changes no sync', () => {
  test.each([
    [599, 'pending'],
    [600, 'firing'],
    [601, 'firing'],
  ])('it waits listingFailureFor: after %p seconds it is %s', (seconds, state) => {
    const facts = watch([
      [0, 'failed'],
      [seconds, 'failed'],
    ]);
    expect(stateOf(facts, 'listing')).toBe(state);
    expect(facts.alerts['listing']).toMatchObject({
      problem: 'listing_failed',
      severity: 'critical',
      since: NOW,
      labels: null,
    });
  });

  test.each(['failed', 'malformed', 'unreadable', 'empty'] as const)('%s waits', (kind) => {
    expect(stateOf(lookOnce(kind), 'listing')).toBe('pending');
  });

  test('refused (401, 403) does not wait, nor when it turns into that', () => {
    expect(stateOf(lookOnce('refused'), 'listing')).toBe('firing');
    expect(
      stateOf(
        watch([
          [0, 'failed'],
          [60, 'refused'],
        ]),
        'listing',
      ),
    ).toBe('firing');
  });

  test('nor does anything on the first look', () => {
    expect(stateOf(lookOnce('failed', { initialRun: true }), 'listing')).toBe('firing');
  });

  test('one that passes before is forgotten', () => {
    expect(
      stateOf(
        watch([
          [0, 'failed'],
          [300, [aSync()]],
        ]),
        'listing',
      ),
    ).toBe('nothing');
  });

  test('listingFailureFor is the policy’s', () => {
    const policy = aPolicy({ listingFailureFor: '0s' });
    expect(stateOf(lookOnce('failed', { policy }), 'listing')).toBe('firing');
  });

  test('it flaps by the constants of 24 h and 2 h', () => {
    const firings = [ago(hours(20)), ago(hours(10)), ago(hours(5)), ago(hours(1))];
    const listing = anAlert({
      problem: 'listing_failed',
      severity: 'critical',
      labels: null,
      lastSuccessAt: null,
      firings,
    });
    const facts = aFacts({ listing }, { normal: 1 });
    const well = [aSlowSync()];
    const stateAfter = (...looks: number[]) =>
      stateOf(
        watch(
          looks.map((at) => [at, well] as const),
          { facts },
        ),
        'listing',
      );
    expect(stateAfter(0)).toBe('firing');
    expect(stateAfter(0, hours(2) - 1)).toBe('firing');
    expect(stateAfter(0, hours(2))).toBe('resolved by sight');
  });

  test.each(['failed', 'refused', 'malformed', 'unreadable', 'empty'] as const)(
    'a listing that is %s leaves all syncs, marks and sizes as they were',
    (kind) => {
      const firings = [ago(hours(20)), ago(hours(10)), ago(hours(5)), ago(hours(1))];
      const alerts = {
        'sync:a': anAlert(),
        'sync:b': anAlert({ state: 'pending' }),
        'sync:c': anAlert({ firings, healthySince: ago(hours(3)) }),
        'sync:d': anAlert({ absent: true }),
        'sync:e': anEndedAlert(),
        'sync:f': anEndedAlert({ pendingAgain: { since: ago(hours(5)), problems: ['failing'] } }),
        records: anAlert({ labels: null, problem: 'unreadable' }),
      } as const;
      const facts = aFacts(alerts, { marks: { 'sync:a': { failing: { lastSuccessAt: null } } }, normal: 7 });
      const { listing, ...rest } = lookOnce(kind, { facts }).alerts;
      expect(listing).toBeDefined();
      expect(rest).toEqual(alerts);
      expect(lookOnce(kind, { facts }).histories).toEqual(facts.histories);
      expect(lookOnce(kind, { facts }).size).toEqual(facts.size);
    },
  );
});

describe('an empty listing', () => {
  const known = aFacts({}, { normal: 3 });

  test('after one that was not is blindness, until syncs return', () => {
    const blind = watch(
      [
        [0, []],
        [600, []],
      ],
      { facts: known },
    );
    expect(stateOf(blind, 'listing')).toBe('firing');
    expect(blind.size.normal).toBe(3);
    expect(stateOf(watch([[1200, [aSlowSync()]]], { facts: blind }), 'listing')).toBe('resolved by sight');
  });

  test('of an organisation that has never shown a sync is quiet', () => {
    const never = watch(
      [
        [0, []],
        [600, []],
        [1200, []],
      ],
      { facts: aFacts() },
    );
    expect(never.alerts).toEqual({});
  });

  test('ends nothing', () => {
    const facts = aFacts({ [ORDERS]: anAlert() }, { normal: 1 });
    expect(
      stateOf(
        watch(
          [
            [0, []],
            [300, []],
            [600, []],
          ],
          { facts },
        ),
      ),
    ).toBe('firing');
  });
});

describe('a listing of records most of which cannot be read is a failed one', () => {
  const bad = (id: string) => aSync({ id, enabled: null, faults: ['enabled'] });
  const good = (id: string) => aSlowSync({ id });
  const unnamed = aSync({ id: null, faults: ['id'] });

  test.each<[string, readonly Sync[], Evaluation['kind']]>([
    ['2 of 4', [bad('a'), bad('b'), good('c'), good('d')], 'listed'],
    ['3 of 5', [bad('a'), bad('b'), bad('c'), good('d'), good('e')], 'unavailable'],
    ['1 of 1', [bad('a')], 'unavailable'],
    ['2 of 3, of which one has no id', [bad('a'), unnamed, good('c')], 'unavailable'],
    ['1 of 3', [bad('a'), good('b'), good('c')], 'listed'],
  ])('%s', (_, syncs, kind) => {
    expect(evaluate(listingOf(...syncs), aFacts(), defaultPolicy, NOW).kind).toBe(kind);
  });

  test('one malformed record is an alert, and the rest goes on', () => {
    const facts = lookOnce([bad('a'), good('b'), aFailingSync({ id: 'c' })]);
    expect(statesOf(facts)).toEqual({ 'sync:a': 'firing', 'sync:c': 'firing' });
    // A record that could not be read may give any date: no success is measured against it.
    const alert = { problem: 'unreadable', severity: 'warning', lastSuccessAt: null };
    expect(facts.alerts['sync:a']).toMatchObject(alert);
  });
});

describe('records without a usable id', () => {
  const unnamed = () => aSync({ id: null, faults: ['id'] });
  const named = ['a', 'b', 'c'].map((id) => aSlowSync({ id }));

  test('are one alert together, a warning', () => {
    const facts = lookOnce([...named, unnamed(), unnamed()]);
    expect(statesOf(facts)).toEqual({ records: 'firing' });
    expect(facts.alerts['records']).toMatchObject({
      problem: 'unreadable',
      severity: 'warning',
      labels: null,
    });
  });

  test('that are as many as before change nothing, nor do more of them', () => {
    const facts = lookOnce([...named, unnamed()]);
    expect(watch([[300, [...named, unnamed(), unnamed()]]], { facts }).alerts).toEqual(facts.alerts);
  });

  test('that are gone have ended it', () => {
    expect(
      stateOf(
        watch([
          [0, [...named, unnamed()]],
          [300, named],
        ]),
        'records',
      ),
    ).toBe('resolved by readable');
  });

  test('wait as warnings do, and are forgotten when they pass before', () => {
    const policy = aPolicy({ pendingFor: '10m' });
    const facts = lookOnce([...named, unnamed()], { policy });
    expect(stateOf(facts, 'records')).toBe('pending');
    expect(stateOf(watch([[300, named]], { facts, policy }), 'records')).toBe('nothing');
  });
});

describe('a repeated id is judged once, by its worst record', () => {
  const failing = aFailingSync();
  const critical = aFailingSync({ lastSuccessAt: ago(20_000) });
  const well = aSync();
  const unreadable = aSync({ enabled: null, faults: ['enabled'] });
  const pad = [aSlowSync({ id: 'users' }), aSlowSync({ id: 'items' })];

  test.each<[string, readonly Sync[], Partial<Alert> | undefined]>([
    ['well and failing', [well, failing], { problem: 'failing' }],
    ['failing and critical', [failing, critical], { severity: 'critical' }],
    ['well twice', [well, well], undefined],
    ['well and unreadable', [well, unreadable], { problem: 'unreadable' }],
  ])('%s, whichever comes first', (_, syncs, alert) => {
    for (const listed of [syncs, syncs.toReversed()]) {
      const { alerts } = lookOnce([...listed, ...pad]);
      if (alert === undefined) expect(alerts).toEqual({});
      else expect(alerts[ORDERS]).toMatchObject(alert);
    }
  });

  test('of records that are equally bad, the order decides nothing that is remembered', () => {
    const twice = [
      aFailingSync({ lastSuccessAt: ago(1000), name: 'one' }),
      aFailingSync({ lastSuccessAt: ago(1100), name: 'two' }),
    ];
    const [forwards, backwards] = [twice, twice.toReversed()].map((syncs) => lookOnce([...syncs, ...pad]));
    expect(forwards).toEqual(backwards);
  });

  test('it is said in the look', () => {
    expect(evaluate(listingOf(well, failing, failing), aFacts(), defaultPolicy, NOW)).toMatchObject({
      repeated: 2,
    });
  });
});

describe('a listing that shrinks', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => aSlowSync({ id: `s${index}` }));
  const sizeAfter = (normal: number, ...counts: (number | 'failed' | 'incomplete')[]) =>
    watch(
      counts.map((count, index) => [
        index * 300,
        count === 'failed'
          ? count
          : count === 'incomplete'
            ? [...many(3), aSync({ id: null, faults: ['id'] })]
            : many(count),
      ]),
      { facts: aFacts({}, { normal }) },
    ).size;

  test('to less than half, by 5 at least, is a candidate at first and told of at the second in a row', () => {
    expect(sizeAfter(20, 9)).toEqual({ normal: 20, shrunk: true });
    expect(sizeAfter(20, 9, 9)).toEqual({ normal: 9, shrinkage: { at: later(300), from: 20, to: 9 } });
  });

  test.each<[string, number, number, boolean]>([
    ['more than half', 20, 9, true],
    ['exactly half', 20, 10, false],
    ['more than half, by 5', 8, 3, true],
    ['more than half, by 4', 7, 3, false],
    ['by 5, more than half', 7, 2, true],
  ])('%s: from %p to %p', (_, normal, count, shrinks) => {
    expect(sizeAfter(normal, count).shrunk === true).toBe(shrinks);
    expect(sizeAfter(normal, count, count).shrinkage !== undefined).toBe(shrinks);
  });

  test('that is back to its size was none', () => {
    expect(sizeAfter(20, 9, 20)).toEqual({ normal: 20 });
    expect(sizeAfter(20, 9, 20, 9)).toEqual({ normal: 20, shrunk: true });
  });

  test('is seen by complete listings alone', () => {
    expect(sizeAfter(20, 'incomplete', 'incomplete')).toEqual({ normal: 20 });
    expect(sizeAfter(20, 9, 'failed')).toEqual({ normal: 20, shrunk: true });
    expect(sizeAfter(20, 9, 'failed', 9).shrinkage).toEqual({ at: later(600), from: 20, to: 9 });
  });

  test.each([
    [19, 20],
    [18, 18],
    [21, 20],
    [22, 22],
    [40, 40],
  ])(
    'or grows a little is remembered when the move reaches a tenth: from 20 to %p, normal is %p',
    (count, normal) => {
      expect(sizeAfter(20, count)).toEqual({ normal });
    },
  );

  test('the first that was ever seen is the normal one, complete or not', () => {
    expect(sizeAfter(0, 3)).toEqual({ normal: 3 });
    expect(sizeAfter(0, 'incomplete')).toEqual({ normal: 3 });
  });

  test('is not one of records that cannot be read: they are records all the same', () => {
    const unreadable = [aSync({ enabled: null, faults: ['enabled'] })];
    expect(lookOnce(unreadable, { facts: aFacts() }).size).toEqual({ normal: 1 });
    expect(lookOnce(unreadable, { facts: aFacts({}, { normal: 7 }) }).size).toEqual({ normal: 7 });
    expect(lookOnce('failed', { facts: aFacts() }).size).toEqual({ normal: 0 });
  });
});

describe('through several looks', () => {
  test('disabled, enabled with its old failure, and well at last', () => {
    const old = { lastRunAt: ago(minutes(10)), lastSuccessAt: ago(minutes(30)) };
    const disabled = aSync({ ...old, enabled: false, disabledReason: '10 failures', lastState: 'failed' });
    const enabled = aSync({ ...old, lastState: 'failed' });
    const facts = watch([[0, [disabled]]]);
    expect(facts.alerts[ORDERS]).toMatchObject({
      state: 'firing',
      problem: 'disabled',
      severity: 'critical',
    });
    const on = watch([[300, [enabled]]], { facts });
    expect(on.histories[ORDERS]).toMatchObject({ enabledSince: later(300) });
    const well = aSync({ lastRunAt: later(500), lastSuccessAt: later(500), secondsSinceSuccess: 100 });
    const over = watch([[600, [well]]], { facts: on });
    expect(over.alerts[ORDERS]).toMatchObject({ state: 'ended', ended: { how: 'resolved' } });
    expect(over.histories).toEqual({});
  });

  test('failed, then stopped by a person, is not well before a newer success', () => {
    const stopped = aFailingSync({ lastState: 'stopped' });
    const facts = watch([
      [0, [aFailingSync()]],
      [300, [stopped]],
    ]);
    expect(stateOf(facts)).toBe('firing');
    const succeeded = aSync({ lastState: 'stopped', lastSuccessAt: later(500), secondsSinceSuccess: 100 });
    expect(stateOf(watch([[600, [succeeded]]], { facts }))).toBe('resolved by success');
  });

  test('an alert that opens as stalled while a failure is still marked takes a success to end', () => {
    const failing = aFailingSync({ lastSuccessAt: ago(1000) });
    const stopped = { lastState: 'stopped', lastSuccessAt: ago(1000) };
    const facts = watch([
      [0, [failing]],
      [1500, [aSync(stopped)]],
    ]);
    expect(facts.alerts[ORDERS]?.problems).toEqual(expect.arrayContaining(['failing', 'stalled']));
    expect(stateOf(watch([[1800, [aSync({ ...stopped, intervalSeconds: hours(6) })]]], { facts }))).toBe(
      'firing',
    );
  });

  test('one that opens as stalled, and was last seen failing before, has to disprove that too', () => {
    const marks = { [ORDERS]: { failing: { lastSuccessAt: ago(2400) } } };
    const stopped = aStalledSync({ lastState: 'stopped' });
    const { alerts } = lookOnce([stopped], { facts: aFacts({}, { marks, normal: 1 }) });
    expect(alerts[ORDERS]?.problems).toEqual(['stalled', 'failing']);
  });

  test('labels outlive the sync, so that what is gone can be named', () => {
    const facts = watch([
      [0, [aFailingSync({ name: 'Orders' })]],
      [300, [aSlowSync({ id: 'x' })]],
      [600, [aSlowSync({ id: 'x' })]],
    ]);
    expect(facts.alerts[ORDERS]).toMatchObject({
      state: 'ended',
      ended: { how: 'unlisted' },
      labels: { name: 'Orders' },
    });
  });

  test('a blind look and one that saw nothing new bring out the same facts', () => {
    const facts = watch([[0, [aFailingSync(), aSlowSync({ id: 'x' })]]]);
    expect(watch([[300, [aFailingSync(), aSlowSync({ id: 'x' })]]], { facts })).toEqual(facts);
    expect(track(facts, aBlindLook(), defaultPolicy, later(300), false).alerts[ORDERS]).toEqual(
      facts.alerts[ORDERS],
    );
  });
});
