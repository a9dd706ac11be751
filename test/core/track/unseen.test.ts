import type { Facts } from '../../../lambda/core/alert.ts';
import { aFacts, aFailingSync, ago, anAlert, aRoster, days, later, NOW } from '../a-sync.ts';
import { anUnnamedSync, aSlowSync, type Listed, ORDERS, stateOf, trackAll } from './track-evaluations.ts';

const users = aSlowSync({ id: 'users' });
/** Listings that are not complete for ever, with `orders` and without it. */
const without: Listed = [users, anUnnamedSync()];
const withOrders: Listed = [users, aSlowSync({ id: 'orders' }), anUnnamedSync()];

const WEEK = 7 * 86_400;
const known = aFacts(
  { [ORDERS]: anAlert() },
  { histories: { [ORDERS]: { failing: { lastSuccessAt: null } } }, roster: aRoster('orders', 'users') },
);

/** What is known of `orders` after these listings: its alert, its condition, and what else is kept. */
function ordersAfter(listings: readonly (readonly [number, Listed])[], facts: Facts = known) {
  const { conditions, roster, histories, unseen, ...rest } = trackAll(listings, { facts });
  return {
    alert: stateOf({ conditions, roster, histories, ...rest }),
    condition: conditions[ORDERS]?.condition,
    since: unseen?.[ORDERS]?.since,
    isListed: roster.kind === 'syncs' && Object.hasOwn(roster.syncs, ORDERS),
    hasHistory: Object.hasOwn(histories, ORDERS),
  };
}

describe('a sync that no listing has, while none is complete', () => {
  test.each([
    [WEEK - 1, 'firing', undefined],
    [WEEK, 'unlisted', 'unlisted'],
    [WEEK + 1, 'unlisted', 'unlisted'],
  ])(
    'counts as absent after 7 days, at %p s, and is unlisted at the second check',
    (seconds, alert, condition) => {
      const first = ordersAfter([
        [0, without],
        [seconds, without],
      ]);
      expect(first).toMatchObject({ alert: 'firing', condition: undefined, since: NOW });
      const listings = [
        [0, without],
        [seconds, without],
        [seconds, without],
      ] as const;
      expect(ordersAfter(listings)).toMatchObject({ alert, condition });
    },
  );

  test('is unlisted also when it was healthy', () => {
    const facts = aFacts({}, { roster: aRoster('orders', 'users') });
    const listings = [0, WEEK, WEEK + 300].map((seconds) => [seconds, without] as const);
    expect(ordersAfter(listings, facts)).toMatchObject({ alert: 'none', condition: 'unlisted' });
  });

  test('leaves nothing: neither its roster entry nor its condition nor its history', () => {
    const listings = [0, 7, 7.1, 14, 15.2, 15.3].map((at) => [days(at), without] as const);
    expect(ordersAfter(listings)).toEqual({
      alert: 'unlisted',
      condition: undefined,
      since: later(0),
      isListed: false,
      hasHistory: false,
    });
  });

  test('is unlisted also when no complete listing ever had it', () => {
    const failing: Listed = [users, aFailingSync(), anUnnamedSync()];
    const facts = aFacts({}, { roster: aRoster('users') });
    const start = [0, 3600].map((seconds) => [seconds, failing] as const);
    const gone = [7200, 7200 + WEEK, 7500 + WEEK].map((seconds) => [seconds, without] as const);
    expect(ordersAfter(start, facts)).toMatchObject({ alert: 'firing', isListed: false });
    expect(ordersAfter([...start, ...gone], facts)).toMatchObject({ alert: 'unlisted' });
  });

  test('is no longer paused when no complete listing ever had it', () => {
    const paused = aSlowSync({ id: 'orders', enabled: false, disabledReason: null });
    const facts = aFacts({}, { roster: aRoster('users') });
    const start = [0, [users, paused, anUnnamedSync()]] as const;
    const gone = [300, WEEK].map((seconds) => [seconds, without] as const);
    expect(ordersAfter([start, ...gone], facts)).toMatchObject({ condition: 'paused' });
    expect(ordersAfter([start, ...gone, [300 + WEEK, without]], facts)).toMatchObject({
      condition: undefined,
    });
  });

  test.each<[string, readonly (readonly [number, Listed])[]]>([
    ['one of them has it', [[WEEK / 2, withOrders]]],
    ['a complete one is in between: two in a row end it', [[WEEK / 2, [users]]]],
  ])('begins anew when %s', (_, between) => {
    const listings = [[0, without], ...between, [WEEK - 300, without], [WEEK, without]] as const;
    expect(ordersAfter(listings)).toMatchObject({ condition: undefined, since: later(WEEK - 300) });
  });

  test('stays unseen while the listing fails', () => {
    const listings = [
      [0, without],
      [300, 'failed'],
    ] as const;
    expect(ordersAfter(listings)).toMatchObject({ alert: 'firing', since: NOW });
  });

  test('counts from now on when a wrong clock wrote since when', () => {
    const facts = { ...known, unseen: { [ORDERS]: { since: later(61) } } };
    expect(ordersAfter([[0, without]], facts)).toMatchObject({ since: NOW });
    const slack = { ...known, unseen: { [ORDERS]: { since: later(60) } } };
    expect(ordersAfter([[0, without]], slack)).toMatchObject({ since: later(60) });
  });

  test('is listed again at once', () => {
    const listings = [0, WEEK, WEEK + 300].map((seconds) => [seconds, without] as const);
    const facts = aFacts({}, { roster: aRoster('orders', 'users') });
    const back = [...listings, [WEEK + 600, withOrders]] as const;
    expect(ordersAfter(back, facts)).toMatchObject({ condition: 'active', since: undefined, isListed: true });
  });
});

test('complete listings keep no sync as unseen', () => {
  const facts = { ...known, unseen: { [ORDERS]: { since: ago(60) } } };
  expect(trackAll([[0, [users]]], { facts })).not.toHaveProperty('unseen');
});
