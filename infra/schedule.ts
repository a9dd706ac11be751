import { runTimes } from './schedule-expression.ts';
import { isTimeZone } from './time-zone.ts';

/** When the checks run, as an environment writes it. */
export interface WrittenSchedule {
  /**
   * A rate or cron expression of EventBridge Scheduler: "cron(0/15 8-18 ? * MON-FRI *)". Two checks must be more than
   * 60 s apart.
   * @default 'rate(5 minutes)'
   */
  readonly expression?: string;
  /**
   * The IANA name of the time zone of a cron expression: "Europe/Madrid". Daylight saving applies.
   * @default 'Etc/UTC'
   */
  readonly timeZone?: string;
  /**
   * Whether the checks run. `false` pauses them and silences the alarm `noCheckCompleted`.
   * @default true
   */
  readonly enabled?: boolean;
}

/** When the checks run, parsed. */
export interface CheckSchedule extends Required<WrittenSchedule> {
  /** The checks of two years, at least two of them, as epoch milliseconds in order. Those of a rate start at a fixed date. */
  readonly runTimesMs: readonly number[];
  /** The shortest time between two consecutive checks, daylight saving included. */
  readonly shortestGapSeconds: number;
}

/** The schedule, or all faults in it. */
type ParsedSchedule =
  | { readonly ok: true; readonly schedule: CheckSchedule }
  | { readonly ok: false; readonly faults: readonly ScheduleFault[] };

interface ScheduleFault {
  readonly field: 'expression' | 'timeZone';
  readonly message: string;
}

const DEFAULTS = { expression: 'rate(5 minutes)', timeZone: 'Etc/UTC', enabled: true };

/** The function's time limit. A check must end before the next one starts, which otherwise finds its lease and stops. */
export const FUNCTION_TIMEOUT_SECONDS = 60;

/**
 * Parses the schedule as EventBridge Scheduler does. Rejects one with 60 s or less between two checks, and one with fewer
 * than two checks in two years.
 */
export function parseSchedule(written: WrittenSchedule = {}): ParsedSchedule {
  const { expression, timeZone, enabled } = { ...DEFAULTS, ...written };
  const faults: ScheduleFault[] = [];
  const isKnown = isTimeZone(timeZone);
  if (!isKnown) {
    const message = `${JSON.stringify(timeZone)} is not a time zone; expected an IANA name such as "Europe/Paris"`;
    faults.push({ field: 'timeZone', message });
  }
  const runTimesMs = readExpression(expression, isKnown ? timeZone : DEFAULTS.timeZone);
  if (typeof runTimesMs === 'string') {
    faults.push({ field: 'expression', message: `${JSON.stringify(expression)}: ${runTimesMs}` });
  }
  if (typeof runTimesMs === 'string' || faults.length > 0) return { ok: false, faults };
  const gapSeconds = shortestGapSeconds(runTimesMs);
  return {
    ok: true,
    schedule: { expression, timeZone, enabled, runTimesMs, shortestGapSeconds: gapSeconds },
  };
}

/**
 * The age at which Scheduler and Lambda give an undelivered check up, so that it ends before the next one is due. Lambda
 * allows 60 s to 6 h.
 */
export function maxEventAgeSeconds({ shortestGapSeconds }: CheckSchedule): number {
  return Math.min(Math.max(shortestGapSeconds - FUNCTION_TIMEOUT_SECONDS, 60), 6 * 60 * 60);
}

/** The run times in epoch milliseconds, or the fault in the expression. */
function readExpression(expression: string, timeZone: string): readonly number[] | string {
  try {
    const runTimesMs = runTimes(expression, timeZone);
    if (runTimesMs.length < 2) return 'runs fewer than two checks in two years';
    const gapSeconds = shortestGapSeconds(runTimesMs);
    if (gapSeconds > FUNCTION_TIMEOUT_SECONDS) return runTimesMs;
    return `leaves ${gapSeconds} s between two checks; expected more than the ${FUNCTION_TIMEOUT_SECONDS} s that a check may take`;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function shortestGapSeconds(runTimesMs: readonly number[]): number {
  let shortestMs = Number.POSITIVE_INFINITY;
  let previous = Number.NEGATIVE_INFINITY;
  for (const runTime of runTimesMs) {
    shortestMs = Math.min(shortestMs, runTime - previous);
    previous = runTime;
  }
  return shortestMs / 1000;
}
