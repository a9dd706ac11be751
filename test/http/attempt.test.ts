import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type AttemptOptions, BodyTooLarge, sendOnce } from '../../lambda/http/attempt.ts';
import { NetworkFault } from '../../lambda/http/network-fault.ts';
import { whileCollectingGarbage } from './collect-garbage.ts';
import {
  allConnectionsClosed,
  answers,
  type Behaviour,
  closeLocalServers,
  disconnects,
  disconnectsMidway,
  hangs,
  localServer,
  sendsRaw,
  stallsMidway,
  unusedUrl,
} from './local-server.ts';

afterEach(closeLocalServers);

describe('an attempt', () => {
  it('returns the status, the headers and the body of the response', async () => {
    const { url } = await localServer(answers(418, 'short and stout', { 'x-pot': 'tea' }));
    const response = await attempt(url);
    expect(response.status).toBe(418);
    expect(response.headers.get('x-pot')).toBe('tea');
    expect(await response.text()).toBe('short and stout');
  });

  it('follows no redirect', async () => {
    const server = await localServer(answers(301, '', { location: '/elsewhere' }));
    expect((await attempt(server.url)).status).toBe(301);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [-1, true],
    [0, true],
    [1, false],
  ])('with a body %d bytes above the limit is read: %s', async (above, isRead) => {
    const { url } = await localServer(answers(200, 'x'.repeat(1000 + above)));
    const body = attempt(url, { maxBytes: 1000 }).then((response) => response.text());
    if (isRead) expect(await body).toHaveLength(1000 + above);
    else await expect(body).rejects.toThrow(BodyTooLarge);
  });

  it('compares the decompressed size of a body with the limit', async () => {
    const bomb = gzipSync('x'.repeat(1_000_000));
    const { url } = await localServer((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    expect(bomb.length).toBeLessThan(10_000);
    await expect(attempt(url, { maxBytes: 10_000 })).rejects.toThrow(BodyTooLarge);
  });

  it.each<[string, Behaviour, string]>([
    ['a response that does not come in time', hangs, 'TIMEOUT'],
    ['a body that stalls beyond the time limit', stallsMidway(200, 'half'), 'TIMEOUT'],
    ['a connection that is closed without a response', disconnects, 'UND_ERR_SOCKET'],
    ['a chunked body that is cut off', disconnectsMidway(200, 'half', 'chunked'), 'UND_ERR_SOCKET'],
    ['a body shorter than its length', disconnectsMidway(200, 'half', 'with a length'), 'UND_ERR_SOCKET'],
    ['a response that is not HTTP', sendsRaw(() => 'SSH-2.0-OpenSSH\r\n'), 'NOT_HTTP'],
    ['an impossible status', sendsRaw(() => 'HTTP/1.1 999 Odd\r\n\r\n'), 'UNKNOWN'],
  ])('fails with the code of %s', async (_name, behaviour, code) => {
    const { url } = await localServer(behaviour);
    // Only the time-outs wait for the limit; the others get enough time on a busy machine.
    const error = await failureOf(attempt(url, { attemptTimeoutMs: code === 'TIMEOUT' ? 100 : 5000 }));
    expect(error).toBeInstanceOf(NetworkFault);
    expect(error).toMatchObject({ code });
  });

  it('fails with ECONNREFUSED when nothing listens', async () => {
    expect(await failureOf(attempt(await unusedUrl()))).toMatchObject({
      code: 'ECONNREFUSED',
      message: 'connection refused (ECONNREFUSED)',
    });
  });

  it('fails with a TLS code when the server speaks no TLS', async () => {
    const { url } = await localServer(answers(200));
    const error = await failureOf(attempt(url.replace('http:', 'https:')));
    expect(inspect(error)).toMatch(/EPROTO|ERR_SSL_/);
  });

  it.each<[string, Behaviour, string]>([
    ['is cut off', disconnectsMidway(200, 'o', 'with a length'), 'o'],
    ['stalls', stallsMidway(200, 'o'), 'o'],
    ['exceeds the limit', answers(200, 'x'.repeat(2000)), 'x'.repeat(1000)],
  ])('can keep the status and the beginning of a body that %s', async (_name, behaviour, beginning) => {
    const { url } = await localServer(behaviour);
    const response = await attempt(url, {
      onIncompleteBody: 'keep',
      attemptTimeoutMs: 100,
      maxBytes: 1000,
    });
    expect([response.status, await response.text()]).toEqual([200, beginning]);
  });

  it.each<[string, Behaviour]>([
    ['waits for the response', hangs],
    ['reads the body', stallsMidway(200, 'half')],
  ])('that is aborted while it %s closes its connection', async (_name, behaviour) => {
    const server = await localServer(behaviour);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    expect(await failureOf(attempt(server.url, { signal: controller.signal }))).toMatchObject({
      code: 'DEADLINE',
      message: 'no response before the deadline (DEADLINE)',
    });
    await allConnectionsClosed(server);
  });

  it('sends nothing when its signal is already aborted', async () => {
    const server = await localServer(answers(200));
    const error = await failureOf(attempt(server.url, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'DEADLINE' });
    expect(server.connections()).toBe(0);
  });

  it.each<[string, Behaviour]>([
    ['waits for the response', hangs],
    ['reads the body', stallsMidway(200, 'half')],
  ])('times out although garbage is collected while it %s', async (_name, behaviour) => {
    const { url } = await localServer(behaviour);
    const started = performance.now();
    const error = await whileCollectingGarbage(failureOf(attempt(url, { attemptTimeoutMs: 100 })));
    expect(error).toMatchObject({ code: 'TIMEOUT' });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('opens a connection of its own for each POST, and keeps none', async () => {
    const server = await localServer(answers(200, 'ok'));
    await sendOnce(new Request(server.url, { method: 'POST', body: 'one' }), DEFAULTS);
    await sendOnce(new Request(server.url, { method: 'POST', body: 'two' }), DEFAULTS);
    expect(server.requests.map(({ body }) => body)).toEqual(['one', 'two']);
    expect(server.connections()).toBe(2);
    await allConnectionsClosed(server);
  });

  it('closes the connection of a body above the limit', async () => {
    const server = await localServer(stallsMidway(200, 'x'.repeat(2000)));
    await expect(attempt(server.url, { maxBytes: 1000 })).rejects.toThrow(BodyTooLarge);
    await allConnectionsClosed(server);
  });

  it('throws no error that repeats the URL, a header or the response', async () => {
    const { url } = await localServer(
      sendsRaw(({ url, headers }) => `${url} ${headers.authorization} is not HTTP\r\n\r\n`),
    );
    const request = new Request(`${url}/marked-path`, { headers: { authorization: 'Bearer marked-key' } });
    const error = await failureOf(sendOnce(request, { ...DEFAULTS, attemptTimeoutMs: 500 }));
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain('marked');
  });
});

const DEFAULTS: AttemptOptions = {
  signal: new AbortController().signal,
  attemptTimeoutMs: 2000,
  maxBytes: 100_000,
  onIncompleteBody: 'fail',
};

function attempt(url: string, options: Partial<AttemptOptions> = {}): Promise<Response> {
  return sendOnce(new Request(url), { ...DEFAULTS, ...options });
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
}
