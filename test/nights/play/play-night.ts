/*
 * Plays a night through the real check: takes a `Night`, gives everything that was sent. The tests of the nights and
 * `npm run night` call it.
 */

import { check } from '../../../lambda/commands/check.ts';
import { type Checked, type Outcome, outcomeOf } from '../../../lambda/commands/outcome.ts';
import type { Ports } from '../../../lambda/commands/ports.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
import { type PagerDutyEvent, pagerDutyEvents } from '../../../lambda/core/render/pagerduty-events.ts';
import { PLAIN, renderPlainText } from '../../../lambda/core/render/plain-text.ts';
import type { DestinationPort } from '../../../lambda/destinations/destination-port.ts';
import { slackDestination } from '../../../lambda/destinations/slack-destination.ts';
import type { Poster, PostResult } from '../../../lambda/slack/webhook.ts';
import type { Minute, Night } from '../notation/night.ts';
import { World } from '../world/world.ts';
import { calmTicks } from './calm-ticks.ts';
import { answered, type NightRoute } from './evidence.ts';
import { muteBy } from './mute-by.ts';
import { NightStore } from './night-store.ts';
import type { PlayedNight, Post, SentDigest } from './played-night.ts';
import { readable, slackText } from './slack-text.ts';
import { answerOf, listed, surroundingsAt } from './surroundings.ts';

const MINUTE_MS = 60_000;
const LINE_WIDTH = 100;

export interface PlayOptions {
  /** Plays every check, also those that do nothing, and encodes the state as the real stores do. @default false */
  readonly isThorough?: boolean;
  /** The neighbouring routes that answer 404. @default none */
  readonly missingRoutes?: readonly NightRoute[];
  /** Whether the policy asks them at all. @default what the night's policy says */
  readonly evidence?: false;
}

/**
 * Plays a night from its first check to its last.
 *
 * A check that nothing could have changed for is skipped: while every run is healthy, or fails on without a new failed
 * run, only time passes. Then a later check is tried; if it posts and saves nothing, the checks before it would not have
 * either, and otherwise the night goes on from before it in smaller steps.
 */
export async function playNight(night: Night, options: PlayOptions = {}): Promise<PlayedNight> {
  const { isThorough = false } = options;
  const playing = new Playing(night, options);
  const { ticks, calmUntil } = calmTicks(night);
  let at = 0;
  let stride = 1;
  await playing.check(ticks[0] ?? night.firstCheck);
  while (at < ticks.length - 1) {
    const furthest = Math.min(at + stride, calmUntil[at] ?? at);
    const target = isThorough ? at + 1 : Math.max(at + 1, furthest);
    const before = target > at + 1 ? playing.copy() : undefined;
    const didNothing = await playing.check(ticks[target] ?? night.lastCheck);
    if (before !== undefined && !didNothing) {
      playing.putBack(before);
      stride = Math.max(1, Math.floor((target - at) / 2));
      continue;
    }
    at = target;
    stride = didNothing ? stride * 2 : 1;
  }
  return playing.played();
}

/** Where a night stands, to go back to. */
interface Progress {
  readonly world: World;
  readonly stored: NightStore['current'];
  readonly sentCount: number;
  readonly longestHoldMs: number;
  readonly mutedUntil: Minute;
}

/** A night while it is played. */
class Playing {
  readonly #night: Night;
  readonly #options: PlayOptions;
  readonly #store: NightStore;
  readonly #sent: SentDigest[] = [];
  #world: World;
  #checks = 0;
  #mutedUntil = Number.NEGATIVE_INFINITY;
  #longestHoldMs = 0;

  constructor(night: Night, options: PlayOptions) {
    this.#night = night;
    this.#options = options;
    this.#store = new NightStore(options.isThorough ?? false);
    this.#world = new World(night);
  }

  copy(): Progress {
    return {
      world: this.#world.copy(),
      stored: this.#store.current,
      sentCount: this.#sent.length,
      longestHoldMs: this.#longestHoldMs,
      mutedUntil: this.#mutedUntil,
    };
  }

  /** Undoes all that came after `earlier`. */
  putBack(earlier: Progress): void {
    this.#world = earlier.world;
    this.#store.putBack(earlier.stored);
    this.#sent.length = earlier.sentCount;
    this.#longestHoldMs = earlier.longestHoldMs;
    this.#mutedUntil = earlier.mutedUntil;
  }

  played(): PlayedNight {
    return {
      sent: this.#sent,
      checks: this.#checks,
      stored: this.#store.current.state,
      longestHoldMinutes: Math.round(this.#longestHoldMs / MINUTE_MS),
    };
  }

  /** Plays the check of a minute. Says whether it posted nothing and saved nothing. */
  async check(minute: Minute): Promise<boolean> {
    const now = this.#night.midnight + minute * MINUTE_MS;
    const { listing, answers, policy: deployed } = surroundingsAt(this.#night, minute);
    const { missingRoutes = [], evidence } = this.#options;
    const policy: Policy = evidence === false ? { ...deployed, evidence: 'none' } : deployed;
    this.#world.advance(minute);
    this.#checks += 1;
    const posts = new Map<string, Post[]>();
    const postTo = (to: string, post: Omit<Post, 'answer'>) => {
      const own = posts.get(to) ?? [];
      const answer = answerOf(answers(to), own.length + 1);
      posts.set(to, [...own, { ...post, answer: answer.kind }]);
      return answer;
    };
    const ports: Ports = {
      now: () => now,
      state: this.#store,
      evidence: {
        ask: async (request) => {
          const wanted = new Set(request.syncs.map(({ id }) => id));
          return answered(this.#world.answers(this.#night.midnight, wanted), request, missingRoutes);
        },
      },
      listing: { list: async () => listed(listing, { night: this.#night, world: this.#world, now }) },
      slack: nightPoster('default', postTo),
      destinations: Object.fromEntries(
        Object.entries(policy.destinations).map(([name, { kind }]) => [
          name,
          kind === 'pagerduty' ? nightPager(name, postTo) : slackDestination(nightPoster(name, postTo)),
        ]),
      ),
    };
    this.#store.beginCheck({ isKilled: this.#isKilled(minute) });
    await this.#mute(minute, ports);
    const held = this.#heldSince();
    const outcome = await outcomeOfCheck(ports, { policy, origin: originOf(this.#night) });
    if (outcome.kind !== 'checked') throw new Error(`the check stopped: ${outcome.reason}`);
    for (const digest of outcome.digests) {
      const to = digest.destination ?? 'default';
      const own = posts.get(to) ?? [];
      if (own.length > 0) this.#sent.push({ ...sentDigest(minute, own, digest), to });
    }
    this.#measureHolds(held, now);
    return posts.size === 0 && !outcome.saved;
  }

  /** Whether something killed the first check since the one before. */
  #isKilled(minute: Minute): boolean {
    return this.#night.events.some(
      ({ at, event }) => event.kind === 'killed' && at > this.#mutedUntil && at <= minute,
    );
  }

  /** What people silenced since the check before. */
  async #mute(minute: Minute, ports: Ports): Promise<void> {
    for (const { at, event } of this.#night.events) {
      if (at > this.#mutedUntil && at <= minute)
        await muteBy(event, {
          ...ports,
          now: () => this.#night.midnight + at * MINUTE_MS,
          silences: this.#store,
        });
    }
    this.#mutedUntil = minute;
  }

  /** Since when a notification about each alert is held, at each destination. */
  #heldSince(): ReadonlyMap<string, number> {
    const routes = Object.entries(this.#store.current.state.routes);
    const entries = routes.flatMap(([name, { destinations }]) =>
      Object.values(destinations).flatMap(({ notificationLog }) =>
        Object.entries(notificationLog).map(
          ([fingerprint, entry]) => [`${name} ${fingerprint}`, entry] as const,
        ),
      ),
    );
    return new Map(
      entries.flatMap(([key, { heldSince }]) => (heldSince === undefined ? [] : [[key, heldSince] as const])),
    );
  }

  /** A hold ends when the notification is sent, or goes on. */
  #measureHolds(before: ReadonlyMap<string, number>, now: number): void {
    const after = this.#heldSince();
    for (const since of [...before.values(), ...after.values()])
      this.#longestHoldMs = Math.max(this.#longestHoldMs, now - since);
  }
}

type CheckOptions = Pick<Parameters<typeof check>[1], 'policy' | 'origin'>;

/** Runs a check. Returns its outcome, also when it failed: that the listing fails is part of the story. */
async function outcomeOfCheck(ports: Ports, options: CheckOptions): Promise<Outcome> {
  try {
    return await check(ports, { ...options, checkId: 'night', remainingSeconds: 60, dryRun: false });
  } catch (error) {
    const outcome = outcomeOf(error);
    if (outcome === undefined) throw error;
    return outcome;
  }
}

function originOf({ connectorFilter }: Night): CheckOptions['origin'] {
  return {
    environment: 'prod',
    organisation: 'acme',
    moreHint: 'npm run invoke -- prod report',
    commandPrefix: 'npm run invoke -- prod',
    ...(connectorFilter !== undefined && { connectorId: connectorFilter }),
  };
}

type PostTo = (to: string, post: Omit<Post, 'answer'>) => PostResult;

function nightPoster(name: string, postTo: PostTo): Poster {
  return {
    destinationId: async () => (name === 'default' ? 'night' : `night ${name}`),
    post: async ({ text, blocks }) =>
      postTo(name, { push: readable(text), text: slackText(blocks), message: { text, blocks } }),
  };
}

/** A PagerDuty whose events stand in the transcript. */
function nightPager(name: string, postTo: PostTo): DestinationPort {
  return {
    destinationId: async () => `night ${name}`,
    write: async (digest, context) =>
      pagerDutyEvents(digest, context).map(({ event, ...message }) => ({
        ...message,
        post: async () => (event === undefined ? { kind: 'accepted' } : postTo(name, eventPost(event))),
      })),
  };
}

function eventPost({ action, key, payload }: PagerDutyEvent): Omit<Post, 'answer'> {
  const push = `${action} ${key}${payload === undefined ? '' : `: ${payload.summary}`}`;
  return { push, text: payload === undefined ? push : `${push}\n${payload.details}` };
}

function sentDigest(
  at: Minute,
  posts: readonly Post[],
  digest: Checked['digests'][number],
): Omit<SentDigest, 'to'> {
  const items = digest.sections.flatMap((section) => section.items);
  return {
    at,
    posts,
    terminal: renderPlainText(digest, { ...PLAIN, width: LINE_WIDTH }),
    isCritical: items.some(({ level }) => level === 'critical'),
  };
}
