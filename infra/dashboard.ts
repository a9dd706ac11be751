import { Duration, Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
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

/** CloudWatch's grid has 24 columns. */
const HALF_WIDTH = { width: 12, height: 6 } as const;
const FULL_WIDTH = { width: 24, height: 6 } as const;
/** For figures that each check emits as a whole: the largest of a period is the worst. */
const MAXIMUM = { statistic: Stats.MAXIMUM, period: Duration.minutes(15) } as const;
const SUM = { statistic: Stats.SUM, period: Duration.minutes(15) } as const;
const FROM_ZERO = { min: 0, showUnits: false } as const;

const PROBLEMS: readonly { readonly metric: MetricName; readonly label: string; readonly color: string }[] = [
  { metric: 'SyncsDisabled', label: 'disabled', color: '#7f7f7f' },
  { metric: 'SyncsFailing', label: 'failing', color: '#d62728' },
  { metric: 'SyncsNeverSucceeded', label: 'never succeeded', color: '#9467bd' },
  { metric: 'SyncsStalled', label: 'stalled', color: '#ff7f0e' },
  { metric: 'SyncsUnreadable', label: 'unreadable', color: '#8c564b' },
];

interface DashboardProps {
  readonly syncAlerts: SyncAlerts;
  readonly alarms: readonly Alarm[];
  readonly leftOut: LeftOut;
}

/** Adds the dashboard, one page: the syncs, the checks, the alarms, the recent notifications, and commands to paste. */
export function addDashboard(scope: Construct, { syncAlerts, alarms, leftOut }: DashboardProps): Dashboard {
  const { handler, deadLetterQueue, logGroup } = syncAlerts;
  const own = (name: MetricName, label: string, options: typeof MAXIMUM | typeof SUM) =>
    ownMetric(name, syncAlerts, { label, ...options });
  const plot = (title: string, left: Metric[], more: GraphWidgetProps = {}) =>
    new GraphWidget({
      title,
      left,
      leftYAxis: FROM_ZERO,
      ...(more.right && { rightYAxis: FROM_ZERO }),
      ...HALF_WIDTH,
      ...more,
    });

  const dashboard = new Dashboard(scope, 'Dashboard', { defaultInterval: Duration.days(3) });
  dashboard.addWidgets(
    plot(
      'Syncs by problem',
      PROBLEMS.map(({ metric, label, color }) => own(metric, label, MAXIMUM).with({ color })),
      { stacked: true, right: [own('SyncsWatched', 'watched', MAXIMUM)] },
    ),
    plot('Worst lag (intervals of the sync)', [own('WorstLagIntervals', 'worst lag', MAXIMUM)]),
  );
  dashboard.addWidgets(
    plot('Messages posted to Slack', [own('MessagesPosted', 'messages', SUM)], {
      right: [own('OldestUndeliveredSeconds', 'oldest undelivered (s)', MAXIMUM)],
    }),
    plot('Duration of checks (ms)', [handler.metricDuration({ ...MAXIMUM, label: 'longest' })], {
      leftAnnotations: [{ value: FUNCTION_TIMEOUT_SECONDS * 1000, label: 'time limit', color: '#d62728' }],
    }),
  );
  dashboard.addWidgets(
    plot('Checks completed and failed', [
      own('ChecksCompleted', 'completed', SUM),
      handler.metricErrors({ ...SUM, label: 'failed' }),
      handler.metricThrottles({ ...SUM, label: 'throttled' }),
      asyncEventsDropped(handler, SUM.period).with({ label: 'dropped' }),
      deadLetterQueue.metricApproximateNumberOfMessagesVisible({ ...MAXIMUM, label: 'dead letters' }),
    ]),
    ...(alarms.length === 0
      ? []
      : [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], ...HALF_WIDTH })]),
  );
  dashboard.addWidgets(
    new LogQueryWidget({
      title: 'Recent notifications',
      logGroupNames: [logGroup.logGroupName],
      view: LogQueryVisualizationType.TABLE,
      queryLines: [
        'fields @timestamp, message.reason, message.severity, message.problem, message.name, message.alert',
        'filter message.event = "notified"',
        'sort @timestamp desc',
        'limit 50',
      ],
      ...FULL_WIDTH,
    }),
  );
  const markdown = instructions(syncAlerts, leftOut);
  dashboard.addWidgets(new TextWidget({ markdown, ...FULL_WIDTH }));
  return dashboard;
}

function instructions(syncAlerts: SyncAlerts, leftOut: LeftOut): string {
  const { handler, secretId, environment, console, links } = syncAlerts;
  const target = { region: Stack.of(syncAlerts).region };
  const invoke = (event: Readonly<Record<string, unknown>>) =>
    invokeCommand(handler.functionName, event, target);
  const commands: readonly (readonly [string, string])[] = [
    ['Post the health of every sync to Slack', invoke({ command: 'report' })],
    ['Print the health of every sync as JSON', invoke({ command: 'report', post: false })],
    ['Check now', invoke({ command: 'check' })],
    ['Test the secret, the listing, the state and Slack', invoke({ command: 'test' })],
    ['Fill the secret from `secret.json`', fillSecretCommand(secretId, target)],
  ];
  const reasons = Object.entries(leftOut).map(([name, reason]) => `- ${name}: ${reason}`);
  return [
    `## sync-alerts, ${environment}`,
    links.runbook === undefined
      ? 'Each alarm has a section in the runbook: `docs/runbook.md` in the repository.'
      : `Each alarm has a section in the [runbook](${links.runbook}).`,
    ...(console === undefined ? [] : [`[Log](${console.logGroup}), [function](${console.function})`]),
    ...commands.map(([title, command]) => `${title}:\n\`\`\`\n${command}\n\`\`\``),
    ...(reasons.length === 0 ? [] : [`Alarms left out:\n${reasons.join('\n')}`]),
  ].join('\n\n');
}
