import { isEmptyPlan } from '../../../lambda/core/notify/notification.ts';
import { recordInFlight } from '../../../lambda/core/notify/notification-log.ts';
import type { PlannedNotifications } from '../../../lambda/core/notify/plan.ts';
import type { NotificationLogEntry } from '../../../lambda/core/state.ts';
import {
  aDestination,
  aFacts,
  ago,
  aLastNotified,
  aLogEntry,
  anAlert,
  anEndedAlert,
  anUnavailableEvaluation,
  days,
  later,
  minutes,
  NOW,
} from '../a-sync.ts';
import { CAUSE_KEY, notifiedAgo } from './a-notified-cause.ts';
import { plannedNow, reasonsOf } from './a-plan.ts';
import { ALERTS, CELLS, LOG_ENTRIES, RESOLUTION_IN_FLIGHT, UNDELIVERED } from './reason-table.ts';

const ORDERS = 'sync:orders';
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const FIRING = aFacts({ [ORDERS]: anAlert() });
const ENDED = aFacts({ [ORDERS]: anEndedAlert() });

describe('a plan', () => {
  it.each(CELLS)(
    'has a notification for each reason to send: sent %s, alert %s: %s',
    (sent, alert, reason) => {
      const planned = plannedNow(
        aFacts({ [ORDERS]: ALERTS[alert] }),
        aDestination({ [ORDERS]: LOG_ENTRIES[sent] }),
      );
      expect(reasonsOf(planned)).toEqual(reason === '–' ? {} : { [ORDERS]: reason });
    },
  );

  it.each(CELLS)('agrees with its decisions: sent %s, alert %s: %s', (sent, alert, reason) => {
    const { decisions } = plannedNow(
      aFacts({ [ORDERS]: ALERTS[alert] }),
      aDestination({ [ORDERS]: LOG_ENTRIES[sent] }),
    );
    expect(decisions.get(ORDERS)).toMatchObject(
      reason === '–' ? { notify: false } : { notify: true, reason },
    );
  });

  it('has an alert without a log entry as new', () => {
    expect(reasonsOf(plannedNow(FIRING, aDestination()))).toEqual({ [ORDERS]: 'new' });
  });

  it('judges each alert by itself, whatever the order', () => {
    const alerts = {
      'sync:a': anAlert(),
      'sync:b': anEndedAlert(),
      'sync:c': ALERTS.critical,
      listing: anAlert(),
    } as const;
    const notificationLog = { 'sync:b': aLogEntry(), 'sync:c': aLogEntry() };
    const reversed = Object.fromEntries(Object.entries(alerts).toReversed());
    const expected = { 'sync:a': 'new', 'sync:b': 'resolved', 'sync:c': 'escalated', listing: 'new' };
    expect(reasonsOf(plannedNow(aFacts(alerts), aDestination(notificationLog)))).toEqual(expected);
    expect(reasonsOf(plannedNow(aFacts(reversed), aDestination(notificationLog)))).toEqual(expected);
  });

  it('is empty for a log entry whose alert is gone', () => {
    expect(isEmptyPlan(plannedNow(aFacts(), aDestination({ [ORDERS]: aLogEntry() })).plan)).toBe(true);
  });

  it('has the notifications of a check that could not list the syncs', () => {
    const planned = plannedNow(FIRING, aDestination(), { evaluation: anUnavailableEvaluation() });
    expect(reasonsOf(planned)).toEqual({ [ORDERS]: 'new' });
  });
});

describe('an alert that fires again after its resolution', () => {
  const SENT = [
    ['resolution sent', aLogEntry({ resolutionSent: true })],
    ['resolution in flight', aLogEntry({ ...UNDELIVERED, ...RESOLUTION_IN_FLIGHT })],
  ] as const;

  it.each(SENT)('and resolves undelivered is sent as such: %s', (_, logEntry) => {
    const again = plannedNow(FIRING, aDestination({ [ORDERS]: logEntry }, { backoffUntil: later(60) }));
    const ended = plannedNow(ENDED, again.destination, { now: later(61) });
    expect(reasonsOf(ended)).toEqual({ [ORDERS]: 'resolved_undelivered' });
  });

  it.each(SENT)('and resolves while its notification is in flight is sent again: %s', (_, logEntry) => {
    const { destination } = plannedNow(FIRING, aDestination({ [ORDERS]: logEntry }));
    const content = {
      covers: [{ fingerprint: ORDERS, reason: 'new', listed: true }],
      endsReminder: false,
    } as const;
    const inFlight = recordInFlight(destination, content);
    expect(reasonsOf(plannedNow(FIRING, inFlight))).toEqual({ [ORDERS]: 'new' });
    expect(reasonsOf(plannedNow(ENDED, inFlight))).toEqual({ [ORDERS]: 'resolved_undelivered' });
  });
});

describe('undeliveredSince in the log', () => {
  const undeliveredSince = ({ destination }: PlannedNotifications) =>
    destination.notificationLog[ORDERS]?.undeliveredSince;

  it('is the check at which a notification was first planned', () => {
    expect(undeliveredSince(plannedNow(FIRING, aDestination()))).toBe(NOW);
    expect(undeliveredSince(plannedNow(FIRING, aDestination({ [ORDERS]: UNDELIVERED })))).toBe(
      ago(minutes(20)),
    );
  });

  it('is dropped once nothing is left to send', () => {
    const withdrawn = aDestination({ [ORDERS]: aLogEntry(UNDELIVERED) });
    expect(plannedNow(FIRING, withdrawn).destination.notificationLog[ORDERS]).toEqual(aLogEntry());
  });

  it('does not exist for a pending alert, which has no log entry', () => {
    const pending = aFacts({ [ORDERS]: anAlert({ state: 'pending' }) });
    expect(plannedNow(pending, aDestination()).destination.notificationLog).toEqual({});
  });

  it('is kept beside "heldSince" of an alert that resolved while its cause held it', () => {
    const heldSince = ago(minutes(10));
    const { destination } = plannedNow(ENDED, aDestination({ [ORDERS]: { heldSince } }));
    expect(destination.notificationLog[ORDERS]).toEqual({ heldSince, undeliveredSince: NOW });
    expect(reasonsOf(plannedNow(ENDED, destination, { now: later(300) }))).toEqual({
      [ORDERS]: 'resolved_in_group',
    });
  });
});

describe('a destination that backs off', () => {
  it.each([
    [-1, false],
    [0, false],
    [1, true],
  ])('has an empty plan until its time: %p s before it: %p', (seconds, isEmpty) => {
    const { plan } = plannedNow(FIRING, aDestination({}, { backoffUntil: later(seconds) }));
    expect(isEmptyPlan(plan)).toBe(isEmpty);
  });

  it.each(CELLS)('keeps its notifications undelivered: sent %s, alert %s: %s', (sent, alert, reason) => {
    const before: NotificationLogEntry = LOG_ENTRIES[sent];
    const destination = aDestination({ [ORDERS]: before }, { backoffUntil: later(60) });
    const { plan, destination: after } = plannedNow(aFacts({ [ORDERS]: ALERTS[alert] }), destination);
    expect(isEmptyPlan(plan)).toBe(true);
    // A resolution in flight counts as sent once its sync has a problem again: the new firing is undelivered from now.
    const { undeliveredSince = NOW } =
      sent === 'firing, resolution in flight' && reason === 'new' ? {} : before;
    expect(after.notificationLog[ORDERS]?.undeliveredSince).toBe(
      reason === '–' ? undefined : undeliveredSince,
    );
    expect(after.backoffUntil).toBe(later(60));
  });

  it('ignores a time more than an hour ahead, which comes from a wrong clock', () => {
    expect(isEmptyPlan(plannedNow(FIRING, aDestination({}, { backoffUntil: later(3600) })).plan)).toBe(true);
    expect(isEmptyPlan(plannedNow(FIRING, aDestination({}, { backoffUntil: later(days(1)) })).plan)).toBe(
      false,
    );
  });

  it('sends afterwards that an alert fired and resolved meanwhile', () => {
    const { destination } = plannedNow(FIRING, aDestination({}, { backoffUntil: later(60) }));
    expect(reasonsOf(plannedNow(ENDED, destination, { now: later(61) }))).toEqual({
      [ORDERS]: 'resolved_undelivered',
    });
  });

  it('sends no reminder', () => {
    const lastNotified = aLastNotified({ at: ago(days(3)) });
    const destination = aDestination({ [ORDERS]: aLogEntry({ lastNotified }) }, { backoffUntil: later(60) });
    const planned = plannedNow(FIRING, destination);
    expect(isEmptyPlan(planned.plan)).toBe(true);
    expect(planned.destination.remindedAt).toBeUndefined();
  });
});

describe('an alert that ends because its sync was paused', () => {
  const alerts = { [ORDERS]: anEndedAlert({ resolution: { how: 'paused', at: NOW } }) };
  const conditions = { [ORDERS]: { condition: 'paused', since: NOW, name: 'orders', by: 'person' } } as const;
  const facts = aFacts(alerts, { conditions });

  it('is sent with the pause, and not as a notification of its own', () => {
    const planned = plannedNow(facts, aDestination({ [ORDERS]: aLogEntry() }), { now: later(minutes(15)) });
    expect(reasonsOf(planned)).toEqual({});
    expect(planned.decisions.get(ORDERS)).toEqual({ notify: false, reason: 'with_condition' });
    expect(planned.plan.neutral).toMatchObject([
      { fingerprint: ORDERS, kind: 'paused', alert: { fingerprint: ORDERS } },
    ]);
  });

  it('is sent as a notification of its own when the pause was undone before it was sent', () => {
    const active = { [ORDERS]: { condition: 'active', since: NOW, name: 'orders' } } as const;
    const planned = plannedNow(
      aFacts(alerts, { conditions: active }),
      aDestination({ [ORDERS]: aLogEntry() }),
    );
    expect(reasonsOf(planned)).toEqual({ [ORDERS]: 'resolved' });
    expect(planned.plan.neutral).toEqual([]);
  });
});

describe('the end of an alert that a mute held', () => {
  it.each([
    ['alone, goes at once', aLastNotified(), { notify: true, reason: 'resolved' }],
    [
      'under a live cause, waits with it',
      aLastNotified({ cause: CAUSE_KEY }),
      { notify: false, reason: 'held_by_group' },
    ],
  ])('and that was sent %s', (_, lastNotified, decision) => {
    const facts = aFacts({ [ORDERS]: anEndedAlert(), 'sync:a': anAlert() });
    const muted = { since: ago(60), by: 'quiet_hours' } as const;
    const destination = aDestination(
      {
        [ORDERS]: aLogEntry({ lastNotified, muted }),
        'sync:a': aLogEntry({ lastNotified: aLastNotified({ cause: CAUSE_KEY }) }),
      },
      { causes: notifiedAgo(60) },
    );
    expect(plannedNow(facts, destination).decisions.get(ORDERS)).toMatchObject(decision);
  });
});

describe('changes of condition', () => {
  const paused = (since: number) => ({
    conditions: { [ORDERS]: { condition: 'paused', since, name: 'orders', by: 'person' } } as const,
  });
  const kindsIn = ({ plan }: PlannedNotifications) => plan.neutral.map(({ kind }) => kind);

  it.each([
    [15 * 60 - 151, []],
    [15 * 60 - 150, ['paused']],
  ])(
    'are sent without another message 15 minutes less half a period later: after %d s: %j',
    (seconds, kinds) => {
      expect(kindsIn(plannedNow(aFacts({}, paused(ago(seconds))), aDestination()))).toEqual(kinds);
    },
  );

  it('go with any message before that', () => {
    const facts = aFacts({ 'sync:a': anAlert() }, paused(NOW));
    expect(kindsIn(plannedNow(facts, aDestination()))).toEqual(['paused']);
    const sent = aLogEntry({ lastNotified: aLastNotified({ at: ago(days(1)) }) });
    expect(kindsIn(plannedNow(facts, aDestination({ 'sync:a': sent })))).toEqual(['paused']);
  });

  it('are sent at once on the initial run', () => {
    const facts = aFacts({}, paused(NOW));
    expect(kindsIn(plannedNow(facts, aDestination(), { initialRun: true }))).toEqual(['paused']);
  });

  it.each([
    ['that it was paused', true, { how: 'paused', at: NOW }],
    ['that it recovered', undefined, { how: 'resolved', by: 'success', at: NOW }],
  ] as const)('are implied by the end of an alert that says %s: %p', (_, isImplied, resolution) => {
    const alert = anEndedAlert({ resolution });
    const facts = aFacts({ 'sync:orders': alert }, paused(NOW));
    const destination = aDestination({ 'sync:orders': { undeliveredSince: ago(600) } });
    const { plan } = plannedNow(facts, destination);
    expect(plan.notifications.map(({ reason }) => reason)).toEqual(['resolved_undelivered']);
    expect(plan.neutral.map((change) => change.isImplied)).toEqual([isImplied]);
  });

  it('are recorded with the news that implies them while a mute holds their own line back', () => {
    const severity = ['warning'] as const;
    const quiet = { zone: 'UTC', from: 0, to: 24 * 60 - 1, days: DAYS, severity };
    const mutes = { silences: [], hours: { ofAlert: () => [quiet], ofCondition: () => [quiet] } };
    const conditions = {
      [ORDERS]: { condition: 'active', since: ago(60), name: 'orders' },
      'sync:users': { condition: 'active', since: ago(60), name: 'users' },
    } as const;
    const facts = aFacts({ [ORDERS]: anAlert({ severity: 'critical' }) }, { conditions });
    const sent = { condition: 'paused', at: ago(days(1)) } as const;
    const destination = aDestination({}, { conditions: { [ORDERS]: sent, 'sync:users': sent } });
    const planned = plannedNow(facts, destination, { mutes });
    expect(reasonsOf(planned)).toEqual({ [ORDERS]: 'new' });
    expect(planned.plan.neutral.map(({ fingerprint, isImplied }) => [fingerprint, isImplied])).toEqual([
      [ORDERS, true],
    ]);
  });

  it('wait while the destination backs off', () => {
    const destination = aDestination({}, { backoffUntil: later(60) });
    expect(isEmptyPlan(plannedNow(aFacts({}, paused(ago(days(1)))), destination).plan)).toBe(true);
  });
});

describe('an initial run that lists no sync', () => {
  const facts = aFacts({}, { nothingListed: true });

  it('is in the plan until the destination was sent it', () => {
    expect(plannedNow(facts, aDestination()).plan.nothingListed).toBe(true);
    expect(isEmptyPlan(plannedNow(facts, aDestination()).plan)).toBe(false);
    expect(isEmptyPlan(plannedNow(facts, aDestination({}, { nothingListedSent: true })).plan)).toBe(true);
  });

  it('waits while the destination backs off', () => {
    expect(isEmptyPlan(plannedNow(facts, aDestination({}, { backoffUntil: later(60) })).plan)).toBe(true);
  });
});
