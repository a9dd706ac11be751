import type { Instant } from '../time.ts';

/** RFC 3339, in any case, also with a blank instead of the "T". */
const DATE =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:[Zz]| ?[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)$/;

/**
 * A date of the API as an instant: "2026-11-24T09:00:00.250123Z", with any offset and any decimals, of which three count.
 * Undefined for any other value.
 *
 * `Date.parse` would take a third of the time of reading a listing. The API sends dates in UTC only, which are read
 * digit by digit; dates with another offset go through `Date.parse`.
 */
export function parseInstant(value: unknown): Instant | undefined {
  if (typeof value !== 'string' || !DATE.test(value)) return undefined;
  const [year, month, day] = [
    twoDigits(value, 0) * 100 + twoDigits(value, 2),
    twoDigits(value, 5),
    twoDigits(value, 8),
  ];
  // `Date.UTC` and `Date.parse` take February 30 for March 2.
  if (day > 28 && day > lastDayOf(year, month)) return undefined;
  const zone = value.charCodeAt(value.length - 1) | LOWER_CASE;
  // `Date.UTC` adds 1900 to the years 0 to 99.
  if (zone !== Z || year < 100) return parsed(value.toUpperCase());
  const [hour, minute, second] = [twoDigits(value, 11), twoDigits(value, 14), twoDigits(value, 17)];
  const seconds = ((daysBefore(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  return seconds * 1000 + milliseconds(value);
}

/**
 * The days from January 1, 1970 to a date of the Gregorian calendar. Years count from March here, so that a leap day is
 * the last of its year and the months before it have 153 days in five. `Date.UTC` takes as long as the rest of a date.
 */
function daysBefore(year: number, month: number, day: number): number {
  const [marchYear, marchMonth] = month < 3 ? [year - 1, month + 9] : [year, month - 3];
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((marchMonth * 153 + 2) / 5) + day - 719_469;
}

function lastDayOf(year: number, month: number): number {
  // In a year with the same months, since `Date.UTC` adds 1900 to the years 0 to 99.
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/** The zero time of Go, which some of its programs send for "never", is in the year 1. */
export function isNever(instant: Instant): boolean {
  return instant < YEAR_2;
}

const YEAR_2 = Date.parse('0002-01-01T00:00:00Z');
const LOWER_CASE = 0x20;
const Z = 'z'.charCodeAt(0);

function parsed(value: string): Instant | undefined {
  const instant = Date.parse(value.replace(/(\.\d{9})\d+/, '$1'));
  return Number.isNaN(instant) ? undefined : instant;
}

const ZERO = '0'.charCodeAt(0);

function twoDigits(text: string, start: number): number {
  return (text.charCodeAt(start) - ZERO) * 10 + text.charCodeAt(start + 1) - ZERO;
}

/** The number that the digits from `start` up to `end`, exclusive, form. */
function digits(text: string, start: number, end: number): number {
  let number = 0;
  for (let index = start; index < end; index += 1) number = number * 10 + text.charCodeAt(index) - ZERO;
  return number;
}

/** The decimals of a date in UTC, which are between its seconds and its "Z", in milliseconds. */
function milliseconds(text: string): number {
  const decimals = text.length - 'yyyy-mm-ddThh:mm:ss.Z'.length;
  if (decimals <= 0) return 0;
  return decimals >= 3 ? digits(text, 20, 23) : digits(text, 20, 20 + decimals) * 10 ** (3 - decimals);
}
