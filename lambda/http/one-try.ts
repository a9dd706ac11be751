/** A body beyond its bound; the rest of it was not read. */
export class BodyTooLarge extends Error {
  constructor(mostBytes: number) {
    super(`the body is larger than ${mostBytes} bytes`);
    this.name = 'BodyTooLarge';
  }
}

export interface OneTry {
  /** The whole try is cut then, the reading of the body included. */
  readonly tryMs: number;
  readonly mostBytes: number;
  /** What a body that is cut midway makes of the try: a failure, or an answer without a body. */
  readonly cutBody: 'fails' | 'is empty';
}

/**
 * Sends a request once and reads the whole answer, so that whoever retries retries the reading too. Follows no redirect.
 *
 * @throws BodyTooLarge, and whatever `fetch` throws for the network or the time.
 */
export async function sendOnce(request: Request, { tryMs, mostBytes, cutBody }: OneTry): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(tryMs)]);
  const response = await fetch(request, { redirect: 'manual', signal });
  const { status, statusText, headers } = response;
  try {
    const body = await wholeBody(response, mostBytes);
    return new Response(body.length === 0 ? null : body, { status, statusText, headers });
  } catch (error) {
    if (cutBody === 'fails') throw error;
    return new Response(null, { status, statusText, headers });
  }
}

async function wholeBody(response: Response, mostBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (response.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream, and with it the connection.
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > mostBytes) throw new BodyTooLarge(mostBytes);
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
