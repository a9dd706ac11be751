import ky, { HTTPError } from 'ky';
import type { Deadline } from './deadline.ts';

/** How often and how soon a request is sent again. */
export interface Patience {
  readonly retries: number;
  /** Each wait is drawn from this up to twice as much, doubling from retry to retry, `longestDelayMs` at most. */
  readonly shortestDelayMs: number;
  readonly longestDelayMs: number;
}

/** The design's, section 6, "HTTP". */
export const PATIENCE: Patience = { retries: 3, shortestDelayMs: 500, longestDelayMs: 8000 };

/** What the last of several tries came to. */
export type Answer = Answered | Unanswered;

export interface Answered {
  readonly kind: 'answered';
  readonly response: Response;
  readonly tries: number;
  /** What `Retry-After` asked for, when there was no time left for it. */
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
  let waitSeconds: number | undefined;
  let last: Answer | undefined;

  async function oneTry(input: Request | URL | string): Promise<Response> {
    tries += 1;
    waitSeconds = undefined;
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
    if (deadline.signal.aborted || !(await mayRetry(came))) return false;
    const asked = came instanceof Response ? retryAfterMs(came) : undefined;
    delayMs = asked ?? backoffMs(tries, patience);
    if (delayMs < deadline.leftMs()) return true;
    if (asked !== undefined) waitSeconds = Math.ceil(asked / 1000);
    return false;
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
        shouldRetry: ({ error }) => shouldRetry(error),
        delay: () => delayMs,
      },
    });
  } catch (error) {
    last ??= { kind: 'unanswered', error: asError(error), tries };
  }
  if (last === undefined) return { kind: 'unanswered', error: new Error('nothing was sent'), tries };
  return last.kind === 'answered' && waitSeconds !== undefined ? { ...last, waitSeconds } : last;
}

/** Between once and twice the shortest delay, doubling with each try. */
function backoffMs(tries: number, { shortestDelayMs, longestDelayMs }: Patience): number {
  const base = shortestDelayMs * 2 ** (tries - 1);
  return Math.min(longestDelayMs, base * (1 + Math.random()));
}

/** What an answer's `Retry-After` asks for (RFC 9110, section 10.2.3): seconds, or a date. */
function retryAfterMs(response: Response): number | undefined {
  const header = response.headers.get('retry-after')?.trim();
  if (!header) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
