import { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import type { Environment } from '../../infra/environment-schema.ts';
import { SyncAlerts } from '../../infra/sync-alerts.ts';
import { anApp, aTemplate, KEY_ARN, removeFolders, SECRET_ARN, theResource } from './a-stack.ts';

let asShipped: Template;
beforeAll(() => {
  asShipped = aTemplate();
});
afterAll(removeFolders);

describe('the function', () => {
  test('runs on Node.js 24 and arm64 with 1,024 MB, 60 s and JSON logs in its own log group', () => {
    asShipped.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 1024,
      Timeout: 60,
      LoggingConfig: {
        LogFormat: 'JSON',
        LogGroup: { Ref: theResource(asShipped, 'AWS::Logs::LogGroup').id },
      },
    });
  });

  test('has names in its environment variables, and no value of the secret', () => {
    const template = aTemplate({
      timbalBaseUrl: 'https://timbal.example',
      connectorId: 'conn_1',
      schedule: { expression: 'rate(1 hour)' },
    });
    expect(theResource(template, 'AWS::Lambda::Function').Properties['Environment']).toEqual({
      Variables: {
        SYNC_ALERTS_ENVIRONMENT: 'prod',
        SYNC_ALERTS_SECRET_ID: { Ref: theResource(template, 'AWS::SecretsManager::Secret').id },
        SYNC_ALERTS_TABLE: { Ref: theResource(template, 'AWS::DynamoDB::Table').id },
        SYNC_ALERTS_PERIOD_SECONDS: '3600',
        SYNC_ALERTS_TIMBAL_BASE_URL: 'https://timbal.example',
        SYNC_ALERTS_CONNECTOR_ID: 'conn_1',
        SYNC_ALERTS_STACK: 'SyncAlerts-prod',
      },
    });
  });
});

test('an existing table is read and written, and the stack neither creates nor changes one', () => {
  const template = aTemplate({ table: { name: 'restored-state' } });
  template.resourceCountIs('AWS::DynamoDB::Table', 0);
  const { Variables } = theResource(template, 'AWS::Lambda::Function').Properties['Environment'];
  expect(Variables['SYNC_ALERTS_TABLE']).toBe('restored-state');
  const roles = JSON.stringify(template.findResources('AWS::IAM::Role'));
  expect(roles).toContain(':table/restored-state"');
});

test('the dead-letter queue keeps messages for 14 days, encrypts them and rejects requests without TLS', () => {
  asShipped.hasResourceProperties('AWS::SQS::Queue', {
    SqsManagedSseEnabled: true,
    MessageRetentionPeriod: 1_209_600,
  });
  asShipped.hasResourceProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Statement: [
        { Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
    },
  });
});

describe('the secret', () => {
  test('starts with a placeholder that never changes, because CloudFormation rewrites a secret whose SecretString changed', () => {
    // With any other text the next deployment of each stack would overwrite its API key and its webhooks.
    asShipped.hasResourceProperties('AWS::SecretsManager::Secret', {
      SecretString: '{"timbalApiKey":"REPLACE_ME","timbalOrgId":"REPLACE_ME","slackWebhookUrl":"REPLACE_ME"}',
    });
  });

  test.each<[string, NonNullable<Environment['secret']>, string]>([
    ['ARN', { arn: SECRET_ARN }, SECRET_ARN],
    ['name', { name: 'sync-alerts/prod' }, 'sync-alerts/prod'],
  ])('can be an existing one, by %s', (_, secret, id) => {
    const template = aTemplate({ secret });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { SYNC_ALERTS_SECRET_ID: id } },
    });
  });
});

test('the table of the state is on demand, expires items, has backups and protection from deletion', () => {
  asShipped.hasResourceProperties('AWS::DynamoDB::Table', {
    KeySchema: [
      { AttributeName: 'scope', KeyType: 'HASH' },
      { AttributeName: 'part', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'scope', AttributeType: 'S' },
      { AttributeName: 'part', AttributeType: 'S' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    DeletionProtectionEnabled: true,
  });
});

test.each<[Environment, string]>([
  [{}, 'Retain'],
  [{ removal: 'retain' }, 'Retain'],
  [{ removal: 'destroy' }, 'Delete'],
])('%j: the deletion policy of table, secret and logs is %s', (environment, policy) => {
  const template = aTemplate(environment);
  for (const type of ['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup']) {
    expect(theResource(template, type)).toMatchObject({
      DeletionPolicy: policy,
      UpdateReplacePolicy: policy,
    });
  }
  expect(theResource(template, 'AWS::DynamoDB::Table')).toMatchObject({
    Properties: { DeletionProtectionEnabled: policy === 'Retain' },
  });
});

test('CloudWatch keeps logs for 30 days, or as many as the environment sets', () => {
  asShipped.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  aTemplate({ logRetentionDays: 90 }).hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
});

test('a KMS key of the environment encrypts table, secret, logs and dead-letter queue', () => {
  const template = aTemplate({ kmsKeyArn: KEY_ARN });
  template.hasResourceProperties('AWS::DynamoDB::Table', { SSESpecification: { KMSMasterKeyId: KEY_ARN } });
  template.hasResourceProperties('AWS::SecretsManager::Secret', { KmsKeyId: KEY_ARN });
  template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: KEY_ARN });
  template.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: KEY_ARN });
});

describe('in another app', () => {
  test('one stack can have the construct twice', () => {
    const stack = new Stack(anApp(), 'Theirs');
    const first = new SyncAlerts(stack, 'First', { environment: 'first' });
    new SyncAlerts(stack, 'Second', { environment: 'second', secret: first.secret });
    expect(stack.resolve(first.secretId)).toEqual({ Ref: expect.stringMatching(/^FirstSecret/) });
    expect(first.schedule.shortestGapSeconds).toBe(300);
  });

  test('the error names the construct and all faults of schedule and policy', () => {
    const stack = new Stack(anApp(), 'Theirs');
    const schedule = { expression: 'rate(1 minute)', timeZone: 'Mars' };
    expect(
      () => new SyncAlerts(stack, 'Watch', { environment: 'x', schedule, policy: { grace: '5' } }),
    ).toThrow(
      /^Theirs\/Watch is invalid:\n {2}schedule.timeZone: .*\n {2}schedule.expression: .*\n {2}policy: grace: /,
    );
  });
});
