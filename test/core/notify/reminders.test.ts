import type { Alert } from '../../../lambda/core/alert.ts';
import { isEmptyPlan } from '../../../lambda/core/notify/notification.ts';
import type { PlannedNotifications } from '../../../lambda/core/notify/plan.ts';
import { isDue, nextReminderAt, remindable } from '../../../lambda/core/notify/reminders.ts';
import type { Destination } from '../../../lambda/core/state.ts';
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
  anUnavailableEvaluation,
  aPolicy,
  aSync,
  days,
  defaultPolicy,
  hours,
  later,
  minutes,
  NOW,
} from '../a-sync.ts';
import { plannedNow, reasonsOf, remindedOf } from './a-plan.ts';

const ORDERS = 'sync:orders';
/** 24 h less half a period of 5 min. */
const DAY_LESS_SLACK = hours(24) - 150;

const notifiedAgo = (seconds: number) => aLogEntry({ lastNotified: aLastNotified({ at: ago(seconds) }) });
const openFor = (seconds: number, overrides: Partial<Alert> = {}) =>
  anAlert({ since: ago(seconds), ...overrides });
const FACTS = aFacts({ [ORDERS]: openFor(days(3)) });
const ESCALATED = aFacts({ [ORDERS]: openFor(days(3), { severity: 'critical', critical: { from: NOW } }) });

describe('a reminder', () => {
  it.each([
    [-1, []],
    [0, [ORDERS]],
    [1, [ORDERS]],
  ])('comes 24 h less half a period after the last notification: %p s later lists %p', (more, listed) => {
    const destination = aDestination({ [ORDERS]: notifiedAgo(DAY_LESS_SLACK + more) });
    expect(remindedOf(plannedNow(FACTS, destination))).toEqual(listed);
  });

  it.each([
    [-1, []],
    [0, [ORDERS]],
    [1, [ORDERS]],
  ])('comes 24 h less half a period after the last reminder: %p s later lists %p', (more, listed) => {
    const remindedAt = ago(DAY_LESS_SLACK + more);
    const destination = aDestination({ [ORDERS]: notifiedAgo(days(3)) }, { remindedAt });
    expect(remindedOf(plannedNow(FACTS, destination))).toEqual(listed);
  });

  it('waits for the later of notification and reminder', () => {
    const destination = aDestination({ [ORDERS]: notifiedAgo(hours(1)) }, { remindedAt: ago(days(2)) });
    expect(remindedOf(plannedNow(FACTS, destination))).toEqual([]);
  });

  it('follows repeatInterval and the period', () => {
    const policy = aPolicy({ repeatInterval: '1h' });
    const remindedAfter = (seconds: number) =>
      remindedOf(plannedNow(FACTS, aDestination({ [ORDERS]: notifiedAgo(seconds) }), { policy }));
    expect(remindedAfter(3449)).toEqual([]);
    expect(remindedAfter(3450)).toEqual([ORDERS]);
  });

  it('waits for the last notification of the oldest alert, and lists every open alert', () => {
    const facts = aFacts({ 'sync:old': openFor(days(3)), 'sync:young': openFor(days(2)) });
    const remindedAfter = (old: number, young: number) =>
      remindedOf(
        plannedNow(facts, aDestination({ 'sync:old': notifiedAgo(old), 'sync:young': notifiedAgo(young) })),
      );
    expect(remindedAfter(days(1), hours(1))).toEqual(['sync:old', 'sync:young']);
    expect(remindedAfter(hours(1), days(1))).toEqual([]);
  });

  it('finds the oldest alert wherever it stands', () => {
    const facts = aFacts({ 'sync:young': openFor(days(2)), 'sync:old': openFor(days(3)) });
    const destination = aDestination({
      'sync:young': notifiedAgo(hours(1)),
      'sync:old': notifiedAgo(days(1)),
    });
    expect(remindedOf(plannedNow(facts, destination))).toEqual(['sync:old', 'sync:young']);
  });

  it('waits for the earlier notified of two alerts that began together, whatever their order', () => {
    const alerts = { 'sync:a': openFor(days(3)), 'sync:b': openFor(days(3)) };
    const reversed = { 'sync:b': alerts['sync:b'], 'sync:a': alerts['sync:a'] };
    const destination = aDestination({ 'sync:a': notifiedAgo(days(1)), 'sync:b': notifiedAgo(hours(1)) });
    expect(remindedOf(plannedNow(aFacts(alerts), destination))).toEqual(['sync:a', 'sync:b']);
    expect(remindedOf(plannedNow(aFacts(reversed), destination))).toEqual(['sync:a', 'sync:b']);
  });

  it('names the cause that the open alerts share', () => {
    const ids = ['a', 'b', 'c'];
    const open = openFor(days(3));
    const sent = notifiedAgo(days(1));
    const { plan } = plannedNow(
      aFacts({ 'sync:a': open, 'sync:b': open, 'sync:c': open }),
      aDestination({ 'sync:a': sent, 'sync:b': sent, 'sync:c': sent }),
      { evaluation: anEvaluation(ids.map((id) => aFailingSync({ id }))) },
    );
    expect(plan.reminder.map(({ fingerprint, cause }) => [fingerprint, cause?.name])).toEqual([
      ['sync:a', 'pg-main'],
      ['sync:b', 'pg-main'],
      ['sync:c', 'pg-main'],
    ]);
  });

  it('leaves out the alerts that this digest notifies', () => {
    const facts = aFacts({
      'sync:old': openFor(days(3)),
      'sync:new': openFor(60),
      'sync:ended': anEndedAlert(),
    });
    const destination = aDestination({
      'sync:old': notifiedAgo(days(1)),
      'sync:ended': notifiedAgo(days(2)),
    });
    const planned = plannedNow(facts, destination);
    expect(reasonsOf(planned)).toEqual({ 'sync:new': 'new', 'sync:ended': 'resolved' });
    expect(remindedOf(planned)).toEqual(['sync:old']);
    expect(planned.decisions.get('sync:old')).toEqual({ notify: true, reason: 'reminder' });
  });

  it('is satisfied by the digest when that notifies every open alert', () => {
    const planned = plannedNow(ESCALATED, aDestination({ [ORDERS]: notifiedAgo(days(1)) }));
    expect(reasonsOf(planned)).toEqual({ [ORDERS]: 'escalated' });
    expect(remindedOf(planned)).toEqual([]);
    expect(planned.plan.satisfiesReminder).toBe(true);
    // Only an accepted message counts.
    expect(planned.destination.remindedAt).toBeUndefined();
  });

  it('is not satisfied while the destination backs off', () => {
    const destination = aDestination({ [ORDERS]: notifiedAgo(days(1)) }, { backoffUntil: later(60) });
    const planned = plannedNow(ESCALATED, destination);
    expect(isEmptyPlan(planned.plan)).toBe(true);
    expect(planned.plan.satisfiesReminder).toBeUndefined();
    expect(planned.destination.remindedAt).toBeUndefined();
  });

  it('is not satisfied before it is due', () => {
    const { plan } = plannedNow(FACTS, aDestination({ [ORDERS]: notifiedAgo(hours(3)) }));
    expect(plan.satisfiesReminder).toBeUndefined();
  });

  it('leaves out a flapping alert that is healthy for now, however long it is held open', () => {
    const facts = aFacts({
      [ORDERS]: openFor(days(3)),
      'sync:flaps': openFor(days(3), { flapping: 'often', healthySince: ago(hours(1)) }),
    });
    const destination = aDestination({ [ORDERS]: notifiedAgo(days(1)), 'sync:flaps': notifiedAgo(days(1)) });
    expect(remindedOf(plannedNow(facts, destination))).toEqual([ORDERS]);
  });

  it('is caused by no pending, ended or resolved alert', () => {
    const facts = aFacts({
      'sync:a': anAlert({ state: 'pending', since: ago(days(3)) }),
      'sync:b': anEndedAlert(),
    });
    const resolved = aLogEntry({ lastNotified: aLastNotified({ at: ago(days(3)) }), resolutionSent: true });
    expect(isEmptyPlan(plannedNow(facts, aDestination({ 'sync:b': resolved })).plan)).toBe(true);
  });
});

describe('a reminder of paused syncs', () => {
  const facts = aFacts(
    { [ORDERS]: openFor(days(3)) },
    { conditions: { 'sync:p': { condition: 'paused', since: ago(days(30)), name: 'p', by: 'person' } } },
  );
  const routeAt = (pausedAt: number, overrides: Partial<Destination> = {}) =>
    aDestination(
      { [ORDERS]: notifiedAgo(days(1)) },
      { conditions: { 'sync:p': { condition: 'paused', at: ago(pausedAt) } }, ...overrides },
    );
  const pausedIn = ({ plan }: PlannedNotifications) =>
    plan.pausedReminder.map(({ fingerprint }) => fingerprint);

  it('never comes by itself', () => {
    const { alerts: _alerts, ...rest } = facts;
    const planned = plannedNow({ alerts: {}, ...rest }, routeAt(days(30)));
    expect(isEmptyPlan(planned.plan)).toBe(true);
    expect(pausedIn(planned)).toEqual([]);
  });

  it.each([
    [days(7) - 151, []],
    [days(7) - 150, ['sync:p']],
    [days(30), ['sync:p']],
  ])('comes with another one 7 days after the pause was sent: %d s: %j', (seconds, listed) => {
    const planned = plannedNow(facts, routeAt(seconds));
    expect(remindedOf(planned)).toEqual([ORDERS]);
    expect(pausedIn(planned)).toEqual(listed);
  });

  it.each([
    [days(7) - 151, []],
    [days(7) - 150, ['sync:p']],
  ])('comes with another one 7 days after the last of them: %d s: %j', (seconds, listed) => {
    const destination = routeAt(days(30), { pausedRemindedAt: ago(seconds) });
    expect(pausedIn(plannedNow(facts, destination))).toEqual(listed);
  });

  it('does not name a sync whose alert ended by another pause, which the same message says', () => {
    const again = anEndedAlert({ resolution: { how: 'paused', at: NOW } });
    const destination = routeAt(days(30));
    const planned = plannedNow(
      { ...facts, alerts: { ...facts.alerts, 'sync:p': again } },
      { ...destination, notificationLog: { ...destination.notificationLog, 'sync:p': aLogEntry() } },
    );
    expect(planned.plan.notifications.map(({ fingerprint }) => fingerprint)).toEqual(['sync:p']);
    expect(remindedOf(planned)).toEqual([ORDERS]);
    expect(pausedIn(planned)).toEqual([]);
  });

  it('does not name a sync whose pause was never sent', () => {
    expect(pausedIn(plannedNow(facts, routeAt(days(30), { conditions: {} })))).toEqual([]);
  });

  it('does not come with a message that is no reminder', () => {
    const critical = {
      ...facts,
      alerts: { [ORDERS]: openFor(60, { severity: 'critical', critical: { from: NOW } }) },
    };
    const destination = { ...routeAt(days(30)), notificationLog: { [ORDERS]: notifiedAgo(60) } };
    const planned = plannedNow(critical, destination);
    expect(reasonsOf(planned)).toEqual({ [ORDERS]: 'escalated' });
    expect(pausedIn(planned)).toEqual([]);
  });
});

describe('a reminder while the listing fails', () => {
  const evaluation = anUnavailableEvaluation();
  const listing = openFor(days(2), { problem: 'listing_failed', severity: 'critical', labels: null });
  const listingNotified = aLogEntry({
    lastNotified: aLastNotified({ at: ago(days(1)), severity: 'critical', problems: ['listing_failed'] }),
  });

  it('lists no sync', () => {
    const destination = aDestination({ [ORDERS]: notifiedAgo(days(1)) });
    expect(isEmptyPlan(plannedNow(FACTS, destination, { evaluation }).plan)).toBe(true);
  });

  it('is left to the next check that can list the syncs', () => {
    const { destination } = plannedNow(FACTS, aDestination({ [ORDERS]: notifiedAgo(days(1)) }), {
      evaluation,
    });
    expect(remindedOf(plannedNow(FACTS, destination))).toEqual([ORDERS]);
  });

  it.each([
    ['younger', days(1)],
    ['older', days(9)],
  ])('lists the failed listing, though a sync with a %s alert was notified just now', (_, seconds) => {
    const facts = aFacts({ listing, [ORDERS]: openFor(seconds) });
    const destination = aDestination({ listing: listingNotified, [ORDERS]: notifiedAgo(hours(1)) });
    expect(remindedOf(plannedNow(facts, destination, { evaluation }))).toEqual(['listing']);
  });
});

describe('the time of the next reminder', () => {
  const nextAt = (
    alerts: Readonly<Record<string, Alert>>,
    destination: Destination,
    policy = defaultPolicy,
  ) => {
    const open = remindable(aFacts(alerts), destination.notificationLog, anEvaluation([aSync()]));
    return nextReminderAt(open, { destination, policy, now: NOW });
  };
  const open = { [ORDERS]: openFor(days(3)) };

  it('is 24 h less half a period after the last notification', () => {
    const destination = aDestination({ [ORDERS]: notifiedAgo(hours(2)) });
    expect(nextAt(open, destination)).toBe(later(hours(22) - 150));
  });

  it('is 24 h less half a period after the last reminder, if that is later', () => {
    const destination = aDestination({ [ORDERS]: notifiedAgo(days(2)) }, { remindedAt: ago(hours(3)) });
    expect(nextAt(open, destination)).toBe(later(hours(21) - 150));
  });

  it('follows repeatInterval', () => {
    const destination = aDestination({ [ORDERS]: notifiedAgo(minutes(30)) });
    expect(nextAt(open, destination, aPolicy({ repeatInterval: '1h' }))).toBe(later(minutes(30) - 150));
  });

  it('is that of the oldest alert, notified again or not', () => {
    const alerts = { 'sync:young': openFor(days(2)), 'sync:old': openFor(days(3)) };
    const destination = aDestination({
      'sync:young': notifiedAgo(days(1)),
      'sync:old': notifiedAgo(hours(1)),
    });
    expect(nextAt(alerts, destination)).toBe(later(hours(23) - 150));
  });

  it('ignores a last reminder that lies ahead of every clock', () => {
    const destination = aDestination({ [ORDERS]: notifiedAgo(hours(2)) }, { remindedAt: later(61) });
    expect(nextAt(open, destination)).toBe(later(hours(22) - 150));
    const withinSlack = aDestination({ [ORDERS]: notifiedAgo(hours(2)) }, { remindedAt: later(60) });
    expect(nextAt(open, withinSlack)).toBe(later(hours(24) + 60 - 150));
  });

  it.each<[string, Readonly<Record<string, Alert>>]>([
    ['nothing is open', {}],
    ['a flapping alert is healthy for now', { [ORDERS]: openFor(days(3), { healthySince: ago(60) }) }],
    ['the alert has ended', { [ORDERS]: anEndedAlert() }],
    ['the alert was never sent', { 'sync:unsent': openFor(days(3)) }],
  ])('is undefined when %s', (_, alerts) => {
    expect(nextAt(alerts, aDestination({ [ORDERS]: notifiedAgo(hours(2)) }))).toBeUndefined();
  });

  it.each([
    [undefined, false],
    [later(1), false],
    [NOW, true],
    [ago(1), true],
  ])('is due at that time: %p: %p', (at, due) => expect(isDue(at, NOW)).toBe(due));

  it('is part of the plan', () => {
    const planned = plannedNow(aFacts(open), aDestination({ [ORDERS]: notifiedAgo(hours(2)) }));
    expect(planned.reminderAt).toBe(later(hours(22) - 150));
  });
});
