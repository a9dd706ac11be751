// In: a request, a retry policy, a deadline, and the function that sends one attempt.
// Out: the last response with the number of attempts, or the last error when no response came. It never rejects.
// Called by: timbal/listing.ts for each page of the listing, slack/webhook.ts for each post.
import { asError } from '../errors.ts';
import { type Deadline, sleepWithin } from './deadline.ts';
import { retryAfterMs } from './retry-after.ts';

/** How often and how soon a request is sent again. */
export interface RetryPolicy {
  /** Retries after the first attempt. */
  readonly retries: number;
  /** The wait is random between once and twice this value, doubles with each retry, and is at most `maxDelayMs`. */
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** No retry starts with less time than this before the deadline: the outcome of a POST that is aborted is unknown. */
  readonly minAttemptMs: number;
}

/** The production policy (docs/design/delivery-and-state.md). */
export const RETRY_POLICY: RetryPolicy = {
  retries: 3,
  minDelayMs: 500,
  maxDelayMs: 8000,
  minAttemptMs: 1000,
};

/** The outcome of the last attempt. */
export type RequestResult = Responded | NoResponse;

export interface Responded {
  readonly kind: 'responded';
  readonly response: Response;
  readonly attempts: number;
  /** The `Retry-After` of a retryable response that was not retried, because the time or the retries were used up. */
  readonly retryAfterSeconds?: number;
}

export interface NoResponse {
  readonly kind: 'no_response';
  readonly error: Error;
  readonly attempts: number;
}

export interface RetryOptions {
  readonly retryPolicy: RetryPolicy;
  readonly deadline: Deadline;
  /** Sends one attempt. */
  readonly send: (request: Request) => Promise<Response>;
  /** Whether an attempt with this outcome may be retried. Must leave the body of a response unread. */
  readonly isRetryable: (outcome: Response | Error) => boolean | Promise<boolean>;
}

/**
 * Sends a request until its outcome is not retryable, or the retries or the time are used up, and returns the outcome
 * of the last attempt. It obeys `Retry-After` (seconds or a date) when that fits the deadline; when it does not fit, it
 * stops.
 */
export async function requestWithRetries(request: Request, options: RetryOptions): Promise<RequestResult> {
  const { retryPolicy, deadline, send, isRetryable } = options;
  for (let attempts = 1; ; attempts += 1) {
    // A body can be sent once.
    const result = await resultOf(send(request.clone()), attempts);
    const outcome = result.kind === 'responded' ? result.response : result.error;
    if (!(await isRetryable(outcome))) return result;
    if (attempts > retryPolicy.retries) return withRetryAfter(result);
    const delayMs = delayBeforeRetry(outcome, attempts, retryPolicy);
    const fits = delayMs + retryPolicy.minAttemptMs <= deadline.remainingMs();
    if (!fits || !(await sleepWithin(delayMs, deadline))) return withRetryAfter(result);
  }
}

async function resultOf(sent: Promise<Response>, attempts: number): Promise<RequestResult> {
  try {
    return { kind: 'responded', response: await sent, attempts };
  } catch (error) {
    return { kind: 'no_response', error: asError(error), attempts };
  }
}

/** The result of a request that is retryable and was not retried. */
function withRetryAfter(result: RequestResult): RequestResult {
  if (result.kind === 'no_response') return result;
  const retryAfter = retryAfterMs(result.response);
  if (retryAfter === undefined) return result;
  return { ...result, retryAfterSeconds: Math.ceil(retryAfter / 1000) };
}

/** The response's `Retry-After`, else between once and twice the shortest delay, doubled for each attempt before. */
function delayBeforeRetry(outcome: Response | Error, attempts: number, retryPolicy: RetryPolicy): number {
  const { minDelayMs, maxDelayMs } = retryPolicy;
  const retryAfter = outcome instanceof Response ? retryAfterMs(outcome) : undefined;
  if (retryAfter !== undefined) return Math.max(retryAfter, minDelayMs);
  const randomMs = minDelayMs * 2 ** (attempts - 1) * (1 + Math.random());
  return Math.max(minDelayMs, Math.min(maxDelayMs, randomMs));
}
