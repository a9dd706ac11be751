import { exclusionReason, type Matcher, parsePolicy, thresholdsFor } from '../../lambda/core/policy.ts';
import type { Labels } from '../../lambda/core/sync.ts';
import { aPolicy, LABELS, minutes } from './a-sync.ts';

function faultsOf(written: unknown): readonly string[] {
  const parsed = parsePolicy(written);
  return parsed.ok ? [] : parsed.faults;
}

describe('a policy that says nothing', () => {
  it('is the default, at a check every five minutes', () => {
    expect(parsePolicy({})).toEqual({
      ok: true,
      policy: {
        periodSeconds: 300,
        stallAfterIntervals: 2,
        criticalAfterIntervals: 12,
        graceSeconds: 300,
        pendingForSeconds: 0,
        successStates: ['completed'],
        inProgressStates: ['running', 'pending', 'queued', 'started', 'starting', 'in_progress', 'scheduled'],
        stoppedStates: ['stopped', 'cancelled', 'canceled'],
        repeatIntervalSeconds: 86_400,
        pausedRepeatIntervalSeconds: 7 * 86_400,
        groupIntervalSeconds: 900,
        listingFailureForSeconds: 600,
        exclude: [],
        overrides: [],
      },
    });
  });

  it('has the period of the schedule', () => {
    const parsed = parsePolicy({}, minutes(1));
    expect(parsed.ok && parsed.policy.periodSeconds).toBe(60);
  });
});

describe('what a policy says', () => {
  it.each([
    ['0s', 0],
    ['90s', 90],
    ['5m', 300],
    ['12h', 43_200],
    ['2d', 172_800],
  ])('is a duration: %s are %d s', (grace, seconds) => {
    expect(aPolicy({ grace }).graceSeconds).toBe(seconds);
  });

  it('adds to the states that are known, without regard to case', () => {
    const more = aPolicy({ successStates: ['Done'], inProgressStates: ['Busy'], stoppedStates: ['HALTED'] });
    expect(more.successStates).toEqual(['completed', 'done']);
    expect(more.inProgressStates).toContain('busy');
    expect(more.stoppedStates).toContain('halted');
  });

  it('may be that it is critical as soon as it is late', () => {
    expect(faultsOf({ stallAfterIntervals: 12 })).toEqual([]);
    expect(faultsOf({ overrides: [{ match: { id: 'a' }, criticalAfterIntervals: 2 }] })).toEqual([]);
  });
});

const DURATION = 'expected a duration such as "90s", "5m", "12h" or "2d"';
describe('a fault of a policy names its field', () => {
  it.each<[unknown, readonly string[]]>([
    [[], ['the policy: expected an object, not a list']],
    [null, ['the policy: expected an object']],
    ['strict', ['the policy: expected an object']],
    [{ colour: 1 }, ['colour: is not a field that is known']],
    [{ grace: 'soon', pendingFor: '5' }, [`grace: ${DURATION}`, `pendingFor: ${DURATION}`]],
    [{ grace: '5 m' }, [`grace: ${DURATION}`]],
    [{ grace: 'x5m' }, [`grace: ${DURATION}`]],
    [{ grace: '5mx' }, [`grace: ${DURATION}`]],
    [{ repeatInterval: '0s' }, ['repeatEvery: expected a duration above zero']],
    [{ pausedRepeatInterval: '0d' }, ['repeatPausedEvery: expected a duration above zero']],
    [{ exclude: [{ match: { id: 'a' } }] }, ['ignore.0.reason: is missing']],
    [{ exclude: [{ match: { id: 'a' }, reason: '' }] }, ['ignore.0.reason: must not be empty']],
    [{ overrides: [{ grace: '1m' }] }, ['overrides.0.match: is missing']],
    [
      { overrides: [{ match: {} }] },
      ['overrides.0.match: expected at least one field: nothing would match everything'],
    ],
    [
      { stallAfterIntervals: 5, criticalAfterIntervals: 4, overrides: [{ match: { id: 'a' } }] },
      ['the policy: criticalAfterIntervals (4) is below stallAfterIntervals (5)'],
    ],
    [
      {
        overrides: [
          { match: { id: 'a' }, criticalAfterIntervals: 1 },
          { match: { id: 'b' } },
          { match: { id: 'c' }, stallAfterIntervals: 13 },
        ],
      },
      [
        'the policy: override 1: criticalAfterIntervals (1) is below stallAfterIntervals (2)',
        'the policy: override 3: criticalAfterIntervals (12) is below stallAfterIntervals (13)',
      ],
    ],
  ])('%j', (written, faults) => expect(faultsOf(written)).toEqual(faults));

  it.each([[0], [0.5], ['2'], [Number.NaN], [Number.POSITIVE_INFINITY]])(
    'also where the number of intervals is %p',
    (stallAfterIntervals) => {
      expect(faultsOf({ stallAfterIntervals })[0]).toMatch(/^stallAfterIntervals: /);
    },
  );
});

describe('the thresholds of a sync', () => {
  const policy = () =>
    aPolicy({
      grace: '1m',
      overrides: [
        { match: { id: 'a' }, grace: '2m', pendingFor: '3m' },
        { match: { name: 'orders' }, stallAfterIntervals: 4, criticalAfterIntervals: 5 },
      ],
    });

  it.each([
    ['a', { graceSeconds: 120, pendingForSeconds: 180, stallAfterIntervals: 2, criticalAfterIntervals: 12 }],
    ['b', { graceSeconds: 60, pendingForSeconds: 0, stallAfterIntervals: 4, criticalAfterIntervals: 5 }],
  ])('are those of the first override that matches: %s', (id, thresholds) => {
    expect(thresholdsFor(policy(), id, LABELS)).toMatchObject(thresholds);
  });

  it('are those of the policy where none matches', () => {
    expect(thresholdsFor(policy(), 'b', { ...LABELS, name: 'users' })).toEqual(policy());
    expect(thresholdsFor(aPolicy(), 'a', LABELS)).toMatchObject({ graceSeconds: 300 });
  });
});

describe('a sync is ignored', () => {
  const isIgnored = (match: Matcher, id = 's1', labels: Labels = LABELS) =>
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
  ])('by any of its fields: %j', (match) => expect(isIgnored(match)).toBe(true));

  it('only where all that is asked for matches', () => {
    expect(isIgnored({ name: 'orders', kb: 'kb_shop' })).toBe(false);
    expect(isIgnored({ name: '*' }, 's1', { ...LABELS, name: null })).toBe(false);
  });

  it('with the reason of the first that matches', () => {
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
    // In their order, each after the one before.
    ['*er*rd*', 'orders', false],
    ['*d*d*', 'order', false],
    ['*d*d*', 'odd', true],
    // What begins and ends alike needs room for both.
    ['aba*aba', 'ababa', false],
    ['aba*aba', 'abaaba', true],
    ['ab*b*ba', 'abba', false],
    ['ab*b*ba', 'abbba', true],
  ])('by a pattern: %s matches %s is %p', (pattern, id, matched) => {
    expect(isIgnored({ id: pattern }, id)).toBe(matched);
  });
});
