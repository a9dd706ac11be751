import { listedCount, missingFrom, rosterSize, workHash } from '../../lambda/core/roster.ts';
import { ago, aRoster, LABELS } from './a-sync.ts';

const { syncs } = aRoster('a', 'b', 'c');
const oneMissing = { ...syncs, 'sync:b': { name: 'orders', work: workHash(LABELS), missingSince: ago(60) } };

test.each([
  ['of no sync', aRoster(), 0, 0],
  ['of three syncs', aRoster('a', 'b', 'c'), 3, 3],
  ['of three syncs, one of them missing', { kind: 'syncs', syncs: oneMissing }, 3, 2],
  [
    'of counts by connector',
    { kind: 'counts', counts: { 'connector:a': 20_000, 'connector:b': 1 } },
    20_001,
    20_001,
  ],
] as const)('a roster %s knows %p syncs, of which %p are listed', (...[, roster, known, listed]) => {
  expect(rosterSize(roster)).toBe(known);
  expect(listedCount(roster)).toBe(listed);
});

test('those that the last complete listing lacked are missing from a roster', () => {
  expect(missingFrom(aRoster('a', 'b', 'c'))).toEqual([]);
  expect(missingFrom({ kind: 'syncs', syncs: oneMissing })).toEqual([['sync:b', oneMissing['sync:b']]]);
});

describe('the hash of the work of a sync', () => {
  test('is 8 hex digits, the same for the same labels', () => {
    expect(workHash(LABELS)).toMatch(/^[0-9a-f]{8}$/);
    expect(workHash({ ...LABELS })).toBe(workHash(LABELS));
  });

  test.each(['connectorId', 'connectionRef', 'source', 'kbUid', 'destTable'] as const)(
    'is another one with another %s, and without one',
    (label) => {
      const other = workHash({ ...LABELS, [label]: 'other' });
      const none = workHash({ ...LABELS, [label]: null });
      expect(new Set([workHash(LABELS), other, none]).size).toBe(3);
    },
  );

  test('is another one when a text moves from one part to the next', () => {
    const joined = workHash({ ...LABELS, connectorId: 'ab', connectionRef: 'c' });
    expect(workHash({ ...LABELS, connectorId: 'a', connectionRef: 'bc' })).not.toBe(joined);
  });

  test('is the same with another name and another interval', () => {
    expect(workHash({ ...LABELS, name: 'Orders', intervalSeconds: 60 })).toBe(workHash(LABELS));
  });
});
