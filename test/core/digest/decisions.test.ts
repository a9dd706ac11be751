import type { Alert } from '../../../lambda/core/alert.ts';
import { alertDecisions } from '../../../lambda/core/digest/decisions.ts';
import { EMPTY_PLAN } from '../../../lambda/core/notify/notification.ts';
import { type PlannedNotifications, planNotifications } from '../../../lambda/core/notify/plan.ts';
import type { Decision } from '../../../lambda/core/notify/reason.ts';
import {
  aDestination,
  aFacts,
  ago,
  aLastNotified,
  aLogEntry,
  anAlert,
  anEndedAlert,
  anEvaluation,
  aSync,
  defaultPolicy,
  hours,
  LABELS,
  later,
  minutes,
  NOW,
} from '../a-sync.ts';

const ORDERS = 'sync:orders';

/** The text of a decision about one alert; it was last notified two hours ago. */
function textOf(decision: Decision, alert: Alert = anAlert(), planned: Partial<PlannedNotifications> = {}) {
  const lastNotified = aLastNotified({ at: ago(hours(2)) });
  const decisions = alertDecisions(
    aFacts({ [ORDERS]: alert }),
    {
      plan: EMPTY_PLAN,
      decisions: new Map([[ORDERS, decision]]),
      reminderAt: undefined,
      destination: aDestination({ [ORDERS]: aLogEntry({ lastNotified }) }),
      mutes: new Map(),
      ...planned,
    },
    NOW,
  );
  return decisions.map(({ text }) => text).join();
}

describe('the text of a decision to notify', () => {
  it.each([
    ['new', 'sent now: it fires'],
    ['escalated', 'sent now: it became critical'],
    ['disable_imminent', 'sent now: the platform is about to disable it'],
    ['changed', 'sent now: it has a problem that was not sent yet'],
    ['resolved_undelivered', 'sent now: it resolved before its notification could be delivered'],
    ['resolved_in_group', 'sent now: it resolved while its shared cause held it'],
    ['resolved', 'sent now: it ended'],
    ['reminder', 'sent now: it is still open, and a reminder is due'],
  ] as const)('gives the reason %s', (reason, text) => {
    expect(textOf({ notify: true, reason })).toBe(text);
  });
});

describe('the text of a decision not to notify', () => {
  const alreadyNotified = { notify: false, reason: 'already_notified' } as const;

  it('says how long ago the alert was notified, and when the next reminder comes', () => {
    expect(textOf(alreadyNotified, anAlert(), { reminderAt: later(hours(22)) })).toBe(
      'already notified 2 h ago, next reminder in 22 h',
    );
  });

  it('names no reminder when none is to come', () => {
    expect(textOf(alreadyNotified)).toBe('already notified 2 h ago');
  });

  it('does not say how long ago when the log does not tell', () => {
    expect(textOf(alreadyNotified, anAlert(), { destination: aDestination() })).toBe('already notified');
  });

  it('says how long the alert has been pending', () => {
    const pending = anAlert({ state: 'pending', since: ago(minutes(5)) });
    expect(textOf({ notify: false, reason: 'pending' }, pending)).toBe('pending for 5 m');
  });

  it('says how long an ended alert has been pending again', () => {
    const pendingAgain = { since: ago(minutes(7)), problems: ['failing'] } as const;
    expect(textOf({ notify: false, reason: 'pending' }, anEndedAlert({ pendingAgain }))).toBe(
      'pending for 7 m',
    );
  });

  it('says for how long nothing is posted', () => {
    const destination = aDestination({}, { backoffUntil: later(minutes(20)) });
    expect(
      textOf({ notify: false, reason: 'route_backing_off', withheld: 'new' }, anAlert(), { destination }),
    ).toBe('waits: nothing is posted for another 20 m');
  });

  it('says that the shared cause holds the alert', () => {
    expect(textOf({ notify: false, reason: 'held_by_group', withheld: 'new' })).toBe(
      'its shared cause holds it for the next notification of that cause',
    );
  });

  it('says that one line is about all syncs that were paused or left the listing', () => {
    const paused = anEndedAlert({ resolution: { how: 'paused', at: NOW } });
    expect(textOf({ notify: false, reason: 'with_condition' }, paused)).toBe(
      'its sync was paused or is no longer listed, and one line says so for all of them',
    );
  });

  it('says that nothing is left to send of an ended alert', () => {
    expect(textOf({ notify: false, reason: 'nothing_new' }, anEndedAlert())).toBe(
      'it is over, and nothing about it is left to send',
    );
  });
});

describe('the decisions of a plan', () => {
  it('are one for each alert, in the order of the facts', () => {
    const facts = aFacts({
      'sync:new': anAlert({ labels: { ...LABELS, name: 'invoices' } }),
      'sync:open': anAlert({ labels: { ...LABELS, name: null } }),
      'sync:pending': anAlert({ state: 'pending', since: ago(minutes(5)) }),
      listing: anEndedAlert({ labels: null }),
    });
    const destination = aDestination({
      'sync:open': aLogEntry({ lastNotified: aLastNotified({ at: ago(hours(2)) }) }),
    });
    const planned = planNotifications(facts, destination, {
      evaluation: anEvaluation([aSync()]),
      policy: { ...defaultPolicy, periodSeconds: 0 },
      initialRun: false,
      policyChanged: false,
    });
    expect(alertDecisions(facts, planned, NOW)).toEqual([
      { alert: 'sync:new', name: 'invoices', notify: true, reason: 'new', text: 'sent now: it fires' },
      {
        alert: 'sync:open',
        name: 'public.orders',
        notify: false,
        reason: 'already_notified',
        text: 'already notified 2 h ago, next reminder in 22 h',
      },
      { alert: 'sync:pending', name: 'orders', notify: false, reason: 'pending', text: 'pending for 5 m' },
      {
        alert: 'listing',
        name: null,
        notify: false,
        reason: 'nothing_new',
        text: 'it is over, and nothing about it is left to send',
      },
    ]);
  });

  it('name the reminder as the reason when the reminder lists the alert', () => {
    const facts = aFacts({ [ORDERS]: anAlert({ since: ago(hours(30)) }) });
    const destination = aDestination({
      [ORDERS]: aLogEntry({ lastNotified: aLastNotified({ at: ago(hours(24)) }) }),
    });
    const planned = planNotifications(facts, destination, {
      evaluation: anEvaluation([aSync()]),
      policy: defaultPolicy,
      initialRun: false,
      policyChanged: false,
    });
    expect(alertDecisions(facts, planned, NOW)).toMatchObject([{ notify: true, reason: 'reminder' }]);
  });

  it('lack an alert that the facts lack', () => {
    const decisions = new Map([['sync:gone', { notify: true, reason: 'new' } as const]]);
    const planned = {
      plan: EMPTY_PLAN,
      decisions,
      reminderAt: undefined,
      destination: aDestination(),
      mutes: new Map(),
    };
    expect(alertDecisions(aFacts(), planned, NOW)).toEqual([]);
  });
});
