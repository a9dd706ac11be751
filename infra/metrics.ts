import type { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ENVIRONMENT_DIMENSION,
  METRIC_NAMESPACE,
  type MetricName,
} from '../lambda/invocation/metric-names.ts';

/** A metric that the function itself emits: docs/operations.md. */
export function ownMetric(name: MetricName, environment: string, options: MetricOptions): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { [ENVIRONMENT_DIMENSION]: environment },
    ...options,
  });
}

/** Events that Lambda accepted and dropped before they ran: too old, or out of retries. */
export function asyncEventsDropped(handler: IFunction, period: Duration): Metric {
  return handler.metric('AsyncEventsDropped', { statistic: Stats.SUM, period });
}
