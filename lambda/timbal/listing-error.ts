import { STATUS_CODES } from 'node:http';
import * as v from 'valibot';
import { redactCredentials } from '../core/credentials.ts';
import type { ListingFailure } from '../core/listing.ts';
import { SyncAlertsError } from '../errors.ts';
import { BodyTooLarge } from '../http/attempt.ts';
import type { NoResponse, Responded } from '../http/retries.ts';
import { isRateLimited, isRedirect, isServerError } from '../http/status.ts';
import { inOrder, redactedText } from '../secret/redaction.ts';

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

/** The longest quote from a response in an error, in characters. */
const MAX_QUOTE_LENGTH = 200;

/** A 200 that is not a listing. */
export function malformed(received: string): ListingError {
  const advice = 'check the base URL; if it is right, the API has a problem, and the next check retries';
  return new ListingError({ kind: 'malformed', received, advice });
}

/** No response came, or one larger than `maxBytes`, the limit for all pages together. */
export function noResponse({ error, attempts }: NoResponse, maxBytes: number): ListingError {
  if (error instanceof BodyTooLarge) return malformed(`more than ${maxBytes} bytes`);
  const received = `${error.message}, ${attemptsText(attempts)}`;
  return new ListingError({
    kind: 'failed',
    received,
    advice: 'check the network; the next check retries',
    cause: error,
  });
}

/** A response whose status is not 200. `secrets` are redacted where the response repeats them. */
export async function badStatus(
  { response, attempts, retryAfterSeconds }: Responded,
  secrets: readonly string[],
  cause?: SyncAlertsError,
): Promise<ListingError> {
  const { status } = response;
  const statusText = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
  const wait = retryAfterSeconds === undefined ? '' : `, Retry-After ${retryAfterSeconds} s`;
  const times = attempts === 1 ? '' : `, ${attemptsText(attempts)}`;
  const received = `${statusText}${quote(await response.text(), secrets)}${wait}${times}`;
  const kind = isRefused(status) ? 'refused' : 'failed';
  return new ListingError({ kind, received, advice: listingAdvice(status), cause });
}

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
  if (isRefused(status)) return 'check the API key, its organisation and its permissions';
  if (isTransient(status)) return 'the next check retries';
  if (isRedirect(status)) return 'redirects are not followed: check the base URL';
  return 'check the organisation id and the base URL';
}

function attemptsText(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`;
}

const errorSchema = v.object({ code: v.optional(v.string()), message: v.string() });

/**
 * The API's own error text as one line in parentheses, where the body has the form of its documented errors,
 * `{code, message}`; empty otherwise.
 */
function quote(text: string, secrets: readonly string[]): string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return '';
  }
  const parsed = v.safeParse(errorSchema, json);
  if (!parsed.success) return '';
  const { code, message } = parsed.output;
  const words = code === undefined ? message : `${code}: ${message}`;
  // `fetch` sends a header without the white space around it.
  const ours = inOrder(secrets.map((secret) => secret.trim()));
  const line = redactCredentials(redactedText(words, ours))
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  const characters = [...line];
  if (characters.length <= MAX_QUOTE_LENGTH) return ` (${line})`;
  // Redaction knows secrets only whole, so a URL that the cut divides goes entirely.
  const cut = characters
    .slice(0, MAX_QUOTE_LENGTH)
    .join('')
    .replace(/https?:\S*$/i, '');
  return ` (${cut}…)`;
}
