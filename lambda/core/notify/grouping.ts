import type { Facts } from '../alert.ts';
import type { Policy } from '../policy.ts';
import type { Destination, NotificationLogEntry, NotifiedCause } from '../state.ts';
import { HOUR_SECONDS, type Instant, isAhead, secondsBetween } from '../time.ts';
import type { Pending } from './notification.ts';

/** By key, the causes that a destination was sent and that have an alert open or something left to send. */
export type NotifiedCauses = NonNullable<Destination['causes']>;

/** After the second notification of a cause, follow-ups are held for so long. */
export const FOLLOW_UP_SECONDS = HOUR_SECONDS;
/** Resolutions after the first of a cause wait for another notification of it, at most so long. */
export const RESOLUTION_HOLD_SECONDS = 6 * HOUR_SECONDS;

/** So many times as many resolutions as are left open are sent, without a wait for the last of them. */
const MOST_RESOLVED = 3;

/** What decides whether follow-ups of a cause are sent. */
export interface GroupingContext {
  readonly policy: Policy;
  readonly now: Instant;
  /** How many alerts that were sent under the cause are open and can end by themselves: a disabled sync cannot. */
  readonly openUnder: number;
}

/**
 * Whether the follow-ups of a notified cause are sent now. The first critical one and the end of the cause are, at once;
 * other critical ones after `groupInterval`; warnings and escalations by age first after `groupInterval`, then after an
 * hour; no opening longer than an hour; the first resolution after `groupInterval`, others with any notification, once they are
 * most of what was open, or after six hours (docs/design/shared-causes.md).
 */
export function isSentNow(
  followUps: readonly Pending[],
  cause: NotifiedCause,
  context: GroupingContext,
): boolean {
  const { policy, now, openUnder } = context;
  if (followUps.length === 0) return false;
  const resolutions = followUps.filter(({ reason }) => isResolution(reason));
  const isOver = openUnder === 0 && resolutions.length > 0;
  if (isOver || isAhead(cause.at, now)) return true;
  const isFirstCritical = cause.severity === 'warning' && followUps.some(isCritical);
  if (isFirstCritical) return true;
  const groupSeconds = policy.groupIntervalSeconds;
  const isPast = (seconds: number) => hasPassed(cause.at, seconds, context);
  if (!isPast(groupSeconds)) return false;
  const openings = followUps.filter(({ reason }) => !isResolution(reason));
  if (openings.some((one) => isCritical(one) && !isByAge(one))) return true;
  if (openings.length > 0 && isPast(cause.times === 1 ? groupSeconds : FOLLOW_UP_SECONDS)) return true;
  if (openings.some(({ logEntry }) => hasPassed(logEntry.heldSince ?? now, FOLLOW_UP_SECONDS, context)))
    return true;
  if (resolutions.length === 0) return false;
  const areMost = resolutions.length >= MOST_RESOLVED * Math.max(1, openUnder);
  if (cause.resolvedAt === undefined || areMost) return true;
  const oldest = Math.min(...resolutions.map(({ alert }) => alert.resolution?.at ?? now));
  return hasPassed(oldest, RESOLUTION_HOLD_SECONDS, context);
}

/** Whether held follow-ups go with any other message: `groupInterval` after the last notification of their cause. */
export function mayRideAlong(
  cause: NotifiedCause,
  { policy, now }: Omit<GroupingContext, 'openUnder'>,
): boolean {
  return hasPassed(cause.at, policy.groupIntervalSeconds, { policy, now });
}

/** Half a period of slack, as for reminders: the check nearest to the time sends. */
function hasPassed(
  at: Instant,
  seconds: number,
  { policy, now }: Pick<GroupingContext, 'policy' | 'now'>,
): boolean {
  return isAhead(at, now) || secondsBetween(at, now) >= seconds - policy.periodSeconds / 2;
}

function isResolution(reason: Pending['reason']): boolean {
  return reason === 'resolved' || reason === 'resolved_in_group' || reason === 'resolved_undelivered';
}

function isCritical({ alert, reason }: Pending): boolean {
  return alert.severity === 'critical' && !isResolution(reason);
}

/** Becoming critical because the data grew old is no news under a critical cause; opening as critical is. */
function isByAge({ alert, reason }: Pending): boolean {
  return alert.criticalBy === 'age' && reason !== 'new' && reason !== 'disable_imminent';
}

/** The key of the cause under which an alert was sent; undefined once it is closed. */
export function causeSentUnder({ lastNotified, resolutionSent }: NotificationLogEntry): string | undefined {
  return resolutionSent ? undefined : lastNotified?.cause;
}

/** The notified causes that still have an alert open or something left to send. */
export function liveCauses(
  { alerts }: Facts,
  causes: NotifiedCauses,
  notificationLog: Readonly<Record<string, NotificationLogEntry>>,
): NotifiedCauses {
  if (Object.keys(causes).length === 0) return causes;
  const live = new Set<string>();
  for (const [fingerprint, logEntry] of Object.entries(notificationLog)) {
    const key = causeSentUnder(logEntry);
    if (key !== undefined && alerts[fingerprint] !== undefined) live.add(key);
  }
  const entries = Object.entries(causes).filter(([key]) => live.has(key));
  return entries.length === Object.keys(causes).length ? causes : Object.fromEntries(entries);
}
