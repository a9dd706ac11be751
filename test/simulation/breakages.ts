import type { Facts } from '../../lambda/core/alert.ts';
import type { Announced, Announcement } from '../../lambda/core/announce.ts';
import type { Memory, Route, Telling, ToldCause } from '../../lambda/core/memory.ts';
import type { Ports } from '../../lambda/ports.ts';
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
    lookAt: (listing, facts, ...rest) => WHOLE.lookAt(listing, neverShown(facts), ...rest),
  }),
  'a failed listing is an empty one': () => ({
    lookAt: (listing, facts, ...rest) =>
      WHOLE.lookAt(
        listing.ok ? listing : { ok: true, syncs: [], tried: '' },
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
    lookAt: (...look) => {
      const seen = WHOLE.lookAt(...look);
      if (seen.kind === 'blind') return seen;
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
    announce: (...facts) => {
      const { due, route } = WHOLE.announce(...facts);
      return {
        due: { ...due, announcements: due.announcements.filter(({ reason }) => reason !== 'missed') },
        route,
      };
    },
  }),
  'escalations forgotten': () => ({
    announce: (...facts) => {
      const { due, route } = WHOLE.announce(...facts);
      return {
        due: { ...due, announcements: due.announcements.filter(({ reason }) => reason !== 'escalated') },
        route,
      };
    },
  }),
  'gathered forgotten': () => ({
    announce: (...facts) => {
      const { due, route } = WHOLE.announce(...facts);
      return {
        due,
        route: { ...route, tellings: each(route.tellings, ({ gathered: _gathered, ...rest }) => rest) },
      };
    },
  }),
  'each told at once, gathering forgotten': () => ({
    announce: (facts, { causes: _causes, ...route }, ...rest) => WHOLE.announce(facts, route, ...rest),
  }),
  'gathered for ever': () => ({
    settings: (settings) => ({ ...settings, policy: { ...settings.policy, gatherForSeconds: 1e6 } }),
  }),
  'gathered no longer the more often': () => ({
    announce: (facts, route, ...rest) => {
      const once = (cause: ToldCause) => ({ ...cause, inARow: { ...cause.inARow, times: 1 } });
      return WHOLE.announce(facts, { ...route, causes: each(route.causes ?? {}, once) }, ...rest);
    },
  }),
  'missed for what was gathered': () => ({
    announce: (...facts) =>
      withAnnouncements(WHOLE.announce(...facts), (one) =>
        one.reason === 'passed' ? { ...one, reason: 'missed' } : one,
      ),
  }),
  'a shared cause told one by one': () => ({
    announce: (...facts) => withAnnouncements(WHOLE.announce(...facts), ({ cause: _cause, ...one }) => one),
  }),
  'a shared cause told where there is none': () => ({
    announce: (...facts) => {
      const announced = WHOLE.announce(...facts);
      const shared = announced.due.announcements.find(({ cause }) => cause !== undefined);
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
      announce: (facts, route, ...rest) =>
        WHOLE.announce(
          facts,
          withTellings(route, (telling, id) =>
            telling.told !== undefined &&
            before?.alerts[id]?.state === 'ended' &&
            facts.alerts[id]?.state === 'firing'
              ? { ...telling, closed: true }
              : telling,
          ),
          ...rest,
        ),
    };
  },
  'closing withdrawn when in doubt': () => ({
    announce: (facts, route, ...rest) =>
      WHOLE.announce(
        facts,
        withTellings(route, ({ noted, ...telling }, id) =>
          noted === undefined || (noted.what === 'closing' && facts.alerts[id]?.state === 'firing')
            ? telling
            : { ...telling, noted },
        ),
        ...rest,
      ),
  }),
  'an ignored sync announced': () => ({
    settings: (settings) => ({ ...settings, policy: { ...settings.policy, ignore: [] } }),
  }),
  'a repeated id judged by its last record': () => ({
    lookAt: (listing, ...rest) => {
      if (!listing.ok) return WHOLE.lookAt(listing, ...rest);
      const ids = listing.syncs.map(({ id }) => id);
      const syncs = listing.syncs.filter(({ id }, index) => id === null || ids.lastIndexOf(id) === index);
      return WHOLE.lookAt({ ...listing, syncs }, ...rest);
    },
  }),
  'a listing that shrinks said at every check': () => ({
    announce: (facts, { shrinkingTold: _told, ...route }, ...rest) => WHOLE.announce(facts, route, ...rest),
  }),
  'ignore the claim': () => ({
    standing: ({ claim: _claim, ...memory }, ...rest) => WHOLE.standing(memory, ...rest),
  }),
  'the claim is kept': () => ({
    ports: (ports) => {
      let claim: Memory['claim'];
      return withStore(ports, (memory) => {
        claim = memory.claim ?? claim;
        return claim === undefined ? memory : { ...memory, claim };
      });
    },
  }),
  'stale listing accepted': () => ({
    standing: (memory, ...rest) => WHOLE.standing({ ...memory, listedAt: null }, ...rest),
  }),
  'a listing time in the future obeyed': () => ({
    standing: (memory, requestedAt, ...rest) => {
      const stand = WHOLE.standing(memory, requestedAt, ...rest);
      const { listedAt } = memory;
      const isAhead = listedAt !== null && listedAt > requestedAt;
      return stand.kind === 'free' && isAhead ? { kind: 'overtaken', at: listedAt } : stand;
    },
  }),
  'what is uncertain is taken for told': () => ({
    ports: (ports) =>
      withPoster(ports, async (post) => {
        const posted = await post();
        return posted.kind === 'uncertain' ? { kind: 'accepted' } : posted;
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
        return posted.kind === 'uncertain' ? post() : posted;
      }),
  }),
  'doubt forgotten': () => ({
    ports: (ports) =>
      withStore(ports, (memory) => {
        const { default: route } = memory.routes;
        if (route === undefined) return memory;
        return {
          ...memory,
          routes: {
            ...memory.routes,
            default: withTellings(route, ({ noted: _noted, ...telling }) => telling),
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
      policy: { ...settings.policy, repeatEverySeconds: settings.policy.periodSeconds },
    }),
  }),
  'never reminded': () => ({
    announce: (...facts) => {
      const { due, route } = WHOLE.announce(...facts);
      return { due: { ...due, reminder: [] }, route };
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
  { due, route }: Announced,
  change: (one: Announcement) => Announcement,
): Announced {
  return { due: { ...due, announcements: due.announcements.map(change) }, route };
}

function withTellings(route: Route, change: (telling: Telling, id: string) => Telling): Route {
  return { ...route, tellings: each(route.tellings, change) };
}

function withStore(ports: Ports, change: (memory: Memory) => Memory): Ports {
  const { recall, remember } = ports.memory;
  return {
    ...ports,
    memory: { recall, remember: (memory, version, by) => remember(change(memory), version, by) },
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
