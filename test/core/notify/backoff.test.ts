import { backOff, backOffUnconfirmed, isBackingOff } from '../../../lambda/core/notify/backoff.ts';
import type { MessageContent } from '../../../lambda/core/notify/notification.ts';
import { recordInFlight } from '../../../lambda/core/notify/notification-log.ts';
import { aDestination, ago, days, frozen, later, minutes, NOW } from '../a-sync.ts';

const ORDERS = 'sync:orders';

describe('a destination after an unconfirmed post', () => {
  test('backs off until the next check, half a period early, and keeps the message in flight', () => {
    const content: MessageContent = {
      covers: [{ fingerprint: ORDERS, reason: 'new', listed: true }],
      endsReminder: false,
    };
    const destination = aDestination({ [ORDERS]: { undeliveredSince: ago(minutes(20)) } });
    const before = frozen(recordInFlight(destination, content));
    const after = backOffUnconfirmed(before, 300, NOW);
    expect(after.notificationLog).toEqual(before.notificationLog);
    expect(after).toMatchObject({ backoffUntil: later(150), unconfirmedInARow: 1 });
  });

  test('backs off for 1, 2, 4, … periods, an hour at most, less half a period', () => {
    const seconds = [0, 1, 2, 3, 4, 5, 6, 60, 2000].map((before) => {
      const destination = frozen(aDestination({}, before === 0 ? {} : { unconfirmedInARow: before }));
      const { backoffUntil = NOW } = backOffUnconfirmed(destination, 300, NOW);
      return (backoffUntil - NOW) / 1000;
    });
    expect(seconds).toEqual([150, 450, 1050, 2250, 3450, 3450, 3450, 3450, 3450]);
  });
});

test.each([
  [0, 0],
  [60, 60],
  [3600, 3600],
  [3601, 3600],
  [days(1), 3600],
])('a destination backs off for as long as it is asked to, an hour at most: %p s: %p s', (asked, seconds) => {
  expect(backOff(frozen(aDestination()), asked, NOW).backoffUntil).toBe(later(seconds));
});

test.each([
  [-1, false],
  [0, false],
  [1, true],
  [3600, true],
  [3601, false],
])(
  'a destination backs off while its time is ahead, but no more than an hour: %p s ahead: %p',
  (seconds, expected) => {
    expect(isBackingOff(aDestination({}, { backoffUntil: later(seconds) }), NOW)).toBe(expected);
  },
);

test.each([
  [100, 600],
  [600, 600],
  [700, 700],
])('a second wait does not shorten the first, of 600 s: %p s: %p s', (asked, seconds) => {
  const waiting = frozen(backOff(aDestination(), 600, NOW));
  expect(backOff(waiting, asked, NOW).backoffUntil).toBe(later(seconds));
});

test('a destination without a time does not back off', () => {
  expect(isBackingOff(aDestination(), NOW)).toBe(false);
});
