import { type Checked, isCompleted, type Outcome } from '../commands/outcome.ts';
import { PROBLEM_KINDS, PROBLEMS } from '../core/problem.ts';
import type { Instant } from '../core/time.ts';
import { METRIC_NAMESPACE, METRICS, type MetricDimensions, type MetricName } from './metric-names.ts';

/** The value of each metric that a check could determine. A value that it could not is absent, not zero. */
export type Figures = Readonly<Partial<Record<MetricName, number>>>;

/**
 * The figures of a check, also of a failed one. `ChecksCompleted` is 1 for a check that completed (`isCompleted`).
 *
 * @param outcome Undefined when the check failed before it had one.
 * @param ok False when the check failed.
 */
export function figuresOf(outcome: Outcome | undefined, ok: boolean): Figures {
  if (outcome?.kind !== 'checked') return { ChecksCompleted: 0 };
  const { posts, undelivered, at } = outcome;
  return {
    ChecksCompleted: ok && isCompleted(outcome) ? 1 : 0,
    ...syncFigures(outcome),
    MessagesPosted: posts.accepted,
    OldestUndeliveredSeconds: undelivered.since === undefined ? 0 : secondsFrom(undelivered.since, at),
  };
}

/** Which check a line of metrics is about. */
export interface MetricsSource {
  readonly dimensions: MetricDimensions;
  readonly requestId: string;
  readonly now: Instant;
}

/**
 * One line in CloudWatch's embedded metric format (CloudWatch, "Specification: Embedded metric format"). It must be
 * printed unchanged: `_aws` has to be at its root.
 */
export function metricsLine({ dimensions, requestId, now }: MetricsSource, figures: Figures): string {
  const values = accepted(figures);
  const metrics = METRICS.filter(({ name }) => values[name] !== undefined);
  const line = {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [Object.keys(dimensions)],
          Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    ...dimensions,
    requestId,
    ...values,
  };
  return `${JSON.stringify(line)}\n`;
}

/** CloudWatch takes values between -2^360 and 2^360, and none that is not a number (`MetricDatum`, "Value"). */
const MAX_VALUE = 2 ** 360;

function accepted(figures: Figures): Figures {
  const numbers = Object.entries(figures).filter(([, value]) => !Number.isNaN(value));
  return Object.fromEntries(
    numbers.map(([name, value]) => [name, Math.min(MAX_VALUE, Math.max(-MAX_VALUE, value))]),
  );
}

function syncFigures({ syncs }: Checked): Figures {
  if (syncs.listingFailure !== undefined) return {};
  const { listed, excluded, repeated, withoutId, problems, worstLagIntervals } = syncs;
  const figures: Partial<Record<MetricName, number>> = { SyncsWatched: listed - excluded - repeated };
  for (const problem of PROBLEMS) figures[PROBLEM_KINDS[problem].metric] = problems[problem];
  return {
    ...figures,
    SyncsUnreadable: problems.unreadable + withoutId,
    ...(worstLagIntervals !== undefined && { WorstLagIntervals: worstLagIntervals }),
  };
}

function secondsFrom(earlier: string, later: string): number {
  return Math.max(0, Math.round((Date.parse(later) - Date.parse(earlier)) / 1000));
}
