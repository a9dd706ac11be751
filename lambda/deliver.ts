import type { Look } from './core/look.ts';
import { type Claim, DEFAULT_ROUTE, type Memory, type Route, routeOf } from './core/memory.ts';
import type { Content, Tells } from './core/message.ts';
import { hasSeen } from './core/remember.ts';
import { accepted, noted, refused, uncertain, waiting } from './core/telling.ts';
import { after, type Instant } from './core/time.ts';
import { MemoryConflict } from './memory/errors.ts';
import type { CheckSettings, Ports } from './ports.ts';
import type { Message } from './slack/compose.ts';
import type { Posted } from './slack/webhook.ts';
import type { Timetable } from './timetable.ts';

/** What became of the facts and of the messages. */
export interface Delivered {
  /** The memory as it was last written, or tried to be. */
  readonly memory?: Memory;
  /** `overtaken`: another check wrote first, and nothing was posted. */
  readonly facts: 'remembered' | 'overtaken' | 'not remembered';
  readonly posts: Posts;
  /** What the messages told that Slack certainly took. */
  readonly told: readonly Tells[];
  readonly errors: readonly Error[];
}

/** How many messages Slack certainly has, certainly has not, or may have. */
export interface Posts {
  readonly accepted: number;
  readonly refused: number;
  readonly uncertain: number;
  /** Announcements, closings and reminders posted again, since an earlier post of theirs is in doubt. */
  readonly repeated: number;
}

export const NO_POSTS: Posts = { accepted: 0, refused: 0, uncertain: 0, repeated: 0 };

export const NOTHING_DELIVERED: Delivered = {
  facts: 'not remembered',
  posts: NO_POSTS,
  told: [],
  errors: [],
};

/** What is to be remembered and posted. */
export interface Delivery {
  /** The facts and the telling, before anything was posted. */
  readonly memory: Memory;
  /** The number of the write that they were derived from. */
  readonly version: number;
  readonly messages: readonly Message[];
  readonly look: Look;
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
  { memory: store, slack }: Ports,
  { checkId, policy }: CheckSettings,
  times: Timetable,
): Promise<Delivered> {
  const { messages, look, now } = delivery;
  const claim = { by: checkId, until: after(now, times.claimSeconds) };
  let memory = begun(delivery, claim);
  let version: number;
  try {
    version = await store.remember(memory, delivery.version, times.ending);
  } catch (error) {
    const facts = error instanceof MemoryConflict ? 'overtaken' : 'not remembered';
    return {
      memory,
      facts,
      posts: NO_POSTS,
      told: [],
      errors: facts === 'overtaken' ? [] : [asError(error)],
    };
  }

  const posts = { ...NO_POSTS };
  const told: Tells[] = [];
  const errors: Error[] = [];
  for (const [index, message] of messages.entries()) {
    const posted = await slack.post(message, times.posting);
    posts[posted.kind] += 1;
    if (posted.kind !== 'refused') posts.repeated += repeats(delivery.memory, message);
    if (posted.kind === 'accepted') told.push(...message.tells);
    else errors.push(posted.error);
    const left = messages.slice(index + 1);
    const unsent = stopsTheRoute(posted) ? left : [];
    const isLast = unsent.length === left.length;
    memory = withRoute(memory, (route) =>
      unsent.reduce(refused, routeAfter(route, message, posted, delivery, policy.periodSeconds)),
    );
    if (isLast) memory = ended(memory, hasSeen(look, memory.facts) && posts.accepted === messages.length);
    try {
      version = await store.remember(memory, version, times.ending);
    } catch (error) {
      errors.push(asError(error));
      if (error instanceof MemoryConflict) break;
      // A store that hung has used up the time: another try could be cut off by the kill.
      if (times.ending.signal.aborted) break;
      // Once more, and no more posts: what came of this one, and that the others were never sent.
      const never = isLast ? [] : left;
      memory = ended(
        withRoute(memory, (route) => never.reduce(refused, route)),
        false,
      );
      await store.remember(memory, version, times.ending).catch((again) => errors.push(asError(again)));
      break;
    }
    if (isLast) break;
  }
  return { memory, facts: 'remembered', posts, told, errors };
}

/** The memory to write before anything is posted: with a claim and a note of every post, if there is to be any. */
function begun({ memory, messages }: Delivery, claim: Claim): Memory {
  const { claim: _expired, ...unclaimed } = memory;
  if (messages.length === 0) return unclaimed;
  const everything = {
    tells: messages.flatMap(({ tells }) => tells),
    tellsShrinking: false,
    endsReminder: messages.some(({ endsReminder }) => endsReminder),
  };
  return { ...withRoute(unclaimed, (route) => noted(route, everything)), claim };
}

/** The memory to write when nothing more is posted: without the claim. */
function ended(memory: Memory, settles: boolean): Memory {
  const { claim: _ours, ...rest } = memory;
  return { ...rest, settled: rest.settled || settles };
}

/** A message refused for its form does not hold up the others; any other trouble is the route's. */
function stopsTheRoute(posted: Posted): boolean {
  return posted.kind === 'uncertain' || (posted.kind === 'refused' && !posted.form);
}

function routeAfter(
  route: Route,
  message: Message,
  posted: Posted,
  { memory, now }: Delivery,
  periodSeconds: number,
): Route {
  switch (posted.kind) {
    case 'accepted':
      return accepted(route, message, memory.facts, now);
    case 'refused': {
      const after = refused(route, message);
      return posted.waitSeconds === undefined ? after : waiting(after, posted.waitSeconds, now);
    }
    case 'uncertain':
      return uncertain(route, periodSeconds, now);
  }
}

/** How many alerts the message tells again, and whether the reminder, since an earlier post is in doubt. */
function repeats(memory: Memory, { tells, endsReminder }: Content): number {
  const { tellings, remindersInDoubt = 0 } = routeOf(memory);
  const again = tells.filter(({ fingerprint, reason }) => {
    if (reason === 'reminder') return false;
    return tellings[fingerprint]?.noted?.what === (reason === 'closing' ? 'closing' : 'announcement');
  });
  const reminds = endsReminder && tells.some(({ reason }) => reason === 'reminder');
  return again.length + (reminds && remindersInDoubt > 0 ? 1 : 0);
}

function withRoute(memory: Memory, update: (route: Route) => Route): Memory {
  const route = update(routeOf(memory));
  return { ...memory, routes: { ...memory.routes, [DEFAULT_ROUTE]: route } };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
