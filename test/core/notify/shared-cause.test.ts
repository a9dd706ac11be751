import fc from 'fast-check';
import type { Alert, Facts } from '../../../lambda/core/alert.ts';
import type { Evaluation } from '../../../lambda/core/diagnose/evaluation.ts';
import type { Fingerprint } from '../../../lambda/core/fingerprint.ts';
import type { NotificationPlan } from '../../../lambda/core/notify/notification.ts';
import { planNotifications } from '../../../lambda/core/notify/plan.ts';
import type { Route } from '../../../lambda/core/state.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import {
  aFacts,
  aFailingSync,
  ago,
  aLogEntry,
  anAlert,
  anEndedAlert,
  anEvaluation,
  anUnavailableEvaluation,
  aRoute,
  aSync,
  defaultPolicy,
  frozen,
  LABELS,
  minutes,
  NOW,
  type SyncOverrides,
} from '../a-sync.ts';
import { CAUSE_KEY, notifiedAgo } from './a-notified-cause.ts';

/** An alert that fires at this check; the sync failed five minutes ago. */
const FIRES_NOW = { since: NOW, firings: [NOW] } as const;

function failing(id: string, overrides: SyncOverrides = {}): Sync {
  return aFailingSync({ id, ...overrides });
}

/** Succeeded after the failing syncs failed: proof that it does not share their cause. */
function succeeded(id: string, overrides: SyncOverrides = {}): Sync {
  return aSync({ id, lastSuccessAt: ago(minutes(1)), ...overrides });
}

/** Healthy, but it has not run since the failing syncs failed. */
function idle(id: string, overrides: SyncOverrides = {}): Sync {
  return aSync({ id, lastSuccessAt: ago(minutes(6)), ...overrides });
}

function fingerprint({ id }: Sync): Fingerprint {
  return `sync:${id}`;
}

function alertsOf(syncs: readonly Sync[], overrides: Partial<Alert> = FIRES_NOW): Facts['alerts'] {
  return Object.fromEntries(
    syncs.map((sync) => [fingerprint(sync), anAlert({ labels: sync.labels, ...overrides })]),
  );
}

function endedAlertsOf(syncs: readonly Sync[]): Facts['alerts'] {
  return Object.fromEntries(syncs.map((sync) => [fingerprint(sync), anEndedAlert()]));
}

/** A route that was sent the firing of each. */
function routeSent(...syncs: readonly Sync[]): Route {
  return aRoute(Object.fromEntries(syncs.map((sync) => [fingerprint(sync), aLogEntry()])));
}

function planOf(
  alerts: Facts['alerts'],
  evaluation: readonly Sync[] | Evaluation,
  route: Route = aRoute(),
): NotificationPlan {
  return planNotifications(frozen(aFacts(alerts)), frozen(route), {
    evaluation: 'kind' in evaluation ? evaluation : anEvaluation(evaluation),
    policy: defaultPolicy,
  }).plan;
}

/** The notified alerts by their cause; "alone" without one. */
function byCause({ notifications }: NotificationPlan): Record<string, readonly string[]> {
  const causes: Record<string, string[]> = {};
  for (const { fingerprint, cause } of notifications) {
    const name = cause === undefined ? 'alone' : `${cause.kind} ${cause.name}`;
    causes[name] = [...(causes[name] ?? []), fingerprint].toSorted();
  }
  return causes;
}

const causeNames = (plan: NotificationPlan) => Object.keys(byCause(plan));

const many = (count: number, prefix: string, make: (id: string) => Sync) =>
  Array.from({ length: count }, (_, index) => make(`${prefix}${index}`));

describe('alerts of one section share a cause', () => {
  it.each([
    [2, 'alone'],
    [3, 'connection pg-main'],
    [4, 'connection pg-main'],
  ])('from three on: %d are under "%s"', (count, name) => {
    const syncs = many(count, 's', failing);
    expect(causeNames(planOf(alertsOf(syncs), syncs))).toEqual([name]);
  });

  it.each([
    [2, 'connection pg-main'],
    [3, 'connection pg-main'],
    [4, 'alone'],
  ])('when no more others succeeded since: three, and %d others, are under "%s"', (others, name) => {
    const syncs = many(3, 's', failing);
    const plan = planOf(alertsOf(syncs), [...syncs, ...many(others, 'w', succeeded)]);
    expect(causeNames(plan)).toEqual([name]);
  });

  it('however many others have not run since', () => {
    const syncs = many(3, 's', failing);
    const plan = planOf(alertsOf(syncs), [...syncs, ...many(50, 'i', idle)]);
    expect(byCause(plan)).toEqual({ 'connection pg-main': syncs.map(fingerprint) });
  });

  it('also beside an alert that has been open for long', () => {
    const old = failing('old', { lastRunAt: ago(minutes(300)), lastSuccessAt: ago(minutes(400)) });
    const syncs = [failing('a'), failing('b'), failing('c')];
    const listed = [old, ...syncs, ...many(3, 'w', succeeded), ...many(40, 'i', idle)];
    const alerts = { ...alertsOf([old], { since: ago(minutes(300)) }), ...alertsOf(syncs) };
    expect(byCause(planOf(alerts, listed, routeSent(old)))).toEqual({
      'connection pg-main': ['sync:a', 'sync:b', 'sync:c'],
    });
  });

  it('not when they were open for long and the others succeeded meanwhile', () => {
    const syncs = many(3, 's', (id) => failing(id, { lastRunAt: ago(minutes(1)) }));
    const alerts = alertsOf(syncs, { since: ago(minutes(30)) });
    expect(byCause(planOf(alerts, [...syncs, ...many(10, 'i', idle)]))).toEqual({
      alone: syncs.map(fingerprint),
    });
  });

  it('not when most of the trouble is old, and more others succeeded since', () => {
    const longAgo = { lastRunAt: ago(minutes(300)), lastSuccessAt: ago(minutes(400)) };
    const old = many(4, 'o', (id) => failing(id, longAgo));
    const fresh = many(3, 's', failing);
    const since = { since: ago(minutes(300)) };
    const alerts = {
      ...alertsOf(old.slice(0, 2), since),
      ...alertsOf(fresh),
      ...alertsOf(old.slice(2), since),
    };
    const among = (others: number) =>
      causeNames(planOf(alerts, [...old, ...fresh, ...many(others, 'i', idle)], routeSent(...old)));
    expect(among(7)).toEqual(['connection pg-main']);
    expect(among(8)).toEqual(['alone']);
  });

  it('counting those that were open before', () => {
    const open = many(2, 'o', failing);
    const fresh = many(3, 's', failing);
    const listed = [...open, ...fresh, ...many(5, 'w', succeeded)];
    const plan = planOf({ ...alertsOf(open), ...alertsOf(fresh) }, listed, routeSent(...open));
    expect(byCause(plan)).toEqual({ 'connection pg-main': fresh.map(fingerprint) });
  });

  it('without paused syncs, neither among the affected nor among the others', () => {
    const paused = many(2, 'p', (id) => aSync({ id, enabled: false, disabledReason: null }));
    const syncs = many(2, 's', failing);
    const alerts = {
      ...alertsOf(syncs),
      ...alertsOf(paused, { ...FIRES_NOW, problem: 'disabled', paused: true }),
    };
    expect(causeNames(planOf(alerts, [...syncs, ...paused]))).toEqual(['alone']);
  });

  it('not when connections of one name belong to different connectors', () => {
    const syncs = [
      ...many(2, 'a', (id) => failing(id, { connectorId: 'postgres', kbUid: 'a' })),
      ...many(2, 'b', (id) => failing(id, { connectorId: 'mysql', kbUid: 'b' })),
    ];
    expect(causeNames(planOf(alertsOf(syncs), syncs))).toEqual(['alone']);
  });

  it('not when nothing is known of their syncs', () => {
    const nothing = { ...LABELS, connectorId: null, connectionRef: null, kbUid: null };
    const syncs = many(5, 's', (id) => ({ ...failing(id), labels: nothing }));
    expect(causeNames(planOf(alertsOf(syncs), syncs))).toEqual(['alone']);
  });

  it('not while the listing fails, since nothing can be counted', () => {
    const syncs = many(5, 's', failing);
    expect(causeNames(planOf(alertsOf(syncs), anUnavailableEvaluation()))).toEqual(['alone']);
  });

  it('once they ended, when they and the open ones are half of all listed', () => {
    const ended = many(3, 's', succeeded);
    const alerts = endedAlertsOf(ended);
    const among = (others: number) =>
      causeNames(planOf(alerts, [...ended, ...many(others, 'w', succeeded)], routeSent(...ended)));
    expect(among(3)).toEqual(['connection pg-main']);
    expect(among(4)).toEqual(['alone']);
    const open = many(2, 'o', failing);
    const withOpen = (others: number) =>
      causeNames(
        planOf(
          { ...alerts, ...alertsOf(open) },
          [...ended, ...open, ...many(others, 'w', succeeded)],
          routeSent(...ended, ...open),
        ),
      );
    expect(withOpen(5)).toEqual(['connection pg-main']);
    expect(withOpen(6)).toEqual(['alone']);
  });
});

describe('the cause of an alert', () => {
  it('is the one that explains most alerts', () => {
    const syncs = [
      ...many(3, 'a', (id) => failing(id, { connectionRef: 'pg-a' })),
      ...many(3, 'b', (id) => failing(id, { connectionRef: 'pg-b' })),
    ];
    expect(causeNames(planOf(alertsOf(syncs), syncs))).toEqual(['connector postgres']);
  });

  it('is the more specific of two that explain the same alerts', () => {
    const syncs = many(4, 's', failing);
    expect(causeNames(planOf(alertsOf(syncs), syncs))).toEqual(['connection pg-main']);
  });

  it('is the more specific of two that explain as many alerts, whichever comes first', () => {
    const first = failing('s0', { connectorId: 'hubspot', connectionRef: 'hub' });
    const last = failing('s4', { kbUid: 'another' });
    const syncs = [first, ...['s1', 's2', 's3'].map((id) => failing(id)), last];
    expect(byCause(planOf(alertsOf(syncs), syncs))).toEqual({
      'connection pg-main': ['sync:s1', 'sync:s2', 'sync:s3', 'sync:s4'],
      alone: ['sync:s0'],
    });
  });

  it('is only one: alerts that another cause explains do not count again', () => {
    const main = many(5, 'm', (id) => failing(id, { kbUid: 'kb-a' }));
    const hub = many(3, 'h', (id) => failing(id, { connectorId: id, connectionRef: id, kbUid: 'kb-a' }));
    const others = many(12, 'w', (id) =>
      succeeded(id, { connectorId: id, connectionRef: id, kbUid: 'kb-a' }),
    );
    const plan = planOf(alertsOf([...main, ...hub]), [...main, ...hub, ...others]);
    expect(byCause(plan)).toEqual({
      'connection pg-main': main.map(fingerprint),
      alone: hub.map(fingerprint),
    });
  });

  /** Each sync has a connection of its own, and a knowledge base of its own unless that is given. */
  const of = (connectorId: string, prefix: string, count: number, kbUid?: string) =>
    many(count, prefix, (id) => failing(id, { connectorId, connectionRef: id, kbUid: kbUid ?? id }));

  it('is weighed anew once another cause took some alerts, and may then explain too few', () => {
    // The knowledge base has eight, of which the ten of postgres leave it three: fewer than the four of mysql.
    const postgres = [...of('postgres', 'p', 5, 'kb'), ...of('postgres', 'q', 5)];
    const mysql = [...of('mysql', 'm', 2, 'kb'), ...of('mysql', 'n', 2)];
    const other = of('hubspot', 'h', 1, 'kb');
    const syncs = [...postgres, ...mysql, ...other];
    expect(byCause(planOf(alertsOf(syncs), syncs))).toEqual({
      'connector postgres': postgres.map(fingerprint),
      'connector mysql': mysql.map(fingerprint),
      alone: other.map(fingerprint),
    });
  });

  it('is weighed anew once another cause took some alerts, and may still explain most of the rest', () => {
    // The knowledge base has nine, of which the ten of postgres leave it four: more than the three of mysql.
    const postgres = [...of('postgres', 'p', 5, 'kb'), ...of('postgres', 'q', 5)];
    const shared = [...of('mysql', 'm', 2, 'kb'), ...of('hubspot', 'h', 1, 'kb'), ...of('s3', 's', 1, 'kb')];
    const other = of('mysql', 'n', 1);
    const syncs = [...postgres, ...shared, ...other];
    expect(byCause(planOf(alertsOf(syncs), syncs))).toEqual({
      'connector postgres': postgres.map(fingerprint),
      'knowledge base kb': shared.map(fingerprint).toSorted(),
      alone: other.map(fingerprint),
    });
  });

  it('does not depend on the order of the listing and of the facts', () => {
    const makers = { failing, succeeded, idle };
    const sync = fc.record({
      connectorId: fc.constantFrom('c1', 'c2'),
      connectionRef: fc.constantFrom('r1', 'r2', 'r3'),
      kbUid: fc.constantFrom('k1', 'k2'),
      kind: fc.constantFrom('failing', 'succeeded', 'idle'),
    });
    fc.assert(
      fc.property(fc.array(sync, { maxLength: 40 }), fc.infiniteStream(fc.nat()), (given, dice) => {
        const syncs = given.map(({ kind, ...labels }, index) => makers[kind](`s${index}`, labels));
        const shuffled = syncs
          .map((sync) => ({ sync, at: dice.next().value }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ sync }) => sync);
        const causesIn = (all: readonly Sync[]) =>
          byCause(planOf(alertsOf(all.filter(({ lastState }) => lastState === 'failed')), all));
        expect(causesIn(shuffled)).toEqual(causesIn(syncs));
      }),
    );
  });
});

describe('a shared cause', () => {
  function causeOf(syncs: readonly Sync[], others: readonly Sync[]) {
    return planOf(alertsOf(syncs), [...syncs, ...others]).notifications[0]?.cause;
  }

  it('counts the others of it that succeeded since, without those that have not run', () => {
    const cause = causeOf(many(3, 's', failing), [succeeded('w'), idle('i')]);
    expect(cause?.own).toEqual({ listed: 5, succeeded: 1 });
    expect(cause).not.toHaveProperty('beyond');
  });

  it('counts the rest of the connector when no other of the connection succeeded', () => {
    const others = many(4, 'w', (id) => succeeded(id, { connectionRef: 'pg-other' }));
    const away = succeeded('away', { connectorId: 'hubspot' });
    expect(causeOf(many(3, 's', failing), [...others, away])?.beyond).toEqual({
      listed: 4,
      succeeded: 4,
      where: 'connector',
    });
  });

  it('counts all others when the connector has no others', () => {
    const away = [succeeded('w', { connectorId: 'hubspot' }), idle('i', { connectorId: 'hubspot' })];
    expect(causeOf(many(3, 's', failing), away)?.beyond).toEqual({ listed: 2, succeeded: 1, where: 'all' });
  });

  it('counts, once it is over, the syncs that succeeded since the trouble began', () => {
    const syncs = many(3, 's', succeeded);
    const before = succeeded('i', { intervalSeconds: 86_400, lastSuccessAt: ago(minutes(61)) });
    const listed = [...syncs, succeeded('w'), before];
    const [first] = planOf(endedAlertsOf(syncs), listed, routeSent(...syncs)).notifications;
    expect(first?.cause?.own).toEqual({ listed: 5, succeeded: 4 });
  });

  it('counts its open alerts by problem, and has the worst severity of them', () => {
    const [a, b, c] = many(3, 's', failing);
    if (a === undefined || b === undefined || c === undefined) throw new Error('three');
    const alerts = {
      ...alertsOf([a, b]),
      ...alertsOf([c], { ...FIRES_NOW, problem: 'stalled', severity: 'critical' }),
    };
    const [first] = planOf(alerts, [a, b, c]).notifications;
    expect(first?.cause).toMatchObject({ open: { failing: 2, stalled: 1 }, severity: 'critical' });
    expect(causeOf([a, b, c], [])).toMatchObject({ open: { failing: 3 }, severity: 'warning' });
  });

  it('has what the route was sent about it before', () => {
    const syncs = many(2, 's', failing);
    const causes = notifiedAgo(minutes(60));
    const [first] = planOf(alertsOf(syncs), syncs, aRoute({}, { causes })).notifications;
    expect(first?.cause).toMatchObject({
      name: 'pg-main',
      notified: causes[CAUSE_KEY],
      own: { listed: 2, succeeded: 0 },
    });
  });

  it('has what the route was sent, but no counts, while the listing fails', () => {
    const syncs = many(2, 's', failing);
    const causes = notifiedAgo(minutes(60));
    const plan = planOf(alertsOf(syncs), anUnavailableEvaluation(), aRoute({}, { causes }));
    const [first] = plan.notifications;
    expect(first?.cause).toMatchObject({ name: 'pg-main', notified: causes[CAUSE_KEY] });
    expect(first?.cause).not.toHaveProperty('own');
  });

  it('has nothing that was sent before when it is sent for the first time', () => {
    expect(causeOf(many(3, 's', failing), [])).not.toHaveProperty('notified');
  });
});
