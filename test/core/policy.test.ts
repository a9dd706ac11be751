import { exclusionReason, type Matcher, thresholdsFor } from '../../lambda/core/policy.ts';
import type { Labels } from '../../lambda/core/sync.ts';
import { aPolicy, LABELS } from './a-sync.ts';

describe('the thresholds of a sync', () => {
  const policy = aPolicy({
    grace: '1m',
    overrides: [
      { match: { id: 'a' }, grace: '2m', pendingFor: '3m' },
      { match: { name: 'orders' }, stallAfterIntervals: 4, criticalAfterIntervals: 5 },
    ],
  });

  it.each([
    ['a', { graceSeconds: 120, pendingForSeconds: 180, stallAfterIntervals: 2, criticalAfterIntervals: 12 }],
    ['b', { graceSeconds: 60, pendingForSeconds: 0, stallAfterIntervals: 4, criticalAfterIntervals: 5 }],
  ])("are the policy's with those of the first override that matches: id %s", (id, thresholds) => {
    expect(thresholdsFor(policy, id, LABELS)).toMatchObject(thresholds);
  });

  it.each([
    ['a', 3],
    ['b', 5],
  ])('have the number of failures of the override, else of the policy: id %s has %p', (id, failures) => {
    const override = { match: { id: 'a' }, criticalAtFailures: 3 };
    const written = aPolicy({ criticalAtFailures: 5, overrides: [override] });
    expect(thresholdsFor(written, id, LABELS).criticalAtFailures).toBe(failures);
  });

  it("are the policy's when no override matches", () => {
    expect(thresholdsFor(policy, 'b', { ...LABELS, name: 'users' })).toEqual(policy);
    expect(thresholdsFor(aPolicy(), 'a', LABELS)).toMatchObject({ graceSeconds: 300 });
  });
});

describe('the policy excludes a sync', () => {
  const isExcluded = (match: Matcher, id = 's1', labels: Labels = LABELS) =>
    exclusionReason(aPolicy({ exclude: [{ match, reason: 'sandbox' }] }), id, labels) === 'sandbox';

  it.each<[Matcher]>([
    [{ id: 's1' }],
    [{ name: 'orders' }],
    [{ connector: 'postgres' }],
    [{ connection: 'pg-main' }],
    [{ source: 'public.orders' }],
    [{ kb: 'kb_sales' }],
    [{ table: 'orders' }],
    [{ name: 'orders', kb: 'kb_sales' }],
  ])('by any of its fields: %j', (match) => expect(isExcluded(match)).toBe(true));

  it('only when every field of the matcher matches', () => {
    expect(isExcluded({ name: 'orders', kb: 'kb_shop' })).toBe(false);
  });

  it('not by a field that the sync does not have, even with the pattern *', () => {
    expect(isExcluded({ name: '*' }, 's1', { ...LABELS, name: null })).toBe(false);
  });

  it('with the reason of the first exclusion that matches', () => {
    const exclude = [
      { match: { id: 'b' }, reason: 'b' },
      { match: { id: 'a*' }, reason: 'first' },
      { match: { id: 'a' }, reason: 'second' },
    ];
    expect(exclusionReason(aPolicy({ exclude }), 'a', LABELS)).toBe('first');
    expect(exclusionReason(aPolicy({ exclude }), 'c', LABELS)).toBeUndefined();
  });

  it.each([
    ['orders', 'orders', true],
    ['orders', 'orders2', false],
    ['*', '', true],
    ['*', 'orders', true],
    ['ord*', 'orders', true],
    ['ord*', 'my-orders', false],
    ['*ers', 'orders', true],
    ['*ers', 'orders2', false],
    ['o*s', 'orders', true],
    ['o*s', 'orderx', false],
    ['o*d*s', 'orders', true],
    ['o*x*s', 'orders', false],
    ['*rd*er*', 'orders', true],
    // The parts match in their order, each after the one before.
    ['*er*rd*', 'orders', false],
    ['*d*d*', 'order', false],
    ['*d*d*', 'odd', true],
    // The start and the end of a pattern do not overlap.
    ['aba*aba', 'ababa', false],
    ['aba*aba', 'abaaba', true],
    ['ab*b*ba', 'abba', false],
    ['ab*b*ba', 'abbba', true],
  ])('by a pattern: %s matches the id "%s": %p', (pattern, id, matched) => {
    expect(isExcluded({ id: pattern }, id)).toBe(matched);
  });
});
