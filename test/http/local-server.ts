// The adapter loads it at its first use. Loaded here, that takes no time of a test with a short limit.
import '@slack/webhook';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { until } from './until.ts';

/** A complete request, as it arrived. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The time of arrival, in milliseconds of `performance.now()`. */
  readonly atMs: number;
}

/** The server's reaction to one request. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** A real HTTP server on a loopback port of its own. */
export interface LocalServer {
  /** Without a trailing slash. */
  readonly url: string;
  readonly requests: readonly Received[];
  /** How many connections clients have ever opened. */
  readonly connections: () => number;
  /**
   * How many connections that carried a request are open now. Others do not count: after an abort, `fetch` (undici
   * 6.24) opens a spare connection, sends nothing over it, and closes it.
   */
  readonly open: () => number;
}

const closing: (() => Promise<void>)[] = [];

/** Starts a server with one behaviour per request, in this order; the last one applies to all further requests. */
export async function localServer(...behaviours: readonly Behaviour[]): Promise<LocalServer> {
  const requests: Received[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((request, response) => {
    const atMs = performance.now();
    // The clock of a test is not that of the machine. A behaviour may send the `Date` of its story.
    response.sendDate = false;
    const { socket } = request;
    if (!sockets.has(socket)) socket.once('close', () => sockets.delete(socket));
    sockets.add(socket);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const behave = behaviours[Math.min(requests.length, behaviours.length - 1)];
      requests.push({ method, url, headers, body: Buffer.concat(chunks).toString(), atMs });
      behave?.(request, response);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    requests,
    connections: () => connections,
    open: () => sockets.size,
  };
}

/** Waits until no connection that carried a request is open; fails after half a second. */
export async function allConnectionsClosed({ open }: Pick<LocalServer, 'open'>): Promise<void> {
  for (let waits = 0; waits < 50 && open() > 0; waits += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  if (open() > 0) throw new Error(`${open()} connections are still open`);
}

/** Waits until the server has received this many requests, also while timers are faked; fails after 5 s. */
export async function requestsReceived(
  { requests }: Pick<LocalServer, 'requests'>,
  count: number,
): Promise<void> {
  await until(
    () => requests.length >= count,
    () => `${requests.length} requests came, not ${count}`,
  );
}

/** For `afterEach`: closes every server of the test, and its connections. */
export async function closeLocalServers(): Promise<void> {
  await Promise.all(closing.splice(0).map((close) => close()));
}

/** The URL of a loopback port at which nothing listens. */
export async function unusedUrl(): Promise<string> {
  const { url } = await localServer();
  await closing.pop()?.();
  return url;
}

/** Responds at once. */
export function answers(
  status: number,
  body: string | Uint8Array = '',
  headers: Readonly<Record<string, string>> = {},
): Behaviour {
  return (_request, response) => void response.writeHead(status, headers).end(body);
}

/** Responds with JSON. */
export function answersJson(status: number, body: unknown): Behaviour {
  return answers(status, JSON.stringify(body), { 'content-type': 'application/json' });
}

/** Never responds. */
export const hangs: Behaviour = () => {};

/** Closes the connection without a response. */
export const disconnects: Behaviour = (request) => void request.socket.destroy();

/** Sends the head and the beginning of a body, then nothing. */
export function stallsMidway(status: number, beginning: string): Behaviour {
  return (_request, response) => void response.writeHead(status).write(beginning);
}

/** Sends the beginning of a body, chunked or with a content length that promises more, and closes the connection. */
export function disconnectsMidway(
  status: number,
  beginning: string,
  encoding: 'chunked' | 'with a length',
): Behaviour {
  const headers = encoding === 'chunked' ? {} : { 'content-length': beginning.length + 100 };
  return (request, response) => {
    response.writeHead(status, headers).write(beginning, () => setTimeout(() => request.socket.end(), 5));
  };
}

/** Sends these characters, valid HTTP or not, and closes the connection. */
export function sendsRaw(text: (request: IncomingMessage) => string): Behaviour {
  return (request) => void request.socket.end(text(request));
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
