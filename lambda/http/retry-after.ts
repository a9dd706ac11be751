const SECONDS = /^\d+$/;
/** RFC 9110, section 5.6.7; without it `Date.parse` makes a year of "1.5". */
const HTTP_DATE = /^[A-Z][a-z]+, .+ GMT$/;

/**
 * What an answer's `Retry-After` asks for, in milliseconds: seconds, or a date (RFC 9110, section 10.2.3). A date is
 * measured against the answer's own `Date`, where it has one, so that a wrong clock of ours does not count; one in the
 * past asks for 0. Undefined when there is none, or it is neither.
 */
export function retryAfterMs({ headers }: Response): number | undefined {
  const command = headers.get('retry-after')?.trim() ?? '';
  if (SECONDS.test(command)) return Number(command) * 1000;
  const at = httpDate(command);
  if (at === undefined) return undefined;
  return Math.max(0, at - (httpDate(headers.get('date') ?? '') ?? Date.now()));
}

function httpDate(text: string): number | undefined {
  const ms = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
