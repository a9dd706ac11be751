import { NetworkFault, networkFaultOf } from './network-fault.ts';

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
  /** The limit for the whole attempt, reading the body included. */
  readonly attemptTimeoutMs: number;
  /** The limit for the decompressed body, inclusive. */
  readonly maxBytes: number;
  /** A body that breaks off, stalls or exceeds `maxBytes`: fail the attempt, or return the response without a body. */
  readonly onIncompleteBody: 'fail' | 'discard';
  /** Gets the body of a 200 chunk by chunk as it arrives, `maxBytes` at most; the response then has no body. */
  readonly onChunk?: (chunk: Uint8Array) => void;
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
  const timer = setTimeout(() => controller.abort(new NetworkFault('TIMEOUT')), attemptTimeoutMs);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await fetchWhole(request, controller.signal, options);
  } catch (error) {
    throw error instanceof BodyTooLarge ? error : networkFaultOf(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

async function fetchWhole(
  request: Request,
  signal: AbortSignal,
  { maxBytes, onIncompleteBody, onChunk }: AttemptOptions,
): Promise<Response> {
  const headers = new Headers(request.headers);
  // Lambda freezes the sandbox between invocations, so a kept connection may be dead, and a POST that finds this out is
  // unconfirmed. A GET is simply retried. Its connection is kept: on a closing connection undici takes a truncated
  // chunked body for a complete one.
  if (request.method === 'POST') headers.set('connection', 'close');
  const response = await fetch(request, { headers, redirect: 'manual', signal });
  const head = { status: response.status, headers: response.headers };
  try {
    if (response.status === 200 && onChunk !== undefined) {
      await readChunks(response, maxBytes, onChunk);
      return new Response(null, head);
    }
    const body = await readBody(response, maxBytes);
    return new Response(body.length === 0 ? null : body, head);
  } catch (error) {
    if (onIncompleteBody === 'fail') throw error;
    return new Response(null, head);
  }
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  const length = await readChunks(response, maxBytes, (chunk) => chunks.push(chunk));
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

/** @returns The length of the body in bytes. */
async function readChunks(
  { body }: Response,
  maxBytes: number,
  onChunk: (chunk: Uint8Array) => void,
): Promise<number> {
  let length = 0;
  if (body === null) return length;
  // Leaving the loop early cancels the stream, and with it the connection.
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new BodyTooLarge(maxBytes);
    onChunk(chunk);
  }
  return length;
}
