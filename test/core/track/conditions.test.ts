import type { Alert } from '../../../lambda/core/alert.ts';
import type { Condition } from '../../../lambda/core/condition.ts';
import type { RosterEntry } from '../../../lambda/core/roster.ts';
import { workHash } from '../../../lambda/core/roster.ts';
import {
  aFacts,
  ago,
  anAlert,
  anEndedAlert,
  aPolicy,
  aRoster,
  days,
  hours,
  LABELS,
  later,
  NOW,
  type SyncOverrides,
} from '../a-sync.ts';
import { anUnnamedSync, aSlowSync, type Listed, ORDERS, type Start, trackAll } from './track-evaluations.ts';

const orders = (overrides: SyncOverrides = {}) => aSlowSync(overrides);
const paused = (overrides: SyncOverrides = {}) =>
  aSlowSync({ enabled: false, disabledReason: null, ...overrides });
/** Another sync, so that a listing without `orders` is not empty. */
const OTHER = aSlowSync({ id: 'users' });
const withOther = (...syncs: readonly ReturnType<typeof orders>[]) => [...syncs, OTHER];
const WITHOUT: Listed = [OTHER];

/** The condition of `orders` after these listings, each so many seconds after `NOW`. */
const conditionAfter = (listings: readonly (readonly [number, Listed])[], start?: Start) =>
  trackAll(listings, start).conditions[ORDERS];

/** Facts in which `orders` was listed before, with this entry, this condition and this alert. */
const known = (
  entry: Partial<RosterEntry> = {},
  { condition, alert }: { readonly condition?: Partial<Condition>; readonly alert?: Alert } = {},
): Start => {
  const roster = aRoster('orders', 'users');
  const before: Condition = { condition: 'active', since: ago(hours(1)), name: 'orders', ...condition };
  return {
    facts: aFacts(alert === undefined ? {} : { [ORDERS]: alert }, {
      roster: {
        ...roster,
        syncs: { ...roster.syncs, [ORDERS]: { name: 'orders', work: workHash(LABELS), ...entry } },
      },
      conditions: condition === undefined ? {} : { [ORDERS]: before },
    }),
  };
};

describe('the condition of a listed sync', () => {
  test('is not kept while it is active and always was', () => {
    expect(trackAll([[0, withOther(orders())]], known()).conditions).toEqual({});
  });

  test.each([
    ['a person', 'person', null],
    ['somebody of whom the API says nothing', 'unknown', undefined],
  ] as const)('is paused when %s paused it', (_, by, disabledReason) => {
    expect(conditionAfter([[0, withOther(paused({ disabledReason }))]], known())).toEqual({
      condition: 'paused',
      since: NOW,
      name: 'orders',
      by,
    });
  });

  test('is not paused when the platform disabled it', () => {
    expect(conditionAfter([[0, withOther(paused({ disabledReason: 'x' }))]], known())).toBeUndefined();
  });

  test('stays paused since the first check that saw it', () => {
    const listings = [
      [0, withOther(paused())],
      [300, withOther(paused())],
    ] as const;
    expect(conditionAfter(listings, known())).toMatchObject({ condition: 'paused', since: NOW });
  });

  test('is active since the first check that saw it resumed, for seven days', () => {
    const resumed = [
      [0, withOther(paused())],
      [300, withOther(orders())],
    ] as const;
    expect(conditionAfter(resumed, known())).toEqual({
      condition: 'active',
      since: later(300),
      name: 'orders',
    });
    const atSecond = (seconds: number) =>
      conditionAfter([...resumed, [300 + seconds, withOther(orders())]], known());
    expect(atSecond(days(7) - 1)).toMatchObject({ condition: 'active', since: later(300) });
    expect(atSecond(days(7))).toBeUndefined();
  });

  test('stays paused while its record is unreadable', () => {
    const unreadable = paused({ enabled: null, faults: ['enabled'] });
    const start = known({}, { condition: { condition: 'paused', since: ago(60) } });
    expect(conditionAfter([[0, withOther(unreadable)]], start)).toMatchObject({
      condition: 'paused',
      since: ago(60),
    });
  });

  test('is not kept when the policy excludes the sync', () => {
    const policy = aPolicy({ exclude: [{ match: { id: 'orders' }, reason: 'a test' }] });
    const start = known({}, { condition: { condition: 'paused' } });
    expect(conditionAfter([[0, withOther(paused())]], { ...start, policy })).toBeUndefined();
  });
});

describe('a sync is unlisted', () => {
  test.each<[string, boolean, readonly Listed[]]>([
    ['not after one listing without it', false, [WITHOUT]],
    ['after two', true, [WITHOUT, WITHOUT]],
    ['after two with a failed listing between', true, [WITHOUT, 'failed', WITHOUT]],
    ['after two with an empty listing between', true, [WITHOUT, [], WITHOUT]],
    ['not after one and an empty listing', false, [WITHOUT, []]],
    ['not after an empty listing and one without it', false, [[], WITHOUT]],
    ['not after one, when it is back', false, [WITHOUT, withOther(orders()), WITHOUT]],
    [
      'not after incomplete listings',
      false,
      [
        [OTHER, anUnnamedSync()],
        [OTHER, anUnnamedSync()],
      ],
    ],
  ])('%s: %p', (_, unlisted, listings) => {
    const evaluations = listings.map((listed, index) => [index * 300, listed] as const);
    expect(conditionAfter(evaluations, known())?.condition === 'unlisted').toBe(unlisted);
  });

  const twice = [
    [0, WITHOUT],
    [300, WITHOUT],
  ] as const;

  test('since the second listing, and stays so', () => {
    const unlisted = { condition: 'unlisted', since: later(300), name: 'orders', was: 'was healthy' };
    expect(conditionAfter(twice, known())).toEqual(unlisted);
    expect(conditionAfter([...twice, [600, WITHOUT]], known())).toEqual(unlisted);
  });

  test.each<[string, Start]>([
    ['was healthy', known()],
    ['was failing', known({}, { alert: anAlert() })],
    ['was stalled', known({}, { alert: anAlert({ problem: 'stalled' }) })],
    ['was healthy', known({}, { alert: anAlert({ state: 'pending' }) })],
    ['was paused', known({}, { condition: { condition: 'paused' } })],
  ])('with its last state: %s', (was, start) => {
    expect(conditionAfter(twice, start)?.was).toBe(was);
  });

  test.each<[string, boolean, Partial<RosterEntry>, Alert | undefined]>([
    ['a second less than a day', false, { since: ago(days(1) - 1) }, undefined],
    ['a day', true, { since: ago(days(1)) }, undefined],
    ['since before the initial run', true, {}, undefined],
    ['an hour, with an alert that fires', true, { since: ago(hours(1)) }, anAlert()],
    [
      'an hour, with an alert that ended by the absence',
      true,
      { since: ago(hours(1)) },
      anEndedAlert({ resolution: { how: 'unlisted', at: ago(hours(24)) } }),
    ],
    ['an hour, with an alert that recovered', false, { since: ago(hours(1)) }, anEndedAlert()],
    ['an hour, with a pending alert', false, { since: ago(hours(1)) }, anAlert({ state: 'pending' })],
  ])('when it was listed for %s: %p', (_, unlisted, entry, alert) => {
    const start = known(entry, alert === undefined ? {} : { alert });
    expect(conditionAfter(twice, start)?.condition === 'unlisted').toBe(unlisted);
  });

  test.each([
    [days(8), true],
    [days(8) + 1, false],
  ])('until it has been missing for eight days: after %p s it is so, %p', (seconds, unlisted) => {
    const condition = { condition: 'unlisted', since: ago(seconds - 300) } as const;
    const start = known({ missingSince: ago(seconds) }, { condition });
    expect(conditionAfter([[0, WITHOUT]], start)?.condition === 'unlisted').toBe(unlisted);
  });
});

describe('a sync that is listed again', () => {
  const gone = known(
    { missingSince: ago(hours(2)) },
    { condition: { condition: 'unlisted', was: 'was healthy' } },
  );
  const back = [0, withOther(orders())] as const;
  const WAS_BACK = { condition: 'active', relistedAt: ago(days(1)) } as const;

  test('is active, and keeps when it came back', () => {
    expect(conditionAfter([back], gone)).toEqual({
      condition: 'active',
      since: NOW,
      name: 'orders',
      relistedAt: NOW,
    });
  });

  test('keeps when it came back also while it is paused', () => {
    expect(conditionAfter([[0, withOther(paused())]], gone)).toMatchObject({
      condition: 'paused',
      relistedAt: NOW,
    });
  });

  test.each([
    [2, false],
    [24 * 3600 - 1, false],
    [24 * 3600, true],
  ])('and missing again within seven days is unlisted after %p s of absence: %p', (seconds, unlisted) => {
    const start = known({}, { condition: WAS_BACK });
    const listings = [
      [0, WITHOUT],
      [seconds, WITHOUT],
    ] as const;
    expect(conditionAfter(listings, start)?.condition === 'unlisted').toBe(unlisted);
  });

  test('and missing again after seven days is unlisted after two listings', () => {
    const start = known({}, { condition: { ...WAS_BACK, relistedAt: ago(days(7)) } });
    const listings = [
      [0, WITHOUT],
      [300, WITHOUT],
    ] as const;
    expect(conditionAfter(listings, start)).toMatchObject({ condition: 'unlisted' });
  });
});

describe('a sync that is unlisted is re-created', () => {
  const recreated = (...listed: readonly (readonly [number, Listed])[]) =>
    conditionAfter(listed, known())?.recreated === true;

  test('when a new id brings the same work', () => {
    const renewed = withOther(orders({ id: 'orders-2', name: 'Orders, new' }));
    expect(recreated([0, renewed], [300, renewed])).toBe(true);
  });

  test('also when the new id comes after it is unlisted', () => {
    expect(recreated([0, WITHOUT], [300, WITHOUT], [600, withOther(orders({ id: 'orders-2' }))])).toBe(true);
  });

  test.each<[string, SyncOverrides]>([
    ['source', { source: 'public.refunds' }],
    ['destination', { destTable: 'refunds' }],
    ['connection', { connectionRef: 'pg-other' }],
  ])('not by a new id with another %s', (_, other) => {
    const renewed = withOther(orders({ id: 'orders-2', ...other }));
    expect(recreated([0, renewed], [300, renewed])).toBe(false);
  });

  test('not by a sync that was listed since the initial run', () => {
    expect(recreated([0, WITHOUT], [300, WITHOUT])).toBe(false);
  });

  test('only as often as there are new ids', () => {
    const renewed = [aSlowSync({ id: 'c' }), aSlowSync({ id: 'd', destTable: 'other' })];
    const { conditions } = trackAll(
      [
        [0, renewed],
        [300, renewed],
      ],
      { facts: aFacts({}, { roster: aRoster('a', 'b') }) },
    );
    expect(Object.values(conditions).map(({ recreated }) => recreated)).toEqual([true, undefined]);
  });
});

test('a paused sync that was listed for less than a day is not kept as paused once it is absent twice', () => {
  const start = known({ since: ago(hours(2)) }, { condition: { condition: 'paused', since: ago(hours(1)) } });
  expect(conditionAfter([[0, WITHOUT]], start)).toMatchObject({ condition: 'paused' });
  const twice = [0, 300].map((seconds) => [seconds, WITHOUT] as const);
  expect(conditionAfter(twice, start)).toBeUndefined();
});
