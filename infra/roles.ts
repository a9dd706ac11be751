import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { SyncAlerts } from './sync-alerts.ts';

/** What the function may do: write its log, read its secret, keep its memory. */
export function functionRole(
  scope: Construct,
  { logGroup, secret, table }: Pick<SyncAlerts, 'logGroup' | 'secret' | 'table'>,
  key: IKey | undefined,
): Role {
  const { region } = Stack.of(scope);
  const statements = [
    allow('WriteLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
    // Of a secret that is known by name alone, the six characters that end its ARN are not.
    allow(
      'ReadSecret',
      ['secretsmanager:GetSecretValue'],
      secret.secretFullArn ?? `${secret.secretArn}-??????`,
    ),
    allow('KeepMemory', ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'], table.tableArn),
  ];
  if (key !== undefined) {
    const secretsManager = { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` };
    const dynamoDb = { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` };
    const tableActions = [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ];
    statements.push(
      allow('DecryptSecret', ['kms:Decrypt'], key.keyArn, secretsManager),
      allow('EncryptMemory', tableActions, key.keyArn, dynamoDb),
    );
  }
  return new Role(scope, 'FunctionRole', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: 'What the function of sync-alerts may do',
    inlinePolicies: { Own: new PolicyDocument({ statements }) },
  });
}

/** What EventBridge Scheduler may do for the schedule: invoke the function, and put away what it could not hand over. */
export function scheduleRole(
  scope: Construct,
  { handler, deadLetterQueue }: Pick<SyncAlerts, 'handler' | 'deadLetterQueue'>,
  key: IKey | undefined,
): Role {
  const stack = Stack.of(scope);
  const statements = [
    allow('Invoke', ['lambda:InvokeFunction'], handler.functionArn),
    allow('PutAway', ['sqs:SendMessage'], deadLetterQueue.queueArn),
  ];
  if (key !== undefined) {
    const sqs = { 'kms:ViaService': `sqs.${stack.region}.amazonaws.com` };
    statements.push(allow('EncryptDeadLetters', ['kms:Decrypt', 'kms:GenerateDataKey'], key.keyArn, sqs));
  }
  // For this account's schedules alone, since another's could name the role too ("confused deputy"). Scheduler knows
  // schedules by their group here: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
  const group = stack.formatArn({
    service: 'scheduler',
    resource: 'schedule-group',
    resourceName: 'default',
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  return new Role(scope, 'ScheduleRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group } },
    }),
    description: 'What the schedule of sync-alerts may do',
    inlinePolicies: { Own: new PolicyDocument({ statements }) },
  });
}

function allow(
  sid: string,
  actions: readonly string[],
  resource: string,
  equals?: Readonly<Record<string, string>>,
): PolicyStatement {
  return new PolicyStatement({
    sid,
    actions: [...actions],
    resources: [resource],
    ...(equals && { conditions: { StringEquals: equals } }),
  });
}
