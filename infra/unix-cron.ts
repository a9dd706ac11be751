import { FIELDS } from './schedule-expression.ts';

/**
 * A cron expression of EventBridge Scheduler in the five fields that heartbeat monitors accept: minutes, hours, day of the
 * month, month, day of the week. Undefined for what those fields cannot say: a rate, `L`, `W`, `#`, a list of years.
 *
 * Scheduler counts weekdays from 1, which is Sunday; here 0 is Sunday. Its "5/15" becomes "5-59/15", because the five-field
 * dialects disagree about a step after a single number.
 */
export function unixCron(expression: string): string | undefined {
  const [, body] = /^cron\((.*)\)$/.exec(expression.trim()) ?? [];
  const fields = body?.split(/ +/);
  if (fields?.length !== FIELDS.length || fields.at(-1) !== '*') return undefined;
  const written = fields.slice(0, -1).map((text, index) => fieldOf(text.toUpperCase(), index));
  return written.some((field) => field === undefined) ? undefined : written.join(' ');
}

const DAY_OF_WEEK = 4;

function fieldOf(text: string, index: number): string | undefined {
  if (text === '?' || text === '*' || text === '*/1') return '*';
  if (index === DAY_OF_WEEK) return weekdays(text);
  if (/[LW#]/.test(text.replace(/[A-Z]{3}/g, ''))) return undefined;
  const last = FIELDS[index]?.last;
  return text
    .replace(/(?<![\d-])(\d+)\/(\d+)/g, `$1-${last}/$2`)
    .replace(/(?<!\d)0-59\/|(?<!\d)0-23\//g, '*/');
}

const NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** The days as numbers from 0 to 6: "1-5" if they follow each other, else a list, which no dialect reads differently. */
function weekdays(text: string): string | undefined {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [, from = '', to, step = '1'] =
      /^([A-Z]{3}|\*|[1-7])(?:-([A-Z]{3}|[1-7]))?(?:\/(\d))?$/.exec(part) ?? [];
    const first = from === '*' ? 0 : dayNumber(from);
    const isSingle = to === undefined && from !== '*' && !part.includes('/');
    const last = isSingle ? first : to === undefined ? 6 : dayNumber(to);
    if (first < 0 || last < first || Number(step) < 1) return undefined;
    for (let day = first; day <= last; day += Number(step)) days.add(day);
  }
  const sorted = [...days].sort();
  const [least = 0] = sorted;
  const most = sorted.at(-1) ?? least;
  if (sorted.length === NAMES.length) return '*';
  return sorted.length > 2 && most - least === sorted.length - 1 ? `${least}-${most}` : sorted.join(',');
}

/** From 0, Sunday, to 6; -1 for anything else. */
function dayNumber(text: string): number {
  return /^[1-7]$/.test(text) ? Number(text) - 1 : NAMES.indexOf(text);
}
