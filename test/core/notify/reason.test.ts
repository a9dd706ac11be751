import {
  type Decision,
  decide,
  type Holds,
  NO_NOTIFY_REASONS,
  NOTIFY_REASONS,
  sendReason,
} from '../../../lambda/core/notify/reason.ts';
import { ago, aLastNotified, aLogEntry, anAlert, frozen, hours, minutes } from '../a-sync.ts';
import { ALERTS, type AlertName, CELLS, LOG_ENTRIES, type LogEntryName } from './reason-table.ts';

const NO_HOLDS: Holds = {
  endsWithCondition: false,
  mutedBy: undefined,
  isCatchUp: false,
  isHeldByGroup: false,
  isBackingOff: false,
};

describe('the reason to send', () => {
  it.each(CELLS)('follows from log entry and alert: sent %s, alert %s: %s', (sent, alert, reason) => {
    expect(sendReason(frozen(ALERTS[alert]), frozen(LOG_ENTRIES[sent])) ?? '–').toBe(reason);
  });

  it.each([
    [-1, undefined],
    [0, undefined],
    [1, 'escalated'],
  ])(
    'escalates when a critical stretch ended later than the last notification: %d s: %s',
    (seconds, reason) => {
      const lastNotified = aLastNotified({ at: ago(minutes(20)) });
      const critical = { from: ago(minutes(30)), to: ago(minutes(20) - seconds) };
      expect(sendReason(anAlert({ critical }), aLogEntry({ lastNotified }))).toBe(reason);
    },
  );

  it('does not escalate for a critical stretch of an earlier firing', () => {
    const critical = { from: ago(hours(5)), to: ago(hours(4)) };
    const alert = anAlert({ critical, firings: [ago(hours(5)), ago(hours(1))] });
    const lastNotified = aLastNotified({ at: ago(hours(1)) });
    expect(sendReason(alert, aLogEntry({ lastNotified }))).toBeUndefined();
  });
});

describe('the decision about an alert', () => {
  it.each<[Decision, LogEntryName, AlertName, Partial<Holds>]>([
    [{ notify: true, reason: 'new' }, 'nothing, pending', 'warning', {}],
    [{ notify: true, reason: 'escalated' }, 'firing (warning)', 'critical', {}],
    [{ notify: true, reason: 'changed' }, 'firing (warning)', 'other problem', {}],
    [{ notify: true, reason: 'resolved_undelivered' }, 'nothing, undelivered', 'resolved', {}],
    [{ notify: true, reason: 'resolved_in_group' }, 'nothing, held', 'resolved', {}],
    [{ notify: true, reason: 'disable_imminent' }, 'firing (critical)', 'imminent', {}],
    [{ notify: true, reason: 'resolved' }, 'firing (warning)', 'excluded', {}],
    [
      { notify: false, reason: 'with_condition' },
      'firing (warning)',
      'unlisted',
      { endsWithCondition: true },
    ],
    [
      { notify: false, reason: 'with_condition' },
      'firing (warning)',
      'paused',
      { endsWithCondition: true, isHeldByGroup: true, isBackingOff: true },
    ],
    [{ notify: false, reason: 'nothing_new' }, 'nothing, pending', 'paused', { endsWithCondition: true }],
    [{ notify: true, reason: 'resolved' }, 'firing (warning)', 'paused', {}],
    [{ notify: false, reason: 'pending' }, 'nothing, pending', 'pending', {}],
    [{ notify: false, reason: 'pending' }, 'firing and resolution', 'pending again', {}],
    [{ notify: false, reason: 'already_notified' }, 'firing (warning)', 'warning', {}],
    [{ notify: false, reason: 'nothing_new' }, 'nothing, pending', 'resolved', {}],
    [{ notify: false, reason: 'nothing_new' }, 'firing and resolution', 'resolved', {}],
    [
      { notify: false, reason: 'held_by_group', withheld: 'new' },
      'nothing, pending',
      'warning',
      { isHeldByGroup: true },
    ],
    [
      { notify: false, reason: 'silenced', withheld: 'new' },
      'nothing, pending',
      'warning',
      { mutedBy: 'silenced', isHeldByGroup: true, isBackingOff: true },
    ],
    [{ notify: false, reason: 'acknowledged' }, 'firing (warning)', 'warning', { mutedBy: 'acknowledged' }],
    [
      { notify: false, reason: 'with_condition' },
      'firing (warning)',
      'paused',
      { endsWithCondition: true, mutedBy: 'quiet_hours' },
    ],
    [{ notify: true, reason: 'unmuted' }, 'nothing, muted', 'warning', { isCatchUp: true }],
    [{ notify: true, reason: 'unmuted' }, 'nothing, muted', 'resolved', { isCatchUp: true }],
    [
      { notify: false, reason: 'route_backing_off', withheld: 'new' },
      'nothing, muted',
      'warning',
      { isCatchUp: true, isBackingOff: true },
    ],
    [
      { notify: false, reason: 'route_backing_off', withheld: 'resolved' },
      'firing (warning)',
      'resolved',
      { isBackingOff: true },
    ],
    [
      { notify: false, reason: 'held_by_group', withheld: 'escalated' },
      'firing (warning)',
      'critical',
      { isHeldByGroup: true, isBackingOff: true },
    ],
  ])(
    'is %j when the destination was sent %s and the alert is %s, with %j',
    (decision, sent, alert, holds) => {
      expect(decide(ALERTS[alert], LOG_ENTRIES[sent], { ...NO_HOLDS, ...holds })).toEqual(decision);
    },
  );

  it.each(CELLS)(
    'is to notify when there is a reason to send: sent %s, alert %s: %s',
    (sent, alert, reason) => {
      const decision = decide(ALERTS[alert], LOG_ENTRIES[sent], NO_HOLDS);
      expect(decision.notify ? decision.reason : '–').toBe(reason);
    },
  );

  it.each(CELLS)(
    'is not to notify while the destination backs off, and keeps the reason: sent %s, alert %s: %s',
    (sent, alert, reason) => {
      const decision = decide(ALERTS[alert], LOG_ENTRIES[sent], { ...NO_HOLDS, isBackingOff: true });
      expect(decision.notify ? 'notified' : (decision.withheld ?? '–')).toBe(reason);
    },
  );

  it.each([{ endsWithCondition: true }, { isHeldByGroup: true }, { isBackingOff: true }])(
    'that is not to notify does not depend on the holds: %j',
    (holds) => {
      const decision = decide(ALERTS.warning, LOG_ENTRIES['firing (warning)'], { ...NO_HOLDS, ...holds });
      expect(decision).toEqual({ notify: false, reason: 'already_notified' });
    },
  );
});

describe('the text of a reason', () => {
  it('says why a notification is sent', () => {
    expect(NOTIFY_REASONS).toEqual({
      new: 'it fires',
      escalated: 'it became critical',
      disable_imminent: 'the platform is about to disable it',
      changed: 'it has a problem that was not sent yet',
      resolved_undelivered: 'it resolved before its notification could be delivered',
      unmuted: 'the silence or the quiet hours that held it have ended',
      resolved_in_group: 'it resolved while its shared cause held it',
      resolved: 'it ended',
      reminder: 'it is still open, and a reminder is due',
    });
  });

  it('says why no notification is sent', () => {
    expect(NO_NOTIFY_REASONS).toEqual({
      pending: 'it is pending and may fire at a later check',
      held_by_group: 'its shared cause holds it for the next notification of that cause',
      with_condition: 'its sync was paused or is no longer listed, and one line says so for all of them',
      silenced: 'a silence holds it back',
      acknowledged: 'somebody acknowledged it',
      quiet_hours: 'it waits for the end of quiet hours',
      route_backing_off: 'the destination is left alone for a while after a post failed',
      already_notified: 'it was sent and has not changed',
      nothing_new: 'it is over, and nothing about it is left to send',
    });
  });
});
