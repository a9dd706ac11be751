import { aFailingRecord } from '../../commands/a-world.ts';
import { aws, mustWork, shell } from '../shell.ts';
import { Deployment, ORGANISATION } from './deployment.ts';
import { placesWithSecrets } from './everything-said.ts';
import { API_KEY, tracesIn, WEBHOOK } from './secrets.ts';

/** A secret that cannot be used gives an error that says what to do, and none of its values. */

const FOREIGN = `hooks.example.com/services/T0/B0/${WEBHOOK}`;
const SLACK = 'https://hooks.slack.com';

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start();
});

afterAll(() => deployment?.stop());

beforeEach(async () => {
  await deployment.startAfresh();
  deployment.timbal.syncs = [aFailingRecord(Date.now())];
});

describe('a secret', () => {
  it.each([
    ['that is not JSON', `timbalApiKey=${API_KEY} ${SLACK}/services/T0/B0/${WEBHOOK}`, 'it is not JSON'],
    ['that is cut off', JSON.stringify(values()).slice(0, -1), 'it is not JSON'],
    ['that is JSON, but no object', JSON.stringify(API_KEY), 'it is not a JSON object'],
    [
      'with a placeholder left in it',
      JSON.stringify(values({ timbalOrgId: 'REPLACE_ME' })),
      '"timbalOrgId" still holds the placeholder',
    ],
    [
      'without a key that it needs',
      JSON.stringify(values({ slackWebhookUrl: undefined })),
      '"slackWebhookUrl" is missing',
    ],
    ['with an empty key', JSON.stringify(values({ timbalApiKey: ' ' })), '"timbalApiKey" is empty'],
    [
      'with a webhook in plain http on a foreign host',
      JSON.stringify(values({ slackWebhookUrl: `http://${FOREIGN}` })),
      '"slackWebhookUrl" is not https',
    ],
    [
      'with the webhook of a workflow',
      JSON.stringify(values({ slackWebhookUrl: `${SLACK}/triggers/T0/${WEBHOOK}` })),
      '"slackWebhookUrl" is a workflow webhook',
    ],
    [
      'with another webhook that is none',
      JSON.stringify(values({ slackWebhooks: { 'data-eng': WEBHOOK } })),
      '"slackWebhooks.data-eng" is not a URL',
    ],
  ])('%s', async (_, text, fault) => {
    expect(tracesIn(text)).not.toEqual([]);
    await deployment.fillWith(text);
    const listings = deployment.timbal.requests.length;
    const check = await deployment.invoke();
    expect(check).toMatchObject({
      status: 'error',
      result: { errorMessage: expect.stringContaining(fault) },
    });
    expect(check.payload).toContain(deployment.output('SecretArn'));
    expect(check.payload).toContain(deployment.output('FillSecretCommand'));
    expect(tracesIn(check.payload + check.log)).toEqual([]);
    expect(deployment.timbal.requests).toHaveLength(listings);
    expect(deployment.posted()).toEqual([]);
  });

  it('that was deleted: the error prints the command that restores it, and that works as printed', async () => {
    await deployment.fill();
    const { emulator } = deployment;
    await aws(emulator, 'secretsmanager', 'delete-secret', '--secret-id', deployment.output('SecretArn'));
    const { payload } = await deployment.invoke();
    const command = /aws secretsmanager restore-secret --secret-id [^\s"]+/.exec(payload)?.[0];
    await mustWork(shell(emulator, command ?? 'false'));
    expect(await deployment.invoke()).toMatchObject({ status: 'success' });
  });

  it('that is mended is picked up by the next check, in the same container', async () => {
    await deployment.fillWith('not JSON');
    expect(await deployment.invoke()).toMatchObject({ status: 'error' });
    await deployment.fill();
    expect(await deployment.invoke()).toMatchObject({ cold: false, result: { posts: { accepted: 1 } } });
  });
});

describe('all of this', () => {
  it('leaves no value of the secret anywhere', async () => {
    expect(await placesWithSecrets(deployment)).toEqual([]);
  });
});

function values(overrides: Readonly<Record<string, unknown>> = {}) {
  return {
    timbalApiKey: API_KEY,
    timbalOrgId: ORGANISATION,
    slackWebhookUrl: `${SLACK}/services/T0/B0/${WEBHOOK}`,
    ...overrides,
  };
}
