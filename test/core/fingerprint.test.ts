import { fingerprintOf, isSyncFingerprint, syncIdOf } from '../../lambda/core/fingerprint.ts';

test('the fingerprint of a sync is "sync:" and its id', () => {
  expect(fingerprintOf('orders')).toBe('sync:orders');
});

test.each(['orders', 'sync:orders', 'a:b', '', 'listing', 'records'])(
  'the fingerprint of the id %j is one of a sync, and gives the id back',
  (id) => {
    const fingerprint = fingerprintOf(id);
    expect(isSyncFingerprint(fingerprint)).toBe(true);
    expect(syncIdOf(fingerprint)).toBe(id);
  },
);

test.each([
  'listing',
  'records',
  'destination:default',
  'orders',
  'syncs:orders',
  'async:orders',
  'Sync:orders',
  'sync',
  '',
])('%j is no fingerprint of a sync', (fingerprint) => {
  expect(isSyncFingerprint(fingerprint)).toBe(false);
});
