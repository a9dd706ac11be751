import type { Alert } from '../../../lambda/core/alert.ts';
import type { Fingerprint } from '../../../lambda/core/fingerprint.ts';
import type { PlannedNotifications } from '../../../lambda/core/notify/plan.ts';
import type { SendReason } from '../../../lambda/core/notify/reason.ts';
import type { Destination, NotificationLogEntry } from '../../../lambda/core/state.ts';
import {
  aDestination,
  aFacts,
  aFailingSync,
  ago,
  aLastNotified,
  aLogEntry,
  anAlert,
  anEndedAlert,
  anEvaluation,
  aPolicy,
  days,
  hours,
  LABELS,
  minutes,
  NOW,
} from '../a-sync.ts';
import { CAUSE_KEY, CRITICAL, notifiedAgo } from './a-notified-cause.ts';
import { plannedNow, reasonsOf } from './a-plan.ts';

type Alerts = Readonly<Partial<Record<Fingerprint, Alert>>>;
type LogEntries = Readonly<Partial<Record<Fingerprint, NotificationLogEntry>>>;

/** Checks come every minute, so that half a period of slack is 30 s. */
const policy = { ...aPolicy(), periodSeconds: 60 };
/** Every sync of `pg-main` is failing, so that the connection explains whatever opens. */
const EVALUATION = anEvaluation(['a', 'b', 'c', 'd'].map((id) => aFailingSync({ id })));

const sent = (overrides: Partial<NotificationLogEntry> = {}) =>
  aLogEntry({ lastNotified: aLastNotified({ cause: CAUSE_KEY }), ...overrides });
const sentCritical = aLogEntry({
  lastNotified: aLastNotified({ cause: CAUSE_KEY, severity: 'critical' }),
});
const BY_AGE = { ...CRITICAL, criticalBy: 'age' } as const;
const BY_PLATFORM = { ...CRITICAL, criticalBy: 'platform' } as const;

/** The plan of a check; `a`, `b` and `c` are open and were sent under `pg-main` unless they are given. */
function planOf(
  alerts: Alerts,
  causes: Destination['causes'],
  entries: LogEntries = {},
): PlannedNotifications {
  const open = { 'sync:a': anAlert(), 'sync:b': anAlert(), 'sync:c': anAlert() };
  const notificationLog = { 'sync:a': sent(), 'sync:b': sent(), 'sync:c': sent(), ...entries };
  const destination = aDestination(notificationLog, causes === undefined ? {} : { causes });
  return plannedNow(aFacts({ ...open, ...alerts }), destination, { evaluation: EVALUATION, policy });
}

const NEW = { 'sync:d': anAlert({ since: NOW }) } as const;
const fifteen = minutes(15) - 30;
const hour = hours(1) - 30;
const six = hours(6) - 30;

describe('a warning that opens under a live cause', () => {
  it.each([
    [1, fifteen - 1, 'held'],
    [1, fifteen, 'sent'],
    [2, fifteen, 'held'],
    [2, hour - 1, 'held'],
    [2, hour, 'sent'],
    [9, hour - 1, 'held'],
    [9, hour, 'sent'],
  ])(
    'is first sent 15 minutes after the cause, then an hour: after %d notifications, %d s later: %s',
    (times, seconds, what) => {
      const planned = planOf(NEW, notifiedAgo(seconds, { times }));
      expect(reasonsOf(planned)).toEqual(what === 'sent' ? { 'sync:d': 'new' } : {});
    },
  );

  it('is held in the log and in its decision, and not undelivered', () => {
    const { decisions, destination } = planOf(NEW, notifiedAgo(60));
    expect(decisions.get('sync:d')).toEqual({ notify: false, reason: 'held_by_group', withheld: 'new' });
    expect(destination.notificationLog['sync:d']).toEqual({ heldSince: NOW });
  });

  it('keeps the time since when it is held, also once it is sent', () => {
    const heldSince = ago(minutes(10));
    const held = planOf(NEW, notifiedAgo(minutes(14)), { 'sync:d': { heldSince } });
    expect(held.destination.notificationLog['sync:d']).toEqual({ heldSince });
    const after = planOf(NEW, notifiedAgo(minutes(15)), { 'sync:d': { heldSince } });
    expect(after.destination.notificationLog['sync:d']).toMatchObject({ undeliveredSince: NOW });
  });

  it.each([
    [hour - 1, {}],
    [hour, { 'sync:d': 'new' }],
  ])('is never held longer than an hour, whenever the cause was sent: %d s: %j', (seconds, reasons) => {
    const held = { 'sync:d': { heldSince: ago(seconds) } };
    expect(reasonsOf(planOf(NEW, notifiedAgo(minutes(20), { times: 3 }), held))).toEqual(reasons);
  });

  it.each([
    ['is undelivered already', { undeliveredSince: ago(60) }],
    ['is in flight', { inFlight: { what: 'firing', times: 1 } }],
  ] as const)('is not held when it %s', (_what, logEntry) => {
    expect(reasonsOf(planOf(NEW, notifiedAgo(60), { 'sync:d': logEntry }))).toEqual({ 'sync:d': 'new' });
  });

  it('is not held by a cause that was sent at a time ahead of every clock', () => {
    expect(reasonsOf(planOf(NEW, notifiedAgo(-61)))).toEqual({ 'sync:d': 'new' });
  });

  it('is not held when it belongs to another connection', () => {
    const labels = { ...LABELS, connectionRef: 'pg-other' };
    const other = { 'sync:o': anAlert({ labels, since: NOW }) };
    const { plan } = planOf(other, notifiedAgo(60));
    expect(plan.notifications).toMatchObject([{ fingerprint: 'sync:o', reason: 'new' }]);
    expect(plan.notifications[0]).not.toHaveProperty('cause');
  });

  it('stands under the cause once it is sent, also when it is the only one', () => {
    const { plan } = planOf(NEW, notifiedAgo(minutes(15)));
    expect(plan.notifications).toMatchObject([{ fingerprint: 'sync:d', cause: { key: CAUSE_KEY } }]);
  });
});

describe('a critical alert under a live cause', () => {
  const disabled = { 'sync:d': anAlert({ ...BY_PLATFORM, since: NOW }) };

  it('is sent at once when the cause was sent as a warning, with everything that the cause holds', () => {
    const alerts = { ...NEW, 'sync:a': anAlert(BY_AGE) };
    expect(reasonsOf(planOf(alerts, notifiedAgo(60)))).toEqual({ 'sync:a': 'escalated', 'sync:d': 'new' });
  });

  it.each([
    [fifteen - 1, {}],
    [fifteen, { 'sync:d': 'new' }],
  ])('is sent after 15 minutes when the cause was sent as critical: %d s: %j', (seconds, reasons) => {
    const causes = notifiedAgo(seconds, { severity: 'critical', times: 3 });
    expect(reasonsOf(planOf(disabled, causes))).toEqual(reasons);
  });

  it.each<[string, Alert, NotificationLogEntry, SendReason]>([
    ['escalated because the platform disabled it', anAlert(BY_PLATFORM), sent(), 'escalated'],
    [
      'escalated because of its failures',
      anAlert({ ...CRITICAL, criticalBy: 'failures' }),
      sent(),
      'escalated',
    ],
    [
      'is about to be disabled, and critical by age already',
      anAlert({ ...BY_AGE, disableImminent: true }),
      sentCritical,
      'disable_imminent',
    ],
    ['opens critical by age', anAlert({ ...BY_AGE, since: NOW }), {}, 'new'],
  ])('is sent after 15 minutes when it %s', (_what, alert, logEntry, reason) => {
    const sentAfter = (seconds: number) => {
      const causes = notifiedAgo(seconds, { severity: 'critical', times: 3 });
      return reasonsOf(planOf({ 'sync:d': alert }, causes, { 'sync:d': logEntry }));
    };
    expect([sentAfter(fifteen - 1), sentAfter(fifteen)]).toEqual([{}, { 'sync:d': reason }]);
  });

  it.each([
    [1, fifteen - 1, {}],
    [1, fifteen, { 'sync:a': 'escalated' }],
    [2, hour - 1, {}],
    [2, hour, { 'sync:a': 'escalated' }],
  ])(
    'that only escalated by age waits like a warning: after %d notifications, %d s later: %j',
    (times, seconds, reasons) => {
      const causes = notifiedAgo(seconds, { severity: 'critical', times });
      expect(reasonsOf(planOf({ 'sync:a': anAlert(BY_AGE) }, causes))).toEqual(reasons);
    },
  );
});

describe('a resolution under a live cause', () => {
  const ENDED = { 'sync:a': anEndedAlert() };

  it.each([
    [fifteen - 1, {}],
    [fifteen, { 'sync:a': 'resolved' }],
  ])('is sent after 15 minutes when it is the first: %d s: %j', (seconds, reasons) => {
    expect(reasonsOf(planOf(ENDED, notifiedAgo(seconds, { times: 3 })))).toEqual(reasons);
  });

  it.each([
    [six - 1, {}],
    [six, { 'sync:a': 'resolved' }],
  ])('waits at most six hours when another one was sent: ended %d s ago: %j', (seconds, reasons) => {
    const ended = anEndedAlert({ resolution: { how: 'resolved', by: 'success', at: ago(seconds) } });
    const causes = notifiedAgo(hours(7), { resolvedAt: ago(hours(7)) });
    expect(reasonsOf(planOf({ 'sync:a': ended }, causes))).toEqual(reasons);
  });

  it('goes with the next opening of the cause', () => {
    const causes = notifiedAgo(hours(1), { times: 2, resolvedAt: ago(hours(1)) });
    expect(reasonsOf(planOf({ ...ENDED, ...NEW }, causes))).toEqual({
      'sync:a': 'resolved',
      'sync:d': 'new',
    });
  });

  it('is sent at once when it is that of the last open alert', () => {
    const ended = { ...ENDED, 'sync:b': anEndedAlert(), 'sync:c': anEndedAlert() };
    expect(reasonsOf(planOf(ended, notifiedAgo(60, { resolvedAt: ago(60) })))).toEqual({
      'sync:a': 'resolved',
      'sync:b': 'resolved',
      'sync:c': 'resolved',
    });
  });

  it('of an alert that was held is sent as resolved in the group', () => {
    const held = planOf(NEW, notifiedAgo(60)).destination.notificationLog['sync:d'] ?? {};
    const ended = planOf({ 'sync:d': anEndedAlert() }, notifiedAgo(minutes(15)), { 'sync:d': held });
    expect(reasonsOf(ended)).toEqual({ 'sync:d': 'resolved_in_group' });
  });

  it('is dropped while it is held when its sync has a problem again', () => {
    const held = planOf(ENDED, notifiedAgo(60)).destination.notificationLog['sync:a'] ?? {};
    expect(held).toHaveProperty('heldSince', NOW);
    const again = planOf({}, notifiedAgo(hours(1)), { 'sync:a': held });
    expect(reasonsOf(again)).toEqual({});
    expect(again.destination.notificationLog['sync:a']).toEqual(sent());
  });
});

describe('a message that goes out anyway', () => {
  const elsewhere = anAlert({ labels: { ...LABELS, connectionRef: 'pg-other' }, since: NOW });
  const held = { ...NEW, 'sync:a': anEndedAlert() };
  const causes = (seconds: number) => notifiedAgo(seconds, { times: 2, resolvedAt: ago(hours(1)) });

  it.each([
    [fifteen - 1, ['sync:o']],
    [fifteen, ['sync:a', 'sync:d', 'sync:o']],
  ])('carries what causes hold that were sent 15 minutes before: %d s: %j', (seconds, fingerprints) => {
    const planned = planOf({ ...held, 'sync:o': elsewhere }, causes(seconds));
    expect(Object.keys(reasonsOf(planned)).toSorted()).toEqual(fingerprints);
  });

  it('carries it also when it is a reminder', () => {
    const old = { ...held, 'sync:o': { ...elsewhere, since: ago(days(3)) } };
    const entry = { 'sync:o': aLogEntry({ lastNotified: aLastNotified({ at: ago(days(2)) }) }) };
    const { plan } = planOf(old, causes(fifteen), entry);
    expect(plan.notifications.map(({ fingerprint }) => fingerprint).toSorted()).toEqual(['sync:a', 'sync:d']);
    expect(plan.reminder.map(({ fingerprint }) => fingerprint)).toContain('sync:o');
  });

  it('has no held alert in its reminder', () => {
    const old = { ...held, 'sync:o': { ...elsewhere, since: ago(days(3)) } };
    const entry = { 'sync:o': aLogEntry({ lastNotified: aLastNotified({ at: ago(days(2)) }) }) };
    const { plan } = planOf(old, causes(60), entry);
    expect(plan.notifications).toEqual([]);
    expect(plan.reminder.map(({ fingerprint }) => fingerprint)).toEqual(['sync:b', 'sync:c', 'sync:o']);
  });
});

describe('a notified cause', () => {
  it('stays on the destination while an alert of it is open', () => {
    expect(planOf({}, notifiedAgo(60)).destination.causes).toEqual(notifiedAgo(60));
  });

  it('stays on the destination until the resolution of its last alert is sent', () => {
    const ended = { 'sync:a': anEndedAlert(), 'sync:b': anEndedAlert(), 'sync:c': anEndedAlert() };
    const { plan, destination } = planOf(ended, notifiedAgo(60));
    expect(plan.notifications).toHaveLength(3);
    expect(destination.causes).toEqual(notifiedAgo(60));
  });

  it('leaves the destination when nothing of it is open or left to send', () => {
    const resolved = sent({ resolutionSent: true });
    const ended = { 'sync:a': anEndedAlert(), 'sync:b': anEndedAlert(), 'sync:c': anEndedAlert() };
    const entries = { 'sync:a': resolved, 'sync:b': resolved, 'sync:c': resolved };
    expect(planOf(ended, notifiedAgo(60), entries).destination).not.toHaveProperty('causes');
  });
});
