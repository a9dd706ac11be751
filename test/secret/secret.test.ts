import { inspect } from 'node:util';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { KEPT_SECONDS, Secret } from '../../lambda/secret/secret.ts';
import { SECRET_PLACEHOLDER } from '../../lambda/secret/secret-placeholder.ts';
import { START } from '../commands/a-world.ts';
import { closeLocalServers, hangs, nothingOpen } from '../http/local-server.ts';
import { ASecretsManager, FILLED, secretFault } from './a-secrets-manager.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:SyncAlerts-AbCdEf';
const FILL = `aws secretsmanager put-secret-value --region eu-west-1 --secret-id ${ARN} --secret-string file:///dev/stdin < secret.json`;

let manager: ASecretsManager;
let now: number;

beforeEach(async () => {
  manager = await ASecretsManager.start();
  now = START;
});
afterEach(closeLocalServers);

describe('the secret', () => {
  it('is read by its name or ARN', async () => {
    expect(await aSecret().read()).toEqual({
      apiKey: 'MARKED-key',
      organisation: 'acme',
      webhookUrl: FILLED.slackWebhookUrl,
      webhookUrls: {},
    });
    expect(manager.command).toEqual([ARN]);
  });

  it('gives the key and the webhook to those who need them', async () => {
    const secret = aSecret();
    expect(await secret.apiKey.read()).toBe('MARKED-key');
    expect(await secret.webhookUrl.read()).toBe(FILLED.slackWebhookUrl);
    expect(manager.command).toHaveLength(1);
  });

  it('may hold more webhooks by name, and keys that are not ours', async () => {
    const more = { 'data-eng': 'https://hooks.slack.com/services/T0/B1/MARKED' };
    manager.fill({ ...FILLED, slackWebhooks: more, note: 'ours' });
    expect((await aSecret().read()).webhookUrls).toEqual(more);
  });

  it('is taken without the blanks around its values', async () => {
    manager.fill({ ...FILLED, timbalApiKey: ' MARKED-key\n' });
    expect((await aSecret().read()).apiKey).toBe('MARKED-key');
  });

  it.each([
    [KEPT_SECONDS - 1, 1],
    [KEPT_SECONDS, 2],
    [KEPT_SECONDS + 1, 2],
    [-1, 2],
  ])('after %i seconds has been read %i times', async (seconds, reads) => {
    const secret = aSecret();
    await secret.read();
    now += seconds * 1000;
    await secret.read();
    expect(manager.command).toHaveLength(reads);
  });

  it('is read once for all who ask at the same time', async () => {
    const secret = aSecret();
    await Promise.all([
      secret.read(),
      secret.apiKey.read(),
      secret.webhookUrl.readFresh(),
      secret.readFresh(),
    ]);
    expect(manager.command).toHaveLength(1);
  });

  it('read afresh gives what it holds now, also to those who read it later', async () => {
    const secret = aSecret();
    await secret.read();
    manager.fill({ ...FILLED, timbalApiKey: 'MARKED-rotated' });
    expect(await secret.apiKey.read()).toBe('MARKED-key');
    expect(await secret.apiKey.readFresh()).toBe('MARKED-rotated');
    expect(await secret.apiKey.read()).toBe('MARKED-rotated');
  });

  it('that could not be read is read again by whoever asks next', async () => {
    const secret = aSecret();
    manager.onReads.push(secretFault('AccessDeniedException'));
    await failure(secret.read());
    expect((await secret.read()).apiKey).toBe('MARKED-key');
  });

  it('is masked wherever it stands in a text, rotated values too', async () => {
    const secret = aSecret();
    await secret.read();
    manager.fill({ ...FILLED, timbalApiKey: 'MARKED-rotated' });
    await secret.readFresh();
    const text = `key MARKED-key, MARKED-rotated, POST ${FILLED.slackWebhookUrl}, /services/T0/B0/MARKED`;
    expect(secret.redacted(text)).toBe('key ***, ***, POST ***, ***');
  });

  it('is masked where its token stands in the query of a URL, too', async () => {
    const secret = aSecret();
    manager.fill({ ...FILLED, slackWebhookUrl: 'https://proxy.example/?token=MARKED-TOKEN' });
    await secret.read();
    expect(secret.redacted('GET /?token=MARKED-TOKEN failed')).toBe('GET /*** failed');
  });
});

describe('a secret that is not usable names itself, the key and the command that fills it', () => {
  it.each<[string, string | undefined, string]>([
    [
      'as CloudFormation made it',
      SECRET_PLACEHOLDER,
      '"timbalApiKey" still holds the placeholder; "timbalOrgId" still holds the placeholder; "slackWebhookUrl" still holds the placeholder',
    ],
    ['that is not JSON', '{"timbalApiKey": MARKED', 'it is not JSON'],
    ['that is empty', '', 'it is not JSON'],
    ['that is no object', '"MARKED"', 'it is not a JSON object'],
    ['that is an array', '["MARKED"]', '"timbalApiKey" is missing'],
    ['that holds bytes', undefined, 'it holds bytes, not text'],
    ['without a key', text({ timbalApiKey: undefined }), '"timbalApiKey" is missing'],
    ['with an empty key', text({ timbalOrgId: ' ' }), '"timbalOrgId" is empty'],
    ['with a number', text({ timbalOrgId: 7 }), '"timbalOrgId" is not a text'],
    [
      'with a webhook over http',
      text({ slackWebhookUrl: 'http://hooks.slack.com/services/MARKED' }),
      '"slackWebhookUrl" is not https',
    ],
    [
      'with a workflow',
      text({ slackWebhookUrl: 'https://hooks.slack.com/triggers/MARKED' }),
      '"slackWebhookUrl" is a workflow webhook (/triggers/)',
    ],
    ['with no URL', text({ slackWebhookUrl: 'MARKED' }), '"slackWebhookUrl" is not a URL'],
    [
      'with a bad named webhook',
      text({ slackWebhooks: { eng: 'MARKED' } }),
      '"slackWebhooks.eng" is not a URL',
    ],
    [
      'with a named webhook whose name and URL are swapped',
      text({ slackWebhooks: { 'https://hooks.slack.com/services/T0/B0/MARKED': 'eng' } }),
      '"slackWebhooks.…" is not a URL',
    ],
    ['with a list of webhooks', text({ slackWebhooks: 'MARKED' }), '"slackWebhooks" is not an object'],
  ])('%s', async (_name, secretText, says) => {
    manager.text = secretText;
    const error = await failure(aSecret().read());
    expect(error).toMatchObject({ code: 'secret_invalid' });
    expect(error.message).toContain(`the secret "${ARN}" is not usable: ${says}`);
    expect(error.message).toContain(FILL);
    expect(error.message).toContain('stack SyncAlerts-test');
    expect(everythingIn(error)).not.toContain('MARKED');
  });

  it('all its faults at once', async () => {
    manager.fill({ timbalApiKey: '', slackWebhookUrl: 'REPLACE_ME' });
    expect((await failure(aSecret().read())).message).toContain(
      '"timbalApiKey" is empty; "timbalOrgId" is missing; "slackWebhookUrl" still holds the placeholder. Fill it',
    );
  });

  it('by its name alone, where it is known by that', async () => {
    manager.text = '';
    const { message } = await failure(aSecret('sync-alerts/prod').read());
    expect(message).toContain('put-secret-value --secret-id sync-alerts/prod --secret-string');
  });
});

describe('a secret that cannot be read', () => {
  it.each([
    ['ResourceNotFoundException', 'secret_missing', 'does not exist here, or has no value yet. Fill it: aws'],
    ['AccessDeniedException', 'secret_denied', 'secretsmanager:GetSecretValue (and kms:Decrypt'],
    ['InvalidRequestException', 'secret_unreadable', 'aws secretsmanager restore-secret'],
    ['UnrecognizedClientException', 'secret_unreadable', 'credentials'],
    ['DecryptionFailure', 'secret_unreadable', '(DecryptionFailure)'],
  ])('for %s says what to do, and repeats nothing of what the service said', async (name, code, says) => {
    manager.onReads.push(secretFault(name));
    const error = await failure(aSecret().read());
    expect(error).toBeInstanceOf(SyncAlertsError);
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(`the secret "${ARN}"`);
    expect(error.message).toContain(says);
    expect(everythingIn(error)).not.toContain('MARKED');
  });

  it('is tried again after a 500 and a throttling', async () => {
    manager.onReads.push(secretFault('InternalServiceError', 500), secretFault('ThrottlingException'));
    expect((await aSecret().read()).organisation).toBe('acme');
  });

  it('is given up within its time, and leaves no connection open', async () => {
    manager.onReads.push(hangs, hangs, hangs);
    const started = performance.now();
    const error = await failure(aSecret(ARN, 0.5).read());
    expect(performance.now() - started).toBeLessThan(1900);
    expect(error).toMatchObject({ code: 'secret_unreadable' });
    await nothingOpen(manager.server);
  });
});

test('the placeholder is as it always was: CloudFormation overwrites every filled secret when it changes', () => {
  expect(SECRET_PLACEHOLDER).toBe(
    '{"timbalApiKey":"REPLACE_ME","timbalOrgId":"REPLACE_ME","slackWebhookUrl":"REPLACE_ME"}',
  );
});

function aSecret(secretId = ARN, readSeconds = 5): Secret {
  return new Secret({
    client: manager.client(),
    secretId,
    stackName: 'SyncAlerts-test',
    now: () => now,
    readSeconds,
  });
}

function text(overrides: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...FILLED, ...overrides });
}

/** All that could be printed of an error: causes, hidden fields, stack. */
function everythingIn(error: Error): string {
  return inspect(error, { depth: 9, showHidden: true });
}

async function failure(attempt: Promise<unknown>): Promise<Error> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}
