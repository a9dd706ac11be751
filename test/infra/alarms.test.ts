import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { ALARM_NAMES, type AlarmName } from '../../infra/alarms.ts';
import type { Environment } from '../../infra/environment-schema.ts';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/invocation/metric-names.ts';
import {
  anApp,
  aStack,
  aTemplate,
  deployedText,
  PROJECT,
  removeFolders,
  resourcesOf,
  theAlarm,
  theResource,
} from './a-stack.ts';

let asShipped: Template;
beforeAll(() => {
  asShipped = aTemplate();
});
afterAll(removeFolders);

const SCHEDULES: readonly (readonly [string, Environment, object, object])[] = [
  [
    'a rate of 5 minutes',
    {},
    { Period: 300, EvaluationPeriods: 5 },
    { Period: 60, EvaluationPeriods: 11, DatapointsToAlarm: 2 },
  ],
  [
    'a cron, weekdays at nine',
    { schedule: { expression: 'cron(0 9 ? * MON-FRI *)', timeZone: 'Europe/Madrid' } },
    { Period: 3600, EvaluationPeriods: 122 },
    { Period: 3600, EvaluationPeriods: 98, DatapointsToAlarm: 2 },
  ],
  [
    'a rate of four days',
    { schedule: { expression: 'rate(4 days)' } },
    { Period: 3600, EvaluationPeriods: 97 },
    { Period: 3600, EvaluationPeriods: 1, DatapointsToAlarm: 1 },
  ],
];

describe.each(SCHEDULES)('with %s', (_, environment, completion, failures) => {
  let template: Template;
  let ofFunction: object;
  let own: object;
  beforeAll(() => {
    template = aTemplate(environment);
    const { id } = theResource(template, 'AWS::Lambda::Function');
    const functionName = { Name: 'FunctionName', Value: { Ref: id } };
    own = { Namespace: 'SyncAlerts', Dimensions: [{ Name: 'Environment', Value: 'prod' }, functionName] };
    ofFunction = { Namespace: 'AWS/Lambda', Dimensions: [functionName] };
  });

  test('noCheckCompleted: no completed check in three gaps and 10 min, missing data included', () => {
    expect(theAlarm(template, 'noCheckCompleted')).toMatchObject({
      ...own,
      ...completion,
      MetricName: 'ChecksCompleted',
      Statistic: 'Sum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'breaching',
      ActionsEnabled: true,
    });
    expect(theAlarm(template, 'noCheckCompleted')).not.toHaveProperty('DatapointsToAlarm');
  });

  test('checksFail: two failures within two gaps, or one if no alarm can look back so far', () => {
    expect(theAlarm(template, 'checksFail')).toMatchObject({
      ...ofFunction,
      ...failures,
      MetricName: 'Errors',
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  test.each<[AlarmName, string, string, number]>([
    ['eventsDropped', 'AsyncEventsDropped', 'Sum', 1],
    ['throttled', 'Throttles', 'Sum', 1],
    ['nearTimeLimit', 'Duration', 'Maximum', 45_000],
  ])('%s: the metric %s in one period of 5 min', (name, MetricName, Statistic, Threshold) => {
    expect(theAlarm(template, name)).toMatchObject({
      ...ofFunction,
      MetricName,
      Statistic,
      Threshold,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Period: 300,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  test('deadLetters: one dead letter in one period of 5 min', () => {
    const { id } = theResource(template, 'AWS::SQS::Queue');
    expect(theAlarm(template, 'deadLetters')).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      Period: 300,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  test('undeliveredNotifications: more than 3,600 s, and between two checks it keeps its state', () => {
    expect(theAlarm(template, 'undeliveredNotifications')).toMatchObject({
      ...own,
      MetricName: 'OldestUndeliveredSeconds',
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 3600,
      Period: 300,
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    });
  });
});

test.each(ALARM_NAMES)(
  '%s describes its impact and its runbook section, and notifies at its start and its end',
  (name) => {
    const topic = [{ Ref: theResource(asShipped, 'AWS::SNS::Topic').id }];
    expect(theAlarm(asShipped, name)).toMatchObject({ AlarmActions: topic, OKActions: topic });
    expect(descriptionOf(asShipped, name)).toMatch(
      /^sync-alerts, prod: [A-Z].+\. [A-Z].+\. Runbook: docs\/runbook\.md#[a-z-]+ Log: https:\S+ Function: https:\S+$/,
    );
    expect(theAlarm(asShipped, name)).not.toHaveProperty('InsufficientDataActions');
  },
);

function descriptionOf(template: Template, name: AlarmName): string {
  return deployedText(theAlarm(template, name)['AlarmDescription']);
}

test('the description links to the runbook of the policy, the log group and the function', () => {
  const runbook = 'https://wiki.acme.example/runbook';
  expect(descriptionOf(aTemplate({ policy: { links: { runbook } } }), 'deadLetters')).toBe(
    [
      'sync-alerts, prod: EventBridge Scheduler could not start a check and sent it to the dead-letter queue.',
      'That check did not run.',
      `Runbook: ${runbook}#dead-letters`,
      'Log: https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/SyncAlerts-prod-WatchLogsC2DE470E-XXXXXXXXXXXX',
      'Function: https://console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/SyncAlerts-prod-WatchFunctionE77E8A53-XXXXXXXXXXXX',
    ].join(' '),
  );
});

test.each(['rate(5 minutes)', 'rate(4 days)'])(
  'with %s, the longest name of an environment and the longest link, each description has at most 1,024 characters',
  (expression) => {
    const name = 'x'.repeat(64);
    const runbook = `https://${'a'.repeat(50)}.example/${'b'.repeat(191)}`;
    expect(runbook).toHaveLength(258);
    const stack = aStack({ schedule: { expression }, policy: { links: { runbook } } }, anApp(), name);
    const template = Template.fromStack(stack);
    for (const alarm of ALARM_NAMES) {
      const text = deployedText(theAlarm(template, alarm)['AlarmDescription'], stack.stackName);
      // The names of regions have up to 14 characters, five more than eu-west-1; hosts of the console up to 30, eight more.
      expect(text.length + 2 * 5 + 2 * 8).toBeLessThanOrEqual(1024);
    }
  },
);

test('the description of nearTimeLimit has the figures of its threshold', () => {
  expect(descriptionOf(asShipped, 'nearTimeLimit')).toContain('at least 45 of its 60 s');
});

test.each([
  ['rate(5 minutes)', 'failed twice within two gaps of its schedule'],
  ['rate(4 days)', 'failed once'],
])('%s: the description of checksFail has "%s"', (expression, text) => {
  expect(descriptionOf(aTemplate({ schedule: { expression } }), 'checksFail')).toContain(text);
});

test('there is one alarm for each name', () => {
  expect(resourcesOf(asShipped, 'AWS::CloudWatch::Alarm')).toHaveLength(7);
  expect(ALARM_NAMES).toHaveLength(7);
});

test('each alarm in our namespace has a metric that the function emits', () => {
  const names = METRICS.map(({ name }) => String(name));
  for (const { Properties } of resourcesOf(asShipped, 'AWS::CloudWatch::Alarm')) {
    if (Properties['Namespace'] === METRIC_NAMESPACE) expect(names).toContain(Properties['MetricName']);
    else expect(Properties['Namespace']).toMatch(/^AWS\/(Lambda|SQS)$/);
  }
});

test('a paused schedule turns off the actions of noCheckCompleted only', () => {
  const template = aTemplate({ schedule: { enabled: false } });
  for (const name of ALARM_NAMES) {
    const isOff = theAlarm(template, name)['ActionsEnabled'] === false;
    expect([name, isOff]).toEqual([name, name === 'noCheckCompleted']);
  }
});

test('docs/operations.md lists every alarm by its name, and no other', () => {
  const page = readFileSync(join(PROJECT, 'docs/operations.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z]\w+)` \| [^|]+ \| \[/gm)].map(([, name]) => name);
  expect(rows).toEqual([...ALARM_NAMES]);
});
