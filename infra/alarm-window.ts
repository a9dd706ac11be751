const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/**
 * CloudWatch's limits: "The number of evaluation periods multiplied by the length of each evaluation period can't exceed
 * one day", and seven days for periods of an hour or longer (Amazon CloudWatch User Guide, "Alarm evaluation"; API
 * reference, `PutMetricAlarm`, `EvaluationPeriods`).
 */
const MAX_SHORT_PERIODS_SECONDS = DAY_SECONDS;
const MAX_WINDOW_SECONDS = 7 * DAY_SECONDS;

/** The time that an alarm evaluates: `periods` times `periodSeconds`, up to now. */
export interface AlarmWindow {
  readonly periodSeconds: number;
  readonly periods: number;
}

/** Gaps of the schedule that may pass without a completed check, the preferred number first. */
const TOLERATED_GAPS = [3, 2, 1] as const;

/** For a check that starts late and takes its full time. */
const MARGIN_SECONDS = 10 * MINUTE_SECONDS;

/**
 * The longest time without a completed check that is normal: three consecutive gaps of the schedule where they are
 * longest, plus 10 min. Two gaps or one if an alarm cannot look back so far; undefined if it cannot look back over one.
 *
 * @param runTimesMs The checks of two years, as epoch milliseconds in order.
 */
export function completionWindow(runTimesMs: readonly number[]): AlarmWindow | undefined {
  for (const gaps of TOLERATED_GAPS) {
    const span = longestSpanSeconds(runTimesMs, gaps);
    const window = span === undefined ? undefined : windowOf(span + MARGIN_SECONDS, 5 * MINUTE_SECONDS);
    if (window !== undefined) return window;
  }
  return undefined;
}

/** The error for a schedule without a `completionWindow`, and the two ways to fix it. */
export function noWindowFits(expression: string): string {
  const limit = 'a CloudWatch alarm looks back at most 7 days';
  const fault = `no alarm can detect that the checks of ${JSON.stringify(expression)} have stopped: ${limit}`;
  return `${fault}. Check more often, or leave the alarm out with a reason: { without: { noCheckCompleted: '…' } }`;
}

/**
 * Two consecutive gaps of the schedule where they are longest, the checks at both ends included; undefined if an alarm
 * cannot look back so far. Two checks are more than a minute apart, so each falls into its own period.
 */
export function twoGapsWindow(runTimesMs: readonly number[]): AlarmWindow | undefined {
  const span = longestSpanSeconds(runTimesMs, 2);
  return span === undefined ? undefined : windowOf(span + MINUTE_SECONDS, MINUTE_SECONDS);
}

/** The longest time from one check to the check `gaps` later; undefined if there are too few checks. */
export function longestSpanSeconds(runTimesMs: readonly number[], gaps: number): number | undefined {
  const spans = runTimesMs.slice(gaps).map((end, index) => (end - (runTimesMs[index] ?? end)) / 1000);
  return spans.length === 0 ? undefined : spans.reduce((one, other) => Math.max(one, other));
}

/** The shortest window of at least `seconds`: in periods of `shortestPeriodSeconds` if CloudWatch allows that, else of 1 h. */
function windowOf(seconds: number, shortestPeriodSeconds: number): AlarmWindow | undefined {
  return (
    inPeriods(seconds, shortestPeriodSeconds, MAX_SHORT_PERIODS_SECONDS) ??
    inPeriods(seconds, HOUR_SECONDS, MAX_WINDOW_SECONDS)
  );
}

function inPeriods(seconds: number, periodSeconds: number, maxSeconds: number): AlarmWindow | undefined {
  const periods = Math.ceil(seconds / periodSeconds);
  return periods * periodSeconds <= maxSeconds ? { periodSeconds, periods } : undefined;
}
