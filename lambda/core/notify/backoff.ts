import type { Destination } from '../state.ts';
import { after, type Instant } from '../time.ts';

/** A destination never backs off for longer, whatever `Retry-After` asked for. */
export const MAX_BACKOFF_SECONDS = 3600;

/** Whether nothing may be posted yet. A backoff longer than any that we set comes from a wrong clock: it is ignored. */
export function isBackingOff({ backoffUntil }: Destination, now: Instant): boolean {
  return backoffUntil !== undefined && backoffUntil > now && backoffUntil <= after(now, MAX_BACKOFF_SECONDS);
}

/** The destination, left alone for `seconds`, an hour at most, and for no less than before. */
export function backOff(destination: Destination, seconds: number, now: Instant): Destination {
  const until = after(now, Math.min(seconds, MAX_BACKOFF_SECONDS));
  const before = isBackingOff(destination, now) ? (destination.backoffUntil ?? until) : until;
  return { ...destination, backoffUntil: Math.max(until, before) };
}

/**
 * The destination after an unconfirmed post: it backs off for 1, 2, 4, … periods, less half of one, so that the check
 * nearest to that time posts.
 */
export function backOffUnconfirmed(
  destination: Destination,
  periodSeconds: number,
  now: Instant,
): Destination {
  const times = (destination.unconfirmedInARow ?? 0) + 1;
  const seconds = Math.min(periodSeconds * 2 ** (times - 1), MAX_BACKOFF_SECONDS) - periodSeconds / 2;
  return { ...backOff(destination, Math.max(0, seconds), now), unconfirmedInARow: times };
}
