import { aFacts, ago, anAlert, anEndedAlert, aPolicy, aRoster, aSync, days, hours, NOW } from '../a-sync.ts';
import { FLAPPING } from './an-observation.ts';
import { aSlowSync, ORDERS, stateAfter, stateOf, trackAll, trackOnce } from './track-evaluations.ts';

describe('the alert "listing"', () => {
  test.each([
    [599, 'pending'],
    [600, 'firing'],
    [601, 'firing'],
  ])('is pending for listingFailureFor of 10 minutes: after %p seconds it is %s', (seconds, state) => {
    const facts = trackAll([
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

  test.each(['failed', 'malformed', 'unreadable', 'empty'] as const)(
    'is pending after a listing failure of the kind "%s"',
    (kind) => {
      expect(stateOf(trackOnce(kind), 'listing')).toBe('pending');
    },
  );

  test('fires at once when the key is refused (401, 403), also while it is pending', () => {
    expect(stateOf(trackOnce('refused'), 'listing')).toBe('firing');
    const facts = trackAll([
      [0, 'failed'],
      [60, 'refused'],
    ]);
    expect(stateOf(facts, 'listing')).toBe('firing');
  });

  test('fires at once on the initial run', () => {
    expect(stateOf(trackOnce('failed', { initialRun: true }), 'listing')).toBe('firing');
  });

  test('fires at once with listingFailureFor of 0 s', () => {
    const policy = aPolicy({ listingFailureFor: '0s' });
    expect(stateOf(trackOnce('failed', { policy }), 'listing')).toBe('firing');
  });

  test('goes when the listing works again before it fires', () => {
    const facts = trackAll([
      [0, 'failed'],
      [300, [aSync()]],
    ]);
    expect(stateOf(facts, 'listing')).toBe('none');
  });

  test.each([
    ['firing', [0]],
    ['firing', [0, hours(2) - 1]],
    ['resolved by listing_restored', [0, hours(2)]],
  ])('that fired four times in 24 h is held for 2 h: %s after successful listings at %j s', (state, at) => {
    const listing = anAlert({
      problem: 'listing_failed',
      severity: 'critical',
      labels: null,
      lastSuccessAt: null,
      ...FLAPPING,
    });
    const facts = aFacts({ listing });
    const listings = at.map((seconds) => [seconds, [aSlowSync()]] as const);
    expect(stateOf(trackAll(listings, { facts }), 'listing')).toBe(state);
  });
});

test.each(['failed', 'refused', 'malformed', 'unreadable', 'empty'] as const)(
  'a listing failure of the kind "%s" changes no other alert, no history, no condition and not the roster',
  (kind) => {
    const alerts = {
      'sync:a': anAlert(),
      'sync:b': anAlert({ state: 'pending' }),
      'sync:c': anAlert({ ...FLAPPING, healthySince: ago(hours(3)) }),
      'sync:d': anAlert({ absent: true }),
      'sync:e': anEndedAlert(),
      'sync:f': anEndedAlert({ pendingAgain: { since: ago(hours(5)), problems: ['failing'] } }),
      records: anAlert({ labels: null, problem: 'unreadable' }),
    } as const;
    const histories = { 'sync:a': { failing: { lastSuccessAt: null } } };
    const conditions = { 'sync:a': { condition: 'paused', since: ago(hours(1)), name: 'a' } } as const;
    const before = aFacts(alerts, { histories, conditions, roster: aRoster('a', 'b', 'g') });
    const after = trackOnce(kind, { facts: before });
    const { listing, ...rest } = after.alerts;
    expect(listing).toBeDefined();
    expect(rest).toEqual(alerts);
    expect(after.histories).toEqual(before.histories);
    expect(after.roster).toEqual(before.roster);
    expect(after.conditions).toEqual(before.conditions);
  },
);

describe('an empty listing', () => {
  const roster = aRoster('a', 'b', 'c');
  const DAY = days(1);

  test('after one with syncs is a listing failure until syncs are listed again', () => {
    const facts = trackAll(
      [
        [0, []],
        [600, []],
      ],
      { facts: aFacts({}, { roster }) },
    );
    expect(stateOf(facts, 'listing')).toBe('firing');
    expect(facts).toMatchObject({ roster, emptySince: NOW });
    const restored = trackAll([[1200, [aSlowSync()]]], { facts });
    expect(stateOf(restored, 'listing')).toBe('resolved by listing_restored');
    expect(restored).not.toHaveProperty('emptySince');
  });

  test('is accepted after a day of them: the failure resolves, and every sync is unlisted', () => {
    const before = trackAll(
      [
        [0, []],
        [DAY - 1, []],
      ],
      { facts: aFacts({}, { roster }) },
    );
    expect(stateOf(before, 'listing')).toBe('firing');
    expect(before.conditions).toEqual({});
    const accepted = trackAll([[DAY, []]], { facts: before });
    expect(stateOf(accepted, 'listing')).toBe('resolved by listing_restored');
    expect(Object.values(accepted.conditions).map(({ condition }) => condition)).toEqual([
      'unlisted',
      'unlisted',
      'unlisted',
    ]);
    const after = trackAll([[DAY + 300, []]], { facts: accepted });
    expect(stateOf(after, 'listing')).toBe('resolved by listing_restored');
    expect(after.conditions).toEqual(accepted.conditions);
  });

  test.each([
    ['a request that failed', 'failed', true],
    ['a refused key', 'refused', false],
    ['a malformed answer', 'malformed', false],
  ] as const)(
    'goes on through %s (%s): accepted a day after the first one is %p',
    (_, between, isAccepted) => {
      const facts = trackAll(
        [
          [0, []],
          [hours(12), between],
          [DAY, []],
        ],
        { facts: aFacts({}, { roster }) },
      );
      expect(stateOf(facts, 'listing')).toBe(isAccepted ? 'resolved by listing_restored' : 'firing');
    },
  );

  test('that is accepted ends the alerts of the syncs, at the second one', () => {
    const facts = aFacts({ [ORDERS]: anAlert() }, { roster: aRoster('orders'), emptySince: ago(DAY) });
    expect(stateAfter([[0, []]], { facts })).toBe('firing');
    const accepted = [
      [0, []],
      [300, []],
    ] as const;
    expect(stateAfter(accepted, { facts })).toBe('unlisted');
  });

  test('of an organisation that never had a sync opens no alert', () => {
    const facts = trackAll(
      [
        [0, []],
        [600, []],
        [1200, []],
      ],
      { facts: aFacts() },
    );
    expect(facts.alerts).toEqual({});
  });

  test('on the initial run is a fact of its own, and not on a later run', () => {
    expect(trackOnce([], { facts: aFacts(), initialRun: true }).nothingListed).toBe(true);
    expect(trackOnce([], { facts: aFacts() })).not.toHaveProperty('nothingListed');
    expect(trackOnce([aSync()], { facts: aFacts(), initialRun: true })).not.toHaveProperty('nothingListed');
  });

  test('ends no alert within a day, however often it is repeated', () => {
    const facts = aFacts({ [ORDERS]: anAlert() }, { roster: aRoster('orders') });
    const listings = [0, 300, DAY - 1].map((seconds) => [seconds, []] as const);
    expect(stateAfter(listings, { facts })).toBe('firing');
  });
});
