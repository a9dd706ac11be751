import { parseSchedule } from '../../infra/schedule.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The shortest gap, in seconds, or the faults as one text. */
function gapOf(expression: string, timeZone?: string): number | string {
  const parsed = parseSchedule({ expression, ...(timeZone !== undefined && { timeZone }) });
  if (parsed.ok) return parsed.schedule.shortestGapSeconds;
  return parsed.faults.map(({ field, message }) => `${field}: ${message}`).join('\n');
}

test('by default the checks run every 5 minutes', () => {
  const parsed = parseSchedule();
  expect(parsed).toMatchObject({
    ok: true,
    schedule: { expression: 'rate(5 minutes)', timeZone: 'Etc/UTC', enabled: true, shortestGapSeconds: 300 },
  });
});

test.each([
  ['rate(2 minutes)', 2 * MINUTE],
  ['rate(1 hour)', HOUR],
  ['rate(1 hours)', HOUR],
  ['rate(1 day)', DAY],
  ['rate(400 days)', 400 * DAY],
  ['cron(*/2 * * * ? *)', 2 * MINUTE],
  ['cron(5/15 * * * ? *)', 15 * MINUTE],
  ['cron(0,50 * * * ? *)', 10 * MINUTE],
  ['cron(0/15 8-18 ? * MON-FRI *)', 15 * MINUTE],
  ['cron(0 9 ? * 2-6 *)', DAY],
  ['cron(0 9 ? * MON *)', 7 * DAY],
  ['cron(0 9 ? * mon *)', 7 * DAY],
  ['cron(0 9 ? * 2#1 *)', 28 * DAY],
  ['cron(0 9 ? * 6L *)', 28 * DAY],
  ['cron(0 9 ? * L *)', 7 * DAY],
  ['cron(0 9 L * ? *)', 28 * DAY],
  ['cron(0 9 LW * ? *)', 28 * DAY],
  ['cron(0 9 15W * ? *)', 28 * DAY],
  ['cron(0 9 1 JAN,MAR ? *)', 59 * DAY],
  ['cron(0 0,23 * * ? *)', HOUR],
  ['cron(0 9 1 1 ? 2030-2040)', 365 * DAY],
])('%s: the shortest gap between two checks is %i s', (expression, seconds) => {
  expect(gapOf(expression)).toBe(seconds);
});

test.each([
  ['one day in spring has 23 hours', 'cron(0 9 * * ? *)', 'Europe/Madrid', 23 * HOUR],
  ['every day of a zone without daylight saving has 24 hours', 'cron(0 9 * * ? *)', 'Asia/Kolkata', DAY],
  ['a check at a time that the clocks skip does not run', 'cron(30 2 * * ? *)', 'Europe/Madrid', DAY],
  [
    'the change in spring brings two checks within 5 minutes',
    'cron(55,0 1,3 * * ? *)',
    'Europe/Madrid',
    5 * MINUTE,
  ],
  ['the change in spring brings two checks within an hour', 'cron(45 1,3 * * ? *)', 'Europe/Madrid', HOUR],
  ['in Sydney one day in October has 23 hours', 'cron(0 9 * * ? *)', 'Australia/Sydney', 23 * HOUR],
  ['on Lord Howe Island one day has 23.5 hours', 'cron(0 9 * * ? *)', 'Australia/Lord_Howe', 23.5 * HOUR],
  ['a day of a rate has 24 hours in any zone', 'rate(1 day)', 'Europe/Madrid', DAY],
])('%s: %s in %s', (_, expression, timeZone, seconds) => {
  expect(gapOf(expression, timeZone)).toBe(seconds);
});

test('a check at a time that the clocks show twice runs once, at the first', () => {
  const parsed = parseSchedule({ expression: 'cron(30 2 24-26 10 ? 2026)', timeZone: 'Europe/Madrid' });
  expect(parsed.ok && parsed.schedule.runTimesMs.map((at) => new Date(at).toISOString())).toEqual([
    '2026-10-24T00:30:00.000Z',
    '2026-10-25T00:30:00.000Z',
    '2026-10-26T01:30:00.000Z',
  ]);
});

test.each([
  ['rate(1 minute)', 'leaves 60 s between two checks; expected more than the 60 s that a check may take'],
  ['cron(* * * * ? *)', 'leaves 60 s between'],
  ['cron(0,1 9 ? * MON *)', 'leaves 60 s between'],
  ['rate(0 minutes)', 'expected a rate'],
  ['rate(1.5 minutes)', 'expected a rate'],
  ['rate(5 seconds)', 'expected a rate'],
  ['rate(5minutes)', 'expected a rate'],
  ['rate(800 days)', 'runs fewer than two checks in two years'],
  ['at(2026-11-20T13:00:00)', 'expected rate(VALUE UNIT) or cron('],
  ['0 9 * * ? *', 'expected rate(VALUE UNIT) or cron('],
  ['', 'expected rate(VALUE UNIT) or cron('],
  ['cron(0 9 * * ?)', 'expected 6 fields'],
  ['cron(0 0 9 * * ? *)', 'expected 6 fields'],
  ['cron(0 9 * * * *)', 'expected ? in one of day-of-month and day-of-week'],
  ['cron(0 9 1 * MON *)', 'expected ? in one of day-of-month and day-of-week'],
  ['cron(0 9 ? * ? *)', 'expected ? in one of day-of-month and day-of-week'],
  ['cron(60 9 * * ? *)', 'minute: 60'],
  ['cron(0 24 * * ? *)', 'hour: 24'],
  ['cron(0 9 32 * ? *)', 'day'],
  ['cron(0 9 1 13 ? *)', 'month'],
  ['cron(0 9 ? * 0 *)', 'day-of-week'],
  ['cron(0 9 ? * 8 *)', 'day-of-week'],
  ['cron(0 9 ? * FOO *)', 'FOO'],
  ['cron(0 9 ? * 2#6 *)', '6'],
  ['cron(0 9 ? * +MON *)', 'day-of-week'],
  ['cron(? 9 ? * MON *)', 'minutes'],
  ['cron(0 9 * * ? 1969)', 'year'],
  ['cron(0 9 * * ? 2200)', 'year'],
  ['cron(0 9 * * ? 2019)', 'never runs from 2026 on'],
  ['cron(0 9 30 2 ? *)', 'never runs from 2026 on'],
])('%s is rejected: %s', (expression, message) => {
  const fault = gapOf(expression);
  expect(fault).toContain(`expression: ${JSON.stringify(expression)}`);
  expect(fault).toContain(message);
});

test.each(['europe/madrid', '+02:00', 'Mars/Olympus', ''])('%j is rejected as a time zone', (timeZone) => {
  expect(gapOf('rate(5 minutes)', timeZone)).toMatch(/^timeZone: .* is not a time zone/);
});

test('an invalid time zone and an invalid expression are both reported', () => {
  expect(gapOf('rate(1 minute)', 'Mars/Olympus')).toMatch(/^timeZone: .*\nexpression: /);
});
