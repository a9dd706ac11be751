import type { Checked, Outcome, Stopped } from '../../lambda/commands/outcome.ts';
import { METRICS } from '../../lambda/invocation/metric-names.ts';
import { figuresOf, metricsLine } from '../../lambda/invocation/metrics.ts';

const AT = '2026-11-24T09:00:00.000Z';

/** A check that saw everything well, with named overrides. */
function aCheck(overrides: Partial<Checked> = {}): Checked {
  return {
    kind: 'checked',
    at: AT,
    organisation: 'acme',
    environment: 'prod',
    syncs: {
      listed: 20,
      healthy: 8,
      inconclusive: 1,
      problems: { disabled: 1, failing: 2, never_succeeded: 0, stalled: 3, unreadable: 1 },
      excluded: 2,
      withoutId: 1,
      repeated: 1,
      unknownFields: {},
      worstLagIntervals: 12.5,
    },
    open: 7,
    changes: [],
    notified: [],
    posts: { accepted: 2, refused: 0, unconfirmed: 0, repeated: 0 },
    undelivered: { count: 0 },
    saved: true,
    dryRun: false,
    ...overrides,
  };
}

const STOPPED: Stopped = {
  kind: 'lease_held',
  at: AT,
  organisation: 'acme',
  environment: 'prod',
  reason: 'so',
};

test('a check gives each figure', () => {
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

describe('completed', () => {
  test.each<[string, Outcome | undefined, boolean, number]>([
    ['is a check that saw, remembered and left nothing due', aCheck(), true, 1],
    ['is a quiet one, which has nothing to remember', aCheck({ saved: false }), true, 1],
    ['is not one that left something due', aCheck({ undelivered: { count: 1, since: AT } }), true, 0],
    ['is not one that failed', aCheck(), false, 0],
    ['is not one that failed before it had an outcome', undefined, false, 0],
    ['is not one that found a claim: the other one may have died', STOPPED, true, 0],
    ['is not one that was overtaken: the other one is counted', { ...STOPPED, kind: 'superseded' }, true, 0],
  ])('%s', (_, outcome, worked, completed) => {
    expect(figuresOf(outcome, worked).ChecksCompleted).toBe(completed);
  });
});

test('what could not be seen is absent, not zero', () => {
  const { syncs } = aCheck();
  const blind = { kind: 'failed', request: 'GET', received: '503' } as const;
  const figures = figuresOf(aCheck({ syncs: { ...syncs, listingFailure: blind } }), false);
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
])('due since %s is %s s', (since, seconds) => {
  const undelivered = since === undefined ? { count: 0 } : { count: 1, since };
  expect(figuresOf(aCheck({ undelivered }), true).OldestUndeliveredSeconds).toBe(seconds);
});

test('a line is in the embedded metric format, with the one dimension, and the request', () => {
  const line = metricsLine('prod', 'request-1', figuresOf(aCheck(), true));
  expect(line.endsWith('\n') && !line.slice(0, -1).includes('\n')).toBe(true);
  expect(JSON.parse(line)).toEqual({
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'SyncAlerts',
          Dimensions: [['Environment']],
          Metrics: METRICS.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    Environment: 'prod',
    requestId: 'request-1',
    ...figuresOf(aCheck(), true),
  });
});

test('a line names the metrics that it has figures of, and keeps nothing of the line before', () => {
  metricsLine('prod', 'request-1', figuresOf(aCheck(), true));
  const { _aws, ...rest } = JSON.parse(metricsLine('other', 'request-2', { ChecksCompleted: 0 }));
  expect(rest).toEqual({ Environment: 'other', requestId: 'request-2', ChecksCompleted: 0 });
  expect(_aws.CloudWatchMetrics[0].Metrics).toEqual([{ Name: 'ChecksCompleted', Unit: 'Count' }]);
});
