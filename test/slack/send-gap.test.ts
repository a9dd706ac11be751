import { type Deadline, deadlineIn } from '../../lambda/http/deadline.ts';
import { SlackWebhook } from '../../lambda/slack/webhook.ts';
import { advance, fakeTimers, isPending, timerStarted } from '../http/fake-timers.ts';
import {
  answers,
  type Behaviour,
  closeLocalServers,
  hangs,
  type LocalServer,
  localServer,
  requestsReceived,
} from '../http/local-server.ts';
import { aUrl, MESSAGE, messageOf, OK, post, QUICK } from './a-webhook.ts';

afterEach(closeLocalServers);

describe('a webhook without options', () => {
  beforeEach(fakeTimers);

  it('ends an attempt after 10 s', async () => {
    const server = await localServer(hangs);
    const result = new SlackWebhook(aUrl(server.url)).post(MESSAGE, deadlineIn(60));
    await requestsReceived(server, 1);
    await advance(9999);
    expect(await isPending(result)).toBe(true);
    await advance(1);
    expect(messageOf(await result)).toMatch(/^expected 2xx, received no response in time \(TIMEOUT\)/);
  });

  it('sends two posts at least 1.1 s apart', async () => {
    const server = await localServer(OK);
    const webhook = new SlackWebhook(aUrl(server.url));
    await webhook.post(MESSAGE, deadlineIn(60));
    const second = webhook.post(MESSAGE, deadlineIn(60));
    await timerStarted(1100);
    await advance(1099);
    expect(server.requests).toHaveLength(1);
    await advance(1);
    expect(await second).toEqual({ kind: 'accepted' });
    expect(server.requests).toHaveLength(2);
  });

  it('sends a retry at least 1.1 s after the attempt before, although the policy allows 0.5 s', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const server = await localServer(answers(429), OK);
    const result = new SlackWebhook(aUrl(server.url)).post(MESSAGE, deadlineIn(60));
    await timerStarted(1100);
    await advance(1099);
    expect(server.requests).toHaveLength(1);
    await advance(1);
    expect(await result).toEqual({ kind: 'accepted' });
  });

  it('sends a retry after the Retry-After of Slack, when that fits the deadline', async () => {
    const server = await localServer(answers(429, 'rate_limited', { 'retry-after': '30' }), OK);
    const result = new SlackWebhook(aUrl(server.url)).post(MESSAGE, deadlineIn(60));
    await timerStarted(30_000);
    await advance(29_999);
    expect(server.requests).toHaveLength(1);
    await advance(1);
    expect(await result).toEqual({ kind: 'accepted' });
  });
});

describe('the gap between two attempts', () => {
  it('holds between the retries of a post', async () => {
    const server = await localServer(answers(429), answers(500, 'rollup_error'), OK);
    await post(server, { gapMs: 60 });
    expect(Math.min(...gaps(server))).toBeGreaterThanOrEqual(55);
  });

  it('counts when a retry has to fit the deadline', async () => {
    const server = await localServer(answers(429, 'rate_limited'));
    const result = await post(server, { gapMs: 2000, deadline: deadlineIn(1) });
    expect(messageOf(result)).toMatch(/^expected 2xx, received 429/);
    expect(server.requests).toHaveLength(1);
  });

  it('holds between two posts, and before the plain text', async () => {
    const server = await localServer(OK, answers(400, 'invalid_blocks'), OK);
    const webhook = new SlackWebhook(aUrl(server.url), { ...QUICK, gapMs: 60 });
    await webhook.post(MESSAGE, deadlineIn(5));
    await webhook.post(MESSAGE, deadlineIn(5));
    expect(gaps(server)).toHaveLength(2);
    expect(Math.min(...gaps(server))).toBeGreaterThanOrEqual(55);
  });

  it('counts from the end of an attempt whose response came late', async () => {
    const late: Behaviour = (request, response) => void setTimeout(() => OK(request, response), 120);
    const server = await localServer(late, OK);
    const webhook = new SlackWebhook(aUrl(server.url), { ...QUICK, gapMs: 60 });
    await webhook.post(MESSAGE, deadlineIn(5));
    await webhook.post(MESSAGE, deadlineIn(5));
    expect(gaps(server)[0]).toBeGreaterThanOrEqual(175);
  });

  it('holds between concurrent posts', async () => {
    fakeTimers();
    const server = await localServer(OK);
    const webhook = new SlackWebhook(aUrl(server.url), { ...QUICK, gapMs: 100 });
    const posts = [1, 2, 3].map(() => webhook.post(MESSAGE, deadlineIn(60)));
    await timerStarted(100);
    await timerStarted(200);
    for (const sent of [1, 2]) {
      await requestsReceived(server, sent);
      await advance(99);
      expect(server.requests).toHaveLength(sent);
      await advance(1);
    }
    expect(await Promise.all(posts)).toEqual(posts.map(() => ({ kind: 'accepted' })));
    expect(server.requests).toHaveLength(3);
  });

  it('does not apply between two webhooks', async () => {
    const server = await localServer(OK);
    for (let posts = 0; posts < 2; posts += 1)
      expect(await post(server, { gapMs: 60_000, deadline: deadlineIn(20) })).toEqual({ kind: 'accepted' });
  });

  it('makes a post refused at once when the deadline comes first', async () => {
    const server = await localServer(OK);
    const webhook = new SlackWebhook(aUrl(server.url), { ...QUICK, gapMs: 600_000 });
    await webhook.post(MESSAGE, deadlineIn(5));
    // Jest ends the test after 30 s, long before this deadline.
    const result = await webhook.post(MESSAGE, deadlineIn(300));
    expect(result).toMatchObject({ kind: 'refused', error: { code: 'slack_unreachable' } });
    expect(server.requests).toHaveLength(1);
  });

  it('makes a post refused when it is aborted during the gap', async () => {
    const server = await localServer(OK);
    const webhook = new SlackWebhook(aUrl(server.url), { ...QUICK, gapMs: 2000 });
    await webhook.post(MESSAGE, deadlineIn(5));
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const deadline: Deadline = { signal: controller.signal, remainingMs: () => 5000 };
    const result = await webhook.post(MESSAGE, deadline);
    expect(result).toMatchObject({ kind: 'refused', error: { code: 'slack_unreachable' } });
    expect(server.requests).toHaveLength(1);
  });
});

function gaps({ requests }: LocalServer): readonly number[] {
  return requests.slice(1).map(({ atMs }, index) => atMs - (requests[index]?.atMs ?? 0));
}
