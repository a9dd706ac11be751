import { ArnFormat, Stack } from 'aws-cdk-lib';
import {
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
  type RoleProps,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

// Own roles, each action and resource named: the grants of the L2 constructs are wider than needed.

/** What a company may require of every role of its accounts. */
export interface RoleRules {
  /**
   * The ARN of the managed policy that bounds both roles. It must allow what they need: docs/operations.md.
   * @default - none
   */
  readonly permissionsBoundaryArn?: string;
  /**
   * Begins the names of both roles: "acme-" gives "acme-prod-function" and "acme-prod-schedule". Roles of all regions of
   * an account share their names, so two environments of one name need two prefixes.
   * @default - CloudFormation generates the names
   */
  readonly namePrefix?: string;
}

/** IAM's limit ("IAM and AWS STS quotas", role names). */
const MAX_ROLE_NAME_CHARACTERS = 64;

/** Why a prefix gives no valid name for the roles of an environment; undefined when it does. */
export function namePrefixFault({ namePrefix }: RoleRules, environment: string): string | undefined {
  if (namePrefix === undefined) return undefined;
  // That of the schedule is as long.
  const { length } = roleName(namePrefix, environment, 'function');
  if (length <= MAX_ROLE_NAME_CHARACTERS) return undefined;
  return `makes a role name of ${length} characters; IAM allows ${MAX_ROLE_NAME_CHARACTERS}`;
}

function roleName(prefix: string, environment: string, service: 'function' | 'schedule'): string {
  return `${prefix}${environment}-${service}`;
}

function rulesFor(
  scope: Construct,
  { environment, rules }: RoleOwner,
  service: 'function' | 'schedule',
): Partial<RoleProps> {
  const { permissionsBoundaryArn: arn, namePrefix } = rules;
  const id = `${service === 'function' ? 'Function' : 'Schedule'}RoleBoundary`;
  return {
    ...(namePrefix !== undefined && { roleName: roleName(namePrefix, environment, service) }),
    ...(arn !== undefined && { permissionsBoundary: ManagedPolicy.fromManagedPolicyArn(scope, id, arn) }),
  };
}

/** The environment whose roles they are. */
interface RoleOwner {
  readonly environment: string;
  readonly rules: RoleRules;
}

/** A topic that the policy sends to. */
export interface TopicArns {
  readonly topicArn: string;
  /** The KMS key that encrypts the topic. */
  readonly kmsKeyArn?: string;
}

/** The ARNs that the function's role names. */
interface FunctionResources extends RoleOwner {
  readonly logGroupArn: string;
  /** May end in `-??????`, where the six random characters of the ARN are not known. */
  readonly secretArn: string;
  readonly tableArn: string;
  /** The KMS key that encrypts secret and table; undefined for keys that AWS owns, which need no permission. */
  readonly keyArn: string | undefined;
  readonly topics: readonly TopicArns[];
}

/** The role of the function: it may write its logs, read its secret, read and write the state, and send to its topics. */
export function functionRole(scope: Construct, resources: FunctionResources): Role {
  const { logGroupArn, secretArn, tableArn, keyArn, topics } = resources;
  const statements = [
    allow('WriteLogs', { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resource: logGroupArn }),
    allow('ReadSecret', { actions: ['secretsmanager:GetSecretValue'], resource: secretArn }),
    allow('ReadAndWriteState', {
      actions: ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
      resource: tableArn,
    }),
  ];
  if (keyArn !== undefined) {
    statements.push(
      allow('DecryptSecret', {
        actions: ['kms:Decrypt'],
        resource: keyArn,
        via: serviceHost(scope, 'secretsmanager'),
      }),
      // DynamoDB's list: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
      allow('EncryptState', {
        actions: [
          'kms:Decrypt',
          'kms:DescribeKey',
          'kms:Encrypt',
          'kms:GenerateDataKey',
          'kms:GenerateDataKeyWithoutPlaintext',
          'kms:ReEncryptFrom',
          'kms:ReEncryptTo',
        ],
        resource: keyArn,
        via: serviceHost(scope, 'dynamodb'),
      }),
    );
  }
  statements.push(...topicStatements(topics));
  return new Role(scope, 'FunctionRole', {
    ...rulesFor(scope, resources, 'function'),
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: 'Permissions of the sync-alerts function',
    inlinePolicies: { LeastPrivilege: new PolicyDocument({ statements }) },
  });
}

/** Publishing to exactly these topics, and using the key of each that is encrypted, through SNS in its region. */
function topicStatements(topics: readonly TopicArns[]): readonly PolicyStatement[] {
  return topics.flatMap(({ topicArn, kmsKeyArn }, index) => [
    allow(`PublishTo${index + 1}`, { actions: ['sns:Publish'], resource: topicArn }),
    ...(kmsKeyArn === undefined
      ? []
      : [
          // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
          allow(`EncryptFor${index + 1}`, {
            actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
            resource: kmsKeyArn,
            via: `sns.${topicArn.split(':')[3]}.amazonaws.com`,
          }),
        ]),
  ]);
}

/** The ARNs that the schedule's role names. */
interface ScheduleResources extends RoleOwner {
  readonly functionArn: string;
  readonly deadLetterQueueArn: string;
  /** The KMS key that encrypts the dead-letter queue; undefined for a key that AWS owns, which needs no permission. */
  readonly keyArn: string | undefined;
}

/** The role of the schedule: EventBridge Scheduler may invoke the function, and send dead letters to its queue. */
export function scheduleRole(scope: Construct, resources: ScheduleResources): Role {
  const { functionArn, deadLetterQueueArn, keyArn } = resources;
  const stack = Stack.of(scope);
  const statements = [
    allow('InvokeFunction', { actions: ['lambda:InvokeFunction'], resource: functionArn }),
    allow('SendDeadLetters', { actions: ['sqs:SendMessage'], resource: deadLetterQueueArn }),
  ];
  if (keyArn !== undefined) {
    statements.push(
      allow('EncryptDeadLetters', {
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resource: keyArn,
        via: serviceHost(scope, 'sqs'),
      }),
    );
  }
  // Only for schedules of this account: a schedule of another account could name the role too ("confused deputy").
  // Scheduler identifies schedules by their group in this condition:
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
  const group = stack.formatArn({
    service: 'scheduler',
    resource: 'schedule-group',
    resourceName: 'default',
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  return new Role(scope, 'ScheduleRole', {
    ...rulesFor(scope, resources, 'schedule'),
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group } },
    }),
    description: 'Permissions of the sync-alerts schedule',
    inlinePolicies: { LeastPrivilege: new PolicyDocument({ statements }) },
  });
}

interface Permission {
  readonly actions: readonly string[];
  /** An ARN. */
  readonly resource: string;
  /** For a KMS key: the service on whose behalf alone the key may be used. */
  readonly via?: string;
}

function allow(sid: string, { actions, resource, via }: Permission): PolicyStatement {
  return new PolicyStatement({
    sid,
    actions: [...actions],
    resources: [resource],
    ...(via !== undefined && { conditions: { StringEquals: { 'kms:ViaService': via } } }),
  });
}

function serviceHost(scope: Construct, service: string): string {
  return `${service}.${Stack.of(scope).region}.amazonaws.com`;
}
