import { Duration } from 'aws-cdk-lib';
import {
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { type RunbookSection, runbook } from '../lambda/invocation/runbook.ts';
import { completionWindow, twoGapsWindow } from './alarm-window.ts';
import { asyncEventsDropped, ownMetric } from './metrics.ts';
import { FUNCTION_TIMEOUT_SECONDS } from './schedule.ts';
import type { SyncAlerts } from './sync-alerts.ts';

/** The alarms about the watcher itself, as an environment calls them. */
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

/** Why each alarm that is left out is not wanted. */
export type LeftOut = Readonly<Partial<Record<AlarmName, string>>>;

/** An alarm as it is to be, without its topic. */
export type PlannedAlarm = Pick<
  AlarmProps,
  | 'metric'
  | 'comparisonOperator'
  | 'threshold'
  | 'evaluationPeriods'
  | 'datapointsToAlarm'
  | 'treatMissingData'
  | 'alarmDescription'
  | 'actionsEnabled'
>;

/** What is due for longer than this has outlived what Slack asks to wait and what a webhook's trouble costs. */
const MAX_UNDELIVERED_SECONDS = 60 * 60;

/** A check cuts its posts at 45 s and ends itself at 50 s: one that takes so long has not got to the end of its work. */
const NEAR_THE_LIMIT = 0.75;

const OFTEN = { period: Duration.minutes(5), evaluationPeriods: 1 } as const;

/** The alarm of a name; undefined if CloudWatch has none that fits the schedule, which only `noCheckCompleted` needs. */
export function plannedAlarm(name: AlarmName, watch: SyncAlerts): PlannedAlarm | undefined {
  const { handler, deadLetterQueue, schedule, environment } = watch;
  const described = (impact: string, section: RunbookSection) => ({
    alarmDescription: `sync-alerts, ${environment}: ${impact} What to do: ${runbook(section)}`,
  });
  switch (name) {
    case 'noCheckCompleted': {
      const window = completionWindow(schedule.firings);
      if (window === undefined) return undefined;
      return {
        metric: ownMetric('ChecksCompleted', environment, {
          statistic: Stats.SUM,
          period: Duration.seconds(window.periodSeconds),
        }),
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        threshold: 1,
        evaluationPeriods: window.periods,
        treatMissingData: TreatMissingData.BREACHING,
        // A schedule that is paused completes nothing, as it should.
        actionsEnabled: schedule.enabled,
        ...described(
          'no check was completed for longer than the schedule allows. Silence in Slack means nothing until one is.',
          'no-check-completed',
        ),
      };
    }
    case 'checksFail': {
      const window = twoGapsWindow(schedule.firings);
      return {
        metric: handler.metricErrors({
          statistic: Stats.SUM,
          period: Duration.seconds(window?.periodSeconds ?? 60 * 60),
        }),
        ...atLeast(1),
        // Where two checks are too far apart for any alarm, one that failed is reason enough.
        evaluationPeriods: window?.periods ?? 1,
        datapointsToAlarm: window === undefined ? 1 : 2,
        ...described(
          'the function failed twice within two gaps of its schedule. Trouble of syncs may go untold.',
          'checks-fail',
        ),
      };
    }
    case 'deadLetters':
      return {
        metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({
          ...OFTEN,
          statistic: Stats.MAXIMUM,
        }),
        ...atLeast(1),
        evaluationPeriods: OFTEN.evaluationPeriods,
        ...described(
          'the schedule could not hand a check over, and put it into the dead-letter queue. That check did not run.',
          'dead-letters',
        ),
      };
    case 'eventsDropped':
      return {
        metric: asyncEventsDropped(handler, OFTEN.period),
        ...atLeast(1),
        evaluationPeriods: OFTEN.evaluationPeriods,
        ...described(
          'Lambda gave up a check that was handed over before it could start. That check did not run.',
          'events-dropped',
        ),
      };
    case 'throttled':
      return {
        metric: handler.metricThrottles({ ...OFTEN, statistic: Stats.SUM }),
        ...atLeast(1),
        evaluationPeriods: OFTEN.evaluationPeriods,
        ...described(
          'Lambda had no capacity to start a check at once. It runs late, or not at all.',
          'invocations-throttled',
        ),
      };
    case 'undeliveredNotifications':
      return {
        metric: ownMetric('OldestUndeliveredSeconds', environment, { ...OFTEN, statistic: Stats.MAXIMUM }),
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: MAX_UNDELIVERED_SECONDS,
        evaluationPeriods: OFTEN.evaluationPeriods,
        // Between two checks it is as it was.
        treatMissingData: TreatMissingData.IGNORE,
        ...described(
          'something has been due in Slack for over an hour, and Slack does not take it. People do not know of it.',
          'something-is-due-for-an-hour',
        ),
      };
    case 'nearTimeLimit':
      return {
        metric: handler.metricDuration({ ...OFTEN, statistic: Stats.MAXIMUM }),
        ...atLeast(FUNCTION_TIMEOUT_SECONDS * 1000 * NEAR_THE_LIMIT),
        evaluationPeriods: OFTEN.evaluationPeriods,
        ...described(
          `a check took more than ${FUNCTION_TIMEOUT_SECONDS * NEAR_THE_LIMIT} of its ${FUNCTION_TIMEOUT_SECONDS} s. What it had no time for is left to the next.`,
          'checks-near-their-time-limit',
        ),
      };
  }
}

/** What is not reported did not happen. */
function atLeast(threshold: number) {
  return {
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  } as const satisfies Partial<AlarmProps> & { metric?: IMetric };
}
