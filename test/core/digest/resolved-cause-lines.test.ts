import type { Resolution } from '../../../lambda/core/alert.ts';
import { type EndPhrase, resolvedCauseLine } from '../../../lambda/core/digest/cause-lines.ts';
import type { Notification, SharedCause, TrackedAlert } from '../../../lambda/core/notify/notification.ts';
import { HOUR } from '../../commands/a-world.ts';
import {
  aCause,
  ago,
  aNotification,
  anAlert,
  anEndedAlert,
  aReminder,
  itemText,
  labelsOf,
  lineText,
  listed,
  many,
  resolved,
} from '../a-digest.ts';

const FOR_50_M = 'open from 08:00 to 08:50 (50 m), last success before that 07:40';

const names = (count: number) => Array.from({ length: count }, (_, index) => `s${index + 1}`);

/** So many resolutions, of alerts that were open for fifty minutes and ended ten minutes ago. */
function resolutions(count: number, resolution?: Resolution): readonly Notification[] {
  return names(count).map((name) => resolved(name, resolution));
}

/** One of the alerts that were sent under the cause and are still open. */
function stillOpenOne(_name: string, index: number): TrackedAlert {
  const name = `o${index + 1}`;
  return aReminder(`sync:${name}`, anAlert({ labels: labelsOf(name) }));
}

/** The names of so many of them. */
function open(count: number): string {
  return Array.from({ length: count }, (_, index) => `\`o${index + 1}\``).join(', ');
}

function lineOf(
  alerts: readonly Notification[],
  cause: Partial<SharedCause> = {},
  phrase: EndPhrase = 'resolved',
) {
  return resolvedCauseLine({ cause: aCause({ open: {}, ...cause }), alerts }, phrase, listed([]));
}

describe('the line of a cause whose alerts ended', () => {
  it('says that all of them recovered, once none that was sent under the cause is open', () => {
    const item = lineOf(resolutions(3));
    expect(item.level).toBe('good');
    expect(itemText(item)).toEqual({
      title: 'connection `pg-main`: *all 3 recovered*',
      detail: ['`s1`, `s2`, `s3`', FOR_50_M],
    });
  });

  it.each([
    [1, 1, '1 sync recovered, 1 still open', 'still open: `o1`'],
    [3, 10, '3 syncs recovered, 10 still open', `still open: ${open(10)}`],
    [3, 1210, '3 syncs recovered, 1,210 still open', `still open: ${open(10)} and 1,200 more`],
  ])('names up to ten that are still open: %d recovered, %d open', (count, stillOpen, text, left) => {
    const item = lineOf(resolutions(count), { stillOpen: many(stillOpen, stillOpenOne) });
    expect(itemText(item).title).toBe(`connection \`pg-main\`: *${text}*`);
    expect(itemText(item).detail.slice(1)).toEqual([left, FOR_50_M]);
  });

  it('says of the last of them that they are the last, when others were sent as recovered before', () => {
    const notified = { began: ago(HOUR), at: ago(HOUR), times: 2, severity: 'warning' } as const;
    const text = (resolvedAt: number | undefined) =>
      lineText(
        lineOf(resolutions(3), { notified: { ...notified, ...(resolvedAt && { resolvedAt }) } }).title,
      );
    expect(text(ago(HOUR))).toContain('*the last 3 recovered*');
    expect(text(undefined)).toContain('*all 3 recovered*');
  });

  it('says that all of them were enabled again, when nothing else ended them', () => {
    const alerts = resolutions(3, { how: 'resolved', by: 'enabled' });
    expect(lineText(lineOf(alerts).title)).toContain('*all 3 enabled again*');
  });

  it('does not say "all" of a single alert, or of a cause that only folds lines', () => {
    expect(lineText(lineOf(resolutions(1)).title)).toContain('*1 sync recovered*');
    expect(lineText(lineOf(resolutions(3), { isGrouping: false }).title)).toContain('*3 syncs recovered*');
  });

  it.each(['enabled', 'readable', 'no_longer_late'] as const)(
    'says "resolved", not "recovered", when one alert ended without a success: %s',
    (by) => {
      const alerts = [...resolutions(2), ...resolutions(3, { how: 'resolved', by }).slice(2)];
      const stillOpen = many(1, stillOpenOne);
      expect(lineText(lineOf(alerts).title)).toContain('*all 3 resolved*');
      expect(lineText(lineOf(alerts, { stillOpen }).title)).toContain('*3 syncs resolved, 1 still open*');
    },
  );

  it.each([
    [1, '1 sync is excluded by the policy'],
    [3, '3 syncs are excluded by the policy'],
  ])(
    'is a note with the reasons, and no good news, when the policy excludes the syncs: %d',
    (count, text) => {
      const alerts = resolutions(count, { how: 'excluded', reason: 'a sandbox' });
      const item = lineOf(alerts, {}, 'excluded by the policy');
      expect(item.level).toBe('note');
      expect(itemText(item).title).toBe(`connection \`pg-main\`: *${text}*`);
      expect(itemText(item).detail[1]).toBe('`a sandbox`');
    },
  );

  it.each([
    [1, '1 sync recovered before it was sent'],
    [3, '3 syncs recovered before they were sent'],
  ])('is a note when the alerts resolved before they were sent: %d', (count, text) => {
    const stillOpen = many(1, stillOpenOne);
    const item = lineOf(resolutions(count), { stillOpen }, 'before they were sent');
    expect(item.level).toBe('note');
    expect(itemText(item)).toMatchObject({
      title: `connection \`pg-main\`: *${text}*`,
      detail: [expect.any(String), 'still open: `o1`', FOR_50_M],
    });
  });

  it('names up to ten syncs, and none where all of more than ten ended', () => {
    const detail = (count: number, stillOpen: SharedCause['stillOpen'] = []) =>
      itemText(lineOf(resolutions(count), { stillOpen })).detail[0];
    const ten = names(10)
      .map((name) => `\`${name}\``)
      .join(', ');
    expect(detail(10)).toBe(ten);
    expect(detail(11)).toBe(FOR_50_M);
    expect(detail(1210, many(1, stillOpenOne))).toBe(`${ten} and 1,200 more`);
  });

  it('was open from the start of the first alert to the end of the last, however late it is sent', () => {
    const one = (name: string, since: number, at: number) =>
      aNotification(
        'resolved',
        `sync:${name}`,
        anEndedAlert({ how: 'resolved', by: 'success', at }, { since }),
      );
    const alerts = [one('a', ago(5 * HOUR), ago(3 * HOUR)), one('b', ago(4 * HOUR), ago(2 * HOUR))];
    expect(itemText(lineOf(alerts)).detail.at(-1)).toBe('open from 04:00 to 07:00 (3 h)');
  });

  it('covers all of them, as not listed', () => {
    const cause = aCause();
    const alerts = resolutions(4).map((one) => ({ ...one, cause }));
    expect(lineOf(alerts).covers).toEqual(
      alerts.map(({ fingerprint }) => ({
        fingerprint,
        reason: 'resolved',
        listed: false,
        cause: { key: cause.key, severity: cause.severity },
      })),
    );
  });
});
