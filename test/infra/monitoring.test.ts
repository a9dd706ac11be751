import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { ALARM_NAMES } from '../../infra/alarms.ts';
import type { Environment } from '../../infra/environment-schema.ts';
import { Monitoring } from '../../infra/monitoring.ts';
import { SyncAlerts } from '../../infra/sync-alerts.ts';
import {
  anApp,
  aStack,
  aTemplate,
  KEY_ARN,
  removeFolders,
  resourcesOf,
  TOPIC_ARN,
  theAlarm,
  theDashboard,
  theResource,
} from './a-stack.ts';

const WITHOUT_ALL = Object.fromEntries(ALARM_NAMES.map((name) => [name, 'a playground']));

let asShipped: Template;
beforeAll(() => {
  asShipped = aTemplate();
});
afterAll(removeFolders);

describe('the topic', () => {
  /** Follows the alarm to its topic, and the topic to its policy. */
  test.each(ALARM_NAMES)('allows CloudWatch to publish for %s', (name) => {
    const [{ Ref: topic } = {}] = theAlarm(asShipped, name)['AlarmActions'];
    const policies = resourcesOf(asShipped, 'AWS::SNS::TopicPolicy').filter(({ Properties }) =>
      JSON.stringify(Properties['Topics']).includes(JSON.stringify({ Ref: topic })),
    );
    expect(policies).toHaveLength(1);
    const statements: Record<string, unknown>[] = policies[0]?.Properties['PolicyDocument'].Statement;
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

  test('is encrypted only with a key of the environment, since CloudWatch cannot use AWS’s own', () => {
    expect(theResource(asShipped, 'AWS::SNS::Topic').Properties).not.toHaveProperty('KmsMasterKeyId');
    aTemplate({ kmsKeyArn: KEY_ARN }).hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: KEY_ARN });
  });

  test('has no subscribers by default', () => {
    asShipped.resourceCountIs('AWS::SNS::Subscription', 0);
  });

  test('has the e-mail addresses of the environment as subscribers', () => {
    const template = aTemplate({ alarms: { emails: ['a@acme.example', 'b@acme.example'] } });
    const TopicArn = { Ref: theResource(template, 'AWS::SNS::Topic').id };
    const subscriptions = resourcesOf(template, 'AWS::SNS::Subscription');
    expect(subscriptions.map(({ Properties }) => Properties)).toEqual([
      { Protocol: 'email', Endpoint: 'a@acme.example', TopicArn },
      { Protocol: 'email', Endpoint: 'b@acme.example', TopicArn },
    ]);
  });

  test('can be an existing one', () => {
    const template = aTemplate({ alarms: { topicArn: TOPIC_ARN } });
    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.resourceCountIs('AWS::SNS::TopicPolicy', 0);
    for (const name of ALARM_NAMES) {
      expect(theAlarm(template, name)).toMatchObject({ AlarmActions: [TOPIC_ARN], OKActions: [TOPIC_ARN] });
    }
  });
});

describe('a synth warns, and an output says, when nobody hears the alarms', () => {
  test.each<[string, Environment, boolean, string]>([
    ['an environment without fields', {}, true, 'NOBODY: set alarms.emails'],
    ['an empty list of addresses', { alarms: { emails: [] } }, true, 'NOBODY'],
    ['an address', { alarms: { emails: ['a@acme.example'] } }, false, 'a@acme.example'],
    ['other subscribers', { alarms: { otherSubscribers: 'PagerDuty' } }, false, 'PagerDuty'],
    ['an existing topic', { alarms: { topicArn: TOPIC_ARN } }, false, 'those of the existing topic'],
    ['no alarm at all', { alarms: { without: WITHOUT_ALL } }, false, 'nobody: every alarm is left out'],
  ])('with %s', (_, environment, warns, output) => {
    const stack = aStack(environment);
    const text = Match.stringLikeRegexp('^nobody hears the alarms of prod: set alarms.emails');
    expect(Annotations.fromStack(stack).findWarning('*', text)).toHaveLength(warns ? 1 : 0);
    const { Value } = Template.fromStack(stack).findOutputs('AlarmSubscribers')['AlarmSubscribers'] ?? {};
    expect(Value).toMatch(new RegExp(`^${output}`));
  });
});

test('two deployments in one account with one environment name share no metric', () => {
  const stack = new Stack(anApp(), 'Theirs');
  for (const id of ['One', 'Other']) {
    const syncAlerts = new SyncAlerts(stack, id, { environment: 'prod' });
    new Monitoring(stack, `Monitoring${id}`, { syncAlerts, otherSubscribers: 'us' });
  }
  const alarms = resourcesOf(Template.fromStack(stack), 'AWS::CloudWatch::Alarm');
  const ofChecks = alarms.filter(({ Properties }) => Properties['MetricName'] === 'ChecksCompleted');
  expect(new Set(ofChecks.map(({ Properties }) => JSON.stringify(Properties['Dimensions']))).size).toBe(2);
});

describe('leaving alarms out', () => {
  test('the dashboard shows the reason for the missing alarm', () => {
    const template = aTemplate({ alarms: { without: { throttled: 'the account is shared' } } });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 6);
    expect(() => theAlarm(template, 'throttled')).toThrow('expected exactly one alarm throttled');
    expect(theDashboard(template)).toContain('Alarms left out:\\n- throttled: the account is shared');
  });

  test('an environment can leave all of them out', () => {
    const template = aTemplate({ alarms: { without: WITHOUT_ALL } });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    expect(theDashboard(template)).not.toContain('"type":"alarm"');
  });

  describe.each(['cron(0 9 1 * ? *)', 'rate(7 days)'])('with %s', (expression) => {
    function construct() {
      const stack = new Stack(anApp(), 'Theirs');
      const syncAlerts = new SyncAlerts(stack, 'Watch', { environment: 'x', schedule: { expression } });
      return { stack, syncAlerts };
    }

    test('the error asks for a shorter gap or a reason, because no alarm fits', () => {
      const { stack, syncAlerts } = construct();
      expect(() => new Monitoring(stack, 'Monitoring', { syncAlerts })).toThrow(
        /^Theirs\/Monitoring: no alarm can detect that the checks of .* have stopped: .* at most 7 days\. Check more often, or .*without: \{ noCheckCompleted/,
      );
    });

    test('the other six alarms remain once noCheckCompleted is left out', () => {
      const { stack, syncAlerts } = construct();
      const without = { noCheckCompleted: 'the monthly check is not urgent' };
      new Monitoring(stack, 'Monitoring', { syncAlerts, without });
      Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 6);
    });
  });
});
