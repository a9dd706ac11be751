import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ALARM_NAMES, type AlarmName } from '../../infra/alarms.ts';
import type { Environment } from '../../infra/environment-schema.ts';
import { Monitoring } from '../../infra/monitoring.ts';
import { SyncAlerts } from '../../infra/sync-alerts.ts';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/invocation/metric-names.ts';
import { anApp, aStack, aTemplate, PROJECT, removeFolders } from './a-stack.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:on-call';
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/0aaaaaaa-1bbb-2ccc-3ddd-4eeeeeeeeeee';

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the template is plain JSON, and each test says what it expects in it.
  readonly Properties: Readonly<Record<string, any>>;
}

let asShipped: Template;
beforeAll(() => {
  asShipped = aTemplate();
});
afterAll(removeFolders);

function resources(template: Template, type: string): readonly (readonly [string, Resource])[] {
  return Object.entries<Resource>(template.toJSON()['Resources']).filter(([, { Type }]) => Type === type);
}

/** The properties of an alarm by its name in the environment. */
function alarm(template: Template, name: AlarmName): Resource['Properties'] {
  const id = new RegExp(`^Monitoring${name}[\\dA-F]{8}$`, 'i');
  const [found, ...others] = resources(template, 'AWS::CloudWatch::Alarm').filter(([key]) => id.test(key));
  if (found === undefined || others.length > 0) throw new Error(`not one alarm ${name}`);
  return found[1].Properties;
}

function id(template: Template, type: string): string {
  const [[found] = [], ...others] = resources(template, type);
  if (found === undefined || others.length > 0) throw new Error(`not one ${type}`);
  return found;
}

const own = { Namespace: METRIC_NAMESPACE, Dimensions: [{ Name: 'Environment', Value: 'prod' }] };
const SCHEDULES: readonly (readonly [string, Environment, object, object])[] = [
  [
    'a rate',
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

describe.each(SCHEDULES)('of %s', (_, environment, completion, twice) => {
  let template: Template;
  let ofFunction: object;
  beforeAll(() => {
    template = aTemplate(environment);
    const functionId = id(template, 'AWS::Lambda::Function');
    ofFunction = {
      Namespace: 'AWS/Lambda',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: functionId } }],
    };
  });

  test('no check completed: also when nothing is reported, for three gaps and 10 min', () => {
    expect(alarm(template, 'noCheckCompleted')).toMatchObject({
      ...own,
      ...completion,
      MetricName: 'ChecksCompleted',
      Statistic: 'Sum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'breaching',
      ActionsEnabled: true,
    });
    expect(alarm(template, 'noCheckCompleted')).not.toHaveProperty('DatapointsToAlarm');
  });

  test('errors twice within two gaps; once where no alarm looks back so far', () => {
    expect(alarm(template, 'checksFail')).toMatchObject({
      ...ofFunction,
      ...twice,
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
  ])('%s: at once', (name, MetricName, Statistic, Threshold) => {
    expect(alarm(template, name)).toMatchObject({
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

  test('a dead letter: at once', () => {
    expect(alarm(template, 'deadLetters')).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [
        { Name: 'QueueName', Value: { 'Fn::GetAtt': [id(template, 'AWS::SQS::Queue'), 'QueueName'] } },
      ],
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      Period: 300,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  test('something due for over an hour: as it was, between two checks', () => {
    expect(alarm(template, 'undeliveredNotifications')).toMatchObject({
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

describe('every alarm', () => {
  test.each(ALARM_NAMES)('%s says its impact and its section of the runbook, and when it is over', (name) => {
    const topic = [{ Ref: id(asShipped, 'AWS::SNS::Topic') }];
    expect(alarm(asShipped, name)).toMatchObject({
      AlarmActions: topic,
      OKActions: topic,
      AlarmDescription: expect.stringMatching(
        /^sync-alerts, prod: .+\. .+\. What to do: docs\/runbook\.md#[a-z-]+$/,
      ),
    });
    expect(alarm(asShipped, name)).not.toHaveProperty('InsufficientDataActions');
  });

  test('is there, and no other', () => {
    expect(resources(asShipped, 'AWS::CloudWatch::Alarm')).toHaveLength(ALARM_NAMES.length);
  });

  test('has a metric that exists: of its own one that the function prints', () => {
    const names = METRICS.map(({ name }) => String(name));
    for (const [, { Properties }] of resources(asShipped, 'AWS::CloudWatch::Alarm')) {
      if (Properties['Namespace'] === METRIC_NAMESPACE) expect(names).toContain(Properties['MetricName']);
      else expect(Properties['Namespace']).toMatch(/^AWS\/(Lambda|SQS)$/);
    }
  });
});

describe('the topic', () => {
  /** From the alarm to its topic, from the topic to its policy: what it says of CloudWatch. */
  test.each(ALARM_NAMES)('takes what CloudWatch publishes for %s', (name) => {
    const [{ Ref: topic } = {}] = alarm(asShipped, name)['AlarmActions'];
    const policies = resources(asShipped, 'AWS::SNS::TopicPolicy').filter(([, { Properties }]) =>
      JSON.stringify(Properties['Topics']).includes(JSON.stringify({ Ref: topic })),
    );
    expect(policies).toHaveLength(1);
    const statements: Record<string, unknown>[] = policies[0]?.[1].Properties['PolicyDocument'].Statement;
    expect(statements.filter(({ Effect }) => Effect === 'Allow')).toEqual([
      {
        Sid: expect.any(String),
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: topic },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
    expect(statements.filter(({ Effect }) => Effect === 'Deny')).toEqual([
      {
        Sid: expect.any(String),
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: { Ref: topic },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]);
  });

  test('is encrypted with a key of yours alone: CloudWatch cannot use that of AWS', () => {
    const [topic] = resources(asShipped, 'AWS::SNS::Topic');
    expect(topic?.[1].Properties).not.toHaveProperty('KmsMasterKeyId');
    aTemplate({ kmsKeyArn: KEY }).hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: KEY });
  });

  test('has nobody subscribed, or the addresses of the environment', () => {
    asShipped.resourceCountIs('AWS::SNS::Subscription', 0);
    const template = aTemplate({ alarms: { emails: ['a@acme.example', 'b@acme.example'] } });
    template.resourceCountIs('AWS::SNS::Subscription', 2);
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'b@acme.example',
      TopicArn: { Ref: id(template, 'AWS::SNS::Topic') },
    });
  });

  test('may be one that exists', () => {
    const template = aTemplate({ alarms: { topicArn: TOPIC } });
    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.resourceCountIs('AWS::SNS::TopicPolicy', 0);
    for (const name of ALARM_NAMES) {
      expect(alarm(template, name)).toMatchObject({ AlarmActions: [TOPIC], OKActions: [TOPIC] });
    }
  });
});

describe('what can be set', () => {
  test('a schedule that is paused completes nothing, and nobody is told', () => {
    const template = aTemplate({ schedule: { enabled: false } });
    expect(alarm(template, 'noCheckCompleted')).toMatchObject({ ActionsEnabled: false });
    expect(alarm(template, 'checksFail')['ActionsEnabled']).toBeUndefined();
  });

  test('an alarm is left out with a reason, which the dashboard shows', () => {
    const template = aTemplate({ alarms: { without: { throttled: 'the account is shared' } } });
    template.resourceCountIs('AWS::CloudWatch::Alarm', ALARM_NAMES.length - 1);
    expect(() => alarm(template, 'throttled')).toThrow();
    expect(body(template)).toContain('Alarms left out:\\n- throttled: the account is shared');
  });

  test('all of them can be left out', () => {
    const without = Object.fromEntries(ALARM_NAMES.map((name) => [name, 'a playground']));
    const template = aTemplate({ alarms: { without } });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    expect(body(template)).not.toContain('"type":"alarm"');
  });

  test.each(['cron(0 9 1 * ? *)', 'rate(7 days)'])(
    '%s fits no alarm, unless that one is left out',
    (expression) => {
      const stack = () => {
        const theirs = new Stack(anApp(), 'Theirs');
        return {
          theirs,
          watch: new SyncAlerts(theirs, 'Watch', { environment: 'x', schedule: { expression } }),
        };
      };
      const { theirs, watch } = stack();
      expect(() => new Monitoring(theirs, 'Monitoring', { watch })).toThrow(
        /^Theirs\/Monitoring: nothing would tell when the checks of .* stop.*without: \{ noCheckCompleted/,
      );
      const other = stack();
      const without = { noCheckCompleted: 'once a month is for the books' };
      new Monitoring(other.theirs, 'Monitoring', { watch: other.watch, without });
      Template.fromStack(other.theirs).resourceCountIs('AWS::CloudWatch::Alarm', ALARM_NAMES.length - 1);
    },
  );
});

/** The dashboard's JSON, its references taken for their names. */
function body(template: Template): string {
  const [[, dashboard] = []] = resources(template, 'AWS::CloudWatch::Dashboard');
  if (dashboard === undefined) throw new Error('there is no dashboard');
  const [, parts]: [string, unknown[]] = dashboard.Properties['DashboardBody']['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : 'TOKEN')).join('');
}

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly markdown?: string;
    readonly query?: string;
    readonly alarms?: readonly string[];
  };
}

describe('the dashboard', () => {
  let widgets: readonly Widget[];
  beforeAll(() => {
    ({ widgets } = JSON.parse(body(asShipped)));
  });

  test('is one page, plots first, the commands last', () => {
    expect(widgets.map(({ type, properties }) => `${type}: ${properties.title ?? ''}`)).toEqual([
      'metric: Syncs by problem',
      'metric: Worst lag, in intervals of the sync',
      'metric: Messages posted to Slack',
      'metric: Duration of checks, in ms',
      'metric: Checks completed, and what went wrong',
      'alarm: Alarms',
      'log: Recent changes that were told',
      'text: ',
    ]);
  });

  test('shows every metric that the function prints', () => {
    const shown = widgets
      .flatMap(({ properties }) => properties.metrics ?? [])
      .filter(([namespace]) => namespace === METRIC_NAMESPACE)
      .map(([, name]) => name);
    expect(shown.sort()).toEqual(METRICS.map(({ name }) => name).sort());
  });

  test('shows every alarm, the limit of a check, and commands to paste', () => {
    expect(widgets.find(({ type }) => type === 'alarm')?.properties.alarms).toHaveLength(ALARM_NAMES.length);
    expect(body(asShipped)).toContain('"value":60000,"label":"limit"');
    const { markdown = '' } = widgets.at(-1)?.properties ?? {};
    expect(markdown).toContain(`echo '{"command":"report"}' | aws lambda invoke --region TOKEN`);
    expect(markdown).toContain('aws secretsmanager put-secret-value');
  });

  test('is left out by choice, and its output with it', () => {
    const template = aTemplate({ dashboard: false });
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    expect(template.findOutputs('DashboardName')).toEqual({});
    expect(aStack().monitoring.dashboard).toBeDefined();
  });
});

test('docs/operations.md names every metric with its unit, and no other', () => {
  const page = readFileSync(join(PROJECT, 'docs/operations.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z]\w+)` \| (\w+) \|/gm)].map(([, name, unit]) => ({ name, unit }));
  expect(rows).toEqual(METRICS.map((metric) => ({ ...metric })));
});

test('docs/operations.md names every alarm as an environment calls it', () => {
  const page = readFileSync(join(PROJECT, 'docs/operations.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z]\w+)` \| [^|]+ \| \[/gm)].map(([, name]) => name);
  expect(rows).toEqual([...ALARM_NAMES]);
});
