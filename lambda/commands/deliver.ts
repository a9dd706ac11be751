import type { Evaluation } from '../core/diagnose/evaluation.ts';
import { hasSeen } from '../core/next-state.ts';
import type { Coverage, MessageContent } from '../core/notify/coverage.ts';
import {
  backOff,
  recordAccepted,
  recordInFlight,
  recordRefused,
  recordUnconfirmed,
} from '../core/notify/notification-log.ts';
import type { Message } from '../core/render/slack-messages.ts';
import { DEFAULT_ROUTE, type Lease, type Route, routeOf, type WatchState } from '../core/state.ts';
import { after, type Instant } from '../core/time.ts';
import type { PostResult } from '../slack/webhook.ts';
import { StateConflict } from '../state/errors.ts';
import type { Deadlines } from './deadlines.ts';
import type { CheckSettings, Ports } from './ports.ts';

/** What became of the facts and of the messages. */
export interface DeliveryResult {
  /** The memory as it was last written, or tried to be. */
  readonly state?: WatchState;
  /** `overtaken`: another check wrote first, and nothing was posted. */
  readonly write: 'saved' | 'superseded' | 'not remembered';
  readonly posts: Posts;
  /** What the messages told that Slack certainly took. */
  readonly notified: readonly Coverage[];
  readonly errors: readonly Error[];
}

/** How many messages Slack certainly has, certainly has not, or may have. */
export interface Posts {
  readonly accepted: number;
  readonly refused: number;
  readonly unconfirmed: number;
  /** Announcements, closings and reminders posted again, since an earlier post of theirs is in doubt. */
  readonly repeated: number;
}

export const NO_POSTS: Posts = { accepted: 0, refused: 0, unconfirmed: 0, repeated: 0 };

export const NOT_DELIVERED: DeliveryResult = {
  write: 'not remembered',
  posts: NO_POSTS,
  notified: [],
  errors: [],
};

/** What is to be remembered and posted. */
export interface Delivery {
  /** The facts and the telling, before anything was posted. */
  readonly state: WatchState;
  /** The number of the write that they were derived from. */
  readonly version: number;
  readonly messages: readonly Message[];
  readonly evaluation: Evaluation;
  readonly now: Instant;
}

/**
 * Remembers the facts, with a claim that notes what is about to be posted; posts, one message after the other;
 * remembers what came of each before the next. The last write releases the claim, whatever came of the posts.
 *
 * At least once: only a certain acceptance or refusal clears a note, and what is still noted is in doubt and posted
 * again. Never rejects for what the store or Slack does.
 */
export async function deliver(
  delivery: Delivery,
  { state: store, slack }: Ports,
  { checkId, policy }: CheckSettings,
  times: Deadlines,
): Promise<DeliveryResult> {
  const { messages, evaluation, now } = delivery;
  const lease = { holder: checkId, expiresAt: after(now, times.leaseSeconds) };
  let state = withLease(delivery, lease);
  let version: number;
  try {
    version = await store.save(state, delivery.version, times.resolution);
  } catch (error) {
    const facts = error instanceof StateConflict ? 'superseded' : 'not remembered';
    return {
      state,
      write: facts,
      posts: NO_POSTS,
      notified: [],
      errors: facts === 'superseded' ? [] : [asError(error)],
    };
  }

  const posts = { ...NO_POSTS };
  const told: Coverage[] = [];
  const errors: Error[] = [];
  for (const [index, message] of messages.entries()) {
    const posted = await slack.post(message, times.posting);
    posts[posted.kind] += 1;
    if (posted.kind !== 'refused') posts.repeated += repeats(delivery.state, message);
    if (posted.kind === 'accepted') told.push(...message.covers);
    else errors.push(posted.error);
    const left = messages.slice(index + 1);
    const unsent = stopsTheRoute(posted) ? left : [];
    const isLast = unsent.length === left.length;
    state = withRoute(state, (route) =>
      unsent.reduce(recordRefused, routeAfter(route, message, posted, delivery, policy.periodSeconds)),
    );
    if (isLast)
      state = withoutLease(state, hasSeen(evaluation, state.facts) && posts.accepted === messages.length);
    try {
      version = await store.save(state, version, times.resolution);
    } catch (error) {
      errors.push(asError(error));
      if (error instanceof StateConflict) break;
      // A store that hung has used up the time: another try could be cut off by the kill.
      if (times.resolution.signal.aborted) break;
      // Once more, and no more posts: what came of this one, and that the others were never sent.
      const never = isLast ? [] : left;
      state = withoutLease(
        withRoute(state, (route) => never.reduce(recordRefused, route)),
        false,
      );
      await store.save(state, version, times.resolution).catch((again) => errors.push(asError(again)));
      break;
    }
    if (isLast) break;
  }
  return { state, write: 'saved', posts, notified: told, errors };
}

/** The memory to write before anything is posted: with a claim and a note of every post, if there is to be any. */
function withLease({ state, messages }: Delivery, lease: Lease): WatchState {
  const { lease: _expired, ...unclaimed } = state;
  if (messages.length === 0) return unclaimed;
  const everything = {
    covers: messages.flatMap(({ covers }) => covers),
    coversShrinkage: false,
    endsReminder: messages.some(({ endsReminder }) => endsReminder),
  };
  return { ...withRoute(unclaimed, (route) => recordInFlight(route, everything)), lease };
}

/** The memory to write when nothing more is posted: without the claim. */
function withoutLease(state: WatchState, initializes: boolean): WatchState {
  const { lease: _ours, ...rest } = state;
  return { ...rest, initialized: rest.initialized || initializes };
}

/** A message refused for its form does not hold up the others; any other trouble is the route's. */
function stopsTheRoute(posted: PostResult): boolean {
  return posted.kind === 'unconfirmed' || (posted.kind === 'refused' && !posted.form);
}

function routeAfter(
  route: Route,
  message: Message,
  posted: PostResult,
  { state, now }: Delivery,
  periodSeconds: number,
): Route {
  switch (posted.kind) {
    case 'accepted':
      return recordAccepted(route, message, state.facts, now);
    case 'refused': {
      const after = recordRefused(route, message);
      return posted.waitSeconds === undefined ? after : backOff(after, posted.waitSeconds, now);
    }
    case 'unconfirmed':
      return recordUnconfirmed(route, periodSeconds, now);
  }
}

/** How many alerts the message tells again, and whether the reminder, since an earlier post is in doubt. */
function repeats(state: WatchState, { covers, endsReminder }: MessageContent): number {
  const { notificationLog, remindersInFlight = 0 } = routeOf(state);
  const again = covers.filter(({ fingerprint, reason }) => {
    if (reason === 'reminder') return false;
    return notificationLog[fingerprint]?.inFlight?.what === (reason === 'resolved' ? 'resolved' : 'firing');
  });
  const reminds = endsReminder && covers.some(({ reason }) => reason === 'reminder');
  return again.length + (reminds && remindersInFlight > 0 ? 1 : 0);
}

function withRoute(state: WatchState, update: (route: Route) => Route): WatchState {
  const route = update(routeOf(state));
  return { ...state, routes: { ...state.routes, [DEFAULT_ROUTE]: route } };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
