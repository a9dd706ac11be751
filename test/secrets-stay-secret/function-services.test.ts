import { gzipSync } from 'node:zlib';
import { aFailingRecord, START } from '../commands/a-world.ts';
import {
  answers,
  answersJson,
  type Behaviour,
  closeLocalServers,
  disconnects,
  disconnectsMidway,
  hangs,
  localServer,
  sendsRaw,
  unusedUrl,
} from '../http/local-server.ts';
import { type Deployed, MARK } from '../invocation/a-deployed.ts';
import { cancels, faulty } from '../state/a-dynamodb.ts';
import {
  always,
  casesOf,
  echo,
  expectNoSecret,
  KEY_REPEATED,
  PAGE,
  REPEATED,
  redirectsToSecrets,
  sendsStatusText,
  storeBytes,
  type Troubles,
  troublesOf,
} from './expect-no-secret.ts';

afterEach(closeLocalServers);

const KEY_ERROR = { code: 'refused', message: `${MARK}-key is no key` };

const API: Readonly<Record<string, Behaviour>> = {
  'a 400 that repeats the key': answersJson(400, KEY_ERROR),
  'a 401 that repeats the key': answersJson(401, KEY_ERROR),
  'a 403 with an HTML page': answers(403, PAGE),
  'a 404 that repeats the key': answersJson(404, { code: `${MARK}-key`, message: KEY_REPEATED }),
  'a 429 that repeats the key': answersJson(429, KEY_ERROR),
  'a 503 with an HTML page and a Retry-After': answers(503, PAGE, { 'retry-after': '3600' }),
  'a redirect to secrets': redirectsToSecrets(302),
  'an HTML page': answers(200, PAGE),
  'truncated JSON': answers(200, `{"syncs": [{"id": "${MARK}-key`),
  'another JSON object': answersJson(200, { error: REPEATED }),
  'syncs that are not an array': answersJson(200, { syncs: REPEATED }),
  'a page token that is not a string': answersJson(200, { syncs: [], next_page_token: { [MARK]: MARK } }),
  'records that are not objects': answersJson(200, { syncs: [MARK, { interval_secs: REPEATED }] }),
  'records that cannot be read': answersJson(200, {
    syncs: [aFailingRecord(START, { interval_secs: MARK, last_success_at: MARK })],
  }),
  'a response that is not HTTP': echo,
  'an invalid header': sendsRaw(() => `HTTP/1.1 200 OK\r\nx: ${MARK}-key\0\r\n\r\n`),
  'a status text that is the key': sendsStatusText(`400 ${MARK}-key`),
  'a closed connection': disconnects,
  'a body that is cut off': disconnectsMidway(200, `{"syncs": ["${MARK}-key"`, 'with a length'),
  'no response': hangs,
};

const SLACK: Readonly<Record<string, Behaviour>> = {
  'a 200 with an HTML page': answers(200, PAGE),
  'a 400 for every form': answers(400, PAGE),
  'a 403 with an HTML page': answers(403, PAGE),
  'a 404 with the token as its error code': answers(404, MARK.toLowerCase()),
  'a 410': answers(410, 'channel_is_archived'),
  'a 413': answers(413, PAGE),
  'a 429 with a Retry-After': answers(429, REPEATED, { 'retry-after': '3600' }),
  "a 500 with an error code of Slack's own": answers(500, 'rollup_error', { 'retry-after': '3600' }),
  'a 502 with an HTML page': answers(502, PAGE),
  'a redirect to secrets': redirectsToSecrets(301),
  'a response that is not HTTP': echo,
  'a status text that is the token': sendsStatusText(`418 ${MARK}`),
  'a closed connection': disconnects,
  'no response': hangs,
};

const SLACK_ADDRESS: Troubles = {
  'refuses connections': async (deployed) =>
    deployed.fill({ slackWebhookUrl: `${await unusedUrl()}/services/${MARK}` }),
  'has a host that does not exist': (deployed) =>
    deployed.fill({ slackWebhookUrl: `https://sync-alerts.invalid/services/${MARK}` }),
  'speaks no TLS': (deployed) =>
    deployed.fill({
      slackWebhookUrl: `${deployed.servers.slack.url.replace('http:', 'https:')}/services/${MARK}`,
    }),
};

const STATE: Troubles = {
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
  'cannot be written: a cancelled transaction': ({ table }) =>
    void table.onWrites.push(...always(cancels('None', 'ValidationError'))),
  'cannot be written: a conflict': ({ table }) =>
    void table.onWrites.push(...always(cancels('ConditionalCheckFailed'))),
  'cannot be written: an HTML page': ({ table }) => void table.onWrites.push(...always(answers(400, PAGE))),
  'cannot be written after the post': ({ table }) =>
    void table.onWrites.push(undefined, ...always(faulty('ValidationException', REPEATED))),
  'comes without HTTP': ({ table }) => void table.onQueries.push(...always(echo)),
  'is not gzip': (deployed) => storeBytes(deployed, Buffer.from(REPEATED)),
  'is not JSON': (deployed) => storeBytes(deployed, gzipSync(`{"initialized": ${MARK}-key`)),
  'is not valid': (deployed) =>
    storeBytes(
      deployed,
      gzipSync(JSON.stringify({ initialized: MARK, schemaVersion: 1, version: 1, facts: REPEATED })),
    ),
  'is of a newer program': (deployed) =>
    storeBytes(deployed, gzipSync(JSON.stringify({ schemaVersion: 99, version: 1, facts: REPEATED }))),
  'has an item of another program': ({ table }) =>
    void table.onQueries.push(
      ...always(answersJson(200, { Items: [{ part: { S: 'state#x' }, note: { S: MARK } }] })),
    ),
};

const MONITOR: Readonly<Record<string, Behaviour>> = {
  'a 404 that repeats the URL': (request, response) => answers(404, `no ${request.url}`)(request, response),
  'a 200 that repeats the URL': (request, response) => answers(200, `OK (${request.url})`)(request, response),
  'a redirect to secrets': redirectsToSecrets(302),
  'a response that is not HTTP': echo,
  'a status text that is the token': sendsStatusText(`418 ${MARK}`),
  'a closed connection': disconnects,
};

describe('the function outputs no secret when', () => {
  const withMonitor = troublesOf(MONITOR, async (deployed, behaviour) => {
    const { url } = await localServer(behaviour);
    deployed.fill({ heartbeatUrl: `${url}/ping/${MARK}?token=${MARK}` });
  });
  it.each(casesOf('the heartbeat monitor responds with', withMonitor))('%s', expectNoSecret);

  const withApi = troublesOf(API, (deployed, behaviour) => {
    deployed.apiBehaviour = behaviour;
  });
  const withSlack = troublesOf(SLACK, (deployed, behaviour) => {
    deployed.slackAnswer = behaviour;
  });
  it.each(casesOf('the API responds with', withApi))('%s', expectNoSecret, 20_000);
  it.each(casesOf('Slack responds with', withSlack))('%s', expectNoSecret, 30_000);
  it.each(casesOf('Slack', SLACK_ADDRESS))('%s', expectNoSecret, 20_000);
  it.each(casesOf('the state', STATE))('%s', expectNoSecret);
});
