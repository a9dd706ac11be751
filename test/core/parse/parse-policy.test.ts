import { parsePolicy, parsePolicyText } from '../../../lambda/core/parse/parse-policy.ts';
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
        evidence: 'all',
        advice: [],
        links: {},
        quietHours: [],
        exclude: [],
        overrides: [],
        destinations: {},
        routes: [],
        defaultRoute: { to: 'default' },
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
      successStates: [' Done '],
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
    expect(aPolicy({ overrides: [override] }).overrides).toMatchObject([{ criticalAtFailures }]);
  });

  it('reads one pattern as a list of one, and a list as it is', () => {
    const match = { id: 'a', name: ['b', '*c'] };
    expect(aPolicy({ overrides: [{ match }] }).overrides).toEqual([
      { match: { id: ['a'], name: ['b', '*c'] } },
    ]);
    expect(aPolicy({ overrides: [{ match: { id: 'x'.repeat(200) } }] }).overrides).toHaveLength(1);
  });

  it.each([
    ['2026-12-01', Date.UTC(2026, 11, 1)],
    ['2026-12-01T08:00:00Z', Date.UTC(2026, 11, 1, 8)],
    ['2026-12-01T08:00:00+01:00', Date.UTC(2026, 11, 1, 7)],
  ])('reads %s as the end of an exclusion, a day as its beginning in UTC', (until, instant) => {
    const [entry] = aPolicy({ exclude: [{ match: { id: 'a' }, reason: 'x', until }] }).exclude;
    expect(entry?.until).toBe(instant);
  });

  it('may leave pauses to the report', () => {
    expect(aPolicy({ notifyPauses: false }).notifyPauses).toBe(false);
  });

  it.each([
    [true, 'all'],
    [{}, 'all'],
    [{ errors: true }, 'all'],
    [{ errors: false }, 'without_errors'],
    [false, 'none'],
  ])('may ask for less evidence: %j is %j', (evidence, parsed) => {
    expect(aPolicy({ evidence }).evidence).toBe(parsed);
  });

  it('may have its own advice, and say nothing in some situation', () => {
    const advice = [
      { error: '*permission denied*', text: 'Ask Ana for the grant.' },
      { situation: 'unreachable', text: '' },
    ] as const;
    expect(aPolicy({ advice: [...advice] }).advice).toEqual(advice);
  });

  it('may link the names of syncs', () => {
    const sync = 'https://app.example/{organisation}/syncs/{id}?kb={kb}';
    expect(aPolicy({ links: { sync } }).links).toEqual({ sync });
  });

  it('may set the same number of intervals for late and for critical', () => {
    expect(faultsOf({ stallAfterIntervals: 12 })).toEqual([]);
    expect(faultsOf({ overrides: [{ match: { id: 'a' }, criticalAfterIntervals: 2 }] })).toEqual([]);
  });
});

const DURATION = 'expected a duration such as "90s", "5m", "12h" or "2d"';
const PATTERN = 'expected a pattern of 1 to 200 characters, or a list of them';
const DATE = 'expected a date such as "2026-12-01" or "2026-12-01T08:00:00Z"';
describe('parsePolicy names the field of every fault', () => {
  it.each<[unknown, readonly string[]]>([
    [[], ['the policy: expected an object, not a list']],
    [null, ['the policy: expected an object']],
    ['strict', ['the policy: expected an object']],
    [{ colour: 1 }, ['colour: is not a field that is known']],
    [{ gracee: '5m' }, ['gracee: is not a field that is known; did you mean grace?']],
    [
      { exclude: [{ match: { nam: 'a' }, reason: 'x' }] },
      ['exclude.0.match.nam: is not a field that is known; did you mean name?'],
    ],
    [
      { overrides: [{ match: { id: 'a' }, pendingfor: '5m' }] },
      ['overrides.0.pendingfor: is not a field that is known; did you mean pendingFor?'],
    ],
    // An override has no such field, so it is not what was meant.
    [
      { overrides: [{ match: { id: 'a' }, repeatIntervals: '5m' }] },
      ['overrides.0.repeatIntervals: is not a field that is known'],
    ],
    [
      { overrides: [{ match: { problem: 'failing' } }] },
      [
        'overrides.0.match.problem: cannot be named here: it depends on this rule. Only routes and silences may name it',
      ],
    ],
    [
      { exclude: [{ match: { severity: 'warning' }, reason: 'x' }] },
      [
        'exclude.0.match.severity: cannot be named here: it depends on this rule. Only routes and silences may name it',
      ],
    ],
    [{ exclude: [{ match: { id: [] }, reason: 'x' }] }, [`exclude.0.match.id: ${PATTERN}`]],
    [{ exclude: [{ match: { id: '' }, reason: 'x' }] }, [`exclude.0.match.id: ${PATTERN}`]],
    [{ exclude: [{ match: { id: 7 }, reason: 'x' }] }, [`exclude.0.match.id: ${PATTERN}`]],
    [{ exclude: [{ match: { id: 'x'.repeat(201) }, reason: 'x' }] }, [`exclude.0.match.id: ${PATTERN}`]],
    [{ exclude: [{ match: { id: 'a' }, reason: 'x', until: 'soon' }] }, [`exclude.0.until: ${DATE}`]],
    [{ exclude: [{ match: { id: 'a' }, reason: 'x', until: '2026-13-01' }] }, [`exclude.0.until: ${DATE}`]],
    [{ overrides: [{ match: { id: 'a' }, exclude: {} }] }, ['overrides.0.exclude.reason: is missing']],

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

  it.each([['yes'], [null], [{ errors: 'no' }], [{ errors: false, jobs: true }]])(
    'when %j is evidence',
    (evidence) => expect(faultsOf({ evidence })[0]).toMatch(/^evidence/),
  );

  it.each([
    [{ text: 'Call Ana.' }],
    [{ situation: 'bad luck', text: 'Call Ana.' }],
    [{ error: '', text: 'Call Ana.' }],
    [{ error: '*' }],
    [{ error: '*', text: 'x'.repeat(201) }],
  ])('when %j is a rule of advice', (rule) => expect(faultsOf({ advice: [rule] })[0]).toMatch(/^advice\.0/));

  it.each([
    'http://app.example/{id}',
    'https://app.example/syncs',
    'https://{organisation}.example/{id}',
    'https://app.example/{id}/{secret}',
    'https://app.example/{id}|text',
    'https://ana@app.example/{id}',
    'javascript:alert("{id}")',
  ])('when %j is the link to a sync', (sync) =>
    expect(faultsOf({ links: { sync } })[0]).toMatch(/^links\.sync: expected an https URL/),
  );

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

describe('links.runbook', () => {
  it.each([
    ['https://wiki.acme.example/sync-alerts/runbook', true],
    ['https://wiki.acme.example/page?id=7', true],
    [`https://${'a'.repeat(50)}.example/${'b'.repeat(191)}`, true],
    [`https://${'a'.repeat(50)}.example/${'b'.repeat(192)}`, false],
    ['http://wiki.acme.example/runbook', false],
    ['https://wiki.acme.example/runbook#alarms', false],
    ['https://wiki.acme.example/a runbook', false],
    ['docs/runbook.md', false],
  ])('as %s is accepted: %s', (runbook, ok) => {
    expect(parsePolicy({ links: { runbook } }).ok).toBe(ok);
  });
});

it('a policy file is read after a byte order mark', () => {
  expect(parsePolicyText('\uFEFF{"grace":"7m"}')).toMatchObject({ ok: true, policy: { graceSeconds: 420 } });
});
