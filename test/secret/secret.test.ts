import { inspect } from 'node:util';
import { SyncAlertsError } from '../../lambda/errors.ts';
import { Secret } from '../../lambda/secret/secret.ts';
import { SECRET_PLACEHOLDER } from '../../lambda/secret/secret-placeholder.ts';
import { START } from '../commands/a-world.ts';
import { fakeTimers, timerStarted } from '../http/fake-timers.ts';
import { allConnectionsClosed, closeLocalServers, hangs } from '../http/local-server.ts';
import { rejectionOf } from '../state/rejection.ts';
import { ASecretsManager, FILLED, secretFault } from './a-secrets-manager.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:SyncAlerts-AbCdEf';
const FILL_COMMAND = `aws secretsmanager put-secret-value --region eu-west-1 --secret-id ${ARN} --secret-string file:///dev/stdin < secret.json`;

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
      furtherWebhookUrls: {},
      pagerDutyKeys: {},
    });
    expect(manager.requestedIds).toEqual([ARN]);
  });

  it('provides the API key and the URL of the webhook from one read', async () => {
    const secret = aSecret();
    expect(await secret.apiKey.read()).toBe('MARKED-key');
    expect(await secret.webhookUrl.read()).toBe(FILLED.slackWebhookUrl);
    expect(manager.requestedIds).toHaveLength(1);
  });

  it('may hold further webhooks by name, and unknown keys', async () => {
    const more = { 'data-eng': 'https://hooks.slack.com/services/T0/B1/MARKED' };
    manager.fill({ ...FILLED, slackWebhooks: more, note: 'unknown' });
    expect((await aSecret().read()).furtherWebhookUrls).toEqual(more);
  });

  it('gives a further webhook by its name, and reads one that it lacks fresh', async () => {
    const secret = aSecret();
    const url = 'https://hooks.slack.com/services/T0/B1/MARKED';
    await secret.read();
    await expect(secret.furtherWebhookUrl('data-eng').read()).rejects.toThrow(
      'has no "data-eng" in "slackWebhooks". Fill it: ',
    );
    manager.fill({ ...FILLED, slackWebhooks: { 'data-eng': url } });
    expect(await secret.furtherWebhookUrl('data-eng').read()).toBe(url);
    expect(manager.requestedIds).toHaveLength(3);
    expect(await secret.furtherWebhookUrl('data-eng').read()).toBe(url);
    expect(manager.requestedIds).toHaveLength(3);
  });

  it('gives a routing key by its name, and redacts it', async () => {
    const key = 'marked'.padEnd(32, '0');
    manager.fill({ ...FILLED, pagerDutyKeys: { 'on-call': key } });
    const secret = aSecret();
    expect(await secret.pagerDutyKey('on-call').read()).toBe(key);
    expect(secret.redacted(`sent ${key}`)).toBe('sent ***');
    await expect(secret.pagerDutyKey('night').read()).rejects.toThrow('has no "night" in "pagerDutyKeys"');
    manager.fill({ ...FILLED, pagerDutyKeys: { 'on-call': 'short' } });
    await expect(secret.readFresh()).rejects.toThrow(
      '"pagerDutyKeys.on-call" is not a routing key of 32 letters and digits',
    );
  });

  it('is read without the white space around its values', async () => {
    manager.fill({ ...FILLED, timbalApiKey: ' MARKED-key\n' });
    expect((await aSecret().read()).apiKey).toBe('MARKED-key');
  });

  it('is read after a byte order mark', async () => {
    manager.text = `\uFEFF${JSON.stringify(FILLED)}`;
    expect((await aSecret().read()).apiKey).toBe(FILLED.timbalApiKey);
  });

  it.each([
    [15 * 60 - 1, 1],
    [15 * 60, 2],
    [15 * 60 + 1, 2],
    [-1, 2],
  ])(
    'is cached for 15 minutes: %i s after the first read it has been read %i times',
    async (seconds, reads) => {
      const secret = aSecret();
      await secret.read();
      now += seconds * 1000;
      await secret.read();
      expect(manager.requestedIds).toHaveLength(reads);
    },
  );

  it('is read once for concurrent readers', async () => {
    const secret = aSecret();
    await Promise.all([
      secret.read(),
      secret.apiKey.read(),
      secret.webhookUrl.readFresh(),
      secret.readFresh(),
    ]);
    expect(manager.requestedIds).toHaveLength(1);
  });

  it('that is read fresh replaces the cached values', async () => {
    const secret = aSecret();
    await secret.read();
    manager.fill({ ...FILLED, timbalApiKey: 'MARKED-rotated' });
    expect(await secret.apiKey.read()).toBe('MARKED-key');
    expect(await secret.apiKey.readFresh()).toBe('MARKED-rotated');
    expect(await secret.apiKey.read()).toBe('MARKED-rotated');
  });

  it('is read again by the next reader after a read that failed', async () => {
    const secret = aSecret();
    manager.onReads.push(secretFault('AccessDeniedException'));
    await rejectionOf(secret.read());
    expect((await secret.read()).apiKey).toBe('MARKED-key');
  });

  it('is redacted wherever a text contains it, rotated values too', async () => {
    const secret = aSecret();
    await secret.read();
    manager.fill({ ...FILLED, timbalApiKey: 'MARKED-rotated' });
    await secret.readFresh();
    const text = `key MARKED-key, MARKED-rotated, POST ${FILLED.slackWebhookUrl}, /services/T0/B0/MARKED`;
    expect(secret.redacted(text)).toBe('key ***, ***, POST ***, ***');
  });

  it('is redacted where a text contains only the query of a webhook', async () => {
    const secret = aSecret();
    manager.fill({ ...FILLED, slackWebhookUrl: 'https://proxy.example/?token=MARKED-TOKEN' });
    await secret.read();
    expect(secret.redacted('GET /?token=MARKED-TOKEN failed')).toBe('GET /*** failed');
  });
});

describe('the error about a secret that cannot be used names the secret, the key and the command that fills it:', () => {
  it.each<[string, string | undefined, string]>([
    [
      'the placeholder of CloudFormation',
      SECRET_PLACEHOLDER,
      '"timbalApiKey" still holds the placeholder; "timbalOrgId" still holds the placeholder; "slackWebhookUrl" still holds the placeholder',
    ],
    ['text that is not JSON', '{"timbalApiKey": MARKED', 'it is not JSON'],
    ['an empty text', '', 'it is not JSON'],
    ['JSON that is not an object', '"MARKED"', 'it is not a JSON object'],
    ['an array', '["MARKED"]', '"timbalApiKey" is missing'],
    ['bytes', undefined, 'it holds bytes, not text'],
    ['a missing key', text({ timbalApiKey: undefined }), '"timbalApiKey" is missing'],
    ['an empty key', text({ timbalOrgId: ' ' }), '"timbalOrgId" is empty'],
    ['a number', text({ timbalOrgId: 7 }), '"timbalOrgId" is not a string'],
    [
      'a webhook over plain http',
      text({ slackWebhookUrl: 'http://hooks.slack.com/services/MARKED' }),
      '"slackWebhookUrl" is not https',
    ],
    [
      'a workflow webhook',
      text({ slackWebhookUrl: 'https://hooks.slack.com/triggers/MARKED' }),
      '"slackWebhookUrl" is a workflow webhook (/triggers/)',
    ],
    ['a webhook that is not a URL', text({ slackWebhookUrl: 'MARKED' }), '"slackWebhookUrl" is not a URL'],
    [
      'a named webhook that is not a URL',
      text({ slackWebhooks: { eng: 'MARKED' } }),
      '"slackWebhooks.eng" is not a URL',
    ],
    [
      'a named webhook whose name and URL are swapped',
      text({ slackWebhooks: { 'https://hooks.slack.com/services/T0/B0/MARKED': 'eng' } }),
      '"slackWebhooks.…" is not a URL',
    ],
    [
      'webhooks that are not an object',
      text({ slackWebhooks: 'MARKED' }),
      '"slackWebhooks" is not an object',
    ],
  ])('%s', async (_name, secretText, fault) => {
    manager.text = secretText;
    const error = await rejectionOf(aSecret().read());
    expect(error).toMatchObject({ code: 'secret_invalid' });
    expect(error.message).toContain(`the secret "${ARN}" cannot be used: ${fault}`);
    expect(error.message).toContain(`. Fill it: ${FILL_COMMAND}`);
    expect(error.message).toContain('(output FillSecretCommand of the stack SyncAlerts-test)');
    expect(everythingIn(error)).not.toContain('MARKED');
  });

  it.each([
    ['heartbeatURL', 'heartbeatUrl'],
    ['hartbeatUrl', 'heartbeatUrl'],
    ['slackWebhook', 'slackWebhooks'],
    ['slackWebHookUrl', 'slackWebhookUrl'],
  ])('%s, which is close to a known key and would be ignored', async (key, meant) => {
    manager.text = text({ [key]: 'https://monitor.example/MARKED' });
    await expect(aSecret().read()).rejects.toThrow(`"${key}" is not a known key; did you mean ${meant}?`);
  });

  it.each([
    ['http://monitor.example/MARKED', 'is not https'],
    ['MARKED', 'is not a URL'],
    ['REPLACE_ME', 'still holds the placeholder'],
    ['', 'is empty'],
    [7, 'is not a string'],
  ])('the heartbeat %s', async (heartbeatUrl, fault) => {
    manager.text = text({ heartbeatUrl });
    await expect(aSecret().read()).rejects.toThrow(`"heartbeatUrl" ${fault}`);
  });

  it('all faults at once', async () => {
    manager.fill({ timbalApiKey: '', slackWebhookUrl: 'REPLACE_ME' });
    expect((await rejectionOf(aSecret().read())).message).toContain(
      '"timbalApiKey" is empty; "timbalOrgId" is missing; "slackWebhookUrl" still holds the placeholder. Fill it',
    );
  });

  it('without a region, when the secret is known by its name', async () => {
    manager.text = '';
    const { message } = await rejectionOf(aSecret({ secretId: 'sync-alerts/prod' }).read());
    expect(message).toContain('put-secret-value --secret-id sync-alerts/prod --secret-string');
  });
});

describe('reading the secret', () => {
  it.each([
    [
      'ResourceNotFoundException',
      'secret_missing',
      'does not exist in this account and region, or has no value yet. Fill it: aws',
    ],
    [
      'AccessDeniedException',
      'secret_denied',
      "access denied: allow the function's role secretsmanager:GetSecretValue (and kms:Decrypt, when the secret has a key of its own) on the secret, or undo a change of its role: npx cdk deploy SyncAlerts-test --revert-drift",
    ],
    ['InvalidRequestException', 'secret_unreadable', 'aws secretsmanager restore-secret'],
    [
      'UnrecognizedClientException',
      'secret_unreadable',
      "the function's credentials are missing or expired; the next check retries",
    ],
    [
      'DecryptionFailure',
      'secret_unreadable',
      '(DecryptionFailure); the next check retries; if this lasts, check the status of AWS Secrets Manager',
    ],
  ])('fails after %s with advice, and quotes nothing of the service', async (name, code, advice) => {
    manager.onReads.push(secretFault(name));
    const error = await rejectionOf(aSecret().read());
    expect(error).toBeInstanceOf(SyncAlertsError);
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(`the secret "${ARN}"`);
    expect(error.message).toContain(advice);
    expect(everythingIn(error)).not.toContain('MARKED');
  });

  it('is retried after a 500 and a throttling error', async () => {
    // The SDK's backoff is a random part of its longest delay.
    jest.spyOn(Math, 'random').mockReturnValue(0);
    manager.onReads.push(secretFault('InternalServiceError', 500), secretFault('ThrottlingException'));
    expect((await aSecret().read()).organisation).toBe('acme');
  });

  it('ends in its time, and leaves no connection open', async () => {
    manager.onReads.push(hangs, hangs, hangs);
    const started = performance.now();
    const error = await rejectionOf(aSecret({ readSeconds: 0.5 }).read());
    expect(performance.now() - started).toBeLessThan(1900);
    expect(error).toMatchObject({ code: 'secret_unreadable' });
    await allConnectionsClosed(manager.server);
  });

  it('ends after 5 s, retries included', async () => {
    fakeTimers();
    manager.onReads.push(hangs);
    const reading = rejectionOf(aSecret().read());
    await timerStarted(5000);
    await jest.advanceTimersByTimeAsync(5000);
    expect(await reading).toMatchObject({ code: 'secret_unreadable' });
  });
});

test('the placeholder never changes: CloudFormation would overwrite every filled secret', () => {
  expect(SECRET_PLACEHOLDER).toBe(
    '{"timbalApiKey":"REPLACE_ME","timbalOrgId":"REPLACE_ME","slackWebhookUrl":"REPLACE_ME"}',
  );
});

function aSecret(options: { readonly secretId?: string; readonly readSeconds?: number } = {}): Secret {
  return new Secret({
    client: manager.client(),
    secretId: ARN,
    stackName: 'SyncAlerts-test',
    now: () => now,
    ...options,
  });
}

function text(overrides: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...FILLED, ...overrides });
}

/** Everything that could be printed of an error: causes, hidden properties, stack. */
function everythingIn(error: Error): string {
  return inspect(error, { depth: 9, showHidden: true });
}
