import type { Alert } from '../../../lambda/core/alert.ts';
import type { Fingerprint } from '../../../lambda/core/fingerprint.ts';
import { type PlannedNotifications, planNotifications } from '../../../lambda/core/notify/plan.ts';
import type { SendReason } from '../../../lambda/core/notify/reason.ts';
import type { Severity } from '../../../lambda/core/problem.ts';
import type { NotificationLogEntry, Route } from '../../../lambda/core/state.ts';
import {
  aFacts,
  ago,
  aLastNotified,
  aLogEntry,
  anAlert,
  anEndedAlert,
  anEvaluation,
  aPolicy,
  aRoute,
  aSync,
  days,
  frozen,
  LABELS,
  minutes,
  NOW,
} from '../a-sync.ts';
import { CAUSE_KEY, CRITICAL, notifiedAgo } from './a-notified-cause.ts';
import { reasonsOf } from './a-plan.ts';

type Alerts = Readonly<Partial<Record<Fingerprint, Alert>>>;
type LogEntries = Readonly<Partial<Record<Fingerprint, NotificationLogEntry>>>;

/** Checks come every minute, so that half a period of slack is 30 s. */
const policy = { ...aPolicy(), periodSeconds: 60 };
const EVALUATION = anEvaluation([aSync({ id: 'another', connectorId: 'hubspot' })]);
const OTHER_CONNECTION = { ...LABELS, connectionRef: 'pg-other' };

/** The plan of a check; `sync:a` is firing and was notified unless it is given. */
function planOf(
  alerts: Alerts,
  causes: Route['causes'],
  notificationLog: LogEntries = {},
): PlannedNotifications {
  const facts = aFacts({ 'sync:a': anAlert(), ...alerts });
  const route = aRoute({ 'sync:a': aLogEntry(), ...notificationLog }, causes === undefined ? {} : { causes });
  return planNotifications(frozen(facts), frozen(route), { evaluation: EVALUATION, policy });
}

describe('follow-ups of a notified cause', () => {
  const FOLLOW_UPS: readonly (readonly [string, Alert, NotificationLogEntry, SendReason])[] = [
    ['a new alert', anAlert(), {}, 'new'],
    ['an escalation', anAlert(CRITICAL), aLogEntry(), 'escalated'],
    [
      'another problem',
      anAlert({ problem: 'stalled', problems: ['failing', 'stalled'] }),
      aLogEntry(),
      'changed',
    ],
    ['a resolution', anEndedAlert(), aLogEntry(), 'resolved'],
  ];

  it.each(FOLLOW_UPS)('are held for 15 minutes and then sent: %s', (_what, alert, logEntry, reason) => {
    // The cause was sent as critical, so that an escalation is held too.
    const causes = (seconds: number) => notifiedAgo(seconds, { severity: 'critical' });
    const { plan, decisions, route } = planOf({ 'sync:b': alert }, causes(minutes(14)), {
      'sync:b': logEntry,
    });
    expect(plan.notifications).toEqual([]);
    expect(decisions.get('sync:b')).toEqual({ notify: false, reason: 'held_by_group', withheld: reason });
    const held = route.notificationLog['sync:b'] ?? {};
    expect(held).toMatchObject({ held: true });
    expect(held).not.toHaveProperty('undeliveredSince');
    const later = planOf({ 'sync:b': alert }, causes(minutes(15)), { 'sync:b': held });
    expect(reasonsOf(later)).toEqual({ 'sync:b': reason });
    expect(later.route.notificationLog['sync:b']).toMatchObject({ undeliveredSince: NOW });
  });

  it.each([
    [1, 15 * 60 - 31, 'held'],
    [1, 15 * 60 - 30, 'sent'],
    [1, 15 * 60, 'sent'],
    [2, 30 * 60 - 31, 'held'],
    [2, 30 * 60 - 30, 'sent'],
    [3, 60 * 60 - 31, 'held'],
    [3, 60 * 60 - 30, 'sent'],
    [4, 120 * 60 - 31, 'held'],
    [4, 120 * 60 - 30, 'sent'],
    [5, 120 * 60 - 31, 'held'],
    [5, 120 * 60 - 30, 'sent'],
  ])(
    'wait 15, 30, 60, 120 minutes: after %d notifications of firings, %d s later: %s',
    (times, seconds, what) => {
      const causes = notifiedAgo(seconds, { inARow: { brought: 'firings', times } });
      expect(reasonsOf(planOf({ 'sync:d': anAlert() }, causes))).toEqual(
        what === 'sent' ? { 'sync:d': 'new' } : {},
      );
    },
  );

  it.each([
    [
      'a resolution after four notifications of firings waits 15 minutes',
      anEndedAlert(),
      'firings',
      minutes(15),
      'resolved',
    ],
    [
      'a resolution after four of resolutions waits longer than 15 minutes',
      anEndedAlert(),
      'resolutions',
      minutes(15),
      undefined,
    ],
    [
      'a resolution after four of resolutions waits 120 minutes',
      anEndedAlert(),
      'resolutions',
      minutes(120),
      'resolved',
    ],
    ['a new alert after four of resolutions waits 15 minutes', anAlert(), 'resolutions', minutes(15), 'new'],
  ] as const)('wait anew when they turn: %s', (_what, alert, brought, seconds, reason) => {
    const causes = notifiedAgo(seconds, { inARow: { brought, times: 4 } });
    const logEntry = alert.state === 'ended' ? aLogEntry() : {};
    expect(reasonsOf(planOf({ 'sync:b': alert }, causes, { 'sync:b': logEntry }))).toEqual(
      reason === undefined ? {} : { 'sync:b': reason },
    );
  });

  it.each([
    ['is undelivered already', { undeliveredSince: ago(60) }],
    ['is in flight', { inFlight: { what: 'firing', times: 1 } }],
  ] as const)('are not held when one %s', (_what, logEntry) => {
    expect(reasonsOf(planOf({ 'sync:d': anAlert() }, notifiedAgo(60), { 'sync:d': logEntry }))).toEqual({
      'sync:d': 'new',
    });
  });

  it('are sent at once when the last open alert of the cause ends', () => {
    const ended = { 'sync:a': anEndedAlert(), 'sync:b': anEndedAlert() };
    expect(reasonsOf(planOf(ended, notifiedAgo(60), { 'sync:b': aLogEntry() }))).toEqual({
      'sync:a': 'resolved',
      'sync:b': 'resolved',
    });
  });

  it('are sent at once when an alert becomes critical, wherever it stands', () => {
    const alerts = { 'sync:a': anAlert(CRITICAL), 'sync:b': anAlert() };
    expect(reasonsOf(planOf(alerts, notifiedAgo(60), { 'sync:b': aLogEntry() }))).toEqual({
      'sync:a': 'escalated',
    });
  });

  it.each<[Severity, Severity, SendReason[]]>([
    ['warning', 'critical', ['new']],
    ['critical', 'critical', []],
    ['warning', 'warning', []],
  ])(
    'are sent at once when the cause becomes critical: sent as %s, now %s: %j',
    (sent, severity, expected) => {
      const firing = anAlert({ severity, ...(severity === 'critical' && { critical: { from: NOW } }) });
      const { plan } = planOf({ 'sync:d': firing }, notifiedAgo(60, { severity: sent }));
      expect(plan.notifications.map(({ reason }) => reason)).toEqual(expected);
    },
  );

  it('are held beside a critical alert that was sent by itself before', () => {
    const alerts = { 'sync:b': anAlert(CRITICAL), 'sync:d': anAlert() };
    const sentCritical = aLogEntry({ lastNotified: aLastNotified({ severity: 'critical' }) });
    expect(planOf(alerts, notifiedAgo(60), { 'sync:b': sentCritical }).plan.notifications).toEqual([]);
  });

  it('do not include paused syncs and other connections, which are sent at once', () => {
    const alerts = {
      'sync:p': anAlert({ paused: true, problem: 'disabled' }),
      'sync:o': anAlert({ labels: OTHER_CONNECTION }),
    };
    expect(reasonsOf(planOf(alerts, notifiedAgo(60)))).toEqual({ 'sync:p': 'new', 'sync:o': 'new' });
  });

  it('have the cause once they are sent, also when there is only one', () => {
    const alerts = { 'sync:d': anAlert(), 'sync:o': anAlert({ labels: OTHER_CONNECTION }) };
    const [covered, other] = planOf(alerts, notifiedAgo(minutes(15))).plan.notifications;
    expect(covered).toMatchObject({ fingerprint: 'sync:d', cause: { key: CAUSE_KEY } });
    expect(other).toMatchObject({ fingerprint: 'sync:o' });
    expect(other).not.toHaveProperty('cause');
  });
});

describe('a held alert', () => {
  it('that resolves is sent as resolved in the group', () => {
    const held = planOf({ 'sync:d': anAlert() }, notifiedAgo(60));
    const ended = planOf({ 'sync:d': anEndedAlert() }, notifiedAgo(minutes(15)), {
      'sync:d': held.route.notificationLog['sync:d'] ?? {},
    });
    expect(reasonsOf(ended)).toEqual({ 'sync:d': 'resolved_in_group' });
  });

  it('whose sync has a problem again drops its held resolution', () => {
    const held = planOf({ 'sync:b': anEndedAlert() }, notifiedAgo(60), { 'sync:b': aLogEntry() });
    const again = planOf({ 'sync:b': anAlert() }, notifiedAgo(minutes(60)), {
      'sync:b': held.route.notificationLog['sync:b'] ?? {},
    });
    expect(reasonsOf(again)).toEqual({});
    expect(again.route.notificationLog['sync:b']).toEqual(aLogEntry());
  });

  it('is in no reminder, whether it is firing or has ended', () => {
    const alerts = {
      'sync:a': anAlert({ since: ago(days(3)) }),
      'sync:b': anEndedAlert(),
      'sync:d': anAlert(),
    };
    const { plan } = planOf(alerts, notifiedAgo(60), {
      'sync:a': aLogEntry({ lastNotified: aLastNotified({ at: ago(days(2)) }) }),
      'sync:b': aLogEntry(),
    });
    expect(plan.notifications).toEqual([]);
    expect(plan.reminder.map(({ fingerprint }) => fingerprint)).toEqual(['sync:a']);
  });
});

describe('a notified cause', () => {
  it('stays on the route while an alert of it is open', () => {
    expect(planOf({}, notifiedAgo(60)).route.causes).toEqual(notifiedAgo(60));
  });

  it('stays on the route until the resolution of its last alert is sent', () => {
    const { plan, route } = planOf({ 'sync:a': anEndedAlert() }, notifiedAgo(60));
    expect(plan.notifications).toHaveLength(1);
    expect(route.causes).toEqual(notifiedAgo(60));
  });

  it('leaves the route when nothing of it is open or left to send', () => {
    const { route } = planOf({ 'sync:a': anEndedAlert() }, notifiedAgo(60), {
      'sync:a': aLogEntry({ resolutionSent: true }),
    });
    expect(route).not.toHaveProperty('causes');
  });
});
