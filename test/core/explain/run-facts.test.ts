import type { Run } from '../../../lambda/core/evidence.ts';
import { runFacts } from '../../../lambda/core/explain/run-facts.ts';
import { MINUTE } from '../../commands/a-world.ts';
import { aDiagnosis, ago, policyOf } from '../a-digest.ts';
import { aCompletedRun, aLiveRun, aRun, completedRuns } from './some-evidence.ts';

/** What these runs, the latest first, say of `orders`, which last succeeded 20 minutes ago. */
function factsOf(runs: readonly Run[], policy = policyOf({})) {
  return runFacts(runs, aDiagnosis(), policy);
}

describe('the error of a sync', () => {
  it('is that of its last failed run', () => {
    expect(factsOf([aRun(5), aRun(10, { message: 'older' })]).error).toEqual({
      text: 'timeout after 30 s',
      signature: 'timeout after <n>',
      isCurrent: true,
    });
  });

  it.each([null, ' \n'])('is that of an earlier one where the last one says %j', (message) => {
    expect(factsOf([aRun(5, { message }), aRun(10, { message: 'older' })]).error?.text).toBe('older');
  });

  it.each([
    [19, true],
    [20, false],
    [21, false],
  ])('is current when that run is later than the last success: %d minutes ago', (minutes, isCurrent) => {
    expect(factsOf([aRun(minutes)]).error?.isCurrent).toBe(isCurrent);
  });

  it('is not current when a run completed since', () => {
    expect(factsOf([aCompletedRun(3), aRun(5)]).error?.isCurrent).toBe(false);
  });

  it('is not quoted where the policy says so', () => {
    expect(factsOf([aRun(5)], policyOf({ evidence: { errors: false } })).error).toBeUndefined();
  });

  it.each([
    ['an unknown word, ended', { state: 'quarantined' }, true],
    ['an unknown word, not ended', { state: 'warming', finishedAt: null }, false],
    ['a word for failure, not ended', { state: 'Errored', finishedAt: null }, true],
    ['stopped by a person', { state: 'stopped' }, false],
    ['no state', { state: null }, false],
  ])('comes from runs that failed alone: %s', (_, fields, isKnown) => {
    expect(factsOf([aRun(5, fields)]).error !== undefined).toBe(isKnown);
  });
});

describe('the run in progress', () => {
  it('is the latest run, when that has not ended', () => {
    expect(factsOf([aLiveRun(12), aCompletedRun(30)]).live).toEqual({ since: ago(12 * MINUTE), rows: 7 });
    expect(factsOf([aCompletedRun(5), aLiveRun(12)]).live).toBeUndefined();
  });
});

describe('the usual of a sync', () => {
  it.each([
    [4, {}],
    [5, { seconds: 30, rows: 1200 }],
  ])('is the median of at least five completed runs: %d', (count, usual) => {
    expect(factsOf([aRun(5), ...completedRuns(count)]).usual).toEqual(usual);
  });

  it('is not moved by one run that took or moved much more', () => {
    const odd = aCompletedRun(10, { rows: 1_000_000, startedAt: ago(600 * MINUTE) });
    expect(factsOf([odd, ...completedRuns(6)]).usual).toEqual({ seconds: 30, rows: 1200 });
  });

  it('leaves out the latest runs that moved nothing, and counts them', () => {
    const empty = [1, 2, 3].map((minutes) => aCompletedRun(minutes, { rows: 0 }));
    expect(factsOf([...empty, ...completedRuns(5)])).toMatchObject({ emptyRuns: 3, usual: { rows: 1200 } });
    expect(factsOf([...empty, ...completedRuns(4)]).usual.rows).toBeUndefined();
  });

  it('ignores runs whose dates or rows are not known, or that ended before they began', () => {
    const runs = completedRuns(5, { rows: null, startedAt: null });
    expect(factsOf(runs).usual).toEqual({});
    expect(factsOf(completedRuns(5, { startedAt: ago(0) })).usual.seconds).toBeUndefined();
  });
});
