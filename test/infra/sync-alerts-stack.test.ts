import { Template } from 'aws-cdk-lib/assertions';
import { aStack, aTemplate, deployedText, removeFolders } from './a-stack.ts';

afterAll(removeFolders);

test('the template of an environment without fields is the recorded one', () => {
  const redacted = JSON.stringify(aTemplate().toJSON()).replace(/[\da-f]{64}/g, 'ASSET');
  expect(JSON.parse(redacted)).toMatchSnapshot();
});

test('account and region are those of the AWS CLI unless the environment sets them', () => {
  expect(aStack().environment).toBe('aws://unknown-account/unknown-region');
  expect(aStack({ account: '123456789012', region: 'eu-west-1' }).environment).toBe(
    'aws://123456789012/eu-west-1',
  );
});

test('termination protection is off unless the environment sets it', () => {
  expect(aStack().terminationProtection).toBe(false);
  expect(aStack({ terminationProtection: true }).terminationProtection).toBe(true);
});

test('the tags of the environment are added to Project and Environment, and may replace them', () => {
  const stack = aStack({ tags: { Team: 'data', Project: 'ours' } });
  const tags = { Environment: 'prod', Project: 'ours', Team: 'data' };
  expect(stack.tags.tagValues()).toEqual(tags);
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  });
});

test('no resource has a physical name', () => {
  const named = /^(Name|(Function|Role|Queue|Table|LogGroup|Policy|Group|Topic|Alarm|Dashboard)Name)$/;
  const resources: Record<string, { Type: string; Properties: object }> = aTemplate().toJSON()['Resources'];
  for (const [id, { Type, Properties }] of Object.entries(resources)) {
    // Its `FunctionName` is the function that it configures, not a name of its own.
    if (Type === 'AWS::Lambda::EventInvokeConfig') continue;
    expect([id, Object.keys(Properties).filter((key) => named.test(key))]).toEqual([id, []]);
  }
});

test('the outputs name the resources and give commands to paste', () => {
  const stack = aStack({ region: 'eu-west-1' });
  const { handler, secretId, table, logGroup, deadLetterQueue } = stack.syncAlerts;
  const outputs = stack.resolve(
    Object.fromEntries(
      stack.node.children.flatMap((child) =>
        'value' in child && 'description' in child ? [[child.node.id, child.value]] : [],
      ),
    ),
  );
  const name = stack.resolve(handler.functionName);
  const secret = stack.resolve(secretId);
  const invoke = (command: string) => ({
    'Fn::Join': [
      '',
      [
        `(echo '{"command":"${command}"}' | aws lambda invoke --region eu-west-1 --function-name `,
        name,
        ' --cli-read-timeout 90 --payload fileb:///dev/stdin /dev/fd/3 3>&1 >&2)',
      ],
    ],
  });
  expect(outputs).toEqual({
    FunctionName: name,
    SecretArn: secret,
    TableName: stack.resolve(table.tableName),
    LogGroupName: stack.resolve(logGroup.logGroupName),
    DeadLetterQueueUrl: stack.resolve(deadLetterQueue.queueUrl),
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
    LogGroupLink: stack.resolve(stack.syncAlerts.console?.logGroup),
    FunctionLink: stack.resolve(stack.syncAlerts.console?.function),
    DashboardLink: expect.anything(),
    AlarmSubscribers:
      'NOBODY: set alarms.emails, or name who is subscribed by hand in alarms.otherSubscribers',
    SubscribeCommand: expect.anything(),
    HeartbeatSchedule: 'no cron expression of five fields says rate(5 minutes): period 5 min, grace 15 min',
  });
  expect(deployedText(outputs['DashboardLink'])).toMatch(
    /^https:\/\/console\.aws\.amazon\.com\/cloudwatch\/home\?region=eu-west-1#dashboards\/dashboard\/SyncAlerts-prod-MonitoringDashboard/,
  );
  expect(deployedText(outputs['SubscribeCommand'])).toMatch(
    /^aws sns subscribe --region eu-west-1 --topic-arn \S+ --protocol email --notification-endpoint ADDRESS$/,
  );
});
