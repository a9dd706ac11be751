// In: the state to save, the messages to post, the ports.
// Out: what was written, posted and accepted, and the errors. It never throws for the store or for Slack.
// Called by: commands/check.ts, unless nothing changed or the check is a dry run.
import type { Evaluation } from '../core/diagnose/evaluation.ts';
import { backOff, backOffUnconfirmed } from '../core/notify/backoff.ts';
import { type DestinationKey, destinationAt, updatedAt } from '../core/notify/destinations.ts';
import type { Coverage, MessageContent } from '../core/notify/notification.ts';
import { recordAccepted, recordInFlight, recordRefused } from '../core/notify/notification-log.ts';
import type { Message } from '../core/render/slack-messages.ts';
import { withInitialized } from '../core/save/next-state.ts';
import type { Destination, Lease, WatchState } from '../core/state.ts';
import { after } from '../core/time.ts';
import { asError } from '../errors.ts';
import type { PostResult } from '../slack/webhook.ts';
import { StateConflict } from '../state/errors.ts';
import type { CurrentDestination } from './destinations.ts';
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
type Outgoing = Pick<CurrentDestination, 'key' | 'poster'> & { readonly messages: readonly Message[] };

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
 * Saves the state with a lease and a record of every post in flight; posts one message after the other; saves the result
 * of each post before the next one. The last write releases the lease, whatever the results. A destination that fails
 * stops nothing but its own messages.
 *
 * Delivery is at least once: only a confirmed acceptance or refusal ends "in flight", and whatever is still in flight is
 * posted again by a later check. Errors of the store and of Slack are returned, never thrown.
 */
export async function deliver(delivery: Delivery, context: RunContext): Promise<DeliveryResult> {
  const { evaluation } = delivery;
  const { ports, settings, deadlines, now } = context;
  const lease = { holder: settings.checkId, expiresAt: after(now, deadlines.leaseSeconds) };
  let state = withLease(delivery, lease);
  let version: number;
  try {
    version = await ports.state.save(state, delivery.version, deadlines.end);
  } catch (error) {
    if (error instanceof StateConflict) return { ...NOTHING_DELIVERED, state, write: 'superseded' };
    return { ...NOTHING_DELIVERED, state, errors: [asError(error)] };
  }

  const posts = { ...NO_POSTS };
  const notified: (Coverage & { readonly to: DestinationKey })[] = [];
  const errors: Error[] = [];
  let queue = delivery.outgoing.flatMap(({ messages, ...to }) =>
    messages.map((message) => ({ ...to, message })),
  );
  for (let next = queue[0]; next !== undefined; next = queue[0]) {
    const { key, poster, message } = next;
    const result = await poster.post(message, deadlines.posting, key.id);
    posts[result.kind] += 1;
    if (result.kind !== 'refused')
      posts.repeated += countRepeated(destinationAt(delivery.state.routes, key), message);
    if (result.kind === 'accepted')
      notified.push(...message.covers.map((covered) => ({ ...covered, to: key })));
    else errors.push(result.error);

    const left = queue.slice(1);
    queue = isBlocked(result) ? left.filter((other) => other.key !== key) : left;
    const unsent = left.filter((other) => !queue.includes(other));
    const routes = updatedAt(state.routes, key, (destination) =>
      destinationAfter(destination, { message, result }, { delivery, context }),
    );
    state = neverSent({ ...state, routes }, unsent);
    if (queue.length === 0) state = withoutLease(state, evaluation);
    try {
      version = await ports.state.save(state, version, deadlines.end);
    } catch (error) {
      errors.push(asError(error));
      if (error instanceof StateConflict) break;
      // A store that hung has used up the time: the host could kill the check during another attempt.
      if (deadlines.end.signal.aborted) break;
      // One more attempt and no more posts: it saves the result of this post, and that the others were never sent.
      state = withoutLease(neverSent(state, queue), evaluation);
      await ports.state.save(state, version, deadlines.end).catch((again) => errors.push(asError(again)));
      break;
    }
  }
  return { state, write: 'saved', posts, notified, errors };
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

/** The state without the in-flight marks of messages that were never sent. */
function neverSent(
  state: WatchState,
  unsent: readonly { readonly key: DestinationKey; readonly message: Message }[],
): WatchState {
  const routes = unsent.reduce(
    (before, { key, message }) =>
      updatedAt(before, key, (destination) => recordRefused(destination, message)),
    state.routes,
  );
  return { ...state, routes };
}

/** A message whose payload Slack refuses does not block the others; any other failure concerns the whole destination. */
function isBlocked(result: PostResult): boolean {
  return result.kind === 'unconfirmed' || (result.kind === 'refused' && !result.invalidPayload);
}

function destinationAfter(
  destination: Destination,
  { message, result }: { readonly message: Message; readonly result: PostResult },
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
