import {
  type AlarmWindow,
  completionWindow,
  longestSpanSeconds,
  twoGapsWindow,
} from '../../infra/alarm-window.ts';
import { parseSchedule } from '../../infra/schedule.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

function runTimesMs(expression: string, timeZone = 'Etc/UTC'): readonly number[] {
  const parsed = parseSchedule({ expression, timeZone });
  if (!parsed.ok) throw new Error(parsed.faults.map(({ message }) => message).join());
  return parsed.schedule.runTimesMs;
}

function text(window: AlarmWindow | undefined): string {
  return window === undefined ? 'none' : `${window.periods} x ${window.periodSeconds / MINUTE} min`;
}

describe('the completion window is the longest three gaps of the schedule and 10 min', () => {
  test.each([
    ['rate(2 minutes)', 'Etc/UTC', '4 x 5 min'],
    ['rate(5 minutes)', 'Etc/UTC', '5 x 5 min'],
    ['rate(15 minutes)', 'Etc/UTC', '11 x 5 min'],
    ['rate(1 hour)', 'Etc/UTC', '38 x 5 min'],
    ['a day of short periods', 'Etc/UTC', '288 x 5 min', 'rate(476 minutes)'],
    ['one minute more than a day of short periods', 'Etc/UTC', '25 x 60 min', 'rate(477 minutes)'],
    ['rate(1 day)', 'Europe/Madrid', '73 x 60 min'],
    ['daily at nine', 'Etc/UTC', '73 x 60 min', 'cron(0 9 * * ? *)'],
    ['daily at nine, one hour longer in autumn', 'Europe/Madrid', '74 x 60 min', 'cron(0 9 * * ? *)'],
    [
      'daily at nine, half an hour longer in autumn',
      'Australia/Lord_Howe',
      '73 x 60 min',
      'cron(0 9 * * ? *)',
    ],
    ['a time that spring skips', 'Europe/Madrid', '96 x 60 min', 'cron(30 2 * * ? *)'],
    [
      'weekdays at nine: a weekend and a day on each side',
      'Etc/UTC',
      '121 x 60 min',
      'cron(0 9 ? * MON-FRI *)',
    ],
    [
      'weekdays at nine, one hour longer in autumn',
      'Europe/Madrid',
      '122 x 60 min',
      'cron(0 9 ? * MON-FRI *)',
    ],
    ['office hours: a weekend', 'Europe/Madrid', '63 x 60 min', 'cron(0/15 8-18 ? * MON-FRI *)'],
    ['three gaps that fit seven days', 'Etc/UTC', '168 x 60 min', 'rate(3356 minutes)'],
    ['two gaps: three do not fit', 'Etc/UTC', '113 x 60 min', 'rate(3357 minutes)'],
    ['two gaps that fit', 'Etc/UTC', '145 x 60 min', 'rate(3 days)'],
    ['one gap: two do not fit', 'Etc/UTC', '145 x 60 min', 'rate(6 days)'],
    ['weekly', 'Etc/UTC', 'none', 'cron(0 9 ? * MON *)'],
    ['weekly, as a rate', 'Etc/UTC', 'none', 'rate(7 days)'],
    ['monthly', 'Etc/UTC', 'none', 'cron(0 9 1 * ? *)'],
    ['once a year: two checks are too few for three gaps', 'Etc/UTC', 'none', 'cron(0 9 1 1 ? *)'],
  ])('%s, %s: %s', (name, timeZone, window, expression = name) => {
    expect(text(completionWindow(runTimesMs(expression, timeZone)))).toBe(window);
  });

  test.each([
    'cron(0 9 ? * MON-FRI *)',
    'cron(0/15 8-18 ? * MON-FRI *)',
    'rate(5 minutes)',
    'cron(30 2 * * ? *)',
  ])('%s: the window is at most one period longer than needed', (expression) => {
    const times = runTimesMs(expression, 'Europe/Madrid');
    const window = completionWindow(times);
    if (window === undefined) throw new Error('expected a window');
    const longest = longestSpanSeconds(times, 3) ?? Number.NaN;
    expect(window.periods * window.periodSeconds).toBeGreaterThanOrEqual(longest + 10 * MINUTE);
    expect((window.periods - 1) * window.periodSeconds).toBeLessThan(longest + 10 * MINUTE);
  });
});

test.each([
  ['rate(5 minutes)', '11 x 1 min'],
  ['rate(15 minutes)', '31 x 1 min'],
  ['rate(12 hours)', '25 x 60 min'],
  ['rate(1 day)', '49 x 60 min'],
  ['cron(0 9 * * ? *)', '50 x 60 min'],
  ['cron(0 9 ? * MON-FRI *)', '98 x 60 min'],
  ['rate(4 days)', 'none'],
  ['cron(0 9 1 * ? *)', 'none'],
])('%s: the longest two gaps in Madrid are %s', (expression, window) => {
  expect(text(twoGapsWindow(runTimesMs(expression, 'Europe/Madrid')))).toBe(window);
});

test.each([
  ['of no gap', 0, undefined],
  ['of one gap', 1, 4 * HOUR],
  ['of two gaps', 2, 5 * HOUR],
  ['of more gaps than there are', 3, undefined],
])('the longest span %s', (_, gaps, seconds) => {
  const times = [0, 4 * HOUR, 5 * HOUR].map((seconds) => seconds * 1000);
  expect(longestSpanSeconds(times, gaps) || undefined).toBe(seconds);
});
