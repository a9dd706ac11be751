const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/**
 * What CloudWatch takes: "The number of evaluation periods multiplied by the length of each evaluation period can't exceed
 * one day", and seven days where a period is an hour or longer (Amazon CloudWatch User Guide, "Alarm evaluation";
 * API reference, `PutMetricAlarm`, `EvaluationPeriods`).
 */
const MAX_SHORT_PERIODS_SECONDS = DAY_SECONDS;
const MAX_WINDOW_SECONDS = 7 * DAY_SECONDS;

/** How far an alarm looks back. */
export interface AlarmWindow {
  readonly periodSeconds: number;
  readonly periods: number;
}

/** For how many gaps of its schedule a watch may stay without a completed check, the most patient first. */
const RETRY_POLICY = [3, 2, 1] as const;

/** For a check that starts late and takes its time. */
const SLACK_SECONDS = 10 * MINUTE_SECONDS;

/**
 * How long the watch may go without a completed check: the longest span of three consecutive gaps of the schedule, in
 * its own zone, and 10 min; of two or one if that fits no alarm. Undefined if none of them does.
 *
 * @param firings Epoch milliseconds of two years of checks, in order.
 */
export function completionWindow(firings: readonly number[]): AlarmWindow | undefined {
  for (const gaps of RETRY_POLICY) {
    const span = longestSpanSeconds(firings, gaps);
    const window = span === undefined ? undefined : windowOf(span + SLACK_SECONDS, 5 * MINUTE_SECONDS);
    if (window !== undefined) return window;
  }
  return undefined;
}

/** What is wrong with a schedule that no alarm can follow, and what to do. */
export function noAlarmFits(expression: string): string {
  const why = 'an alarm of CloudWatch looks back seven days at most';
  const what = `nothing would tell when the checks of ${JSON.stringify(expression)} stop: ${why}`;
  return `${what}. Check more often, or leave the alarm out with a reason: { without: { noCheckCompleted: '…' } }`;
}

/**
 * Two gaps of the schedule, where they are longest, both ends included; undefined if that fits no alarm. Two checks are
 * more than a minute apart, so each falls into a period of its own.
 */
export function twoGapsWindow(firings: readonly number[]): AlarmWindow | undefined {
  const span = longestSpanSeconds(firings, 2);
  return span === undefined ? undefined : windowOf(span + MINUTE_SECONDS, MINUTE_SECONDS);
}

/** The longest time from a firing to the one that comes `gaps` later; undefined when there are too few. */
export function longestSpanSeconds(firings: readonly number[], gaps: number): number | undefined {
  const spans = firings.slice(gaps).map((end, index) => (end - (firings[index] ?? end)) / 1000);
  return spans.length === 0 ? undefined : spans.reduce((one, other) => Math.max(one, other));
}

/** The shortest window that holds so many seconds, in periods of that length where they may be so short, else of an hour. */
function windowOf(seconds: number, shortestPeriodSeconds: number): AlarmWindow | undefined {
  return (
    inPeriods(seconds, shortestPeriodSeconds, MAX_SHORT_PERIODS_SECONDS) ??
    inPeriods(seconds, HOUR_SECONDS, MAX_WINDOW_SECONDS)
  );
}

function inPeriods(seconds: number, periodSeconds: number, atMost: number): AlarmWindow | undefined {
  const periods = Math.ceil(seconds / periodSeconds);
  return periods * periodSeconds <= atMost ? { periodSeconds, periods } : undefined;
}
