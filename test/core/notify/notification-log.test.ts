import type { Facts } from '../../../lambda/core/alert.ts';
import type { MessageContent, NotifyReason } from '../../../lambda/core/notify/coverage.ts';
import {
  backOff,
  recordAccepted,
  recordInFlight,
  recordRefused,
  recordUnconfirmed,
} from '../../../lambda/core/notify/notification-log.ts';
import type { NotificationLogEntry, Route } from '../../../lambda/core/state.ts';
import {
  aFacts,
  ago,
  anAlert,
  anEndedAlert,
  aRoute,
  aTelling,
  aTold,
  days,
  frozen,
  later,
  minutes,
  NOW,
} from '../a-sync.ts';

const ORDERS = 'sync:orders';
const DUE = { undeliveredSince: ago(minutes(20)) };

/** A message that tells of one alert. */
const logEntry = (reason: NotifyReason, { fingerprint = ORDERS, listed = true } = {}): MessageContent => ({
  covers: [{ fingerprint, reason, listed }],
  coversShrinkage: false,
  endsReminder: reason === 'reminder',
});
const of = (route: Route, fingerprint = ORDERS) => route.notificationLog[fingerprint];
const accept = (
  before: NotificationLogEntry,
  reason: NotifyReason,
  facts: Facts = aFacts({ [ORDERS]: anAlert() }),
) => of(recordAccepted(frozen(aRoute({ [ORDERS]: before })), frozen(logEntry(reason)), frozen(facts), NOW));

const CRITICAL = aFacts({ [ORDERS]: anAlert({ severity: 'critical', critical: { from: ago(600) } }) });
const WAS_CRITICAL = aFacts({ [ORDERS]: anAlert({ critical: { from: ago(600), to: ago(60) } }) });
const STALLED = aFacts({ [ORDERS]: anAlert({ problem: 'stalled', problems: ['failing', 'stalled'] }) });
const ENDED = aFacts({ [ORDERS]: anEndedAlert() });

describe('a message that is about to be posted', () => {
  test.each<[NotifyReason, 'firing' | 'resolved']>([
    ['new', 'firing'],
    ['escalated', 'firing'],
    ['changed', 'firing'],
    ['resolved_undelivered', 'firing'],
    ['resolved', 'resolved'],
  ])('is noted: %s is an %s', (reason, what) => {
    const before = aTelling(DUE);
    expect(of(recordInFlight(frozen(aRoute({ [ORDERS]: before })), logEntry(reason)))).toEqual({
      ...before,
      noted: { what, times: 1 },
    });
  });

  test('is counted when it is posted again', () => {
    const once = recordInFlight(aRoute({ [ORDERS]: DUE }), logEntry('new'));
    expect(of(recordInFlight(frozen(once), logEntry('new')))?.inFlight).toEqual({ what: 'firing', times: 2 });
  });

  test('a reminder is noted for the route, and puts no alert in doubt', () => {
    const route = recordInFlight(frozen(aRoute({ [ORDERS]: aTelling() })), logEntry('reminder'));
    expect(of(route)).toEqual(aTelling());
    expect(route.remindersInFlight).toBe(1);
  });
});

describe('a message that was accepted', () => {
  test('the opening is told, and nothing is due', () => {
    expect(accept({ ...DUE, inFlight: { what: 'firing', times: 2 } }, 'new')).toEqual({
      notified: { at: NOW, severity: 'warning', problems: ['failing'], listed: true },
    });
  });

  test.each([
    ['new', CRITICAL, DUE, 'critical', ['failing']],
    ['new', WAS_CRITICAL, DUE, 'warning', ['failing']],
    ['escalated', CRITICAL, aTelling(), 'critical', ['failing']],
    ['escalated', WAS_CRITICAL, aTelling(), 'critical', ['failing']],
    ['changed', STALLED, aTelling(), 'warning', ['failing', 'stalled']],
    [
      'changed',
      STALLED,
      aTelling({ lastNotified: aTold({ severity: 'critical' }) }),
      'critical',
      ['failing', 'stalled'],
    ],
  ] as const)(
    '%s: the highest severity and every problem told',
    (reason, facts, before, severity, problems) => {
      const after = accept(before, reason, facts);
      expect(after?.lastNotified).toMatchObject({ at: NOW, severity });
      expect(after?.lastNotified?.problems.toSorted()).toEqual(problems);
    },
  );

  test('a closing: nothing is left to tell', () => {
    const after = accept(aTelling({ ...DUE, inFlight: { what: 'resolved', times: 1 } }), 'resolved', ENDED);
    expect(after).toEqual({ notified: aTold(), closed: true });
  });

  test.each(['resolved_undelivered', 'resolved_in_group'] as const)(
    '%s is an opening and its closing in one',
    (reason) => {
      const after = accept({ ...DUE, ...(reason === 'resolved_in_group' && { held: true }) }, reason, ENDED);
      const told = { at: NOW, severity: 'warning', problems: ['failing'], listed: true };
      expect(after).toEqual({ told, closed: true });
    },
  );

  test('new after a closing begins anew: nothing of the earlier telling is left', () => {
    const before = aTelling({
      lastNotified: aTold({ severity: 'critical', problems: ['stalled'] }),
      resolutionSent: true,
      ...DUE,
    });
    expect(accept(before, 'new')).toEqual({
      notified: { at: NOW, severity: 'warning', problems: ['failing'], listed: true },
    });
  });

  test('new while an earlier closing is in doubt begins anew too', () => {
    const before = aTelling({
      lastNotified: aTold({ severity: 'critical' }),
      ...DUE,
      inFlight: { what: 'resolved', times: 1 },
    });
    expect(accept(before, 'new')).toEqual({
      notified: { at: NOW, severity: 'warning', problems: ['failing'], listed: true },
    });
  });

  test('what it only counted is remembered as such', () => {
    const route = recordAccepted(
      aRoute({ [ORDERS]: DUE }),
      logEntry('new', { listed: false }),
      aFacts({ [ORDERS]: anAlert() }),
      NOW,
    );
    expect(of(route)?.lastNotified?.listed).toBe(false);
  });

  test.each([
    [true, false, true],
    [false, true, true],
    [false, false, false],
  ])('its opening listed is %p, what changed is %p: listed is %p', (firing, change, listed) => {
    const route = recordAccepted(
      aRoute({ [ORDERS]: aTelling({ lastNotified: aTold({ listed: firing }) }) }),
      logEntry('changed', { listed: change }),
      STALLED,
      NOW,
    );
    expect(of(route)?.lastNotified?.listed).toBe(listed);
  });

  test('changes nothing of what is not known any more', () => {
    const route = aRoute({ [ORDERS]: DUE });
    const content: MessageContent = {
      ...logEntry('new'),
      covers: [{ fingerprint: ORDERS, reason: 'new', listed: true, cause: 'connector:postgres' }],
    };
    expect(recordAccepted(route, content, aFacts(), NOW)).toEqual(route);
    expect(recordAccepted(route, logEntry('reminder'), aFacts(), NOW)).toEqual({ ...route, remindedAt: NOW });
  });

  test('others are not concerned', () => {
    const other: NotificationLogEntry = { ...DUE, inFlight: { what: 'firing', times: 1 } };
    const route = recordAccepted(
      aRoute({ [ORDERS]: DUE, 'sync:x': other }),
      logEntry('new'),
      aFacts({ [ORDERS]: anAlert() }),
      NOW,
    );
    expect(of(route, 'sync:x')).toEqual(other);
  });

  test('ends the wait and the count of uncertain posts', () => {
    const route = aRoute({ [ORDERS]: DUE }, { backoffUntil: ago(60), unconfirmedInARow: 3 });
    const after = recordAccepted(route, logEntry('new'), aFacts({ [ORDERS]: anAlert() }), NOW);
    expect(after.unconfirmedInARow ?? 0).toBe(0);
  });

  test('a reminder was given now', () => {
    const before = recordInFlight(aRoute({ [ORDERS]: aTelling() }), logEntry('reminder'));
    const after = recordAccepted(before, logEntry('reminder'), aFacts({ [ORDERS]: anAlert() }), NOW);
    expect(after.remindedAt).toBe(NOW);
    expect(after.remindersInFlight ?? 0).toBe(0);
    expect(after.pausedRemindedAt).toBeUndefined();
  });

  test('a reminder of which more is to come is not given yet', () => {
    const part = { ...logEntry('reminder'), endsReminder: false };
    const after = recordAccepted(
      aRoute({ [ORDERS]: aTelling() }),
      part,
      aFacts({ [ORDERS]: anAlert() }),
      NOW,
    );
    expect(after.remindedAt).toBeUndefined();
  });

  test('leaves reminders that are in doubt in doubt, and puts none in doubt', () => {
    const facts = aFacts({ [ORDERS]: anAlert() });
    const inDoubt = aRoute({ [ORDERS]: DUE }, { remindersInFlight: 2 });
    expect(recordAccepted(inDoubt, logEntry('new'), facts, NOW).remindersInFlight).toBe(2);
    const none = recordAccepted(aRoute({ [ORDERS]: DUE }), logEntry('new'), facts, NOW);
    expect(none).not.toHaveProperty('remindersInDoubt');
  });

  const paused = anAlert({ problem: 'disabled', paused: true });
  test('a reminder that had paused ones, be they few, has reminded of them', () => {
    const facts = aFacts({ [ORDERS]: anAlert(), 'sync:p': paused });
    const covers = [ORDERS, 'sync:p'].map((fingerprint) => ({
      fingerprint,
      reason: 'reminder' as const,
      listed: true,
    }));
    const after = recordAccepted(aRoute(), { ...logEntry('reminder'), covers }, facts, NOW);
    expect(after.pausedRemindedAt).toBe(NOW);
  });

  test('the announcement of a paused one reminds of none', () => {
    const after = recordAccepted(aRoute(), logEntry('new'), aFacts({ [ORDERS]: paused }), NOW);
    expect(after).not.toHaveProperty('pausedRemindedAt');
  });

  test('the shrinking is told', () => {
    const shrinkage = { at: ago(60), from: 20, to: 9 };
    const facts: Facts = { alerts: {}, histories: {}, size: { normal: 9, shrinkage } };
    const content: MessageContent = { covers: [], coversShrinkage: true, endsReminder: false };
    expect(recordAccepted(aRoute(), content, facts, NOW).shrinkageNotifiedAt).toBe(shrinkage.at);
    expect(
      recordAccepted(aRoute(), { ...content, coversShrinkage: false }, facts, NOW).shrinkageNotifiedAt,
    ).toBeUndefined();
  });
});

describe('a message that certainly did not arrive', () => {
  test.each<[NotifyReason, NotificationLogEntry]>([
    ['new', DUE],
    ['escalated', aTelling(DUE)],
    ['resolved', aTelling(DUE)],
    ['resolved_undelivered', DUE],
  ])('leaves %s as it was before it was noted: due', (reason, before) => {
    const route = frozen(aRoute({ [ORDERS]: before }));
    expect(recordRefused(recordInFlight(route, logEntry(reason)), logEntry(reason))).toEqual(route);
  });

  test('the same of a reminder', () => {
    const route = frozen(aRoute({ [ORDERS]: aTelling() }));
    expect(recordRefused(recordInFlight(route, logEntry('reminder')), logEntry('reminder'))).toEqual(route);
  });

  test('an earlier reminder that is in doubt stays in doubt', () => {
    const inDoubt = frozen(recordInFlight(aRoute({ [ORDERS]: aTelling() }), logEntry('reminder')));
    expect(recordRefused(recordInFlight(inDoubt, logEntry('reminder')), logEntry('reminder'))).toEqual(
      inDoubt,
    );
  });

  test('leaves what was not noted as it was', () => {
    const route = frozen(aRoute({ [ORDERS]: DUE }));
    expect(recordRefused(route, logEntry('new'))).toEqual(route);
  });

  test('an earlier one that is in doubt stays in doubt', () => {
    const inDoubt = frozen(recordInFlight(aRoute({ [ORDERS]: aTelling(DUE) }), logEntry('resolved')));
    expect(recordRefused(recordInFlight(inDoubt, logEntry('resolved')), logEntry('resolved'))).toEqual(
      inDoubt,
    );
  });
});

describe('a message of which nobody knows whether it arrived', () => {
  test('stays noted and due, and the route waits', () => {
    const before = frozen(recordInFlight(aRoute({ [ORDERS]: DUE }), logEntry('new')));
    const after = recordUnconfirmed(before, 300, NOW);
    expect(of(after)).toEqual(of(before));
    expect(after).toMatchObject({ backoffUntil: later(300), unconfirmedInARow: 1 });
  });

  test('waits 1, 2, 4, … periods, an hour at most', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 60, 2000].map((before) => {
      const { backoffUntil = NOW } = recordUnconfirmed(
        aRoute({}, before === 0 ? {} : { unconfirmedInARow: before }),
        300,
        NOW,
      );
      return (backoffUntil - NOW) / 1000;
    });
    expect(waits).toEqual([300, 600, 1200, 2400, 3600, 3600, 3600, 3600, 3600]);
  });
});

test.each([
  [0, 0],
  [60, 60],
  [3600, 3600],
  [3601, 3600],
  [days(1), 3600],
])('asked to wait %p seconds a route waits %p: an hour at most', (command, waited) => {
  expect(backOff(frozen(aRoute()), command, NOW).backoffUntil).toBe(later(waited));
});
