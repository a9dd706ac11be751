import { aFacts, aSync, later } from '../a-sync.ts';
import { anUnnamedSync, aSlowSync, trackAll, trackOnce } from './track-evaluations.ts';

const syncs = (count: number) => Array.from({ length: count }, (_, index) => aSlowSync({ id: `s${index}` }));

/** The size after listings of so many syncs, every 5 minutes. `incomplete`: three syncs and a record without an id. */
function sizeAfter(normal: number, ...listings: readonly (number | 'failed' | 'incomplete')[]) {
  const evaluations = listings.map((listing, index) => {
    if (listing === 'failed') return [index * 300, listing] as const;
    const listed = listing === 'incomplete' ? [...syncs(3), anUnnamedSync()] : syncs(listing);
    return [index * 300, listed] as const;
  });
  return trackAll(evaluations, { facts: aFacts({}, { normal }) }).size;
}

describe('a listing that lost more than half of its syncs, and at least 5', () => {
  test('has shrunk only when the next one has lost them too', () => {
    expect(sizeAfter(20, 9)).toEqual({ normal: 20, shrunk: true });
    expect(sizeAfter(20, 9, 9)).toEqual({ normal: 9, shrinkage: { at: later(300), from: 20, to: 9 } });
  });

  test.each<[number, number, string, boolean]>([
    [20, 9, 'more than half', true],
    [20, 10, 'exactly half', false],
    [8, 3, 'more than half, 5 syncs', true],
    [7, 3, 'more than half, 4 syncs', false],
    [7, 2, 'more than half, 5 syncs', true],
  ])('from %p to %p syncs (%s) has shrunk: %p', (normal, count, _, shrinks) => {
    expect(sizeAfter(normal, count).shrunk === true).toBe(shrinks);
    expect(sizeAfter(normal, count, count).shrinkage !== undefined).toBe(shrinks);
  });

  test('has not shrunk when the next one has its syncs back', () => {
    expect(sizeAfter(20, 9, 20)).toEqual({ normal: 20 });
    expect(sizeAfter(20, 9, 20, 9)).toEqual({ normal: 20, shrunk: true });
  });

  test('has not shrunk when it is incomplete', () => {
    expect(sizeAfter(20, 'incomplete', 'incomplete')).toEqual({ normal: 20 });
  });

  test('has shrunk although a listing failed in between', () => {
    expect(sizeAfter(20, 9, 'failed')).toEqual({ normal: 20, shrunk: true });
    expect(sizeAfter(20, 9, 'failed', 9).shrinkage).toEqual({ at: later(600), from: 20, to: 9 });
  });
});

describe('the normal size of a listing', () => {
  test.each([
    [19, 20],
    [18, 18],
    [21, 20],
    [22, 22],
    [40, 40],
  ])('of 20 follows a change of a tenth: after %p syncs it is %p', (count, normal) => {
    expect(sizeAfter(20, count)).toEqual({ normal });
  });

  test('is that of the first listing with a sync, complete or not', () => {
    expect(sizeAfter(0, 3)).toEqual({ normal: 3 });
    expect(sizeAfter(0, 'incomplete')).toEqual({ normal: 3 });
  });

  test('counts unreadable records at the first listing alone', () => {
    const unreadable = [aSync({ enabled: null, faults: ['enabled'] })];
    expect(trackOnce(unreadable, { facts: aFacts() }).size).toEqual({ normal: 1 });
    expect(trackOnce(unreadable, { facts: aFacts({}, { normal: 7 }) }).size).toEqual({ normal: 7 });
  });

  test('stays 0 when the first listing fails', () => {
    expect(trackOnce('failed', { facts: aFacts() }).size).toEqual({ normal: 0 });
  });
});
