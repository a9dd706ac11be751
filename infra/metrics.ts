import type { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  METRIC_NAMESPACE,
  type MetricDimensions,
  type MetricName,
} from '../lambda/invocation/metric-names.ts';
import type { SyncAlerts } from './sync-alerts.ts';

/** A metric that the function itself emits: docs/operations.md. */
export function ownMetric(
  name: MetricName,
  { environment, handler }: SyncAlerts,
  options: MetricOptions,
): Metric {
  const dimensions: MetricDimensions = { Environment: environment, FunctionName: handler.functionName };
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { ...dimensions },
    ...options,
  });
}

/** Events that Lambda accepted and dropped before they ran: too old, or out of retries. */
export function asyncEventsDropped(handler: IFunction, period: Duration): Metric {
  return handler.metric('AsyncEventsDropped', { statistic: Stats.SUM, period });
}
