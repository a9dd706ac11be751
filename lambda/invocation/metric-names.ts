import { PROBLEM_KINDS, PROBLEMS, type Problem } from '../core/problem.ts';

/** The CloudWatch namespace of every metric. */
export const METRIC_NAMESPACE = 'SyncAlerts';

/**
 * The dimensions of every metric, in one set: each further set would be ten more metrics with a monthly price. The
 * environment is for people. The function keeps two deployments apart that share an account, a region and that name.
 */
export interface MetricDimensions {
  readonly Environment: string;
  readonly FunctionName: string;
}

interface MetricDefinition {
  readonly name: MetricName;
  readonly unit: 'Count' | 'Seconds' | 'None';
}

export type MetricName =
  | 'ChecksCompleted'
  | 'SyncsWatched'
  | (typeof PROBLEM_KINDS)[Problem]['metric']
  | 'WorstLagIntervals'
  | 'MessagesPosted'
  | 'OldestUndeliveredSeconds';

/**
 * Every metric. The function prints them at each check; the alarms and the dashboard refer to them by name. Everything
 * else is a field of the log. docs/operations.md explains each metric.
 */
export const METRICS: readonly MetricDefinition[] = [
  { name: 'ChecksCompleted', unit: 'Count' },
  { name: 'SyncsWatched', unit: 'Count' },
  ...PROBLEMS.map((problem) => ({ name: PROBLEM_KINDS[problem].metric, unit: 'Count' as const })),
  { name: 'WorstLagIntervals', unit: 'None' },
  { name: 'MessagesPosted', unit: 'Count' },
  { name: 'OldestUndeliveredSeconds', unit: 'Seconds' },
];
