import type { LastNotified } from '../../../lambda/core/state.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import {
  aDigest,
  ago,
  aLastNotified,
  aNotification,
  anEndedAlert,
  DAY,
  itemOf,
  itemText,
  listed,
  onlyItem,
  resolved,
  UNAVAILABLE,
} from '../a-digest.ts';

const PLACE = 'connection `pg-main`, connector `postgres` → `kb_sales / orders`';

describe('the line of an alert that resolved before delivery', () => {
  it('says from when to when it lasted, and how it ended', () => {
    const alert = anEndedAlert(
      { how: 'resolved', by: 'success', at: ago(30 * MINUTE) },
      { since: ago(2 * HOUR) },
    );
    const notifications = [aNotification('resolved_undelivered', 'sync:orders', alert)];
    const item = onlyItem(aDigest({ notifications }));
    expect(item.level).toBe('good');
    expect(item.covers).toEqual([
      { fingerprint: 'sync:orders', reason: 'resolved_undelivered', listed: true },
    ]);
    expect(itemText(item)).toEqual({
      title: '`orders` was failing from 07:00 to 08:30, which could not be delivered then',
      detail: ['recovered', PLACE],
    });
  });

  it('is a note, and no good news, when the sync is no longer listed', () => {
    const notifications = [
      aNotification('resolved_undelivered', 'sync:orders', anEndedAlert({ how: 'unlisted' })),
    ];
    const item = onlyItem(aDigest({ notifications }));
    expect(item.level).toBe('note');
    expect(itemText(item).detail).toContain('is no longer listed');
  });

  it('can be about the listing', () => {
    const alert = anEndedAlert(
      { how: 'resolved', by: 'listing_restored' },
      { problem: 'listing_failed', labels: null },
    );
    expect(itemOf(aNotification('resolved_undelivered', 'listing', alert))).toEqual({
      title: '*sync-alerts* could not list syncs from 08:00 to 08:50, which could not be delivered then',
      detail: ['can list syncs again'],
    });
  });
});

describe('the line of a resolution', () => {
  it('has how long the problem lasted, the new success and where the sync belongs', () => {
    const item = onlyItem(aDigest({ notifications: [resolved()] }));
    expect(item.level).toBe('good');
    expect(itemText(item)).toEqual({
      title: '`orders` *recovered*',
      detail: ['was failing for 50 m', 'last success 20 m ago', PLACE],
    });
  });

  it.each([
    ['success', 'recovered'],
    ['enabled', 'is enabled again'],
    ['readable', 'can be read again'],
    ['listing_restored', 'can list syncs again'],
    ['no_longer_late', 'is no longer late: its interval or threshold changed, no new success'],
  ] as const)('by %s says %j, and only a success has recovered', (by, phrase) => {
    const { title, detail } = itemOf(resolved('orders', { how: 'resolved', by }));
    expect(title).toBe(`\`orders\` *${phrase}*`);
    expect([title, ...detail].join().includes('recovered')).toBe(by === 'success');
  });

  it.each([
    ['paused', 'was paused'],
    ['unlisted', 'is no longer listed'],
  ] as const)('of a sync that is %s is a note without "recovered" and without a success', (how, phrase) => {
    const item = onlyItem(aDigest({ notifications: [resolved('orders', { how })] }));
    expect(item.level).toBe('note');
    expect(itemText(item)).toEqual({
      title: `\`orders\` *${phrase}*`,
      detail: ['was failing for 50 m', PLACE],
    });
  });

  it('of an excluded sync quotes the reason as text from outside', () => {
    const { title } = itemOf(resolved('orders', { how: 'excluded', reason: 'a sandbox, ask <Ana>' }));
    expect(title).toBe('`orders` *is excluded by the policy*: `a sandbox, ask <Ana>`');
  });

  it('says from when to when the alert was critical if that was never sent', () => {
    const critical = { from: ago(50 * MINUTE), to: ago(20 * MINUTE) };
    const one = resolved('orders', { how: 'resolved', by: 'success' }, { critical });
    expect(itemOf(one).detail).toContain('critical from 08:10 to 08:40');
  });

  it.each<[string, LastNotified]>([
    ['was sent as critical', aLastNotified({ severity: 'critical' })],
    ['was over before the alert was sent', aLastNotified({ at: ago(10 * MINUTE) })],
    ['was over when the alert was sent', aLastNotified({ at: ago(20 * MINUTE) })],
  ])('says nothing of a critical stretch that %s', (_when, lastNotified) => {
    const critical = { from: ago(50 * MINUTE), to: ago(20 * MINUTE) };
    const one = resolved('orders', { how: 'resolved', by: 'success' }, { critical });
    expect(itemOf({ ...one, logEntry: { lastNotified } }).detail.join()).not.toContain('critical');
  });

  it('has no success while the listing fails', () => {
    expect(itemOf(resolved(), { evaluation: UNAVAILABLE }).detail.join()).not.toContain('last success');
  });

  it.each([
    [
      'listing',
      'listing_failed',
      'listing_restored',
      '*sync-alerts* *can list syncs again*',
      'could not list syncs for 50 m',
    ],
    ['records', 'unreadable', 'readable', '*Some records* *can be read again*', 'could not be read for 50 m'],
  ] as const)('of the alert %j names no sync', (fingerprint, problem, by, title, lasted) => {
    const alert = anEndedAlert({ how: 'resolved', by }, { problem, labels: null });
    expect(itemOf(aNotification('resolved', fingerprint, alert))).toEqual({ title, detail: [lasted] });
  });

  it('of a flapping alert counts its firings, not the time for which it was held open', () => {
    // The sync failed from 06:00 to 06:05; its alert was held open for two hours and ended at 08:05.
    const firings = [9, 7, 5, 3].map((hours) => ago(hours * HOUR));
    const alert = anEndedAlert(
      { how: 'resolved', by: 'success', at: ago(55 * MINUTE) },
      { since: ago(3 * HOUR), firings, flapping: 'often' },
    );
    expect(itemOf(aNotification('resolved', 'sync:orders', alert)).detail[0]).toBe(
      'fired 4 times in 24 h, healthy for long enough now',
    );
  });

  it('of an intermittent alert says so, not for how long it was open', () => {
    const alert = anEndedAlert(undefined, { flapping: 'intermittent' });
    expect(itemOf(aNotification('resolved', 'sync:orders', alert)).detail[0]).toBe(
      'failed intermittently, healthy for long enough now',
    );
  });

  it('of the listing says that it is accepted as empty after a day', () => {
    const alert = anEndedAlert(
      { how: 'resolved', by: 'listing_restored' },
      { problem: 'listing_failed', labels: null },
    );
    const empty = itemOf(aNotification('resolved', 'listing', alert), { evaluation: listed([]) });
    expect(empty.title).toBe('*sync-alerts* *takes the syncs as deleted after a day of empty listings*');
  });

  it('of an alert with several problems names them all, and how long the alert was open', () => {
    // The sync was failing for a day, and stalled in the last minutes of it.
    const alert = anEndedAlert(
      { how: 'resolved', by: 'success' },
      { problem: 'stalled', problems: ['failing', 'disabled', 'stalled'], since: ago(DAY) },
    );
    expect(itemOf(aNotification('resolved', 'sync:orders', alert)).detail[0]).toBe(
      'open for 23 h 50 m: was failing, was disabled and was stalled',
    );
  });
});
