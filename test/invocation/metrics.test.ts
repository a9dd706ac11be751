import type { Outcome, Stopped } from '../../lambda/commands/outcome.ts';
import { METRICS } from '../../lambda/invocation/metric-names.ts';
import { figuresOf, metricsLine } from '../../lambda/invocation/metrics.ts';
import { aCheck } from './a-check.ts';

const STOPPED: Stopped = {
  kind: 'lease_held',
  at: '2026-11-24T09:00:00.000Z',
  organisation: 'acme',
  environment: 'prod',
  reason: 'so',
};

test('a completed check gives each figure', () => {
  expect(figuresOf(aCheck(), true)).toEqual({
    ChecksCompleted: 1,
    SyncsWatched: 17,
    SyncsDisabled: 1,
    SyncsFailing: 2,
    SyncsNeverSucceeded: 0,
    SyncsStalled: 3,
    SyncsUnreadable: 2,
    WorstLagIntervals: 12.5,
    MessagesPosted: 2,
    OldestUndeliveredSeconds: 0,
  });
});

const SOURCE = { dimensions: { Environment: 'prod', FunctionName: 'f' }, requestId: 'request-1', now: 0 };

test.each([
  [Number.POSITIVE_INFINITY, 2 ** 360],
  [Number.NEGATIVE_INFINITY, -(2 ** 360)],
  [2 ** 361, 2 ** 360],
  [2 ** 360, 2 ** 360],
  [12.5, 12.5],
])('a figure is within what CloudWatch takes: %p: %p', (given, accepted) => {
  const line = metricsLine(SOURCE, { WorstLagIntervals: given, ChecksCompleted: 1 });
  expect(JSON.parse(line)).toMatchObject({ WorstLagIntervals: accepted, ChecksCompleted: 1 });
});

test('a figure that is no number is absent', () => {
  const line = metricsLine(SOURCE, { WorstLagIntervals: Number.NaN, ChecksCompleted: 1 });
  expect(line).not.toContain('WorstLagIntervals');
});

describe('ChecksCompleted', () => {
  test.each<[string, Outcome | undefined, boolean, number]>([
    ['is 1 for a check that listed, saved and left nothing undelivered', aCheck(), true, 1],
    ['is 1 for a quiet check, which has nothing to save', aCheck({ saved: false }), true, 1],
    [
      'is 0 for a check that left a notification undelivered',
      aCheck({ undelivered: { count: 1, since: '2026-11-24T09:00:00.000Z' } }),
      true,
      0,
    ],
    ['is 0 for a check that failed', aCheck(), false, 0],
    ['is 0 for a check that failed before it had an outcome', undefined, false, 0],
    ['is 0 for a check that found the lease of another: that one may have died', STOPPED, true, 0],
    [
      'is 0 for a check that was superseded: the other one counts',
      { ...STOPPED, kind: 'superseded' },
      true,
      0,
    ],
  ])('%s', (_, outcome, ok, completed) => {
    expect(figuresOf(outcome, ok).ChecksCompleted).toBe(completed);
  });
});

test('the figures of syncs are absent, not 0, when the listing failed', () => {
  const { syncs } = aCheck();
  const listingFailure = { kind: 'failed', request: 'GET', received: '503' } as const;
  const figures = figuresOf(aCheck({ syncs: { ...syncs, listingFailure } }), false);
  expect(Object.keys(figures)).toEqual(['ChecksCompleted', 'MessagesPosted', 'OldestUndeliveredSeconds']);
  const { worstLagIntervals: _unknown, ...unread } = syncs;
  expect(figuresOf(aCheck({ syncs: unread }), true)).not.toHaveProperty('WorstLagIntervals');
  expect(Object.keys(figuresOf(STOPPED, true))).toEqual(['ChecksCompleted']);
});

test.each([
  [undefined, 0],
  ['2026-11-24T09:00:00.000Z', 0],
  ['2026-11-24T07:59:59.000Z', 3601],
  ['2026-11-24T09:00:01.000Z', 0],
])('undelivered since %s, the oldest is %s s old', (since, seconds) => {
  const undelivered = since === undefined ? { count: 0 } : { count: 1, since };
  expect(figuresOf(aCheck({ undelivered }), true).OldestUndeliveredSeconds).toBe(seconds);
});

const DIMENSIONS = { Environment: 'prod', FunctionName: 'SyncAlerts-prod-Function' };

test('a line has the embedded metric format, one set of two dimensions, and the request id', () => {
  const line = metricsLine(
    { dimensions: DIMENSIONS, requestId: 'request-1', now: 1_764_000_000_123 },
    figuresOf(aCheck(), true),
  );
  expect(line.endsWith('\n') && !line.slice(0, -1).includes('\n')).toBe(true);
  expect(JSON.parse(line)).toEqual({
    _aws: {
      Timestamp: 1_764_000_000_123,
      CloudWatchMetrics: [
        {
          Namespace: 'SyncAlerts',
          Dimensions: [['Environment', 'FunctionName']],
          Metrics: METRICS.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    ...DIMENSIONS,
    requestId: 'request-1',
    ...figuresOf(aCheck(), true),
  });
});

test('a line names only the metrics that have a figure', () => {
  const source = { dimensions: DIMENSIONS, requestId: 'request-2', now: 0 };
  const { _aws, ...rest } = JSON.parse(metricsLine(source, { ChecksCompleted: 0 }));
  expect(rest).toEqual({ ...DIMENSIONS, requestId: 'request-2', ChecksCompleted: 0 });
  expect(_aws.CloudWatchMetrics[0].Metrics).toEqual([{ Name: 'ChecksCompleted', Unit: 'Count' }]);
});
