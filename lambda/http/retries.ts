import ky, { HTTPError } from 'ky';
import type { Deadline } from './deadline.ts';
import { retryAfterMs } from './retry-after.ts';

/** How often and how soon a request is sent again. */
export interface RetryPolicy {
  readonly retries: number;
  /** Each wait is drawn from this up to twice as much, doubling from retry to retry, `longestDelayMs` at most. */
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** A retry that the deadline would leave less time than this is not made: a POST cut midway would be in doubt. */
  readonly minAttemptMs: number;
}

/** The design's, section 6, "HTTP"; the least time for a try is ours. */
export const RETRY_POLICY: RetryPolicy = {
  retries: 3,
  minDelayMs: 500,
  maxDelayMs: 8000,
  minAttemptMs: 1000,
};

/** What the last of several tries came to. */
export type InvocationResponse = Responded | NoResponse;

export interface Responded {
  readonly kind: 'responded';
  readonly response: Response;
  readonly attempts: number;
  /** What `Retry-After` asked for, of an answer that may be retried and was not: time or retries were used up. */
  readonly waitSeconds?: number;
}

export interface NoResponse {
  readonly kind: 'no_response';
  readonly error: Error;
  readonly attempts: number;
}

export interface Retries {
  readonly retryPolicy: RetryPolicy;
  readonly deadline: Deadline;
  /** One try. */
  readonly send: (request: Request) => Promise<Response>;
  /** Whether what a try came to may be tried again. Must leave the body of a response unread. */
  readonly isRetryable: (came: Response | Error) => boolean | Promise<boolean>;
}

/**
 * Sends a request until it is answered in a way that may not be retried, the retries are used up, or the time is:
 * the last that came is the answer. `Retry-After` (seconds or a date) is obeyed when it fits the deadline; when it does
 * not, nothing more is tried.
 */
export async function requestWithRetries(request: Request, retries: Retries): Promise<InvocationResponse> {
  const { retryPolicy, deadline, send, isRetryable } = retries;
  let attempts = 0;
  let delayMs = 0;
  let last: InvocationResponse | undefined;

  async function attempt(input: Request | URL | string): Promise<Response> {
    attempts += 1;
    try {
      const response = await send(input instanceof Request ? input : new Request(input));
      last = { kind: 'responded', response, attempts };
      return response;
    } catch (error) {
      last = { kind: 'no_response', error: asError(error), attempts };
      throw error;
    }
  }

  async function shouldRetry(error: Error): Promise<boolean> {
    const came = error instanceof HTTPError ? error.response : error;
    if (!(await isRetryable(came))) return false;
    delayMs = delayBeforeRetry(came, attempts, retryPolicy);
    return delayMs + retryPolicy.minAttemptMs <= deadline.leftMs();
  }

  try {
    await ky(request, {
      fetch: attempt,
      // A try has a time of its own, and all of them have the deadline.
      timeout: false,
      signal: deadline.signal,
      retry: {
        limit: retryPolicy.retries,
        methods: ['get', 'post'],
        // Being a boolean, it keeps ky from its own reading of Retry-After, which waits whatever the deadline.
        shouldRetry: ({ error }) => shouldRetry(error),
        delay: () => delayMs,
      },
    });
  } catch (error) {
    last ??= { kind: 'no_response', error: asError(error), attempts };
  }
  last ??= { kind: 'no_response', error: new Error('nothing was sent'), attempts };
  return last.kind === 'responded' ? withWait(last, isRetryable) : last;
}

async function withWait(answer: Responded, isRetryable: Retries['isRetryable']): Promise<Responded> {
  const askedMs = retryAfterMs(answer.response);
  if (askedMs === undefined || !(await isRetryable(answer.response))) return answer;
  return { ...answer, waitSeconds: Math.ceil(askedMs / 1000) };
}

/** What the answer asks for, else between once and twice the shortest delay, doubling with each try. */
function delayBeforeRetry(came: Response | Error, attempts: number, retryPolicy: RetryPolicy): number {
  const { minDelayMs, maxDelayMs } = retryPolicy;
  const askedMs = came instanceof Response ? retryAfterMs(came) : undefined;
  if (askedMs !== undefined) return Math.max(askedMs, minDelayMs);
  const drawnMs = minDelayMs * 2 ** (attempts - 1) * (1 + Math.random());
  return Math.max(minDelayMs, Math.min(maxDelayMs, drawnMs));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
