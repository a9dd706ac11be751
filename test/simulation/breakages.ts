import type { Ports } from '../../lambda/commands/ports.ts';
import type { Facts } from '../../lambda/core/alert.ts';
import type { Verdict } from '../../lambda/core/diagnose/diagnose.ts';
import type { Evaluation } from '../../lambda/core/diagnose/evaluation.ts';
import type { NeutralChange, Notification, SharedCause } from '../../lambda/core/notify/notification.ts';
import type { PlannedNotifications } from '../../lambda/core/notify/plan.ts';
import { EMPTY_ROSTER } from '../../lambda/core/roster.ts';
import type { Destination, NotificationLogEntry, WatchState } from '../../lambda/core/state.ts';
import type { Sync } from '../../lambda/core/sync.ts';
import { type CheckParts, REAL_PARTS } from './check-with-parts.ts';

/** Faults of the program, each with the parts that have it. The oracle has to find every one of them. */
export const BREAKAGES: Readonly<Record<string, () => Partial<CheckParts>>> = {
  'the log says that a message was accepted before it is posted': () => ({
    deliver: async (delivery, run) => {
      const accepts = async () => ({ kind: 'accepted' as const });
      const delivered = await REAL_PARTS.deliver(postedBy(delivery, accepts), run);
      for (const { messages } of delivery.outgoing)
        for (const message of messages) await message.post(run.deadlines.posting);
      return delivered;
    },
  }),
  'messages are posted before the state is saved': () => ({
    deliver: async (delivery, run) => {
      const results: Awaited<PostResult>[] = [];
      for (const { messages } of delivery.outgoing)
        for (const message of messages) results.push(await message.post(run.deadlines.posting));
      const post = async () => results.shift() ?? { kind: 'accepted' as const };
      return REAL_PARTS.deliver(postedBy(delivery, post), run);
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
  "the API's dates are judged by our clock": () => ({
    evaluate: ({ ...listing }, facts, context) => {
      if ('apiSkewSeconds' in listing) delete listing.apiSkewSeconds;
      return REAL_PARTS.evaluate(listing, facts, context);
    },
  }),
  'an inconclusive sync counts as healthy': () => ({
    evaluate: (...given) =>
      withVerdicts(given, (verdict) => (verdict.kind === 'inconclusive' ? { kind: 'healthy' } : verdict)),
  }),
  'an alert that resolved before delivery is never sent': () => ({
    planNotifications: (...given) => withoutReason(given, 'resolved_undelivered'),
  }),
  'an escalation is never sent': () => ({
    planNotifications: (...given) => withoutReason(given, 'escalated'),
  }),
  'the group interval never ends': () => ({
    settings: (settings) => ({ ...settings, policy: { ...settings.policy, groupIntervalSeconds: 1e6 } }),
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
      planNotifications: (facts, destination, context) => {
        const firesAgain = (id: string) =>
          before?.alerts[id]?.state === 'ended' && facts.alerts[id]?.state === 'firing';
        const changed = withLog(destination, (entry, id) =>
          entry.lastNotified !== undefined && firesAgain(id) ? { ...entry, resolutionSent: true } : entry,
        );
        return REAL_PARTS.planNotifications(facts, changed, context);
      },
    };
  },
  'an unconfirmed resolution is forgotten when the alert fires again': () => ({
    planNotifications: (facts, destination, context) => {
      const changed = withLog(destination, ({ inFlight, ...entry }, id) =>
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
  'a check ignores the lease of another': () => ({
    checkLease: ({ lease: _lease, ...state }, ...rest) => REAL_PARTS.checkLease(state, ...rest),
  }),
  'an expired lease is never taken over': () => ({
    checkLease: (state, ...rest) => {
      const { lease } = state;
      if (lease !== undefined) return { kind: 'lease_held', at: lease.expiresAt };
      return REAL_PARTS.checkLease(state, ...rest);
    },
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
  'any answer with the status 200 is an acceptance': () => ({
    ports: (ports) =>
      withSlack(ports, async (post) => {
        const result = await post();
        const isAnswered = result.kind !== 'accepted' && result.error.message.includes('200');
        return isAnswered ? { kind: 'accepted' } : result;
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
        const routes = mapValues(state.routes, (route) => ({
          destinations: mapValues(route.destinations, (destination) =>
            withLog(destination, ({ inFlight: _inFlight, ...entry }) => entry),
          ),
        }));
        return { ...state, routes };
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
  'what is held is never released': () => ({
    planNotifications: (facts, destination, context) =>
      withNotifications(
        REAL_PARTS.planNotifications(facts, destination, context),
        ({ fingerprint, ...one }) =>
          destination.notificationLog[fingerprint]?.heldSince === undefined
            ? { fingerprint, ...one }
            : undefined,
      ),
  }),
  'a recovery under a shared cause is never sent': () => ({
    planNotifications: (...given) =>
      withNotifications(REAL_PARTS.planNotifications(...given), (one) =>
        one.reason === 'resolved' && one.cause !== undefined ? undefined : one,
      ),
  }),
  'a cause says that all recovered while one is open': () => ({
    planNotifications: (...given) => withCauses(given, (cause) => ({ ...cause, stillOpen: [] })),
  }),
  'a cause always says that nothing has succeeded for a day': () => ({
    planNotifications: (...given) =>
      withCauses(given, (cause) => ({ ...cause, nothingSucceededForSeconds: 86_400 })),
  }),
  'a warning stands before a critical alert': () => ({
    writeDigest: (...given) => {
      const digest = REAL_PARTS.writeDigest(...given);
      return { ...digest, sections: digest.sections.toReversed() };
    },
  }),
  'the lock screen does not say that an alert is critical': () => ({
    writeDigest: (...given) => {
      const digest = REAL_PARTS.writeDigest(...given);
      return { ...digest, push: [{ kind: 'words', text: digest.headline }] };
    },
  }),
  'an alert stands in two lines of one digest': () => ({
    writeDigest: (...given) => {
      const digest = REAL_PARTS.writeDigest(...given);
      return { ...digest, sections: [...digest.sections, ...digest.sections] };
    },
  }),
  'a paused sync needs attention': () => ({
    evaluate: (...given) =>
      withVerdicts(given, (verdict) =>
        verdict.kind === 'paused'
          ? { kind: 'problem', problem: 'disabled', severity: 'warning', also: [] }
          : verdict,
      ),
  }),
  'a pause ends no alert': () => ({
    evaluate: (...given) =>
      withVerdicts(given, (verdict) => (verdict.kind === 'paused' ? { kind: 'inconclusive' } : verdict)),
  }),
  'no pause is sent': () => ({
    planNotifications: (...given) => withoutNeutral(given, 'paused'),
  }),
  'no unlisted sync is sent': () => ({
    planNotifications: (...given) => withoutNeutral(given, 'unlisted'),
  }),
  'what was sent of pauses and unlisted syncs is forgotten': () => ({
    planNotifications: (facts, { conditions: _sent, ...destination }, context) =>
      REAL_PARTS.planNotifications(facts, destination, context),
  }),
  'the roster is forgotten': () => ({
    track: (facts, ...rest) => REAL_PARTS.track({ ...facts, roster: EMPTY_ROSTER }, ...rest),
  }),
  'the flap hold never ends': () => ({
    track: (facts, ...rest) => {
      const restarted = mapValues(facts.alerts, ({ healthySince: _since, ...alert }) => alert);
      return REAL_PARTS.track({ ...facts, alerts: restarted }, ...rest);
    },
  }),
  'a flapping alert ends at its first healthy evaluation': () => ({
    track: (facts, ...rest) => {
      const steady = mapValues(facts.alerts, ({ flapping: _flapping, ...alert }) => alert);
      return REAL_PARTS.track({ ...facts, alerts: steady }, ...rest);
    },
  }),
  'a fast sync fires at its first failure': () => ({
    evaluate: (...given) =>
      withSyncs(given, (sync) =>
        sync.consecutiveFailures === 1 ? { ...sync, consecutiveFailures: 2 } : sync,
      ),
  }),
  'a first load is late': () => ({
    evaluate: (...given) =>
      withSyncs(given, (sync) =>
        sync.createdAt === null ? sync : { ...sync, createdAt: sync.createdAt - 2 * DAY_MS },
      ),
  }),
  'one record that cannot be read hides the others': () => ({
    evaluate: (listing, facts, context) => {
      const evaluation = REAL_PARTS.evaluate(listing, facts, context);
      if (evaluation.kind === 'unavailable') return evaluation;
      const isHidden = [...evaluation.diagnoses.values()].some(({ faults }) => faults.length > 0);
      if (!isHidden) return evaluation;
      const failure = { kind: 'unreadable' as const, request: '', received: '' };
      return { kind: 'unavailable', at: evaluation.at, recordCount: evaluation.recordCount, failure };
    },
  }),
  'a reminder leaves out an alert': () => ({
    planNotifications: (...given) => {
      const planned = REAL_PARTS.planNotifications(...given);
      return { ...planned, plan: { ...planned.plan, reminder: planned.plan.reminder.slice(1) } };
    },
  }),
};

const DAY_MS = 24 * 3_600_000;

/** The facts of a watch that no listing ever showed a sync. */
function neverListed(facts: Facts): Facts {
  return { ...facts, roster: EMPTY_ROSTER };
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

/** The plan with each notification changed, or left out where `change` gives nothing. */
function withNotifications(
  planned: PlannedNotifications,
  change: (one: Notification) => Notification | undefined,
): PlannedNotifications {
  const { plan } = planned;
  const notifications = plan.notifications.flatMap((one) => change(one) ?? []);
  return { ...planned, plan: { ...plan, notifications } };
}

function withCauses(
  given: Parameters<CheckParts['planNotifications']>,
  change: (cause: SharedCause) => SharedCause,
): PlannedNotifications {
  return withNotifications(REAL_PARTS.planNotifications(...given), (one) =>
    one.cause === undefined ? one : { ...one, cause: change(one.cause) },
  );
}

function withoutNeutral(
  given: Parameters<CheckParts['planNotifications']>,
  kind: NeutralChange['kind'],
): PlannedNotifications {
  const planned = REAL_PARTS.planNotifications(...given);
  const neutral = planned.plan.neutral.filter((one) => one.kind !== kind);
  return { ...planned, plan: { ...planned.plan, neutral } };
}

type EvaluateInput = Parameters<CheckParts['evaluate']>;

function withVerdicts(given: EvaluateInput, change: (verdict: Verdict) => Verdict): Evaluation {
  const evaluation = REAL_PARTS.evaluate(...given);
  if (evaluation.kind === 'unavailable') return evaluation;
  const changed = [...evaluation.diagnoses].map(
    ([id, one]) => [id, { ...one, verdict: change(one.verdict) }] as const,
  );
  return { ...evaluation, diagnoses: new Map(changed) };
}

function withSyncs([listing, ...rest]: EvaluateInput, change: (sync: Sync) => Sync): Evaluation {
  return REAL_PARTS.evaluate(
    listing.ok ? { ...listing, syncs: listing.syncs.map(change) } : listing,
    ...rest,
  );
}

function withLog(
  destination: Destination,
  change: (entry: NotificationLogEntry, id: string) => NotificationLogEntry,
): Destination {
  return { ...destination, notificationLog: mapValues(destination.notificationLog, change) };
}

/** The delivery with its messages posted in another way. */
function postedBy(delivery: Delivery, post: () => PostResult): Delivery {
  const outgoing = delivery.outgoing.map((one) => ({
    ...one,
    messages: one.messages.map((message) => ({ ...message, post })),
  }));
  return { ...delivery, outgoing };
}

function withStore(ports: Ports, change: (state: WatchState) => WatchState): Ports {
  const { load, save } = ports.state;
  return {
    ...ports,
    state: { load, save: (state, version, deadline) => save(change(state), version, deadline) },
  };
}

type Delivery = Parameters<CheckParts['deliver']>[0];
type PostResult = ReturnType<Ports['slack']['post']>;

function withSlack(ports: Ports, around: (post: () => PostResult) => PostResult): Ports {
  const { post } = ports.slack;
  return {
    ...ports,
    slack: { ...ports.slack, post: (message, deadline) => around(() => post(message, deadline)) },
  };
}
