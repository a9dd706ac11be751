import fc from 'fast-check';
import {
  deadlineText,
  disableForecast,
  failuresLeft,
  nextRunAt,
  secondsUntilDisabled,
} from '../../../lambda/core/digest/forecast.ts';
import { secondsBetween } from '../../../lambda/core/time.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import { aDiagnosis, ago, isoAgo, lineText, NOW } from '../a-digest.ts';

/** A failing sync, whose last run was five minutes ago unless an override says otherwise. */
const failing = (consecutive_failures: number | null, overrides: Readonly<Record<string, unknown>> = {}) =>
  aDiagnosis({ consecutive_failures, ...overrides });

describe('the next run of a failing sync', () => {
  /** How long after its last run. */
  function waitSeconds(failures: number, interval_secs: number): number | undefined {
    const next = nextRunAt(failing(failures, { interval_secs }));
    return next && secondsBetween(ago(5 * MINUTE), next);
  }

  it.each([
    [0, 900, 900],
    [1, 900, 1800],
    [2, 900, 3600],
    [3, 900, 3600],
    [9, 900, 3600],
    [1, 60, 120],
    [5, 60, 1920],
    [6, 60, 3600],
    [1, 1799, 3598],
    [1, 1800, 3600],
    [1, 1801, 3600],
    [1, 3600, 3600],
    [1, 3601, 3601],
    [9, 86_400, 86_400],
  ])('after %d failures of a sync that runs every %d s is due after %d s', (failures, interval, wait) =>
    expect(waitSeconds(failures, interval)).toBe(wait),
  );

  it('is due after at least the interval, and at most the longer of the interval and an hour', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 30, max: 10 * 86_400 }), (failures, interval) => {
        const wait = waitSeconds(failures, interval);
        expect(wait).toBeGreaterThanOrEqual(interval);
        expect(wait).toBeLessThanOrEqual(Math.max(interval, 3600));
      }),
    );
  });

  it.each([
    ['there was no last run', failing(3, { last_run_at: null })],
    ['it has no schedule', failing(3, { interval_secs: 0 })],
    ['the API does not count the failures', failing(null)],
  ])('is unknown when %s', (_why, diagnosis) => expect(nextRunAt(diagnosis)).toBeUndefined());

  it('is due after the interval for a sync that does not fail, whether or not the API counts', () => {
    const completed = aDiagnosis({ last_state: 'completed' });
    expect(nextRunAt(completed)).toBe(NOW + 10 * MINUTE);
  });
});

describe('the failures that are left before the platform disables a sync', () => {
  it.each([
    [0, 10],
    [7, 3],
    [8, 2],
    [9, 1],
    [10, undefined],
    [11, undefined],
  ])('after %d failures are %d', (failures, left) => expect(failuresLeft(failing(failures).sync)).toBe(left));

  it('are unknown without a count, and for a sync that is disabled already', () => {
    expect(failuresLeft(failing(null).sync)).toBeUndefined();
    expect(failuresLeft(failing(9, { enabled: false }).sync)).toBeUndefined();
  });
});

describe('the time until the platform disables a sync', () => {
  it.each([
    // The next run is due an hour after the last one: it is the tenth failure.
    [9, 900, 55 * 60],
    [8, 900, 55 * 60 + 3600],
    [7, 900, 55 * 60 + 2 * 3600],
    [9, 86_400, 86_400 - 300],
    [8, 86_400, 2 * 86_400 - 300],
  ])('is the sum of the waits that are left: %d failures, every %d s', (failures, interval_secs, seconds) =>
    expect(secondsUntilDisabled(failing(failures, { interval_secs }), NOW)).toBe(seconds),
  );

  it('is never negative, however long the next run is overdue', () => {
    const overdue = { last_run_at: isoAgo(5 * HOUR) };
    expect(secondsUntilDisabled(failing(9, overdue), NOW)).toBe(0);
    expect(secondsUntilDisabled(failing(8, overdue), NOW)).toBe(3600);
  });

  it('is unknown without a count, a schedule or a last run', () => {
    for (const diagnosis of [
      failing(null),
      failing(9, { interval_secs: 0 }),
      failing(9, { last_run_at: null }),
    ])
      expect(secondsUntilDisabled(diagnosis, NOW)).toBeUndefined();
  });

  it('is shorter the more failures there are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 30, max: 86_400 }),
        (failures, interval) => {
          const last_run_at = isoAgo(0);
          const [fewer, more] = [failures, failures + 1].map((count) =>
            secondsUntilDisabled(failing(count, { interval_secs: interval, last_run_at }), NOW),
          );
          expect(more).toBeLessThan(fewer ?? 0);
        },
      ),
    );
  });
});

describe('the forecast', () => {
  it.each([
    [failing(9), '*the next failure disables it* at about 09:55 (in 55 m)'],
    [failing(8), '*2 more failures disable it* at about 10:55 (in 1 h 55 m)'],
    [failing(9, { last_run_at: isoAgo(5 * HOUR) }), '*the next failure disables it*'],
    [failing(9, { interval_secs: 0 }), '*the next failure disables it*'],
    [failing(10), undefined],
    [failing(null), undefined],
  ])('says how many failures, when and how long: %#', (diagnosis, text) => {
    const forecast = disableForecast(diagnosis, NOW);
    expect(forecast && lineText(forecast)).toBe(text);
  });

  it.each<readonly [readonly number[], string]>([
    [[3600], 'at about 10:00 (in 1 h)'],
    [[3600, 3630], 'at about 10:00 (in 1 h)'],
    [[3600, 7200], 'at about 10:00 to 11:00 (in 1 to 2 h)'],
  ])('gives the clock time beside the duration: after %j s', (seconds, text) =>
    expect(lineText(deadlineText(seconds, NOW))).toBe(text),
  );
});
