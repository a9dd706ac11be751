import { deadlineIn } from '../../lambda/http/deadline.ts';
import { sendOnce } from '../../lambda/http/one-try.ts';
import { type Answer, PATIENCE, type Patience, requestWithRetries } from '../../lambda/http/retries.ts';
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
    expect(answer).toMatchObject({ kind: 'answered', tries: behaviours.length + 1 });
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
    expect(answer).toMatchObject({ kind: 'answered', tries: 4 });
    expect(await bodyOf(answer)).toBe('more');
  });

  it('is given up after three retries without an answer', async () => {
    const answer = await asking(await nobodyThere());
    expect(answer).toMatchObject({ kind: 'unanswered', tries: 4, error: { code: 'ECONNREFUSED' } });
  });

  it.each([200, 204, 301, 400, 404, 413])('is not sent again after a %d', async (status) => {
    const server = await localServer(answers(status));
    expect(await asking(server.url)).toMatchObject({ kind: 'answered', tries: 1, response: { status } });
    expect(server.requests).toHaveLength(1);
  });

  it('is not sent again when its predicate says no', async () => {
    const server = await localServer(answers(503));
    const answer = await asking(server.url, {}, {}, () => false);
    expect(answer).toMatchObject({ kind: 'answered', tries: 1 });
  });
});

describe('the wait before a retry', () => {
  it('grows from once to twice the shortest, and double with each retry', async () => {
    const server = await localServer(answers(503));
    await asking(server.url, { shortestDelayMs: 20, longestDelayMs: 10_000 });
    const [first = 0, second = 0, third = 0] = gaps(server.requests);
    expect(first).toBeGreaterThanOrEqual(19);
    expect(second).toBeGreaterThanOrEqual(39);
    expect(third).toBeGreaterThanOrEqual(79);
    expect(first).toBeLessThan(40 + 60);
    expect(third).toBeLessThan(160 + 60);
  });

  it('is never above the longest', async () => {
    const server = await localServer(answers(503));
    await asking(server.url, { shortestDelayMs: 5, longestDelayMs: 10 });
    for (const gap of gaps(server.requests)) expect(gap).toBeLessThan(10 + 60);
  });

  it("is the design's: from 0.5 to 8 s", () => {
    expect(PATIENCE).toMatchObject({ retries: 3, shortestDelayMs: 500, longestDelayMs: 8000 });
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
    expect(await asking(server.url)).toMatchObject({ tries: 1, waitSeconds: 60 });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('of the last retry is told too', async () => {
    const server = await localServer(
      answers(503),
      answers(503),
      answers(503),
      answers(429, '', { 'retry-after': '60' }),
    );
    expect(await asking(server.url)).toMatchObject({ tries: 4, waitSeconds: 60 });
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
    await asking(server.url, { shortestDelayMs: 50 });
    expect(gaps(server.requests)[0]).toBeGreaterThanOrEqual(49);
  });

  // ky would wait for it, whatever the deadline.
  it('is not confused with RateLimit-Reset', async () => {
    const server = await localServer(answers(429, '', { 'ratelimit-reset': '60' }), answers(200));
    expect(await asking(server.url)).toMatchObject({ tries: 2, response: { status: 200 } });
  });
});

describe('the deadline', () => {
  it('ends a try that hangs, and closes its connection', async () => {
    const server = await localServer(hangs);
    const answer = await asking(server.url, {}, {}, mayRetry, 0.1);
    expect(answer).toMatchObject({ kind: 'unanswered', tries: 1, error: { code: 'CUT' } });
    await nothingOpen(server);
  });

  it('ends a wait: the last answer stands', async () => {
    const server = await localServer(answers(503));
    const cut = new AbortController();
    setTimeout(() => cut.abort(), 50);
    const began = performance.now();
    const answer = await requestWithRetries(new Request(server.url), {
      patience: { ...QUICK, shortestDelayMs: 5000, longestDelayMs: 5000 },
      deadline: { signal: cut.signal, leftMs: () => 60_000 },
      send: sendingWith(cut.signal),
      mayRetry,
    });
    expect(performance.now() - began).toBeLessThan(2000);
    expect(answer).toMatchObject({ kind: 'answered', response: { status: 503 }, tries: 1 });
  });

  it.each([
    [-500, 2],
    [1, 1],
  ])(
    'allows a retry only if it leaves time for it: %d ms more than it has, %d tries',
    async (more, tries) => {
      const server = await localServer(answers(503));
      const patience: Patience = {
        retries: 1,
        shortestDelayMs: 0,
        longestDelayMs: 0,
        leastTryMs: 1000 + more,
      };
      expect(await asking(server.url, patience, {}, mayRetry, 1)).toMatchObject({ tries });
    },
  );

  it('that is over before anything was sent sends nothing', async () => {
    const server = await localServer(answers(200));
    const answer = await asking(server.url, {}, {}, mayRetry, 0);
    expect(answer).toMatchObject({ kind: 'unanswered', error: { code: 'CUT' } });
    expect(server.requests).toHaveLength(0);
  });
});

const QUICK: Patience = { retries: 3, shortestDelayMs: 1, longestDelayMs: 4, leastTryMs: 0 };

function mayRetry(came: Response | Error): boolean {
  return came instanceof Error || came.status === 429 || came.status >= 500;
}

function sendingWith(signal: AbortSignal): (request: Request) => Promise<Response> {
  return (request) => sendOnce(request, { signal, tryMs: 2000, mostBytes: 1000, cutBody: 'fails' });
}

function asking(
  url: string,
  patience: Partial<Patience> = {},
  init: RequestInit = {},
  predicate = mayRetry,
  seconds = 10,
): Promise<Answer> {
  const deadline = deadlineIn(seconds);
  return requestWithRetries(new Request(url, init), {
    patience: { ...QUICK, ...patience },
    deadline,
    send: sendingWith(deadline.signal),
    mayRetry: predicate,
  });
}

async function bodyOf(answer: Answer): Promise<string> {
  return answer.kind === 'answered' ? answer.response.text() : '';
}

function gaps(requests: readonly { readonly atMs: number }[]): readonly number[] {
  return requests.slice(1).map(({ atMs }, index) => atMs - (requests[index]?.atMs ?? 0));
}
