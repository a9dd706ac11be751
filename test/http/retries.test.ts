import { sendOnce } from '../../lambda/http/attempt.ts';
import { deadlineIn } from '../../lambda/http/deadline.ts';
import {
  RETRY_POLICY,
  type RequestResult,
  type RetryOptions,
  type RetryPolicy,
  requestWithRetries,
} from '../../lambda/http/retries.ts';
import { advance, fakeTimers, timerStarted } from './fake-timers.ts';
import {
  allConnectionsClosed,
  answers,
  type Behaviour,
  closeLocalServers,
  disconnects,
  disconnectsMidway,
  hangs,
  type LocalServer,
  localServer,
  requestsReceived,
  unusedUrl,
} from './local-server.ts';

afterEach(closeLocalServers);

describe('a request with retries', () => {
  it.each<[string, readonly Behaviour[]]>([
    ['a retryable response', [answers(503)]],
    ['a closed connection', [disconnects]],
    ['a chunked body that is cut off', [disconnectsMidway(200, 'half', 'chunked')]],
    ['a body shorter than its length', [disconnectsMidway(200, 'half', 'with a length')]],
    ['three different failures', [answers(500), disconnects, answers(429)]],
  ])('is sent again after %s', async (_name, behaviours) => {
    const server = await localServer(...behaviours, answers(200, 'whole'));
    const result = await request(server.url);
    expect(result).toMatchObject({ kind: 'responded', attempts: behaviours.length + 1 });
    expect(await bodyOf(result)).toBe('whole');
  });

  it('is sent again with the same method, headers and body', async () => {
    const server = await localServer(answers(503), answers(503), answers(200));
    await request(server.url, { init: { method: 'POST', body: 'the same', headers: { 'x-same': 'yes' } } });
    expect(server.requests.map(({ method, body, headers }) => [method, body, headers['x-same']])).toEqual(
      Array(3).fill(['POST', 'the same', 'yes']),
    );
  });

  it('ends after 3 retries with the last response', async () => {
    const server = await localServer(answers(503, 'first'), answers(503, 'more'));
    const result = await request(server.url);
    expect(server.requests).toHaveLength(4);
    expect(result).toMatchObject({ kind: 'responded', attempts: 4 });
    expect(await bodyOf(result)).toBe('more');
  });

  it('ends after 3 retries with the last error when no response came', async () => {
    const result = await request(await unusedUrl());
    expect(result).toMatchObject({ kind: 'no_response', attempts: 4, error: { code: 'ECONNREFUSED' } });
  });

  it.each([200, 204, 301, 400, 404, 413])('is not sent again after a %d', async (status) => {
    const server = await localServer(answers(status));
    expect(await request(server.url)).toMatchObject({
      kind: 'responded',
      attempts: 1,
      response: { status },
    });
    expect(server.requests).toHaveLength(1);
  });

  it('is not sent again when the caller says that the outcome is not retryable', async () => {
    const server = await localServer(answers(503));
    const result = await request(server.url, { isRetryable: () => false });
    expect(result).toMatchObject({ kind: 'responded', attempts: 1 });
  });
});

describe('the wait before a retry', () => {
  it.each([
    ['at least 0.5, 1 and 2 s', 0, [500, 1000, 2000]],
    ['at most 1, 2 and 4 s', 1, [1000, 2000, 4000]],
  ])('is %s', async (_name, random, waits) => {
    fakeTimers();
    jest.spyOn(Math, 'random').mockReturnValue(random);
    const server = await localServer(answers(503));
    const result = request(server.url, { retryPolicy: RETRY_POLICY, seconds: 3600 });
    await requestsReceived(server, 1);
    for (const [index, ms] of waits.entries()) await expectRetryAfter(server, ms, index + 2);
    expect(await result).toMatchObject({ attempts: 4 });
  });

  it('is never longer than 8 s', async () => {
    fakeTimers();
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const server = await localServer(answers(503));
    const result = request(server.url, { retryPolicy: { ...RETRY_POLICY, retries: 6 }, seconds: 3600 });
    await requestsReceived(server, 1);
    for (const [index, ms] of [500, 1000, 2000, 4000, 8000].entries()) {
      await expectRetryAfter(server, ms, index + 2);
    }
    await timerStarted(8000, 2);
    await advance(8000);
    expect(await result).toMatchObject({ attempts: 7 });
  });
});

describe('Retry-After', () => {
  const DATE = 'Tue, 24 Nov 2026 08:00:00 GMT';

  it.each<[string, Record<string, string>]>([
    ['in seconds', { 'retry-after': '30' }],
    ['as a date', { 'retry-after': 'Tue, 24 Nov 2026 08:00:30 GMT', date: DATE }],
  ])('%s is obeyed when it fits the deadline', async (_name, headers) => {
    fakeTimers();
    const server = await localServer(answers(429, '', headers), answers(200));
    const result = request(server.url, { retryPolicy: RETRY_POLICY, seconds: 60 });
    await expectRetryAfter(server, 30_000, 2);
    expect(await result).toMatchObject({ attempts: 2, response: { status: 200 } });
    expect(await result).not.toHaveProperty('retryAfterSeconds');
  });

  it.each<[string, Record<string, string>]>([
    ['in seconds', { 'retry-after': '60' }],
    ['as a date', { 'retry-after': 'Tue, 24 Nov 2026 08:01:00 GMT', date: DATE }],
  ])(
    '%s ends the request at once when it does not fit the deadline, and is returned',
    async (_name, headers) => {
      const server = await localServer(answers(429, '', headers));
      const started = performance.now();
      expect(await request(server.url)).toMatchObject({ attempts: 1, retryAfterSeconds: 60 });
      expect(performance.now() - started).toBeLessThan(2000);
    },
  );

  it('of the last retry is returned', async () => {
    const server = await localServer(
      answers(503),
      answers(503),
      answers(503),
      answers(429, '', { 'retry-after': '60' }),
    );
    expect(await request(server.url)).toMatchObject({ attempts: 4, retryAfterSeconds: 60 });
  });

  it('of an earlier response is not returned', async () => {
    const server = await localServer(answers(429, '', { 'retry-after': '0' }), answers(404));
    expect(await request(server.url)).not.toHaveProperty('retryAfterSeconds');
  });

  it('of a response that is not retryable is not returned', async () => {
    const server = await localServer(answers(404, '', { 'retry-after': '60' }));
    expect(await request(server.url)).not.toHaveProperty('retryAfterSeconds');
  });

  it('of 0 s still waits for the shortest delay', async () => {
    fakeTimers();
    const server = await localServer(answers(429, '', { 'retry-after': '0' }), answers(200));
    const result = request(server.url, { retryPolicy: { minDelayMs: 50 } });
    await expectRetryAfter(server, 50, 2);
    expect(await result).toMatchObject({ attempts: 2 });
  });

  it('is not confused with RateLimit-Reset', async () => {
    const server = await localServer(answers(429, '', { 'ratelimit-reset': '60' }), answers(200));
    expect(await request(server.url)).toMatchObject({ attempts: 2, response: { status: 200 } });
  });
});

describe('the deadline of a request', () => {
  it('aborts an attempt that hangs, and closes its connection', async () => {
    const server = await localServer(hangs);
    const result = await request(server.url, { seconds: 0.1 });
    expect(result).toMatchObject({ kind: 'no_response', attempts: 1, error: { code: 'DEADLINE' } });
    await allConnectionsClosed(server);
  });

  it('ends the wait before a retry with the last response', async () => {
    const server = await localServer(answers(503));
    const controller = new AbortController();
    const started = performance.now();
    const result = await requestWithRetries(new Request(server.url), {
      retryPolicy: { ...QUICK, minDelayMs: 5000, maxDelayMs: 5000 },
      deadline: { signal: controller.signal, remainingMs: () => 60_000 },
      send: sendWith(controller.signal),
      isRetryable: (outcome) => {
        // The response is here: the wait before the retry follows.
        setTimeout(() => controller.abort(), 50);
        return isRetryable(outcome);
      },
    });
    expect(performance.now() - started).toBeLessThan(2000);
    expect(result).toMatchObject({ kind: 'responded', response: { status: 503 }, attempts: 1 });
  });

  it.each([
    [1500, 2],
    [1499, 1],
  ])('of %d ms, with a wait of 0.5 s and 1 s for the attempt, allows %d attempts', async (ms, attempts) => {
    fakeTimers();
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const server = await localServer(answers(503));
    const retryPolicy = { ...RETRY_POLICY, retries: 1 };
    const result = request(server.url, { retryPolicy, seconds: ms / 1000 });
    if (attempts === 2) await expectRetryAfter(server, 500, 2);
    expect(await result).toMatchObject({ attempts });
  });

  it('that has passed before the first attempt sends nothing', async () => {
    const server = await localServer(answers(200));
    const result = await request(server.url, { seconds: 0 });
    expect(result).toMatchObject({ kind: 'no_response', error: { code: 'DEADLINE' } });
    expect(server.requests).toHaveLength(0);
  });
});

const QUICK: RetryPolicy = { retries: 3, minDelayMs: 1, maxDelayMs: 4, minAttemptMs: 0 };

interface RequestOptions {
  readonly retryPolicy?: Partial<RetryPolicy>;
  readonly init?: RequestInit;
  readonly isRetryable?: RetryOptions['isRetryable'];
  /** From now to the deadline. */
  readonly seconds?: number;
}

function request(url: string, options: RequestOptions = {}): Promise<RequestResult> {
  const deadline = deadlineIn(options.seconds ?? 10);
  return requestWithRetries(new Request(url, options.init), {
    retryPolicy: { ...QUICK, ...options.retryPolicy },
    deadline,
    send: sendWith(deadline.signal),
    isRetryable: options.isRetryable ?? isRetryable,
  });
}

function isRetryable(outcome: Response | Error): boolean {
  return outcome instanceof Error || outcome.status === 429 || outcome.status >= 500;
}

function sendWith(signal: AbortSignal): (request: Request) => Promise<Response> {
  return (request) =>
    sendOnce(request, { signal, attemptTimeoutMs: 2001, maxBytes: 1000, onIncompleteBody: 'fail' });
}

/** Expects that the code waits exactly `ms`, and then sends its request number `count`. */
async function expectRetryAfter(
  server: Pick<LocalServer, 'requests'>,
  ms: number,
  count: number,
): Promise<void> {
  await timerStarted(ms);
  await advance(ms - 1);
  expect(server.requests).toHaveLength(count - 1);
  await advance(1);
  await requestsReceived(server, count);
}

async function bodyOf(result: RequestResult): Promise<string> {
  return result.kind === 'responded' ? result.response.text() : '';
}
