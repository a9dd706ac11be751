import { CfnOutput, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { fillSecretCommand, invokeCommand, subscribeCommand } from '../lambda/aws/cli-commands.ts';
import { consoleUrls } from './console-urls.ts';
import type { Environment } from './environment-schema.ts';
import { heartbeatSchedule } from './heartbeat-schedule.ts';
import { Monitoring } from './monitoring.ts';
import { SyncAlerts } from './sync-alerts.ts';

export interface SyncAlertsStackProps {
  /** The environment's name: "prod". */
  readonly name: string;
  readonly environment: Environment;
}

/** The stack of one environment. Its outputs name the resources, and give the next commands, ready to paste. */
export class SyncAlertsStack extends Stack {
  readonly syncAlerts: SyncAlerts;
  readonly monitoring: Monitoring;
  /** What to enter at a heartbeat monitor. */
  readonly heartbeatSchedule: string;

  constructor(scope: Construct, id: string, { name, environment }: SyncAlertsStackProps) {
    const { account, region } = environment;
    const tags = { Project: 'sync-alerts', Environment: name, ...environment.tags };
    super(scope, id, {
      // Without them the template names neither, so it is the same for everyone; a deployment uses the AWS CLI's.
      env: { ...(account !== undefined && { account }), ...(region !== undefined && { region }) },
      description:
        'Checks the connector syncs of a Timbal organisation and reports in Slack which need attention',
      terminationProtection: environment.terminationProtection ?? false,
      tags,
    });
    const { kmsKeyArn, logRetentionDays, timbalBaseUrl, connectorId, table, roles } = environment;
    const secret = this.#existingSecret(environment);
    const encryptionKey = kmsKeyArn === undefined ? undefined : Key.fromKeyArn(this, 'Key', kmsKeyArn);
    this.syncAlerts = new SyncAlerts(this, 'Watch', {
      environment: name,
      ...(environment.schedule && { schedule: environment.schedule }),
      ...(environment.policy && { policy: environment.policy }),
      ...(secret && { secret }),
      ...(table && { table: Table.fromTableName(this, 'ExistingTable', table.name) }),
      ...(encryptionKey && { encryptionKey }),
      removalPolicy: environment.removal === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
      ...(logRetentionDays !== undefined && { logRetention: logRetentionDays }),
      ...(timbalBaseUrl !== undefined && { timbalBaseUrl }),
      ...(connectorId !== undefined && { connectorId }),
      ...(roles && { roles }),
    });
    const { topicArn, emails, otherSubscribers, without } = environment.alarms ?? {};
    this.monitoring = new Monitoring(this, 'Monitoring', {
      syncAlerts: this.syncAlerts,
      ...(topicArn !== undefined && { topic: Topic.fromTopicArn(this, 'ExistingTopic', topicArn) }),
      ...(emails && { emails }),
      ...(otherSubscribers !== undefined && { otherSubscribers }),
      ...(encryptionKey && { encryptionKey }),
      ...(without && { without }),
      dashboard: environment.dashboard ?? true,
    });

    this.heartbeatSchedule = heartbeatSchedule(this.syncAlerts.schedule);

    // The tags of a stack are not in its template; those of its resources are, so that `cdk diff` shows them.
    // CloudFormation does not accept tags of a dashboard in every region.
    const excludeResourceTypes = ['AWS::CloudWatch::Dashboard'];
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value, { excludeResourceTypes });
    this.#addOutputs();
    this.#addNextSteps();
  }

  #existingSecret({ secret }: Environment): ISecret | undefined {
    if (secret === undefined) return undefined;
    return 'arn' in secret
      ? Secret.fromSecretCompleteArn(this, 'ExistingSecret', secret.arn)
      : Secret.fromSecretNameV2(this, 'ExistingSecret', secret.name);
  }

  #addOutputs(): void {
    const { handler, secret, table, secretId, logGroup, deadLetterQueue, console } = this.syncAlerts;
    const { topic, dashboard } = this.monitoring;
    const command = (command: string) => invokeCommand(handler.functionName, { command }, this);

    this.#output('FunctionName', handler.functionName, 'The function that runs the checks');
    this.#output('SecretArn', secret.secretArn, 'The secret with API key, organisation and Slack webhook');
    this.#output('TableName', table.tableName, 'The table with the state');
    this.#output('LogGroupName', logGroup.logGroupName, 'The log group of the function');
    this.#output(
      'DeadLetterQueueUrl',
      deadLetterQueue.queueUrl,
      'The queue of checks that could not be started',
    );
    this.#output('FillSecretCommand', fillSecretCommand(secretId, this), 'Fills the secret from secret.json');
    this.#output('TestCommand', command('test'), 'Tests the deployment and posts a message to Slack');
    this.#output('ReportCommand', command('report'), 'Posts the health of every sync to Slack');
    this.#output('CheckCommand', command('check'), 'Runs a check now');
    this.#output('AlarmTopicArn', topic.topicArn, 'The topic of the alarms about sync-alerts itself');
    if (dashboard) this.#output('DashboardName', dashboard.dashboardName, 'The CloudWatch dashboard');
    if (console === undefined) return;
    this.#output('LogGroupLink', console.logGroup, 'The log group in the AWS console');
    this.#output('FunctionLink', console.function, 'The function in the AWS console');
    const dashboardLink = dashboard && consoleUrls(this)?.dashboard(dashboard.dashboardName);
    if (dashboardLink) this.#output('DashboardLink', dashboardLink, 'The dashboard in the AWS console');
  }

  /** What is left to a person: who hears the alarms, and what a heartbeat monitor has to know. */
  #addNextSteps(): void {
    const { topic, subscribers } = this.monitoring;
    this.#output('AlarmSubscribers', subscribers, 'Who hears the alarms about sync-alerts itself');
    this.#output(
      'SubscribeCommand',
      subscribeCommand(topic.topicArn, this),
      'Subscribes an address to the alarms',
    );
    this.#output('HeartbeatSchedule', this.heartbeatSchedule, 'The schedule, for a heartbeat monitor');
  }

  #output(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description });
  }
}
