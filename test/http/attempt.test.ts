import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type AttemptOptions, BodyTooLarge, sendOnce } from '../../lambda/http/attempt.ts';
import { NetworkFault } from '../../lambda/http/network-fault.ts';
import { whileCollectingGarbage } from './collect-garbage.ts';
import {
  answers,
  type Behaviour,
  closeLocalServers,
  cuts,
  cutsMidway,
  hangs,
  localServer,
  nobodyThere,
  nothingOpen,
  sendsRaw,
  stallsMidway,
} from './local-server.ts';

afterEach(closeLocalServers);

describe('one try', () => {
  it('gives the whole answer: its status, its headers and its body', async () => {
    const { url } = await localServer(answers(418, 'short and stout', { 'x-pot': 'tea' }));
    const response = await trying(url);
    expect(response.status).toBe(418);
    expect(response.headers.get('x-pot')).toBe('tea');
    expect(await response.text()).toBe('short and stout');
  });

  it('follows no redirect', async () => {
    const server = await localServer(answers(301, '', { location: '/elsewhere' }));
    expect((await trying(server.url)).status).toBe(301);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [-1, true],
    [0, true],
    [1, false],
  ])('reads a body of %d bytes beyond the bound: %s', async (beyond, isRead) => {
    const { url } = await localServer(answers(200, 'x'.repeat(1000 + beyond)));
    const tried = trying(url, { maxBytes: 1000 }).then((response) => response.text());
    if (isRead) expect(await tried).toHaveLength(1000 + beyond);
    else await expect(tried).rejects.toThrow(BodyTooLarge);
  });

  it('counts the bytes of a body as decompressed', async () => {
    const bomb = gzipSync('x'.repeat(1_000_000));
    const { url } = await localServer((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    expect(bomb.length).toBeLessThan(10_000);
    await expect(trying(url, { maxBytes: 10_000 })).rejects.toThrow(BodyTooLarge);
  });

  it.each<[string, Behaviour, string]>([
    ['no answer within the time of a try', hangs, 'TIMEOUT'],
    ['a body that stalls beyond the time of a try', stallsMidway(200, 'half'), 'TIMEOUT'],
    ['a connection closed without an answer', cuts, 'UND_ERR_SOCKET'],
    ['a chunked body cut midway', cutsMidway(200, 'half', 'chunked'), 'UND_ERR_SOCKET'],
    ['a body shorter than its length', cutsMidway(200, 'half', 'with a length'), 'UND_ERR_SOCKET'],
    ['what is not HTTP', sendsRaw(() => 'SSH-2.0-OpenSSH\r\n'), 'NOT_HTTP'],
    ['a status that there is not', sendsRaw(() => 'HTTP/1.1 999 Odd\r\n\r\n'), 'UNKNOWN'],
  ])('fails with %s', async (_name, behaviour, code) => {
    const { url } = await localServer(behaviour);
    // What is waited for comes soon; the rest has time, however busy the machine is.
    const error = await failing(trying(url, { attemptTimeoutMs: code === 'TIMEOUT' ? 100 : 5000 }));
    expect(error).toBeInstanceOf(NetworkFault);
    expect(error).toMatchObject({ code });
  });

  it('fails with the code of a connection that nobody takes', async () => {
    expect(await failing(trying(await nobodyThere()))).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('fails with the code of TLS where there is none', async () => {
    const { url } = await localServer(answers(200));
    const error = await failing(trying(url.replace('http:', 'https:')));
    expect(inspect(error)).toMatch(/EPROTO|ERR_SSL_/);
  });

  it.each<[string, Behaviour]>([
    ['is cut', cutsMidway(200, 'o', 'with a length')],
    ['stalls', stallsMidway(200, 'o')],
    ['is beyond its bound', answers(200, 'x'.repeat(2000))],
  ])('may take an answer whose body %s for one without a body', async (_name, behaviour) => {
    const { url } = await localServer(behaviour);
    const response = await trying(url, { cutBody: 'is empty', attemptTimeoutMs: 100, maxBytes: 1000 });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it.each<[string, Behaviour]>([
    ['waits for an answer', hangs],
    ['reads its body', stallsMidway(200, 'half')],
  ])('is cut while it %s, and closes its connection', async (_name, behaviour) => {
    const server = await localServer(behaviour);
    const cut = new AbortController();
    setTimeout(() => cut.abort(), 50);
    expect(await failing(trying(server.url, { signal: cut.signal }))).toMatchObject({ code: 'CUT' });
    await nothingOpen(server);
  });

  it('sends nothing when it is cut before', async () => {
    const server = await localServer(answers(200));
    const error = await failing(trying(server.url, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'CUT' });
    expect(server.connections()).toBe(0);
  });

  it.each<[string, Behaviour]>([
    ['waits for an answer', hangs],
    ['reads its body', stallsMidway(200, 'half')],
  ])('ends in its time though garbage is collected while it %s', async (_name, behaviour) => {
    const { url } = await localServer(behaviour);
    const began = performance.now();
    const error = await whileCollectingGarbage(failing(trying(url, { attemptTimeoutMs: 100 })));
    expect(error).toMatchObject({ code: 'TIMEOUT' });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('has a connection of its own when it posts, and keeps none', async () => {
    const server = await localServer(answers(200, 'ok'));
    await sendOnce(new Request(server.url, { method: 'POST', body: 'one' }), DEFAULTS);
    await sendOnce(new Request(server.url, { method: 'POST', body: 'two' }), DEFAULTS);
    expect(server.requests.map(({ body }) => body)).toEqual(['one', 'two']);
    expect(server.connections()).toBe(2);
    await nothingOpen(server);
  });

  it('closes the connection of a body beyond its bound', async () => {
    const server = await localServer(stallsMidway(200, 'x'.repeat(2000)));
    await expect(trying(server.url, { maxBytes: 1000 })).rejects.toThrow(BodyTooLarge);
    await nothingOpen(server);
  });

  it('throws nothing that repeats the URL, or what came from outside', async () => {
    const { url } = await localServer(
      sendsRaw(({ url, headers }) => `${url} ${headers.authorization} is not HTTP\r\n\r\n`),
    );
    const request = new Request(`${url}/marked-path`, { headers: { authorization: 'Bearer marked-key' } });
    const error = await failing(sendOnce(request, { ...DEFAULTS, attemptTimeoutMs: 500 }));
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain('marked');
  });
});

const DEFAULTS: AttemptOptions = {
  signal: new AbortController().signal,
  attemptTimeoutMs: 2000,
  maxBytes: 100_000,
  cutBody: 'fails',
};

function trying(url: string, options: Partial<AttemptOptions> = {}): Promise<Response> {
  return sendOnce(new Request(url), { ...DEFAULTS, ...options });
}

function failing(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
}
