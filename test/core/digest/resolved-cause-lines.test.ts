import type { Resolution } from '../../../lambda/core/alert.ts';
import { type ResolvedCauseOptions, resolvedCauseLine } from '../../../lambda/core/digest/cause-lines.ts';
import type { Notification, SharedCause } from '../../../lambda/core/notify/notification.ts';
import type { NotifiedCause } from '../../../lambda/core/state.ts';
import { HOUR } from '../../commands/a-world.ts';
import {
  aCause,
  ago,
  aNotification,
  anEndedAlert,
  itemText,
  labelsOf,
  lineText,
  NOW,
  resolved,
} from '../a-digest.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `s${index + 1}`);

function wasNotifiedOf(count: number, overrides: Partial<NotifiedCause> = {}): NotifiedCause {
  return {
    at: ago(HOUR),
    inARow: { brought: 'firings', times: 1 },
    severity: 'warning',
    members: names(count).map((name) => `sync:${name}`),
    ...overrides,
  };
}

/** So many resolutions, of alerts that were open for fifty minutes and ended ten minutes ago. */
function resolutions(count: number, resolution?: Resolution): readonly Notification[] {
  return names(count).map((name) => resolved(name, resolution));
}

function lineOf(
  alerts: readonly Notification[],
  cause: Partial<SharedCause> = {},
  phrase: ResolvedCauseOptions['phrase'] = 'resolved',
) {
  return resolvedCauseLine(
    { cause: aCause({ open: {}, ...cause }), alerts },
    { reason: 'resolved', phrase },
    NOW,
  );
}

describe('the line of a cause whose alerts ended', () => {
  it('says that all alerts that were sent recovered, once the last of them did', () => {
    const item = lineOf(resolutions(3), { notified: wasNotifiedOf(14) });
    expect(item.level).toBe('good');
    expect(itemText(item)).toEqual({
      title: 'connection `pg-main`: *all 14 recovered*',
      detail: ['lasted 50 m', '`s1`, `s2`, `s3`'],
    });
  });

  it('counts the alerts that were sent and those that were not together, each once', () => {
    const notified = wasNotifiedOf(3, { members: ['sync:s1', 'sync:x', 'sync:y'] });
    expect(lineText(lineOf(resolutions(2), { notified }).title)).toContain('*all 4 recovered*');
  });

  it('counts its own alerts when the cause was not sent before', () => {
    expect(lineText(lineOf(resolutions(1200)).title)).toContain('*all 1,200 recovered*');
  });

  it.each([
    [1, 1, '1 sync recovered', '1 still open'],
    [3, 5, '3 syncs recovered', '5 still open'],
    [3, 1200, '3 syncs recovered', '1,200 still open'],
  ])('says how many are still open: %d recovered, %d open', (count, open, text, left) => {
    const item = lineOf(resolutions(count), {
      open: { failing: open - 1, stalled: 1 },
      notified: wasNotifiedOf(14),
    });
    expect(itemText(item).title).toBe(`connection \`pg-main\`: *${text}*`);
    expect(itemText(item).detail.slice(0, 2)).toEqual([left, 'lasted 50 m']);
  });

  it('does not say "all" of a single alert', () => {
    expect(lineText(lineOf(resolutions(1), { notified: wasNotifiedOf(1) }).title)).toContain(
      '*1 sync recovered*',
    );
  });

  it.each(['enabled', 'readable', 'no_longer_late'] as const)(
    'says "resolved", not "recovered", when one alert ended without a success: %s',
    (by) => {
      const alerts = [...resolutions(2), ...resolutions(3, { how: 'resolved', by }).slice(2)];
      expect(lineText(lineOf(alerts).title)).toContain('*all 3 resolved*');
      expect(lineText(lineOf(alerts, { open: { failing: 1 } }).title)).toContain('*3 syncs resolved*');
    },
  );

  it.each([
    [1, '1 sync is no longer watched'],
    [3, '3 syncs are no longer watched'],
  ])('is a note, and no good news, when the syncs are no longer watched: %d', (count, text) => {
    const item = lineOf(resolutions(count, { how: 'unlisted' }), {}, 'no longer watched');
    expect(item.level).toBe('note');
    expect(itemText(item).title).toBe(`connection \`pg-main\`: *${text}*`);
  });

  it.each([
    [1, '1 sync resolved in the meantime'],
    [3, '3 syncs resolved in the meantime'],
  ])('is a note when the alerts resolved before they were sent: %d', (count, text) => {
    const item = lineOf(resolutions(count), { open: { failing: 2 } }, 'resolved in the meantime');
    expect(item.level).toBe('note');
    expect(itemText(item)).toMatchObject({
      title: `connection \`pg-main\`: *${text}*`,
      detail: ['2 still open', 'lasted 50 m', expect.any(String)],
    });
  });

  it.each([
    [3, '`s1`, `s2`, `s3`'],
    [4, '`s1`, `s2`, `s3` and 1 more'],
    [1203, '`s1`, `s2`, `s3` and 1,200 more'],
  ])('names three syncs of %d', (count, text) =>
    expect(itemText(lineOf(resolutions(count))).detail.at(-1)).toBe(text),
  );

  it('names a sync without a name by its source, and one without either by its id', () => {
    const [a, b] = resolutions(2);
    if (a === undefined || b === undefined) throw new Error('two');
    const alerts = [
      { ...a, alert: { ...a.alert, labels: labelsOf(null) } },
      { ...b, alert: { ...b.alert, labels: null } },
    ];
    expect(itemText(lineOf(alerts)).detail.at(-1)).toBe('`public.orders`, `s2`');
  });

  it('lasted from the start of the first alert to the end of the last, however late it is sent', () => {
    const one = (name: string, since: number, at: number) =>
      aNotification(
        'resolved',
        `sync:${name}`,
        anEndedAlert({ how: 'resolved', by: 'success', at }, { since }),
      );
    const alerts = [one('a', ago(5 * HOUR), ago(3 * HOUR)), one('b', ago(4 * HOUR), ago(2 * HOUR))];
    expect(itemText(lineOf(alerts)).detail[0]).toBe('lasted 3 h');
  });

  it('covers all of them, as not listed', () => {
    const cause = aCause();
    const alerts = resolutions(4).map((one) => ({ ...one, cause }));
    expect(lineOf(alerts).covers).toEqual(
      alerts.map(({ fingerprint }) => ({
        fingerprint,
        reason: 'resolved',
        listed: false,
        cause: cause.key,
      })),
    );
  });
});
