import type { AlertProblem, SyncHistory } from '../../../lambda/core/alert.ts';
import { diagnose } from '../../../lambda/core/diagnose/diagnose.ts';
import { ago, aSync, days, defaultPolicy, hours, minutes, NOW } from '../a-sync.ts';

type Overrides = Parameters<typeof aSync>[0];

/** What is said of a sync whose open alert has had these problems. */
function verdictOf(problems: readonly AlertProblem[], overrides: Overrides, mark: SyncHistory = {}): string {
  const { verdict } = diagnose(aSync(overrides), defaultPolicy, NOW, { history: mark, problems });
  return verdict.kind === 'problem' ? verdict.problem : verdict.kind;
}
const markOf = (overrides: Overrides, mark: SyncHistory = {}) =>
  diagnose(aSync(overrides), defaultPolicy, NOW, { history: mark, problems: [] }).history;

/** Seen failing; the last success known then was 20 minutes ago. */
const seenFailing: SyncHistory = { failing: { lastSuccessAt: ago(minutes(20)) } };

describe('healthy takes proof', () => {
  test.each<[string, Overrides, string]>([
    ['a success state', { lastState: 'completed', lastSuccessAt: ago(minutes(20)) }, 'healthy'],
    ['a success state, the date unchanged and older', { lastSuccessAt: ago(minutes(30)) }, 'healthy'],
    ['running, a later success', { lastState: 'running', lastSuccessAt: ago(minutes(19)) }, 'healthy'],
    ['running, the same success', { lastState: 'running', lastSuccessAt: ago(minutes(20)) }, 'inconclusive'],
    [
      'running, an earlier success',
      { lastState: 'running', lastSuccessAt: ago(minutes(21)) },
      'inconclusive',
    ],
    ['stopped, the same success', { lastState: 'stopped', lastSuccessAt: ago(minutes(20)) }, 'inconclusive'],
    ['stopped, a later success', { lastState: 'stopped', lastSuccessAt: ago(minutes(1)) }, 'healthy'],
    ['no state, the same success', { lastState: null, lastSuccessAt: ago(minutes(20)) }, 'inconclusive'],
    ['no state, a later success', { lastState: null, lastSuccessAt: ago(minutes(1)) }, 'healthy'],
    ['failed still, a later success', { lastState: 'failed', lastSuccessAt: ago(minutes(1)) }, 'failing'],
  ])('failing: %s', (_, overrides, verdict) => {
    expect(verdictOf(['failing'], overrides, seenFailing)).toBe(verdict);
  });

  test.each<[string, number, boolean]>([
    ['within the grace is one', 300, true],
    ['further in the future is none', 301, false],
  ])('failing: a success %s, also of a sync that is disabled by now', (_, ahead, isProof) => {
    const disabled = { enabled: false, lastState: 'running', lastSuccessAt: ago(-ahead) };
    expect(markOf(disabled, seenFailing).failing === undefined).toBe(isProof);
  });

  test('failing, never succeeded: any success is a later one', () => {
    const mark: SyncHistory = { failing: { lastSuccessAt: null } };
    const created = { createdAt: ago(minutes(5)) };
    expect(verdictOf(['failing'], { lastState: 'running', lastSuccessAt: ago(60), ...created }, mark)).toBe(
      'healthy',
    );
    expect(verdictOf(['failing'], { lastState: 'running', lastSuccessAt: null, ...created }, mark)).toBe(
      'inconclusive',
    );
  });

  test('failing: an hour-old success is proof when it is later than what was seen, whenever the alert began', () => {
    const mark: SyncHistory = { failing: { lastSuccessAt: ago(hours(3)) } };
    expect(
      verdictOf(
        ['failing'],
        { intervalSeconds: hours(6), lastState: 'stopped', lastSuccessAt: ago(hours(1)) },
        mark,
      ),
    ).toBe('healthy');
  });

  test.each<[string, Overrides, string]>([
    ['a success within the allowance', { lastSuccessAt: ago(2100) }, 'healthy'],
    ['the same, whatever the state', { lastState: 'running', lastSuccessAt: ago(2100) }, 'healthy'],
    ['the same, no state', { lastState: null, lastSuccessAt: ago(2100) }, 'healthy'],
    ['a success beyond it', { lastSuccessAt: ago(2101) }, 'stalled'],
    [
      'a run in progress',
      { lastState: 'running', lastSuccessAt: ago(2101), lastRunAt: ago(60) },
      'inconclusive',
    ],
    [
      'no success, not late by now',
      { lastState: null, lastSuccessAt: null, createdAt: ago(600) },
      'inconclusive',
    ],
  ])('stalled: %s', (_, overrides, verdict) => {
    expect(verdictOf(['stalled'], overrides)).toBe(verdict);
  });

  test.each<[string, Overrides, string]>([
    ['a success within the allowance', { lastSuccessAt: ago(60) }, 'healthy'],
    ['a success counted in seconds', { lastSuccessAt: null, secondsSinceSuccess: 60 }, 'healthy'],
    [
      'no success, the first run in progress',
      { lastState: 'running', lastSuccessAt: null, lastRunAt: ago(60), createdAt: ago(3000) },
      'inconclusive',
    ],
    [
      'no success, not late by now',
      { lastState: null, lastSuccessAt: null, createdAt: ago(600) },
      'inconclusive',
    ],
    ['a success state and no success', { lastSuccessAt: null, createdAt: ago(600) }, 'inconclusive'],
  ])('never succeeded: %s', (_, overrides, verdict) => {
    expect(verdictOf(['never_succeeded'], overrides)).toBe(verdict);
  });

  test.each<[string, Overrides, string]>([
    ['a readable record', {}, 'healthy'],
    ['a readable record, whatever the state', { lastState: null }, 'healthy'],
    ['unreadable still', { enabled: null, faults: ['enabled'] }, 'unreadable'],
  ])('unreadable: %s', (_, overrides, verdict) => {
    expect(verdictOf(['unreadable'], overrides)).toBe(verdict);
  });

  test.each<[string, Overrides, string]>([
    ['enabled', {}, 'healthy'],
    ['enabled, no state', { lastState: null }, 'healthy'],
    [
      'enabled, no state and no success',
      { lastState: null, lastSuccessAt: null, createdAt: ago(60) },
      'healthy',
    ],
    ['disabled still', { enabled: false }, 'disabled'],
  ])('disabled: %s', (_, overrides, verdict) => {
    expect(verdictOf(['disabled'], overrides)).toBe(verdict);
  });

  test('every problem that the alert has had must be disproved, not the last alone', () => {
    const running = { lastState: 'running', lastSuccessAt: ago(minutes(20)) };
    expect(verdictOf(['unreadable'], running, seenFailing)).toBe('healthy');
    expect(verdictOf(['failing', 'unreadable'], running, seenFailing)).toBe('inconclusive');
    expect(verdictOf(['failing', 'stalled'], running, seenFailing)).toBe('inconclusive');
    expect(verdictOf(['stalled', 'unreadable'], running, seenFailing)).toBe('healthy');
  });

  test('without an alert a sync to which no row applies is healthy', () => {
    for (const lastState of ['running', 'stopped', null])
      expect(verdictOf([], { lastState }, seenFailing)).toBe('healthy');
  });
});

describe('the mark: what memory holds about the id', () => {
  const failed = (lastSuccess: number | null) => ({
    lastState: 'failed',
    lastSuccessAt: lastSuccess === null ? null : ago(lastSuccess),
  });

  test('of a healthy sync there is nothing to hold', () => {
    expect(markOf({})).toEqual({});
  });

  test('of a failing one, the latest success seen while it failed', () => {
    expect(markOf(failed(1200)).failing).toEqual({ lastSuccessAt: ago(1200) });
    expect(markOf(failed(600), seenFailing).failing).toEqual({ lastSuccessAt: ago(600) });
    expect(markOf(failed(1800), seenFailing).failing).toEqual({ lastSuccessAt: ago(minutes(20)) });
    expect(markOf(failed(null), seenFailing).failing).toEqual({ lastSuccessAt: ago(minutes(20)) });
  });

  test('of one that is disabled too, the same where it was seen failing before', () => {
    const disabled = { ...failed(600), enabled: false };
    expect(markOf(disabled, seenFailing).failing).toEqual({ lastSuccessAt: ago(600) });
    expect(markOf(disabled)).not.toHaveProperty('failing');
  });

  test('it is over at a later success, and not before', () => {
    const stopped = (lastSuccess: number) => ({ lastState: 'stopped', lastSuccessAt: ago(lastSuccess) });
    expect(markOf(stopped(1200), seenFailing)).toEqual(seenFailing);
    expect(markOf(stopped(1199), seenFailing)).toEqual({});
  });

  test('a record whose success cannot be read leaves it as it was', () => {
    const unreadable = { lastSuccessAt: null, secondsSinceSuccess: 60, faults: ['last_success_at'] as const };
    expect(markOf(unreadable, seenFailing)).toEqual(seenFailing);
  });

  test('of a disabled one, its last run and success as last seen disabled', () => {
    expect(markOf({ enabled: false, lastRunAt: ago(600), lastSuccessAt: ago(1200) }).disabled).toEqual({
      lastRunAt: ago(600),
      lastSuccessAt: ago(1200),
    });
  });
});

describe('enabled again', () => {
  /** Disabled for ten days, its last run a failure just before; the last success a day before that. */
  const before = { lastRunAt: ago(days(10)), lastSuccessAt: ago(days(11)) };
  const wasDisabled: SyncHistory = { disabled: before };
  const enabledFor = (seconds: number): SyncHistory => ({ disabled: before, enabledSince: ago(seconds) });

  test('the check that first sees it remembers since when', () => {
    const { verdict, history: mark } = diagnose(aSync({ ...before, lastState: null }), defaultPolicy, NOW, {
      history: wasDisabled,
      problems: [],
    });
    expect(mark.enabledSince).toBe(NOW);
    expect(verdict.kind).toBe('healthy');
  });

  test('later checks leave that as it was, until a newer success', () => {
    expect(markOf({ ...before, lastState: null }, enabledFor(600)).enabledSince).toBe(ago(600));
    expect(markOf({ lastSuccessAt: ago(300) }, enabledFor(600))).toEqual({});
  });

  test('a newer success at the first look needs none', () => {
    expect(markOf({ lastSuccessAt: ago(300) }, wasDisabled)).toEqual({});
  });

  test('disabled once more, it starts over', () => {
    const again = markOf({ enabled: false, ...before }, enabledFor(600));
    expect(again).toEqual({ disabled: before });
  });

  test.each([
    [2099, 'healthy'],
    [2100, 'healthy'],
    [2101, 'stalled'],
  ])('lag counts from then: after %p seconds it is %s', (seconds, verdict) => {
    expect(verdictOf([], { ...before, lastState: null }, enabledFor(seconds))).toBe(verdict);
  });

  test.each([
    [2100, 'healthy'],
    [2101, 'never_succeeded'],
  ])('the same of one that never succeeded: after %p seconds it is %s', (seconds, verdict) => {
    const never = { lastRunAt: null, lastSuccessAt: null };
    const mark: SyncHistory = { disabled: never, enabledSince: ago(seconds) };
    expect(verdictOf([], { ...never, lastState: null }, mark)).toBe(verdict);
  });

  test('severity counts from then too', () => {
    const at = (seconds: number) =>
      diagnose(aSync({ ...before, lastState: null }), defaultPolicy, NOW, {
        history: enabledFor(seconds),
        problems: [],
      }).verdict;
    expect(at(11_100)).toMatchObject({ problem: 'stalled', severity: 'warning' });
    expect(at(11_101)).toMatchObject({ problem: 'stalled', severity: 'critical' });
  });

  test('a failed state left from before is no problem', () => {
    expect(verdictOf([], { ...before, lastState: 'failed' }, wasDisabled)).toBe('healthy');
    expect(verdictOf([], { ...before, lastState: 'failed' }, enabledFor(600))).toBe('healthy');
    expect(verdictOf(['disabled'], { ...before, lastState: 'failed' }, wasDisabled)).toBe('healthy');
  });

  test('and no proof', () => {
    const mark: SyncHistory = { ...wasDisabled, failing: { lastSuccessAt: before.lastSuccessAt } };
    expect(verdictOf(['failing', 'disabled'], { ...before, lastState: 'failed' }, mark)).toBe('inconclusive');
  });

  test('a failure of a run since then is a problem', () => {
    const ran = { ...before, lastState: 'failed', lastRunAt: ago(60) };
    expect(verdictOf([], ran, wasDisabled)).toBe('failing');
    expect(verdictOf([], ran, enabledFor(600))).toBe('failing');
  });

  test('after a newer success a failure is one again, and lag counts from the success', () => {
    const succeeded = { lastSuccessAt: ago(3000), lastRunAt: ago(3000) };
    expect(verdictOf([], { ...succeeded, lastState: null }, enabledFor(100))).toBe('stalled');
    expect(verdictOf([], { ...succeeded, lastState: 'failed' }, enabledFor(100))).toBe('failing');
  });

  test('an alert that was stalled before stays open until a success within the allowance', () => {
    expect(verdictOf(['stalled', 'disabled'], { ...before, lastState: null }, enabledFor(60))).toBe(
      'inconclusive',
    );
    expect(verdictOf(['stalled', 'disabled'], { lastSuccessAt: ago(30) }, enabledFor(60))).toBe('healthy');
  });
});
