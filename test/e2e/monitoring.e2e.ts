import * as v from 'valibot';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/invocation/metric-names.ts';
import { aFailingRecord, aRecord } from '../commands/a-world.ts';
import { answers, answersJson, closeLocalServers } from '../http/local-server.ts';
import { bootstrap, deploy, type Outputs } from './cdk.ts';
import { type Emulator, type Invocation, startEmulator } from './emulator.ts';
import { type Embedded, embeddedIn } from './monitoring/embedded-metrics.ts';
import { runFirst, runSection, WITH_COMMANDS } from './monitoring/runbook-commands.ts';
import { aws } from './shell.ts';
import { type SlackReceiver, startSlackReceiver } from './slack-receiver.ts';
import { startTimbalServer, type TimbalServer } from './timbal-server.ts';

/* sync-alerts monitors itself: the metrics of the deployed function, the alarms on them, and the runbook's commands. */

const APP = 'node --import tsx test/e2e/monitoring/app.ts';

const AlarmSchema = v.looseObject({
  AlarmName: v.string(),
  StateValue: v.string(),
  Namespace: v.string(),
  MetricName: v.string(),
  Dimensions: v.array(v.object({ Name: v.string(), Value: v.string() })),
  AlarmActions: v.array(v.string()),
  OKActions: v.array(v.string()),
});
const AlarmsSchema = v.looseObject({ MetricAlarms: v.array(AlarmSchema) });
const DashboardSchema = v.looseObject({
  widgets: v.array(
    v.looseObject({
      properties: v.looseObject({ metrics: v.optional(v.array(v.array(v.unknown()))) }),
    }),
  ),
});

/** The sections whose state the tests produce. For the other sections they only run the commands. */
const PRODUCED = [
  'No check completed',
  'Checks fail',
  'Dead letters',
  'Invocations throttled',
  'Notifications undelivered for an hour',
  'Test the alarm path',
];

let emulator: Emulator;
let timbal: TimbalServer;
let slack: SlackReceiver;
let outputs: Outputs;
/** The metrics of all invocations so far. */
const printed: Embedded[] = [];

beforeAll(async () => {
  [emulator, timbal, slack] = await Promise.all([
    startEmulator(),
    startTimbalServer({ organisation: 'acme', key: 'a-key' }),
    startSlackReceiver(),
  ]);
  await bootstrap(emulator);
  const alarms = { emails: ['on-call@acme.example'] };
  const environments = JSON.stringify({ prod: { timbalBaseUrl: timbal.baseUrl, alarms } });
  outputs = await deploy(emulator, 'SyncAlerts-prod', { app: APP, context: { environments } });
  const secret = { timbalApiKey: 'a-key', timbalOrgId: 'acme', slackWebhookUrl: slack.webhookUrl() };
  const fill = ['secretsmanager', 'put-secret-value', '--secret-id', output('SecretArn')];
  await aws(emulator, ...fill, '--secret-string', JSON.stringify(secret));
});

afterAll(async () => {
  await Promise.all([emulator?.stop(), closeLocalServers()]);
});

beforeEach(async () => {
  timbal.instead = undefined;
  timbal.syncs = ['healthy', 'failing'].map((id) => aRecord(Date.now(), { id }));
  slack.script.length = 0;
  await invoke();
});

function output(name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new Error(`the stack has no output ${name}`);
  return value;
}

async function invoke(event: unknown = { command: 'check' }): Promise<Invocation> {
  const invocation = await emulator.invoke(output('FunctionName'), event);
  printed.push(...embeddedIn(invocation.output));
  return invocation;
}

/** Invokes the function and returns the figures that it printed. */
async function figures(): Promise<Embedded['figures']> {
  const [metrics, ...others] = embeddedIn((await invoke()).output);
  if (metrics === undefined || others.length > 0) throw new Error('expected one line of metrics');
  return metrics.figures;
}

async function alarms(): Promise<v.InferOutput<typeof AlarmsSchema>['MetricAlarms']> {
  return v.parse(AlarmsSchema, await aws(emulator, 'cloudwatch', 'describe-alarms')).MetricAlarms;
}

function withFailing(): void {
  timbal.syncs = [aRecord(Date.now(), { id: 'healthy' }), aFailingRecord(Date.now(), { id: 'failing' })];
}

describe('the metrics that the function prints', () => {
  it('are one line in the embedded format, with the id of the request', async () => {
    withFailing();
    const invocation = await invoke();
    const [metrics] = embeddedIn(invocation.output);
    expect(metrics).toMatchObject({
      namespace: METRIC_NAMESPACE,
      dimensions: { Environment: 'prod', FunctionName: output('FunctionName') },
      figures: { ChecksCompleted: 1, SyncsWatched: 2, SyncsFailing: 1, MessagesPosted: 1 },
      requestId: invocation.requestId,
    });
    expect(Object.keys(metrics?.figures ?? {})).toEqual(METRICS.map(({ name }) => name));
    expect(invocation.output.split('\n').filter((line) => line !== '')).toHaveLength(3);
  });

  it('are one of two lines when there is nothing to send; the other is the log entry', async () => {
    await invoke();
    const { output: text } = await invoke();
    const lines = text.split('\n').filter((line) => line !== '');
    expect(lines.map((line) => '_aws' in JSON.parse(line))).toEqual([false, true]);
  });

  it('reach the log group unchanged', async () => {
    await invoke();
    const events = await aws(
      emulator,
      'logs',
      'filter-log-events',
      '--log-group-name',
      output('LogGroupName'),
    );
    const EventsSchema = v.looseObject({ events: v.array(v.looseObject({ message: v.string() })) });
    const messages = v.parse(EventsSchema, events).events.map(({ message }) => message);
    expect(embeddedIn(messages.join('\n')).at(-1)).toEqual(printed.at(-1));
  });

  it('are those of the alarms and of the dashboard, beside AWS metrics of this function and this queue', async () => {
    const names = new Set(printed.flatMap(({ figures: all }) => Object.keys(all)));
    const ofAlarms = (await alarms()).map(({ Namespace, MetricName, Dimensions }) => [
      Namespace,
      MetricName,
      ...Dimensions.flatMap(({ Name, Value }) => [Name, Value]),
    ]);
    const dashboard = await aws(
      emulator,
      'cloudwatch',
      'get-dashboard',
      '--dashboard-name',
      output('DashboardName'),
    );
    const { DashboardBody } = v.parse(v.looseObject({ DashboardBody: v.string() }), dashboard);
    const { widgets } = v.parse(DashboardSchema, JSON.parse(DashboardBody));
    const ofPanels = widgets
      .flatMap(({ properties }) => properties.metrics ?? [])
      // Options follow the names and values.
      .map((it) => it.filter((part) => typeof part === 'string'));
    const queue = output('DeadLetterQueueUrl').split('/').at(-1);
    expect(ofAlarms).toHaveLength(7);
    for (const [namespace, name, ...dimension] of [...ofAlarms, ...ofPanels]) {
      switch (namespace) {
        case METRIC_NAMESPACE:
          expect(names).toContain(name);
          expect(dimension).toEqual(['Environment', 'prod', 'FunctionName', output('FunctionName')]);
          break;
        case 'AWS/Lambda':
          expect(dimension).toEqual(['FunctionName', output('FunctionName')]);
          break;
        default:
          expect([namespace, ...dimension]).toEqual(['AWS/SQS', 'QueueName', queue]);
      }
    }
  });
});

describe('the topic', () => {
  it('receives the begin and the end of every alarm, has the address subscribed, and admits CloudWatch', async () => {
    const topic = output('AlarmTopicArn');
    for (const alarm of await alarms())
      expect(alarm).toMatchObject({ AlarmActions: [topic], OKActions: [topic] });
    const subscriptions = await aws(emulator, 'sns', 'list-subscriptions-by-topic', '--topic-arn', topic);
    expect(JSON.stringify(subscriptions)).toContain('on-call@acme.example');
    const attributes = await aws(emulator, 'sns', 'get-topic-attributes', '--topic-arn', topic);
    expect(JSON.stringify(attributes)).toMatch(
      /aws:SourceAccount\W+123456789012\W.*cloudwatch\.amazonaws\.com/,
    );
  });
});

describe('the runbook', () => {
  it('starts with a list of the alarms and a test of every step', async () => {
    const text = await runFirst(emulator);
    expect(
      text.match(/^\w+\tsync-alerts, prod: .* Runbook: docs\/runbook\.md#[a-z-]+ Log: https/gm),
    ).toHaveLength(7);
    expect(text).toMatch(
      /^ok +secret .*\nok +key .*\nok +listing .*\nok +clock .*\nok +state .*\nok +slack /m,
    );
  });

  it('No check completed: shows the errors of the last checks, and the check by hand completes', async () => {
    timbal.instead = answersJson(503, { message: 'maintenance' });
    expect(await figures()).toMatchObject({ ChecksCompleted: 0 });
    timbal.instead = undefined;
    const text = await runSection(emulator, 'No check completed');
    expect(text).toContain('503');
    expect(text).toContain('docs/runbook.md#the-syncs-cannot-be-listed');
    expect(text).toMatch(/ENABLED\W+rate\(5 minutes\)\W+Etc\/UTC/);
    expect(text).toMatch(/2 syncs: 2 healthy; 0 alerts open; nothing new to send\.\n$/);
    expect(await figures()).toMatchObject({ ChecksCompleted: 1 });
  });

  it('Checks fail: shows each error and its section of the runbook', async () => {
    withFailing();
    slack.script.push(answers(404, 'no_service'), answers(404, 'no_service'));
    const failed = [await invoke(), await invoke()];
    expect(failed.map(({ status }) => status)).toEqual(['error', 'error']);
    expect(await runSection(emulator, 'Checks fail', outputs)).toContain(
      'docs/runbook.md#slack-refuses-messages',
    );
    expect(await invoke()).toMatchObject({ status: 'success' });
  });

  it('Dead letters: shows the letters and empties the queue', async () => {
    const queue = ['--queue-url', output('DeadLetterQueueUrl')];
    const reason = JSON.stringify({ ERROR_CODE: { DataType: 'String', StringValue: 'AccessDenied' } });
    const send = ['sqs', 'send-message', ...queue, '--message-body', '{}', '--message-attributes', reason];
    await aws(emulator, ...send);
    expect(await runSection(emulator, 'Dead letters', outputs)).toContain('AccessDenied');
    const attribute = 'ApproximateNumberOfMessages';
    const left = await aws(emulator, 'sqs', 'get-queue-attributes', ...queue, '--attribute-names', attribute);
    expect(left).toMatchObject({ Attributes: { [attribute]: '0' } });
  });

  it('Invocations throttled: shows and removes the reservation, and a check runs', async () => {
    const reserve = ['lambda', 'put-function-concurrency', '--function-name', output('FunctionName')];
    await aws(emulator, ...reserve, '--reserved-concurrent-executions', '0');
    await expect(invoke()).rejects.toThrow(/429/);
    const text = await runSection(emulator, 'Invocations throttled', outputs);
    expect(text).toMatch(/"ReservedConcurrentExecutions": 0/);
    expect(text).toMatch(/2 syncs: 2 healthy; /);
  });

  it('Notifications undelivered: shows them and the answer of Slack, and the check by hand posts them', async () => {
    withFailing();
    slack.script.push(answers(403, 'invalid_token'), answers(403, 'invalid_token'));
    expect(await figures()).toMatchObject({ ChecksCompleted: 0, OldestUndeliveredSeconds: 0 });
    expect((await figures())['OldestUndeliveredSeconds']).toBeGreaterThanOrEqual(0);
    const text = await runSection(emulator, 'Notifications undelivered for an hour', outputs);
    expect(text).toContain('dry run: nothing posted, nothing saved');
    expect(text).toContain('invalid_token');
    expect(text).toMatch(/1 message posted to Slack\.\n$/);
    expect(await figures()).toMatchObject({ ChecksCompleted: 1, OldestUndeliveredSeconds: 0 });
  });

  it.each(WITH_COMMANDS.filter((heading) => !PRODUCED.includes(heading)))(
    '%s: the commands work',
    async (heading) => {
      await expect(runSection(emulator, heading, outputs)).resolves.toEqual(expect.any(String));
    },
  );

  it('Test the alarm path: sets off an alarm', async () => {
    await runSection(emulator, 'Test the alarm path', outputs);
    const triggered = (await alarms()).filter(({ StateValue }) => StateValue === 'ALARM');
    expect(triggered.map(({ AlarmName }) => AlarmName)).toEqual([
      expect.stringMatching(/^SyncAlerts-prod-MonitoringNoCheckCompleted/),
    ]);
  });
});
