import { CfnOutput, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { fillSecretCommand, invokeCommand } from '../lambda/aws/cli-commands.ts';
import type { Environment } from './environment-schema.ts';
import { Monitoring } from './monitoring.ts';
import { SyncAlerts } from './sync-alerts.ts';

export interface SyncAlertsStackProps {
  /** The environment's name: "prod". */
  readonly name: string;
  readonly environment: Environment;
}

/** One environment, as a stack of its own; its outputs are what a person needs next, ready to paste. */
export class SyncAlertsStack extends Stack {
  readonly watch: SyncAlerts;
  readonly monitoring: Monitoring;

  constructor(scope: Construct, id: string, { name, environment }: SyncAlertsStackProps) {
    const { account, region } = environment;
    const tags = { Project: 'sync-alerts', Environment: name, ...environment.tags };
    super(scope, id, {
      // Without both, the AWS CLI's apply at deploy, and the template is the same for whoever synthesises it.
      env: { ...(account !== undefined && { account }), ...(region !== undefined && { region }) },
      description: 'Watches the connector syncs of a Timbal organisation and tells Slack what needs a person',
      terminationProtection: environment.terminationProtection ?? false,
      tags,
    });
    const { kmsKeyArn, logRetentionDays, timbalBaseUrl, connectorId } = environment;
    const secret = this.#existingSecret(environment);
    const encryptionKey = kmsKeyArn === undefined ? undefined : Key.fromKeyArn(this, 'Key', kmsKeyArn);
    this.watch = new SyncAlerts(this, 'Watch', {
      environment: name,
      ...(environment.schedule && { schedule: environment.schedule }),
      ...(environment.policy && { policy: environment.policy }),
      ...(secret && { secret }),
      ...(encryptionKey && { encryptionKey }),
      removalPolicy: environment.removal === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
      ...(logRetentionDays !== undefined && { logRetention: logRetentionDays }),
      ...(timbalBaseUrl !== undefined && { timbalBaseUrl }),
      ...(connectorId !== undefined && { connectorId }),
    });
    const { topicArn, emails, without } = environment.alarms ?? {};
    this.monitoring = new Monitoring(this, 'Monitoring', {
      watch: this.watch,
      ...(topicArn !== undefined && { topic: Topic.fromTopicArn(this, 'ExistingTopic', topicArn) }),
      ...(emails && { emails }),
      ...(encryptionKey && { encryptionKey }),
      ...(without && { without }),
      dashboard: environment.dashboard ?? true,
    });

    // The stack's own tags do not show in the template, where they are seen before a deploy.
    // Not every region's CloudFormation knows tags of a dashboard.
    const excludeResourceTypes = ['AWS::CloudWatch::Dashboard'];
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value, { excludeResourceTypes });

    const { handler, secret: watched, table, secretId, logGroup, deadLetterQueue } = this.watch;
    this.#say('FunctionName', handler.functionName, 'The function that checks');
    this.#say(
      'SecretArn',
      watched.secretArn,
      'The secret with the API key, the organisation and the webhooks',
    );
    this.#say('TableName', table.tableName, 'The memory');
    this.#say('LogGroupName', logGroup.logGroupName, 'What the function logs');
    this.#say('DeadLetterQueueUrl', deadLetterQueue.queueUrl, 'Checks that could not be handed over');
    const command = (command: string) => invokeCommand(handler.functionName, { command }, this);
    this.#say('FillSecretCommand', fillSecretCommand(secretId, this), 'Fills the secret from secret.json');
    this.#say('TestCommand', command('test'), 'Proves the deployment: posts a message to Slack');
    this.#say('ReportCommand', command('report'), 'Posts the health of every sync to Slack');
    this.#say('CheckCommand', command('check'), 'Checks now');
    const { topic, dashboard } = this.monitoring;
    this.#say(
      'AlarmTopicArn',
      topic.topicArn,
      'Where the alarms about the watcher itself go: subscribe here',
    );
    if (dashboard) this.#say('DashboardName', dashboard.dashboardName, 'The dashboard, in CloudWatch');
  }

  #existingSecret({ secret }: Environment): ISecret | undefined {
    if (secret === undefined) return undefined;
    return 'arn' in secret
      ? Secret.fromSecretCompleteArn(this, 'ExistingSecret', secret.arn)
      : Secret.fromSecretNameV2(this, 'ExistingSecret', secret.name);
  }

  #say(name: string, value: string, description: string): void {
    new CfnOutput(this, name, { value, description });
  }
}
