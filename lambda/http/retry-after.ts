const SECONDS = /^\d+$/;
/** RFC 9110, section 5.6.7. Without this check `Date.parse` reads "1.5" as a date in 2001. */
const HTTP_DATE = /^[A-Z][a-z]+, .+ GMT$/;

/**
 * The `Retry-After` of a response in milliseconds: seconds, or a date (RFC 9110, section 10.2.3). A date is compared
 * with the response's own `Date` header where it has one, so that a wrong clock on our side does not matter; a date in
 * the past gives 0. Undefined when the header is absent, or is neither.
 */
export function retryAfterMs({ headers }: Response): number | undefined {
  const header = headers.get('retry-after')?.trim() ?? '';
  if (SECONDS.test(header)) return Number(header) * 1000;
  const at = httpDate(header);
  if (at === undefined) return undefined;
  return Math.max(0, at - (httpDate(headers.get('date') ?? '') ?? Date.now()));
}

/** A date in the form of HTTP headers; undefined for any other text. */
export function httpDate(text: string): number | undefined {
  const ms = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
