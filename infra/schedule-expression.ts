import { Cron } from 'croner';
import { instantsOf } from './time-zone.ts';

const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A fixed start, so that the same expression gives the same template on every day. */
const FROM = Date.UTC(2026, 0, 1);
/** Holds both changes of daylight saving twice, and a whole year whatever a yearly expression says. */
const SPAN = 2 * 366 * DAY;

/**
 * Epoch milliseconds of two years of firings of an expression of EventBridge Scheduler, in order; those of a rate are
 * counted from a fixed start. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 *
 * @throws SyntaxError that says what is wrong with the expression.
 */
export function firingsOf(expression: string, timeZone: string): number[] {
  const [, kind, body = ''] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return rateFirings(body);
  if (kind === 'cron') return cronFirings(body, timeZone);
  throw new SyntaxError(
    'expected rate(VALUE UNIT) or cron(MINUTES HOURS DAY-OF-MONTH MONTH DAY-OF-WEEK YEAR)',
  );
}

const MS_PER_UNIT: Readonly<Record<string, number>> = { minute: MINUTE, hour: HOUR, day: DAY };

/** A day of a rate is 24 hours, whatever the clocks do. */
function rateFirings(body: string): number[] {
  const [, value, unit = ''] = /^([1-9]\d{0,8}) (minute|hour|day)s?$/.exec(body) ?? [];
  const every = Number(value) * (MS_PER_UNIT[unit] ?? Number.NaN);
  if (Number.isNaN(every))
    throw new SyntaxError('expected a rate such as rate(5 minutes), rate(1 hour) or rate(1 day)');
  const firings: number[] = [];
  for (let at = FROM; at < FROM + SPAN; at += every) firings.push(at);
  return firings;
}

/** What each field may hold beside numbers: narrower than what croner takes. */
const FIELDS = [
  { name: 'minutes', allowed: /^[\d*,/-]+$/, last: '59' },
  { name: 'hours', allowed: /^[\d*,/-]+$/, last: '23' },
  { name: 'day-of-month', allowed: /^(\?|[\d*,/LW-]+)$/, last: '31' },
  { name: 'month', allowed: /^([\d*,/-]|[A-Z]{3})+$/i, last: '12' },
  { name: 'day-of-week', allowed: /^(\?|([1-7*,/#L-]|[A-Z]{3})+)$/i, last: '7' },
  { name: 'year', allowed: /^(\*|((19[789]|2[01]\d)\d|[*,-]|\/\d+)+)$/, last: '2199' },
] as const;

/**
 * The days and the times of day come from croner, in UTC; the zone is ours, since croner's idea of daylight saving is
 * Vixie cron's: Scheduler skips a time that does not exist, and runs one that comes twice once.
 */
function cronFirings(body: string, timeZone: string): number[] {
  const fields = body.split(/ +/);
  if (fields.length !== FIELDS.length)
    throw new SyntaxError(`expected 6 fields (${FIELDS.map(({ name }) => name).join(' ')})`);
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields.map(asCronerTakesIt);
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    throw new SyntaxError('expected ? in one of day-of-month and day-of-week, and only in one');

  const hoursOfDay = firingsBetween(inUtc(`0 0 ${hours} * * * *`), FROM, FROM + DAY);
  const minutesOfHour = firingsBetween(inUtc(`0 ${minutes} 0 * * * *`), FROM, FROM + HOUR);
  const timesOfDay = hoursOfDay.flatMap((hour) => minutesOfHour.map((minute) => hour - FROM + minute - FROM));
  const calendar = inUtc(`0 0 0 ${dayOfMonth} ${month} ${dayOfWeek} ${year}`);
  const firstDay = calendar.nextRun(new Date(FROM - 1))?.getTime();
  if (firstDay === undefined) throw new SyntaxError('never fires from 2026 on');
  const days = firingsBetween(calendar, firstDay, firstDay + SPAN);
  return days.flatMap((day) => instantsOf(day, timesOfDay, timeZone));
}

function asCronerTakesIt(text: string, index: number): string {
  const field = FIELDS[index];
  if (field === undefined || !field.allowed.test(text))
    throw new SyntaxError(`${JSON.stringify(text)} is no ${field?.name ?? 'field'}`);
  // "5/15" means "5-59/15". As day of the week, "L" is the last day of the week, and "6L" the last Friday of the month.
  const stepped = text.replace(/(?<![\d-])(\d+)\/(?=\d)/g, `$1-${field.last}/`);
  return field.name === 'day-of-week' ? stepped.replace(/(?<![\w#])L/gi, '7') : stepped;
}

/** Weekdays as Quartz and AWS count them: 1 is Sunday. */
function inUtc(pattern: string): Cron {
  try {
    return new Cron(pattern, { timezone: 'UTC', mode: '7-part', alternativeWeekdays: true, paused: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(message.replace(/^CronPattern: /, ''), { cause: error });
  }
}

/** @param until Not included. */
function firingsBetween(cron: Cron, from: number, until: number): number[] {
  const firings: number[] = [];
  for (let next = cron.nextRun(new Date(from - 1)); next !== null; next = cron.nextRun(next)) {
    if (next.getTime() >= until) break;
    firings.push(next.getTime());
  }
  return firings;
}
