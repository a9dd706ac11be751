import { runStateOf } from '../../../lambda/core/diagnose/run-state.ts';
import { aPolicy, defaultPolicy } from '../a-sync.ts';
import { diagnosisOf, words } from './a-diagnosis.ts';

describe('the state of a run', () => {
  test.each<(string | null)[]>([
    ['completed', 'success'],
    ['COMPLETED', 'success'],
    ['Completed', 'success'],
    ...['running', 'pending', 'queued', 'started', 'starting', 'in_progress', 'scheduled', 'RUNNING'].map(
      (state) => [state, 'in_progress'],
    ),
    ...['stopped', 'cancelled', 'canceled', 'Stopped'].map((state) => [state, 'stopped']),
    ...['failed', 'error', 'completed_with_errors', 'exploded', 'null'].map((state) => [state, 'failure']),
    [null, 'none'],
    ['', 'none'],
  ])('%p is %s', (lastState, runState) => {
    expect(runStateOf(lastState, defaultPolicy)).toBe(runState);
  });

  test.each([
    ['completed', 'success'],
    ['running', 'in_progress'],
    ['stopped', 'stopped'],
    ['exploded', 'failure'],
    [null, 'none'],
    ['', 'none'],
  ])('%p is %s in the diagnosis', (lastState, runState) => {
    expect(diagnosisOf({ lastState }).runState).toBe(runState);
  });
});

describe('the last state of a sync that is not late', () => {
  test.each<(string | null)[]>([
    ...['completed', 'COMPLETED', 'Completed'].map((state) => [state, 'healthy']),
    ...['running', 'pending', 'queued', 'started', 'in_progress', 'RUNNING'].map((state) => [
      state,
      'healthy',
    ]),
    ...['stopped', 'cancelled', 'canceled', 'Stopped'].map((state) => [state, 'healthy']),
    ...['failed', 'error', 'completed_with_errors', 'exploded', 'null'].map((state) => [
      state,
      'failing, warning',
    ]),
    [null, 'healthy'],
    ['', 'healthy'],
  ])('%p gives the verdict %s', (lastState, verdict) => {
    expect(words(diagnosisOf({ lastState }))).toBe(verdict);
  });

  test.each(['done', 'DONE', 'busy', 'halted', 'completed', 'running', 'stopped'])(
    '%p gives the verdict healthy when the policy adds the states Done, Busy and HALTED',
    (lastState) => {
      const policy = aPolicy({
        successStates: ['Done'],
        inProgressStates: ['Busy'],
        stoppedStates: ['HALTED'],
      });
      expect(words(diagnosisOf({ lastState }, { policy }))).toBe('healthy');
    },
  );

  test('"done" gives the verdict failing when the policy does not add it', () => {
    expect(words(diagnosisOf({ lastState: 'done' }))).toBe('failing, warning');
  });

  test.each<[string | null, number | null, string]>([
    ['running', 0, 'healthy'],
    ['running', null, 'healthy'],
    ['running', 1, 'healthy'],
    ['queued', 3, 'healthy'],
    ['failed', 1, 'failing, warning'],
    ['failed', null, 'failing, warning'],
    ['completed', 1, 'healthy'],
    ['stopped', 1, 'healthy'],
    [null, 1, 'healthy'],
  ])('%p with %p consecutive failures gives the verdict %s', (lastState, consecutiveFailures, verdict) => {
    expect(words(diagnosisOf({ lastState, consecutiveFailures }))).toBe(verdict);
  });
});
