import { Cron } from 'croner';
import { runTimes } from '../../infra/schedule-expression.ts';
import { unixCron } from '../../infra/unix-cron.ts';

test.each([
  ['cron(0/5 * * * ? *)', '*/5 * * * *'],
  ['cron(0/15 7-19 ? * MON-FRI *)', '*/15 7-19 * * 1-5'],
  ['cron(5/15 8-18 ? * 2-6 *)', '5-59/15 8-18 * * 1-5'],
  ['cron(*/10 * ? * * *)', '*/10 * * * *'],
  ['cron(0 0/2 1/10 JAN-MAR ? *)', '0 */2 1-31/10 JAN-MAR *'],
  ['cron(30 9 ? * 1,7 *)', '30 9 * * 0,6'],
  ['cron(30 9 ? * SUN *)', '30 9 * * 0'],
  ['cron(30 9 ? * 2/2 *)', '30 9 * * 1,3,5'],
  ['cron(0 9 ? JUL,aug mon *)', '0 9 * JUL,AUG 1'],
  ['cron(0 9 ? * SUN,MON-WED/2 *)', '0 9 * * 0,1,3'],
  ['cron(0 9 ? * 1-7 *)', '0 9 * * *'],
])('%s is %s, which runs at the same times of two years', (expression, expected) => {
  const cron = unixCron(expression);
  expect(cron).toBe(expected);
  const times = runTimes(expression, 'Etc/UTC');
  // croner's plain mode is that of five fields, in which Sunday is 0.
  const again = new Cron(expected, { timezone: 'UTC', mode: '5-part', paused: true });
  const first = new Date((times[0] ?? 0) - 1);
  const sample = Math.min(times.length, 3000);
  expect(again.nextRuns(sample, first).map((date) => date.getTime())).toEqual(times.slice(0, sample));
});

test.each([
  'rate(5 minutes)',
  'cron(0 9 L * ? *)',
  'cron(0 9 15W * ? *)',
  'cron(0 9 ? * 6L *)',
  'cron(0 9 ? * L *)',
  'cron(0 9 ? * 2#1 *)',
  'cron(0 9 * * ? 2027)',
  'cron(0 9 * * ? 2026/2)',
])('five fields cannot say %s', (expression) => {
  expect(runTimes(expression, 'Etc/UTC').length).toBeGreaterThan(1);
  expect(unixCron(expression)).toBeUndefined();
});
