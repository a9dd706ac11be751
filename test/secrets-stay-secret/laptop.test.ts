import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../cli/run.ts';
import { aFolder, KEY, Laptop, removeFolders, TOKEN } from '../cli/a-laptop.ts';
import { aFailingRecord, MINUTE, START } from '../commands/a-world.ts';
import { answers, answersJson, closeLocalServers, disconnects } from '../http/local-server.ts';
import { allOutput, marksIn } from '../invocation/all-output.ts';

afterEach(async () => {
  await closeLocalServers();
  removeFolders();
});

/** A text from outside that repeats both secrets. */
const REPEATED = `you sent Bearer ${KEY} to /services/${TOKEN}`;

type Trouble = (laptop: Laptop) => void;

const SERVICES: Readonly<Record<string, Trouble>> = {
  'the API refuses the key and repeats it': (laptop) => {
    laptop.shown = answersJson(401, { code: KEY, message: `no key: ${KEY}` });
  },
  'the API redirects to the token': (laptop) => {
    laptop.shown = answers(302, REPEATED, { location: `https://x.invalid/${TOKEN}` });
  },
  'the API responds with both secrets': (laptop) => {
    laptop.shown = answers(200, REPEATED);
  },
  'Slack responds with both secrets': (laptop) => {
    laptop.slackAnswers = answers(404, REPEATED);
  },
  'Slack closes the connection': (laptop) => {
    laptop.slackAnswers = disconnects;
  },
};

const VARIABLES: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
  'the webhook is not a URL': () => ({ SLACK_WEBHOOK_URL: TOKEN }),
  'the webhook is a workflow webhook': () => ({
    SLACK_WEBHOOK_URL: `https://hooks.slack.com/workflows/${TOKEN}`,
  }),
  'the webhook has a password': () => ({
    SLACK_WEBHOOK_URL: `https://a:${TOKEN}@hooks.slack.com/services/x`,
  }),
  'the heartbeat is not a URL': () => ({ HEARTBEAT_URL: TOKEN }),
  'the heartbeat is plain http': () => ({ HEARTBEAT_URL: `http://10.0.0.7/${TOKEN}` }),
  'the heartbeat is not accepted': () => ({ HEARTBEAT_URL: `http://127.0.0.1:1/${TOKEN}` }),
  'the base URL has the key as a password': () => ({ TIMBAL_BASE_URL: `https://a:${KEY}@api.timbal.ai` }),
  'the base URL has the key as a query': () => ({ TIMBAL_BASE_URL: `https://api.timbal.ai/?${KEY}` }),
  'the key cannot be a header': () => ({ TIMBAL_API_KEY: `${KEY}\n${KEY}` }),
  'the organisation is missing': () => ({ TIMBAL_ORG_ID: '' }),
  'the policy file contains only the key': () => ({ SYNC_ALERTS_POLICY: aFile(KEY) }),
  'the policy file is broken after the key': () => ({ SYNC_ALERTS_POLICY: aFile(`{"x": 1, ${KEY}\n`) }),
  'the policy file is the secret': () => ({
    SYNC_ALERTS_POLICY: aFile(JSON.stringify({ timbalApiKey: KEY, grace: TOKEN })),
  }),
  'the state cannot be written': () => ({
    SYNC_ALERTS_STATE: join(aFile('x'), 'below-a-file.json'),
  }),
};

const STATE: Readonly<Record<string, Trouble>> = {
  'the state is not JSON': ({ stateFile }) => writeFileSync(stateFile, REPEATED),
  'the state is another JSON object': ({ stateFile }) =>
    writeFileSync(stateFile, JSON.stringify({ schemaVersion: 1, version: 1, facts: REPEATED })),
};

const TROUBLES: Readonly<Record<string, Trouble>> = {
  ...SERVICES,
  ...Object.fromEntries(
    Object.entries(VARIABLES).map(([name, variables]): [string, Trouble] => [
      name,
      ({ environment }) => void Object.assign(environment, variables()),
    ]),
  ),
  ...STATE,
};

describe('the laptop outputs no secret when', () => {
  it.each(Object.entries(TROUBLES))(
    '%s',
    async (_name, trouble) => {
      const laptop = await Laptop.start();
      laptop.shown = [aFailingRecord(START)];
      trouble(laptop);
      const output: unknown[] = [];
      for (const args of [
        [],
        ['--json'],
        ['--dry-run', '--verbose'],
        ['report', '--post', '--json'],
        ['test'],
      ]) {
        const written: string[] = [];
        const stream = { write: (text: string) => written.push(text) };
        const { environment } = laptop;
        const running = run({ args, environment, stdout: stream, stderr: stream, now: () => laptop.now });
        output.push(written, await running.catch((error) => [error]));
        laptop.now += 5 * MINUTE;
      }
      expect(output.flat().join('')).not.toBe('');
      output.push(laptop.slack.requests.map(({ body }) => body));
      const state = laptop.state()?.includes(REPEATED) ? '' : laptop.state();
      expect(marksIn(allOutput(output, state), [KEY, TOKEN])).toEqual([]);
    },
    20_000,
  );
});

function aFile(text: string): string {
  const file = join(aFolder(), 'a-file.json');
  writeFileSync(file, text);
  return file;
}
