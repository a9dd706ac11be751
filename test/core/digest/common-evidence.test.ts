import { commonEvidence } from '../../../lambda/core/digest/common-evidence.ts';
import { rangeText } from '../../../lambda/core/digest/wording.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import {
  aDiagnosis,
  aReminder,
  DAY,
  isoAgo,
  lineText,
  listed,
  succeededAgo,
  UNAVAILABLE,
} from '../a-digest.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the alerts of failing syncs with these fields have in common. */
function common(...records: readonly Fields[]): readonly string[] {
  const ids = records.map((_, index) => `s${index}`);
  const evaluation = listed(records.map((record, index) => aDiagnosis({ id: ids[index], ...record })));
  return commonEvidence(
    ids.map((id) => aReminder(`sync:${id}`)),
    evaluation,
  ).map(lineText);
}

describe('what at least half of the alerts have in common', () => {
  const odd = { last_state: 'exploded' };
  const disabled = { enabled: false, disabled_reason: '10 failures: no destination to host' };

  it.each<readonly [string, readonly Fields[], boolean]>([
    ['one of three', [odd, {}, {}], false],
    ['one of two', [odd, {}], true],
    ['two of three', [odd, odd, {}], true],
    ['all', [odd, odd], true],
    ['two that differ, of four', [odd, { last_state: 'timed out' }, {}, {}], false],
  ])('is a last state other than "failed": %s', (_who, records, isShown) =>
    expect(common(...records).includes('last state `exploded`')).toBe(isShown),
  );

  it('is no last state that is "failed", and none that is not a failure', () => {
    for (const last_state of ['failed', 'completed', 'running', null])
      expect(common({ last_state }, { last_state }).join()).not.toContain('last state');
  });

  it.each<readonly [string, readonly Fields[], boolean]>([
    ['one of three', [disabled, {}, {}], false],
    ['one of two', [disabled, {}], true],
    ['all', [disabled, disabled], true],
  ])('is the reason of the platform for disabling them: %s', (_who, records, isShown) =>
    expect(
      common(...records).includes('disabled by the platform: `10 failures: no destination to host`'),
    ).toBe(isShown),
  );

  it('is cut to 160 characters where it is a reason', () => {
    const [reason] = common({ ...disabled, disabled_reason: 'x'.repeat(5000) });
    expect(reason).toBe(`disabled by the platform: \`${'x'.repeat(159)}…\``);
  });

  it.each<readonly [string, readonly Fields[], string | undefined]>([
    ['one of three', [succeededAgo(60), {}, {}], undefined],
    ['one of two', [succeededAgo(60), {}], 'nothing has started for 1 h'],
    ['all', [succeededAgo(60), succeededAgo(180)], 'nothing has started for 1 to 3 h'],
    // Interval and threshold are 15 min and 20 min.
    ['at the threshold', [succeededAgo(35)], undefined],
    ['beyond the threshold', [succeededAgo(36)], 'nothing has started for 36 m'],
  ])('is that nothing has started: %s', (_who, records, text) =>
    expect(common(...records).find((part) => part.includes('has started'))).toBe(text),
  );

  it('is not that nothing has started while the platform backs off, or a run is going', () => {
    const backingOff = { consecutive_failures: 5, last_run_at: isoAgo(60 * MINUTE) };
    const running = { ...succeededAgo(120), last_state: 'running', last_run_at: isoAgo(HOUR) };
    for (const record of [backingOff, running])
      expect(common(record, record).join()).not.toContain('started');
  });

  it('is that no run has ever started', () => {
    const never = {
      last_state: null,
      last_run_at: null,
      last_success_at: null,
      seconds_since_success: null,
      created_at: isoAgo(DAY),
    };
    expect(common(never, never, {})).toContain('no run of them has ever started');
    expect(common(never, {}, {}).join()).not.toContain('ever started');
  });
});

describe('the last success of the alerts', () => {
  const never = { last_success_at: null, seconds_since_success: null };

  it.each<readonly [string, readonly Fields[], string]>([
    ['one figure', [{}, {}], 'last success 20 m ago'],
    ['the range of different figures', [16, 19, 17].map(succeededAgo), 'last success 16 to 19 m ago'],
    ['those that never succeeded apart', [{}, never, never], 'last success 20 m ago, 2 never succeeded'],
    ['none', [never, never], 'none has ever succeeded'],
  ])('is %s', (_what, records, text) => expect(common(...records).at(-1)).toBe(text));
});

it('nothing is said of syncs that the listing lacks, and only "as last listed" while the listing fails', () => {
  const alerts = [aReminder('sync:a'), aReminder('sync:b')];
  expect(commonEvidence(alerts, listed([]))).toEqual([]);
  expect(commonEvidence(alerts, UNAVAILABLE).map(lineText)).toEqual(['as last listed']);
});

describe('a range of durations', () => {
  it.each([
    [[720], '12 m'],
    [[720, 720], '12 m'],
    [[720, 779], '12 m'],
    [[960, 1140], '16 to 19 m'],
    [[1140, 960], '16 to 19 m'],
    [[30, 45], '30 to 45 s'],
    [[30, 120], '30 s to 2 m'],
    [[3000, 10_800], '50 m to 3 h'],
    [[7200, 10_800], '2 to 3 h'],
    [[7200, 10_860], '2 h to 3 h 1 m'],
    [[7260, 10_800], '2 h 1 m to 3 h'],
  ])('%j is %j', (seconds, text) => expect(rangeText(seconds)).toBe(text));
});
