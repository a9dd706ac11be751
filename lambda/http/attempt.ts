import { NetworkFault, networkFaultOf } from './network-fault.ts';
import { watchSending } from './sending.ts';

/** A response body that exceeds its limit; the rest of it was not read. */
export class BodyTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`the response body exceeds ${maxBytes} bytes`);
    this.name = 'BodyTooLarge';
  }
}

export interface AttemptOptions {
  /** Aborts the attempt at any point. */
  readonly signal: AbortSignal;
  /**
   * The limit for the whole attempt, reading the body included.
   * @default none but `signal`
   */
  readonly attemptTimeoutMs?: number | undefined;
  /** The limit for the decompressed body, inclusive. */
  readonly maxBytes: number;
  /** A body that breaks off, stalls or exceeds `maxBytes`: fail the attempt, or return the part that came. */
  readonly onIncompleteBody: 'fail' | 'keep';
  /** Gets the headers as soon as they came, before the body. */
  readonly onHeaders?: (headers: Headers) => void;
  /**
   * Gets the body of a 200 chunk by chunk as it arrives, `maxBytes` at most; the response then has no body. The rest is not
   * read once it returns false. Of any other response, only the first 64 KiB are kept.
   */
  readonly onChunk?: (chunk: Uint8Array) => boolean;
}

/**
 * Sends a request once and reads the whole response, so that a caller that retries also retries the reading. It follows
 * no redirect. Once it settles, its connection is idle or closed. The response has no `statusText`: that is free text
 * from outside.
 *
 * @throws NetworkFault when the network fails, or the time is up; BodyTooLarge.
 */
export async function sendOnce(request: Request, options: AttemptOptions): Promise<Response> {
  const { signal, attemptTimeoutMs } = options;
  // One controller, held by its timer: Node.js loses the abort of signals made from signals (see `deadlineIn`).
  const controller = new AbortController();
  const abort = () => controller.abort(new NetworkFault('DEADLINE'));
  const timeOut = () => controller.abort(new NetworkFault('TIMEOUT'));
  const timer = attemptTimeoutMs === undefined ? undefined : setTimeout(timeOut, attemptTimeoutMs);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const sending = watchSending(request);
  try {
    return await fetchWhole(request, controller.signal, options);
  } catch (error) {
    throw error instanceof BodyTooLarge ? error : networkFaultOf(error, sending.wasSent());
  } finally {
    sending.stop();
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** Of a response that is no listing, this much says why. */
const MAX_ERROR_BYTES = 64 * 1024;

async function fetchWhole(
  request: Request,
  signal: AbortSignal,
  { maxBytes, onIncompleteBody, onHeaders, onChunk }: AttemptOptions,
): Promise<Response> {
  const headers = new Headers(request.headers);
  // Lambda freezes the sandbox between invocations, so a kept connection may be dead, and a POST that finds this out is
  // unconfirmed. A GET is simply retried. Its connection is kept: on a closing connection undici takes a truncated
  // chunked body for a complete one.
  if (request.method === 'POST') headers.set('connection', 'close');
  const response = await fetch(request, { headers, redirect: 'manual', signal });
  onHeaders?.(response.headers);
  const head = { status: response.status, headers: response.headers };
  const chunks: Uint8Array[] = [];
  const keepChunk = (chunk: Uint8Array) => chunks.push(chunk) > 0;
  const isError = onChunk !== undefined && response.status !== 200;
  try {
    if (isError) await readChunks(response, MAX_ERROR_BYTES, keepChunk);
    else await readChunks(response, maxBytes, onChunk ?? keepChunk);
  } catch (error) {
    if (onIncompleteBody === 'fail' && !isError) throw error;
  }
  return new Response(chunks.length === 0 ? null : Buffer.concat(chunks), head);
}

async function readChunks(
  { body }: Response,
  maxBytes: number,
  onChunk: (chunk: Uint8Array) => boolean,
): Promise<void> {
  if (body === null) return;
  let length = 0;
  // Leaving the loop early cancels the stream, and with it the connection.
  for await (const chunk of body) {
    if (!onChunk(chunk.subarray(0, maxBytes - length))) return;
    length += chunk.length;
    if (length > maxBytes) throw new BodyTooLarge(maxBytes);
  }
}
