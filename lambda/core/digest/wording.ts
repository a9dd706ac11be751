import type { ApiSkewSeconds } from '../listing.ts';
import { DAY_SECONDS, HOUR_SECONDS, type Instant, MINUTE_SECONDS } from '../time.ts';

/** A length of time as a person says it, in at most two units, rounded down: "45 s", "3 h 12 m", "6 d". */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE_SECONDS) return `${whole} s`;
  if (whole < HOUR_SECONDS) return `${Math.floor(whole / MINUTE_SECONDS)} m`;
  if (whole < DAY_SECONDS) return twoUnits(whole, HOUR, MINUTE);
  return twoUnits(whole, DAY, HOUR);
}

/** "the API's clock is 3 h behind ours". */
export function skewText(apiSkewSeconds: ApiSkewSeconds): string {
  const direction = apiSkewSeconds < 0 ? 'behind' : 'ahead of';
  return `the API's clock is ${durationText(Math.abs(apiSkewSeconds))} ${direction} ours`;
}

/** "16 to 19 m", "12 m", "50 m to 3 h". */
export function rangeText(seconds: readonly number[]): string {
  const [least, most] = [durationText(Math.min(...seconds)), durationText(Math.max(...seconds))];
  if (least === most) return most;
  const [, amount, unit] = /^(\S+) (\S+)$/.exec(least) ?? [];
  const isSameUnit = unit !== undefined && /^\S+ \S+$/.test(most) && most.endsWith(` ${unit}`);
  return isSameUnit ? `${amount} to ${most}` : `${least} to ${most}`;
}

/** A window of time, in hours while it is shorter than two days: "24 h", "32 h", "8 d". */
export function windowText(seconds: number): string {
  return seconds < 2 * DAY_SECONDS
    ? `${formatNumber(Math.floor(seconds / HOUR_SECONDS))} h`
    : durationText(seconds);
}

interface Unit {
  readonly seconds: number;
  readonly name: string;
}

const DAY: Unit = { seconds: DAY_SECONDS, name: 'd' };
const HOUR: Unit = { seconds: HOUR_SECONDS, name: 'h' };
const MINUTE: Unit = { seconds: MINUTE_SECONDS, name: 'm' };

function twoUnits(seconds: number, large: Unit, small: Unit): string {
  const rest = Math.floor((seconds % large.seconds) / small.seconds);
  const first = `${formatNumber(Math.floor(seconds / large.seconds))} ${large.name}`;
  return rest === 0 ? first : `${first} ${rest} ${small.name}`;
}

/** "1,200". */
export function formatNumber(value: number): string {
  return value.toLocaleString('en-US');
}

/** "1 sync", "2 syncs", "1,200 syncs". */
export function pluralize(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatNumber(count)} ${count === 1 ? singular : plural}`;
}

/** "1st", "2nd", "3rd", "4th", "11th", "22nd". */
export function ordinal(value: number): string {
  const teens = value % 100 >= 11 && value % 100 <= 13;
  const suffix = teens ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${suffix}`;
}

/** "a", "a and b", "a, b and c". */
export function joinWithAnd(parts: readonly string[]): string {
  if (parts.length <= 1) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** "2026-11-24 05:40 UTC". */
export function utcText(instant: Instant): string {
  // From the end: years beyond four digits are longer.
  return `${new Date(instant).toISOString().slice(0, -8).replace('T', ' ')} UTC`;
}

/** "05:40 UTC" of a moment of today, else "2026-11-24 05:40 UTC". */
export function momentText({ at, isToday }: { readonly at: Instant; readonly isToday?: true }): string {
  return isToday ? utcText(at).replace(/^\S+ /, '') : utcText(at);
}

/** "Some text" for "some text". */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
