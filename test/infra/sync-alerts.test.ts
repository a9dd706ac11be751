import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { Environment } from '../../infra/environment-schema.ts';
import { SyncAlerts } from '../../infra/sync-alerts.ts';
import { anApp, aStack, aTemplate, removeFolders } from './a-stack.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:sync-alerts/prod-AbCdEf';
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/0aaaaaaa-1bbb-2ccc-3ddd-4eeeeeeeeeee';

let asShipped: Template;
beforeAll(() => {
  asShipped = aTemplate();
});
afterAll(removeFolders);

/** The one resource of a type. */
function only(template: Template, type: string) {
  const [resource, ...others] = Object.entries(template.findResources(type));
  if (resource === undefined || others.length > 0) throw new Error(`not one ${type}`);
  return { id: resource[0], ...resource[1] };
}

/** What a role may do, by the statement's name. */
function grants(template: Template, service: string) {
  const roles = Object.values(template.findResources('AWS::IAM::Role')).filter((role) =>
    JSON.stringify(role['Properties'].AssumeRolePolicyDocument).includes(`${service}.amazonaws.com`),
  );
  expect(roles).toHaveLength(1);
  const statements: { Sid: string }[] = roles[0]?.['Properties'].Policies[0].PolicyDocument.Statement;
  return Object.fromEntries(statements.map(({ Sid, ...statement }) => [Sid, statement]));
}

const allow = (action: string | string[], resource: unknown) => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
});

test('the stack is as it was', () => {
  const redacted = JSON.stringify(asShipped.toJSON()).replace(/[\da-f]{64}/g, 'ASSET');
  expect(JSON.parse(redacted)).toMatchSnapshot();
});

describe('the function', () => {
  test('runs the bundle on the newest Node.js, on arm64, with JSON logs of its own group', () => {
    asShipped.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      Timeout: 60,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: only(asShipped, 'AWS::Logs::LogGroup').id } },
    });
  });

  test('is told names alone', () => {
    const template = aTemplate({
      timbalBaseUrl: 'https://timbal.example',
      connectorId: 'conn_1',
      schedule: { expression: 'rate(1 hour)' },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          SYNC_ALERTS_ENVIRONMENT: 'prod',
          SYNC_ALERTS_SECRET_ID: { Ref: only(template, 'AWS::SecretsManager::Secret').id },
          SYNC_ALERTS_TABLE: { Ref: only(template, 'AWS::DynamoDB::Table').id },
          SYNC_ALERTS_PERIOD_SECONDS: '3600',
          SYNC_ALERTS_TIMBAL_BASE_URL: 'https://timbal.example',
          SYNC_ALERTS_CONNECTOR_ID: 'conn_1',
          SYNC_ALERTS_STACK: 'SyncAlerts-prod',
          NODE_OPTIONS: '--enable-source-maps',
        },
      },
    });
  });

  test('may write its log, read its secret and keep its memory, and nothing else', () => {
    const table = only(asShipped, 'AWS::DynamoDB::Table').id;
    expect(grants(asShipped, 'lambda')).toEqual({
      WriteLog: allow(['logs:CreateLogStream', 'logs:PutLogEvents'], {
        'Fn::GetAtt': [only(asShipped, 'AWS::Logs::LogGroup').id, 'Arn'],
      }),
      ReadSecret: allow('secretsmanager:GetSecretValue', {
        Ref: only(asShipped, 'AWS::SecretsManager::Secret').id,
      }),
      KeepMemory: allow(['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query'], {
        'Fn::GetAtt': [table, 'Arn'],
      }),
    });
  });
});

describe('the schedule', () => {
  test('hands over every five minutes, with the time that was meant', () => {
    asShipped.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: { 'Fn::GetAtt': [only(asShipped, 'AWS::Lambda::Function').id, 'Arn'] },
        Input: '{"command":"check","scheduledAt":"<aws.scheduler.scheduled-time>"}',
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [only(asShipped, 'AWS::SQS::Queue').id, 'Arn'] } },
      },
    });
  });

  test('runs by its own expression and zone, and can be paused', () => {
    const schedule = {
      expression: 'cron(0/15 8-18 ? * MON-FRI *)',
      timeZone: 'Europe/Madrid',
      enabled: false,
    };
    aTemplate({ schedule }).hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: schedule.expression,
      ScheduleExpressionTimezone: schedule.timeZone,
      State: 'DISABLED',
    });
  });

  test.each([
    ['rate(2 minutes)', 60],
    ['rate(3 minutes)', 120],
    ['rate(5 minutes)', 240],
    ['rate(1 day)', 21_600],
  ])(
    '%s: what is older than %i s is not tried any more, by Scheduler or by Lambda',
    (expression, seconds) => {
      const template = aTemplate({ schedule: { expression } });
      template.hasResourceProperties('AWS::Scheduler::Schedule', {
        Target: { RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: seconds } },
      });
      template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: seconds,
      });
    },
  );

  test('may invoke the function and use its dead-letter queue, for schedules of this account', () => {
    expect(grants(asShipped, 'scheduler')).toEqual({
      Invoke: allow('lambda:InvokeFunction', {
        'Fn::GetAtt': [only(asShipped, 'AWS::Lambda::Function').id, 'Arn'],
      }),
      PutAway: allow('sqs:SendMessage', { 'Fn::GetAtt': [only(asShipped, 'AWS::SQS::Queue').id, 'Arn'] }),
    });
    asShipped.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: {
              StringEquals: {
                'aws:SourceAccount': { Ref: 'AWS::AccountId' },
                'aws:SourceArn': Match.objectLike({}),
              },
            },
          },
        ],
      },
    });
  });

  test('has a dead-letter queue that is encrypted and refuses plain text on the wire', () => {
    asShipped.hasResourceProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
    });
    asShipped.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        ],
      },
    });
  });
});

describe('the secret', () => {
  test('is created with a placeholder that never changes: CloudFormation rewrites a secret whose SecretString changed', () => {
    // Were this text ever another one, the next deploy of every stack would overwrite its API key and its webhooks.
    asShipped.hasResourceProperties('AWS::SecretsManager::Secret', {
      SecretString: '{"timbalApiKey":"REPLACE_ME","timbalOrgId":"REPLACE_ME","slackWebhookUrl":"REPLACE_ME"}',
    });
  });

  test.each<[string, NonNullable<Environment['secret']>, unknown, unknown]>([
    ['ARN', { arn: SECRET }, SECRET, SECRET],
    [
      'name',
      { name: 'sync-alerts/prod' },
      'sync-alerts/prod',
      { 'Fn::Join': ['', expect.arrayContaining([':secret:sync-alerts/prod-??????'])] },
    ],
  ])('may be one that exists, by %s', (_, secret, id, resource) => {
    const template = aTemplate({ secret });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { SYNC_ALERTS_SECRET_ID: id } },
    });
    expect(grants(template, 'lambda')['ReadSecret']).toEqual(
      allow('secretsmanager:GetSecretValue', resource),
    );
  });
});

describe('the memory', () => {
  test('is a table on demand that can be restored, forgets by itself and cannot be deleted by mistake', () => {
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
});

describe('what can be set', () => {
  const KEPT = ['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup'];

  test.each<[Environment, string]>([
    [{}, 'Retain'],
    [{ removal: 'retain' }, 'Retain'],
    [{ removal: 'destroy' }, 'Delete'],
  ])('%j: table, secret and logs are left with %s', (environment, policy) => {
    const template = aTemplate(environment);
    for (const type of KEPT) {
      expect(only(template, type)).toMatchObject({ DeletionPolicy: policy, UpdateReplacePolicy: policy });
    }
    expect(only(template, 'AWS::DynamoDB::Table')).toMatchObject({
      Properties: { DeletionProtectionEnabled: policy === 'Retain' },
    });
  });

  test('how long logs are kept', () => {
    asShipped.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    aTemplate({ logRetentionDays: 90 }).hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });

  test('a key of one’s own, for everything that is stored', () => {
    const template = aTemplate({ kmsKeyArn: KEY });
    template.hasResourceProperties('AWS::DynamoDB::Table', { SSESpecification: { KMSMasterKeyId: KEY } });
    template.hasResourceProperties('AWS::SecretsManager::Secret', { KmsKeyId: KEY });
    template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: KEY });
    template.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: KEY });
    const lambda = grants(template, 'lambda');
    expect(lambda['DecryptSecret']).toMatchObject({ Action: 'kms:Decrypt', Resource: KEY });
    expect(lambda['EncryptMemory']).toMatchObject({ Resource: KEY });
    expect(grants(template, 'scheduler')['EncryptDeadLetters']).toMatchObject({ Resource: KEY });
  });

  test('account and region, which are those of the AWS CLI otherwise', () => {
    expect(aStack().environment).toBe('aws://unknown-account/unknown-region');
    expect(aStack({ account: '123456789012', region: 'eu-west-1' }).environment).toBe(
      'aws://123456789012/eu-west-1',
    );
  });

  test('termination protection and tags', () => {
    expect(aStack().terminationProtection).toBe(false);
    const stack = aStack({ terminationProtection: true, tags: { Team: 'data', Project: 'ours' } });
    expect(stack.terminationProtection).toBe(true);
    const tags = { Environment: 'prod', Project: 'ours', Team: 'data' };
    expect(stack.tags.tagValues()).toEqual(tags);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    });
  });
});

test('nothing has a physical name, and no role a policy of AWS’s own or a wildcard', () => {
  const named = /^(Name|(Function|Role|Queue|Table|LogGroup|Policy|Group|Topic|Alarm|Dashboard)Name)$/;
  for (const [id, { Type, Properties }] of Object.entries<{ Type: string; Properties: object }>(
    asShipped.toJSON()['Resources'],
  )) {
    // Which function it configures is no name of its own.
    if (Type !== 'AWS::Lambda::EventInvokeConfig') {
      expect([id, Object.keys(Properties).filter((key) => named.test(key))]).toEqual([id, []]);
    }
    if (Type !== 'AWS::IAM::Role') continue;
    expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(JSON.stringify(Properties)).not.toContain('*');
  }
});

test('the outputs are ready to paste', () => {
  const stack = aStack({ region: 'eu-west-1' });
  const { handler } = stack.watch;
  const outputs = stack.resolve(
    Object.fromEntries(
      stack.node.children.flatMap((child) =>
        'value' in child && 'description' in child ? [[child.node.id, child.value]] : [],
      ),
    ),
  );
  const name = stack.resolve(handler.functionName);
  const secret = stack.resolve(stack.watch.secretId);
  const invoke = (command: string) => ({
    'Fn::Join': [
      '',
      [
        `echo '{"command":"${command}"}' | aws lambda invoke --region eu-west-1 --function-name `,
        name,
        ' --cli-read-timeout 90 --payload fileb:///dev/stdin /dev/stdout',
      ],
    ],
  });
  expect(outputs).toEqual({
    FunctionName: name,
    SecretArn: secret,
    TableName: stack.resolve(stack.watch.table.tableName),
    LogGroupName: stack.resolve(stack.watch.logGroup.logGroupName),
    DeadLetterQueueUrl: stack.resolve(stack.watch.deadLetterQueue.queueUrl),
    FillSecretCommand: {
      'Fn::Join': [
        '',
        [
          'aws secretsmanager put-secret-value --region eu-west-1 --secret-id ',
          secret,
          ' --secret-string file:///dev/stdin < secret.json',
        ],
      ],
    },
    TestCommand: invoke('test'),
    ReportCommand: invoke('report'),
    CheckCommand: invoke('check'),
    AlarmTopicArn: stack.resolve(stack.monitoring.topic.topicArn),
    DashboardName: stack.resolve(stack.monitoring.dashboard?.dashboardName),
  });
});

describe('in someone else’s app', () => {
  test('the construct stands in a stack of theirs, twice if they like', () => {
    const stack = new Stack(anApp(), 'Theirs');
    const first = new SyncAlerts(stack, 'First', { environment: 'first' });
    new SyncAlerts(stack, 'Second', { environment: 'second', secret: first.secret });
    expect(stack.resolve(first.secretId)).toEqual({ Ref: expect.stringMatching(/^FirstSecret/) });
    expect(first.schedule.shortestGapSeconds).toBe(300);
  });

  test('a wrong schedule and a wrong policy are said at once, and where', () => {
    const stack = new Stack(anApp(), 'Theirs');
    const schedule = { expression: 'rate(1 minute)', timeZone: 'Mars' };
    expect(
      () => new SyncAlerts(stack, 'Watch', { environment: 'x', schedule, policy: { grace: '5' } }),
    ).toThrow(
      /^Theirs\/Watch cannot be deployed:\n {2}schedule.timeZone: .*\n {2}schedule.expression: .*\n {2}policy: grace: /,
    );
  });
});
