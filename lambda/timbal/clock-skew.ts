import type { ApiSkewSeconds } from '../core/listing.ts';
import { CLOCK_SLACK_SECONDS, DAY_SECONDS, type Instant, secondsBetween } from '../core/time.ts';
import { httpDate } from '../http/retry-after.ts';

/** A clock that is wrong by so much says nothing about the API's dates. */
const MAX_SKEW_SECONDS = 7 * DAY_SECONDS;

/** By our clock, when the request for a response was sent and when its headers came. */
interface Exchange {
  readonly sentAt: Instant;
  readonly respondedAt: Instant;
}

/**
 * The skew of the API's clock by the `Date` of a response: how far that is outside the time of the exchange. Undefined
 * when it is at most 60 s or at least a week, and when the response has no `Date` of its own, as one that was kept in a
 * cache (`Age`).
 */
export function apiSkew(headers: Headers, { sentAt, respondedAt }: Exchange): ApiSkewSeconds | undefined {
  const date = httpDate(headers.get('date') ?? '');
  if (date === undefined || !isFresh(headers.get('age'))) return undefined;
  const skew = secondsBetween(date < sentAt ? sentAt : Math.min(date, respondedAt), date);
  const size = Math.abs(skew);
  return size > CLOCK_SLACK_SECONDS && size < MAX_SKEW_SECONDS ? skew : undefined;
}

/** A cache writes `Age: 0` also with a response that it only passed on: its `Date` is then of this second. */
function isFresh(age: string | null): boolean {
  return age === null || /^\s*0+\s*$/.test(age);
}
