import { Cron } from 'croner';
import { instantsOf } from './time-zone.ts';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A fixed date: with the current date, the template would change from day to day. */
const START = Date.UTC(2026, 0, 1);
/** Two years contain both changes of daylight saving twice, and two runs of a yearly expression. */
const SPAN_MS = 2 * 366 * DAY_MS;

/**
 * The run times of an expression of EventBridge Scheduler in two years, as epoch milliseconds in order. Those of a rate
 * start at 2026-01-01, those of a cron at its first day from then on.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 *
 * @param timeZone An IANA name; rates ignore it.
 * @throws SyntaxError with the fault in the expression.
 */
export function runTimes(expression: string, timeZone: string): number[] {
  const [, kind, body = ''] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return rateRunTimes(body);
  if (kind === 'cron') return cronRunTimes(body, timeZone);
  throw new SyntaxError(
    'expected rate(VALUE UNIT) or cron(MINUTES HOURS DAY-OF-MONTH MONTH DAY-OF-WEEK YEAR)',
  );
}

const MS_PER_UNIT: Readonly<Record<string, number>> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

/** A day of a rate is 24 hours: Scheduler ignores daylight saving for rates. */
function rateRunTimes(body: string): number[] {
  const [, value, unit = ''] = /^([1-9]\d{0,8}) (minute|hour|day)s?$/.exec(body) ?? [];
  const intervalMs = Number(value) * (MS_PER_UNIT[unit] ?? Number.NaN);
  if (Number.isNaN(intervalMs))
    throw new SyntaxError('expected a rate such as rate(5 minutes), rate(1 hour) or rate(1 day)');
  const times: number[] = [];
  for (let at = START; at < START + SPAN_MS; at += intervalMs) times.push(at);
  return times;
}

/** The syntax that Scheduler allows in each field, which is narrower than croner's, and the field's last value. */
export const FIELDS = [
  { name: 'minutes', allowed: /^[\d*,/-]+$/, last: '59' },
  { name: 'hours', allowed: /^[\d*,/-]+$/, last: '23' },
  { name: 'day-of-month', allowed: /^(\?|[\d*,/LW-]+)$/, last: '31' },
  { name: 'month', allowed: /^([\d*,/-]|[A-Z]{3})+$/i, last: '12' },
  { name: 'day-of-week', allowed: /^(\?|([1-7*,/#L-]|[A-Z]{3})+)$/i, last: '7' },
  { name: 'year', allowed: /^(\*|((19[789]|2[01]\d)\d|[*,-]|\/\d+)+)$/, last: '2199' },
] as const;

/**
 * croner gives the days and the times of day, in UTC. `instantsOf` applies the time zone, because croner follows Vixie
 * cron in daylight saving: Scheduler skips a time that does not exist, and runs once at a time that occurs twice.
 */
function cronRunTimes(body: string, timeZone: string): number[] {
  const fields = body.split(/ +/);
  if (fields.length !== FIELDS.length)
    throw new SyntaxError(`expected 6 fields (${FIELDS.map(({ name }) => name).join(' ')})`);
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields.map(toCronerSyntax);
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    throw new SyntaxError('expected ? in one of day-of-month and day-of-week, and only in one');

  const hoursOfDay = timesBetween(utcCron(`0 0 ${hours} * * * *`), START, START + DAY_MS);
  const minutesOfHour = timesBetween(utcCron(`0 ${minutes} 0 * * * *`), START, START + HOUR_MS);
  const timesOfDay = hoursOfDay.flatMap((hour) =>
    minutesOfHour.map((minute) => hour - START + minute - START),
  );
  const calendar = utcCron(`0 0 0 ${dayOfMonth} ${month} ${dayOfWeek} ${year}`);
  const firstDay = calendar.nextRun(new Date(START - 1))?.getTime();
  if (firstDay === undefined) throw new SyntaxError('never runs from 2026 on');
  const days = timesBetween(calendar, firstDay, firstDay + SPAN_MS);
  return days.flatMap((day) => instantsOf(day, timesOfDay, timeZone));
}

function toCronerSyntax(text: string, index: number): string {
  const field = FIELDS[index];
  if (field === undefined || !field.allowed.test(text))
    throw new SyntaxError(`${JSON.stringify(text)} is not a valid ${field?.name ?? 'field'}`);
  // "5/15" means "5-59/15". As day of the week, "L" is the last day of the week, and "6L" the last Friday of the month.
  const stepped = text.replace(/(?<![\d-])(\d+)\/(?=\d)/g, `$1-${field.last}/`);
  return field.name === 'day-of-week' ? stepped.replace(/(?<![\w#])L/gi, '7') : stepped;
}

/** A croner calendar in UTC. It counts weekdays as Quartz and AWS do: 1 is Sunday. */
function utcCron(pattern: string): Cron {
  try {
    return new Cron(pattern, { timezone: 'UTC', mode: '7-part', alternativeWeekdays: true, paused: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(message.replace(/^CronPattern: /, ''), { cause: error });
  }
}

/**
 * @param from Inclusive, in epoch milliseconds.
 * @param until Exclusive.
 */
function timesBetween(cron: Cron, from: number, until: number): number[] {
  const times: number[] = [];
  for (let next = cron.nextRun(new Date(from - 1)); next !== null; next = cron.nextRun(next)) {
    if (next.getTime() >= until) break;
    times.push(next.getTime());
  }
  return times;
}
