import { ENVIRONMENT_VARIABLES as NAMES } from '../../lambda/invocation/environment-variables.ts';
import { SECRET_PLACEHOLDER } from '../../lambda/secret/secret-placeholder.ts';
import { aFailingRecord, START } from '../commands/a-world.ts';
import { answers, closeLocalServers, disconnects, unusedUrl } from '../http/local-server.ts';
import { type Deployed, MARK } from '../invocation/a-deployed.ts';
import { allOutput } from '../invocation/all-output.ts';
import { secretFault } from '../secret/a-secrets-manager.ts';
import { always, casesOf, echo, expectNoSecret, PAGE, REPEATED, type Troubles } from './expect-no-secret.ts';

afterEach(closeLocalServers);

const SECRET: Troubles = {
  'is the placeholder': ({ secrets }) => {
    secrets.text = SECRET_PLACEHOLDER;
  },
  'is not JSON': ({ secrets }) => {
    secrets.text = `{"timbalApiKey": ${MARK}-key`;
  },
  'is a JSON string': ({ secrets }) => {
    secrets.text = `"${MARK}-key"`;
  },
  'is bytes': ({ secrets }) => {
    secrets.text = undefined;
  },
  'has one placeholder left': (deployed) => deployed.fill({ timbalOrgId: 'REPLACE_ME' }),
  'has an empty value': (deployed) => deployed.fill({ timbalOrgId: ' ' }),
  'has no key': (deployed) => deployed.fill({ timbalApiKey: undefined }),
  'has a key that is not a string': (deployed) => deployed.fill({ timbalApiKey: [`${MARK}-key`] }),
  'has a key with a line break': (deployed) => deployed.fill({ timbalApiKey: `${MARK}-key\nX: ${MARK}` }),
  'has a key in another script': (deployed) => deployed.fill({ timbalApiKey: `${MARK}-ключ` }),
  'has a webhook that is not a URL': (deployed) => deployed.fill({ slackWebhookUrl: `${MARK}` }),
  'has a webhook over plain http': (deployed) =>
    deployed.fill({ slackWebhookUrl: `http://example.com/services/${MARK}` }),
  'has a webhook with a user name and a password': (deployed) =>
    deployed.fill({ slackWebhookUrl: `https://${MARK}:${MARK}@hooks.slack.com/services/${MARK}` }),
  'has a workflow webhook': (deployed) =>
    deployed.fill({ slackWebhookUrl: `https://hooks.slack.com/triggers/${MARK}` }),
  'has a heartbeat that is not a URL': (deployed) => deployed.fill({ heartbeatUrl: `${MARK}` }),
  'has a heartbeat over plain http': (deployed) =>
    deployed.fill({ heartbeatUrl: `http://10.0.0.7/ping/${MARK}` }),
  'has a named webhook that is not a URL': (deployed) =>
    deployed.fill({ slackWebhooks: { data: `${MARK}` } }),
  'has a named webhook whose name and URL are swapped': (deployed) =>
    deployed.fill({ slackWebhooks: { [`https://hooks.slack.com/services/T0/B0/${MARK}`]: 'data' } }),
  ...Object.fromEntries(
    ['ResourceNotFoundException', 'AccessDeniedException', 'InvalidRequestException', 'Unheard-of'].map(
      (name) => [
        `cannot be read: ${name}`,
        ({ secrets }: Deployed) => void secrets.onReads.push(...always(secretFault(name))),
      ],
    ),
  ),
  'cannot be read: an HTML page': ({ secrets }) => void secrets.onReads.push(...always(answers(500, PAGE))),
  'cannot be read: not HTTP': ({ secrets }) => void secrets.onReads.push(...always(echo)),
  'cannot be read: a closed connection': ({ secrets }) => void secrets.onReads.push(...always(disconnects)),
  'cannot be read: connection refused': async (deployed) => {
    deployed.awsUrl = await unusedUrl();
  },
};

const SETTINGS: Troubles = {
  'a base URL with a password': ({ environment }) => {
    environment[NAMES.baseUrl] = `https://user:${MARK}-key@api.timbal.ai`;
  },
  'a base URL with a query': ({ environment }) => {
    environment[NAMES.baseUrl] = `https://api.timbal.ai/?key=${MARK}-key`;
  },
  'a base URL that is not a URL': ({ environment }) => {
    environment[NAMES.baseUrl] = `${MARK}-key`;
  },
  'a period that is not a number': ({ environment }) => {
    environment[NAMES.periodSeconds] = `${MARK}-key`;
  },
  'a policy that is not JSON': (deployed) => {
    deployed.policy = `{"slack": ${MARK}-key`;
  },
  'a policy that is the secret': (deployed) => {
    deployed.policy = deployed.secrets.text;
  },
  'a policy that is a JSON string': (deployed) => {
    deployed.policy = JSON.stringify(REPEATED);
  },
  'a base URL whose host does not exist': ({ environment }) => {
    environment[NAMES.baseUrl] = 'https://sync-alerts.invalid';
  },
  // The second reading: by then the key is known, and could be repeated.
  'a clock that throws': (deployed) => {
    let reads = 0;
    deployed.clock = () => {
      reads += 1;
      if (reads === 1) return deployed.now;
      throw Object.assign(new TypeError(`no clock for ${MARK}-key`, { cause: REPEATED }), { [MARK]: MARK });
    };
  },
};

describe('the function outputs no secret when', () => {
  it.each(casesOf('the secret', SECRET))('%s', expectNoSecret);
  it.each(casesOf('the settings have', SETTINGS))('%s', expectNoSecret, 20_000);

  it('the key is refused and the secret cannot be read fresh', async () => {
    await expectNoSecret('', async (deployed) => {
      await deployed.invoke();
      deployed.apiKeys = [];
      deployed.secrets.onReads.push(...always(secretFault('AccessDeniedException')));
    });
  });

  it('the webhook was replaced, and Slack refuses the old one and the new one', async () => {
    await expectNoSecret('', async (deployed) => {
      deployed.shown = [aFailingRecord(START)];
      deployed.slackAnswer = answers(404, PAGE);
      await deployed.invoke().catch(() => undefined);
      deployed.fill({ slackWebhookUrl: `${deployed.servers.slack.url}/services/new/${MARK}?x=${MARK}` });
    });
  });

  it('nothing is wrong; the stored documents and the posts were searched too', async () => {
    const deployed = await expectNoSecret('', () => undefined);
    expect(deployed.documents().join()).toContain('orders');
    expect(allOutput(deployed.servers.slack.requests.map(({ body }) => body))).toContain('orders');
  });
});
