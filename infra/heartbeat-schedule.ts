import { longestSpanSeconds } from './alarm-window.ts';
import type { CheckSchedule } from './schedule.ts';
import { unixCron } from './unix-cron.ts';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;

/** A check that starts late and takes its full time, twice over. */
const MARGIN_SECONDS = 10 * MINUTE_SECONDS;

/**
 * What to enter at a heartbeat monitor: "cron 0 7-19 * * 1-5, time zone Europe/Madrid, grace 70 min", or the period
 * where five fields cannot say the schedule. The grace lets one check fail: it is the shortest gap of the schedule, an hour
 * at most, and 10 min.
 */
export function heartbeatSchedule(schedule: CheckSchedule): string {
  const { expression, timeZone, runTimesMs, shortestGapSeconds } = schedule;
  const grace = `grace ${durationText(Math.min(shortestGapSeconds, HOUR_SECONDS) + MARGIN_SECONDS)}`;
  const cron = unixCron(expression);
  if (cron !== undefined) return `cron ${cron}, time zone ${timeZone}, ${grace}`;
  // `parseSchedule` rejects a schedule with fewer than two checks.
  const period = durationText(longestSpanSeconds(runTimesMs, 1) ?? shortestGapSeconds);
  return `no cron expression of five fields says ${expression}: period ${period}, ${grace}`;
}

/** In the largest unit that divides it: "5 min", "36 h", "7 days". */
function durationText(seconds: number): string {
  const days = seconds / (24 * HOUR_SECONDS);
  if (Number.isInteger(days)) return days === 1 ? '1 day' : `${days} days`;
  return Number.isInteger(seconds / HOUR_SECONDS)
    ? `${seconds / HOUR_SECONDS} h`
    : `${Math.ceil(seconds / MINUTE_SECONDS)} min`;
}
