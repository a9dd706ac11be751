import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Checked, Outcome } from '../commands/outcome.ts';
import { ENVIRONMENT_DIMENSION, METRIC_NAMESPACE, METRICS, type MetricName } from './metric-names.ts';

/** What a check gives the metrics; what it could not see is absent, not zero. */
export type Figures = Readonly<Partial<Record<MetricName, number>>>;

/**
 * The figures of a real check, failed ones included.
 *
 * A check is completed when the syncs were seen, whatever changed was remembered, and nothing is left that could have
 * been told: a quiet check with nothing to write counts. One that found a claim or was overtaken does not, since the
 * other check may have died: if it did not, that one counts.
 *
 * @param outcome Undefined when the check failed before it had one.
 */
export function figuresOf(outcome: Outcome | undefined, worked: boolean): Figures {
  if (outcome?.kind !== 'checked') return { ChecksCompleted: 0 };
  const { posts, undelivered, at } = outcome;
  const isCompleted = worked && undelivered.count === 0;
  return {
    ChecksCompleted: isCompleted ? 1 : 0,
    ...seen(outcome),
    MessagesPosted: posts.accepted,
    OldestUndeliveredSeconds: undelivered.since === undefined ? 0 : secondsFrom(undelivered.since, at),
  };
}

/** One line in CloudWatch's embedded metric format: to be printed as it is, since `_aws` has to stand at its root. */
export function metricsLine(environment: string, requestId: string, figures: Figures): string {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  // It would add the dimension `service` by itself, and each dimension's value is a metric with a price.
  metrics.clearDefaultDimensions();
  metrics.addDimension(ENVIRONMENT_DIMENSION, environment);
  metrics.addMetadata('requestId', requestId);
  for (const { name, unit } of METRICS) {
    const figure = figures[name];
    if (figure !== undefined) metrics.addMetric(name, unit, figure);
  }
  return `${JSON.stringify(metrics.serializeMetrics())}\n`;
}

function seen({ syncs }: Checked): Figures {
  if (syncs.listingFailure !== undefined) return {};
  const { listed, excluded, repeated, withoutId, problems, worstLagIntervals } = syncs;
  return {
    SyncsWatched: listed - excluded - repeated,
    SyncsDisabled: problems.disabled,
    SyncsFailing: problems.failing,
    SyncsNeverSucceeded: problems.never_succeeded,
    SyncsStalled: problems.stalled,
    SyncsUnreadable: problems.unreadable + withoutId,
    ...(worstLagIntervals !== undefined && { WorstLagIntervals: worstLagIntervals }),
  };
}

function secondsFrom(earlier: string, later: string): number {
  return Math.max(0, Math.round((Date.parse(later) - Date.parse(earlier)) / 1000));
}
