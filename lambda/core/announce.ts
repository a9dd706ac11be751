import type { Alert, Facts, ListingSize } from './alert.ts';
import type { Look } from './look.ts';
import type { Route, Telling } from './memory.ts';
import type { Reason } from './message.ts';
import type { Policy } from './policy.ts';
import { LONGEST_WAIT_SECONDS } from './telling.ts';
import { after, type Instant, secondsBetween } from './time.ts';

/** What one route is to be told now. Empty when it waits: what is owed stays owed. */
export interface Due {
  readonly announcements: readonly Announcement[];
  /** Open alerts that this digest does not announce, for the reminder; empty when none is due. */
  readonly reminder: readonly Reminded[];
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
  const tellings: Record<string, Telling> = {};
  const announcements: Announcement[] = [];
  for (const [fingerprint, alert] of Object.entries(facts.alerts)) {
    const before = route.tellings[fingerprint] ?? {};
    const reason = reasonToTell(alert, before);
    const telling = tellingWith(before, reason, now);
    if (Object.keys(telling).length > 0) tellings[fingerprint] = telling;
    if (reason !== undefined) announcements.push({ fingerprint, alert, telling, reason });
  }

  const open = openAndTold(facts, tellings, look);
  const isReminderDue = remindedLongAgo(open, route, policy, now);
  const reminder = isReminderDue ? reminded(open, announcements, route, policy, now) : [];
  const isGiven = isReminderDue && reminder.length === 0;
  const next: Route = { ...route, tellings, ...(isGiven && { remindedAt: now }) };

  if (isWaiting(route, now)) return { due: NOTHING_DUE, route: next };
  const { shrinking } = facts.size;
  const isUntold = shrinking !== undefined && shrinking.at !== route.shrinkingTold;
  return { due: { announcements, reminder, ...(isUntold && { shrinking }) }, route: next };
}

/** Whether nothing may be posted yet. A wait longer than any that we set is a wrong clock's, and ignored. */
export function isWaiting({ waitUntil }: Route, now: Instant): boolean {
  return waitUntil !== undefined && waitUntil > now && waitUntil <= after(now, LONGEST_WAIT_SECONDS);
}

/** Whether a route is to be told anything at all. */
export function isNothing(due: Due): boolean {
  return due.announcements.length === 0 && due.reminder.length === 0 && due.shrinking === undefined;
}

/**
 * The table of the design, section 4: what one route was told of one alert against the facts; the first row that
 * applies counts. Undefined: there is nothing to tell but, in time, a reminder.
 */
export function reasonToTell(alert: Alert, telling: Telling): Announcement['reason'] | undefined {
  const isFiring = alert.state === 'firing';
  if (alert.state === 'pending') return undefined;
  if (telling.told === undefined) {
    if (isFiring) return 'new';
    return telling.dueSince === undefined ? undefined : 'missed';
  }
  if (isClosed(alert, telling)) return isFiring ? 'new' : undefined;
  if (!isFiring) return 'closing';
  if (wasCriticalUntold(alert, telling.told)) return 'escalated';
  const isTold = telling.told.problems.includes(alert.problem) && telling.noted === undefined;
  return isTold ? undefined : 'changed';
}

/** A closing that was posted and is in doubt counts as told once its sync fails again: it cannot be withdrawn. */
function isClosed(alert: Alert, telling: Telling): boolean {
  return telling.closed === true || (alert.state === 'firing' && telling.noted?.what === 'closing');
}

function wasCriticalUntold({ critical }: Alert, told: NonNullable<Telling['told']>): boolean {
  if (told.severity === 'critical' || critical === undefined) return false;
  return critical.to === undefined || critical.to > told.at;
}

function tellingWith(before: Telling, reason: Announcement['reason'] | undefined, now: Instant): Telling {
  const { dueSince, ...rest } = before;
  if (reason === undefined) return rest;
  if (reason === 'new' && before.told !== undefined) return { dueSince: now };
  return { ...before, dueSince: dueSince ?? now };
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
  const since = Math.max(...last.map((instant) => instant ?? Number.NEGATIVE_INFINITY));
  return secondsBetween(since, now) >= everySeconds - policy.periodSeconds / 2;
}
