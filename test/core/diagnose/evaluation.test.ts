import { evaluate } from '../../../lambda/core/diagnose/evaluation.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import {
  aFacts,
  aFailingSync,
  ago,
  anAlert,
  anEndedAlert,
  aSync,
  defaultPolicy,
  listingOf,
  minutes,
  NOW,
  TRIED,
} from '../a-sync.ts';

const ORDERS = 'sync:orders';
const UNREADABLE = { enabled: null, faults: ['enabled'] } as const;
const others = [aSync({ id: 'users' }), aSync({ id: 'items' })];

function evaluation(syncs: readonly Sync[], facts = aFacts()) {
  return evaluate(listingOf(...syncs), facts, defaultPolicy, NOW);
}
function verdictOf(syncs: readonly Sync[], facts = aFacts()) {
  const seen = evaluation([...syncs, ...others], facts);
  if (seen.kind === 'unavailable') throw new Error('it saw nothing');
  return seen.diagnoses.get(ORDERS)?.verdict;
}

describe('a look that cannot believe its listing', () => {
  it('says how many syncs there were, where none is listed', () => {
    expect(evaluation([], aFacts({}, { normal: 3 }))).toEqual({
      kind: 'unavailable',
      failure: { kind: 'empty', request: TRIED, received: 'no syncs at all, where there were 3' },
      listed: 0,
    });
  });

  it('says how many records could not be read', () => {
    expect(evaluation([aSync(UNREADABLE), aSync({ ...UNREADABLE, id: 'b' }), aSync({ id: 'c' })])).toEqual({
      kind: 'unavailable',
      failure: { kind: 'unreadable', request: TRIED, received: '2 of 3 records could not be read' },
      listed: 3,
    });
  });
});

it('counts what it could not use', () => {
  const unnamed = aSync({ id: null, faults: ['id'] });
  const untitled = { name: null, faults: ['name'] } as const;
  const syncs = [
    aSync(untitled),
    aSync({ ...untitled, id: 'b' }),
    aSync({ id: 'c', faults: ['updated_at'] }),
  ];
  expect(evaluation([...syncs, ...others, unnamed, unnamed])).toMatchObject({
    listed: 7,
    withoutId: 2,
    unknownFields: { name: 2, updated_at: 1 },
  });
});

describe('what the alert of a sync has to disprove', () => {
  const marks = { [ORDERS]: { failing: { lastSuccessAt: ago(minutes(20)) } } };
  /** It failed; nothing says that it is well. */
  const unresolved = [aSync({ lastState: 'stopped', lastSuccessAt: ago(minutes(20)) })];

  it.each([
    ['is nothing where there is none, whatever is marked', undefined, 'healthy'],
    ['is what it had while it is open', anAlert(), 'inconclusive'],
    ['is nothing once it has ended', anEndedAlert(), 'healthy'],
    [
      'is what it had since it waits to open again',
      anEndedAlert({ problems: ['stalled'], pendingAgain: { since: NOW, problems: ['failing'] } }),
      'inconclusive',
    ],
  ])('%s', (_, alert, verdict) => {
    const facts = aFacts(alert === undefined ? {} : { [ORDERS]: alert }, { marks });
    expect(verdictOf(unresolved, facts)?.kind).toBe(verdict);
  });
});

describe('of two records of one id the worse one counts', () => {
  const success = { lastSuccessAt: ago(minutes(20)), lastRunAt: ago(minutes(20)) };
  const well = aSync(success);
  const unresolved = aSync({ ...success, lastState: 'cancelled' });
  const stalled = aSync({ lastSuccessAt: ago(2400), lastRunAt: ago(2400) });
  const facts = aFacts(
    { [ORDERS]: anAlert() },
    { marks: { [ORDERS]: { failing: { lastSuccessAt: success.lastSuccessAt } } } },
  );

  it.each<[string, Sync, Sync, object]>([
    ['unproved, well', unresolved, well, { kind: 'inconclusive' }],
    ['stalled, unproved', stalled, { ...unresolved, lastState: 'stopped' }, { problem: 'stalled' }],
    ['failing, stalled', aFailingSync(), stalled, { problem: 'failing' }],
    ['unreadable, failing', aSync(UNREADABLE), aFailingSync(), { problem: 'unreadable' }],
    [
      'critical, unreadable',
      aFailingSync({ lastSuccessAt: ago(20_000) }),
      aSync(UNREADABLE),
      { severity: 'critical' },
    ],
  ])('%s', (_, worse, better, verdict) => {
    expect(verdictOf([worse, better], facts)).toMatchObject(verdict);
    expect(verdictOf([better, worse], facts)).toMatchObject(verdict);
  });
});
