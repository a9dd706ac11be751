/** Where CloudWatch keeps the metrics. */
export const METRIC_NAMESPACE = 'SyncAlerts';

/** The one dimension: each value of each dimension would be a metric with a monthly price. */
export const ENVIRONMENT_DIMENSION = 'Environment';

/**
 * The metrics, exactly these: the function prints them at each check, alarms and dashboard name them. Everything else is
 * a field of the log. What each means stands in docs/operations.md.
 */
export const METRICS = [
  { name: 'ChecksCompleted', unit: 'Count' },
  { name: 'SyncsWatched', unit: 'Count' },
  { name: 'SyncsDisabled', unit: 'Count' },
  { name: 'SyncsFailing', unit: 'Count' },
  { name: 'SyncsNeverSucceeded', unit: 'Count' },
  { name: 'SyncsStalled', unit: 'Count' },
  { name: 'SyncsUnreadable', unit: 'Count' },
  { name: 'WorstLagIntervals', unit: 'None' },
  { name: 'MessagesPosted', unit: 'Count' },
  { name: 'OldestUndeliveredSeconds', unit: 'Seconds' },
] as const;

export type MetricName = (typeof METRICS)[number]['name'];
