import { parsePolicy } from '../../../lambda/core/parse/parse-policy.ts';
import { aPolicy, minutes } from '../a-sync.ts';

function faultsOf(written: unknown): readonly string[] {
  const parsed = parsePolicy(written);
  return parsed.ok ? [] : parsed.faults;
}

describe('an empty policy', () => {
  it('has every default, and a period of 5 minutes', () => {
    expect(parsePolicy({})).toEqual({
      ok: true,
      policy: {
        periodSeconds: 300,
        stallAfterIntervals: 2,
        criticalAfterIntervals: 12,
        criticalAtFailures: 8,
        graceSeconds: 300,
        pendingForSeconds: 0,
        successStates: ['completed'],
        inProgressStates: ['running', 'pending', 'queued', 'started', 'starting', 'in_progress', 'scheduled'],
        stoppedStates: ['stopped', 'cancelled', 'canceled'],
        repeatIntervalSeconds: 86_400,
        pausedRepeatIntervalSeconds: 7 * 86_400,
        groupIntervalSeconds: 900,
        listingFailureForSeconds: 600,
        notifyPauses: true,
        exclude: [],
        overrides: [],
      },
    });
  });

  it('has the period of the schedule when that is given', () => {
    const parsed = parsePolicy({}, minutes(1));
    expect(parsed.ok && parsed.policy.periodSeconds).toBe(60);
  });
});

describe('a written policy', () => {
  it.each([
    ['0s', 0],
    ['90s', 90],
    ['5m', 300],
    ['12h', 43_200],
    ['2d', 172_800],
  ])('reads the duration %s as %d s', (grace, seconds) => {
    expect(aPolicy({ grace }).graceSeconds).toBe(seconds);
  });

  it('adds its states to the known ones, in lower case', () => {
    const policy = aPolicy({
      successStates: ['Done'],
      inProgressStates: ['Busy'],
      stoppedStates: ['HALTED'],
    });
    expect(policy.successStates).toEqual(['completed', 'done']);
    expect(policy.inProgressStates).toContain('busy');
    expect(policy.stoppedStates).toContain('halted');
  });

  it.each([[1], [8], [10]])('may set criticalAtFailures to %p, also for some syncs', (criticalAtFailures) => {
    expect(aPolicy({ criticalAtFailures }).criticalAtFailures).toBe(criticalAtFailures);
    const override = { match: { id: 'a' }, criticalAtFailures };
    expect(aPolicy({ overrides: [override] }).overrides).toEqual([override]);
  });

  it('may leave pauses to the report', () => {
    expect(aPolicy({ notifyPauses: false }).notifyPauses).toBe(false);
  });

  it('may set the same number of intervals for late and for critical', () => {
    expect(faultsOf({ stallAfterIntervals: 12 })).toEqual([]);
    expect(faultsOf({ overrides: [{ match: { id: 'a' }, criticalAfterIntervals: 2 }] })).toEqual([]);
  });
});

const DURATION = 'expected a duration such as "90s", "5m", "12h" or "2d"';
describe('parsePolicy names the field of every fault', () => {
  it.each<[unknown, readonly string[]]>([
    [[], ['the policy: expected an object, not a list']],
    [null, ['the policy: expected an object']],
    ['strict', ['the policy: expected an object']],
    [{ colour: 1 }, ['colour: is not a field that is known']],
    [{ grace: 'soon', pendingFor: '5' }, [`grace: ${DURATION}`, `pendingFor: ${DURATION}`]],
    [{ grace: '5 m' }, [`grace: ${DURATION}`]],
    [{ grace: 'x5m' }, [`grace: ${DURATION}`]],
    [{ grace: '5mx' }, [`grace: ${DURATION}`]],
    [{ repeatInterval: '0s' }, ['repeatInterval: expected a duration above zero']],
    [{ pausedRepeatInterval: '0d' }, ['pausedRepeatInterval: expected a duration above zero']],
    [{ exclude: [{ match: { id: 'a' } }] }, ['exclude.0.reason: is missing']],
    [{ exclude: [{ match: { id: 'a' }, reason: '' }] }, ['exclude.0.reason: must not be empty']],
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
  ])('in %j', (written, faults) => expect(faultsOf(written)).toEqual(faults));

  it.each([[0], [11], [1.5], ['8'], [Number.NaN]])('when %p is criticalAtFailures', (criticalAtFailures) => {
    expect(faultsOf({ criticalAtFailures })[0]).toMatch(/^criticalAtFailures: /);
    const [fault] = faultsOf({ overrides: [{ match: { id: 'a' }, criticalAtFailures }] });
    expect(fault).toMatch(/^overrides\.0\.criticalAtFailures: /);
  });

  it.each([['yes'], [1], [null]])('when %p is notifyPauses', (notifyPauses) => {
    expect(faultsOf({ notifyPauses })[0]).toMatch(/^notifyPauses: /);
  });

  it.each([[0], [0.5], ['2'], [Number.NaN], [Number.POSITIVE_INFINITY]])(
    'when %p is the number of intervals',
    (stallAfterIntervals) => {
      expect(faultsOf({ stallAfterIntervals })[0]).toMatch(/^stallAfterIntervals: /);
    },
  );
});
