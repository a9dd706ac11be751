import type { Ports } from '../../lambda/commands/ports.ts';
import type { Facts } from '../../lambda/core/alert.ts';
import type { Notification, PlannedNotifications } from '../../lambda/core/notify/plan.ts';
import type { NotificationLogEntry, NotifiedCause, Route, WatchState } from '../../lambda/core/state.ts';
import type { SlackMessage } from '../../lambda/slack/webhook.ts';
import { type Pieces, WHOLE } from './straight-line.ts';

/** The protocol broken on purpose, by name: what is exchanged in each check. Each must be caught. */
export const BREAKAGES: Readonly<Record<string, () => Partial<Pieces>>> = {
  'told before delivered': () => ({
    deliver: async (delivery, ports, settings, times) => {
      const accepts = { ...ports, slack: { post: async () => ({ kind: 'accepted' as const }) } };
      const delivered = await WHOLE.deliver(delivery, accepts, settings, times);
      for (const message of delivery.messages) await ports.slack.post(message, times.posting);
      return delivered;
    },
  }),
  'posted before the facts are remembered': () => ({
    deliver: async (delivery, ports, settings, times) => {
      const answers: Awaited<Post>[] = [];
      for (const message of delivery.messages) answers.push(await ports.slack.post(message, times.posting));
      const post = async () => answers.shift() ?? { kind: 'accepted' as const };
      return WHOLE.deliver(delivery, { ...ports, slack: { post } }, settings, times);
    },
  }),
  'resolve on an empty listing': () => ({
    evaluate: (listing, facts, ...rest) => WHOLE.evaluate(listing, neverShown(facts), ...rest),
  }),
  'a failed listing is an empty one': () => ({
    evaluate: (listing, facts, ...rest) =>
      WHOLE.evaluate(
        listing.ok ? listing : { ok: true, syncs: [], request: '' },
        listing.ok ? facts : neverShown(facts),
        ...rest,
      ),
  }),
  'gone at the first absence': () => ({
    track: (facts, ...rest) =>
      WHOLE.track(
        { ...facts, alerts: each(facts.alerts, (alert) => ({ ...alert, absent: true as const })) },
        ...rest,
      ),
  }),
  'healthy without proof': () => ({
    evaluate: (...evaluation) => {
      const seen = WHOLE.evaluate(...evaluation);
      if (seen.kind === 'unavailable') return seen;
      const diagnoses = new Map(
        [...seen.diagnoses].map(([id, one]) => [
          id,
          one.verdict.kind === 'inconclusive' ? { ...one, verdict: { kind: 'healthy' as const } } : one,
        ]),
      );
      return { ...seen, diagnoses };
    },
  }),
  'drop what was due': () => ({
    planNotifications: (...facts) => {
      const { plan, route } = WHOLE.planNotifications(...facts);
      return {
        plan: {
          ...plan,
          notifications: plan.notifications.filter(({ reason }) => reason !== 'resolved_undelivered'),
        },
        route,
      };
    },
  }),
  'escalations forgotten': () => ({
    planNotifications: (...facts) => {
      const { plan, route } = WHOLE.planNotifications(...facts);
      return {
        plan: { ...plan, notifications: plan.notifications.filter(({ reason }) => reason !== 'escalated') },
        route,
      };
    },
  }),
  'gathered forgotten': () => ({
    planNotifications: (...facts) => {
      const { plan, route } = WHOLE.planNotifications(...facts);
      return {
        plan,
        route: {
          ...route,
          notificationLog: each(route.notificationLog, ({ held: _gathered, ...rest }) => rest),
        },
      };
    },
  }),
  'each told at once, gathering forgotten': () => ({
    planNotifications: (facts, { causes: _causes, ...route }, ...rest) =>
      WHOLE.planNotifications(facts, route, ...rest),
  }),
  'gathered for ever': () => ({
    settings: (settings) => ({ ...settings, policy: { ...settings.policy, groupIntervalSeconds: 1e6 } }),
  }),
  'gathered no longer the more often': () => ({
    planNotifications: (facts, route, ...rest) => {
      const once = (cause: NotifiedCause) => ({ ...cause, inARow: { ...cause.inARow, times: 1 } });
      return WHOLE.planNotifications(facts, { ...route, causes: each(route.causes ?? {}, once) }, ...rest);
    },
  }),
  'missed for what was gathered': () => ({
    planNotifications: (...facts) =>
      withAnnouncements(WHOLE.planNotifications(...facts), (one) =>
        one.reason === 'resolved_in_group' ? { ...one, reason: 'resolved_undelivered' } : one,
      ),
  }),
  'a shared cause told one by one': () => ({
    planNotifications: (...facts) =>
      withAnnouncements(WHOLE.planNotifications(...facts), ({ cause: _cause, ...one }) => one),
  }),
  'a shared cause told where there is none': () => ({
    planNotifications: (...facts) => {
      const announced = WHOLE.planNotifications(...facts);
      const shared = announced.plan.notifications.find(({ cause }) => cause !== undefined);
      return withAnnouncements(announced, (one) => ({ ...shared, ...one }));
    },
  }),
  'closing not withdrawn': () => {
    let before: Facts | undefined;
    return {
      track: (facts, ...rest) => {
        before = facts;
        return WHOLE.track(facts, ...rest);
      },
      planNotifications: (facts, route, ...rest) =>
        WHOLE.planNotifications(
          facts,
          withTellings(route, (logEntry, id) =>
            logEntry.lastNotified !== undefined &&
            before?.alerts[id]?.state === 'ended' &&
            facts.alerts[id]?.state === 'firing'
              ? { ...logEntry, resolutionSent: true }
              : logEntry,
          ),
          ...rest,
        ),
    };
  },
  'closing withdrawn when in doubt': () => ({
    planNotifications: (facts, route, ...rest) =>
      WHOLE.planNotifications(
        facts,
        withTellings(route, ({ inFlight: noted, ...logEntry }, id) =>
          noted === undefined || (noted.what === 'resolved' && facts.alerts[id]?.state === 'firing')
            ? logEntry
            : { ...logEntry, inFlight: noted },
        ),
        ...rest,
      ),
  }),
  'an ignored sync announced': () => ({
    settings: (settings) => ({ ...settings, policy: { ...settings.policy, exclude: [] } }),
  }),
  'a repeated id judged by its last record': () => ({
    evaluate: (listing, ...rest) => {
      if (!listing.ok) return WHOLE.evaluate(listing, ...rest);
      const ids = listing.syncs.map(({ id }) => id);
      const syncs = listing.syncs.filter(({ id }, index) => id === null || ids.lastIndexOf(id) === index);
      return WHOLE.evaluate({ ...listing, syncs }, ...rest);
    },
  }),
  'a listing that shrinks said at every check': () => ({
    planNotifications: (facts, { shrinkageNotifiedAt: _told, ...route }, ...rest) =>
      WHOLE.planNotifications(facts, route, ...rest),
  }),
  'ignore the claim': () => ({
    checkLease: ({ lease: _claim, ...state }, ...rest) => WHOLE.checkLease(state, ...rest),
  }),
  'the claim is kept': () => ({
    ports: (ports) => {
      let lease: WatchState['lease'];
      return withStore(ports, (state) => {
        lease = state.lease ?? lease;
        return lease === undefined ? state : { ...state, lease };
      });
    },
  }),
  'stale listing accepted': () => ({
    checkLease: (state, ...rest) => WHOLE.checkLease({ ...state, listedAt: null }, ...rest),
  }),
  'a listing time in the future obeyed': () => ({
    checkLease: (state, requestedAt, ...rest) => {
      const leaseCheck = WHOLE.checkLease(state, requestedAt, ...rest);
      const { listedAt } = state;
      const isAhead = listedAt !== null && listedAt > requestedAt;
      return leaseCheck.kind === 'free' && isAhead ? { kind: 'superseded', at: listedAt } : leaseCheck;
    },
  }),
  'what is uncertain is taken for told': () => ({
    ports: (ports) =>
      withPoster(ports, async (post) => {
        const posted = await post();
        return posted.kind === 'unconfirmed' ? { kind: 'accepted' } : posted;
      }),
  }),
  'a refusal is taken for told': () => ({
    ports: (ports) =>
      withPoster(ports, async (post) => {
        const posted = await post();
        return posted.kind === 'refused' ? { kind: 'accepted' } : posted;
      }),
  }),
  'posted again at once when uncertain': () => ({
    ports: (ports) =>
      withPoster(ports, async (post) => {
        const posted = await post();
        return posted.kind === 'unconfirmed' ? post() : posted;
      }),
  }),
  'doubt forgotten': () => ({
    ports: (ports) =>
      withStore(ports, (state) => {
        const { default: route } = state.routes;
        if (route === undefined) return state;
        return {
          ...state,
          routes: {
            ...state.routes,
            default: withTellings(route, ({ inFlight: _noted, ...logEntry }) => logEntry),
          },
        };
      }),
  }),
  'repeats not counted': () => ({
    deliver: async (...delivery) => {
      const delivered = await WHOLE.deliver(...delivery);
      return { ...delivered, posts: { ...delivered.posts, repeated: 0 } };
    },
  }),
  'reminded at every check': () => ({
    settings: (settings) => ({
      ...settings,
      policy: { ...settings.policy, repeatIntervalSeconds: settings.policy.periodSeconds },
    }),
  }),
  'never reminded': () => ({
    planNotifications: (...facts) => {
      const { plan, route } = WHOLE.planNotifications(...facts);
      return { plan: { ...plan, reminder: [] }, route };
    },
  }),
};

function neverShown(facts: Facts): Facts {
  return { ...facts, size: { ...facts.size, normal: 0 } };
}

function each<T>(of: Readonly<Record<string, T>>, change: (one: T, key: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(of).map(([key, one]) => [key, change(one, key)]));
}

function withAnnouncements(
  { plan, route }: PlannedNotifications,
  change: (one: Notification) => Notification,
): PlannedNotifications {
  return { plan: { ...plan, notifications: plan.notifications.map(change) }, route };
}

function withTellings(
  route: Route,
  change: (logEntry: NotificationLogEntry, id: string) => NotificationLogEntry,
): Route {
  return { ...route, notificationLog: each(route.notificationLog, change) };
}

function withStore(ports: Ports, change: (state: WatchState) => WatchState): Ports {
  const { load, save } = ports.state;
  return {
    ...ports,
    state: { load, save: (state, version, by) => save(change(state), version, by) },
  };
}

type Post = ReturnType<Ports['slack']['post']>;

function withPoster(ports: Ports, around: (post: () => Post) => Post): Ports {
  const { post } = ports.slack;
  return {
    ...ports,
    slack: { post: (message: SlackMessage, deadline) => around(() => post(message, deadline)) },
  };
}
