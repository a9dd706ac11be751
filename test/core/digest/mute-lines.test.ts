import { mutedText, unmutedItems } from '../../../lambda/core/digest/mute-lines.ts';
import type { TrackedAlert } from '../../../lambda/core/notify/notification.ts';
import type { MuteReason } from '../../../lambda/core/state.ts';
import { HOUR } from '../../commands/a-world.ts';
import { ago, anAlert, anEndedAlert, labelsOf, lineText, NOW } from '../a-digest.ts';

const held = (name: string, overrides: Partial<TrackedAlert['alert']> = {}, by: MuteReason = 'silenced') => ({
  fingerprint: `sync:${name}`,
  alert: { ...anAlert({ labels: labelsOf(name) }), ...overrides },
  logEntry: { muted: { since: ago(HOUR), by, id: 'k3f9' } },
});
const over = (name: string, by: MuteReason = 'silenced') => ({
  ...held(name, {}, by),
  alert: { ...anEndedAlert(), labels: labelsOf(name) },
});
const CRITICAL = { severity: 'critical' } as const;

const linesOf = (...alerts: readonly TrackedAlert[]) =>
  unmutedItems(alerts).map(({ level, title }) => `${level}: ${lineText(title).replaceAll('*', '')}`);

describe('the line at the end of a mute', () => {
  it.each<[string, readonly TrackedAlert[], string]>([
    ['one that is over', [over('a')], 'good: 1 alert was silenced until now: it resolved in the meantime'],
    [
      'several that are over',
      [over('a'), over('b')],
      'good: 2 alerts were silenced until now: all resolved in the meantime',
    ],
    ['one that is open', [held('a')], 'warning: 1 alert was silenced until now: still open: `a`'],
    [
      'some of both',
      [held('a'), over('b'), over('c')],
      'warning: 3 alerts were silenced until now: 2 resolved in the meantime, still open: `a`',
    ],
    [
      'a critical one',
      [held('a', CRITICAL), held('b')],
      'critical: 2 alerts were silenced until now: still open: `a` (critical), `b`',
    ],
  ])('says of %s', (_, alerts, line) => expect(linesOf(...alerts)).toEqual([line]));

  it('names ten, and counts the others, whose end is then only counted', () => {
    const alerts = Array.from({ length: 12 }, (_, index) => held(`s${index}`));
    expect(linesOf(...alerts)[0]).toMatch(/: still open: `s0`, .*, `s9` and 2 more$/);
    const [item] = unmutedItems(alerts);
    expect(item?.covers.map(({ listed }) => listed)).toEqual([...Array(10).fill(true), false, false]);
    expect(item?.covers.every(({ reason }) => reason === 'unmuted')).toBe(true);
  });

  it('says of what nobody was sent because of an acknowledgement that it was acknowledged', () => {
    expect(linesOf(over('a', 'acknowledged'))).toEqual([
      'good: 1 alert was acknowledged until now: it resolved in the meantime',
    ]);
  });

  it('is one for silences and one for quiet hours', () => {
    expect(linesOf(held('a'), over('b', 'quiet_hours'))).toEqual([
      'warning: 1 alert was silenced until now: still open: `a`',
      'good: 1 alert was held until the end of quiet hours: it resolved in the meantime',
    ]);
  });

  it('is not there when nothing was held', () => expect(unmutedItems([])).toEqual([]));
});

describe('the last line of a digest', () => {
  const counts = { alerts: new Set<string>(), silenced: 0, acknowledged: 0, inQuietHours: 0, until: NOW };

  it.each([
    [{ silenced: 3 }, '3 silenced until 09:00'],
    [{ acknowledged: 1 }, '1 acknowledged'],
    [{ inQuietHours: 1 }, '1 waits for the end of quiet hours'],
    [{ inQuietHours: 1200 }, '1,200 wait for the end of quiet hours'],
    [
      { silenced: 1, acknowledged: 2, inQuietHours: 4 },
      '1 silenced until 09:00, 2 acknowledged, 4 wait for the end of quiet hours',
    ],
  ])('says of %j', (given, text) => expect(lineText(mutedText({ ...counts, ...given }))).toBe(text));

  it('says nothing of mutes without any', () => expect(mutedText(undefined)).toEqual([]));
});
