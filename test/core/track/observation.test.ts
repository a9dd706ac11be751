import type { SyncHistory } from '../../../lambda/core/alert.ts';
import { diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import {
  observationOf,
  observationOfListing,
  observationOfMissing,
  observationOfRecords,
} from '../../../lambda/core/track/observation.ts';
import {
  aFacts,
  aFailingSync,
  ago,
  anAlert,
  anEvaluation,
  anUnavailableEvaluation,
  aPolicy,
  aSync,
  defaultPolicy,
  LABELS,
  minutes,
  NOW,
} from '../a-sync.ts';
import {
  anUnnamedSync,
  aSlowSync,
  ORDERS,
  stateOf,
  statesOf,
  trackAll,
  trackOnce,
} from './track-evaluations.ts';

const OPTIONS = { policy: defaultPolicy, initialRun: false };
const every = (periodSeconds: number) => ({ policy: { ...defaultPolicy, periodSeconds }, initialRun: false });
const INITIAL_RUN = { policy: aPolicy({ pendingFor: '10m' }), initialRun: true };

describe('the observation of a listed sync', () => {
  const observe = (
    sync: Sync,
    {
      policy = defaultPolicy,
      history = {},
    }: { readonly policy?: Policy; readonly history?: SyncHistory } = {},
  ) =>
    observationOf(diagnose(sync, { policy, now: NOW }, { history, problems: [] }), {
      initialRun: false,
    });

  test('is a problem, with its severity, its success, its pending period and its labels', () => {
    expect(observe(aFailingSync(), { policy: aPolicy({ pendingFor: '10m' }) })).toEqual({
      kind: 'problem',
      problem: 'failing',
      severity: 'warning',
      disableImminent: false,
      runAt: ago(minutes(5)),
      briefFailures: [],
      alsoToDisprove: ['failing'],
      lastSuccessAt: ago(minutes(20)),
      pendingPeriod: { seconds: 600, secondRun: false },
      labels: LABELS,
    });
  });

  test.each([
    ['a person', null],
    ['somebody of whom the API says nothing', undefined],
  ])('is paused when %s paused the sync', (_, disabledReason) => {
    expect(observe(aSync({ enabled: false, disabledReason }))).toEqual({ kind: 'paused' });
  });

  test('says why it is critical', () => {
    const disabled = aSync({ enabled: false, disabledReason: '10 failures in a row' });
    expect(observe(disabled)).toMatchObject({ problem: 'disabled', criticalBy: 'platform' });
    expect(observe(aFailingSync())).not.toHaveProperty('criticalBy');
  });

  test.each([
    [7, false],
    [8, true],
    [9, true],
  ])(
    'of a failing sync with %p failures in a row says that it is about to be disabled: %p',
    (failures, imminent) => {
      const failing = aFailingSync({ consecutiveFailures: failures });
      expect(observe(failing)).toMatchObject({ disableImminent: imminent });
      const old = aFailingSync({ consecutiveFailures: failures, lastSuccessAt: ago(20_000) });
      expect(observe(old)).toMatchObject({ severity: 'critical', disableImminent: imminent });
    },
  );

  test('says that the platform is about to disable the sync from criticalAtFailures of its override on', () => {
    const policy = aPolicy({ overrides: [{ match: { id: 'orders' }, criticalAtFailures: 3 }] });
    expect(observe(aFailingSync({ consecutiveFailures: 2 }), { policy })).toMatchObject({
      disableImminent: false,
    });
    expect(observe(aFailingSync({ consecutiveFailures: 3 }), { policy })).toMatchObject({
      disableImminent: true,
    });
  });

  test('does not say so of a sync that is disabled already', () => {
    const disabled = aFailingSync({ consecutiveFailures: 10, enabled: false, disabledReason: 'x' });
    expect(observe(disabled)).toMatchObject({ problem: 'disabled', disableImminent: false });
  });

  test('has the failures of the history that ended before they fired', () => {
    const briefFailures = [ago(minutes(60)), ago(minutes(30))];
    expect(observe(aFailingSync(), { history: { briefFailures } })).toMatchObject({ briefFailures });
  });

  test('has no last success when the record is unreadable: its dates may be wrong', () => {
    const unreadable = aSync({ enabled: null, faults: ['enabled'] });
    expect(observe(unreadable)).toMatchObject({ problem: 'unreadable', lastSuccessAt: null });
  });

  test('has the failure to disprove that the history still holds', () => {
    const stalled = aSync({ lastState: 'stopped', lastSuccessAt: ago(2400) });
    const history = { failing: { lastSuccessAt: ago(2400) } };
    expect(observe(stalled, { history })).toMatchObject({ problem: 'stalled', alsoToDisprove: ['failing'] });
  });

  test('is healthy, with the diagnosis', () => {
    const diagnosis = diagnose(aSync(), { policy: defaultPolicy, now: NOW });
    expect(observationOf(diagnosis, OPTIONS)).toEqual({ kind: 'healthy', diagnosis });
  });

  test('is inconclusive', () => {
    const stopped = aSync({ lastState: 'stopped', lastSuccessAt: ago(minutes(20)) });
    const tracked = {
      history: { failing: { lastSuccessAt: ago(minutes(20)) } },
      problems: ['failing'],
    } as const;
    const diagnosis = diagnose(stopped, { policy: defaultPolicy, now: NOW }, tracked);
    expect(observationOf(diagnosis, OPTIONS)).toEqual({ kind: 'inconclusive' });
  });

  test('has no pending period on the initial run', () => {
    const diagnosis = diagnose(aFailingSync(), { policy: INITIAL_RUN.policy, now: NOW });
    expect(observationOf(diagnosis, INITIAL_RUN)).toMatchObject({
      pendingPeriod: { seconds: 0, secondRun: false },
    });
  });
});

describe('the observation of a sync that is not listed', () => {
  test.each([
    ['absent', 'complete', anEvaluation([aSync()])],
    ['unobserved', 'incomplete', anEvaluation([aSync(), anUnnamedSync()])],
    ['unobserved', 'unavailable', anUnavailableEvaluation()],
  ])('is %s when the listing is %s', (kind, _, evaluation) => {
    expect(observationOfMissing('sync:x', evaluation, {})).toEqual({ kind });
  });
});

describe('the observation of the listing', () => {
  test('is healthy when it could be listed', () => {
    expect(observationOfListing(anEvaluation([aSync()]), OPTIONS)).toEqual({ kind: 'healthy' });
  });

  test.each([
    ['failed', 600, 'a later run', OPTIONS],
    ['empty', 600, 'a later run', OPTIONS],
    ['refused', 0, 'a later run', OPTIONS],
    ['failed', 0, 'the initial run', INITIAL_RUN],
    ['failed', 600, 'a schedule of 59 min 59 s', every(3599)],
    ['failed', 0, 'a schedule of an hour: the last complete listing is over an hour old', every(3600)],
  ] as const)(
    'of the kind "%s" is critical, with a pending period of %p s on %s',
    (kind, seconds, _, options) => {
      expect(observationOfListing(anUnavailableEvaluation(kind), options)).toEqual({
        kind: 'problem',
        problem: 'listing_failed',
        severity: 'critical',
        criticalBy: 'listing',
        disableImminent: false,
        runAt: null,
        briefFailures: [],
        alsoToDisprove: [],
        lastSuccessAt: null,
        pendingPeriod: { seconds, secondRun: false },
        labels: null,
      });
    },
  );
});

describe('the observation of the records without an id', () => {
  const withUnnamed = anEvaluation([aSync(), anUnnamedSync()]);

  test('is healthy when every record has an id, and nothing when the listing is unavailable', () => {
    expect(observationOfRecords(anEvaluation([aSync()]), OPTIONS)).toEqual({ kind: 'healthy' });
    expect(observationOfRecords(anUnavailableEvaluation(), OPTIONS)).toEqual({ kind: 'unobserved' });
  });

  test.each([
    ['by default', 0, OPTIONS],
    ['with pendingFor of 10 minutes', 600, { ...INITIAL_RUN, initialRun: false }],
    ['on the initial run', 0, INITIAL_RUN],
  ])('is a warning, %s with a pending period of %p s', (_, seconds, options) => {
    expect(observationOfRecords(withUnnamed, options)).toEqual({
      kind: 'problem',
      problem: 'unreadable',
      severity: 'warning',
      disableImminent: false,
      runAt: null,
      briefFailures: [],
      alsoToDisprove: [],
      lastSuccessAt: null,
      pendingPeriod: { seconds, secondRun: false },
      labels: null,
    });
  });
});

describe('a sync that the policy excludes', () => {
  const policy = aPolicy({ exclude: [{ match: { name: 'ord*' }, reason: 'sandbox' }] });

  test('opens no alert', () => {
    expect(trackOnce([aFailingSync()], { policy }).alerts).toEqual({});
  });

  test('opens no alert when it is excluded by its id alone', () => {
    const byId = aPolicy({ exclude: [{ match: { id: 'orders' }, reason: 'sandbox' }] });
    expect(trackOnce([aFailingSync()], { policy: byId }).alerts).toEqual({});
  });

  test('ends its firing alert with the reason', () => {
    const facts = aFacts({ [ORDERS]: anAlert() });
    expect(trackOnce([aFailingSync()], { facts, policy }).alerts[ORDERS]?.resolution).toEqual({
      how: 'excluded',
      reason: 'sandbox',
      at: NOW,
    });
  });

  test('loses its pending alert', () => {
    const facts = aFacts({ [ORDERS]: anAlert({ state: 'pending' }) });
    expect(trackOnce([aFailingSync()], { facts, policy }).alerts).toEqual({});
  });

  test('changes nothing for other syncs', () => {
    const facts = trackOnce([aFailingSync({ id: 'users', name: 'users' })], { policy });
    expect(stateOf(facts, 'sync:users')).toBe('firing');
  });
});

describe('records without a usable id', () => {
  const named = ['a', 'b', 'c'].map((id) => aSlowSync({ id }));

  test('are one alert together, a warning', () => {
    const facts = trackOnce([...named, anUnnamedSync(), anUnnamedSync()]);
    expect(statesOf(facts)).toEqual({ records: 'firing' });
    expect(facts.alerts['records']).toMatchObject({
      problem: 'unreadable',
      severity: 'warning',
      labels: null,
    });
  });

  test('leave their alert as it is when there are more of them', () => {
    const facts = trackOnce([...named, anUnnamedSync()]);
    const more = [...named, anUnnamedSync(), anUnnamedSync()];
    expect(trackAll([[300, more]], { facts }).alerts).toEqual(facts.alerts);
  });

  test('resolve their alert when they are no longer listed', () => {
    const facts = trackAll([
      [0, [...named, anUnnamedSync()]],
      [300, named],
    ]);
    expect(stateOf(facts, 'records')).toBe('resolved by readable');
  });

  test('are pending for pendingFor, and lose their alert when they are no longer listed by then', () => {
    const policy = aPolicy({ pendingFor: '10m' });
    const facts = trackOnce([...named, anUnnamedSync()], { policy });
    expect(stateOf(facts, 'records')).toBe('pending');
    expect(stateOf(trackAll([[300, named]], { facts, policy }), 'records')).toBe('none');
  });
});
