import fc from 'fast-check';
import type { Facts } from '../../lambda/core/alert.ts';
import { type Evaluation, evaluate } from '../../lambda/core/diagnose/evaluation.ts';
import type { ListingFailure } from '../../lambda/core/listing.ts';
import { backOffUnconfirmed } from '../../lambda/core/notify/backoff.ts';
import { destinationAt, withDestinations } from '../../lambda/core/notify/destinations.ts';
import type {
  Coverage,
  MessageContent,
  Notification,
  NotificationPlan,
} from '../../lambda/core/notify/notification.ts';
import { recordAccepted, recordInFlight, recordRefused } from '../../lambda/core/notify/notification-log.ts';
import { planNotifications } from '../../lambda/core/notify/plan.ts';
import { parseSync } from '../../lambda/core/parse/parse-sync.ts';
import { DEFAULT_DESTINATION } from '../../lambda/core/policy.ts';
import { asSaved, nextState, withInitialized } from '../../lambda/core/save/next-state.ts';
import { type Destination, INITIAL_STATE, type WatchState } from '../../lambda/core/state.ts';
import { track } from '../../lambda/core/track/track.ts';
import { days, defaultPolicy, frozen, hours, LISTING_FAILURE, minutes, NOW, REQUEST } from './a-sync.ts';

/** What can happen to a sync between two checks. */
const EVENTS = [
  'succeeds',
  'fails',
  'fails eight times',
  'starts a run',
  'is stopped',
  'loses its state',
  'is paused',
  'is disabled',
  'is enabled',
  'leaves the listing',
  'is listed again',
  'becomes unreadable',
  'is readable again',
] as const;
type Event = (typeof EVENTS)[number];

/** The result of one post. */
export type PostResultKind = 'accepted' | 'refused' | 'unconfirmed';

/** One check, and everything that happens before it. */
export interface Step {
  /** Since the check before. */
  readonly gapSeconds: number;
  /** By the index of the sync. */
  readonly events: readonly (readonly [number, Event])[];
  /** `with_unnamed`: one more record, without an id. `none`: an empty listing. */
  readonly listing: 'listed' | 'with_unnamed' | 'none' | ListingFailure['kind'];
  /** Of the posts of this check, one after the other. */
  readonly results: readonly PostResultKind[];
}

/** A sync of the imagined platform. Its interval is 15 minutes: it is late above a lag of 2,100 s. */
export interface PlatformSync {
  readonly id: string | number;
  readonly listed: boolean;
  readonly unreadable: boolean;
  readonly enabled: boolean;
  readonly disabledReason: string | null;
  readonly state: string | null;
  readonly failures: number;
  readonly ranAt: number;
  readonly succeededAt: number;
}
export type Platform = readonly PlatformSync[];

/** Five healthy syncs. */
export const PLATFORM: Platform = ['a', 'b', 'c', 4, 'e'].map((id) => ({
  id,
  listed: true,
  unreadable: false,
  enabled: true,
  disabledReason: null,
  state: 'completed',
  failures: 0,
  ranAt: NOW - 60_000,
  succeededAt: NOW - 60_000,
}));

function afterEvent(sync: PlatformSync, event: Event, now: number): PlatformSync {
  switch (event) {
    case 'succeeds':
      return { ...sync, state: 'completed', failures: 0, ranAt: now - 20_000, succeededAt: now - 10_000 };
    case 'fails':
      return { ...sync, state: 'failed', failures: sync.failures + 1, ranAt: now - 20_000 };
    case 'fails eight times':
      return { ...sync, state: 'failed', failures: sync.failures + 8, ranAt: now - 20_000 };
    case 'starts a run':
      return { ...sync, state: 'running', ranAt: now - 5_000 };
    case 'is stopped':
      return { ...sync, state: 'stopped' };
    case 'loses its state':
      return { ...sync, state: null };
    case 'is paused':
      return { ...sync, enabled: false, disabledReason: null };
    case 'is disabled':
      return { ...sync, enabled: false, disabledReason: 'ten failures' };
    case 'is enabled':
      return { ...sync, enabled: true, disabledReason: null };
    case 'leaves the listing':
      return { ...sync, listed: false };
    case 'is listed again':
      return { ...sync, listed: true };
    case 'becomes unreadable':
      return { ...sync, unreadable: true };
    case 'is readable again':
      return { ...sync, unreadable: false };
  }
}

const iso = (instant: number) => new Date(instant).toISOString();

/** The record as the API sends it. */
export function recordOf(sync: PlatformSync, now: number): Record<string, unknown> {
  return {
    id: sync.id,
    name: `sync ${sync.id}`,
    connector_id: 'postgres',
    source_kind: 'postgres',
    connection_ref: 'pg-main',
    source_schema: 'public',
    source_table: `t${sync.id}`,
    cursor_column: null,
    kb_uid: 'kb',
    dest_table: `t${sync.id}`,
    interval_secs: sync.unreadable ? 'often' : 900,
    enabled: sync.enabled,
    has_cursor: true,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    last_run_at: iso(sync.ranAt),
    last_success_at: iso(sync.succeededAt),
    last_state: sync.state,
    seconds_since_success: Math.floor((now - sync.succeededAt) / 1000),
    consecutive_failures: sync.failures,
    disabled_reason: sync.disabledReason,
  };
}

/** The records of every listed sync. */
export function recordsOf(platform: Platform, now: number): readonly Record<string, unknown>[] {
  return platform.filter(({ listed }) => listed).map((sync) => recordOf(sync, now));
}

const KEY = { route: DEFAULT_DESTINATION, id: 'a channel' };

/** The records of a listing, or how it failed. */
type Response = readonly unknown[] | ListingFailure['kind'];

/** What one check is given. */
export interface CheckInput {
  readonly response: Response;
  readonly now: number;
  /** Of its posts, in this order and then from the start again. @default every post is accepted */
  readonly results?: readonly PostResultKind[];
  /** The syncs behind the response, for the laws to compare with. */
  readonly platform?: Platform;
}

/** What one check was given, and what came of it. */
export interface Check {
  readonly now: number;
  readonly platform: Platform;
  readonly before: WatchState;
  readonly evaluation: Evaluation;
  readonly facts: Facts;
  readonly plan: NotificationPlan;
  /** Each message that was posted, with the result of the post. */
  readonly posts: readonly Post[];
  readonly after: WatchState;
}

export interface Post {
  readonly content: MessageContent;
  readonly result: PostResultKind;
}

/** One check, by the pure functions alone, each of which is given frozen values. */
export function runCheck(
  before: WatchState,
  { response, now, results = [], platform = [] }: CheckInput,
): Check {
  const listing =
    typeof response === 'string'
      ? ({ ok: false, failure: { ...LISTING_FAILURE, kind: response } } as const)
      : ({ ok: true, request: REQUEST, syncs: response.map(parseSync) } as const);
  const policy = defaultPolicy;
  const evaluation = frozen(evaluate(frozen(listing), frozen(before).facts, { policy, now }));
  const facts = frozen(track(before.facts, evaluation, { policy, initialRun: !before.initialized }));
  const { plan, destination } = frozen(
    planNotifications(facts, frozen(destinationAt(before.routes, KEY)), {
      evaluation,
      policy,
      initialRun: !before.initialized,
      policyChanged: false,
    }),
  );
  const routes = withDestinations(before.routes, [{ key: KEY, destination }]);
  const progress = { facts, routes, evaluation, listedAt: now, policyId: 'a policy' };
  const next = frozen(asSaved(nextState(before, progress), evaluation));
  const delivery = deliver(destinationAt(next.routes, KEY), frozen(messagesOf(plan)), {
    results,
    facts,
    now,
  });
  const { posts } = delivery;
  const posted = withDestinations(next.routes, [{ key: KEY, destination: delivery.destination }]);
  const after = frozen(withInitialized({ ...next, routes: posted }, evaluation));
  return { now, platform, before, evaluation, facts, plan, posts, after };
}

/** The messages of a plan, two alerts each, so that the posts of one check can have different results. */
function messagesOf(plan: NotificationPlan): readonly MessageContent[] {
  const { notifications, reminder, neutral, nothingListed } = plan;
  const covers: Coverage[] = [
    ...notifications.flatMap(coversOf),
    ...reminder.map(({ fingerprint }) => ({ fingerprint, reason: 'reminder' as const, listed: true })),
    ...neutral.flatMap(({ fingerprint, alert }): readonly Coverage[] => [
      { fingerprint, reason: 'condition', listed: true },
      ...(alert === undefined ? [] : [{ fingerprint, reason: 'resolved' as const, listed: true }]),
    ]),
    ...(nothingListed ? [{ fingerprint: 'listing', reason: 'nothing_listed' as const, listed: true }] : []),
  ];
  const contents: MessageContent[] = [];
  for (let first = 0; first < covers.length; first += 2)
    contents.push({ covers: covers.slice(first, first + 2), endsReminder: false });
  const last = contents.findLastIndex((content) =>
    content.covers.some(({ reason }) => reason === 'reminder'),
  );
  return contents.map((content, index) => ({ ...content, endsReminder: index === last }));
}

/** A notification, and with the first of its cause the open alerts that move to that cause. */
function coversOf(
  { fingerprint, reason, cause }: Notification,
  index: number,
  all: readonly Notification[],
): readonly Coverage[] {
  if (!cause?.isGrouping) return [{ fingerprint, reason, listed: true }];
  const mark = { key: cause.key, severity: cause.severity };
  const isFirst = all.findIndex((one) => one.cause?.key === cause.key) === index;
  const moved = isFirst ? cause.moved : [];
  return [
    { fingerprint, reason, listed: true, cause: mark },
    ...moved.map((one) => ({
      fingerprint: one.fingerprint,
      reason: 'moved' as const,
      listed: false,
      cause: mark,
    })),
  ];
}

/** Records every message as in flight, then posts them. After a post that is not accepted, no other is made. */
function deliver(
  start: Destination,
  messages: readonly MessageContent[],
  {
    results,
    facts,
    now,
  }: { readonly results: readonly PostResultKind[]; readonly facts: Facts; readonly now: number },
): { readonly destination: Destination; readonly posts: readonly Post[] } {
  let destination = frozen(messages.reduce(recordInFlight, start));
  const posts: Post[] = [];
  let isStopped = false;
  for (const [index, content] of messages.entries()) {
    const next: PostResultKind = results[index % Math.max(results.length, 1)] ?? 'accepted';
    const result: PostResultKind = isStopped ? 'refused' : next;
    if (result === 'accepted') destination = recordAccepted(destination, content, { facts, now });
    else if (result === 'refused') destination = recordRefused(destination, content);
    else destination = backOffUnconfirmed(destination, defaultPolicy.periodSeconds, now);
    destination = frozen(destination);
    if (!isStopped) posts.push({ content, result });
    isStopped ||= result !== 'accepted';
  }
  return { destination, posts };
}

/** Runs the steps one after the other, from the initial state and five healthy syncs. */
export function runSteps(steps: readonly Step[]): readonly Check[] {
  const checks: Check[] = [];
  let state: WatchState = frozen(INITIAL_STATE);
  let platform: Platform = PLATFORM;
  let now = NOW;
  for (const { gapSeconds, events, listing, results } of steps) {
    now += gapSeconds * 1000;
    platform = events.reduce<Platform>(
      (syncs, [which, event]) =>
        syncs.map((sync, index) => (index === which ? afterEvent(sync, event, now) : sync)),
      platform,
    );
    const check = runCheck(state, { response: responseOf(listing, platform, now), now, results, platform });
    checks.push(check);
    state = check.after;
  }
  return checks;
}

const UNNAMED = { name: 'no id' };

function responseOf(listing: Step['listing'], platform: Platform, now: number): Response {
  switch (listing) {
    case 'none':
      return [];
    case 'listed':
      return recordsOf(platform, now);
    case 'with_unnamed':
      return [...recordsOf(platform, now), UNNAMED];
    default:
      return listing;
  }
}

/** Up to 25 random steps for the five syncs, with these results of the posts. */
export function stepsWith(result: fc.Arbitrary<PostResultKind>): fc.Arbitrary<readonly Step[]> {
  const event = fc.tuple(fc.nat(4), fc.constantFrom(...EVENTS));
  const listing = fc.oneof(
    { arbitrary: fc.constant<Step['listing']>('listed'), weight: 8 },
    { arbitrary: fc.constantFrom<Step['listing']>('with_unnamed', 'none', 'failed', 'refused'), weight: 2 },
  );
  const gapSeconds = fc.constantFrom(1, 60, minutes(5), minutes(5), minutes(20), hours(1), hours(3), days(1));
  const step = fc.record({
    gapSeconds,
    events: fc.array(event, { maxLength: 4 }),
    listing,
    results: fc.array(result, { minLength: 1, maxLength: 3 }),
  });
  return fc.array(step, { minLength: 1, maxLength: 25 });
}
