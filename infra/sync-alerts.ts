import { Duration, RemovalPolicy, SecretValue, Stack, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { parsePolicy, type WrittenPolicy } from '../lambda/core/parse/parse-policy.ts';
import type { Links } from '../lambda/core/policy.ts';
import { SyncAlertsError } from '../lambda/errors.ts';
import { ENVIRONMENT_VARIABLES } from '../lambda/invocation/environment-variables.ts';
import { SECRET_PLACEHOLDER } from '../lambda/secret/secret-placeholder.ts';
import { functionCode } from './bundling.ts';
import { consoleUrls } from './console-urls.ts';
import { functionRole, namePrefixFault, type RoleRules, type TopicArns } from './roles.ts';
import {
  type CheckSchedule,
  FUNCTION_TIMEOUT_SECONDS,
  maxEventAgeSeconds,
  parseSchedule,
  type WrittenSchedule,
} from './schedule.ts';
import { addSchedule } from './schedule-resource.ts';

export interface SyncAlertsProps {
  /** The environment's name in Slack, logs and metrics: "prod". */
  readonly environment: string;
  /**
   * When the checks run.
   * @default - every 5 minutes
   */
  readonly schedule?: WrittenSchedule;
  /**
   * When a sync needs attention, and when Slack hears about it: docs/policy.md.
   * @default - the policy's own defaults
   */
  readonly policy?: WrittenPolicy;
  /**
   * JSON with `timbalApiKey`, `timbalOrgId`, `slackWebhookUrl` and, if a heartbeat monitor expects one, `heartbeatUrl`.
   * @default - a new secret with placeholders, to be filled after the first deployment
   */
  readonly secret?: ISecret | Secret;
  /**
   * An existing table for the state: partition key `scope` and sort key `part`, both strings, TTL attribute `expiresAt`.
   * It was retained when its stack was deleted, or restored from a backup.
   * @default - a new table
   */
  readonly table?: ITable | Table;
  /**
   * Encrypts table, created secret, dead-letter queue and logs. An existing secret or table must be encrypted with it.
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: IKey;
  /**
   * Whether table, created secret and logs stay or go when they leave the stack.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY;
  /**
   * How long CloudWatch keeps logs.
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * The base URL of the Timbal API.
   * @default 'https://api.timbal.ai'
   */
  readonly timbalBaseUrl?: string;
  /**
   * Limits the checks to the syncs of this connector.
   * @default - all syncs of the organisation
   */
  readonly connectorId?: string;
  /**
   * A permissions boundary and a name prefix for the two roles.
   * @default - no boundary, and names that CloudFormation generates
   */
  readonly roles?: RoleRules;
}

/**
 * Checks the connector syncs of one Timbal organisation on a schedule, and alerts Slack. Its fields are public for alarms
 * and dashboards. No resource has a physical name, so CloudFormation can replace each, and a deleted stack can be created
 * again.
 */
export class SyncAlerts extends Construct {
  readonly environment: string;
  readonly schedule: CheckSchedule;
  /** Of the policy. */
  readonly links: Links;
  readonly handler: LambdaFunction;
  /** Holds the state. */
  readonly table: ITable | Table;
  readonly secret: ISecret | Secret;
  /** The id with which the function requests the secret: its ARN, or its name if only that is known. */
  readonly secretId: string;
  /** Receives the invocations that EventBridge Scheduler could not deliver. */
  readonly deadLetterQueue: Queue;
  readonly logGroup: LogGroup;
  /** Log group and function in the AWS console; undefined where the console is not public. */
  readonly console: { readonly logGroup: string; readonly function: string } | undefined;

  /** @throws SyncAlertsError `sync_alerts_invalid` with all faults of schedule and policy. */
  constructor(scope: Construct, id: string, props: SyncAlertsProps) {
    super(scope, id);
    this.environment = props.environment;
    ({ schedule: this.schedule, links: this.links } = validated(this.node.path, props));
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const encryptionKey = props.encryptionKey && { encryptionKey: props.encryptionKey };

    this.table = props.table ?? this.#newTable(removalPolicy, encryptionKey);
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
    acknowledge(this.deadLetterQueue, 'SQS3', 'This queue is itself the dead-letter queue of the schedule.');
    this.handler = this.#newFunction(props);
    const urls = consoleUrls(Stack.of(this));
    this.console = urls && {
      logGroup: urls.logGroup(this.logGroup.logGroupName),
      function: urls.function(this.handler.functionName),
    };
    addSchedule(this, {
      description: this.#description(),
      schedule: this.schedule,
      handler: this.handler,
      deadLetterQueue: this.deadLetterQueue,
      keyArn: props.encryptionKey?.keyArn,
      environment: this.environment,
      roles: props.roles ?? {},
    });
  }

  /** Of the function and of the schedule, as AWS lists them. */
  #description(): string {
    return `Checks the connector syncs of a Timbal organisation (${this.environment})`;
  }

  #newTable(removalPolicy: RemovalPolicy, encryptionKey: { encryptionKey: IKey } | undefined): Table {
    return new Table(this, 'State', {
      partitionKey: { name: 'scope', type: AttributeType.STRING },
      sortKey: { name: 'part', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
      removalPolicy,
      ...(encryptionKey && { encryption: TableEncryption.CUSTOMER_MANAGED, ...encryptionKey }),
    });
  }

  #newSecret(removalPolicy: RemovalPolicy, encryptionKey: { encryptionKey: IKey } | undefined): Secret {
    const secret = new Secret(this, 'Secret', {
      description: `sync-alerts, ${this.environment}: Timbal API key and organisation, Slack webhooks`,
      secretStringValue: SecretValue.unsafePlainText(SECRET_PLACEHOLDER),
      removalPolicy,
      ...encryptionKey,
    });
    acknowledge(secret, 'SMG4', 'Neither Timbal nor Slack has an API to rotate these values.');
    return secret;
  }

  #newFunction(props: SyncAlertsProps): LambdaFunction {
    const { policy = {}, encryptionKey, timbalBaseUrl, connectorId, roles = {} } = props;
    return new LambdaFunction(this, 'Function', {
      code: functionCode(policy),
      handler: 'index.handler',
      description: this.#description(),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // In MB, for the worst listing within the bounds (docs/performance.md). 1,769 MB is one vCPU.
      memorySize: 1024,
      timeout: Duration.seconds(FUNCTION_TIMEOUT_SECONDS),
      role: functionRole(this, {
        logGroupArn: this.logGroup.logGroupArn,
        // A name does not contain the six random characters at the end of its ARN.
        secretArn: this.secret.secretFullArn ?? `${this.secret.secretArn}-??????`,
        tableArn: this.table.tableArn,
        keyArn: encryptionKey?.keyArn,
        topics: topicsOf(policy),
        environment: this.environment,
        rules: roles,
      }),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // The next check delivers whatever a failed one left undelivered: Lambda need not retry.
      retryAttempts: 0,
      maxEventAge: Duration.seconds(maxEventAgeSeconds(this.schedule)),
      environment: {
        [ENVIRONMENT_VARIABLES.environment]: this.environment,
        [ENVIRONMENT_VARIABLES.secretId]: this.secretId,
        [ENVIRONMENT_VARIABLES.tableName]: this.table.tableName,
        [ENVIRONMENT_VARIABLES.periodSeconds]: String(this.schedule.shortestGapSeconds),
        [ENVIRONMENT_VARIABLES.stackName]: Stack.of(this).stackName,
        ...(timbalBaseUrl !== undefined && { [ENVIRONMENT_VARIABLES.baseUrl]: timbalBaseUrl }),
        ...(connectorId !== undefined && { [ENVIRONMENT_VARIABLES.connectorId]: connectorId }),
      },
    });
  }
}

function validated(path: string, props: SyncAlertsProps): { schedule: CheckSchedule; links: Links } {
  const { schedule: written, policy, environment, roles = {} } = props;
  const schedule = parseSchedule(written);
  const parsedPolicy = parsePolicy(policy ?? {});
  const prefixFault = namePrefixFault(roles, environment);
  if (schedule.ok && parsedPolicy.ok && prefixFault === undefined) {
    return { schedule: schedule.schedule, links: parsedPolicy.policy.links };
  }
  const faults = [
    ...(schedule.ok ? [] : schedule.faults.map(({ field, message }) => `schedule.${field}: ${message}`)),
    ...(parsedPolicy.ok ? [] : parsedPolicy.faults.map((fault) => `policy: ${fault}`)),
    ...(prefixFault === undefined ? [] : [`roles.namePrefix: ${prefixFault}`]),
  ];
  throw new SyncAlertsError('sync_alerts_invalid', [`${path} is invalid:`, ...faults].join('\n  '));
}

/** The topics that a valid policy sends to, each once. */
function topicsOf(policy: WrittenPolicy): readonly TopicArns[] {
  const parsed = parsePolicy(policy);
  const destinations = parsed.ok ? Object.values(parsed.policy.destinations) : [];
  const topics = destinations.flatMap((one) => (one.kind === 'sns' ? [[one.topicArn, one] as const] : []));
  return [...new Map(topics).values()];
}

/** Acknowledges a finding of cdk-nag's AwsSolutions pack that does not apply. */
function acknowledge(construct: Construct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}
