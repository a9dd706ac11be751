import type { Facts } from '../alert.ts';
import type { Policy } from '../policy.ts';
import type { NotificationLogEntry, NotifiedCause, Route } from '../state.ts';
import { HOUR_SECONDS, type Instant, isAhead, secondsBetween } from '../time.ts';
import type { Pending } from './notification.ts';

/** By key, the causes that a route was sent and that have an alert open or something left to send. */
export type NotifiedCauses = NonNullable<Route['causes']>;

/** After the second notification of a cause, follow-ups are held for so long. */
export const FOLLOW_UP_SECONDS = HOUR_SECONDS;
/** Resolutions after the first of a cause wait for another notification of it, at most so long. */
export const RESOLUTION_HOLD_SECONDS = 6 * HOUR_SECONDS;

/** What decides whether follow-ups of a cause are sent. */
export interface GroupingContext {
  readonly policy: Policy;
  readonly now: Instant;
  /** Every alert that was sent under the cause has ended. */
  readonly isOver: boolean;
}

/**
 * Whether the follow-ups of a notified cause are sent now. The first critical one and the end of the cause are, at once;
 * other critical ones after `groupInterval`; warnings and escalations by age first after `groupInterval`, then after an
 * hour; no opening longer than an hour; the first resolution after `groupInterval`, others with any notification or after
 * six hours (docs/design/shared-causes.md).
 */
export function isSentNow(
  followUps: readonly Pending[],
  cause: NotifiedCause,
  context: GroupingContext,
): boolean {
  const { policy, now, isOver } = context;
  if (followUps.length === 0) return false;
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
  const resolutions = followUps.filter(({ reason }) => isResolution(reason));
  if (resolutions.length === 0) return false;
  if (cause.resolvedAt === undefined) return true;
  const oldest = Math.min(...resolutions.map(({ alert }) => alert.resolution?.at ?? now));
  return hasPassed(oldest, RESOLUTION_HOLD_SECONDS, context);
}

/** Whether held follow-ups go with any other message: `groupInterval` after the last notification of their cause. */
export function mayRideAlong(
  cause: NotifiedCause,
  { policy, now }: Omit<GroupingContext, 'isOver'>,
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

/** The notified causes that still have an alert open or something left to send. */
export function liveCauses(
  { alerts }: Facts,
  causes: NotifiedCauses,
  notificationLog: Readonly<Record<string, NotificationLogEntry>>,
): NotifiedCauses {
  if (Object.keys(causes).length === 0) return causes;
  const live = new Set<string>();
  for (const [fingerprint, { lastNotified, resolutionSent }] of Object.entries(notificationLog)) {
    const isOpen = alerts[fingerprint] !== undefined && !resolutionSent;
    if (lastNotified?.cause !== undefined && isOpen) live.add(lastNotified.cause);
  }
  const entries = Object.entries(causes).filter(([key]) => live.has(key));
  return entries.length === Object.keys(causes).length ? causes : Object.fromEntries(entries);
}
