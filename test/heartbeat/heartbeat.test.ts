import { HttpHeartbeat } from '../../lambda/heartbeat/heartbeat.ts';
import { deadlineIn } from '../../lambda/http/deadline.ts';
import {
  answers,
  answersJson,
  type Behaviour,
  closeLocalServers,
  localServer,
} from '../http/local-server.ts';

afterEach(closeLocalServers);

/** Sends one heartbeat to a monitor that behaves so. */
async function sentTo(behaviour: Behaviour, path = '/ping/0000', seconds = 30) {
  const monitor = await localServer(behaviour);
  const result = await new HttpHeartbeat(async () => `${monitor.url}${path}`).send(deadlineIn(seconds));
  return { result, monitor };
}

it('is one GET of the URL as it is, with path and query', async () => {
  const { result, monitor } = await sentTo(answers(200, 'OK'), '/api/push/0000?status=up&msg=OK&ping=');
  expect(result).toEqual({ ok: true });
  expect(monitor.requests.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['GET', '/api/push/0000?status=up&msg=OK&ping=', ''],
  ]);
  expect(monitor.requests[0]?.headers['connection']).toBe('close');
});

it('is not sent when there is no URL', async () => {
  expect(await new HttpHeartbeat(async () => undefined).send(deadlineIn(1))).toBeUndefined();
});

it.each<[string, Behaviour]>([
  ['healthchecks.io', answers(200, 'OK')],
  ['Uptime Kuma', answersJson(200, { ok: true })],
  ['Better Stack', answers(200, '')],
  ["Dead Man's Snitch", answers(202, 'Got it, thanks!\n')],
  ['a proxy with a page of 1 MB', answers(200, 'x'.repeat(1024 * 1024))],
])('as %s answers, it is accepted', async (_, behaviour) => {
  expect((await sentTo(behaviour)).result).toEqual({ ok: true });
});

it.each<[string, Behaviour, string]>([
  [
    'healthchecks.io without the check',
    answers(200, 'OK (not found)'),
    '200, but the monitor says that it did not record it',
  ],
  [
    'healthchecks.io over its limit',
    answers(200, 'OK (rate limited)'),
    '200, but the monitor says that it did not record it',
  ],
  ['Uptime Kuma without the monitor', answersJson(404, { ok: false, msg: 'Monitor not found' }), '404'],
  [
    'a monitor that says so in JSON',
    answersJson(200, { ok: false }),
    '200, but the monitor says that it did not record it',
  ],
  ['a monitor that fails', answers(503, ''), '503'],
])('as %s answers, it is not accepted, and is sent once', async (_, behaviour, error) => {
  const { result, monitor } = await sentTo(behaviour);
  expect(result).toEqual({ ok: false, error });
  expect(monitor.requests).toHaveLength(1);
});

it('follows no redirect', async () => {
  const elsewhere = await localServer(answers(200, 'OK'));
  const { result } = await sentTo((_request, response) => {
    response.writeHead(302, { location: elsewhere.url }).end();
  });
  expect(result).toEqual({ ok: false, error: '302, a redirect, which is not followed' });
  expect(elsewhere.requests).toEqual([]);
});

it('ends with the check: its deadline cuts it', async () => {
  const { result } = await sentTo(() => undefined, '/ping/0000', 0.2);
  expect(result).toMatchObject({ ok: false, error: expect.stringContaining('DEADLINE') });
});

it('is cut after 5 s', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
  try {
    let arrived: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const monitor = await localServer(() => arrived());
    let result: unknown;
    const heartbeat = new HttpHeartbeat(async () => monitor.url);
    const sending = heartbeat.send(deadlineIn(60)).then((it) => {
      result = it;
    });
    await arrival;
    await jest.advanceTimersByTimeAsync(4999);
    expect(result).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    await sending;
    expect(result).toMatchObject({ ok: false, error: expect.stringContaining('TIMEOUT') });
  } finally {
    jest.useRealTimers();
  }
});

it('never rejects and never repeats the URL: a host that is not there, a URL that cannot be read', async () => {
  const nowhere = new HttpHeartbeat(async () => 'http://127.0.0.1:1/ping/MARKED');
  const unreadable = new HttpHeartbeat(async () => {
    throw new Error('cannot read the secret "prod"');
  });
  expect(await nowhere.send(deadlineIn(5))).toEqual({
    ok: false,
    error: expect.not.stringContaining('MARKED'),
  });
  expect(await unreadable.send(deadlineIn(5))).toEqual({ ok: false, error: 'cannot read the secret "prod"' });
});
