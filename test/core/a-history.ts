import fc from 'fast-check';
import type { Facts, ListingFailure } from '../../lambda/core/alert.ts';
import { type Evaluation, evaluate } from '../../lambda/core/diagnose/evaluation.ts';
import { asSaved, nextState } from '../../lambda/core/next-state.ts';
import type { Coverage, MessageContent } from '../../lambda/core/notify/coverage.ts';
import {
  recordAccepted,
  recordInFlight,
  recordRefused,
  recordUnconfirmed,
} from '../../lambda/core/notify/notification-log.ts';
import { type NotificationPlan, planNotifications } from '../../lambda/core/notify/plan.ts';
import { parseListing } from '../../lambda/core/parse/parse-sync.ts';
import {
  DEFAULT_ROUTE,
  NOTHING_REMEMBERED,
  type Route,
  routeOf,
  type WatchState,
} from '../../lambda/core/state.ts';
import { track } from '../../lambda/core/track/track.ts';
import { BLINDNESS, days, defaultPolicy, frozen, hours, minutes, NOW, TRIED } from './a-sync.ts';

/** What can happen to a sync between two checks. */
const EVENTS = [
  'succeeds',
  'fails',
  'starts a run',
  'is stopped',
  'loses its state',
  'is paused',
  'is disabled',
  'is enabled',
  'vanishes',
  'comes back',
  'breaks',
  'is mended',
] as const;
export type Event = (typeof EVENTS)[number];

/** What Slack says to one message: accepted, certainly refused, or nobody knows. */
export type InvocationResponse = 'accepted' | 'refused' | 'unconfirmed';

export interface Step {
  readonly gapSeconds: number;
  readonly events: readonly (readonly [number, Event])[];
  readonly listing: 'listed' | 'unnamed' | 'none' | ListingFailure['kind'];
  /** Of the messages of this check, one after the other. */
  readonly answers: readonly InvocationResponse[];
}

/** One sync of the imagined platform. Its schedule is every 15 minutes: late beyond 2,100 s. */
export interface Life {
  readonly id: string | number;
  readonly present: boolean;
  readonly broken: boolean;
  readonly enabled: boolean;
  readonly reason: string | null;
  readonly state: string | null;
  readonly failures: number;
  readonly ranAt: number;
  readonly succeededAt: number;
}
export type World = readonly Life[];

export const WORLD: World = ['a', 'b', 'c', 4, 'e'].map((id) => ({
  id,
  present: true,
  broken: false,
  enabled: true,
  reason: null,
  state: 'completed',
  failures: 0,
  ranAt: NOW - 60_000,
  succeededAt: NOW - 60_000,
}));

function live(life: Life, event: Event, now: number): Life {
  switch (event) {
    case 'succeeds':
      return { ...life, state: 'completed', failures: 0, ranAt: now - 20_000, succeededAt: now - 10_000 };
    case 'fails':
      return { ...life, state: 'failed', failures: life.failures + 1, ranAt: now - 20_000 };
    case 'starts a run':
      return { ...life, state: 'running', ranAt: now - 5_000 };
    case 'is stopped':
      return { ...life, state: 'stopped' };
    case 'loses its state':
      return { ...life, state: null };
    case 'is paused':
      return { ...life, enabled: false, reason: null };
    case 'is disabled':
      return { ...life, enabled: false, reason: 'ten failures' };
    case 'is enabled':
      return { ...life, enabled: true, reason: null };
    case 'vanishes':
      return { ...life, present: false };
    case 'comes back':
      return { ...life, present: true };
    case 'breaks':
      return { ...life, broken: true };
    case 'is mended':
      return { ...life, broken: false };
  }
}

const iso = (instant: number) => new Date(instant).toISOString();

/** The record as the API would send it. */
export function recordOf(life: Life, now: number): Record<string, unknown> {
  return {
    id: life.id,
    name: `sync ${life.id}`,
    connector_id: 'postgres',
    source_kind: 'postgres',
    connection_ref: 'pg-main',
    source_schema: 'public',
    source_table: `t${life.id}`,
    cursor_column: null,
    kb_uid: 'kb',
    dest_table: `t${life.id}`,
    interval_secs: life.broken ? 'often' : 900,
    enabled: life.enabled,
    has_cursor: true,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    last_run_at: iso(life.ranAt),
    last_success_at: iso(life.succeededAt),
    last_state: life.state,
    seconds_since_success: Math.floor((now - life.succeededAt) / 1000),
    consecutive_failures: life.failures,
    disabled_reason: life.reason,
  };
}

export interface Check {
  readonly now: number;
  readonly world: World;
  readonly before: WatchState;
  readonly evaluation: Evaluation;
  readonly facts: Facts;
  readonly plan: NotificationPlan;
  /** Each message that was posted, and what came of it. */
  readonly posts: readonly { readonly content: MessageContent; readonly answer: InvocationResponse }[];
  readonly after: WatchState;
}

/** One check, by the pure functions alone; everything that goes in is frozen. */
export function check(
  before: WatchState,
  records: readonly unknown[] | ListingFailure['kind'],
  now: number,
  answers: readonly InvocationResponse[] = [],
  world: World = [],
): Check {
  const listed =
    typeof records === 'string'
      ? ({ ok: false, failure: { ...BLINDNESS, kind: records } } as const)
      : ({ ok: true, request: TRIED, records } as const);
  const evaluation = frozen(
    evaluate(frozen(parseListing(frozen(listed))), frozen(before).facts, defaultPolicy, now),
  );
  const facts = frozen(track(before.facts, evaluation, defaultPolicy, now, !before.initialized));
  const announced = frozen(planNotifications(facts, frozen(routeOf(before)), evaluation, defaultPolicy, now));
  const next = frozen(asSaved(nextState(before, facts, announced.route, evaluation, now), evaluation, now));
  const messages = frozen(messagesOf(announced.plan));
  const { route, posts } = post(routeOf(next), messages, answers, facts, now);
  const settled =
    before.initialized ||
    (evaluation.kind === 'listed' && posts.every(({ answer }) => answer === 'accepted'));
  const after = frozen({ ...next, settled, routes: { ...next.routes, [DEFAULT_ROUTE]: route } });
  return { now, world, before, evaluation, facts, plan: announced.plan, posts, after };
}

/** What is due, two alerts to a message, so that the messages of one check can fare differently. */
function messagesOf({ notifications, reminder, shrinkage }: NotificationPlan): readonly MessageContent[] {
  const covers: Coverage[] = [
    ...notifications.map(({ fingerprint, reason }) => ({ fingerprint, reason, listed: true })),
    ...reminder.map(({ fingerprint }) => ({ fingerprint, reason: 'reminder' as const, listed: true })),
  ];
  const contents: MessageContent[] = shrinkage
    ? [{ covers: [], coversShrinkage: true, endsReminder: false }]
    : [];
  for (let first = 0; first < covers.length; first += 2)
    contents.push({ covers: covers.slice(first, first + 2), coversShrinkage: false, endsReminder: false });
  const last = contents.findLastIndex((content) =>
    content.covers.some(({ reason }) => reason === 'reminder'),
  );
  return contents.map((content, index) => ({ ...content, endsReminder: index === last }));
}

/** All are noted first; after one that is not accepted the rest is never sent. */
function post(
  start: Route,
  messages: readonly MessageContent[],
  answers: readonly InvocationResponse[],
  facts: Facts,
  now: number,
) {
  let route = frozen(messages.reduce(recordInFlight, start));
  const posts: { content: MessageContent; answer: InvocationResponse }[] = [];
  let stopped = false;
  for (const [index, content] of messages.entries()) {
    const answer: InvocationResponse = stopped
      ? 'refused'
      : (answers[index % Math.max(answers.length, 1)] ?? 'accepted');
    if (answer === 'accepted') route = recordAccepted(route, content, facts, now);
    else if (answer === 'refused') route = recordRefused(route, content);
    else route = recordUnconfirmed(route, defaultPolicy.periodSeconds, now);
    route = frozen(route);
    if (!stopped) posts.push({ content, answer });
    stopped ||= answer !== 'accepted';
  }
  return { route, posts };
}

const UNNAMED = { name: 'no id' };

/** Plays a history, check by check. */
export function play(steps: readonly Step[]): readonly Check[] {
  const checks: Check[] = [];
  let state: WatchState = frozen(NOTHING_REMEMBERED);
  let world: World = WORLD;
  let now = NOW;
  for (const { gapSeconds, events, listing, answers } of steps) {
    now += gapSeconds * 1000;
    world = events.reduce<World>(
      (lives, [which, event]) =>
        lives.map((life, index) => (index === which ? live(life, event, now) : life)),
      world,
    );
    const done = check(state, listed(world, listing, now), now, answers, world);
    checks.push(done);
    state = done.after;
  }
  return checks;
}

export function listed(
  world: World,
  listing: Step['listing'],
  now: number,
): readonly unknown[] | ListingFailure['kind'] {
  if (listing === 'none') return [];
  if (listing !== 'listed' && listing !== 'unnamed') return listing;
  const records = world.filter(({ present }) => present).map((life) => recordOf(life, now));
  return listing === 'unnamed' ? [...records, UNNAMED] : records;
}

/** Random lives of five syncs over up to 25 checks. */
export function histories(answer: fc.Arbitrary<InvocationResponse>): fc.Arbitrary<readonly Step[]> {
  const event = fc.tuple(fc.nat(4), fc.constantFrom(...EVENTS));
  const listing = fc.oneof(
    { arbitrary: fc.constant<Step['listing']>('listed'), weight: 8 },
    { arbitrary: fc.constantFrom<Step['listing']>('unnamed', 'none', 'failed', 'refused'), weight: 2 },
  );
  const gapSeconds = fc.constantFrom(1, 60, minutes(5), minutes(5), minutes(20), hours(1), hours(3), days(1));
  const step = fc.record({
    gapSeconds,
    events: fc.array(event, { maxLength: 4 }),
    listing,
    answers: fc.array(answer, { minLength: 1, maxLength: 3 }),
  });
  return fc.array(step, { minLength: 1, maxLength: 25 });
}
