import { readFileSync } from 'node:fs';
import { check } from '../../lambda/commands/check.ts';
import { type Checked, CheckFailed } from '../../lambda/commands/outcome.ts';
import { routeOf } from '../../lambda/core/state.ts';
import { type Deadline, deadlineIn } from '../../lambda/http/deadline.ts';
import { SlackWebhook } from '../../lambda/slack/webhook.ts';
import { aFailingRecord, MINUTE, START, settings, World } from '../commands/a-world.ts';
import {
  answers,
  type Behaviour,
  closeLocalServers,
  cuts,
  hangs,
  localServer,
  nobodyThere,
} from '../http/local-server.ts';

/*
 * Each row of docs/slack-answers.md is played: a whole check whose Slack answers so, and those after it, whose Slack
 * accepts. What is seen is what the row must say.
 */

const OK = answers(200, 'ok');
const PATH = '/services/T0/B0/X';

/** What Slack does at the check of a row, request by request, the last for all that follow. */
interface Slack {
  readonly behaviours?: readonly Behaviour[];
  /** The secret holds another URL by now. */
  readonly rotated?: true;
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

/** By the first cell of its row. */
const SLACKS: Readonly<Record<string, Slack>> = {
  '200 `ok`': always(200, 'ok'),
  '200 with another body': always(200, '<html>thanks</html>'),
  '204': always(204),
  '400 `invalid_blocks`': once(400, 'invalid_blocks'),
  '400 `invalid_payload`': once(400, 'invalid_payload'),
  '400 `no_text`': once(400, 'no_text'),
  '400 `too_many_attachments`': once(400, 'too_many_attachments'),
  '400 with another body': once(400, page),
  '413': once(413),
  '400 or 413, of the plain form too': {
    behaviours: [answers(400, 'invalid_blocks'), answers(413), OK],
  },
  '400 or 413, whatever is posted': always(400, 'invalid_payload'),
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
    rotated: true,
  },
  '301': always(301, '', { location: 'https://hooks.slack.com/services/elsewhere' }),
  'another 4xx': always(405, 'method_not_allowed'),
  '429, then another answer': once(429, 'rate_limited'),
  '429 to the end': always(429, 'rate_limited'),
  '429 with a `Retry-After` of 600 s': always(429, 'rate_limited', { 'retry-after': '600' }),
  "5xx with Slack's own word, then another answer": once(500, 'rollup_error'),
  '500 `rollup_error` to the end': always(500, 'rollup_error'),
  "503 with Slack's own word and a `Retry-After` of 7200 s": always(503, 'service_unavailable', {
    'retry-after': '7200',
  }),
  "a proxy's 502": always(502, page),
  "a proxy's 503 with a `Retry-After`": always(503, page, { 'retry-after': '600' }),
  '500 without a body': always(500),
  'no such host': { url: async () => 'https://sync-alerts.invalid' },
  'no connection': { url: nobodyThere },
  'no connection in time': { fetch: () => Promise.reject(noConnectionInTime()) },
  'TLS that fails': { url: async () => (await localServer(OK)).url.replace('http:', 'https:') },
  'no time left before sending': { deadline: () => deadlineIn(0) },
  'no answer in time, after sending': { behaviours: [hangs], attemptTimeoutMs: 60 },
  'the deadline, after sending': { behaviours: [hangs], deadline: () => deadlineIn(0.06) },
  'a connection that is cut after sending': { behaviours: [cuts] },
};

const ROWS = rows('What comes', readFileSync('docs/slack-answers.md', 'utf8'));

afterEach(closeLocalServers);

it("the page has a row for each of Slack's answers that is played here, and no other", () => {
  expect(ROWS.map(({ comes }) => comes).sort()).toEqual(Object.keys(SLACKS).sort());
});

it.each(ROWS)('$comes: as docs/slack-answers.md says', async ({ comes, ...said }) => {
  expect(await seen(SLACKS[comes] ?? {})).toEqual(said);
});

it('a message that Slack never takes for its form does not keep the others from being told', async () => {
  const world = new World();
  const server = await localServer((request, response) => {
    const isPoisoned = server.requests.at(-1)?.body.includes('poison') === true;
    (isPoisoned ? answers(400, 'invalid_payload') : OK)(request, response);
  });
  const webhook = aWebhook(async () => server.url, {});
  const ports = { ...world.ports, slack: webhook };
  const poisoned = aFailingRecord(START, { id: 'one', name: 'poison' });
  world.shown = () => [poisoned];
  await check(ports, settings());
  world.now += 5 * MINUTE;
  world.shown = () => [poisoned, aFailingRecord(START, { id: 'two', name: 'orders' })];
  await check(ports, settings());
  const accepted = server.requests.map(({ body }) => body).filter((body) => !body.includes('poison'));
  expect(accepted).toEqual([
    expect.stringContaining('First look: 1 sync needs a person'),
    expect.stringContaining('orders'),
  ]);
  expect(routeOf(world.stored.state).notificationLog).toMatchObject({
    'sync:one': { notified: {} },
    'sync:two': { notified: {} },
  });
});

interface Row {
  readonly inThisCheck: string;
  readonly ends: string;
  readonly state: string;
  readonly next: string;
}

/** Plays one check, then those that follow until there is nothing to tell. */
async function seen(slack: Slack): Promise<Row> {
  const world = new World();
  world.shown = () => [aFailingRecord(START)];
  const server = await localServer(...(slack.behaviours ?? [OK]));
  const calm = await localServer(OK);
  const reads: string[] = [];
  const url = slack.url ?? (async () => server.url);
  const answering = aWebhook(url, { ...slack, reads });
  const fetching = jest.spyOn(globalThis, 'fetch');
  if (slack.fetch !== undefined) fetching.mockImplementation(slack.fetch);
  const first = await checked(world, answering);
  const attempts = fetching.mock.calls.length;
  fetching.mockRestore();

  const { state } = world.stored;
  expect(state.lease).toBeUndefined();
  const { notificationLog, backoffUntil } = routeOf(state);
  const { lastNotified: told, inFlight: noted, undeliveredSince } = notificationLog['sync:orders'] ?? {};
  const waits = backoffUntil === undefined ? '' : `, and waits ${(backoffUntil - world.now) / MINUTE} min`;
  const delivery = noted
    ? 'in doubt'
    : told
      ? 'notified'
      : undeliveredSince === undefined
        ? 'nothing'
        : 'due';

  const accepting = aWebhook(async () => calm.url, {});
  world.now += 5 * MINUTE - 1000;
  const early = await checked(world, accepting);
  world.now = Math.max(START + 5 * MINUTE, backoffUntil ?? 0);
  const late = early.posts.accepted > 0 ? early : await checked(world, accepting);
  const posts =
    late.posts.accepted === 0 ? 'says nothing' : late.posts.repeated ? 'posts it again' : 'posts it';
  const whenOver = early.posts.accepted === 0 && late.posts.accepted > 0 ? 'waits, then ' : '';
  world.now += 5 * MINUTE;
  expect((await checked(world, accepting)).posts.accepted).toBe(0);
  expect(routeOf(world.stored.state).notificationLog['sync:orders']?.lastNotified).toBeDefined();
  expect(world.stored.state.initialized).toBe(true);

  const forms = server.requests.map(({ body }) => formOf(body));
  return {
    inThisCheck: [triedText(attempts, forms), ...(reads.includes('afresh') ? ['URL read afresh'] : [])].join(
      '; ',
    ),
    ends: first.error === undefined ? 'well' : first.error,
    state: `${delivery}${waits}`,
    next: `${whenOver}${posts}`,
  };
}

/** How often it was tried, and in what form, as the page says it: "tried 4 times", "tried once; plain form". */
function triedText(attempts: number, forms: readonly string[]): string {
  const others = [...new Set(forms)].filter((form) => form !== 'blocks');
  const times = attempts - others.length;
  const tried = times === 0 ? 'not tried' : times === 1 ? 'tried once' : `tried ${times} times`;
  return [tried, ...others].join('; ');
}

function formOf(body: string): string {
  const message: unknown = JSON.parse(body);
  if (typeof message === 'object' && message !== null && 'blocks' in message) return 'blocks';
  return body.includes('orders') ? 'plain form' : 'fewest words';
}

async function checked(
  world: World,
  slack: SlackWebhook | Poster,
): Promise<Pick<Checked, 'posts'> & { readonly error?: string }> {
  try {
    const outcome = await check({ ...world.ports, slack }, settings());
    if (outcome.kind !== 'checked') throw new Error(`the check stopped: ${outcome.reason}`);
    return outcome;
  } catch (error) {
    if (!(error instanceof CheckFailed) || error.outcome?.kind !== 'checked') throw error;
    const { cause } = error;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'without a code';
    return { posts: error.outcome.posts, error: `\`${code}\`` };
  }
}

type Poster = World['ports']['slack'];

function aWebhook(
  url: () => Promise<string>,
  { rotated, deadline, attemptTimeoutMs = 2000, reads = [] }: Slack & { readonly reads?: string[] },
): Poster {
  const webhook = new SlackWebhook(
    {
      name: 'default',
      read: async () => `${await url()}${PATH}`,
      readFresh: async () => {
        reads.push('afresh');
        return `${await url()}${PATH}${rotated ? 'Y' : ''}`;
      },
    },
    {
      attemptTimeoutMs,
      gapMs: 0,
      retryPolicy: { retries: 3, minDelayMs: 1, maxDelayMs: 4, minAttemptMs: 0 },
    },
  );
  return { post: (message, given) => webhook.post(message, deadline?.() ?? given) };
}

/** As undici words it. */
function noConnectionInTime(): Error {
  const cause = Object.assign(new Error('Connect Timeout Error'), { code: 'UND_ERR_CONNECT_TIMEOUT' });
  return new TypeError('fetch failed', { cause });
}

/** The rows of the table whose head begins so, its cells by what they say. */
function rows(head: string, text: string): readonly (Row & { readonly comes: string })[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${head} |`)) + 2;
  const end = lines.findIndex((line, index) => index >= start && !line.startsWith('|'));
  return lines.slice(start, end === -1 ? undefined : end).map((line) => {
    const [, comes = '', , inThisCheck = '', ends = '', state = '', next = ''] = line
      .split('|')
      .map((cell) => cell.trim());
    return { comes, inThisCheck, ends, state, next };
  });
}
