import type { Alert } from '../../lambda/core/alert.ts';
import { isActive, selects, tokenFrom } from '../../lambda/core/silence.ts';
import { anAcknowledgement, aSilence, aSilenceOf } from './a-silence.ts';
import { ago, anAlert, anEndedAlert, hours, later, NOW } from './a-sync.ts';

describe('a silence is active', () => {
  it.each([
    ['a second before it begins', later(1), later(60), false],
    ['when it begins', NOW, later(60), true],
    ['a second before it ends', ago(60), later(1), true],
    ['when it ends', ago(60), NOW, false],
  ])('%s: %p', (_, startsAt, endsAt, active) => {
    expect(isActive(aSilence({ id: ['a'] }, { startsAt, endsAt }), NOW)).toBe(active);
  });
});

describe('a silence selects', () => {
  const ALERT = anAlert({ since: ago(hours(2)) });

  it('the alerts of its matcher, whatever their state', () => {
    const silence = aSilence({ name: ['ord*'], severity: ['warning'] });
    expect(selects(silence, 'sync:a', ALERT)).toBe(true);
    expect(selects(silence, 'sync:a', anEndedAlert())).toBe(true);
    expect(selects(silence, 'sync:a', { ...ALERT, severity: 'critical' })).toBe(false);
  });

  it('the alerts of a digest, also when they fire again', () => {
    const silence = aSilenceOf(['sync:a', 'listing']);
    expect(selects(silence, 'sync:a', { ...ALERT, since: NOW })).toBe(true);
    expect(selects(silence, 'listing', ALERT)).toBe(true);
    expect(selects(silence, 'sync:b', ALERT)).toBe(false);
  });

  it.each<[string, Partial<Alert>, boolean]>([
    ['while it fires as it did', {}, true],
    ['not once it has ended', { state: 'ended' }, false],
    ['not when it fires again', { since: ago(hours(1)) }, false],
    ['not when the warning became critical', { severity: 'critical' }, false],
  ])('an acknowledged alert %s', (_, overrides, selected) => {
    const acknowledged = { fingerprint: 'sync:a', since: ago(hours(2)), severity: 'warning' } as const;
    const alert = { ...ALERT, ...overrides };
    expect(selects(anAcknowledgement([acknowledged]), 'sync:a', alert)).toBe(selected);
    expect(selects(anAcknowledgement([acknowledged]), 'sync:b', alert)).toBe(false);
  });

  it('a critical alert that was acknowledged as such', () => {
    const since = ago(hours(2));
    const silence = anAcknowledgement([{ fingerprint: 'sync:a', since, severity: 'critical' }]);
    expect(selects(silence, 'sync:a', { ...ALERT, severity: 'critical' })).toBe(true);
    expect(selects(silence, 'sync:a', ALERT)).toBe(true);
  });
});

describe('a token', () => {
  const none = () => false;

  it('is four letters or digits, for any number from 0 up to 1', () => {
    for (const random of [0, 0.25, 0.5, 0.999_999_999]) {
      expect(tokenFrom(random, none)).toMatch(/^[a-z2-9]{4}$/);
    }
  });

  it('differs for 10,000 different numbers', () => {
    const tokens = Array.from({ length: 10_000 }, (_, index) => tokenFrom(index / 10_000, none));
    expect(new Set(tokens).size).toBe(10_000);
  });

  it('is the next one where it is taken, also at the end of the numbers', () => {
    const taken = new Set([tokenFrom(0.5, none), tokenFrom(0.999_999_99, none)]);
    const isTaken = (token: string) => taken.has(token);
    expect(taken).not.toContain(tokenFrom(0.5, isTaken));
    expect(tokenFrom(0.999_999_99, isTaken)).toBe(tokenFrom(0, none));
  });
});
