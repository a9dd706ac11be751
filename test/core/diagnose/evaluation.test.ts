import { diagnosisOf, type Evaluation, evaluate } from '../../../lambda/core/diagnose/evaluation.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import {
  aFacts,
  aFailingSync,
  ago,
  anAlert,
  anEndedAlert,
  anEvaluation,
  anUnavailableEvaluation,
  aPolicy,
  aRoster,
  aSync,
  days,
  defaultPolicy,
  LISTING_FAILURE,
  later,
  listingOf,
  minutes,
  NOW,
  REQUEST,
} from '../a-sync.ts';

const ORDERS = 'sync:orders';
const UNREADABLE = { enabled: null, faults: ['enabled'] } as const;
const others = [aSync({ id: 'users' }), aSync({ id: 'items' })];

function verdictOf(syncs: readonly Sync[], facts = aFacts()) {
  return diagnosisOf(ORDERS, anEvaluation([...syncs, ...others], { facts }))?.verdict;
}

describe('the listing is unavailable', () => {
  it('when the request failed, with the reason', () => {
    const failed = { ok: false, failure: LISTING_FAILURE } as const;
    expect(evaluate(failed, aFacts(), { policy: defaultPolicy, now: NOW })).toEqual({
      kind: 'unavailable',
      failure: LISTING_FAILURE,
      recordCount: 0,
      at: NOW,
    });
  });

  it('when it is empty and an earlier one was not, with the number of syncs before', () => {
    expect(anEvaluation([], { facts: aFacts({}, { roster: aRoster('a', 'b', 'c') }) })).toEqual({
      kind: 'unavailable',
      failure: { kind: 'empty', request: REQUEST, received: 'no syncs at all, where there were 3' },
      recordCount: 0,
      at: NOW,
    });
  });

  it('not when it is empty and no earlier one had a sync', () => {
    expect(anEvaluation([])).toMatchObject({ kind: 'listed', recordCount: 0 });
  });

  it('when none of its records can be read, with the fields and up to three ids', () => {
    const syncs = ['a', 'b', 'c', 'd', 'e'].map(unreadable);
    const wrongInterval = aSync({ id: 'b', intervalSeconds: null, faults: ['interval_secs'] });
    const received = (listed: readonly Sync[]) => {
      const evaluation = anEvaluation(listed);
      return evaluation.kind === 'unavailable' ? evaluation.failure.received : evaluation.kind;
    };
    expect(received(syncs)).toBe('none of 5 records can be read: enabled (a, b, c and 2 more)');
    expect(received(syncs.slice(0, 3))).toBe('none of 3 records can be read: enabled (a, b, c)');
    expect(received([unreadable('a'), wrongInterval])).toBe(
      'none of 2 records can be read: enabled, interval_secs (a, b)',
    );
    expect(received([unnamed])).toBe('none of 1 records can be read: id');
    expect(anEvaluation([unreadable('a')])).toEqual({
      kind: 'unavailable',
      failure: {
        kind: 'unreadable',
        request: REQUEST,
        received: 'none of 1 records can be read: enabled (a)',
      },
      recordCount: 1,
      at: NOW,
    });
  });

  const unreadable = (id: string) => aSync({ ...UNREADABLE, id });
  const readable = (id: string) => aSync({ id });
  const unnamed = aSync({ id: null, faults: ['id'] });
  it.each<[string, Evaluation['kind'], readonly Sync[]]>([
    ['1 of 1', 'unavailable', [unreadable('a')]],
    ['1 of 2', 'listed', [unreadable('a'), readable('b')]],
    ['2 of 3', 'listed', [unreadable('a'), unreadable('b'), readable('c')]],
    ['2 of 2, one of them without an id', 'unavailable', [unreadable('a'), unnamed]],
    ['2 of 3, one of them without an id', 'listed', [unreadable('a'), unnamed, readable('c')]],
  ])('or not, by the number of unreadable records: %s is %s', (_, kind, syncs) => {
    expect(anEvaluation(syncs).kind).toBe(kind);
  });

  it('whatever the records are that the policy excludes', () => {
    const policy = aPolicy({ exclude: [{ match: { id: 'x*' }, reason: 'a test' }] });
    expect(anEvaluation([unreadable('a'), readable('x1')], { policy }).kind).toBe('unavailable');
    expect(anEvaluation([readable('a'), unreadable('x1')], { policy }).kind).toBe('listed');
    expect(anEvaluation([unreadable('x1'), unreadable('x2')], { policy }).kind).toBe('listed');
  });
});

describe('an empty listing where there were syncs', () => {
  const roster = aRoster('a', 'b', 'c');
  it.each([
    ['unavailable', 'at first', undefined],
    ['unavailable', 'after a second less than a day', ago(days(1) - 1)],
    ['listed', 'after a day of empty listings', ago(days(1))],
  ])('is %s %s', (kind, _, emptySince) => {
    const facts = aFacts({}, { roster, ...(emptySince !== undefined && { emptySince }) });
    expect(anEvaluation([], { facts }).kind).toBe(kind);
  });

  it('is listed once all of them are missing', () => {
    const syncs = Object.entries(roster.syncs).map(([fingerprint, entry], index) => {
      return [fingerprint, { ...entry, missingSince: ago(minutes(5 + index)) }] as const;
    });
    const missing = aFacts({}, { roster: { kind: 'syncs', syncs: Object.fromEntries(syncs) } });
    expect(anEvaluation([], { facts: missing }).kind).toBe('listed');
  });

  it('is unavailable also where only the syncs of each connector were counted', () => {
    const facts = aFacts({}, { roster: { kind: 'counts', counts: { 'connector:postgres': 25_000 } } });
    expect(anEvaluation([], { facts })).toMatchObject({
      failure: { received: 'no syncs at all, where there were 25000' },
    });
  });
});

describe('an evaluation', () => {
  it('judges every sync at the one moment and by the one policy of its context', () => {
    const policy = aPolicy({ grace: '10m' });
    const now = later(minutes(10));
    const evaluation = anEvaluation([aSync({ id: 'a' }), aSync({ id: 'b' })], { policy, now });
    expect(evaluation.at).toBe(now);
    for (const id of ['a', 'b'])
      expect(diagnosisOf(`sync:${id}`, evaluation)).toMatchObject({
        lagSeconds: 900,
        thresholdSeconds: 900 + 600,
      });
  });

  it('has one diagnosis per id, in the order of the listing', () => {
    const evaluation = anEvaluation(['c', 'a', 'b', 'a'].map((id) => aSync({ id })));
    if (evaluation.kind === 'unavailable') throw new Error('the listing is unavailable');
    expect([...evaluation.diagnoses.keys()]).toEqual(['sync:c', 'sync:a', 'sync:b']);
  });

  it('counts the records, those without an id, the repeated ids and the unknown fields', () => {
    const unnamed = aSync({ id: null, faults: ['id'] });
    const untitled = { name: null, faults: ['name'] } as const;
    const syncs = [
      aSync(untitled),
      aSync({ ...untitled, id: 'b' }),
      aSync({ id: 'c', faults: ['updated_at'] }),
    ];
    expect(anEvaluation([...syncs, ...others, unnamed, unnamed])).toMatchObject({
      recordCount: 7,
      withoutId: 2,
      repeated: 0,
      unknownFields: { name: 2, updated_at: 1 },
    });
  });

  it('counts no unknown field of a record that is unreadable', () => {
    const unreadable = aSync({ enabled: null, faults: ['enabled', 'name'] });
    expect(anEvaluation([unreadable, ...others])).toMatchObject({ unknownFields: {} });
  });

  it('counts each repetition of an id', () => {
    expect(anEvaluation([aSync(), aFailingSync(), aFailingSync()])).toMatchObject({ repeated: 2 });
  });
});

describe('the diagnosis of a fingerprint', () => {
  it.each(['listing', 'records', 'sync:unknown', 'orders'])('is undefined for %s', (fingerprint) => {
    expect(diagnosisOf(fingerprint, anEvaluation([aSync()]))).toBeUndefined();
  });

  it('is undefined when the listing is unavailable', () => {
    expect(diagnosisOf(ORDERS, anUnavailableEvaluation())).toBeUndefined();
  });
});

describe('a sync that was failing, with a stopped run since', () => {
  const histories = { [ORDERS]: { failing: { lastSuccessAt: ago(minutes(20)) } } };
  const stopped = [aSync({ lastState: 'stopped', lastSuccessAt: ago(minutes(20)) })];

  it.each([
    ['healthy', 'without an alert, whatever its history', undefined],
    ['inconclusive', 'while its alert is open', anAlert()],
    ['healthy', 'once its alert has ended', anEndedAlert()],
    [
      'inconclusive',
      'while its ended alert is pending again as failing',
      anEndedAlert({ problems: ['stalled'], pendingAgain: { since: NOW, problems: ['failing'] } }),
    ],
  ])('is %s %s', (verdict, _, alert) => {
    const facts = aFacts(alert === undefined ? {} : { [ORDERS]: alert }, { histories });
    expect(verdictOf(stopped, facts)?.kind).toBe(verdict);
  });
});

describe('of two records with the same id the worse one counts, in either order', () => {
  const success = { lastSuccessAt: ago(minutes(20)), lastRunAt: ago(minutes(20)) };
  const healthy = aSync(success);
  const unproved = aSync({ ...success, lastState: 'cancelled' });
  const stalled = aSync({ lastSuccessAt: ago(2400), lastRunAt: ago(2400) });
  const facts = aFacts(
    { [ORDERS]: anAlert() },
    { histories: { [ORDERS]: { failing: { lastSuccessAt: success.lastSuccessAt } } } },
  );

  it.each<[string, Sync, Sync, object]>([
    ['inconclusive before healthy', unproved, healthy, { kind: 'inconclusive' }],
    [
      'paused before inconclusive',
      aSync({ enabled: false, disabledReason: null }),
      unproved,
      { kind: 'paused' },
    ],
    [
      'stalled before paused',
      stalled,
      aSync({ enabled: false, disabledReason: null }),
      { problem: 'stalled' },
    ],
    ['stalled before inconclusive', stalled, { ...unproved, lastState: 'stopped' }, { problem: 'stalled' }],
    ['failing before stalled', aFailingSync(), stalled, { problem: 'failing' }],
    ['unreadable before failing', aSync(UNREADABLE), aFailingSync(), { problem: 'unreadable' }],
    [
      'critical before an unreadable warning',
      aFailingSync({ lastSuccessAt: ago(20_000) }),
      aSync(UNREADABLE),
      { severity: 'critical' },
    ],
  ])('%s', (_, worse, better, verdict) => {
    expect(verdictOf([worse, better], facts)).toMatchObject(verdict);
    expect(verdictOf([better, worse], facts)).toMatchObject(verdict);
  });

  it('and of two equally bad ones the same one', () => {
    const one = aFailingSync({ lastSuccessAt: ago(1000), name: 'one' });
    const two = aFailingSync({ lastSuccessAt: ago(1100), name: 'two' });
    const [forwards, backwards] = [
      [one, two],
      [two, one],
    ].map((syncs) =>
      diagnosisOf(ORDERS, evaluate(listingOf(...syncs), facts, { policy: defaultPolicy, now: NOW })),
    );
    expect(forwards).toBeDefined();
    expect(forwards).toEqual(backwards);
  });
});
