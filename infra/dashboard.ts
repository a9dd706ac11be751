import { Duration, Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  type Metric,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { fillSecretCommand, invokeCommand } from '../lambda/aws/cli-commands.ts';
import type { MetricName } from '../lambda/invocation/metric-names.ts';
import type { LeftOut } from './alarms.ts';
import { asyncEventsDropped, ownMetric } from './metrics.ts';
import { FUNCTION_TIMEOUT_SECONDS } from './schedule.ts';
import type { SyncAlerts } from './sync-alerts.ts';

const WIDTH = 24;
const HALF = { width: WIDTH / 2, height: 6 } as const;
const WHOLE = { width: WIDTH, height: 6 } as const;
/** Of figures that each check gives anew: the largest of a period is what was worst in it. */
const WORST = { statistic: Stats.MAXIMUM, period: Duration.minutes(15) } as const;
const SUM = { statistic: Stats.SUM, period: Duration.minutes(15) } as const;

const PROBLEMS: readonly { readonly metric: MetricName; readonly label: string; readonly color: string }[] = [
  { metric: 'SyncsDisabled', label: 'disabled', color: '#7f7f7f' },
  { metric: 'SyncsFailing', label: 'failing', color: '#d62728' },
  { metric: 'SyncsNeverSucceeded', label: 'never succeeded', color: '#9467bd' },
  { metric: 'SyncsStalled', label: 'stalled', color: '#ff7f0e' },
  { metric: 'SyncsUnreadable', label: 'unreadable', color: '#8c564b' },
];

/** One page: how the syncs have been doing, how the watcher has, what changed, and the commands. */
export function watchDashboard(
  scope: Construct,
  watch: SyncAlerts,
  alarms: readonly Alarm[],
  without: LeftOut,
): Dashboard {
  const { environment, handler, deadLetterQueue, logGroup } = watch;
  const own = (
    name: MetricName,
    label: string,
    options: { readonly statistic: string; readonly period: Duration },
  ) => ownMetric(name, environment, { label, ...options });
  const plot = (title: string, left: readonly Metric[], more: object = {}) =>
    new GraphWidget({ title, left: [...left], leftYAxis: { min: 0, showUnits: false }, ...HALF, ...more });

  const dashboard = new Dashboard(scope, 'Dashboard', { defaultInterval: Duration.days(3) });
  dashboard.addWidgets(
    plot(
      'Syncs by problem',
      PROBLEMS.map(({ metric, label, color }) => own(metric, label, WORST).with({ color })),
      {
        stacked: true,
        right: [own('SyncsWatched', 'watched', WORST)],
        rightYAxis: { min: 0, showUnits: false },
      },
    ),
    plot('Worst lag, in intervals of the sync', [own('WorstLagIntervals', 'worst lag', WORST)]),
  );
  dashboard.addWidgets(
    plot('Messages posted to Slack', [own('MessagesPosted', 'messages', SUM)], {
      right: [own('OldestUndeliveredSeconds', 'due for, in seconds', WORST)],
      rightYAxis: { min: 0, showUnits: false },
    }),
    plot('Duration of checks, in ms', [handler.metricDuration({ ...WORST, label: 'longest' })], {
      leftAnnotations: [{ value: FUNCTION_TIMEOUT_SECONDS * 1000, label: 'limit', color: '#d62728' }],
    }),
  );
  dashboard.addWidgets(
    plot('Checks completed, and what went wrong', [
      own('ChecksCompleted', 'completed', SUM),
      handler.metricErrors({ ...SUM, label: 'failed' }),
      handler.metricThrottles({ ...SUM, label: 'throttled' }),
      asyncEventsDropped(handler, SUM.period).with({ label: 'dropped' }),
      deadLetterQueue.metricApproximateNumberOfMessagesVisible({ ...WORST, label: 'dead letters' }),
    ]),
    ...(alarms.length === 0
      ? []
      : [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], ...HALF })]),
  );
  dashboard.addWidgets(
    new LogQueryWidget({
      title: 'Recent changes that were told',
      logGroupNames: [logGroup.logGroupName],
      view: LogQueryVisualizationType.TABLE,
      queryLines: [
        'fields @timestamp, message.why, message.severity, message.problem, message.name, message.alert',
        'filter message.event = "told"',
        'sort @timestamp desc',
        'limit 50',
      ],
      ...WHOLE,
    }),
  );
  dashboard.addWidgets(new TextWidget({ markdown: instructions(scope, watch, without), ...WHOLE }));
  return dashboard;
}

function instructions(
  scope: Construct,
  { handler, secretId, environment }: SyncAlerts,
  without: LeftOut,
): string {
  const target = { region: Stack.of(scope).region };
  const invoke = (event: Readonly<Record<string, unknown>>) =>
    invokeCommand(handler.functionName, event, target);
  const commands: readonly (readonly [string, string])[] = [
    ['Post the health of every sync to Slack', invoke({ command: 'report' })],
    ['The same as JSON, posting nothing', invoke({ command: 'report', post: false })],
    ['Check now', invoke({ command: 'check' })],
    ['Prove that secret, listing, memory and Slack work', invoke({ command: 'test' })],
    ['Fill the secret from `secret.json`', fillSecretCommand(secretId, target)],
  ];
  const leftOut = Object.entries(without).map(([name, reason]) => `- ${name}: ${reason}`);
  return [
    `## sync-alerts, ${environment}`,
    'What an alarm means and what to do: `docs/runbook.md` in the repository.',
    ...commands.map(([what, command]) => `${what}:\n\`\`\`\n${command}\n\`\`\``),
    ...(leftOut.length === 0 ? [] : [`Alarms left out:\n${leftOut.join('\n')}`]),
  ].join('\n\n');
}
