import { didYouMean } from '../../../lambda/core/parse/did-you-mean.ts';

const KNOWN = ['connection', 'connector', 'grace', 'pendingFor', 'id'];

it.each([
  ['connexion', 'connection'],
  ['conector', 'connector'],
  ['Grace', 'grace'],
  ['pendingfor', 'pendingFor'],
  ['pending_for', 'pendingFor'],
  ['gracefully', undefined],
  ['colour', undefined],
  // Half of a short name is too much to guess.
  ['ip', undefined],
  ['', undefined],
  ['x'.repeat(10_000), undefined],
])('for %s the name that was meant is %s', (written, meant) => {
  expect(didYouMean(written, KNOWN)).toBe(meant);
});
