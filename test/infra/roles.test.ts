import type { Template } from 'aws-cdk-lib/assertions';
import {
  aTemplate,
  BOUNDARY_ARN,
  KEY_ARN,
  removeFolders,
  resourcesOf,
  SECRET_ARN,
  theResource,
} from './a-stack.ts';

let asShipped: Template;
let withKey: Template;
beforeAll(() => {
  asShipped = aTemplate();
  withKey = aTemplate({ kmsKeyArn: KEY_ARN });
});
afterAll(removeFolders);

/** The permissions of the role that a service assumes, by their Sid. */
function permissionsOf(template: Template, service: 'lambda' | 'scheduler') {
  const [role, ...others] = resourcesOf(template, 'AWS::IAM::Role').filter(({ Properties }) =>
    JSON.stringify(Properties['AssumeRolePolicyDocument']).includes(`"${service}.amazonaws.com"`),
  );
  if (role === undefined || others.length > 0) throw new Error(`expected exactly one role for ${service}`);
  expect(role.Properties['Policies']).toHaveLength(1);
  const statements: { Sid: string }[] = role.Properties['Policies'][0].PolicyDocument.Statement;
  return Object.fromEntries(statements.map(({ Sid, ...statement }) => [Sid, statement]));
}

const allow = (action: string | string[], resource: unknown) => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
});

const allowVia = (service: string, action: string | string[]) => ({
  ...allow(action, KEY_ARN),
  Condition: {
    StringEquals: {
      'kms:ViaService': { 'Fn::Join': ['', [`${service}.`, { Ref: 'AWS::Region' }, '.amazonaws.com']] },
    },
  },
});

function functionPermissions(template: Template) {
  const ref = (type: string) => theResource(template, type).id;
  return {
    WriteLogs: allow(['logs:CreateLogStream', 'logs:PutLogEvents'], {
      'Fn::GetAtt': [ref('AWS::Logs::LogGroup'), 'Arn'],
    }),
    ReadSecret: allow('secretsmanager:GetSecretValue', { Ref: ref('AWS::SecretsManager::Secret') }),
    ReadAndWriteState: allow(['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query'], {
      'Fn::GetAtt': [ref('AWS::DynamoDB::Table'), 'Arn'],
    }),
  };
}

function schedulePermissions(template: Template) {
  const arn = (type: string) => ({ 'Fn::GetAtt': [theResource(template, type).id, 'Arn'] });
  return {
    InvokeFunction: allow('lambda:InvokeFunction', arn('AWS::Lambda::Function')),
    SendDeadLetters: allow('sqs:SendMessage', arn('AWS::SQS::Queue')),
  };
}

test('the function may write its logs, read its secret, read and write the state, and nothing else', () => {
  expect(permissionsOf(asShipped, 'lambda')).toEqual(functionPermissions(asShipped));
});

test('with topics among the destinations, the function may also publish to exactly those, and use their keys', () => {
  const topicArn = 'arn:aws:sns:eu-west-2:123456789012:on-call';
  const plainArn = 'arn:aws:sns:eu-west-1:123456789012:mail';
  const key = 'arn:aws:kms:eu-west-2:123456789012:key/11111111-2222-3333-4444-555555555555';
  const template = aTemplate({
    policy: {
      destinations: {
        'on-call': { kind: 'sns', topicArn, kmsKeyArn: key },
        teams: { kind: 'sns', topicArn, kmsKeyArn: key, format: 'amazon-q' },
        mail: { kind: 'sns', topicArn: plainArn },
        team: { kind: 'slack', webhook: 'team' },
      },
    },
  });
  expect(permissionsOf(template, 'lambda')).toEqual({
    ...functionPermissions(template),
    PublishTo1: allow('sns:Publish', topicArn),
    EncryptFor1: {
      ...allow(['kms:Decrypt', 'kms:GenerateDataKey'], key),
      Condition: { StringEquals: { 'kms:ViaService': 'sns.eu-west-2.amazonaws.com' } },
    },
    PublishTo2: allow('sns:Publish', plainArn),
  });
});

test('with a KMS key, the function may also use the key through Secrets Manager and DynamoDB, and nothing else', () => {
  expect(permissionsOf(withKey, 'lambda')).toEqual({
    ...functionPermissions(withKey),
    DecryptSecret: allowVia('secretsmanager', 'kms:Decrypt'),
    EncryptState: allowVia('dynamodb', [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ]),
  });
});

test('the schedule may invoke the function, send dead letters, and nothing else', () => {
  expect(permissionsOf(asShipped, 'scheduler')).toEqual(schedulePermissions(asShipped));
});

test('with a KMS key, the schedule may also use the key through SQS, and nothing else', () => {
  expect(permissionsOf(withKey, 'scheduler')).toEqual({
    ...schedulePermissions(withKey),
    EncryptDeadLetters: allowVia('sqs', ['kms:Decrypt', 'kms:GenerateDataKey']),
  });
});

test.each<[string, () => Template]>([
  ['without a KMS key', () => asShipped],
  ['with a KMS key', () => withKey],
])('%s, CDK adds no role, policy or permission of its own', (_, template) => {
  template().resourceCountIs('AWS::IAM::Role', 2);
  template().resourceCountIs('AWS::IAM::Policy', 0);
  template().resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  template().resourceCountIs('AWS::Lambda::Permission', 0);
  for (const { Properties } of resourcesOf(template(), 'AWS::IAM::Role')) {
    expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(JSON.stringify(Properties)).not.toContain('*');
  }
});

test('a permissions boundary and a name prefix apply to both roles, and to none by default', () => {
  const roles = { permissionsBoundaryArn: BOUNDARY_ARN, namePrefix: 'acme-' };
  const both = (template: Template) =>
    resourcesOf(template, 'AWS::IAM::Role').map(({ Properties }) => [
      Properties['RoleName'],
      Properties['PermissionsBoundary'],
    ]);
  expect(both(aTemplate({ roles }))).toEqual([
    ['acme-prod-function', BOUNDARY_ARN],
    ['acme-prod-schedule', BOUNDARY_ARN],
  ]);
  expect(both(asShipped)).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

test('a role’s name has at most 64 characters', () => {
  expect(() => aTemplate({ roles: { namePrefix: 'x'.repeat(51) } })).not.toThrow();
  expect(() => aTemplate({ roles: { namePrefix: 'x'.repeat(52) } })).toThrow(
    'roles.namePrefix: makes a role name of 65 characters; IAM allows 64',
  );
});

test('only schedules of this account and its default group may assume the role of the schedule', () => {
  const role = resourcesOf(asShipped, 'AWS::IAM::Role').find(({ id }) => id.startsWith('WatchScheduleRole'));
  const group = [':scheduler:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
  expect(role?.Properties['AssumeRolePolicyDocument'].Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Condition: {
        StringEquals: {
          'aws:SourceAccount': { Ref: 'AWS::AccountId' },
          'aws:SourceArn': {
            'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...group, ':schedule-group/default']],
          },
        },
      },
    },
  ]);
});

test('the function may read an existing secret by its complete ARN', () => {
  expect(permissionsOf(aTemplate({ secret: { arn: SECRET_ARN } }), 'lambda')['ReadSecret']).toEqual(
    allow('secretsmanager:GetSecretValue', SECRET_ARN),
  );
});

test('the function may read an existing secret by its name and any six characters after it', () => {
  const template = aTemplate({ secret: { name: 'sync-alerts/prod' } });
  expect(permissionsOf(template, 'lambda')['ReadSecret']).toEqual(
    allow('secretsmanager:GetSecretValue', {
      'Fn::Join': ['', expect.arrayContaining([':secret:sync-alerts/prod-??????'])],
    }),
  );
});
