import type { SyncHistory } from '../../../lambda/core/alert.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import { aFacts, aFailingSync, ago, anAlert, aRoster, hours } from '../a-sync.ts';
import {
  anUnnamedSync,
  aSlowSync,
  type Listed,
  ORDERS,
  stateAfter,
  trackAll,
  trackOnce,
} from './track-evaluations.ts';

const failing = { failing: { lastSuccessAt: ago(hours(2)) } };
const stopped = aSlowSync({ lastState: 'stopped', lastSuccessAt: ago(hours(2)) });
/** Complete listings without `orders`, and one that is not complete. */
const others = [aSlowSync({ id: 'users' })];
const incomplete = [...others, anUnnamedSync()];

describe('a firing alert whose sync is', () => {
  const facts = aFacts(
    { [ORDERS]: anAlert() },
    { histories: { [ORDERS]: failing }, roster: aRoster('orders', 'users') },
  );

  test.each<[string, string, readonly Listed[]]>([
    ['absent once', 'firing', [others]],
    ['absent twice', 'unlisted', [others, others]],
    ['absent, then in a failed listing, then absent', 'unlisted', [others, 'failed', others]],
    ['absent, then in two failed listings', 'firing', [others, 'failed', 'failed']],
    ['absent, then in an empty listing, then absent', 'unlisted', [others, [], others]],
    ['absent, then listed, then absent', 'firing', [others, [...others, aFailingSync()], others]],
    ['absent, then listed and inconclusive, then absent', 'firing', [others, [...others, stopped], others]],
    ['absent from two incomplete listings', 'firing', [incomplete, incomplete]],
    ['absent, then absent from an incomplete listing, then absent', 'unlisted', [others, incomplete, others]],
  ])('%s is %s', (_, state, listings) => {
    const evaluations = listings.map((listed, index) => [index * 300, listed] as const);
    expect(stateAfter(evaluations, { facts })).toBe(state);
  });
});

test('a pending alert goes with the second absence of its sync in a row', () => {
  const facts = aFacts({ [ORDERS]: anAlert({ state: 'pending' }) });
  const absent = [0, others] as const;
  expect(stateAfter([absent], { facts })).toBe('pending');
  expect(stateAfter([absent, [300, others]], { facts })).toBe('none');
});

test('an unlisted alert keeps the labels of its sync', () => {
  const facts = trackAll([
    [0, [aFailingSync({ name: 'Orders' })]],
    [300, [aSlowSync({ id: 'x' })]],
    [600, [aSlowSync({ id: 'x' })]],
  ]);
  expect(facts.alerts[ORDERS]).toMatchObject({
    state: 'ended',
    resolution: { how: 'unlisted' },
    labels: { name: 'Orders' },
  });
});

describe('the history of a sync that is absent', () => {
  const absent = { ...failing, absent: true } as const;
  const withAlert = { [ORDERS]: anAlert() };
  const historyAfter = (listed: readonly Sync[], before: SyncHistory, alerts = {}) =>
    trackOnce(listed, { facts: aFacts(alerts, { histories: { [ORDERS]: before } }) }).histories[ORDERS];

  test.each([
    ['without an alert', {}],
    ['with an alert', withAlert],
  ])('holds the first absence, %s', (_, alerts) => {
    expect(historyAfter(others, failing, alerts)).toEqual(absent);
  });

  test('ends with the second absence in a row, unless the sync has an alert', () => {
    expect(historyAfter(others, absent)).toBeUndefined();
    expect(historyAfter(others, absent, withAlert)).toEqual(absent);
  });

  test.each([
    ['one not absent before', failing],
    ['one absent before', absent],
  ])('stays as it is when the listing is incomplete: %s', (_, before) => {
    expect(historyAfter(incomplete, before)).toEqual(before);
  });

  test('is no longer absent once the sync is listed', () => {
    expect(historyAfter([...others, stopped], absent)).toEqual(failing);
  });
});
