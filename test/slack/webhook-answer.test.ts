import { readFileSync } from 'node:fs';
import { check } from '../../lambda/commands/check.ts';
import { type Checked, CheckFailed } from '../../lambda/commands/outcome.ts';
import type { WatchState } from '../../lambda/core/state.ts';
import { errorCode } from '../../lambda/errors.ts';
import { type Deadline, deadlineIn } from '../../lambda/http/deadline.ts';
import { type Poster, SlackWebhook } from '../../lambda/slack/webhook.ts';
import { aFailingRecord, MINUTE, START, settings, World } from '../commands/a-world.ts';
import { destinationIn } from '../core/a-sync.ts';
import {
  answers,
  type Behaviour,
  closeLocalServers,
  disconnects,
  hangs,
  localServer,
  unusedUrl,
} from '../http/local-server.ts';
import { QUICK } from './a-webhook.ts';

/*
 * Plays each row of docs/slack-answers.md: a whole check against a Slack that responds like this, then later checks
 * against a Slack that accepts. What happens must be what the row says.
 */

const OK = answers(200, 'ok');
const PATH = '/services/T0/B0/X';

/** Slack's behaviour during the check of a row. */
interface Slack {
  /** Request by request; the last one applies to all further requests. */
  readonly behaviours?: readonly Behaviour[];
  /** The secret holds another URL by now. */
  readonly isRotated?: true;
  /** Another address than the server's. */
  readonly url?: () => Promise<string>;
  readonly fetch?: typeof fetch;
  readonly deadline?: () => Deadline;
  readonly attemptTimeoutMs?: number;
}

const page = '<html>Bad Gateway</html>';
const always = (status: number, body = '', headers = {}): Slack => ({
  behaviours: [answers(status, body, headers)],
});
const once = (status: number, body = ''): Slack => ({ behaviours: [answers(status, body), OK] });

/** By the first cell of the row. */
const SLACKS: Readonly<Record<string, Slack>> = {
  '200 `ok`': always(200, 'ok'),
  '200 with another body': always(200, 'thanks'),
  '200 with an HTML page': always(200, '<!DOCTYPE html><title>Sign in</title>'),
  '200 with JSON that has `"ok":false`, `"success":false` or an `error`': always(
    200,
    '{"ok":false,"error":"not_authed"}',
  ),
  '204': always(204),
  '400 `invalid_blocks`': once(400, 'invalid_blocks'),
  '400 `invalid_payload`': once(400, 'invalid_payload'),
  '400 `no_text`': once(400, 'no_text'),
  '400 `too_many_attachments`': once(400, 'too_many_attachments'),
  '400 with another body': once(400, page),
  '413': once(413),
  '400 or 413, for the plain text too': {
    behaviours: [answers(400, 'invalid_blocks'), answers(413), OK],
  },
  '400 or 413, for every form': always(400, 'invalid_payload'),
  '400 `user_not_found`': always(400, 'user_not_found'),
  '400 `no_active_hooks`': always(400, 'no_active_hooks'),
  '403 `invalid_token`': always(403, 'invalid_token'),
  '403 `action_prohibited`': always(403, 'action_prohibited'),
  '403 `posting_to_general_channel_denied`': always(403, 'posting_to_general_channel_denied'),
  '403 `team_disabled`': always(403, 'team_disabled'),
  '404 `channel_not_found`': always(404, 'channel_not_found'),
  '404 `no_active_hooks`': always(404, 'no_active_hooks'),
  '404 `no_service`': always(404, 'no_service'),
  '404 `no_team`': always(404, 'no_team'),
  '410 `channel_is_archived`': always(410, 'channel_is_archived'),
  '403, 404 or 410, and the secret holds another URL': {
    behaviours: [answers(404, 'no_service'), OK],
    isRotated: true,
  },
  '301': always(301, '', { location: 'https://hooks.slack.com/services/elsewhere' }),
  'another 4xx': always(405, 'method_not_allowed'),
  '429, then another response': once(429, 'rate_limited'),
  '429 each time': always(429, 'rate_limited'),
  '429 with a `Retry-After` of 600 s': always(429, 'rate_limited', { 'retry-after': '600' }),
  "5xx with an error code of Slack's own, then another response": once(500, 'rollup_error'),
  '500 `rollup_error` each time': always(500, 'rollup_error'),
  "503 with an error code of Slack's own and a `Retry-After` of 7200 s": always(503, 'rollup_error', {
    'retry-after': '7200',
  }),
  '503 with another word': always(503, 'error'),
  '502 from a proxy': always(502, page),
  '503 from a proxy, with a `Retry-After`': always(503, page, { 'retry-after': '600' }),
  '500 without a body': always(500),
  'host not found': { url: async () => 'https://sync-alerts.invalid' },
  'connection refused': { url: unusedUrl },
  'no connection in time': { fetch: () => Promise.reject(connectTimeout()) },
  'no connection to any address of the host': {
    url: async () => (await unusedUrl()).replace('127.0.0.1', 'localhost'),
  },
  'TLS that fails': { url: async () => (await localServer(OK)).url.replace('http:', 'https:') },
  'the deadline, before sending': { deadline: () => deadlineIn(0) },
  'no response in time, after sending': { behaviours: [hangs], attemptTimeoutMs: 60 },
  'the deadline, after sending': { behaviours: [hangs], deadline: () => deadlineIn(0.06) },
  'connection closed after sending': { behaviours: [disconnects] },
};

const ROWS = rowsOf(readFileSync('docs/slack-answers.md', 'utf8'));

afterEach(closeLocalServers);

it('docs/slack-answers.md has exactly the rows that are played here', () => {
  expect(ROWS.map(({ response }) => response).sort()).toEqual(Object.keys(SLACKS).sort());
});

it.each(ROWS)('docs/slack-answers.md is right about $response', async ({ response, ...expected }) => {
  expect(await play(SLACKS[response] ?? {})).toEqual(expected);
});

it('a message that Slack refuses in every form does not block the notifications about other syncs', async () => {
  const world = new World();
  const server = await localServer((request, response) => {
    const isPoisoned = server.requests.at(-1)?.body.includes('poison') === true;
    (isPoisoned ? answers(400, 'invalid_payload') : OK)(request, response);
  });
  const ports = { ...world.ports, slack: aPoster(async () => server.url) };
  const poisoned = aFailingRecord(START, { id: 'one', name: 'poison' });
  world.shown = () => [poisoned];
  await check(ports, settings());
  world.now += 5 * MINUTE;
  world.shown = () => [poisoned, aFailingRecord(START, { id: 'two', name: 'orders' })];
  await check(ports, settings());
  const accepted = server.requests.map(({ body }) => body).filter((body) => !body.includes('poison'));
  expect(accepted).toEqual([
    expect.stringContaining('First check: 1 sync needs attention'),
    expect.stringContaining('orders'),
  ]);
  expect(destinationIn(world.stored.state).notificationLog).toMatchObject({
    'sync:one': { lastNotified: {} },
    'sync:two': { lastNotified: {} },
  });
});

/** The cells of a row after the response and its meaning. */
interface Row {
  readonly inThisCheck: string;
  readonly checkEnds: string;
  readonly state: string;
  readonly nextCheck: string;
}

/** Plays one check against this Slack, then later ones against a Slack that accepts, until nothing is left to send. */
async function play(slack: Slack): Promise<Row> {
  const world = new World();
  world.shown = () => [aFailingRecord(START)];
  const server = await localServer(...(slack.behaviours ?? [OK]));
  const acceptingServer = await localServer(OK);
  const freshReads: string[] = [];
  const poster = aPoster(slack.url ?? (async () => server.url), { ...slack, freshReads });
  const fetchSpy = jest.spyOn(globalThis, 'fetch');
  if (slack.fetch !== undefined) fetchSpy.mockImplementation(slack.fetch);
  const first = await runCheck(world, poster);
  const attempts = fetchSpy.mock.calls.length;
  fetchSpy.mockRestore();

  const { state } = world.stored;
  expect(state.lease).toBeUndefined();
  const { backoffUntil } = destinationIn(state);
  const backoff = backoffUntil === undefined ? '' : `, backoff ${(backoffUntil - world.now) / MINUTE} min`;

  const accepting = aPoster(async () => acceptingServer.url);
  world.now += 5 * MINUTE - 1000;
  const early = await runCheck(world, accepting);
  world.now = Math.max(START + 5 * MINUTE, backoffUntil ?? 0);
  const late = early.posts.accepted > 0 ? early : await runCheck(world, accepting);
  const isAfterBackoff = early.posts.accepted === 0 && late.posts.accepted > 0;
  world.now += 5 * MINUTE;
  expect((await runCheck(world, accepting)).posts.accepted).toBe(0);
  expect(destinationIn(world.stored.state).notificationLog['sync:orders']?.lastNotified).toBeDefined();
  expect(world.stored.state.initialized).toBe(true);

  const forms = server.requests.map(({ body }) => formOf(body));
  const freshText = freshReads.length > 0 ? ['URL read fresh'] : [];
  return {
    inThisCheck: [attemptsText(attempts, forms), ...freshText].join('; '),
    checkEnds: first.errorCode === undefined ? 'succeeds' : `fails with \`${first.errorCode}\``,
    state: `${deliveryText(state)}${backoff}`,
    nextCheck: `${isAfterBackoff ? 'after the backoff, ' : ''}${postsText(late)}`,
  };
}

function deliveryText(state: WatchState): string {
  const { lastNotified, inFlight, undeliveredSince } =
    destinationIn(state).notificationLog['sync:orders'] ?? {};
  if (inFlight !== undefined) return 'in flight';
  if (lastNotified !== undefined) return 'notified';
  return undeliveredSince === undefined ? 'nothing' : 'undelivered';
}

function postsText({ posts }: Pick<Checked, 'posts'>): string {
  if (posts.accepted === 0) return 'posts nothing';
  return posts.repeated > 0 ? 'posts it again' : 'posts it';
}

/** The number of attempts and the other forms, as the page words them: "4 attempts", "1 attempt; plain text". */
function attemptsText(attempts: number, forms: readonly string[]): string {
  const others = [...new Set(forms)].filter((form) => form !== 'blocks');
  const count = attempts - others.length;
  const text = count === 0 ? 'no attempt' : count === 1 ? '1 attempt' : `${count} attempts`;
  return [text, ...others].join('; ');
}

function formOf(body: string): string {
  const message: unknown = JSON.parse(body);
  if (typeof message === 'object' && message !== null && 'blocks' in message) return 'blocks';
  return body.includes('orders') ? 'plain text' : 'minimal text';
}

/** The posts of a check, and the code of its first error. */
async function runCheck(
  world: World,
  slack: Poster,
): Promise<Pick<Checked, 'posts'> & { readonly errorCode?: string }> {
  try {
    const outcome = await check({ ...world.ports, slack }, settings());
    if (outcome.kind !== 'checked') throw new Error(`the check stopped: ${outcome.reason}`);
    return outcome;
  } catch (error) {
    if (!(error instanceof CheckFailed) || error.outcome.kind !== 'checked') throw error;
    const { cause, outcome } = error;
    return { posts: outcome.posts, errorCode: errorCode(cause) ?? 'without a code' };
  }
}

function aPoster(
  url: () => Promise<string>,
  {
    isRotated,
    deadline,
    attemptTimeoutMs = 2000,
    freshReads = [],
  }: Slack & { readonly freshReads?: string[] } = {},
): Poster {
  const webhook = new SlackWebhook(
    {
      name: 'default',
      read: async () => `${await url()}${PATH}`,
      readFresh: async () => {
        freshReads.push('default');
        return `${await url()}${PATH}${isRotated ? 'Y' : ''}`;
      },
    },
    { ...QUICK, attemptTimeoutMs },
  );
  return {
    // The later checks post to another server, which stands for the same channel.
    destinationId: async (known) => (isRotated ? webhook.destinationId(known) : 'a channel'),
    post: (message, given, id) => webhook.post(message, deadline?.() ?? given, isRotated ? id : undefined),
  };
}

/** The error of undici. */
function connectTimeout(): Error {
  const cause = Object.assign(new Error('Connect Timeout Error'), { code: 'UND_ERR_CONNECT_TIMEOUT' });
  return new TypeError('fetch failed', { cause });
}

/** The rows of the page's table. */
function rowsOf(text: string): readonly (Row & { readonly response: string })[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('| response |')) + 2;
  const end = lines.findIndex((line, index) => index >= start && !line.startsWith('|'));
  return lines.slice(start, end).map((line) => {
    const [, response = '', , inThisCheck = '', checkEnds = '', state = '', nextCheck = ''] = line
      .split('|')
      .map((cell) => cell.trim());
    return { response, inThisCheck, checkEnds, state, nextCheck };
  });
}
