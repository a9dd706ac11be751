import { heartbeatSchedule } from '../../infra/heartbeat-schedule.ts';
import { parseSchedule, type WrittenSchedule } from '../../infra/schedule.ts';

function scheduleOf(written: WrittenSchedule): string {
  const parsed = parseSchedule(written);
  if (!parsed.ok) throw new Error('expected a valid schedule');
  return heartbeatSchedule(parsed.schedule);
}

test.each<[WrittenSchedule, string]>([
  [{}, 'no cron expression of five fields says rate(5 minutes): period 5 min, grace 15 min'],
  [
    { expression: 'cron(0/15 7-19 ? * MON-FRI *)', timeZone: 'Europe/Madrid' },
    'cron */15 7-19 * * 1-5, time zone Europe/Madrid, grace 25 min',
  ],
  [{ expression: 'cron(0 9 ? * 2-6 *)' }, 'cron 0 9 * * 1-5, time zone Etc/UTC, grace 70 min'],
  [
    { expression: 'cron(0 9 L * ? *)' },
    'no cron expression of five fields says cron(0 9 L * ? *): period 31 days, grace 70 min',
  ],
  [
    { expression: 'rate(36 hours)' },
    'no cron expression of five fields says rate(36 hours): period 36 h, grace 70 min',
  ],
])('%j: a heartbeat monitor needs "%s"', (written, expected) => {
  expect(scheduleOf(written)).toBe(expected);
});
