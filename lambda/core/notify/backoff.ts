import type { Route } from '../state.ts';
import { after, type Instant } from '../time.ts';

/** A route never backs off for longer, whatever `Retry-After` asked for. */
export const MAX_BACKOFF_SECONDS = 3600;

/** Whether nothing may be posted yet. A backoff longer than any that we set comes from a wrong clock: it is ignored. */
export function isBackingOff({ backoffUntil }: Route, now: Instant): boolean {
  return backoffUntil !== undefined && backoffUntil > now && backoffUntil <= after(now, MAX_BACKOFF_SECONDS);
}

/** The route, left alone for `seconds`, an hour at most. */
export function backOff(route: Route, seconds: number, now: Instant): Route {
  return { ...route, backoffUntil: after(now, Math.min(seconds, MAX_BACKOFF_SECONDS)) };
}

/** The route after an unconfirmed post: it backs off for 1, 2, 4, … periods. */
export function backOffUnconfirmed(route: Route, periodSeconds: number, now: Instant): Route {
  const times = (route.unconfirmedInARow ?? 0) + 1;
  return { ...backOff(route, periodSeconds * 2 ** (times - 1), now), unconfirmedInARow: times };
}
