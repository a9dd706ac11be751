import { sendOnce } from '../../lambda/http/attempt.ts';
import { deadlineIn } from '../../lambda/http/deadline.ts';
import {
  type InvocationResponse,
  RETRY_POLICY,
  type RetryPolicy,
  requestWithRetries,
} from '../../lambda/http/retries.ts';
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
} from './local-server.ts';

afterEach(closeLocalServers);

describe('a request with retries', () => {
  it.each<[string, readonly Behaviour[]]>([
    ['an answer that may be retried', [answers(503)]],
    ['a connection that was cut', [cuts]],
    ['a chunked body cut midway', [cutsMidway(200, 'half', 'chunked')]],
    ['a body shorter than its length', [cutsMidway(200, 'half', 'with a length')]],
    ['three failures, each another', [answers(500), cuts, answers(429)]],
  ])('is sent again after %s', async (_name, behaviours) => {
    const server = await localServer(...behaviours, answers(200, 'whole'));
    const answer = await asking(server.url);
    expect(answer).toMatchObject({ kind: 'responded', attempts: behaviours.length + 1 });
    expect(await bodyOf(answer)).toBe('whole');
  });

  it('is sent again with its method, its headers and its body', async () => {
    const server = await localServer(answers(503), answers(503), answers(200));
    await asking(server.url, {}, { method: 'POST', body: 'the same', headers: { 'x-same': 'yes' } });
    expect(server.requests.map(({ method, body, headers }) => [method, body, headers['x-same']])).toEqual(
      Array(3).fill(['POST', 'the same', 'yes']),
    );
  });

  it('is given up after three retries, and the last answer stands', async () => {
    const server = await localServer(answers(503, 'first'), answers(503, 'more'));
    const answer = await asking(server.url);
    expect(server.requests).toHaveLength(4);
    expect(answer).toMatchObject({ kind: 'responded', attempts: 4 });
    expect(await bodyOf(answer)).toBe('more');
  });

  it('is given up after three retries without an answer', async () => {
    const answer = await asking(await nobodyThere());
    expect(answer).toMatchObject({ kind: 'no_response', attempts: 4, error: { code: 'ECONNREFUSED' } });
  });

  it.each([200, 204, 301, 400, 404, 413])('is not sent again after a %d', async (status) => {
    const server = await localServer(answers(status));
    expect(await asking(server.url)).toMatchObject({ kind: 'responded', attempts: 1, response: { status } });
    expect(server.requests).toHaveLength(1);
  });

  it('is not sent again when its predicate says no', async () => {
    const server = await localServer(answers(503));
    const answer = await asking(server.url, {}, {}, () => false);
    expect(answer).toMatchObject({ kind: 'responded', attempts: 1 });
  });
});

describe('the wait before a retry', () => {
  it('grows from once to twice the shortest, and double with each retry', async () => {
    const server = await localServer(answers(503));
    await asking(server.url, { minDelayMs: 20, maxDelayMs: 10_000 });
    const [first = 0, second = 0, third = 0] = gaps(server.requests);
    expect(first).toBeGreaterThanOrEqual(19);
    expect(second).toBeGreaterThanOrEqual(39);
    expect(third).toBeGreaterThanOrEqual(79);
    expect(first).toBeLessThan(40 + 60);
    expect(third).toBeLessThan(160 + 60);
  });

  it('is never above the longest', async () => {
    const server = await localServer(answers(503));
    await asking(server.url, { minDelayMs: 5, maxDelayMs: 10 });
    for (const gap of gaps(server.requests)) expect(gap).toBeLessThan(10 + 60);
  });

  it("is the design's: from 0.5 to 8 s", () => {
    expect(RETRY_POLICY).toMatchObject({ retries: 3, minDelayMs: 500, maxDelayMs: 8000 });
  });
});

describe('Retry-After', () => {
  const DATE = 'Tue, 24 Nov 2026 08:00:00 GMT';

  // That it is obeyed when it fits takes whole seconds to see: the tests of the listing and of Slack do.
  it.each<[string, Record<string, string>]>([
    ['in seconds', { 'retry-after': '60' }],
    ['as a date', { 'retry-after': 'Tue, 24 Nov 2026 08:01:00 GMT', date: DATE }],
  ])('%s ends it at once when it does not fit, and is told', async (_name, headers) => {
    const server = await localServer(answers(429, '', headers));
    const began = performance.now();
    expect(await asking(server.url)).toMatchObject({ attempts: 1, waitSeconds: 60 });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('of the last retry is told too', async () => {
    const server = await localServer(
      answers(503),
      answers(503),
      answers(503),
      answers(429, '', { 'retry-after': '60' }),
    );
    expect(await asking(server.url)).toMatchObject({ attempts: 4, waitSeconds: 60 });
  });

  it('of an earlier answer is not told', async () => {
    const server = await localServer(answers(429, '', { 'retry-after': '0' }), answers(404));
    expect(await asking(server.url)).not.toHaveProperty('waitSeconds');
  });

  it('of an answer that may not be retried is not told', async () => {
    const server = await localServer(answers(404, '', { 'retry-after': '60' }));
    expect(await asking(server.url)).not.toHaveProperty('waitSeconds');
  });

  it('of 0 s still waits the shortest time', async () => {
    const server = await localServer(answers(429, '', { 'retry-after': '0' }), answers(200));
    await asking(server.url, { minDelayMs: 50 });
    expect(gaps(server.requests)[0]).toBeGreaterThanOrEqual(49);
  });

  // ky would wait for it, whatever the deadline.
  it('is not confused with RateLimit-Reset', async () => {
    const server = await localServer(answers(429, '', { 'ratelimit-reset': '60' }), answers(200));
    expect(await asking(server.url)).toMatchObject({ attempts: 2, response: { status: 200 } });
  });
});

describe('the deadline', () => {
  it('ends a try that hangs, and closes its connection', async () => {
    const server = await localServer(hangs);
    const answer = await asking(server.url, {}, {}, isRetryable, 0.1);
    expect(answer).toMatchObject({ kind: 'no_response', attempts: 1, error: { code: 'CUT' } });
    await nothingOpen(server);
  });

  it('ends a wait: the last answer stands', async () => {
    const server = await localServer(answers(503));
    const cut = new AbortController();
    setTimeout(() => cut.abort(), 50);
    const began = performance.now();
    const answer = await requestWithRetries(new Request(server.url), {
      retryPolicy: { ...QUICK, minDelayMs: 5000, maxDelayMs: 5000 },
      deadline: { signal: cut.signal, leftMs: () => 60_000 },
      send: sendingWith(cut.signal),
      isRetryable,
    });
    expect(performance.now() - began).toBeLessThan(2000);
    expect(answer).toMatchObject({ kind: 'responded', response: { status: 503 }, attempts: 1 });
  });

  it.each([
    [-500, 2],
    [1, 1],
  ])(
    'allows a retry only if it leaves time for it: %d ms more than it has, %d tries',
    async (more, attempts) => {
      const server = await localServer(answers(503));
      const retryPolicy: RetryPolicy = {
        retries: 1,
        minDelayMs: 0,
        maxDelayMs: 0,
        minAttemptMs: 1000 + more,
      };
      expect(await asking(server.url, retryPolicy, {}, isRetryable, 1)).toMatchObject({ attempts });
    },
  );

  it('that is over before anything was sent sends nothing', async () => {
    const server = await localServer(answers(200));
    const answer = await asking(server.url, {}, {}, isRetryable, 0);
    expect(answer).toMatchObject({ kind: 'no_response', error: { code: 'CUT' } });
    expect(server.requests).toHaveLength(0);
  });
});

const QUICK: RetryPolicy = { retries: 3, minDelayMs: 1, maxDelayMs: 4, minAttemptMs: 0 };

function isRetryable(came: Response | Error): boolean {
  return came instanceof Error || came.status === 429 || came.status >= 500;
}

function sendingWith(signal: AbortSignal): (request: Request) => Promise<Response> {
  return (request) => sendOnce(request, { signal, attemptTimeoutMs: 2000, maxBytes: 1000, cutBody: 'fails' });
}

function asking(
  url: string,
  retryPolicy: Partial<RetryPolicy> = {},
  init: RequestInit = {},
  predicate = isRetryable,
  seconds = 10,
): Promise<InvocationResponse> {
  const deadline = deadlineIn(seconds);
  return requestWithRetries(new Request(url, init), {
    retryPolicy: { ...QUICK, ...retryPolicy },
    deadline,
    send: sendingWith(deadline.signal),
    isRetryable: predicate,
  });
}

async function bodyOf(answer: InvocationResponse): Promise<string> {
  return answer.kind === 'responded' ? answer.response.text() : '';
}

function gaps(requests: readonly { readonly atMs: number }[]): readonly number[] {
  return requests.slice(1).map(({ atMs }, index) => atMs - (requests[index]?.atMs ?? 0));
}
