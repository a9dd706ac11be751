import type { Facts } from '../../../lambda/core/alert.ts';
import { notableIn } from '../../../lambda/core/track/notable.ts';
import {
  aFacts,
  aFailingSync,
  ago,
  anAlert,
  anEvaluation,
  anUnavailableEvaluation,
  aSync,
  hours,
} from '../a-sync.ts';

const IDS = ['a', 'b', 'c', 'd'] as const;

/** The fingerprints of the notable ones among four healthy syncs. */
const notableOf = (facts: Facts) => {
  const evaluation = anEvaluation(
    IDS.map((id) => aSync({ id })),
    { facts },
  );
  return notableIn(evaluation, facts).map(([fingerprint]) => fingerprint);
};

test('of healthy syncs that nothing is known about, none is notable', () => {
  expect(notableOf(aFacts())).toEqual([]);
});

test.each<[string, Facts]>([
  ['an alert', aFacts({ 'sync:c': anAlert() })],
  ['a history', aFacts({}, { histories: { 'sync:c': { failing: { lastSuccessAt: ago(hours(9)) } } } })],
  [
    'a condition',
    aFacts({}, { conditions: { 'sync:c': { condition: 'active', since: ago(hours(1)), name: 'c' } } }),
  ],
])('a healthy sync with %s is notable', (_, facts) => {
  expect(notableOf(facts)).toEqual(['sync:c']);
});

test('syncs that are not healthy are notable, in the order of the listing', () => {
  const listed = [
    aFailingSync({ id: 'd' }),
    aSync({ id: 'c' }),
    aSync({ id: 'b', enabled: null, faults: ['enabled'] }),
    aSync({ id: 'a', enabled: false, disabledReason: null }),
  ];
  const notable = notableIn(anEvaluation(listed), aFacts());
  expect(notable.map(([fingerprint, { verdict }]) => [fingerprint, verdict.kind])).toEqual([
    ['sync:d', 'problem'],
    ['sync:b', 'problem'],
    ['sync:a', 'paused'],
  ]);
});

test('nothing is notable in a listing that could not be had', () => {
  expect(notableIn(anUnavailableEvaluation(), aFacts({ 'sync:c': anAlert() }))).toEqual([]);
});
