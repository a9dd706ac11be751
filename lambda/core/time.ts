/** A moment in UTC, in milliseconds since the Unix epoch. */
export type Instant = number;

export const MINUTE_SECONDS = 60;
export const HOUR_SECONDS = 60 * MINUTE_SECONDS;
export const DAY_SECONDS = 24 * HOUR_SECONDS;

/** Seconds from `earlier` to `later`; negative when `later` comes first. */
export function secondsBetween(earlier: Instant, later: Instant): number {
  return (later - earlier) / 1000;
}

/** The moment `seconds` after `instant`. */
export function after(instant: Instant, seconds: number): Instant {
  return instant + seconds * 1000;
}

/**
 * By how much clocks may differ. A saved moment further ahead comes from a wrong clock, which must not stop the watch; a
 * date of the API up to that far ahead counts as now, since a run may end while the check waits for the listing.
 */
export const CLOCK_SLACK_SECONDS = 60;

/** Whether a saved moment is further ahead than the clock of any check can be. */
export function isAhead(instant: Instant, now: Instant): boolean {
  return secondsBetween(now, instant) > CLOCK_SLACK_SECONDS;
}

/** Whether there is a moment later than another one; any moment is later than none. */
export function isLater(instant: Instant | null, than: Instant | null): boolean {
  return instant !== null && (than === null || instant > than);
}
