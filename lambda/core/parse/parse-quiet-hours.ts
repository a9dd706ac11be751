import * as v from 'valibot';
import { DAY_MINUTES, type QuietHours, WEEKDAYS } from '../quiet-hours.ts';

/** "HH:MM"; "24:00" is the end of a day. In minutes since midnight. */
const timeOfDay = v.pipe(
  v.string(),
  v.regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'expected a time such as "22:00"'),
  v.transform((written) => Number(written.slice(0, 2)) * 60 + Number(written.slice(3))),
);

const zone = v.pipe(v.string(), v.check(isZone, 'is not an IANA time zone such as "Europe/Berlin"'));

function isZone(name: string): boolean {
  // An offset such as "+02:00" knows no daylight saving.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

const days = v.pipe(v.array(v.picklist(WEEKDAYS)), v.nonEmpty());
const severities = v.pipe(v.array(v.picklist(['warning', 'critical'])), v.nonEmpty());

/** Quiet hours as people write them. */
export const quietHours = v.pipe(
  v.strictObject({
    zone,
    from: v.pipe(timeOfDay, v.maxValue(DAY_MINUTES - 1, 'expected a time up to "23:59"')),
    to: timeOfDay,
    days: v.optional(days, [...WEEKDAYS]),
    severity: v.optional(severities, ['warning']),
  }),
  v.check(
    ({ from, to }) => from !== to,
    'from and to are the same: for whole days, write "00:00" and "24:00"',
  ),
  v.transform((hours): QuietHours => hours),
);
