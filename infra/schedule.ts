import { firingsOf } from './schedule-expression.ts';
import { isTimeZone } from './time-zone.ts';

/** When the checks run, as people write it. */
export interface WrittenSchedule {
  /** A rate or a cron of EventBridge Scheduler: "cron(0/15 8-18 ? * MON-FRI *)". Default: "rate(5 minutes)". */
  readonly expression?: string;
  /** The IANA name of the zone in which a cron is meant. Default: "Etc/UTC". */
  readonly timeZone?: string;
  /** false pauses the watch. Default: true. */
  readonly enabled?: boolean;
}

/** When the checks run, read. */
export interface Schedule extends Required<WrittenSchedule> {
  /** Epoch milliseconds of two years of checks, in order, two at least; a rate's are counted from a fixed start. */
  readonly firings: readonly number[];
  /** The shortest time between two neighbours, daylight saving included. */
  readonly shortestGapSeconds: number;
}

/** The schedule, or every fault in it at once. */
export type ParsedSchedule =
  | { readonly ok: true; readonly schedule: Schedule }
  | { readonly ok: false; readonly faults: readonly ScheduleFault[] };

export interface ScheduleFault {
  readonly field: 'expression' | 'timeZone';
  readonly message: string;
}

const DEFAULTS = { expression: 'rate(5 minutes)', timeZone: 'Etc/UTC', enabled: true };

/** How long one check may take. It has to be over before the next one begins, or that one finds its claim and stops. */
export const FUNCTION_TIMEOUT_SECONDS = 60;

/** Reads the schedule as EventBridge Scheduler would, and refuses one that leaves a check no time. */
export function parseSchedule(written: WrittenSchedule = {}): ParsedSchedule {
  const { expression, timeZone, enabled } = { ...DEFAULTS, ...written };
  const faults: ScheduleFault[] = [];
  const isKnown = isTimeZone(timeZone);
  if (!isKnown) {
    const message = `${JSON.stringify(timeZone)} is not a time zone; expected an IANA name such as "Europe/Paris"`;
    faults.push({ field: 'timeZone', message });
  }
  const firings = readExpression(expression, isKnown ? timeZone : DEFAULTS.timeZone);
  if (typeof firings === 'string') {
    faults.push({ field: 'expression', message: `${JSON.stringify(expression)}: ${firings}` });
  }
  if (typeof firings === 'string' || faults.length > 0) return { ok: false, faults };
  const schedule = {
    expression,
    timeZone,
    enabled,
    firings,
    shortestGapSeconds: shortestGapSeconds(firings),
  };
  return { ok: true, schedule };
}

/** The firings, or what is wrong with the expression. */
function readExpression(expression: string, timeZone: string): readonly number[] | string {
  try {
    const firings = firingsOf(expression, timeZone);
    if (firings.length < 2) return 'fires less than twice in two years';
    const gapSeconds = shortestGapSeconds(firings);
    if (gapSeconds > FUNCTION_TIMEOUT_SECONDS) return firings;
    return `leaves ${gapSeconds} s between two checks; expected more than the ${FUNCTION_TIMEOUT_SECONDS} s that one may take`;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function shortestGapSeconds(firings: readonly number[]): number {
  let shortest = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const firing of firings) {
    shortest = Math.min(shortest, firing - last);
    last = firing;
  }
  return shortest / 1000;
}
