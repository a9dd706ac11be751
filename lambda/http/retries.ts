import ky, { HTTPError } from 'ky';
import type { Deadline } from './deadline.ts';
import { retryAfterMs } from './retry-after.ts';

/** How often and how soon a request is sent again. */
export interface Patience {
  readonly retries: number;
  /** Each wait is drawn from this up to twice as much, doubling from retry to retry, `longestDelayMs` at most. */
  readonly shortestDelayMs: number;
  readonly longestDelayMs: number;
  /** A retry that the deadline would leave less time than this is not made: a POST cut midway would be in doubt. */
  readonly leastTryMs: number;
}

/** The design's, section 6, "HTTP"; the least time for a try is ours. */
export const PATIENCE: Patience = {
  retries: 3,
  shortestDelayMs: 500,
  longestDelayMs: 8000,
  leastTryMs: 1000,
};

/** What the last of several tries came to. */
export type Answer = Answered | Unanswered;

export interface Answered {
  readonly kind: 'answered';
  readonly response: Response;
  readonly tries: number;
  /** What `Retry-After` asked for, of an answer that may be retried and was not: time or retries were used up. */
  readonly waitSeconds?: number;
}

export interface Unanswered {
  readonly kind: 'unanswered';
  readonly error: Error;
  readonly tries: number;
}

export interface Retries {
  readonly patience: Patience;
  readonly deadline: Deadline;
  /** One try. */
  readonly send: (request: Request) => Promise<Response>;
  /** Whether what a try came to may be tried again. Must leave the body of a response unread. */
  readonly mayRetry: (came: Response | Error) => boolean | Promise<boolean>;
}

/**
 * Sends a request until it is answered in a way that may not be retried, the retries are used up, or the time is:
 * the last that came is the answer. `Retry-After` (seconds or a date) is obeyed when it fits the deadline; when it does
 * not, nothing more is tried.
 */
export async function requestWithRetries(request: Request, retries: Retries): Promise<Answer> {
  const { patience, deadline, send, mayRetry } = retries;
  let tries = 0;
  let delayMs = 0;
  let last: Answer | undefined;

  async function oneTry(input: Request | URL | string): Promise<Response> {
    tries += 1;
    try {
      const response = await send(input instanceof Request ? input : new Request(input));
      last = { kind: 'answered', response, tries };
      return response;
    } catch (error) {
      last = { kind: 'unanswered', error: asError(error), tries };
      throw error;
    }
  }

  async function shouldRetry(error: Error): Promise<boolean> {
    const came = error instanceof HTTPError ? error.response : error;
    if (!(await mayRetry(came))) return false;
    delayMs = delayBeforeRetry(came, tries, patience);
    return delayMs + patience.leastTryMs <= deadline.leftMs();
  }

  try {
    await ky(request, {
      fetch: oneTry,
      // A try has a time of its own, and all of them have the deadline.
      timeout: false,
      signal: deadline.signal,
      retry: {
        limit: patience.retries,
        methods: ['get', 'post'],
        // Being a boolean, it keeps ky from its own reading of Retry-After, which waits whatever the deadline.
        shouldRetry: ({ error }) => shouldRetry(error),
        delay: () => delayMs,
      },
    });
  } catch (error) {
    last ??= { kind: 'unanswered', error: asError(error), tries };
  }
  last ??= { kind: 'unanswered', error: new Error('nothing was sent'), tries };
  return last.kind === 'answered' ? withWait(last, mayRetry) : last;
}

async function withWait(answer: Answered, mayRetry: Retries['mayRetry']): Promise<Answered> {
  const askedMs = retryAfterMs(answer.response);
  if (askedMs === undefined || !(await mayRetry(answer.response))) return answer;
  return { ...answer, waitSeconds: Math.ceil(askedMs / 1000) };
}

/** What the answer asks for, else between once and twice the shortest delay, doubling with each try. */
function delayBeforeRetry(came: Response | Error, tries: number, patience: Patience): number {
  const { shortestDelayMs, longestDelayMs } = patience;
  const askedMs = came instanceof Response ? retryAfterMs(came) : undefined;
  if (askedMs !== undefined) return Math.max(askedMs, shortestDelayMs);
  const drawnMs = shortestDelayMs * 2 ** (tries - 1) * (1 + Math.random());
  return Math.max(shortestDelayMs, Math.min(longestDelayMs, drawnMs));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
