import type { Template } from 'aws-cdk-lib/assertions';
import { aTemplate, KEY_ARN, removeFolders, resourcesOf, theResource } from './a-stack.ts';

let asShipped: Template;
beforeAll(() => {
  asShipped = aTemplate();
});
afterAll(removeFolders);

test.each<[string, () => Template]>([
  ['without a KMS key', () => asShipped],
  ['with a KMS key', () => aTemplate({ kmsKeyArn: KEY_ARN })],
])('%s, the schedule invokes the function every 5 minutes with the scheduled time', (_, given) => {
  const template = given();
  const arn = (id: string | undefined) => ({ 'Fn::GetAtt': [id, 'Arn'] });
  const role = resourcesOf(template, 'AWS::IAM::Role').find(({ id }) => id.startsWith('WatchScheduleRole'));
  expect(theResource(template, 'AWS::Scheduler::Schedule').Properties).toEqual({
    Description: 'Checks the connector syncs of a Timbal organisation (prod)',
    ScheduleExpression: 'rate(5 minutes)',
    ScheduleExpressionTimezone: 'Etc/UTC',
    State: 'ENABLED',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: arn(theResource(template, 'AWS::Lambda::Function').id),
      RoleArn: arn(role?.id),
      Input: '{"command":"check","scheduledAt":"<aws.scheduler.scheduled-time>"}',
      RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 240 },
      DeadLetterConfig: { Arn: arn(theResource(template, 'AWS::SQS::Queue').id) },
    },
  });
});

test('the schedule has the expression, the time zone and the state of the environment', () => {
  const expression = 'cron(0/15 8-18 ? * MON-FRI *)';
  const template = aTemplate({ schedule: { expression, timeZone: 'Europe/Madrid', enabled: false } });
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(0/15 8-18 ? * MON-FRI *)',
    ScheduleExpressionTimezone: 'Europe/Madrid',
    State: 'DISABLED',
  });
});

test.each([
  ['rate(2 minutes)', 60],
  ['rate(3 minutes)', 120],
  ['rate(5 minutes)', 240],
  ['rate(361 minutes)', 21_600],
  ['rate(362 minutes)', 21_600],
  ['rate(1 day)', 21_600],
])('%s: Scheduler and Lambda give up an invocation after %i s', (expression, seconds) => {
  const template = aTemplate({ schedule: { expression } });
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    Target: { RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: seconds } },
  });
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: seconds,
  });
});
