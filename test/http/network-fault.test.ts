import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { sendOnce } from '../../lambda/http/attempt.ts';
import { networkFaultOf } from '../../lambda/http/network-fault.ts';
import {
  answers,
  type Behaviour,
  closeLocalServers,
  disconnects,
  hangs,
  localServer,
  stallsMidway,
  unusedUrl,
} from './local-server.ts';

afterEach(closeLocalServers);

function error(code: string, fields: object = {}): Error {
  return Object.assign(new Error(code), { code, ...fields });
}

function fetchFailed(cause: Error): Error {
  return new TypeError('fetch failed', { cause });
}

/** The error of a host with several addresses. */
function several(...errors: readonly Error[]): Error {
  return Object.assign(new AggregateError(errors), { code: 'ETIMEDOUT' });
}

const connecting = { syscall: 'connect', address: '192.0.2.1', port: 443 };

describe('an error of fetch', () => {
  it.each([
    ['one address, no connection in time', fetchFailed(error('ETIMEDOUT', connecting))],
    ['one address, refused', fetchFailed(error('ECONNREFUSED', connecting))],
    ['one address, unreachable', fetchFailed(error('EHOSTUNREACH', connecting))],
    ['a reset while connecting', fetchFailed(error('ECONNRESET', connecting))],
    ['two addresses', fetchFailed(several(error('ETIMEDOUT', connecting), error('ENETUNREACH', connecting)))],
    ['no host', fetchFailed(error('ENOTFOUND', { syscall: 'getaddrinfo' }))],
    ['the connect timeout of undici', fetchFailed(error('UND_ERR_CONNECT_TIMEOUT'))],
    ['several connect timeouts', fetchFailed(several(error('UND_ERR_CONNECT_TIMEOUT')))],
    ['an expired certificate', fetchFailed(error('CERT_HAS_EXPIRED'))],
  ])('proves that nothing was sent: %s', (_name, thrown) => {
    expect(networkFaultOf(thrown).neverSent).toBe(true);
    expect(networkFaultOf(thrown, true).neverSent).toBe(false);
  });

  it.each([
    ['a timeout while reading', fetchFailed(error('ETIMEDOUT', { syscall: 'read' }))],
    ['a host that became unreachable', fetchFailed(error('EHOSTUNREACH', { syscall: 'write' }))],
    ['a timeout without its call', fetchFailed(error('ETIMEDOUT'))],
    ['a reset', fetchFailed(error('ECONNRESET', { syscall: 'read' }))],
    [
      'two addresses, one of them read',
      fetchFailed(several(error('ETIMEDOUT', connecting), error('ETIMEDOUT'))),
    ],
    ['a closed connection', fetchFailed(error('UND_ERR_SOCKET'))],
    ['no errors at all', fetchFailed(new AggregateError([]))],
    ['something else', 'a string'],
  ])('does not prove that nothing was sent: %s', (_name, thrown) => {
    expect(networkFaultOf(thrown).neverSent).toBe(false);
    expect(networkFaultOf(thrown, false).neverSent).toBe(true);
  });
});

describe('a request that failed', () => {
  const sockets: Socket[] = [];
  const servers: Server[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  /** The port of a server that does this with each connection. */
  async function rawServer(behave: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      behave(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  it('never left when no address of its host connects', async () => {
    const { port } = new URL(await unusedUrl());
    expect(await faultOf(`http://localhost:${port}/`)).toMatchObject({
      code: 'ECONNREFUSED',
      neverSent: true,
    });
  });

  it('never left when the time is up while it connects', async () => {
    const port = await rawServer(() => undefined);
    const fault = await faultOf(`https://127.0.0.1:${port}/`);
    expect(fault).toMatchObject({ code: 'TIMEOUT', neverSent: true });
    expect(fault.message).toBe('no connection in time (TIMEOUT)');
  });

  it('never left when the TLS handshake breaks off', async () => {
    const port = await rawServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await faultOf(`https://127.0.0.1:${port}/`)).toMatchObject({ neverSent: true });
  });

  it.each<[string, Behaviour]>([
    ['no response comes in time', hangs],
    ['the body stalls', stallsMidway(200, 'half')],
    ['the connection is closed', disconnects],
    ['the connection is reset', (request) => void request.socket.resetAndDestroy()],
  ])('may have left when %s', async (_name, behaviour) => {
    const { url } = await localServer(behaviour);
    expect(await faultOf(`${url}/path?query`)).toMatchObject({ neverSent: false });
  });

  it('says nothing about a request beside it that was answered', async () => {
    const [server, port] = [await localServer(answers(200)), await rawServer(() => undefined)];
    const [fault] = await Promise.all([
      faultOf(`https://127.0.0.1:${port}/one`),
      sendOnce(new Request(`${server.url}/other`, { method: 'POST' }), OPTIONS),
    ]);
    expect(fault).toMatchObject({ neverSent: true });
  });
});

const OPTIONS = {
  signal: new AbortController().signal,
  attemptTimeoutMs: 300,
  maxBytes: 1000,
  onIncompleteBody: 'fail',
} as const;

async function faultOf(url: string) {
  try {
    await sendOnce(new Request(url, { method: 'POST', body: '{}' }), OPTIONS);
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
  }
  throw new Error('the request did not fail');
}
