import type { Alert, Facts, ListingSize } from './alert.ts';
import { Census } from './census.ts';
import { causesStillTold, gatheringCauses, type ToldCauses, toldCauseOf } from './gathering.ts';
import { groupBy } from './group-by.ts';
import type { Look } from './look.ts';
import type { Route, Telling } from './memory.ts';
import type { Reason } from './message.ts';
import type { Policy } from './policy.ts';
import { reasonToTell } from './reason-to-tell.ts';
import { sectionOf } from './sections.ts';
import { LEAST_ALERTS, type SharedCause, sharedCauses } from './shared-cause.ts';
import { LONGEST_WAIT_SECONDS } from './telling.ts';
import { after, type Instant, isAhead, secondsBetween } from './time.ts';

/** What one route is to be told now. Empty when it waits: what is owed stays owed. */
export interface Due {
  readonly announcements: readonly Announcement[];
  /** Open alerts that this digest does not announce, for the reminder; empty when none is due. */
  readonly reminder: readonly Reminded[];
  /** A reminder is due, and has nothing to add to what this digest announces: with that it is given. */
  readonly givesReminder?: true;
  /** The listing shrank, and the route was not told. */
  readonly shrinking?: NonNullable<ListingSize['shrinking']>;
}

/** An alert that is told, and why. */
export interface Announcement extends Reminded {
  readonly reason: Exclude<Reason, 'reminder'>;
}

export interface Reminded {
  readonly fingerprint: string;
  readonly alert: Alert;
  readonly telling: Telling;
  /** The shared cause that it belongs to. */
  readonly cause?: SharedCause;
}

/** What is due on a route, and the telling as it then stands. */
export interface Announced {
  readonly due: Due;
  readonly route: Route;
}

export const NOTHING_DUE: Due = { announcements: [], reminder: [] };

/**
 * The difference between the facts and what a route was told, computed anew at every check: so it survives any crash
 * once the facts are remembered, and can never be stale.
 */
export function announce(facts: Facts, route: Route, look: Look, policy: Policy, now: Instant): Announced {
  const told = causesStillTold(facts, route.causes ?? {}, route.tellings);
  const gathering = gatheringCauses(facts, told, route.tellings, policy, now);
  const tellings: Record<string, Telling> = {};
  const announcements: Announcement[] = [];
  for (const [fingerprint, alert] of Object.entries(facts.alerts)) {
    const before = route.tellings[fingerprint] ?? {};
    const reason = reasonToTell(alert, before);
    const isGathered =
      reason !== undefined && mayWait(before) && gathering.has(toldCauseOf(alert, told)?.key ?? '');
    const telling = tellingWith(before, reason, isGathered, now);
    if (Object.keys(telling).length > 0) tellings[fingerprint] = telling;
    if (reason !== undefined && !isGathered) announcements.push({ fingerprint, alert, telling, reason });
  }

  const open = openAndTold(facts, tellings, look);
  const isReminderDue = remindedLongAgo(open, route, policy, now);
  const reminder = isReminderDue ? reminded(open, announcements, route, policy, now) : [];
  const isGiven = isReminderDue && reminder.length === 0;
  const { causes: _causes, ...rest } = route;
  const hasCauses = Object.keys(told).length > 0;
  const next: Route = {
    ...rest,
    tellings,
    ...(hasCauses && { causes: told }),
  };

  if (isWaiting(route, now)) return { due: NOTHING_DUE, route: next };
  const { shrinking } = facts.size;
  const isUntold = shrinking !== undefined && shrinking.at !== route.shrinkingTold;
  const due: Due = {
    announcements,
    reminder,
    ...(isGiven && { givesReminder: true }),
    ...(isUntold && { shrinking }),
  };
  return { due: withCauses(due, told, facts, look, now), route: next };
}

/** Each alert that belongs to a shared cause, with that cause. */
function withCauses(due: Due, told: ToldCauses, facts: Facts, look: Look, now: Instant): Due {
  const { announcements, reminder } = due;
  const isFew = Math.max(announcements.length, reminder.length) < LEAST_ALERTS;
  if (isFew && Object.keys(told).length === 0) return due;
  const census = Census.of(look, facts, now);
  const causesIn = (alerts: readonly Reminded[]) => sharedCauses(alerts, told, facts, census);
  const inSections = [...groupBy(announcements, sectionOf).values()].flatMap((section) => [
    ...causesIn(section),
  ]);
  const ofAnnouncements = new Map(inSections);
  const ofReminder = causesIn(reminder);
  return {
    ...due,
    announcements: announcements.map((one) => withCause(one, ofAnnouncements)),
    reminder: reminder.map((one) => withCause(one, ofReminder)),
  };
}

function withCause<T extends Reminded>(one: T, causes: ReadonlyMap<string, SharedCause>): T {
  const cause = causes.get(one.fingerprint);
  return cause === undefined ? one : { ...one, cause };
}

/** What was due already, or is in doubt, is not held back by a cause that was told in the meantime. */
function mayWait({ dueSince, noted }: Telling): boolean {
  return dueSince === undefined && noted === undefined;
}

/** Whether nothing may be posted yet. A wait longer than any that we set is a wrong clock's, and ignored. */
export function isWaiting({ waitUntil }: Route, now: Instant): boolean {
  return waitUntil !== undefined && waitUntil > now && waitUntil <= after(now, LONGEST_WAIT_SECONDS);
}

/** Whether a route is to be told anything at all. */
export function isNothing(due: Due): boolean {
  return due.announcements.length === 0 && due.reminder.length === 0 && due.shrinking === undefined;
}

function tellingWith(
  before: Telling,
  reason: Announcement['reason'] | undefined,
  isGathered: boolean,
  now: Instant,
): Telling {
  const { dueSince = now, gathered: _gathered, ...rest } = before;
  if (reason === undefined) return rest;
  const left = reason === 'new' && before.told !== undefined ? {} : rest;
  if (isGathered) return { ...left, gathered: true };
  const since = left === rest ? dueSince : now;
  return { ...left, ...(reason === 'passed' && { gathered: true }), dueSince: since };
}

/** The alerts that a reminder may speak of: open, told, and seen; a blind check reminds of its blindness alone. */
function openAndTold(
  facts: Facts,
  tellings: Readonly<Record<string, Telling>>,
  look: Look,
): readonly Reminded[] {
  return Object.entries(facts.alerts).flatMap(([fingerprint, alert]) => {
    const telling = tellings[fingerprint];
    const isTold = telling?.told !== undefined && !telling.closed;
    const isSeen = look.kind === 'seen' || fingerprint === 'listing';
    return alert.state === 'firing' && isTold && isSeen ? [{ fingerprint, alert, telling }] : [];
  });
}

/** Measured from the later of the last reminder and the last telling of the oldest open alert that nobody paused. */
function remindedLongAgo(open: readonly Reminded[], route: Route, policy: Policy, now: Instant): boolean {
  const unpaused = open.filter(({ alert }) => !alert.paused);
  if (unpaused.length === 0) return false;
  const oldest = unpaused.reduce((one, other) => (isOlder(other, one) ? other : one));
  return isDue(policy.repeatEverySeconds, policy, now, oldest.telling.told?.at, route.remindedAt);
}

/** Of two that began together, the one that was told of earlier: the order of the listing decides nothing. */
function isOlder(one: Reminded, other: Reminded): boolean {
  if (one.alert.since !== other.alert.since) return one.alert.since < other.alert.since;
  return (one.telling.told?.at ?? 0) < (other.telling.told?.at ?? 0);
}

function reminded(
  open: readonly Reminded[],
  announcements: readonly Announcement[],
  route: Route,
  policy: Policy,
  now: Instant,
): readonly Reminded[] {
  const announced = new Set(announcements.map(({ fingerprint }) => fingerprint));
  return open.filter(({ fingerprint, alert, telling }) => {
    if (announced.has(fingerprint)) return false;
    if (!alert.paused) return true;
    return isDue(policy.repeatPausedEverySeconds, policy, now, telling.told?.at, route.pausedRemindedAt);
  });
}

/** Half a period of slack, so that a reminder comes at the check nearest to its time and does not drift. */
function isDue(
  everySeconds: number,
  policy: Policy,
  now: Instant,
  ...last: (Instant | undefined)[]
): boolean {
  const believed = last.map((instant) =>
    instant === undefined || isAhead(instant, now) ? Number.NEGATIVE_INFINITY : instant,
  );
  const since = Math.max(...believed);
  return secondsBetween(since, now) >= everySeconds - policy.periodSeconds / 2;
}
