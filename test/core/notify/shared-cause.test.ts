import fc from 'fast-check';
import type { Alert, Facts, Fingerprint } from '../../../lambda/core/alert.ts';
import { type NotificationPlan, planNotifications } from '../../../lambda/core/notify/plan.ts';
import type { Route } from '../../../lambda/core/state.ts';
import type { Sync } from '../../../lambda/core/sync.ts';
import {
  aBlindLook,
  aFacts,
  aFailingSync,
  ago,
  aLook,
  anAlert,
  anEndedAlert,
  aRoute,
  aSync,
  aTelling,
  defaultPolicy,
  frozen,
  LABELS,
  minutes,
  NOW,
} from '../a-sync.ts';

/** Began five minutes ago, at this look: nothing of it was told. */
const JUST_NOW = { since: NOW, firings: [NOW] } as const;

function failing(id: string, overrides: Parameters<typeof aSync>[0] = {}): Sync {
  return aFailingSync({ id, ...overrides });
}

/** Ran well after the failing ones failed, so it speaks against a cause. */
function well(id: string, overrides: Parameters<typeof aSync>[0] = {}): Sync {
  return aSync({ id, lastSuccessAt: ago(minutes(1)), ...overrides });
}

/** Healthy, but it has not run since the failing ones failed. */
function idle(id: string, overrides: Parameters<typeof aSync>[0] = {}): Sync {
  return aSync({ id, lastSuccessAt: ago(minutes(6)), ...overrides });
}

function fingerprint({ id }: Sync): Fingerprint {
  return `sync:${id}`;
}

function alertsOf(syncs: readonly Sync[], overrides: Partial<Alert> = JUST_NOW): Facts['alerts'] {
  return Object.fromEntries(
    syncs.map((sync) => [fingerprint(sync), anAlert({ labels: sync.labels, ...overrides })]),
  );
}

function dueOf(
  alerts: Facts['alerts'],
  listed: readonly Sync[],
  route: Route = aRoute(),
  evaluation = aLook(listed),
): NotificationPlan {
  return planNotifications(frozen(aFacts(alerts)), frozen(route), evaluation, defaultPolicy, NOW).plan;
}

/** The alerts by the cause that they are told with; `alone` without one. */
function told({ notifications }: NotificationPlan): Record<string, readonly string[]> {
  const causes: Record<string, string[]> = {};
  for (const { fingerprint, cause } of notifications) {
    const name = cause === undefined ? 'alone' : `${cause.kind} ${cause.name}`;
    causes[name] = [...(causes[name] ?? []), fingerprint].toSorted();
  }
  return causes;
}

const ids = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const many = (count: number, prefix: string, make: (id: string) => Sync) => ids(count, prefix).map(make);

describe('alerts of one section', () => {
  it.each([
    [2, 'alone'],
    [3, 'connection pg-main'],
    [4, 'connection pg-main'],
  ])('that are %d of a connection are told %s', (count, how) => {
    const syncs = many(count, 's', failing);
    expect(Object.keys(told(dueOf(alertsOf(syncs), syncs)))).toEqual([how]);
  });

  it.each([
    [2, 'connection pg-main'],
    [3, 'connection pg-main'],
    [4, 'alone'],
  ])('that are three, where %d others ran well since, are told %s', (others, how) => {
    const syncs = many(3, 's', failing);
    const plan = dueOf(alertsOf(syncs), [...syncs, ...many(others, 'w', well)]);
    expect(Object.keys(told(plan))).toEqual([how]);
  });

  it('are told by their cause however many have not run since', () => {
    const syncs = many(3, 's', failing);
    const plan = dueOf(alertsOf(syncs), [...syncs, ...many(50, 'i', idle)]);
    expect(told(plan)).toEqual({ 'connection pg-main': syncs.map(fingerprint) });
  });

  it('are not made to share a cause by one that is broken for long', () => {
    const old = failing('old', { lastRunAt: ago(minutes(300)), lastSuccessAt: ago(minutes(400)) });
    const syncs = [old, failing('a'), failing('b'), failing('c')];
    const listed = [...syncs, ...many(3, 'w', well), ...many(40, 'i', idle)];
    const alerts = { ...alertsOf([old], { since: ago(minutes(300)) }), ...alertsOf(syncs.slice(1)) };
    const route = aRoute({ 'sync:old': aTelling() });
    expect(told(dueOf(alerts, listed, route))).toEqual({
      'connection pg-main': ['sync:a', 'sync:b', 'sync:c'],
    });
  });

  it('that were open for long, while the others ran, share nothing', () => {
    const syncs = many(3, 's', (id) => failing(id, { lastRunAt: ago(minutes(1)) }));
    const alerts = alertsOf(syncs, { since: ago(minutes(30)) });
    expect(told(dueOf(alerts, [...syncs, ...many(10, 'i', idle)]))).toEqual({
      alone: syncs.map(fingerprint),
    });
  });

  it('count those already open with them', () => {
    const open = many(2, 'o', failing);
    const fresh = many(3, 's', failing);
    const listed = [...open, ...fresh, ...many(5, 'w', well)];
    const route = aRoute({ 'sync:o0': aTelling(), 'sync:o1': aTelling() });
    const plan = dueOf({ ...alertsOf(open), ...alertsOf(fresh) }, listed, route);
    expect(told(plan)).toEqual({ 'connection pg-main': fresh.map(fingerprint) });
  });

  it('do not count paused syncs, neither among the affected nor among the others', () => {
    const paused = many(2, 'p', (id) => aSync({ id, enabled: false, disabledReason: null }));
    const syncs = many(2, 's', failing);
    const alerts = {
      ...alertsOf(syncs),
      ...alertsOf(paused, { ...JUST_NOW, problem: 'disabled', paused: true }),
    };
    expect(Object.keys(told(dueOf(alerts, [...syncs, ...paused])))).toEqual(['alone']);
  });

  it('are explained by the cause that explains most', () => {
    const syncs = [
      ...many(3, 'a', (id) => failing(id, { connectionRef: 'pg-a' })),
      ...many(3, 'b', (id) => failing(id, { connectionRef: 'pg-b' })),
    ];
    expect(Object.keys(told(dueOf(alertsOf(syncs), syncs)))).toEqual(['connector postgres']);
  });

  it('are explained by the more specific of two causes that explain the same', () => {
    const syncs = many(4, 's', failing);
    expect(Object.keys(told(dueOf(alertsOf(syncs), syncs)))).toEqual(['connection pg-main']);
  });

  it('that one cause explains are not explained again; what is left may have another', () => {
    const main = many(5, 'm', (id) => failing(id, { kbUid: 'kb-a' }));
    const hub = many(3, 'h', (id) => failing(id, { connectorId: id, connectionRef: id, kbUid: 'kb-a' }));
    const others = many(12, 'w', (id) => well(id, { connectorId: id, connectionRef: id, kbUid: 'kb-a' }));
    const plan = dueOf(alertsOf([...main, ...hub]), [...main, ...hub, ...others]);
    expect(told(plan)).toEqual({ 'connection pg-main': main.map(fingerprint), alone: hub.map(fingerprint) });
  });

  it('are explained by the more specific of two, whichever comes first', () => {
    const first = failing('s0', { connectorId: 'hubspot', connectionRef: 'hub' });
    const last = failing('s4', { kbUid: 'another' });
    const syncs = [first, ...['s1', 's2', 's3'].map((id) => failing(id)), last];
    expect(told(dueOf(alertsOf(syncs), syncs))).toEqual({
      'connection pg-main': ['sync:s1', 'sync:s2', 'sync:s3', 'sync:s4'],
      alone: ['sync:s0'],
    });
  });

  /** Each of another connection, and of another knowledge base unless it is given. */
  const of = (connectorId: string, prefix: string, count: number, kbUid?: string) =>
    many(count, prefix, (id) => failing(id, { connectorId, connectionRef: id, kbUid: kbUid ?? id }));

  it('of which some are explained already are weighed anew: what explains more by now comes first', () => {
    // The knowledge base has eight, of which ten of postgres leave it three: fewer than the four of mysql.
    const postgres = [...of('postgres', 'p', 5, 'kb'), ...of('postgres', 'q', 5)];
    const mysql = [...of('mysql', 'm', 2, 'kb'), ...of('mysql', 'n', 2)];
    const other = of('hubspot', 'h', 1, 'kb');
    const syncs = [...postgres, ...mysql, ...other];
    expect(told(dueOf(alertsOf(syncs), syncs))).toEqual({
      'connector postgres': postgres.map(fingerprint),
      'connector mysql': mysql.map(fingerprint),
      alone: other.map(fingerprint),
    });
  });

  it('of which some are explained already still come before what explains less', () => {
    // The knowledge base has nine, of which ten of postgres leave it four: more than the three of mysql.
    const postgres = [...of('postgres', 'p', 5, 'kb'), ...of('postgres', 'q', 5)];
    const shared = [...of('mysql', 'm', 2, 'kb'), ...of('hubspot', 'h', 1, 'kb'), ...of('s3', 's', 1, 'kb')];
    const other = of('mysql', 'n', 1);
    const syncs = [...postgres, ...shared, ...other];
    expect(told(dueOf(alertsOf(syncs), syncs))).toEqual({
      'connector postgres': postgres.map(fingerprint),
      'knowledge base kb': shared.map(fingerprint).toSorted(),
      alone: other.map(fingerprint),
    });
  });

  it('share no cause where most of the trouble is old, and more ran well since than are in it', () => {
    const old = many(4, 'o', (id) =>
      failing(id, { lastRunAt: ago(minutes(300)), lastSuccessAt: ago(minutes(400)) }),
    );
    const fresh = many(3, 's', failing);
    const oldAlerts = { since: ago(minutes(300)) };
    const alerts = {
      ...alertsOf(old.slice(0, 2), oldAlerts),
      ...alertsOf(fresh),
      ...alertsOf(old.slice(2), oldAlerts),
    };
    const route = aRoute(Object.fromEntries(old.map((sync) => [fingerprint(sync), aTelling()])));
    const among = (others: number) =>
      Object.keys(told(dueOf(alerts, [...old, ...fresh, ...many(others, 'i', idle)], route)));
    expect(among(7)).toEqual(['connection pg-main']);
    expect(among(8)).toEqual(['alone']);
  });

  it('tell two connections of the same name apart by their connectors', () => {
    const syncs = [
      ...many(2, 'a', (id) => failing(id, { connectorId: 'postgres', kbUid: 'a' })),
      ...many(2, 'b', (id) => failing(id, { connectorId: 'mysql', kbUid: 'b' })),
    ];
    expect(Object.keys(told(dueOf(alertsOf(syncs), syncs)))).toEqual(['alone']);
  });

  it('that are over share a cause where they and the open ones are half of all that are listed', () => {
    const syncs = many(3, 's', well);
    const alerts = Object.fromEntries(syncs.map((sync) => [fingerprint(sync), anEndedAlert()]));
    const route = aRoute(Object.fromEntries(syncs.map((sync) => [fingerprint(sync), aTelling()])));
    const among = (others: number) => told(dueOf(alerts, [...syncs, ...many(others, 'w', well)], route));
    expect(Object.keys(among(3))).toEqual(['connection pg-main']);
    expect(Object.keys(among(4))).toEqual(['alone']);
    const open = many(2, 'o', failing);
    const withOpen = (others: number) =>
      told(
        dueOf(
          { ...alerts, ...alertsOf(open) },
          [...syncs, ...open, ...many(others, 'w', well)],
          aRoute({ ...route.notificationLog, 'sync:o0': aTelling(), 'sync:o1': aTelling() }),
        ),
      );
    expect(Object.keys(withOpen(5))).toEqual(['connection pg-main']);
    expect(Object.keys(withOpen(6))).toEqual(['alone']);
  });

  it('share no cause at a blind check, which counts nothing', () => {
    const syncs = many(5, 's', failing);
    expect(Object.keys(told(dueOf(alertsOf(syncs), [], aRoute(), aBlindLook())))).toEqual(['alone']);
  });

  it('that nothing is known of stay alone', () => {
    const nothing = { ...LABELS, connectorId: null, connectionRef: null, kbUid: null };
    const syncs = many(5, 's', (id) => ({ ...failing(id), labels: nothing }));
    expect(Object.keys(told(dueOf(alertsOf(syncs), syncs)))).toEqual(['alone']);
  });
});

describe('what is said of the others', () => {
  function causeOf(syncs: readonly Sync[], others: readonly Sync[]) {
    return dueOf(alertsOf(syncs), [...syncs, ...others]).notifications[0]?.cause;
  }

  it('is how many of the same cause ran well since, and never that of one that has not run', () => {
    const cause = causeOf(many(3, 's', failing), [well('w'), idle('i')]);
    expect(cause?.own).toEqual({ listed: 5, succeeded: 1 });
    expect(cause).not.toHaveProperty('beyond');
  });

  it('is how the rest of the connector is, where none of the connection is well', () => {
    const others = many(4, 'w', (id) => well(id, { connectionRef: 'pg-other' }));
    const away = well('away', { connectorId: 'hubspot' });
    expect(causeOf(many(3, 's', failing), [...others, away])?.beyond).toEqual({
      listed: 4,
      succeeded: 4,
      where: 'connector',
    });
  });

  it('is how all others are, where the connector has no others', () => {
    const away = [well('w', { connectorId: 'hubspot' }), idle('i', { connectorId: 'hubspot' })];
    expect(causeOf(many(3, 's', failing), away)?.beyond).toEqual({ listed: 2, succeeded: 1, where: 'all' });
  });

  it('is how many ran well since the trouble began, where it is over', () => {
    const syncs = many(3, 's', well);
    const alerts = Object.fromEntries(syncs.map((sync) => [fingerprint(sync), anEndedAlert()]));
    const route = aRoute(Object.fromEntries(syncs.map((sync) => [fingerprint(sync), aTelling()])));
    const before = well('i', { intervalSeconds: 86_400, lastSuccessAt: ago(minutes(61)) });
    const [first] = dueOf(alerts, [...syncs, well('w'), before], route).notifications;
    expect(first?.cause?.own).toEqual({ listed: 5, succeeded: 4 });
  });

  it('comes with what the route was told of the cause, and is nothing more at a blind check', () => {
    const syncs = many(2, 's', failing);
    const cause = {
      at: ago(minutes(60)),
      inARow: { brought: 'firings', times: 1 },
      severity: 'warning',
      members: ['sync:s0'],
    } as const;
    const route = aRoute({}, { causes: { 'connection:8:postgres:pg-main': cause } });
    const [first] = dueOf(alertsOf(syncs), syncs, route).notifications;
    expect(first?.cause).toMatchObject({
      name: 'pg-main',
      notified: cause,
      own: { listed: 2, succeeded: 0 },
    });
    const [blind] = dueOf(alertsOf(syncs), syncs, route, aBlindLook()).notifications;
    expect(blind?.cause).toMatchObject({ name: 'pg-main', notified: cause });
    expect(blind?.cause).not.toHaveProperty('own');
  });

  it('has no word of an earlier telling where there was none', () => {
    expect(causeOf(many(3, 's', failing), [])).not.toHaveProperty('notified');
  });

  it('counts the open alerts by problem, and the worst of them', () => {
    const [a, b, c] = many(3, 's', failing);
    if (a === undefined || b === undefined || c === undefined) throw new Error('three');
    const alerts = {
      ...alertsOf([a, b]),
      ...alertsOf([c], { ...JUST_NOW, problem: 'stalled', severity: 'critical' }),
    };
    const [first] = dueOf(alerts, [a, b, c]).notifications;
    expect(first?.cause).toMatchObject({ open: { failing: 2, stalled: 1 }, severity: 'critical' });
    expect(causeOf([a, b, c], [])).toMatchObject({ open: { failing: 3 }, severity: 'warning' });
  });
});

test('the order of the listing and of the facts decides nothing', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          connectorId: fc.constantFrom('c1', 'c2'),
          connectionRef: fc.constantFrom('r1', 'r2', 'r3'),
          kbUid: fc.constantFrom('k1', 'k2'),
          kind: fc.constantFrom('failing', 'well', 'idle'),
        }),
        { maxLength: 40 },
      ),
      fc.infiniteStream(fc.nat()),
      (lives, dice) => {
        const syncs = lives.map(({ kind, ...labels }, index) =>
          ({ failing, well, idle })[kind](`s${index}`, labels),
        );
        const shuffled = syncs
          .map((sync) => ({ sync, at: dice.next().value }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ sync }) => sync);
        const ofThese = (all: readonly Sync[]) =>
          told(dueOf(alertsOf(all.filter(({ lastState }) => lastState === 'failed')), all));
        expect(ofThese(shuffled)).toEqual(ofThese(syncs));
      },
    ),
  );
});
