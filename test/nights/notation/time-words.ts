import { LineFault, type LineReader } from './line-reader.ts';
import type { Minute, Window } from './night.ts';

const DAY_MINUTES = 24 * 60;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Takes a time: "03:55" on the first day, or "day 2 03:55". */
export function readTime(reader: LineReader): Minute {
  const expected = 'a time such as 03:55 or day 2 03:55';
  let day = 1;
  if (reader.accepts('day')) {
    const word = reader.word('the number of a day, 1 or more');
    if (!/^[1-9]\d*$/.test(word)) throw new LineFault('the number of a day, 1 or more', `"${word}"`);
    day = Number(word);
  }
  const clock = reader.word(expected);
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(clock);
  if (match === null) throw new LineFault(expected, `"${clock}"`);
  return (day - 1) * DAY_MINUTES + Number(match[1]) * 60 + Number(match[2]);
}

/** Takes a duration such as "90s", "15m", "3h" or "2d", in seconds. */
export function readDuration(reader: LineReader): number {
  return durationOf(reader.word('a duration such as 90s, 15m, 3h or 2d'));
}

/** A duration such as "15m", in seconds. */
export function durationOf(word: string): number {
  const match = /^(\d+)([smhd])$/.exec(word);
  const unit = SECONDS[match?.[2] ?? ''];
  if (match === null || unit === undefined)
    throw new LineFault('a duration such as 90s, 15m, 3h or 2d', `"${word}"`);
  return Number(match[1]) * unit;
}

/** Takes a duration of whole minutes, at least one. */
export function readMinutes(reader: LineReader): number {
  const seconds = readDuration(reader);
  if (seconds === 0 || seconds % 60 !== 0) throw new LineFault('whole minutes, at least one', `${seconds} s`);
  return seconds / 60;
}

/** Takes "at T", "by T", "after T" or "from T to T"; without any of them, the whole night. */
export function readWindow(reader: LineReader, whole: Window): Window {
  if (reader.accepts('at')) {
    const at = readTime(reader);
    return { from: at, to: at };
  }
  if (reader.accepts('by')) return { from: whole.from, to: readTime(reader) };
  if (reader.accepts('after')) return { from: readTime(reader) + 1, to: whole.to };
  if (!reader.accepts('from')) return whole;
  const from = readTime(reader);
  reader.expectWords('to');
  const to = readTime(reader);
  if (to < from) throw new LineFault('an end that is later than its beginning', clockText(to));
  return { from, to };
}

/** "03:55" on the first day, "day 2 03:55" on a later one. */
export function clockText(minute: Minute): string {
  const day = Math.floor(minute / DAY_MINUTES) + 1;
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`;
  return day === 1 ? clock : `day ${day} ${clock}`;
}

/** "35 m", "1 h 10 m", "3 d". */
export function minutesText(minutes: number): string {
  const parts = [
    [Math.floor(minutes / DAY_MINUTES), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [Math.floor(minutes % 60), 'm'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return shown.length === 0 ? '0 m' : shown.join(' ');
}
