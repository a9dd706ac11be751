// In: the state to save, the messages to post, the ports.
// Out: what was written, posted and accepted, and the errors. It never throws for the store or for Slack.
// Called by: commands/check.ts, unless nothing changed or the check is a dry run.
import type { Evaluation } from '../core/diagnose/evaluation.ts';
import { backOff, backOffUnconfirmed } from '../core/notify/backoff.ts';
import type { Coverage, MessageContent } from '../core/notify/notification.ts';
import { recordAccepted, recordInFlight, recordRefused } from '../core/notify/notification-log.ts';
import type { Message } from '../core/render/slack-messages.ts';
import { hasListed } from '../core/save/next-state.ts';
import { DEFAULT_ROUTE, type Lease, type Route, routeOf, type WatchState } from '../core/state.ts';
import { after } from '../core/time.ts';
import { asError } from '../errors.ts';
import type { PostResult } from '../slack/webhook.ts';
import { StateConflict } from '../state/errors.ts';
import type { RunContext } from './ports.ts';

/** The state that a check saves and the messages that it posts. */
interface Delivery {
  /** The new facts and notification log, as of before any post. */
  readonly state: WatchState;
  /** The version of the stored state that the new one was derived from. */
  readonly version: number;
  readonly messages: readonly Message[];
  readonly evaluation: Evaluation;
}

export interface DeliveryResult {
  /** The state as the check last wrote it, or tried to write it. */
  readonly state?: WatchState;
  /** `superseded`: another check wrote first, so this one posted nothing. */
  readonly write: 'saved' | 'superseded' | 'not_saved';
  readonly posts: Posts;
  /** The coverage of the messages that Slack accepted. */
  readonly notified: readonly Coverage[];
  readonly errors: readonly Error[];
}

/** How many messages Slack accepted, refused, or may have received without confirming it. */
export interface Posts {
  readonly accepted: number;
  readonly refused: number;
  readonly unconfirmed: number;
  /** How many alerts and reminders were posted again because an earlier post of them is unconfirmed. */
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
 * of each post before the next one. The last write releases the lease, whatever the results.
 *
 * Delivery is at least once: only a confirmed acceptance or refusal ends "in flight", and whatever is still in flight is
 * posted again by a later check. Errors of the store and of Slack are returned, never thrown.
 */
export async function deliver(delivery: Delivery, context: RunContext): Promise<DeliveryResult> {
  const { messages, evaluation } = delivery;
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
  const notified: Coverage[] = [];
  const errors: Error[] = [];
  for (const [index, message] of messages.entries()) {
    const result = await ports.slack.post(message, deadlines.posting);
    posts[result.kind] += 1;
    if (result.kind !== 'refused') posts.repeated += countRepeated(delivery.state, message);
    if (result.kind === 'accepted') notified.push(...message.covers);
    else errors.push(result.error);

    const remaining = messages.slice(index + 1);
    const unsent = blocksRoute(result) ? remaining : [];
    const isLast = unsent.length === remaining.length;
    state = withRoute(state, (route) =>
      unsent.reduce(recordRefused, routeAfter(route, { message, result }, { delivery, context })),
    );
    if (isLast)
      state = withoutLease(state, hasListed(evaluation, state.facts) && posts.accepted === messages.length);
    try {
      version = await ports.state.save(state, version, deadlines.end);
    } catch (error) {
      errors.push(asError(error));
      if (error instanceof StateConflict) break;
      // A store that hung has used up the time: the host could kill the check during another attempt.
      if (deadlines.end.signal.aborted) break;
      // One more attempt and no more posts: it saves the result of this post, and that the others were never sent.
      const neverSent = isLast ? [] : remaining;
      state = withoutLease(
        withRoute(state, (route) => neverSent.reduce(recordRefused, route)),
        false,
      );
      await ports.state.save(state, version, deadlines.end).catch((again) => errors.push(asError(again)));
      break;
    }
    if (isLast) break;
  }
  return { state, write: 'saved', posts, notified, errors };
}

/** The state to save before anything is posted. Without messages there is no post to protect, and so no lease. */
function withLease({ state, messages }: Delivery, lease: Lease): WatchState {
  const { lease: _expired, ...rest } = state;
  if (messages.length === 0) return rest;
  const everything = {
    covers: messages.flatMap(({ covers }) => covers),
    endsReminder: messages.some(({ endsReminder }) => endsReminder),
  };
  return { ...withRoute(rest, (route) => recordInFlight(route, everything)), lease };
}

/** The state to save when nothing more is posted. */
function withoutLease(state: WatchState, initializes: boolean): WatchState {
  const { lease: _released, ...rest } = state;
  return { ...rest, initialized: rest.initialized || initializes };
}

/** A message whose payload Slack refuses does not block the others; any other failure concerns the whole route. */
function blocksRoute(result: PostResult): boolean {
  return result.kind === 'unconfirmed' || (result.kind === 'refused' && !result.invalidPayload);
}

function routeAfter(
  route: Route,
  { message, result }: { readonly message: Message; readonly result: PostResult },
  { delivery, context }: { readonly delivery: Delivery; readonly context: RunContext },
): Route {
  const { now, settings } = context;
  switch (result.kind) {
    case 'accepted':
      return recordAccepted(route, message, { facts: delivery.state.facts, now });
    case 'refused': {
      const refused = recordRefused(route, message);
      return result.retryAfterSeconds === undefined
        ? refused
        : backOff(refused, result.retryAfterSeconds, now);
    }
    case 'unconfirmed':
      return backOffUnconfirmed(route, settings.policy.periodSeconds, now);
  }
}

/** How many alerts, and whether the reminder, the message repeats because an earlier post is unconfirmed. */
function countRepeated(state: WatchState, { covers, endsReminder }: MessageContent): number {
  const { notificationLog, remindersInFlight = 0 } = routeOf(state);
  const repeated = covers.filter(({ fingerprint, reason }) => {
    if (reason === 'reminder') return false;
    return notificationLog[fingerprint]?.inFlight?.what === (reason === 'resolved' ? 'resolved' : 'firing');
  });
  const givesReminder = endsReminder && covers.some(({ reason }) => reason === 'reminder');
  return repeated.length + (givesReminder && remindersInFlight > 0 ? 1 : 0);
}

function withRoute(state: WatchState, update: (route: Route) => Route): WatchState {
  const route = update(routeOf(state));
  return { ...state, routes: { ...state.routes, [DEFAULT_ROUTE]: route } };
}
