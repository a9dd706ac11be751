import { diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import { NO_PENDING_PERIOD, pendingPeriodOf } from '../../../lambda/core/track/pending.ts';
import { ago, aPolicy, aSync, defaultPolicy, hours, minutes, NOW } from '../a-sync.ts';

/** Late beyond 2,100 s at its interval of 15 minutes, and not yet critical. */
const STALLED = { lastSuccessAt: ago(hours(1)), lastRunAt: ago(hours(1)) };
const waitFor = (sync: ReturnType<typeof aSync>, policy = defaultPolicy) =>
  pendingPeriodOf(diagnose(sync, policy, NOW), policy);

describe('what an opening waits for', () => {
  it('is nothing where there is no problem, whatever the policy', () => {
    expect(waitFor(aSync(), aPolicy({ pendingFor: '10m' }))).toEqual(NO_PENDING_PERIOD);
  });

  it('is one allowance, and no second look, on a sync that was edited since it last ran', () => {
    const wait = { seconds: minutes(10) + 900 + minutes(5), secondEvaluation: false };
    expect(waitFor(aSync({ ...STALLED, updatedAt: ago(60) }), aPolicy({ pendingFor: '10m' }))).toEqual(wait);
  });

  it.each([
    [-1, 0],
    [0, 0],
    [1, 1200],
  ])('is not that for an edit %d s after its last run and success', (seconds, waits) => {
    const sync = aSync({ ...STALLED, updatedAt: ago(hours(1) - seconds) });
    expect(waitFor(sync).seconds).toBe(waits);
  });

  it.each([
    ['run is later than', { lastRunAt: ago(60) }],
    ['run is as late as', { lastRunAt: ago(minutes(2)) }],
    ['success is later than', { lastRunAt: ago(hours(2)), updatedAt: ago(hours(1) + 1) }],
    ['success is as late as', { lastRunAt: ago(hours(2)), updatedAt: ago(hours(1)) }],
  ])('is not that when its last %s the edit', (_which, overrides) => {
    expect(waitFor(aSync({ ...STALLED, updatedAt: ago(minutes(2)), ...overrides })).seconds).toBe(0);
  });

  it('is not that when the API does not say when it was edited, even if it says nothing else', () => {
    const sync = aSync({
      lastSuccessAt: null,
      lastRunAt: null,
      secondsSinceSuccess: hours(1),
      updatedAt: null,
    });
    expect(waitFor(sync)).toEqual(NO_PENDING_PERIOD);
  });

  it('is no second look for a failure whose interval is not known', () => {
    const diagnosis = diagnose(aSync({ lastState: 'failed' }), defaultPolicy, NOW);
    const { sync } = diagnosis;
    const unknown = { ...sync, labels: { ...sync.labels, intervalSeconds: null } };
    expect(pendingPeriodOf({ ...diagnosis, sync: unknown }, defaultPolicy).secondEvaluation).toBe(false);
  });
});
