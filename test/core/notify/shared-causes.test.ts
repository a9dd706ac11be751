import type { Alert, Facts } from '../../../lambda/core/alert.ts';
import type { Evaluation } from '../../../lambda/core/diagnose/evaluation.ts';
import type { NotificationPlan } from '../../../lambda/core/notify/notification.ts';
import type { Destination } from '../../../lambda/core/state.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import {
  aDestination,
  aFacts,
  ago,
  aLastNotified,
  aLogEntry,
  anAlert,
  anEndedAlert,
  anEvaluation,
  anUnavailableEvaluation,
  days,
  hours,
  minutes,
} from '../a-sync.ts';
import { CAUSE_KEY, CRITICAL, notifiedAgo } from './a-notified-cause.ts';
import { plannedNow } from './a-plan.ts';
import { alertsOf, failing, fingerprint, idle, many, succeeded } from './a-population.ts';

const MAIN = many(3, 's', failing);
const AWAY = { connectorId: 'hubspot', connectionRef: 'hub', kbUid: 'kb_crm' };
const away = idle('away', AWAY);

function planOf(
  alerts: Facts['alerts'],
  listed: readonly Sync[] | Evaluation,
  destination: Destination = aDestination(),
): NotificationPlan {
  const evaluation = 'kind' in listed ? listed : anEvaluation(listed);
  return plannedNow(aFacts(alerts), destination, { evaluation }).plan;
}

/** The cause of the first notification. */
function causeOf(listed: readonly Sync[], alerts = alertsOf(listed), destination?: Destination) {
  return planOf(alerts, listed, destination).notifications[0]?.cause;
}

/** A destination that was sent the firing of each, so long ago, under this cause or alone. */
function destinationSent(
  syncs: readonly Sync[],
  cause?: string,
  overrides: Partial<Destination> = {},
): Destination {
  const lastNotified = aLastNotified(cause === undefined ? {} : { cause });
  return aDestination(
    Object.fromEntries(syncs.map((sync) => [fingerprint(sync), aLogEntry({ lastNotified })])),
    overrides,
  );
}

describe('the line of a cause', () => {
  it('counts its open alerts by problem, and has the worst severity of them', () => {
    const [a, b, c] = MAIN;
    if (a === undefined || b === undefined || c === undefined) throw new Error('there are three');
    const stalled: Partial<Alert> = { ...CRITICAL, problem: 'stalled' };
    const alerts = { ...alertsOf([a, b]), ...alertsOf([c], stalled) };
    expect(causeOf([...MAIN, away], alerts)).toMatchObject({
      name: 'pg-main',
      isGrouping: true,
      open: { failing: 2, stalled: 1 },
      severity: 'critical',
    });
    expect(causeOf([...MAIN, away])).toMatchObject({ open: { failing: 3 }, severity: 'warning' });
  });

  it('is critical for the whole organisation, though each alert is a warning', () => {
    const syncs = many(5, 'o', (id) => failing(id, { connectorId: id, connectionRef: id, kbUid: id }));
    expect(causeOf(syncs)).toMatchObject({
      kind: 'organisation',
      severity: 'critical',
      nothingSucceededForSeconds: minutes(20),
    });
    const well = succeeded('w', AWAY);
    const withOne = causeOf([...syncs, well]);
    expect(withOne).toMatchObject({ kind: 'organisation', severity: 'critical', listed: 6, succeeded: 1 });
    expect(withOne).not.toHaveProperty('nothingSucceededForSeconds');
  });

  it('counts its listed syncs, and those that succeeded since, without those that have not run', () => {
    expect(causeOf([...MAIN, succeeded('w'), idle('i'), away])).toMatchObject({ listed: 5, succeeded: 1 });
  });

  it('counts the other syncs of the connector for a connection', () => {
    const others = many(4, 'w', (id) => succeeded(id, { connectionRef: 'pg-other' }));
    const unrun = idle('i', { connectionRef: 'pg-other' });
    expect(causeOf([...MAIN, ...others, unrun, away])?.beyond).toEqual({ listed: 5, succeeded: 4 });
    expect(causeOf([...MAIN, away])).not.toHaveProperty('beyond');
  });

  it('has what the destination was sent about it before; nothing the first time', () => {
    const causes = notifiedAgo(hours(2));
    const alerts = { ...alertsOf(MAIN), 'sync:old': anAlert() };
    const destination = destinationSent([failing('old')], CAUSE_KEY, { causes });
    expect(causeOf([...MAIN, failing('old'), away], alerts, destination)?.notified).toEqual(
      causes[CAUSE_KEY],
    );
    expect(causeOf([...MAIN, away])).not.toHaveProperty('notified');
  });

  it('names those that were sent under it and are still open', () => {
    const [ended, ...open] = MAIN;
    if (ended === undefined) throw new Error('there are three');
    const alerts = { ...alertsOf(open), [fingerprint(ended)]: anEndedAlert() };
    const listed = [succeeded('s0'), ...open, away];
    const destination = destinationSent(MAIN, CAUSE_KEY, { causes: notifiedAgo(hours(1)) });
    const cause = causeOf(listed, alerts, destination);
    expect(cause?.stillOpen.map((one) => one.fingerprint)).toEqual(open.map(fingerprint));
  });

  it('has what was sent before, but no figures, while the listing fails', () => {
    const causes = notifiedAgo(hours(1));
    const destination = destinationSent(MAIN, CAUSE_KEY, { causes });
    const alerts = { ...alertsOf(MAIN), 'sync:s0': anAlert(CRITICAL) };
    const [first] = planOf(alerts, anUnavailableEvaluation(), destination).notifications;
    expect(first).toMatchObject({
      reason: 'escalated',
      cause: { name: 'pg-main', notified: causes[CAUSE_KEY], listed: 0, succeeded: 0 },
    });
  });
});

test('the line of a cause counts an alert that a mute held until it became critical, though nothing explains it now', () => {
  const sentUnder = aLogEntry({ lastNotified: aLastNotified({ cause: CAUSE_KEY }) });
  const muted = { since: ago(hours(1)), by: 'acknowledged' } as const;
  const destination = aDestination(
    { 'sync:sent': sentUnder, 'sync:held': { muted } },
    { causes: notifiedAgo(hours(2)) },
  );
  const alerts = {
    'sync:sent': anAlert({ healthySince: ago(hours(1)), flapping: 'often' }),
    'sync:held': anAlert(CRITICAL),
  };
  const { notifications } = planOf(alerts, [away], destination);
  expect(notifications).toMatchObject([
    { fingerprint: 'sync:held', cause: { key: CAUSE_KEY, severity: 'critical', open: { failing: 1 } } },
  ]);
});

describe('a cause that explains what was sent before', () => {
  const fresh = failing('new');
  const listed = [...MAIN, fresh, away];
  const open = { since: ago(minutes(30)) };
  const alerts = { ...alertsOf(MAIN, open), ...alertsOf([fresh]) };

  it('takes over the open alerts that were sent alone', () => {
    const cause = causeOf(listed, alerts, destinationSent(MAIN));
    expect(cause).toMatchObject({ name: 'pg-main', earlierSentAs: [] });
    expect(cause?.moved.map((one) => one.fingerprint)).toEqual(MAIN.map(fingerprint));
  });

  it('takes over those that were sent under another cause, and names that', () => {
    const kb = 'kb:kb_sales';
    const cause = causeOf(listed, alerts, destinationSent(MAIN, kb, { causes: notifiedAgo(minutes(30)) }));
    expect(cause?.earlierSentAs).toEqual([{ key: kb, kind: 'knowledge base', name: 'kb_sales' }]);
    expect(cause?.moved.map((one) => one.fingerprint)).toEqual(MAIN.map(fingerprint));
  });

  it('is not sent without a new alert', () => {
    const escalated = { ...alertsOf(MAIN, open), 'sync:s0': anAlert({ ...CRITICAL, ...open }) };
    const { notifications } = planOf(escalated, [...MAIN, away], destinationSent(MAIN));
    expect(notifications).toMatchObject([{ fingerprint: 'sync:s0', reason: 'escalated' }]);
    expect(notifications[0]?.cause?.isGrouping).not.toBe(true);
  });

  it('keeps the escalations of what was sent under it, also when it explains nothing any more', () => {
    const old = { since: ago(days(1)) };
    const escalated = { ...alertsOf(MAIN, old), 'sync:s0': anAlert({ ...CRITICAL, ...old }) };
    const well = many(9, 'w', succeeded);
    const destination = destinationSent(MAIN, CAUSE_KEY, { causes: notifiedAgo(hours(2)) });
    const { notifications } = planOf(escalated, [...MAIN, ...well, away], destination);
    expect(notifications).toMatchObject([
      { fingerprint: 'sync:s0', reason: 'escalated', cause: { key: CAUSE_KEY, isGrouping: true } },
    ]);
  });
});

describe('alerts of one section that no cause explains', () => {
  const old = { since: ago(days(2)) };
  const namesIn = ({ reminder }: NotificationPlan) =>
    reminder.map(({ cause }) => (cause === undefined ? 'alone' : cause.name));
  const reminderOf = (syncs: readonly Sync[], others: readonly Sync[]) => {
    const sent = aLogEntry({ lastNotified: aLastNotified({ at: ago(days(1)) }) });
    const log = Object.fromEntries(syncs.map((sync) => [fingerprint(sync), sent]));
    return planOf(alertsOf(syncs, old), [...syncs, ...others], aDestination(log));
  };

  it.each([
    [2, 0, 'alone'],
    [3, 3, 'pg-main'],
    [3, 4, 'alone'],
  ])(
    'fold under a connection when they are 3 and half of its syncs, however old: %d of %d more: %s',
    (count, others, name) => {
      const plan = reminderOf(many(count, 's', failing), [...many(others, 'w', succeeded), away]);
      expect(new Set(namesIn(plan))).toEqual(new Set([name]));
    },
  );

  it.each([
    [1, 'postgres'],
    [2, 'alone'],
  ])('fold under a connector when they are 80 %% of its syncs: 4, and %d others: %s', (others, name) => {
    const alone = (id: string) => ({ connectionRef: id, kbUid: id });
    const syncs = many(4, 's', (id) => failing(id, alone(id)));
    const well = many(others, 'w', (id) => succeeded(id, alone(id)));
    const plan = reminderOf(syncs, [
      ...well,
      ...many(3, 'x', (id) => idle(id, { ...AWAY, connectionRef: id })),
    ]);
    expect(new Set(namesIn(plan))).toEqual(new Set([name]));
  });

  it('fold in layout alone: the line groups nothing', () => {
    const [first] = reminderOf(MAIN, [away]).reminder;
    expect(first?.cause).toMatchObject({ isGrouping: false, open: { failing: 3 }, listed: 3, moved: [] });
  });

  it('do not fold while the listing fails, since nothing can be counted', () => {
    const { notifications } = planOf(alertsOf(many(5, 's', failing)), anUnavailableEvaluation());
    expect(notifications).toHaveLength(5);
    for (const one of notifications) expect(one).not.toHaveProperty('cause');
  });
});
