import {
  App,
  CfnOutput,
  aws_cloudwatch as cloudwatch,
  Duration,
  aws_dynamodb as dynamodb,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_lambda_nodejs as nodejs,
  RemovalPolicy,
  SecretValue,
  Stack,
  aws_scheduler as scheduler,
  aws_secretsmanager as secretsmanager,
  aws_sns as sns,
  aws_sqs as sqs,
  Tags,
  aws_scheduler_targets as targets,
} from 'aws-cdk-lib';

/* A stack with one resource of each type, to test the emulator. The context `edition` changes properties in place. */

const app = new App();
const edition = String(app.node.tryGetContext('edition') ?? 'first');
const greeting = String(app.node.tryGetContext('greeting') ?? `Hello from the ${edition}`);
const days = edition === 'first' ? 1 : 2;
const stack = new Stack(app, 'Smoke', {
  description: `The ${edition} edition`,
  tags: { stackwide: `of the ${edition}` },
});
Tags.of(stack).add('edition', edition);
Tags.of(stack).add(`only-${edition}`, 'yes');

const secret = new secretsmanager.Secret(stack, 'Secret', {
  description: `The ${edition} edition`,
  secretStringValue: SecretValue.unsafePlainText('placeholder'),
});

const table = new dynamodb.TableV2(stack, 'Table', {
  partitionKey: { name: 'scope', type: dynamodb.AttributeType.STRING },
  sortKey: { name: 'part', type: dynamodb.AttributeType.STRING },
  timeToLiveAttribute: 'expiresAt',
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  deletionProtection: edition !== 'first',
});

const logGroup = new logs.LogGroup(stack, 'Log', {
  retention: edition === 'first' ? logs.RetentionDays.ONE_DAY : logs.RetentionDays.THREE_DAYS,
  removalPolicy: RemovalPolicy.DESTROY,
});

const role = new iam.Role(stack, 'Role', {
  assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  description: `The ${edition} edition`,
});
const allow = (sid: string, actions: string[], resources: string[]): void =>
  void role.addToPolicy(new iam.PolicyStatement({ sid, actions, resources }));
allow('Log', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
allow('Secret', ['secretsmanager:GetSecretValue'], [secret.secretArn]);
allow('Read', ['dynamodb:Query'], [table.tableArn]);
allow('Write', ['dynamodb:PutItem'], [table.tableArn]);
if (edition !== 'first') allow('More', ['dynamodb:DeleteItem'], [table.tableArn]);

const deadLetters = new sqs.Queue(stack, 'DeadLetters', {
  enforceSSL: true,
  retentionPeriod: Duration.days(days),
});

const handler = new nodejs.NodejsFunction(stack, 'Function', {
  entry: 'test/e2e/smoke/function.ts',
  runtime: lambda.Runtime.NODEJS_24_X,
  role: role.withoutPolicyUpdates(),
  logGroup,
  loggingFormat: lambda.LoggingFormat.JSON,
  description: `The ${edition} edition`,
  timeout: Duration.seconds(days),
  retryAttempts: 0,
  environment: { TABLE: table.tableName, SECRET: secret.secretArn, GREETING: greeting },
  bundling: { externalModules: [], minify: true },
});

const schedule = new scheduler.Schedule(stack, 'Schedule', {
  schedule: scheduler.ScheduleExpression.rate(Duration.hours(days)),
  description: `The ${edition} edition`,
  target: new targets.LambdaInvoke(handler, {
    deadLetterQueue: deadLetters,
    input: scheduler.ScheduleTargetInput.fromObject({
      command: 'check',
      at: scheduler.ContextAttribute.scheduledTime,
    }),
  }),
});

const topic = new sns.Topic(stack, 'Topic', { displayName: `The ${edition} edition`, enforceSSL: true });
new cloudwatch.Alarm(stack, 'Alarm', {
  metric: handler.metricErrors(),
  threshold: days,
  evaluationPeriods: 1,
  alarmDescription: `The ${edition} edition`,
});
new cloudwatch.Dashboard(stack, 'Dashboard', {
  widgets: [[new cloudwatch.TextWidget({ markdown: edition })]],
});

const outputs = {
  FunctionName: handler.functionName,
  SecretArn: secret.secretArn,
  TableName: table.tableName,
  RoleName: role.roleName,
  ScheduleName: schedule.scheduleName,
  QueueUrl: deadLetters.queueUrl,
  TopicArn: topic.topicArn,
  LogGroupName: logGroup.logGroupName,
};
for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
