import { Duration } from 'aws-cdk-lib';
import { type AlarmProps, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { type RunbookSection, runbook } from '../lambda/invocation/runbook.ts';
import { completionWindow, twoGapsWindow } from './alarm-window.ts';
import { asyncEventsDropped, ownMetric } from './metrics.ts';
import { FUNCTION_TIMEOUT_SECONDS } from './schedule.ts';
import type { SyncAlerts } from './sync-alerts.ts';

/** The alarms about sync-alerts itself, as `without` of an environment names them. */
export const ALARM_NAMES = [
  'noCheckCompleted',
  'checksFail',
  'deadLetters',
  'eventsDropped',
  'throttled',
  'undeliveredNotifications',
  'nearTimeLimit',
] as const;

export type AlarmName = (typeof ALARM_NAMES)[number];

/** The alarms to leave out, each with the reason, which the dashboard shows. */
export type LeftOut = Readonly<Partial<Record<AlarmName, string>>>;

/** Longer than the wait that Slack requests when it limits the rate, and than a short outage of Slack. */
const MAX_UNDELIVERED_SECONDS = 60 * 60;

/** A check stops posting at 45 s and ends itself at 50 s, so one that takes 45 s has left work to the next. */
const NEAR_TIME_LIMIT_SECONDS = 0.75 * FUNCTION_TIMEOUT_SECONDS;

const ONE_PERIOD = { period: Duration.minutes(5), evaluationPeriods: 1 } as const;

/** The alarm's props, without its action. Undefined if no alarm fits the schedule, which happens to `noCheckCompleted` only. */
export function alarmPropsFor(name: AlarmName, syncAlerts: SyncAlerts): AlarmProps | undefined {
  const { handler, deadLetterQueue, schedule, environment, links, console } = syncAlerts;
  const { period, evaluationPeriods } = ONE_PERIOD;
  const described = (impact: string, section: RunbookSection) => ({
    alarmDescription: [
      `sync-alerts, ${environment}: ${impact} Runbook: ${runbook(section, links.runbook)}`,
      ...(console === undefined ? [] : [`Log: ${console.logGroup} Function: ${console.function}`]),
    ].join(' '),
  });
  switch (name) {
    case 'noCheckCompleted': {
      const window = completionWindow(schedule.runTimesMs);
      if (window === undefined) return undefined;
      return {
        metric: ownMetric('ChecksCompleted', syncAlerts, {
          statistic: Stats.SUM,
          period: Duration.seconds(window.periodSeconds),
        }),
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        threshold: 1,
        evaluationPeriods: window.periods,
        treatMissingData: TreatMissingData.BREACHING,
        // A paused schedule completes no check, on purpose.
        actionsEnabled: schedule.enabled,
        ...described(
          'No check has completed for longer than the schedule allows. Until one completes, silence in Slack does not mean that the syncs are healthy.',
          'no-check-completed',
        ),
      };
    }
    case 'checksFail': {
      const window = twoGapsWindow(schedule.runTimesMs);
      return {
        metric: handler.metricErrors({
          statistic: Stats.SUM,
          period: Duration.seconds(window?.periodSeconds ?? 60 * 60),
        }),
        ...atLeast(1),
        // If no alarm can look back over two gaps, one failure is enough.
        evaluationPeriods: window?.periods ?? 1,
        datapointsToAlarm: window === undefined ? 1 : 2,
        ...described(
          `The function failed ${window === undefined ? 'once' : 'twice within two gaps of its schedule'}. Slack may be missing alerts about syncs.`,
          'checks-fail',
        ),
      };
    }
    case 'deadLetters':
      return {
        metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({
          period,
          statistic: Stats.MAXIMUM,
        }),
        ...atLeast(1),
        evaluationPeriods,
        ...described(
          'EventBridge Scheduler could not start a check and sent it to the dead-letter queue. That check did not run.',
          'dead-letters',
        ),
      };
    case 'eventsDropped':
      return {
        metric: asyncEventsDropped(handler, period),
        ...atLeast(1),
        evaluationPeriods,
        ...described(
          'Lambda accepted a check and dropped it before it started. That check did not run.',
          'events-dropped',
        ),
      };
    case 'throttled':
      return {
        metric: handler.metricThrottles({ period, statistic: Stats.SUM }),
        ...atLeast(1),
        evaluationPeriods,
        ...described(
          'Lambda had no concurrency left to start a check. The check runs late or not at all.',
          'invocations-throttled',
        ),
      };
    case 'undeliveredNotifications':
      return {
        metric: ownMetric('OldestUndeliveredSeconds', syncAlerts, { period, statistic: Stats.MAXIMUM }),
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: MAX_UNDELIVERED_SECONDS,
        evaluationPeriods,
        // The metric has no data between two checks; the alarm keeps its state.
        treatMissingData: TreatMissingData.IGNORE,
        ...described(
          'A notification has been undelivered for over an hour because Slack does not accept it. Nobody sees it in Slack.',
          'notifications-undelivered-for-an-hour',
        ),
      };
    case 'nearTimeLimit':
      return {
        metric: handler.metricDuration({ period, statistic: Stats.MAXIMUM }),
        ...atLeast(NEAR_TIME_LIMIT_SECONDS * 1000),
        evaluationPeriods,
        ...described(
          `A check took at least ${NEAR_TIME_LIMIT_SECONDS} of its ${FUNCTION_TIMEOUT_SECONDS} s. It left the rest of its work to the next check.`,
          'checks-near-their-time-limit',
        ),
      };
  }
}

/** Missing data counts as good: AWS reports these metrics only when there is something to count. */
function atLeast(threshold: number) {
  return {
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  } as const satisfies Partial<AlarmProps>;
}
