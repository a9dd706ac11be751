import {
  type AlarmWindow,
  completionWindow,
  longestSpanSeconds,
  twoGapsWindow,
} from '../../infra/alarm-window.ts';
import { parseSchedule } from '../../infra/schedule.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

function firingsOf(expression: string, timeZone = 'Etc/UTC'): readonly number[] {
  const parsed = parseSchedule({ expression, timeZone });
  if (!parsed.ok) throw new Error(parsed.faults.map(({ message }) => message).join());
  return parsed.schedule.firings;
}

function said(window: AlarmWindow | undefined): string {
  return window === undefined ? 'none' : `${window.periods} x ${window.periodSeconds / MINUTE} min`;
}

describe('the window of "no check completed" is three gaps of the schedule, where they are longest, and 10 min', () => {
  test.each([
    ['rate(2 minutes)', 'Etc/UTC', '4 x 5 min'],
    ['rate(5 minutes)', 'Etc/UTC', '5 x 5 min'],
    ['rate(15 minutes)', 'Etc/UTC', '11 x 5 min'],
    ['rate(1 hour)', 'Etc/UTC', '38 x 5 min'],
    ['a day of short periods', 'Etc/UTC', '288 x 5 min', 'rate(476 minutes)'],
    ['and a minute more', 'Etc/UTC', '25 x 60 min', 'rate(477 minutes)'],
    ['rate(1 day)', 'Europe/Madrid', '73 x 60 min'],
    ['daily at nine', 'Etc/UTC', '73 x 60 min', 'cron(0 9 * * ? *)'],
    ['daily at nine, with an hour more in autumn', 'Europe/Madrid', '74 x 60 min', 'cron(0 9 * * ? *)'],
    ['daily at nine, with half an hour more', 'Australia/Lord_Howe', '73 x 60 min', 'cron(0 9 * * ? *)'],
    ['a time that spring skips', 'Europe/Madrid', '96 x 60 min', 'cron(30 2 * * ? *)'],
    [
      'weekdays at nine: a weekend and a day on each side',
      'Etc/UTC',
      '121 x 60 min',
      'cron(0 9 ? * MON-FRI *)',
    ],
    [
      'weekdays at nine, and an hour more in autumn',
      'Europe/Madrid',
      '122 x 60 min',
      'cron(0 9 ? * MON-FRI *)',
    ],
    ['office hours: a weekend', 'Europe/Madrid', '63 x 60 min', 'cron(0/15 8-18 ? * MON-FRI *)'],
    ['three gaps that fit seven days', 'Etc/UTC', '168 x 60 min', 'rate(3356 minutes)'],
    ['two gaps, since three do not fit', 'Etc/UTC', '113 x 60 min', 'rate(3357 minutes)'],
    ['two gaps that fit', 'Etc/UTC', '145 x 60 min', 'rate(3 days)'],
    ['one gap, since two do not fit', 'Etc/UTC', '145 x 60 min', 'rate(6 days)'],
    ['weekly', 'Etc/UTC', 'none', 'cron(0 9 ? * MON *)'],
    ['weekly, as a rate', 'Etc/UTC', 'none', 'rate(7 days)'],
    ['monthly', 'Etc/UTC', 'none', 'cron(0 9 1 * ? *)'],
    ['once a year: two firings are too few for three gaps', 'Etc/UTC', 'none', 'cron(0 9 1 1 ? *)'],
  ])('%s, %s: %s', (name, timeZone, window, expression = name) => {
    expect(said(completionWindow(firingsOf(expression, timeZone)))).toBe(window);
  });

  test.each([
    'cron(0 9 ? * MON-FRI *)',
    'cron(0/15 8-18 ? * MON-FRI *)',
    'rate(5 minutes)',
    'cron(30 2 * * ? *)',
  ])('%s: it is no shorter, and less than a period longer', (expression) => {
    const firings = firingsOf(expression, 'Europe/Madrid');
    const window = completionWindow(firings);
    if (window === undefined) throw new Error('there is none');
    const longest = longestSpanSeconds(firings, 3) ?? Number.NaN;
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
])('two gaps of %s, where they are longest in Madrid, are %s', (expression, window) => {
  expect(said(twoGapsWindow(firingsOf(expression, 'Europe/Madrid')))).toBe(window);
});

test.each([
  ['before', 0, undefined],
  ['one gap', 1, 4 * HOUR],
  ['two gaps', 2, 5 * HOUR],
  ['more gaps than there are', 3, undefined],
])('the longest span: %s', (_, gaps, seconds) => {
  const firings = [0, 4 * HOUR, 5 * HOUR].map((at) => at * 1000);
  expect(longestSpanSeconds(firings, gaps) || undefined).toBe(seconds);
});
