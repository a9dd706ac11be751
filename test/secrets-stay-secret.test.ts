import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { run } from '../cli/run.ts';
import { check } from '../lambda/commands/check.ts';
import { CheckFailed } from '../lambda/commands/outcome.ts';
import { report } from '../lambda/commands/report.ts';
import { testDeployment } from '../lambda/commands/test-deployment.ts';
import { ENVIRONMENT_VARIABLES as NAMES } from '../lambda/invocation/environment-variables.ts';
import { wire } from '../lambda/invocation/wiring.ts';
import { SECRET_PLACEHOLDER } from '../lambda/secret/secret-placeholder.ts';
import { aFolder, KEY, Laptop, removeFolders, TOKEN } from './cli/a-laptop.ts';
import { aFailingRecord, MINUTE, START, settings } from './commands/a-world.ts';
import {
  answers,
  answersJson,
  type Behaviour,
  closeLocalServers,
  cuts,
  cutsMidway,
  hangs,
  nobodyThere,
  sendsRaw,
} from './http/local-server.ts';
import { Deployed, MARK } from './invocation/a-deployed.ts';
import { allOutput, marksIn } from './invocation/all-output.ts';
import { secretFault } from './secret/a-secrets-manager.ts';
import { cancels, faulty } from './state/a-dynamodb.ts';

/*
 * Every way in which something can go wrong, with a mark in each key, URL and token, and with outsiders that repeat them.
 * All that comes of it is searched: answers, errors as they are thrown inside and outside, log lines, what is stored,
 * and what is posted.
 */

/** What outsiders say who repeat what they were told; the API knows the key alone. */
const KEY_REPEATED = `you sent Bearer ${MARK}-key`;
const REPEATED = `${KEY_REPEATED} to /services/${MARK}, dear ${MARK}`;
const asPage = `<html><body>${REPEATED}</body></html>`;
const asError = { code: 'refused', message: `${MARK}-key is no key` };
const raw = (text: string) => sendsRaw(() => text);
const echo: Behaviour = (request) =>
  void request.socket.end(`${request.url} ${request.headers.authorization ?? ''}\r\n\r\n`);
const toTokens = { location: `https://hooks.slack.com/services/${MARK}?key=${MARK}-key` };

/** What goes wrong in the world of the function before it is invoked, by what it is called. */
type Troubles = Readonly<Record<string, (deployed: Deployed) => void | Promise<void>>>;

const SECRET: Troubles = {
  'as CloudFormation made it': ({ secrets }) => {
    secrets.text = SECRET_PLACEHOLDER;
  },
  'not JSON': ({ secrets }) => {
    secrets.text = `{"timbalApiKey": ${MARK}-key`;
  },
  'a text': ({ secrets }) => {
    secrets.text = `"${MARK}-key"`;
  },
  bytes: ({ secrets }) => {
    secrets.text = undefined;
  },
  'one placeholder left': (deployed) => deployed.fill({ timbalOrgId: 'REPLACE_ME' }),
  'an empty value': (deployed) => deployed.fill({ timbalOrgId: ' ' }),
  'no key': (deployed) => deployed.fill({ timbalApiKey: undefined }),
  'a key that is no text': (deployed) => deployed.fill({ timbalApiKey: [`${MARK}-key`] }),
  'a key with a line break': (deployed) => deployed.fill({ timbalApiKey: `${MARK}-key\nX: ${MARK}` }),
  'a key in another script': (deployed) => deployed.fill({ timbalApiKey: `${MARK}-ключ` }),
  'no URL': (deployed) => deployed.fill({ slackWebhookUrl: `${MARK}` }),
  'plain http': (deployed) => deployed.fill({ slackWebhookUrl: `http://example.com/services/${MARK}` }),
  'a user and a password': (deployed) =>
    deployed.fill({ slackWebhookUrl: `https://${MARK}:${MARK}@hooks.slack.com/services/${MARK}` }),
  'a workflow': (deployed) => deployed.fill({ slackWebhookUrl: `https://hooks.slack.com/triggers/${MARK}` }),
  'more webhooks, wrong': (deployed) => deployed.fill({ slackWebhooks: { data: `${MARK}` } }),
  'more webhooks, name and URL swapped': (deployed) =>
    deployed.fill({ slackWebhooks: { [`https://hooks.slack.com/services/T0/B0/${MARK}`]: 'data' } }),
  ...Object.fromEntries(
    ['ResourceNotFoundException', 'AccessDeniedException', 'InvalidRequestException', 'Unheard-of'].map(
      (name) => [
        `cannot be read: ${name}`,
        ({ secrets }: Deployed) => void secrets.onReads.push(...always(secretFault(name))),
      ],
    ),
  ),
  'cannot be read: a page': ({ secrets }) => void secrets.onReads.push(...always(answers(500, asPage))),
  'cannot be read: not HTTP': ({ secrets }) => void secrets.onReads.push(...always(echo)),
  'cannot be read: cut': ({ secrets }) => void secrets.onReads.push(...always(cuts)),
  'cannot be read: nobody there': async (deployed) => {
    deployed.awsUrl = await nobodyThere();
  },
};

const API: Readonly<Record<string, Behaviour>> = {
  '400 that repeats the key': answersJson(400, asError),
  '401 that repeats the key': answersJson(401, asError),
  '403 with a page': answers(403, asPage),
  '404': answersJson(404, { code: `${MARK}-key`, message: KEY_REPEATED }),
  '429 that asks to wait': answersJson(429, asError),
  '503 with a page': answers(503, asPage, { 'retry-after': '3600' }),
  'a redirect to tokens': answers(302, asPage, toTokens),
  'a page': answers(200, asPage),
  'JSON that is cut short': answers(200, `{"syncs": [{"id": "${MARK}-key`),
  'another JSON': answersJson(200, { error: REPEATED }),
  'syncs that are no list': answersJson(200, { syncs: REPEATED }),
  'a page token that is no text': answersJson(200, { syncs: [], next_page_token: { [MARK]: MARK } }),
  'records that are none': answersJson(200, { syncs: [MARK, { interval_secs: REPEATED }] }),
  'records that cannot be read': answersJson(200, {
    syncs: [aFailingRecord(START, { interval_secs: MARK, last_success_at: MARK })],
  }),
  'not HTTP': echo,
  'a broken head': raw(`HTTP/1.1 200 OK\r\nx: ${MARK}-key\0\r\n\r\n`),
  'a phrase of its own': raw(`HTTP/1.1 400 ${MARK}-key\r\ncontent-length: 0\r\n\r\n`),
  'a cut': cuts,
  'a body that is cut': cutsMidway(200, `{"syncs": ["${MARK}-key"`, 'with a length'),
  'no answer': hangs,
};

const SLACK: Readonly<Record<string, Behaviour>> = {
  '200 with a page': answers(200, asPage),
  '400 of every form': answers(400, asPage),
  '403 with a page': answers(403, asPage),
  '404 with a word that is the token': answers(404, MARK.toLowerCase()),
  '410': answers(410, 'channel_is_archived'),
  '413': answers(413, asPage),
  '429 that asks to wait': answers(429, REPEATED, { 'retry-after': '3600' }),
  '500 in its own word': answers(500, 'rollup_error', { 'retry-after': '3600' }),
  '502 with a page': answers(502, asPage),
  'a redirect to tokens': answers(301, asPage, toTokens),
  'not HTTP': echo,
  'a phrase of its own': raw(`HTTP/1.1 418 ${MARK}\r\ncontent-length: 0\r\n\r\n`),
  'a cut': cuts,
  'no answer': hangs,
};

const MEMORY: Troubles = {
  ...Object.fromEntries(
    ['AccessDeniedException', 'ResourceNotFoundException', 'ValidationException'].flatMap((name) => [
      [
        `cannot be read: ${name}`,
        ({ table }: Deployed) => void table.onQueries.push(...always(faulty(name, REPEATED))),
      ],
      [
        `cannot be written: ${name}`,
        ({ table }: Deployed) => void table.onWrites.push(...always(faulty(name, REPEATED))),
      ],
    ]),
  ),
  'cannot be written: cancelled': ({ table }) =>
    void table.onWrites.push(...always(cancels('None', 'ValidationError'))),
  'cannot be written: another was first': ({ table }) =>
    void table.onWrites.push(...always(cancels('ConditionalCheckFailed'))),
  'cannot be written: a page': ({ table }) => void table.onWrites.push(...always(answers(400, asPage))),
  'cannot be written after the post': ({ table }) =>
    void table.onWrites.push(undefined, ...always(faulty('ValidationException', REPEATED))),
  'is not HTTP': ({ table }) => void table.onQueries.push(...always(echo)),
  'is not gzip': (deployed) => store(deployed, Buffer.from(REPEATED)),
  'is not JSON': (deployed) => store(deployed, gzipSync(`{"initialized": ${MARK}-key`)),
  'is not a memory': (deployed) =>
    store(
      deployed,
      gzipSync(JSON.stringify({ initialized: MARK, schemaVersion: 1, version: 1, facts: REPEATED })),
    ),
  'is of a newer program': (deployed) =>
    store(deployed, gzipSync(JSON.stringify({ schemaVersion: 99, version: 1, facts: REPEATED }))),
  'has an item of somebody else': ({ table }) =>
    void table.onQueries.push(
      ...always(answersJson(200, { Items: [{ part: { S: 'memory#x' }, note: { S: MARK } }] })),
    ),
};

const SETTINGS: Troubles = {
  'a base URL with a password': ({ environment }) => {
    environment[NAMES.baseUrl] = `https://user:${MARK}-key@api.timbal.ai`;
  },
  'a base URL with a query': ({ environment }) => {
    environment[NAMES.baseUrl] = `https://api.timbal.ai/?key=${MARK}-key`;
  },
  'a base URL that is none': ({ environment }) => {
    environment[NAMES.baseUrl] = `${MARK}-key`;
  },
  'a period that is none': ({ environment }) => {
    environment[NAMES.periodSeconds] = `${MARK}-key`;
  },
  'a policy that is not JSON': (deployed) => {
    deployed.policy = `{"slack": ${MARK}-key`;
  },
  'a policy that is the secret': (deployed) => {
    deployed.policy = deployed.secrets.text;
  },
  'a policy that is a text': (deployed) => {
    deployed.policy = JSON.stringify(REPEATED);
  },
  'a base URL without a host': ({ environment }) => {
    environment[NAMES.baseUrl] = 'https://sync-alerts.invalid';
  },
  // Once the key is known: before, nobody could repeat it.
  'a clock that throws': (deployed) => {
    let reads = 0;
    deployed.clock = () => {
      reads += 1;
      if (reads === 1) return deployed.now;
      throw Object.assign(new TypeError(`no clock for ${MARK}-key`, { cause: REPEATED }), { [MARK]: MARK });
    };
  },
};

afterEach(async () => {
  await closeLocalServers();
  removeFolders();
});

describe('the walker that finds what is said', () => {
  it.each<[string, unknown]>([
    ['a cause', new Error('a', { cause: new Error('b', { cause: { c: MARK } }) })],
    ['a hidden property', Object.defineProperty({}, 'x', { value: MARK, enumerable: false })],
    ['a symbol', { [Symbol('x')]: [MARK] }],
    ['a key', { [MARK]: 1 }],
    ['a map', new Map([[{ a: MARK }, 1]])],
    [
      'a getter of a class',
      new (class extends Error {
        get said() {
          return MARK;
        }
      })(),
    ],
    ['bytes', { bytes: Buffer.from(`a ${MARK}`) }],
    ['gzipped bytes', gzipSync(`a ${MARK}`)],
    ['base64', Buffer.from(`key=${MARK}; x`).toString('base64')],
    ['a stack', Object.assign(new Error('x'), { stack: `at ${MARK}` })],
    ['depth', [[[[[[[[[[[[MARK]]]]]]]]]]]]],
    ['a long text', 'x'.repeat(1_000_000) + MARK],
  ])('looks into %s', (_where, value) => {
    expect(marksIn(allOutput(value), [MARK])).not.toEqual([]);
  });

  it('finds nothing where there is nothing', () => {
    expect(marksIn(allOutput(new Error('MARKE'), { D: 1 }), [MARK])).toEqual([]);
  });
});

describe('the function says no secret when', () => {
  it.each(troubles('the secret is', SECRET))('%s', saysNoSecret);
  it.each(
    troubles(
      'the API gives',
      onEach(API, (deployed, behaviour) => {
        deployed.apiBehaviour = behaviour;
      }),
    ),
  )('%s', saysNoSecret, 20_000);
  it.each(
    troubles(
      'Slack gives',
      onEach(SLACK, (deployed, behaviour) => {
        deployed.slackAnswer = behaviour;
      }),
    ),
  )('%s', saysNoSecret, 30_000);
  it.each(troubles('Slack is', WHERE_SLACK_IS()))('%s', saysNoSecret, 20_000);
  it.each(troubles('the memory', MEMORY))('%s', saysNoSecret);
  it.each(troubles('it is set up with', SETTINGS))('%s', saysNoSecret, 20_000);

  it('the key is refused and the secret cannot be read afresh', async () => {
    await saysNoSecret('', async (deployed) => {
      await deployed.invoke();
      deployed.apiKeys = [];
      deployed.secrets.onReads.push(...always(secretFault('AccessDeniedException')));
    });
  });

  it('a webhook was replaced, and the old one and the new one are refused', async () => {
    await saysNoSecret('', async (deployed) => {
      deployed.shown = [aFailingRecord(START)];
      deployed.slackAnswer = answers(404, asPage);
      await deployed.invoke().catch(() => undefined);
      deployed.fill({ slackWebhookUrl: `${deployed.servers.slack.url}/services/new/${MARK}?x=${MARK}` });
    });
  });

  it('nothing is wrong: and yet what is stored and posted was looked into', async () => {
    const deployed = await saysNoSecret('', () => undefined);
    expect(deployed.documents().join()).toContain('orders');
    expect(allOutput(deployed.servers.slack.requests.map(({ body }) => body))).toContain('orders');
  });
});

describe('the laptop says no secret when', () => {
  const secrets = [KEY, TOKEN];
  const repeated = `you sent Bearer ${KEY} to /services/${TOKEN}`;

  it.each<[string, (laptop: Laptop) => void | Promise<void>]>([
    [
      'the key is refused in words that repeat it',
      (laptop) => {
        laptop.shown = answersJson(401, { code: KEY, message: `no key: ${KEY}` });
      },
    ],
    [
      'the API redirects to it',
      (laptop) => {
        laptop.shown = answers(302, repeated, { location: `https://x.invalid/${TOKEN}` });
      },
    ],
    [
      'the API answers with it',
      (laptop) => {
        laptop.shown = answers(200, repeated);
      },
    ],
    [
      'Slack answers with it',
      (laptop) => {
        laptop.slackAnswers = answers(404, repeated);
      },
    ],
    [
      'Slack cuts',
      (laptop) => {
        laptop.slackAnswers = cuts;
      },
    ],
    [
      'the webhook is no URL',
      ({ environment }) => {
        environment['SLACK_WEBHOOK_URL'] = TOKEN;
      },
    ],
    [
      'the webhook is a workflow',
      ({ environment }) => {
        environment['SLACK_WEBHOOK_URL'] = `https://hooks.slack.com/workflows/${TOKEN}`;
      },
    ],
    [
      'the webhook has a password',
      ({ environment }) => {
        environment['SLACK_WEBHOOK_URL'] = `https://a:${TOKEN}@hooks.slack.com/services/x`;
      },
    ],
    [
      'the base URL holds it',
      ({ environment }) => {
        environment['TIMBAL_BASE_URL'] = `https://a:${KEY}@api.timbal.ai`;
      },
    ],
    [
      'the base URL is it',
      ({ environment }) => {
        environment['TIMBAL_BASE_URL'] = `https://api.timbal.ai/?${KEY}`;
      },
    ],
    [
      'the key cannot stand in a header',
      ({ environment }) => {
        environment['TIMBAL_API_KEY'] = `${KEY}\n${KEY}`;
      },
    ],
    [
      'there is a key and no organisation',
      ({ environment }) => {
        environment['TIMBAL_ORG_ID'] = '';
      },
    ],
    [
      'the policy names a file that holds nothing else',
      ({ environment }) => {
        environment['SYNC_ALERTS_POLICY'] = aFile(KEY);
      },
    ],
    [
      'the policy names the file of the environment',
      ({ environment }) => {
        environment['SYNC_ALERTS_POLICY'] = aFile(`{"x": 1, ${KEY}\n`);
      },
    ],
    [
      'the policy names the secret',
      ({ environment }) => {
        environment['SYNC_ALERTS_POLICY'] = aFile(JSON.stringify({ timbalApiKey: KEY, grace: TOKEN }));
      },
    ],
    ['the memory is not one', ({ stateFile }) => writeFileSync(stateFile, repeated)],
    [
      'the memory is another JSON',
      ({ stateFile }) =>
        writeFileSync(stateFile, JSON.stringify({ schemaVersion: 1, version: 1, facts: repeated })),
    ],
    [
      'the memory cannot be written',
      (laptop) => {
        laptop.environment['SYNC_ALERTS_STATE'] = join(aFile('x'), 'below-a-file.json');
      },
    ],
  ])(
    '%s',
    async (_name, trouble) => {
      const laptop = await Laptop.start();
      laptop.shown = [aFailingRecord(START)];
      await trouble(laptop);
      const said: unknown[] = [];
      for (const command of [[], ['--json'], ['--dry-run', '--verbose']]) {
        const written: string[] = [];
        const output = { write: (text: string) => written.push(text) };
        const { environment } = laptop;
        const now = () => laptop.now;
        const running = run({ args: command, environment, stdout: output, stderr: output, now });
        said.push(written, await running.catch((error) => [error]));
        laptop.now += 5 * MINUTE;
      }
      const own = said.concat(laptop.slack.requests.map(({ body }) => body));
      const state = laptop.state()?.includes(repeated) ? '' : laptop.state();
      expect(marksIn(allOutput(own, state), secrets)).toEqual([]);
    },
    20_000,
  );
});

/** Invokes every command, from outside and from within, and searches all that came of it. */
async function saysNoSecret(
  name: string,
  trouble: (deployed: Deployed) => void | Promise<void>,
): Promise<Deployed> {
  const deployed = await Deployed.start();
  // Enough for a check whose servers never answer, which takes as long as it may.
  deployed.remainingMs = 9500;
  deployed.shown = [aFailingRecord(START)];
  await trouble(deployed);
  deployed.freshContainer();
  const before = deployed.documents();
  const said: unknown[] = [];
  const saying = (attempt: () => unknown) =>
    Promise.resolve()
      .then(attempt)
      .then(
        (answer) => said.push(answer),
        (error: unknown) => said.push(error),
      );
  // Each of those takes its whole time.
  const commands = name.endsWith('no answer') ? [] : ['check', 'report', 'test'];
  for (const command of commands) await saying(() => deployed.invoke({ command }));
  deployed.now += 15 * 60 * 1000;
  await saying(() => deployed.invoke());
  if (commands.length > 0) await saying(() => within(deployed, said));
  expect(said.length).toBeGreaterThan(commands.length);
  const documents = deployed.documents().filter((document) => !before.includes(document));
  const posted = deployed.servers.slack.requests.map(({ body }) => body);
  const command = deployed.servers.api.requests.map(({ url }) => url);
  const everything = allOutput(said, deployed.lines, deployed.printed, documents, posted, command);
  const found = marksIn(everything, [MARK]);
  if (found.length > 0) throw new Error(`it says ${found.join()}: ${around(everything)}`);
  return deployed;
}

/** The same without the handler, which makes every error anew: what is thrown inside is to hold no secret either. */
async function within(deployed: Deployed, said: unknown[]): Promise<void> {
  const { secret, portsFor } = wire({ ...deployed.runtime(), now: () => deployed.now });
  const { organisation } = await secret.read();
  const ports = portsFor(organisation);
  const overrides = { remainingSeconds: deployed.remainingMs / 1000 };
  for (const attempt of [
    () => check(ports, settings({ ...overrides, dryRun: true })),
    () => check(ports, settings(overrides)),
    () => report(ports, settings(overrides), true),
    () =>
      testDeployment(ports, settings(overrides), { step: 'secret', ok: true, message: '', durationMs: 0 }),
  ]) {
    const came = await attempt().catch((error: unknown) => error);
    said.push(came);
    if (came instanceof CheckFailed) said.push(came.outcome, came.cause, inspect(came, { depth: null }));
  }
}

function WHERE_SLACK_IS(): Troubles {
  return {
    'not there': async (deployed) =>
      deployed.fill({ slackWebhookUrl: `${await nobodyThere()}/services/${MARK}` }),
    'a name that does not exist': (deployed) =>
      deployed.fill({ slackWebhookUrl: `https://sync-alerts.invalid/services/${MARK}` }),
    'without TLS': (deployed) =>
      deployed.fill({
        slackWebhookUrl: `${deployed.servers.slack.url.replace('http:', 'https:')}/services/${MARK}`,
      }),
  };
}

function always(behaviour: Behaviour): Behaviour[] {
  return Array.from({ length: 60 }, () => behaviour);
}

/** Puts a document into the table that this program did not write. */
function store({ table }: Deployed, bytes: Buffer): void {
  const item = {
    part: { S: 'memory#000' },
    version: { N: '1' },
    writeId: { S: 'x' },
    pieces: { N: '1' },
    bytes: { B: bytes.toString('base64') },
  };
  table.onQueries.push(...always(answersJson(200, { Items: [item], Count: 1 })));
}

function onEach(
  behaviours: Readonly<Record<string, Behaviour>>,
  set: (deployed: Deployed, behaviour: Behaviour) => void,
): Troubles {
  return Object.fromEntries(
    Object.entries(behaviours).map(([name, behaviour]) => [
      name,
      (deployed: Deployed) => set(deployed, behaviour),
    ]),
  );
}

function troubles(what: string, all: Troubles) {
  return Object.entries(all).map(([name, trouble]) => [`${what} ${name}`, trouble] as const);
}

function aFile(text: string): string {
  const file = join(aFolder(), 'a-file.json');
  writeFileSync(file, text);
  return file;
}

/** Where the first mark stands, for whoever has to find it. */
function around(text: string): string {
  const at = text.indexOf(MARK);
  return text.slice(Math.max(0, at - 200), at + 100);
}
