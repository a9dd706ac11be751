import { tally, unhealthyCount } from '../../../lambda/core/diagnose/tally.ts';
import {
  aFacts,
  aFailingSync,
  ago,
  anAlert,
  anEvaluation,
  aPolicy,
  aSync,
  hours,
  LISTING_FAILURE,
  minutes,
  NOW,
  type SyncOverrides,
} from '../a-sync.ts';
import { succeeded } from './a-diagnosis.ts';

const NO_PROBLEMS = { unreadable: 0, disabled: 0, failing: 0, never_succeeded: 0, stalled: 0 };

describe('the tally of an evaluation', () => {
  it('counts every record of the listing once', () => {
    const unproved = { ...succeeded(minutes(20)), id: 'u', lastState: 'stopped' };
    const facts = aFacts(
      { 'sync:u': anAlert() },
      { histories: { 'sync:u': { failing: { lastSuccessAt: ago(minutes(20)) } } } },
    );
    const evaluation = anEvaluation(
      [
        aSync({ id: 'a' }),
        aSync({ id: 'b', name: null, faults: ['name'] }),
        aSync(unproved),
        aFailingSync({ id: 'c' }),
        aFailingSync({ id: 'c' }),
        aSync({ id: 'd', enabled: false, disabledReason: null }),
        aSync({ id: 'e', enabled: false, disabledReason: 'x' }),
        aFailingSync({ id: 'sandbox' }),
        aSync({ id: null, faults: ['id'] }),
      ],
      { facts, policy: aPolicy({ exclude: [{ match: { id: 'sandbox' }, reason: 'a sandbox' }] }) },
    );
    expect(tally(evaluation)).toEqual({
      listed: 9,
      healthy: 2,
      inconclusive: 1,
      paused: 1,
      problems: { ...NO_PROBLEMS, failing: 1, disabled: 1 },
      excluded: 1,
      withoutId: 1,
      repeated: 1,
      unknownFields: { name: 1 },
      worstLagIntervals: 1.33,
    });
  });

  it('has zeros, the number of records and the reason when the listing failed', () => {
    const failed = { kind: 'unavailable', at: NOW, failure: LISTING_FAILURE, recordCount: 7 } as const;
    expect(tally(failed)).toEqual({
      listed: 7,
      healthy: 0,
      inconclusive: 0,
      paused: 0,
      problems: NO_PROBLEMS,
      excluded: 0,
      withoutId: 0,
      repeated: 0,
      unknownFields: {},
      listingFailure: LISTING_FAILURE,
    });
  });
});

describe('the worst lag of a tally', () => {
  it.each<[string, readonly SyncOverrides[], number | undefined]>([
    ['is that of the sync furthest behind', [succeeded(450), succeeded(5000), succeeded(900)], 5.56],
    [
      "counts in each sync's own intervals",
      [succeeded(450), { intervalSeconds: hours(1), ...succeeded(1800) }],
      0.5,
    ],
    [
      'leaves out a sync that a person paused',
      [succeeded(450), { enabled: false, disabledReason: null, ...succeeded(hours(9)) }],
      0.5,
    ],
    [
      'includes a sync that the platform disabled',
      [succeeded(450), { enabled: false, disabledReason: '10 failures', ...succeeded(1800) }],
      2,
    ],
    ['is absent when nothing is listed', [], undefined],
    [
      'is absent when no lag could be read',
      [{ enabled: false, disabledReason: 'x', lastSuccessAt: null, createdAt: null }],
      undefined,
    ],
  ])('%s', (_, syncs, worst) => {
    const listed = syncs.map((overrides, index) => aSync({ id: `s${index}`, ...overrides }));
    expect(tally(anEvaluation(listed)).worstLagIntervals).toBe(worst);
  });
});

it('the number of unhealthy syncs is the sum of all problems', () => {
  const problems = { unreadable: 1, disabled: 2, failing: 4, never_succeeded: 8, stalled: 16 };
  expect(unhealthyCount({ ...tally(anEvaluation([])), problems })).toBe(31);
});
