// In: the state to save, the messages to post, the ports.
// Out: what was written, posted and accepted, and the errors. It never throws for the store or for a destination.
// Called by: commands/check.ts, unless nothing changed or the check is a dry run.
import type { Evaluation } from '../core/diagnose/evaluation.ts';
import { backOff, backOffUnconfirmed } from '../core/notify/backoff.ts';
import { type DestinationKey, destinationAt, updatedAt } from '../core/notify/destinations.ts';
import type { Coverage, MessageContent } from '../core/notify/notification.ts';
import { recordAccepted, recordInFlight, recordRefused } from '../core/notify/notification-log.ts';
import { withInitialized } from '../core/save/next-state.ts';
import type { Destination, Lease, WatchState } from '../core/state.ts';
import { after } from '../core/time.ts';
import type { OutgoingMessage } from '../destinations/destination-port.ts';
import { asError } from '../errors.ts';
import type { PostResult } from '../slack/webhook.ts';
import { StateConflict } from '../state/errors.ts';
import type { LoadedState } from '../state/state-store.ts';
import type { RunContext } from './ports.ts';

/** The state that a check saves and the messages that it posts. */
interface Delivery {
  /** The new facts and notification log, as of before any post. */
  readonly state: WatchState;
  /** The version of the stored state that the new one was derived from. */
  readonly version: number;
  readonly outgoing: readonly Outgoing[];
  readonly evaluation: Evaluation;
}

/** What one destination is sent. */
interface Outgoing {
  readonly key: DestinationKey;
  readonly messages: readonly OutgoingMessage[];
}

export interface DeliveryResult {
  /** The state as the check last wrote it, or tried to write it. */
  readonly state?: WatchState;
  /** `superseded`: another check wrote first, so this one posted nothing. */
  readonly write: 'saved' | 'superseded' | 'not_saved';
  readonly posts: Posts;
  /** What the accepted messages cover, and where they were posted. */
  readonly notified: readonly (Coverage & { readonly to: DestinationKey })[];
  readonly errors: readonly Error[];
}

/** How many messages Slack accepted, refused, or may have received without confirming it. */
export interface Posts {
  readonly accepted: number;
  readonly refused: number;
  readonly unconfirmed: number;
  /** How many alerts, conditions and reminders were posted again because an earlier post of them is unconfirmed. */
  readonly repeated: number;
}

const NO_POSTS: Posts = { accepted: 0, refused: 0, unconfirmed: 0, repeated: 0 };

/** The result of a check that neither wrote nor posted anything. */
export const NOTHING_DELIVERED: DeliveryResult = {
  write: 'not_saved',
  posts: NO_POSTS,
  notified: [],
  errors: [],
};

/**
 * Saves the state with a lease and a record of every post in flight; posts to all destinations at the same time, to each of
 * them one message after the other; saves the result of each post before the destination's next one. The last write releases
 * the lease, whatever the results. A destination that fails stops nothing but its own messages.
 *
 * Delivery is at least once: only a confirmed acceptance or refusal ends "in flight", and whatever is still in flight is
 * posted again by a later check. Errors of the store and of a destination are returned, never thrown.
 */
export async function deliver(delivery: Delivery, context: RunContext): Promise<DeliveryResult> {
  const { ports, settings, deadlines, now } = context;
  const lease = { holder: settings.checkId, expiresAt: after(now, deadlines.leaseSeconds) };
  const state = withLease(delivery, lease);
  let version: number;
  try {
    version = await ports.state.save(state, delivery.version, deadlines.end);
  } catch (error) {
    if (error instanceof StateConflict) return { ...NOTHING_DELIVERED, state, write: 'superseded' };
    return { ...NOTHING_DELIVERED, state, errors: [asError(error)] };
  }
  return postAll({ state, version }, delivery, context);
}

/** Posts every message, and saves after each. It never throws for the store or for a destination. */
async function postAll(saved: LoadedState, delivery: Delivery, context: RunContext): Promise<DeliveryResult> {
  const { ports, deadlines } = context;
  const posts = { ...NO_POSTS };
  const notified: (Coverage & { readonly to: DestinationKey })[] = [];
  const errors: Error[] = [];
  let { state, version } = saved;
  const queues = delivery.outgoing.map(({ key, messages }) => ({ key, queue: [...messages] }));
  let left = queues.reduce((count, { queue }) => count + queue.length, 0);
  /** Once a save failed, nothing more is posted. */
  const failure = { isFinal: false, hasFailed: false };

  /** Saves the state as it then stands, after any save that is under way: results that come meanwhile share the next one. */
  const save = sharedRuns(async () => {
    if (failure.hasFailed) return;
    if (left === 0) state = withoutLease(state, delivery.evaluation);
    try {
      version = await ports.state.save(state, version, deadlines.end);
    } catch (error) {
      errors.push(asError(error));
      // A store that hung has used up the time: the host could kill the check during another attempt.
      failure.isFinal = error instanceof StateConflict || deadlines.end.signal.aborted;
      failure.hasFailed = true;
    }
  });

  await Promise.all(
    queues.map(async ({ key, queue }) => {
      for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
        const result = await message.post(deadlines.posting);
        if (!message.isSilent) posts[result.kind] += 1;
        if (result.kind !== 'refused')
          posts.repeated += countRepeated(destinationAt(delivery.state.routes, key), message);
        if (result.kind === 'accepted')
          notified.push(...message.covers.map((covered) => ({ ...covered, to: key })));
        else errors.push(result.error);

        const unsent = isBlocked(result) ? queue.splice(0) : [];
        const sent = { message, result };
        const routes = updatedAt(state.routes, key, (destination) =>
          neverSent(destinationAfter(destination, sent, { delivery, context }), unsent),
        );
        state = { ...state, routes };
        left -= 1 + unsent.length;
        await save();
        if (failure.hasFailed) return;
      }
    }),
  );
  if (failure.hasFailed && !failure.isFinal) {
    // One more attempt and no more posts: it saves the results of the posts, and that the others were never sent.
    const routes = queues.reduce(
      (before, { key, queue }) => updatedAt(before, key, (destination) => neverSent(destination, queue)),
      state.routes,
    );
    state = withoutLease({ ...state, routes }, delivery.evaluation);
    await ports.state.save(state, version, deadlines.end).catch((again) => errors.push(asError(again)));
  }
  return { state, write: 'saved', posts, notified, errors };
}

/** A function that runs `run` one time after the other; calls that wait for the one under way share the next. */
function sharedRuns(run: () => Promise<void>): () => Promise<void> {
  let latest = Promise.resolve();
  let waiting: Promise<void> | undefined;
  return () => {
    waiting ??= latest.then(() => {
      waiting = undefined;
      return run();
    });
    latest = waiting;
    return waiting;
  };
}

/** The state to save before anything is posted. Without messages there is no post to protect, and so no lease. */
function withLease({ state, outgoing }: Delivery, lease: Lease): WatchState {
  const { lease: _expired, ...rest } = state;
  const sending = outgoing.filter(({ messages }) => messages.length > 0);
  if (sending.length === 0) return rest;
  const routes = sending.reduce((before, { key, messages }) => {
    const everything = {
      covers: messages.flatMap(({ covers }) => covers),
      endsReminder: messages.some(({ endsReminder }) => endsReminder),
    };
    return updatedAt(before, key, (destination) => recordInFlight(destination, everything));
  }, rest.routes);
  return { ...rest, routes, lease };
}

/** The state to save when nothing more is posted. */
function withoutLease(state: WatchState, evaluation: Evaluation): WatchState {
  const { lease: _released, ...rest } = state;
  return withInitialized(rest, evaluation);
}

/** The destination without the in-flight marks of messages that were never sent. */
function neverSent(destination: Destination, unsent: readonly MessageContent[]): Destination {
  return unsent.reduce(recordRefused, destination);
}

/** A message whose payload a destination refuses does not block the others; any other failure concerns the whole destination. */
function isBlocked(result: PostResult): boolean {
  return result.kind === 'unconfirmed' || (result.kind === 'refused' && !result.invalidPayload);
}

function destinationAfter(
  destination: Destination,
  { message, result }: { readonly message: MessageContent; readonly result: PostResult },
  { delivery, context }: { readonly delivery: Delivery; readonly context: RunContext },
): Destination {
  const { now, settings } = context;
  switch (result.kind) {
    case 'accepted':
      return recordAccepted(destination, message, { facts: delivery.state.facts, now });
    case 'refused': {
      const refused = recordRefused(destination, message);
      return result.retryAfterSeconds === undefined
        ? refused
        : backOff(refused, result.retryAfterSeconds, now);
    }
    case 'unconfirmed':
      return backOffUnconfirmed(destination, settings.policy.periodSeconds, now);
  }
}

/** How many alerts and conditions, and whether the reminder, the message repeats because an earlier post is unconfirmed. */
function countRepeated(
  { notificationLog, conditions = {}, remindersInFlight = 0 }: Destination,
  { covers, endsReminder }: MessageContent,
): number {
  const repeated = covers.filter(({ fingerprint, reason }) => {
    if (reason === 'reminder') return false;
    if (reason === 'condition') return conditions[fingerprint]?.inFlight !== undefined;
    return notificationLog[fingerprint]?.inFlight?.what === (reason === 'resolved' ? 'resolved' : 'firing');
  });
  const givesReminder = endsReminder && covers.some(({ reason }) => reason === 'reminder');
  return repeated.length + (givesReminder && remindersInFlight > 0 ? 1 : 0);
}
