import { CfnOutput, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { fillSecretCommand, invokeCommand } from '../lambda/commands.ts';
import type { Environment } from './environment.ts';
import { SyncAlerts } from './sync-alerts.ts';

export interface SyncAlertsStackProps {
  /** The environment's name: "prod". */
  readonly name: string;
  readonly environment: Environment;
}

/** One environment, as a stack of its own; its outputs are what a person needs next, ready to paste. */
export class SyncAlertsStack extends Stack {
  readonly watch: SyncAlerts;

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
    this.watch = new SyncAlerts(this, 'Watch', {
      environment: name,
      ...(environment.schedule && { schedule: environment.schedule }),
      ...(environment.policy && { policy: environment.policy }),
      ...(secret && { secret }),
      ...(kmsKeyArn !== undefined && { encryptionKey: Key.fromKeyArn(this, 'Key', kmsKeyArn) }),
      removalPolicy: environment.removal === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
      ...(logRetentionDays !== undefined && { logRetention: logRetentionDays }),
      ...(timbalBaseUrl !== undefined && { timbalBaseUrl }),
      ...(connectorId !== undefined && { connectorId }),
    });

    // The stack's own tags do not show in the template, where they are seen before a deploy.
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value);

    const { handler, secret: watched, table, secretId } = this.watch;
    this.#say('FunctionName', handler.functionName, 'The function that checks');
    this.#say(
      'SecretArn',
      watched.secretArn,
      'The secret with the API key, the organisation and the webhooks',
    );
    this.#say('TableName', table.tableName, 'The memory');
    const asked = (command: string) => invokeCommand(handler.functionName, { command }, this);
    this.#say('FillSecretCommand', fillSecretCommand(secretId, this), 'Fills the secret from secret.json');
    this.#say('TestCommand', asked('test'), 'Proves the deployment: posts a message to Slack');
    this.#say('ReportCommand', asked('report'), 'Posts the health of every sync to Slack');
    this.#say('CheckCommand', asked('check'), 'Checks now');
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
