import { NetworkFault, networkFaultOf } from './network-fault.ts';

/** A body beyond its bound; the rest of it was not read. */
export class BodyTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`the body is larger than ${maxBytes} bytes`);
    this.name = 'BodyTooLarge';
  }
}

export interface AttemptOptions {
  /** Cuts the try, wherever it is. */
  readonly signal: AbortSignal;
  /** The whole try is cut then, the reading of the body included. */
  readonly attemptTimeoutMs: number;
  /** The bound of a body, decompressed; at the bound is not yet beyond it. */
  readonly maxBytes: number;
  /** What a body that is cut midway, or beyond its bound, makes of the try: a failure, or an answer without a body. */
  readonly cutBody: 'fails' | 'is empty';
}

/**
 * Sends a request once and reads the whole answer, so that whoever retries retries the reading too. Follows no redirect;
 * once it has settled nothing of the request goes on. The answer has no `statusText`: it is free text from outside.
 *
 * @throws NetworkFault for the network or the time; BodyTooLarge.
 */
export async function sendOnce(request: Request, options: AttemptOptions): Promise<Response> {
  const { signal, attemptTimeoutMs } = options;
  // One controller of our own, held by its timer: signals made from signals get lost (see `deadlineIn`).
  const controller = new AbortController();
  const cut = () => controller.abort(new NetworkFault('CUT'));
  const timer = setTimeout(() => controller.abort(new NetworkFault('TIMEOUT')), attemptTimeoutMs);
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();
  try {
    return await answerTo(request, controller.signal, options);
  } catch (error) {
    throw error instanceof BodyTooLarge ? error : networkFaultOf(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cut);
  }
}

async function answerTo(
  request: Request,
  signal: AbortSignal,
  { maxBytes, cutBody }: AttemptOptions,
): Promise<Response> {
  const headers = new Headers(request.headers);
  // A connection kept from an earlier invocation is dead after a freeze, and a POST that finds that out is in doubt. A
  // GET is simply tried again; its connection is kept, since undici takes a chunked body that is cut on a closing one
  // for a whole one.
  if (request.method === 'POST') headers.set('connection', 'close');
  const response = await fetch(request, { headers, redirect: 'manual', signal });
  const answer = { status: response.status, headers: response.headers };
  try {
    const body = await wholeBody(response, maxBytes);
    return new Response(body.length === 0 ? null : body, answer);
  } catch (error) {
    if (cutBody === 'fails') throw error;
    return new Response(null, answer);
  }
}

async function wholeBody(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream, and with it the connection.
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > maxBytes) throw new BodyTooLarge(maxBytes);
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
