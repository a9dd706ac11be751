import type { Facts } from '../../../lambda/core/alert.ts';
import type { Condition } from '../../../lambda/core/condition.ts';
import type { MessageContent } from '../../../lambda/core/notify/notification.ts';
import {
  recordAccepted,
  recordInFlight,
  recordRefused,
} from '../../../lambda/core/notify/notification-log.ts';
import type { CoverReason, NotifyReason } from '../../../lambda/core/notify/reason.ts';
import type { Destination, NotificationLogEntry } from '../../../lambda/core/state.ts';
import {
  aDestination,
  aFacts,
  ago,
  aLastNotified,
  aLogEntry,
  anAlert,
  anEndedAlert,
  frozen,
  minutes,
  NOW,
} from '../a-sync.ts';

const ORDERS = 'sync:orders';
const UNDELIVERED = { undeliveredSince: ago(minutes(20)) };

/** A message that covers one alert. */
const message = (reason: CoverReason, { fingerprint = ORDERS, listed = true } = {}): MessageContent => ({
  covers: [{ fingerprint, reason, listed }],
  endsReminder: reason === 'reminder',
});
const CONNECTOR = { key: 'connector:postgres', severity: 'warning' } as const;
const entryOf = (destination: Destination, fingerprint = ORDERS) => destination.notificationLog[fingerprint];

const FIRING = aFacts({ [ORDERS]: anAlert() });
const CRITICAL = aFacts({ [ORDERS]: anAlert({ severity: 'critical', critical: { from: ago(600) } }) });
const WAS_CRITICAL = aFacts({ [ORDERS]: anAlert({ critical: { from: ago(600), to: ago(60) } }) });
const STALLED = aFacts({ [ORDERS]: anAlert({ problem: 'stalled', problems: ['failing', 'stalled'] }) });
const ENDED = aFacts({ [ORDERS]: anEndedAlert() });

const accepted = (destination: Destination, content: MessageContent, facts: Facts = FIRING) =>
  recordAccepted(frozen(destination), frozen(content), { facts: frozen(facts), now: NOW });
/** The log entry after a message with this reason was accepted. */
const entryAfter = (before: NotificationLogEntry, reason: NotifyReason, facts?: Facts) =>
  entryOf(accepted(aDestination({ [ORDERS]: before }), message(reason), facts));

describe('a message that is about to be posted', () => {
  test.each<[NotifyReason, 'firing' | 'resolved']>([
    ['new', 'firing'],
    ['escalated', 'firing'],
    ['disable_imminent', 'firing'],
    ['changed', 'firing'],
    ['resolved_undelivered', 'firing'],
    ['resolved_in_group', 'firing'],
    ['resolved', 'resolved'],
  ])('with the reason %s is in flight as %s', (reason, what) => {
    const before = aLogEntry(UNDELIVERED);
    expect(entryOf(recordInFlight(frozen(aDestination({ [ORDERS]: before })), message(reason)))).toEqual({
      ...before,
      inFlight: { what, times: 1 },
    });
  });

  test('is counted when it is posted again', () => {
    const once = recordInFlight(aDestination({ [ORDERS]: UNDELIVERED }), message('new'));
    const twice = recordInFlight(frozen(once), message('new'));
    expect(entryOf(twice)?.inFlight).toEqual({ what: 'firing', times: 2 });
  });

  test('with a reminder is in flight for the destination, not for the alert', () => {
    const destination = recordInFlight(frozen(aDestination({ [ORDERS]: aLogEntry() })), message('reminder'));
    expect(entryOf(destination)).toEqual(aLogEntry());
    expect(destination.remindersInFlight).toBe(1);
  });
});

describe('an accepted message', () => {
  const FIRST = { at: NOW, severity: 'warning', problems: ['failing'], listed: true } as const;

  test('with a new alert leaves nothing undelivered and nothing in flight', () => {
    expect(entryAfter({ ...UNDELIVERED, inFlight: { what: 'firing', times: 2 } }, 'new')).toEqual({
      lastNotified: FIRST,
    });
  });

  test.each([
    ['new', CRITICAL, UNDELIVERED, 'critical', ['failing']],
    ['new', WAS_CRITICAL, UNDELIVERED, 'warning', ['failing']],
    ['escalated', CRITICAL, aLogEntry(), 'critical', ['failing']],
    ['escalated', WAS_CRITICAL, aLogEntry(), 'critical', ['failing']],
    ['changed', STALLED, aLogEntry(), 'warning', ['failing', 'stalled']],
    [
      'changed',
      STALLED,
      aLogEntry({ lastNotified: aLastNotified({ severity: 'critical' }) }),
      'critical',
      ['failing', 'stalled'],
    ],
  ] as const)(
    'records the highest severity and every problem that was sent: %s',
    (reason, facts, before, severity, problems) => {
      const after = entryAfter(before, reason, facts);
      expect(after?.lastNotified).toMatchObject({ at: NOW, severity });
      expect(after?.lastNotified?.problems.toSorted()).toEqual(problems);
    },
  );

  test('with a resolution leaves nothing to send', () => {
    const before = aLogEntry({ ...UNDELIVERED, inFlight: { what: 'resolved', times: 1 } });
    expect(entryAfter(before, 'resolved', ENDED)).toEqual({
      lastNotified: aLastNotified(),
      resolutionSent: true,
    });
  });

  test.each(['resolved_undelivered', 'resolved_in_group'] as const)(
    'with the reason %s counts as firing and resolution in one',
    (reason) => {
      const before = {
        ...UNDELIVERED,
        ...(reason === 'resolved_in_group' && { heldSince: ago(minutes(20)) }),
      };
      expect(entryAfter(before, reason, ENDED)).toEqual({ lastNotified: FIRST, resolutionSent: true });
    },
  );

  test('with a new alert after a resolution keeps nothing of the earlier firing', () => {
    const before = aLogEntry({
      lastNotified: aLastNotified({ severity: 'critical', problems: ['stalled'] }),
      resolutionSent: true,
      ...UNDELIVERED,
    });
    expect(entryAfter(before, 'new')).toEqual({ lastNotified: FIRST });
  });

  test('with a new alert while a resolution is in flight keeps nothing of the earlier firing', () => {
    const before = aLogEntry({
      lastNotified: aLastNotified({ severity: 'critical' }),
      ...UNDELIVERED,
      inFlight: { what: 'resolved', times: 1 },
    });
    expect(entryAfter(before, 'new')).toEqual({ lastNotified: FIRST });
  });

  test('that only counts an alert is recorded as not listing it', () => {
    const destination = accepted(aDestination({ [ORDERS]: UNDELIVERED }), message('new', { listed: false }));
    expect(entryOf(destination)?.lastNotified?.listed).toBe(false);
  });

  test.each([
    [true, false, true],
    [false, true, true],
    [false, false, false],
  ])('lists an alert if the firing (%p) or the change (%p) was listed: %p', (firing, change, listed) => {
    const before = aLogEntry({ lastNotified: aLastNotified({ listed: firing }) });
    const destination = accepted(
      aDestination({ [ORDERS]: before }),
      message('changed', { listed: change }),
      STALLED,
    );
    expect(entryOf(destination)?.lastNotified?.listed).toBe(listed);
  });

  test('changes no log entry of an alert that the facts lack', () => {
    const destination = aDestination({ [ORDERS]: UNDELIVERED });
    const content: MessageContent = {
      ...message('new'),
      covers: [{ fingerprint: ORDERS, reason: 'new', listed: true, cause: CONNECTOR }],
    };
    expect(accepted(destination, content, aFacts())).toEqual(destination);
    expect(accepted(destination, message('reminder'), aFacts())).toEqual({ ...destination, remindedAt: NOW });
  });

  test('changes no log entry of another alert', () => {
    const other: NotificationLogEntry = { ...UNDELIVERED, inFlight: { what: 'firing', times: 1 } };
    const destination = accepted(aDestination({ [ORDERS]: UNDELIVERED, 'sync:x': other }), message('new'));
    expect(entryOf(destination, 'sync:x')).toEqual(other);
  });

  test('ends the backoff and the count of unconfirmed posts', () => {
    const destination = aDestination(
      { [ORDERS]: UNDELIVERED },
      { backoffUntil: ago(60), unconfirmedInARow: 3 },
    );
    const after = accepted(destination, message('new'));
    expect(after).not.toHaveProperty('unconfirmedInARow');
    expect(after).not.toHaveProperty('backoffUntil');
  });

  test('says once that no sync is visible', () => {
    expect(accepted(aDestination(), message('nothing_listed', { fingerprint: 'listing' }))).toEqual(
      aDestination({}, { nothingListedSent: true }),
    );
  });
});

describe('an accepted message that says that the platform is about to disable a sync', () => {
  const imminent = aFacts({ [ORDERS]: anAlert({ severity: 'critical', disableImminent: true }) });

  test.each<[NotifyReason, NotificationLogEntry]>([
    ['new', UNDELIVERED],
    ['escalated', aLogEntry()],
    ['disable_imminent', aLogEntry()],
  ])('records that it was sent, so that it is sent once: %s', (reason, before) => {
    expect(entryAfter(before, reason, imminent)?.lastNotified).toMatchObject({
      severity: 'critical',
      disableImminent: true,
    });
  });

  test('keeps that record while the alert changes', () => {
    const before = aLogEntry({ lastNotified: aLastNotified({ disableImminent: true }) });
    expect(entryAfter(before, 'changed', STALLED)?.lastNotified?.disableImminent).toBe(true);
  });
});

describe('an accepted message that moves an alert to another cause', () => {
  const moved: MessageContent = {
    covers: [{ fingerprint: ORDERS, reason: 'moved', listed: false, cause: CONNECTOR }],
    endsReminder: false,
  };
  const before = aLogEntry({ lastNotified: aLastNotified({ cause: 'connection:8:postgres:pg-main' }) });

  test('changes nothing but the cause', () => {
    expect(entryOf(accepted(aDestination({ [ORDERS]: before }), moved))).toEqual({
      lastNotified: aLastNotified({ cause: CONNECTOR.key }),
    });
  });

  test('is neither in flight before the post nor changed by a refusal', () => {
    const destination = frozen(
      aDestination({ [ORDERS]: { ...before, inFlight: { what: 'firing', times: 2 } } }),
    );
    expect(recordInFlight(destination, moved)).toEqual(destination);
    expect(recordRefused(destination, moved)).toEqual(destination);
  });

  test('changes no log entry of an alert that was never sent', () => {
    const destination = aDestination({ [ORDERS]: UNDELIVERED });
    expect(accepted(destination, moved)).toEqual(destination);
  });
});

describe('an accepted message with a change of condition', () => {
  const conditions = (condition: Condition['condition']) =>
    aFacts({}, { conditions: { [ORDERS]: { condition, since: ago(60), name: 'orders' } } });

  test.each(['paused', 'unlisted'] as const)('records that the sync is %s', (condition) => {
    expect(accepted(aDestination(), message('condition'), conditions(condition)).conditions).toEqual({
      [ORDERS]: { condition, at: NOW },
    });
  });

  test.each([
    ['is active again', conditions('active')],
    ['has no condition any more', aFacts()],
  ])('drops the record once the sync %s', (_, facts) => {
    const destination = aDestination({}, { conditions: { [ORDERS]: { condition: 'paused', at: ago(600) } } });
    expect(accepted(destination, message('condition'), facts)).not.toHaveProperty('conditions');
  });

  test('keeps the records of the syncs that it does not cover', () => {
    const sent = { 'sync:x': { condition: 'paused', at: ago(600) } } as const;
    const destination = aDestination({}, { conditions: sent });
    expect(accepted(destination, message('new')).conditions).toEqual(sent);
    expect(accepted(destination, message('condition'), conditions('paused')).conditions).toEqual({
      ...sent,
      [ORDERS]: { condition: 'paused', at: NOW },
    });
  });
});

describe('an accepted message with a reminder', () => {
  test('records the time of the reminder', () => {
    const before = recordInFlight(aDestination({ [ORDERS]: aLogEntry() }), message('reminder'));
    const after = accepted(before, message('reminder'));
    expect(after.remindedAt).toBe(NOW);
    expect(after.remindersInFlight ?? 0).toBe(0);
    expect(after.pausedRemindedAt).toBeUndefined();
  });

  test('records no time while the reminder has more messages', () => {
    const part = { ...message('reminder'), endsReminder: false };
    expect(accepted(aDestination({ [ORDERS]: aLogEntry() }), part).remindedAt).toBeUndefined();
  });

  test.each([
    ['paused', NOW],
    [undefined, undefined],
  ] as const)(
    'records the time for paused syncs if it names one that was sent before: %p: %p',
    (sent, at) => {
      const conditions = { 'sync:p': { condition: 'paused', since: ago(600), name: 'p' } } as const;
      const destination = aDestination(
        {},
        sent && { conditions: { 'sync:p': { condition: sent, at: ago(600) } } },
      );
      const after = accepted(
        destination,
        message('condition', { fingerprint: 'sync:p' }),
        aFacts({}, { conditions }),
      );
      expect(after.pausedRemindedAt).toBe(at);
    },
  );

  test('is the only one that changes the reminders in flight', () => {
    const inFlight = aDestination({ [ORDERS]: UNDELIVERED }, { remindersInFlight: 2 });
    expect(accepted(inFlight, message('new')).remindersInFlight).toBe(2);
    const none = accepted(aDestination({ [ORDERS]: UNDELIVERED }), message('new'));
    expect(none).not.toHaveProperty('remindersInFlight');
  });
});

describe('a refused message', () => {
  const refused = (destination: Destination, content: MessageContent) =>
    recordRefused(frozen(destination), content);

  test.each<[NotifyReason, NotificationLogEntry]>([
    ['new', UNDELIVERED],
    ['escalated', aLogEntry(UNDELIVERED)],
    ['resolved', aLogEntry(UNDELIVERED)],
    ['resolved_undelivered', UNDELIVERED],
  ])('with the reason %s leaves the log entry as it was before the post', (reason, before) => {
    const destination = frozen(aDestination({ [ORDERS]: before }));
    expect(refused(recordInFlight(destination, message(reason)), message(reason))).toEqual(destination);
  });

  test('with a reminder leaves the destination as it was before the post', () => {
    const destination = frozen(aDestination({ [ORDERS]: aLogEntry() }));
    expect(refused(recordInFlight(destination, message('reminder')), message('reminder'))).toEqual(
      destination,
    );
  });

  test('leaves an earlier reminder in flight', () => {
    const once = frozen(recordInFlight(aDestination({ [ORDERS]: aLogEntry() }), message('reminder')));
    expect(refused(recordInFlight(once, message('reminder')), message('reminder'))).toEqual(once);
  });

  test('leaves an earlier post in flight', () => {
    const once = frozen(
      recordInFlight(aDestination({ [ORDERS]: aLogEntry(UNDELIVERED) }), message('resolved')),
    );
    expect(refused(recordInFlight(once, message('resolved')), message('resolved'))).toEqual(once);
  });

  test('changes nothing when nothing was in flight', () => {
    const destination = frozen(aDestination({ [ORDERS]: UNDELIVERED }));
    expect(refused(destination, message('new'))).toEqual(destination);
  });
});
