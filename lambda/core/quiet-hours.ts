import type { Severity } from './problem.ts';
import { after, type Instant, MINUTE_SECONDS } from './time.ts';

/** Hours that recur, by the clocks of a zone, in which some notifications wait. */
export interface QuietHours {
  /** An IANA time zone: "Europe/Berlin". */
  readonly zone: string;
  /** Minutes since midnight, included. */
  readonly from: number;
  /** Minutes since midnight, not included; up to `DAY_MINUTES`. Not later than `from`: it ends on the next day. */
  readonly to: number;
  /** The days on which it begins. */
  readonly days: readonly Weekday[];
  /** The severities that wait. */
  readonly severity: readonly Severity[];
}

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export const DAY_MINUTES = 24 * 60;

/** Whether the clocks of the zone show a time within the hours. */
export function areQuiet({ zone, from, to, days }: QuietHours, now: Instant): boolean {
  const { weekday, minute } = wallClock(zone, now);
  const begins = (day: number) => days.includes(WEEKDAYS[(day + 7) % 7] ?? 'sun');
  if (from < to) return begins(weekday) && from <= minute && minute < to;
  return (begins(weekday) && from <= minute) || (begins(weekday - 1) && minute < to);
}

/**
 * When none of these hours is quiet any more; of hours without an end, the moment a week and a day from now.
 *
 * The end by the clocks is a guess where they change in between: it is put right by the minute.
 */
export function quietUntil(hours: readonly QuietHours[], now: Instant): Instant {
  const latest = after(now, 8 * 24 * 60 * MINUTE_SECONDS);
  const minute = MINUTE_SECONDS * 1000;
  let until = Math.floor(now / minute) * minute;
  for (;;) {
    const active = hours.find((one) => areQuiet(one, until));
    if (active === undefined || until >= latest) break;
    const left = (active.to - wallClock(active.zone, until).minute + DAY_MINUTES) % DAY_MINUTES;
    until += Math.max(1, left === 0 ? DAY_MINUTES : left) * minute;
  }
  while (until > now && !hours.some((one) => areQuiet(one, until - minute))) until -= minute;
  return Math.min(until, latest);
}

/** One format for each zone: creating one takes longer than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of a zone show. */
function wallClock(zone: string, now: Instant): { readonly weekday: number; readonly minute: number } {
  const options = { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit' } as const;
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-US', { ...options, hourCycle: 'h23' });
  formats.set(zone, format);
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const names: readonly string[] = WEEKDAYS;
  const weekday = names.indexOf(parts['weekday']?.toLowerCase() ?? '');
  return { weekday, minute: Number(parts['hour']) * 60 + Number(parts['minute']) };
}
