import type { Policy } from '../../lambda/core/policy.ts';
import { rulesFor, type SyncRules } from '../../lambda/core/rules.ts';
import type { Labels } from '../../lambda/core/sync.ts';
import { ago, aPolicy, aSync, LABELS, NOW } from './a-sync.ts';

const rulesOf = (policy: Policy, id: string, labels: Labels = LABELS): SyncRules =>
  rulesFor(policy, aSync({ id, ...labels }), NOW);
const exclusionOf = (policy: Policy, id: string) => rulesOf(policy, id).exclusion;
const iso = (secondsAgo: number) => new Date(ago(secondsAgo)).toISOString();

describe('the limits of a sync', () => {
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
  ])("are the policy's with those of the first override that matches: id %s", (id, limits) => {
    expect(rulesOf(policy, id)).toMatchObject(limits);
  });

  it.each([
    ['a', 'overrides.0'],
    ['b', 'overrides.1'],
  ])('name the override that decided: id %s has %s', (id, override) => {
    expect(rulesOf(policy, id).override).toBe(override);
  });

  it.each([
    ['a', 3],
    ['b', 5],
  ])('have the number of failures of the override, else of the policy: id %s has %p', (id, failures) => {
    const override = { match: { id: 'a' }, criticalAtFailures: 3 };
    const written = aPolicy({ criticalAtFailures: 5, overrides: [override] });
    expect(rulesOf(written, id).criticalAtFailures).toBe(failures);
  });

  it('are those of the policy itself, which is not copied, when nothing matches', () => {
    expect(rulesOf(policy, 'b', { ...LABELS, name: 'users' })).toBe(policy);
    const plain = aPolicy();
    expect(rulesOf(plain, 'a')).toBe(plain);
  });

  it('have the owner of the first override that matches, and of no later one', () => {
    const owners = aPolicy({
      overrides: [
        { match: { id: 'a' }, grace: '1m' },
        { match: { id: ['a', 'b'] }, owner: 'data-eng' },
      ],
    });
    expect([rulesOf(owners, 'a').owner, rulesOf(owners, 'b').owner]).toEqual([undefined, 'data-eng']);
  });
});

describe('the exclusion of a sync', () => {
  it('is the first entry that matches, with its place in the policy', () => {
    const exclude = [
      { match: { id: 'b' }, reason: 'b' },
      { match: { id: 'a*' }, reason: 'first' },
      { match: { id: 'a' }, reason: 'second' },
    ];
    expect(exclusionOf(aPolicy({ exclude }), 'a')).toEqual({ rule: 'exclude.1', reason: 'first' });
    expect(exclusionOf(aPolicy({ exclude }), 'c')).toBeUndefined();
  });

  it.each([
    ['a second after now', -1, 'known'],
    ['now', 0, undefined],
    ['a second ago', 1, undefined],
  ])('with an end that is %s', (_, secondsAgo, reason) => {
    const until = iso(secondsAgo);
    const entry = aPolicy({ exclude: [{ match: { id: 'a' }, reason: 'known', until }] });
    expect(exclusionOf(entry, 'a')?.reason).toBe(reason);
    const override = aPolicy({ overrides: [{ match: { id: 'a' }, exclude: { reason: 'known', until } }] });
    expect(exclusionOf(override, 'a')?.reason).toBe(reason);
  });

  it('that has ended leaves the place to the next one', () => {
    const exclude = [
      { match: { id: 'a' }, reason: 'over', until: iso(1) },
      { match: { id: 'a' }, reason: 'next', until: iso(-60) },
    ];
    expect(exclusionOf(aPolicy({ exclude }), 'a')).toEqual({
      rule: 'exclude.1',
      reason: 'next',
      until: ago(-60),
    });
  });

  it('of an override counts only where that override is the first that matches', () => {
    const policy = aPolicy({
      overrides: [
        { match: { id: 'a' }, grace: '1m' },
        { match: { connection: 'pg-*' }, exclude: { reason: 'moves' } },
      ],
    });
    expect([exclusionOf(policy, 'a'), exclusionOf(policy, 'b')]).toEqual([
      undefined,
      { rule: 'overrides.1', reason: 'moves' },
    ]);
  });

  it('that has ended leaves the limits of its override', () => {
    const exclude = { reason: 'moves', until: iso(0) };
    const policy = aPolicy({ overrides: [{ match: { id: 'a' }, grace: '9m', exclude }] });
    expect(rulesOf(policy, 'a')).toMatchObject({ graceSeconds: 540, override: 'overrides.0' });
  });
});
