import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it arrived, whole. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** By `performance.now()`. */
  readonly atMs: number;
}

/** What the server does with one request. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** A real HTTP server on loopback, on a port of its own. */
export interface LocalServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly requests: readonly Received[];
  /** How many connections were ever made. */
  readonly connections: () => number;
  /**
   * How many of the connections that had a request are open now. Others do not count: after an abort, `fetch` (undici
   * 6.24) opens a spare one, sends nothing over it, and closes it by itself.
   */
  readonly open: () => number;
}

const closing: (() => Promise<void>)[] = [];

/** Starts a server that does one thing for each request, in this order, and the last for all that follow. */
export async function localServer(...behaviours: readonly Behaviour[]): Promise<LocalServer> {
  const requests: Received[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((request, response) => {
    const atMs = performance.now();
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

/** Waits, half a second at most, until no request's connection is open. */
export async function nothingOpen({ open }: Pick<LocalServer, 'open'>): Promise<void> {
  for (let waits = 0; waits < 50 && open() > 0; waits += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  if (open() > 0) throw new Error(`${open()} connections are still open`);
}

/** For `afterEach`: closes every server of the test, and cuts what is still connected. */
export async function closeLocalServers(): Promise<void> {
  await Promise.all(closing.splice(0).map((close) => close()));
}

/** An address on loopback at which nothing listens. */
export async function nobodyThere(): Promise<string> {
  const { url } = await localServer();
  await closing.pop()?.();
  return url;
}

/** Answers at once. */
export function answers(
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): Behaviour {
  return (_request, response) => void response.writeHead(status, headers).end(body);
}

/** Answers with JSON. */
export function answersJson(status: number, body: unknown): Behaviour {
  return answers(status, JSON.stringify(body), { 'content-type': 'application/json' });
}

/** Never answers. */
export const hangs: Behaviour = () => {};

/** Closes the connection without an answer. */
export const cuts: Behaviour = (request) => void request.socket.destroy();

/** Sends the head and the beginning of a body, then nothing more. */
export function stallsMidway(status: number, beginning: string): Behaviour {
  return (_request, response) => void response.writeHead(status).write(beginning);
}

/** Sends the beginning of a body, chunked or with a length that promises more, and closes the connection. */
export function cutsMidway(status: number, beginning: string, how: 'chunked' | 'with a length'): Behaviour {
  const headers = how === 'chunked' ? {} : { 'content-length': beginning.length + 100 };
  return (request, response) => {
    response.writeHead(status, headers).write(beginning, () => setTimeout(() => request.socket.end(), 5));
  };
}

/** Sends these characters, HTTP or not, and closes the connection. */
export function sendsRaw(text: (request: IncomingMessage) => string): Behaviour {
  return (request) => void request.socket.end(text(request));
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
