import { STATUS_CODES } from 'node:http';
import * as v from 'valibot';
import type { ListingFailure } from '../core/alert.ts';
import { SyncAlertsError } from '../errors.ts';
import { BodyTooLarge } from '../http/attempt.ts';
import type { NoResponse, Responded } from '../http/retries.ts';

/** Why the syncs could not be listed, in words that hold no secret. */
export class ListingError extends Error {
  readonly kind: Exclude<ListingFailure['kind'], 'unreadable' | 'empty'>;
  /** "503 Service Unavailable, 4 tries". */
  readonly received: string;
  readonly advice: string;

  constructor(kind: ListingError['kind'], received: string, advice: string, cause?: unknown) {
    super(received, { cause });
    this.kind = kind;
    this.received = received;
    this.advice = advice;
  }
}

/** The longest part of an answer that an error quotes, in characters. */
const MAX_QUOTE_LENGTH = 200;

/** 200, but not a listing. */
export function malformed(received: string): ListingError {
  return new ListingError(
    'malformed',
    received,
    'check the base URL; else the API is in trouble, and the next check tries again',
  );
}

/** No answer, or one that does not fit `bound`, the bytes that all pages may have together. */
export function unanswered({ error, attempts }: NoResponse, bound: number): ListingError {
  if (error instanceof BodyTooLarge) return malformed(`more than ${bound} bytes`);
  const advice = 'check the network; the next check tries again';
  return new ListingError('failed', `${error.message}, ${attemptsText(attempts)}`, advice, error);
}

/** An answer whose status is not 200. `secrets` are masked where the answer repeats them. */
export async function badStatus(
  { response, attempts, waitSeconds }: Responded,
  secrets: readonly string[],
  cause?: SyncAlertsError,
): Promise<ListingError> {
  const { status } = response;
  const phrase = STATUS_CODES[status] ?? '';
  const wait = waitSeconds === undefined ? '' : `, asks to wait ${waitSeconds} s`;
  const times = attempts === 1 ? '' : `, ${attemptsText(attempts)}`;
  const received = `${`${status} ${phrase}`.trim()}${quote(await response.text(), secrets)}${wait}${times}`;
  const kind = isRefusal(status) ? 'refused' : 'failed';
  return new ListingError(kind, received, adviceFor(status), cause);
}

/** The key could not be read. A cause is kept if it is ours alone: those of others may quote the secret. */
export function keyUnreadable(error: unknown): SyncAlertsError {
  const cause = error instanceof SyncAlertsError ? { cause: error } : undefined;
  return new SyncAlertsError('key_unreadable', 'the API key could not be read', cause);
}

/** The API does not take the key, or not for this organisation. */
export function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}

/** A status that may be another one in a moment. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function adviceFor(status: number): string {
  if (isRefusal(status)) return 'check the API key, its organisation and its rights';
  if (isTransient(status)) return 'the next check tries again';
  if (status >= 300 && status < 400) return 'redirects are not followed: check the base URL';
  return 'check the organisation id and the base URL';
}

function attemptsText(attempts: number): string {
  return attempts === 1 ? '1 try' : `${attempts} tries`;
}

const errorSchema = v.object({ code: v.optional(v.string()), message: v.string() });

/** The API's own words, where its error has the form that it has elsewhere: `{code, message}`. On one line. */
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
  let words = code === undefined ? message : `${code}: ${message}`;
  for (const secret of secrets) {
    // A header is sent without the space around it.
    if (secret.trim() !== '') words = words.replaceAll(secret.trim(), '***');
  }
  const line = words.replace(/[\s\p{C}]+/gu, ' ').trim();
  const whole = [...line];
  if (whole.length <= MAX_QUOTE_LENGTH) return ` (${line})`;
  // A URL that the cut divides may be a secret of which only the whole would be known and masked.
  return ` (${whole
    .slice(0, MAX_QUOTE_LENGTH)
    .join('')
    .replace(/https?:\S*$/i, '')}…)`;
}
