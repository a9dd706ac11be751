import { STATUS_CODES } from 'node:http';
import { withoutByteOrderMark } from '../core/blank.ts';
import type { ListingFailure } from '../core/listing.ts';
import { SyncAlertsError } from '../errors.ts';
import { BodyTooLarge } from '../http/attempt.ts';
import type { NoResponse, Responded } from '../http/retries.ts';
import { isRateLimited, isRedirect, isServerError } from '../http/status.ts';
import { quotedWords } from './api-words.ts';
import type { Redact } from './redacted-record.ts';

interface ListingErrorDetails {
  /** `unreadable` and `empty` are found later, in the records of a listing that came. */
  readonly kind: Exclude<ListingFailure['kind'], 'unreadable' | 'empty'>;
  /** "503 Service Unavailable, 4 attempts". */
  readonly received: string;
  /** The fix, as an imperative. */
  readonly advice: string;
  readonly cause?: unknown;
}

/** Why the syncs could not be listed. None of its texts holds a secret. */
export class ListingError extends Error {
  readonly kind: ListingErrorDetails['kind'];
  readonly received: string;
  readonly advice: string;

  constructor({ kind, received, advice, cause }: ListingErrorDetails) {
    super(received, { cause });
    this.kind = kind;
    this.received = received;
    this.advice = advice;
  }
}

/** A 200 that is not a listing. */
export function malformed(received: string): ListingError {
  const advice = 'check the base URL; if it is right, the API has a problem, and the next check retries';
  return new ListingError({ kind: 'malformed', received, advice });
}

/** A listing beyond what the function can hold. */
export function beyondBounds(received: string): ListingError {
  const advice =
    'list the syncs of one connector (connectorId); if the organisation has fewer, the API has a problem';
  return new ListingError({ kind: 'malformed', received: `200 with ${received}`, advice });
}

/** No response came, or one larger than `maxBytes`, the limit for all pages together. */
export function noResponse({ error, attempts }: NoResponse, maxBytes: number): ListingError {
  if (error instanceof BodyTooLarge) return beyondBounds(`more than ${sizeText(maxBytes)}`);
  const received = `${error.message}, ${attemptsText(attempts)}`;
  return new ListingError({
    kind: 'failed',
    received,
    advice: 'check the network; the next check retries',
    cause: error,
  });
}

/** A response whose status is not 200. `redact` removes our secrets where the response repeats them. */
export async function badStatus(
  { response, attempts, retryAfterSeconds }: Responded,
  redact: Redact,
  cause?: SyncAlertsError,
): Promise<ListingError> {
  const { status } = response;
  const statusText = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
  const wait = retryAfterSeconds === undefined ? '' : `, Retry-After ${retryAfterSeconds} s`;
  const times = attempts === 1 ? '' : `, ${attemptsText(attempts)}`;
  const body = await response.text();
  const isPage = withoutByteOrderMark(body).trimStart().startsWith('<');
  const words = isPage ? ' with an HTML page' : quotedWords(body, status, redact);
  const advice = isPage ? `${BEHIND_A_PAGE}; ${listingAdvice(status)}` : listingAdvice(status);
  const kind = isRefused(status) ? 'refused' : 'failed';
  return new ListingError({ kind, received: `${statusText}${words}${wait}${times}`, advice, cause });
}

const BEHIND_A_PAGE = "a proxy or a sign-in page may have responded in the API's place";

/** The API key could not be read. Only a cause of our own is kept: other errors may quote the secret. */
export function keyUnreadable(error: unknown): SyncAlertsError {
  const cause = error instanceof SyncAlertsError ? { cause: error } : undefined;
  return new SyncAlertsError('key_unreadable', 'the API key could not be read', cause);
}

/** The API does not accept the key, or not for this organisation. */
export function isRefused(status: number): boolean {
  return status === 401 || status === 403;
}

/** A status that may be different at the next attempt. */
export function isTransient(status: number): boolean {
  return status === 408 || isRateLimited(status) || isServerError(status);
}

function listingAdvice(status: number): string {
  if (isRateLimited(status)) return 'the API limits the rate for each user; the next check retries';
  if (isTransient(status)) return 'the next check retries';
  if (isRedirect(status)) return 'redirects are not followed: check the base URL';
  return ADVICE[status] ?? 'check the organisation id and the base URL';
}

const ADVICE: Readonly<Record<number, string>> = {
  400: 'check the organisation id, and the connector id if one is set',
  401: 'check the API key: it is not accepted; create a new one, and store it',
  402: "check the plan and the payments of the organisation in Timbal's settings",
  403: 'check the API key: it must belong to this organisation, and be allowed to list connector syncs',
  422: 'check the organisation id, and the connector id if one is set',
};

function sizeText(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  return Number.isInteger(mebibytes) ? `${mebibytes} MiB` : `${bytes} bytes`;
}

function attemptsText(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`;
}
