import { rosterSize, type SyncRoster, workHash } from '../../../lambda/core/roster.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import { rosterAfter } from '../../../lambda/core/track/roster.ts';
import {
  aFacts,
  ago,
  anEvaluation,
  anUnavailableEvaluation,
  aPolicy,
  aRoster,
  aSync,
  days,
  defaultPolicy,
  hours,
  LABELS,
  NOW,
} from '../a-sync.ts';
import { anUnnamedSync } from './track-evaluations.ts';

const WORK = workHash(LABELS);
const syncs = (...ids: readonly string[]) => ids.map((id) => aSync({ id }));

/** The roster once these syncs were listed. */
const rosterOf = (roster: SyncRoster, listed: readonly Sync[], policy = defaultPolicy) =>
  rosterAfter(aFacts({}, { roster }), anEvaluation(listed, { policy }));

describe('the roster', () => {
  test('adopts the first listing silently: nobody knows since when its syncs are listed', () => {
    expect(rosterOf(aRoster(), syncs('a', 'b'))).toEqual(aRoster('a', 'b'));
  });

  test('knows since when a later sync is listed', () => {
    expect(rosterOf(aRoster('a'), syncs('a', 'b'))).toEqual({
      kind: 'syncs',
      syncs: {
        'sync:a': { name: 'orders', work: WORK },
        'sync:b': { name: 'orders', work: WORK, since: NOW },
      },
    });
  });

  test('is the very same while the same syncs are listed: nothing is copied or compared again', () => {
    const roster = aRoster('a', 'b');
    expect(rosterOf(roster, syncs('b', 'a'))).toBe(roster);
    expect(rosterOf(roster, syncs('a'))).not.toBe(roster);
    expect(rosterOf(roster, syncs('a', 'b', 'c'))).not.toBe(roster);
    expect(rosterOf(roster, syncs('a', 'c'))).not.toBe(roster);
  });

  test('of counts is replaced by that of an empty listing', () => {
    const facts = aFacts({}, { roster: { kind: 'counts', counts: {} } });
    expect(rosterAfter(facts, anEvaluation([]))).toEqual(aRoster());
  });

  test('keeps since when a sync is missing, and forgets that once it is listed', () => {
    const missing = rosterOf(aRoster('a', 'b'), syncs('a'));
    expect(missing).toMatchObject({ syncs: { 'sync:b': { missingSince: NOW } } });
    const longer = {
      ...aRoster('a'),
      syncs: { 'sync:b': { name: 'b', work: WORK, missingSince: ago(hours(1)) } },
    };
    expect(rosterOf(longer, syncs('a'))).toMatchObject({
      syncs: { 'sync:b': { missingSince: ago(hours(1)) } },
    });
    expect(rosterOf(longer, syncs('b'))).toEqual(aRoster('b'));
  });

  test.each([
    [days(8), true],
    [days(8) + 1, false],
  ])('keeps a sync that has been missing for %p s: %p', (seconds, kept) => {
    const roster: SyncRoster = {
      kind: 'syncs',
      syncs: { 'sync:b': { name: 'b', work: WORK, missingSince: ago(seconds) } },
    };
    expect(rosterSize(rosterOf(roster, syncs('a')))).toBe(kept ? 2 : 1);
  });

  test('keeps when a sync was first listed, whatever its name is now', () => {
    const roster: SyncRoster = {
      kind: 'syncs',
      syncs: { 'sync:a': { name: 'old', work: WORK, since: ago(hours(5)) } },
    };
    expect(rosterOf(roster, syncs('a'))).toEqual({
      kind: 'syncs',
      syncs: { 'sync:a': { name: 'orders', work: WORK, since: ago(hours(5)) } },
    });
  });

  test.each<[string, string, Sync]>([
    ['its name', 'orders', aSync({ id: 'a' })],
    ['its source without a name', 'public.orders', aSync({ id: 'a', name: null })],
    ['its source with an empty name', 'public.orders', aSync({ id: 'a', name: ' ' })],
    ['its id without either', 'a', aSync({ id: 'a', name: null, source: null })],
    ['at most 60 characters of its name', 'x'.repeat(60), aSync({ id: 'a', name: 'x'.repeat(61) })],
  ])('calls a sync by %s: "%s"', (_, name, sync) => {
    expect(rosterOf(aRoster(), [sync])).toMatchObject({ syncs: { 'sync:a': { name } } });
  });

  test('holds no sync that the policy excludes', () => {
    const policy = aPolicy({ exclude: [{ match: { id: 'b' }, reason: 'a test' }] });
    expect(rosterOf(aRoster('a', 'b'), syncs('a', 'b'), policy)).toEqual(aRoster('a'));
  });

  test.each([
    ['failed', anUnavailableEvaluation()],
    ['is empty', anUnavailableEvaluation('empty')],
    ['has a record without an id', anEvaluation([aSync({ id: 'c' }), anUnnamedSync()])],
  ])('stays as it is when the listing %s', (_, evaluation) => {
    const roster = aRoster('a', 'b');
    expect(rosterAfter(aFacts({}, { roster }), evaluation)).toBe(roster);
  });
});

describe('a roster of more than 20,000 syncs', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      aSync({ id: `s${index}`, connectorId: index === 0 ? null : index < 10 ? 'a' : 'b' }),
    );

  test('counts the syncs of each connector, and one of 20,000 does not', () => {
    const roster = aRoster('a');
    expect(rosterOf(roster, many(20_000))).toMatchObject({ kind: 'syncs' });
    expect(rosterOf(roster, many(20_001))).toEqual({
      kind: 'counts',
      counts: { 'connector:': 1, 'connector:a': 9, 'connector:b': 19_991 },
    });
  });

  test('that has fewer again adopts the listing silently', () => {
    const facts = aFacts({}, { roster: { kind: 'counts', counts: { 'connector:a': 20_001 } } });
    expect(rosterAfter(facts, anEvaluation(syncs('a', 'b')))).toEqual(aRoster('a', 'b'));
  });
});
