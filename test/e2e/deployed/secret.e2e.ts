import { aFailingRecord } from '../../commands/a-world.ts';
import { aws, shell, succeeds } from '../shell.ts';
import { Deployment, ORGANISATION } from './deployment.ts';
import { secretLeaks } from './secret-leaks.ts';
import { API_KEY, tracesIn, WEBHOOK } from './secrets.ts';

/* A check with an unusable secret fails with an error that contains the fix and no value of the secret. */

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

describe('a check with a secret', () => {
  it.each([
    ['that is not JSON', `timbalApiKey=${API_KEY} ${SLACK}/services/T0/B0/${WEBHOOK}`, 'it is not JSON'],
    ['that is cut off', JSON.stringify(values()).slice(0, -1), 'it is not JSON'],
    ['that is JSON, but not an object', JSON.stringify(API_KEY), 'it is not a JSON object'],
    [
      'with a placeholder',
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
      'with a second webhook that is not a URL',
      JSON.stringify(values({ slackWebhooks: { 'data-eng': WEBHOOK } })),
      '"slackWebhooks.data-eng" is not a URL',
    ],
  ])('%s fails, and the error names the fault', async (_, text, fault) => {
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
    expect(deployment.takePosted()).toEqual([]);
  });

  it('that was deleted fails, and the command in the error restores it', async () => {
    await deployment.fill();
    const { emulator } = deployment;
    await aws(emulator, 'secretsmanager', 'delete-secret', '--secret-id', deployment.output('SecretArn'));
    const { payload } = await deployment.invoke();
    const command = /aws secretsmanager restore-secret --secret-id [^\s"]+/.exec(payload)?.[0];
    await succeeds(shell(emulator, command ?? 'false'));
    expect(await deployment.invoke()).toMatchObject({ status: 'success' });
  });

  it('that was fixed succeeds at the next check, in the same container', async () => {
    await deployment.fillWith('not JSON');
    expect(await deployment.invoke()).toMatchObject({ status: 'error' });
    await deployment.fill();
    expect(await deployment.invoke()).toMatchObject({ cold: false, result: { posts: { accepted: 1 } } });
  });
});

describe('after all tests of this file', () => {
  it('no value of the secret has leaked', async () => {
    expect(await secretLeaks(deployment)).toEqual([]);
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
