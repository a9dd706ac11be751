import { activeMutes, type Mutes, muteOf, type News, NO_MUTES } from '../../../lambda/core/notify/mute.ts';
import type { NotifyReason } from '../../../lambda/core/notify/reason.ts';
import type { QuietHours } from '../../../lambda/core/quiet-hours.ts';
import { anAcknowledgement, aSilence, aSilenceOf } from '../a-silence.ts';
import { ago, aLastNotified, anAlert, hours, later, minutes, NOW } from '../a-sync.ts';

/** From 22:00 to 10:00 UTC: quiet at `NOW`, 09:00. */
const NIGHT: QuietHours = {
  zone: 'UTC',
  from: 22 * 60,
  to: 10 * 60,
  days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
  severity: ['warning'],
};
const WARNING = anAlert({ since: ago(hours(2)) });
const CRITICAL = anAlert({ since: ago(hours(2)), severity: 'critical' });
const ACKNOWLEDGED = { fingerprint: 'sync:a', since: ago(hours(2)), severity: 'warning' } as const;

const SILENCED: Mutes = { ...NO_MUTES, silences: [aSilence()] };
const BY_DIGEST: Mutes = { ...NO_MUTES, silences: [aSilenceOf(['sync:a'])] };
const ACKED: Mutes = { ...NO_MUTES, silences: [anAcknowledgement([ACKNOWLEDGED])] };
const QUIET = quietIn([NIGHT]);

function quietIn(some: readonly QuietHours[]): Mutes {
  return { ...NO_MUTES, hours: { ofAlert: () => some, ofCondition: () => some } };
}

const muted = (reason: NotifyReason, mutes: Mutes, news: Partial<News> = {}) =>
  muteOf({ fingerprint: 'sync:a', alert: WARNING, logEntry: {}, reason, ...news }, activeMutes(mutes, NOW))
    ?.by;

describe('what a mute holds back of a warning', () => {
  it.each<[NotifyReason, string | undefined, string | undefined, string | undefined]>([
    ['new', 'silenced', 'quiet_hours', 'acknowledged'],
    ['changed', 'silenced', 'quiet_hours', 'acknowledged'],
    ['escalated', 'silenced', undefined, undefined],
    ['disable_imminent', 'silenced', 'quiet_hours', undefined],
    ['resolved_undelivered', 'silenced', 'quiet_hours', 'acknowledged'],
    ['resolved_in_group', 'silenced', 'quiet_hours', 'acknowledged'],
    ['resolved', undefined, 'quiet_hours', undefined],
    ['reminder', 'silenced', 'quiet_hours', 'acknowledged'],
  ])('%s: silence %p, quiet hours %p, acknowledgement %p', (reason, silence, quiet, acknowledgement) => {
    expect(muted(reason, SILENCED)).toBe(silence);
    expect(muted(reason, BY_DIGEST)).toBe(silence);
    expect(muted(reason, QUIET)).toBe(quiet);
    expect(muted(reason, ACKED)).toBe(acknowledgement);
    expect(muted(reason, NO_MUTES)).toBeUndefined();
  });
});

describe('quiet hours of warnings', () => {
  it.each<[NotifyReason, string | undefined]>([
    ['new', undefined],
    ['escalated', undefined],
    ['disable_imminent', undefined],
    ['reminder', 'quiet_hours'],
  ])('let critical alerts pass, but no reminder: %s', (reason, by) => {
    expect(muted(reason, QUIET, { alert: CRITICAL })).toBe(by);
  });

  it('let the resolution pass of what was sent as critical, and hold that of a warning', () => {
    const sentAs = (severity: 'warning' | 'critical') => ({
      alert: CRITICAL,
      logEntry: { lastNotified: aLastNotified({ severity }) },
    });
    expect(muted('resolved', QUIET, sentAs('critical'))).toBeUndefined();
    expect(muted('resolved', QUIET, sentAs('warning'))).toBe('quiet_hours');
  });

  it('hold critical alerts too where they say so', () => {
    const all = quietIn([{ ...NIGHT, severity: ['warning', 'critical'] }]);
    expect(muted('new', all, { alert: CRITICAL })).toBe('quiet_hours');
  });

  it('hold nothing at another time', () => {
    expect(muted('new', quietIn([{ ...NIGHT, to: 9 * 60 }]))).toBeUndefined();
  });

  it('end with the last of the hours of a severity', () => {
    const { quietIn } = activeMutes(NO_MUTES, NOW);
    const both = [NIGHT, { ...NIGHT, from: 9 * 60, to: 12 * 60 }];
    expect([...quietIn(both)]).toEqual([['warning', later(hours(3))]]);
  });
});

describe('several mutes', () => {
  const until = (mutes: Mutes) =>
    muteOf({ fingerprint: 'sync:a', alert: WARNING, logEntry: {}, reason: 'new' }, activeMutes(mutes, NOW));

  it('hold until the last of overlapping silences ends, whatever their order', () => {
    const short = aSilence({ name: ['orders'] }, { id: 'aaaa', endsAt: later(minutes(5)) });
    const long = aSilenceOf(['sync:a'], { id: 'bbbb', endsAt: later(minutes(50)) });
    const expected = { by: 'silenced', until: later(minutes(50)), id: 'bbbb' };
    expect(until({ ...NO_MUTES, silences: [short, long] })).toEqual(expected);
    expect(until({ ...NO_MUTES, silences: [long, short] })).toEqual(expected);
  });

  it('name the silence before the quiet hours, and the quiet hours once it has ended', () => {
    expect(until({ ...QUIET, silences: [aSilence()] })?.by).toBe('silenced');
    const over = aSilence({ name: ['orders'] }, { endsAt: NOW });
    expect(until({ ...QUIET, silences: [over] })).toEqual({ by: 'quiet_hours', until: later(hours(1)) });
  });

  it('hold in quiet hours the resolution that a silence lets pass', () => {
    expect(muted('resolved', { ...QUIET, silences: [aSilence()] })).toBe('quiet_hours');
  });

  it('of a thousand silences and ten thousand alerts are found in less than two seconds', () => {
    const silences = Array.from({ length: 1000 }, (_, index) =>
      aSilenceOf([`sync:${index}`, `sync:${index + 1}`], { id: `s${index}` }),
    );
    const active = activeMutes({ ...NO_MUTES, silences }, NOW);
    const startedMs = performance.now();
    const held = Array.from({ length: 10_000 }, (_, index) =>
      muteOf({ fingerprint: `sync:${index}`, alert: WARNING, logEntry: {}, reason: 'new' }, active),
    );
    expect(held.filter((mute) => mute !== undefined)).toHaveLength(1001);
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });
});
