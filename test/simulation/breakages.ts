import type { Ports } from '../../lambda/commands/ports.ts';
import type { Facts } from '../../lambda/core/alert.ts';
import type { Notification } from '../../lambda/core/notify/notification.ts';
import type { PlannedNotifications } from '../../lambda/core/notify/plan.ts';
import type { NotificationLogEntry, NotifiedCause, Route, WatchState } from '../../lambda/core/state.ts';
import { type CheckParts, REAL_PARTS } from './check-with-parts.ts';

/** Faults of the program, each with the parts that have it. The oracle has to find every one of them. */
export const BREAKAGES: Readonly<Record<string, () => Partial<CheckParts>>> = {
  'the log says that a message was accepted before it is posted': () => ({
    deliver: async (delivery, run) => {
      const { ports, deadlines } = run;
      const accepts = { ...ports, slack: { post: async () => ({ kind: 'accepted' as const }) } };
      const delivered = await REAL_PARTS.deliver(delivery, { ...run, ports: accepts });
      for (const message of delivery.messages) await ports.slack.post(message, deadlines.posting);
      return delivered;
    },
  }),
  'messages are posted before the state is saved': () => ({
    deliver: async (delivery, run) => {
      const { ports, deadlines } = run;
      const results: Awaited<PostResult>[] = [];
      for (const message of delivery.messages)
        results.push(await ports.slack.post(message, deadlines.posting));
      const post = async () => results.shift() ?? { kind: 'accepted' as const };
      return REAL_PARTS.deliver(delivery, { ...run, ports: { ...ports, slack: { post } } });
    },
  }),
  'an empty listing resolves every alert': () => ({
    evaluate: (listing, facts, context) => REAL_PARTS.evaluate(listing, neverListed(facts), context),
  }),
  'a failed listing counts as an empty one': () => ({
    evaluate: (listing, facts, context) =>
      listing.ok
        ? REAL_PARTS.evaluate(listing, facts, context)
        : REAL_PARTS.evaluate({ ok: true, syncs: [], request: '' }, neverListed(facts), context),
  }),
  'the first listing without a sync ends its alert': () => ({
    track: (facts, ...rest) =>
      REAL_PARTS.track(
        { ...facts, alerts: mapValues(facts.alerts, (alert) => ({ ...alert, absent: true as const })) },
        ...rest,
      ),
  }),
  'an inconclusive sync counts as healthy': () => ({
    evaluate: (...given) => {
      const evaluation = REAL_PARTS.evaluate(...given);
      if (evaluation.kind === 'unavailable') return evaluation;
      const diagnoses = new Map(
        [...evaluation.diagnoses].map(([id, one]) => [
          id,
          one.verdict.kind === 'inconclusive' ? { ...one, verdict: { kind: 'healthy' as const } } : one,
        ]),
      );
      return { ...evaluation, diagnoses };
    },
  }),
  'an alert that resolved before delivery is never sent': () => ({
    planNotifications: (...given) => withoutReason(given, 'resolved_undelivered'),
  }),
  'an escalation is never sent': () => ({
    planNotifications: (...given) => withoutReason(given, 'escalated'),
  }),
  'the log forgets what is held': () => ({
    planNotifications: (...given) => {
      const planned = REAL_PARTS.planNotifications(...given);
      return { ...planned, route: withLog(planned.route, ({ held: _held, ...rest }) => rest) };
    },
  }),
  'follow-ups of a shared cause are sent at once': () => ({
    planNotifications: (facts, { causes: _causes, ...route }, context) =>
      REAL_PARTS.planNotifications(facts, route, context),
  }),
  'the group interval never ends': () => ({
    settings: (settings) => ({ ...settings, policy: { ...settings.policy, groupIntervalSeconds: 1e6 } }),
  }),
  'the group interval does not grow': () => ({
    planNotifications: (facts, route, context) => {
      const once = (cause: NotifiedCause) => ({ ...cause, inARow: { ...cause.inARow, times: 1 } });
      return REAL_PARTS.planNotifications(
        facts,
        { ...route, causes: mapValues(route.causes ?? {}, once) },
        context,
      );
    },
  }),
  'an alert that resolved while it was held is sent as undelivered': () => ({
    planNotifications: (...given) =>
      withNotifications(REAL_PARTS.planNotifications(...given), (one) =>
        one.reason === 'resolved_in_group' ? { ...one, reason: 'resolved_undelivered' } : one,
      ),
  }),
  'no alert is sent under its shared cause': () => ({
    planNotifications: (...given) =>
      withNotifications(REAL_PARTS.planNotifications(...given), ({ cause: _cause, ...one }) => one),
  }),
  'every alert is sent under the same shared cause': () => ({
    planNotifications: (...given) => {
      const planned = REAL_PARTS.planNotifications(...given);
      const shared = planned.plan.notifications.find(({ cause }) => cause !== undefined);
      return withNotifications(planned, (one) => ({ ...shared, ...one }));
    },
  }),
  'an unsent resolution counts as sent when the alert fires again': () => {
    let before: Facts | undefined;
    return {
      track: (facts, ...rest) => {
        before = facts;
        return REAL_PARTS.track(facts, ...rest);
      },
      planNotifications: (facts, route, context) => {
        const firesAgain = (id: string) =>
          before?.alerts[id]?.state === 'ended' && facts.alerts[id]?.state === 'firing';
        const changed = withLog(route, (entry, id) =>
          entry.lastNotified !== undefined && firesAgain(id) ? { ...entry, resolutionSent: true } : entry,
        );
        return REAL_PARTS.planNotifications(facts, changed, context);
      },
    };
  },
  'an unconfirmed resolution is forgotten when the alert fires again': () => ({
    planNotifications: (facts, route, context) => {
      const changed = withLog(route, ({ inFlight, ...entry }, id) =>
        inFlight === undefined || (inFlight.what === 'resolved' && facts.alerts[id]?.state === 'firing')
          ? entry
          : { ...entry, inFlight },
      );
      return REAL_PARTS.planNotifications(facts, changed, context);
    },
  }),
  'an excluded sync is sent': () => ({
    settings: (settings) => ({ ...settings, policy: { ...settings.policy, exclude: [] } }),
  }),
  'the last record of a repeated id counts': () => ({
    evaluate: (listing, facts, context) => {
      if (!listing.ok) return REAL_PARTS.evaluate(listing, facts, context);
      const ids = listing.syncs.map(({ id }) => id);
      const syncs = listing.syncs.filter(({ id }, index) => id === null || ids.lastIndexOf(id) === index);
      return REAL_PARTS.evaluate({ ...listing, syncs }, facts, context);
    },
  }),
  'a shrinkage is sent at every check': () => ({
    planNotifications: (facts, { shrinkageNotifiedAt: _at, ...route }, context) =>
      REAL_PARTS.planNotifications(facts, route, context),
  }),
  'a check ignores the lease of another': () => ({
    checkLease: ({ lease: _lease, ...state }, ...rest) => REAL_PARTS.checkLease(state, ...rest),
  }),
  'the lease is never released': () => ({
    ports: (ports) => {
      let lease: WatchState['lease'];
      return withStore(ports, (state) => {
        lease = state.lease ?? lease;
        return lease === undefined ? state : { ...state, lease };
      });
    },
  }),
  'a check accepts a listing older than the stored one': () => ({
    checkLease: (state, ...rest) => REAL_PARTS.checkLease({ ...state, listedAt: null }, ...rest),
  }),
  'a check believes a stored time that is far in the future': () => ({
    checkLease: (state, requestedAt, ...rest) => {
      const leaseCheck = REAL_PARTS.checkLease(state, requestedAt, ...rest);
      const { listedAt } = state;
      const isAhead = listedAt !== null && listedAt > requestedAt;
      return leaseCheck.kind === 'free' && isAhead ? { kind: 'superseded', at: listedAt } : leaseCheck;
    },
  }),
  'an unconfirmed post counts as accepted': () => ({
    ports: (ports) =>
      withSlack(ports, async (post) => {
        const result = await post();
        return result.kind === 'unconfirmed' ? { kind: 'accepted' } : result;
      }),
  }),
  'a refused post counts as accepted': () => ({
    ports: (ports) =>
      withSlack(ports, async (post) => {
        const result = await post();
        return result.kind === 'refused' ? { kind: 'accepted' } : result;
      }),
  }),
  'an unconfirmed post is repeated at once': () => ({
    ports: (ports) =>
      withSlack(ports, async (post) => {
        const result = await post();
        return result.kind === 'unconfirmed' ? post() : result;
      }),
  }),
  'the log forgets what is in flight': () => ({
    ports: (ports) =>
      withStore(ports, (state) => {
        const { default: route } = state.routes;
        if (route === undefined) return state;
        const changed = withLog(route, ({ inFlight: _inFlight, ...entry }) => entry);
        return { ...state, routes: { ...state.routes, default: changed } };
      }),
  }),
  'repeats are not counted': () => ({
    deliver: async (...given) => {
      const delivered = await REAL_PARTS.deliver(...given);
      return { ...delivered, posts: { ...delivered.posts, repeated: 0 } };
    },
  }),
  'a reminder is sent at every check': () => ({
    settings: (settings) => ({
      ...settings,
      policy: { ...settings.policy, repeatIntervalSeconds: settings.policy.periodSeconds },
    }),
  }),
  'no reminder is sent': () => ({
    planNotifications: (...given) => {
      const planned = REAL_PARTS.planNotifications(...given);
      return { ...planned, plan: { ...planned.plan, reminder: [] } };
    },
  }),
};

/** The facts of a watch that no listing ever showed a sync. */
function neverListed(facts: Facts): Facts {
  return { ...facts, size: { ...facts.size, normal: 0 } };
}

function mapValues<T>(
  of: Readonly<Record<string, T>>,
  change: (one: T, key: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(of).map(([key, one]) => [key, change(one, key)]));
}

/** The plan without the notifications that have this reason. */
function withoutReason(
  given: Parameters<CheckParts['planNotifications']>,
  reason: Notification['reason'],
): PlannedNotifications {
  const planned = REAL_PARTS.planNotifications(...given);
  const notifications = planned.plan.notifications.filter((one) => one.reason !== reason);
  return { ...planned, plan: { ...planned.plan, notifications } };
}

function withNotifications(
  planned: PlannedNotifications,
  change: (one: Notification) => Notification,
): PlannedNotifications {
  const { plan } = planned;
  return { ...planned, plan: { ...plan, notifications: plan.notifications.map(change) } };
}

function withLog(
  route: Route,
  change: (entry: NotificationLogEntry, id: string) => NotificationLogEntry,
): Route {
  return { ...route, notificationLog: mapValues(route.notificationLog, change) };
}

function withStore(ports: Ports, change: (state: WatchState) => WatchState): Ports {
  const { load, save } = ports.state;
  return {
    ...ports,
    state: { load, save: (state, version, deadline) => save(change(state), version, deadline) },
  };
}

type PostResult = ReturnType<Ports['slack']['post']>;

function withSlack(ports: Ports, around: (post: () => PostResult) => PostResult): Ports {
  const { post } = ports.slack;
  return {
    ...ports,
    slack: { post: (message, deadline) => around(() => post(message, deadline)) },
  };
}
