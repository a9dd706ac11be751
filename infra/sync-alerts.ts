import { Duration, RemovalPolicy, SecretValue, Stack, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  type Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { parsePolicy, type WrittenPolicy } from '../lambda/core/policy.ts';
import { SyncAlertsError } from '../lambda/errors.ts';
import { ENVIRONMENT_VARIABLES } from '../lambda/invocation/environment-variables.ts';
import { SECRET_PLACEHOLDER } from '../lambda/secret/secret-placeholder.ts';
import { bundleWith } from './bundling.ts';
import { functionRole, scheduleRole } from './roles.ts';
import { FUNCTION_TIMEOUT_SECONDS, parseSchedule, type Schedule, type WrittenSchedule } from './schedule.ts';

export interface SyncAlertsProps {
  /** The environment's name, as Slack, logs and metrics say it: "prod". */
  readonly environment: string;
  /** Default: every five minutes. */
  readonly schedule?: WrittenSchedule;
  /** What is worth telling, and when. Default: `{}`, the policy's own defaults. */
  readonly policy?: WrittenPolicy;
  /** JSON with `timbalApiKey`, `timbalOrgId` and `slackWebhookUrl`. Default: created, for a person to fill. */
  readonly secret?: ISecret | Secret;
  /** Encrypts table, created secret, dead-letter queue and logs, and has encrypted a given secret. Default: AWS's keys. */
  readonly encryptionKey?: IKey;
  /** What becomes of table, created secret and logs once they leave the stack. Default: retained. */
  readonly removalPolicy?: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY;
  /** Default: 30 days. */
  readonly logRetention?: RetentionDays;
  /** Default: Timbal's own. */
  readonly timbalBaseUrl?: string;
  /** Watches the syncs of this connector alone. Default: all of the organisation's. */
  readonly connectorId?: string;
}

/**
 * Checks the connector syncs of one Timbal organisation on a schedule, and tells Slack. What stands in its fields is there
 * for alarms and dashboards to be built on. Nothing has a physical name, so that it can be created again after a delete.
 */
export class SyncAlerts extends Construct {
  readonly environment: string;
  readonly schedule: Schedule;
  readonly handler: LambdaFunction;
  readonly table: Table;
  readonly secret: ISecret | Secret;
  /** By which the function asks for the secret: its ARN, or its name where no more is known. */
  readonly secretId: string;
  /** Invocations that EventBridge Scheduler could not hand over. */
  readonly deadLetterQueue: Queue;
  readonly logGroup: LogGroup;

  /** @throws SyncAlertsError `watch_invalid` with every fault of schedule and policy. */
  constructor(scope: Construct, id: string, props: SyncAlertsProps) {
    super(scope, id);
    this.environment = props.environment;
    this.schedule = checked(this.node.path, props);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const encryptionKey = props.encryptionKey && { encryptionKey: props.encryptionKey };

    this.table = new Table(this, 'Memory', {
      partitionKey: { name: 'scope', type: AttributeType.STRING },
      sortKey: { name: 'part', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
      removalPolicy,
      ...(encryptionKey && { encryption: TableEncryption.CUSTOMER_MANAGED, ...encryptionKey }),
    });
    this.secret = props.secret ?? this.#newSecret(removalPolicy, encryptionKey);
    this.secretId = this.secret.secretFullArn ?? this.secret.secretName;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy,
      ...encryptionKey,
    });
    this.deadLetterQueue = new Queue(this, 'DeadLetters', {
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      ...(props.encryptionKey
        ? { encryption: QueueEncryption.KMS, encryptionMasterKey: props.encryptionKey }
        : { encryption: QueueEncryption.SQS_MANAGED }),
    });
    this.handler = this.#newFunction(props);
    this.#newSchedule(scheduleRole(this, this, props.encryptionKey));
    this.#acknowledge(props);
  }

  #newSecret(removalPolicy: RemovalPolicy, encryptionKey: { encryptionKey: IKey } | undefined): Secret {
    return new Secret(this, 'Secret', {
      description: `sync-alerts, ${this.environment}: Timbal API key and organisation, Slack webhooks`,
      secretStringValue: SecretValue.unsafePlainText(SECRET_PLACEHOLDER),
      removalPolicy,
      ...encryptionKey,
    });
  }

  #newFunction({ policy = {}, encryptionKey, timbalBaseUrl, connectorId }: SyncAlertsProps): NodejsFunction {
    return new NodejsFunction(this, 'Function', {
      ...bundleWith(policy),
      description: `Checks the connector syncs of a Timbal organisation (${this.environment})`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // Memory is also processor time: 1,769 MB is one vCPU.
      memorySize: 512,
      timeout: Duration.seconds(FUNCTION_TIMEOUT_SECONDS),
      role: functionRole(this, this, encryptionKey),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // What an attempt owes, the next check tells: a late repeat has nothing to add.
      retryAttempts: 0,
      maxEventAge: this.#maxAge(),
      environment: {
        [ENVIRONMENT_VARIABLES.environment]: this.environment,
        [ENVIRONMENT_VARIABLES.secretId]: this.secretId,
        [ENVIRONMENT_VARIABLES.tableName]: this.table.tableName,
        [ENVIRONMENT_VARIABLES.periodSeconds]: String(this.schedule.shortestGapSeconds),
        [ENVIRONMENT_VARIABLES.stackName]: Stack.of(this).stackName,
        ...(timbalBaseUrl !== undefined && { [ENVIRONMENT_VARIABLES.baseUrl]: timbalBaseUrl }),
        ...(connectorId !== undefined && { [ENVIRONMENT_VARIABLES.connectorId]: connectorId }),
        NODE_OPTIONS: '--enable-source-maps',
      },
    });
  }

  /** The L1 resource: the L2's Lambda target would let the schedule invoke every version and alias. */
  #newSchedule(role: Role): void {
    const { expression, timeZone, enabled } = this.schedule;
    new CfnSchedule(this, 'Schedule', {
      description: `Checks the connector syncs of a Timbal organisation (${this.environment})`,
      scheduleExpression: expression,
      scheduleExpressionTimezone: timeZone,
      state: enabled ? 'ENABLED' : 'DISABLED',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.handler.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ command: 'check', scheduledAt: '<aws.scheduler.scheduled-time>' }),
        retryPolicy: {
          maximumRetryAttempts: 2,
          maximumEventAgeInSeconds: this.#maxAge().toSeconds(),
        },
        deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
      },
    });
  }

  /**
   * How old an invocation may become: it is over before the next one is due. At least the 60 s, at most the 6 h, that
   * Lambda allows.
   */
  #maxAge(): Duration {
    const seconds = this.schedule.shortestGapSeconds - FUNCTION_TIMEOUT_SECONDS;
    return Duration.seconds(Math.min(Math.max(seconds, 60), 6 * 60 * 60));
  }

  /** What cdk-nag's AwsSolutions pack finds, and why it stays so. */
  #acknowledge({ secret }: SyncAlertsProps): void {
    Validations.of(this.deadLetterQueue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is itself the dead-letter queue, of the schedule.',
    });
    if (secret === undefined) {
      Validations.of(this.secret).acknowledge({
        id: 'AwsSolutions-SMG4',
        reason:
          'Neither Timbal nor Slack offers a way to rotate by program; a rotated secret is read within minutes.',
      });
    }
  }
}

function checked(path: string, { schedule: written, policy }: SyncAlertsProps): Schedule {
  const schedule = parseSchedule(written);
  const parsedPolicy = parsePolicy(policy ?? {});
  if (schedule.ok && parsedPolicy.ok) return schedule.schedule;
  const faults = [
    ...(schedule.ok ? [] : schedule.faults.map(({ field, message }) => `schedule.${field}: ${message}`)),
    ...(parsedPolicy.ok ? [] : parsedPolicy.faults.map((fault) => `policy: ${fault}`)),
  ];
  throw new SyncAlertsError('watch_invalid', [`${path} cannot be deployed:`, ...faults].join('\n  '));
}
