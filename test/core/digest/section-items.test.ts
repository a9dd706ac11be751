import type {
  Notification,
  NotificationPlan,
  SharedCause,
} from '../../../lambda/core/notify/notification.ts';
import {
  aCause,
  aDigest,
  aLastNotified,
  aNotification,
  anAlert,
  anEndedAlert,
  aReminder,
  itemText,
  labelsOf,
  many,
  named,
  onlyItem,
  outline,
  paused,
  resolved,
} from '../a-digest.ts';

const resolvedInGroup = (name: string, cause?: SharedCause): Notification => ({
  ...aNotification('resolved_in_group', `sync:${name}`, anEndedAlert(undefined, { labels: labelsOf(name) })),
  ...(cause && { cause }),
});

describe('alerts that resolved while their cause held them', () => {
  it('are one line for each cause, and one line that counts the others', () => {
    const cause = aCause({ open: { failing: 2 } });
    const notifications = [resolvedInGroup('a', cause), resolvedInGroup('b'), resolvedInGroup('c')];
    const digest = aDigest({ notifications });
    expect(outline(digest)).toEqual({
      'Resolved in the meantime': [
        'connection `pg-main`: *1 sync resolved in the meantime*',
        '2 syncs resolved in the meantime',
      ],
    });
    const covers = digest.sections.flatMap(({ items }) => items.flatMap((item) => item.covers));
    expect(covers.map(({ fingerprint, reason, listed }) => [fingerprint, reason, listed])).toEqual([
      ['sync:a', 'resolved_in_group', false],
      ['sync:b', 'resolved_in_group', false],
      ['sync:c', 'resolved_in_group', false],
    ]);
  });

  it('are that one line alone when all of them share a cause', () => {
    const digest = aDigest({ notifications: [resolvedInGroup('a', aCause())] });
    expect(outline(digest)).toEqual({
      'Resolved in the meantime': ['connection `pg-main`: *1 sync resolved in the meantime*'],
    });
  });
});

describe('many resolutions', () => {
  const listedFlags = ({ items }: ReturnType<typeof aDigest>['sections'][number]) =>
    items.map(({ covers }) => covers.map(({ listed }) => listed));
  const onlyCounted = (one: Notification): Notification => ({
    ...one,
    logEntry: { lastNotified: aLastNotified({ listed: false }) },
  });

  it.each([
    ['Resolved', (name: string) => resolved(name), 'sync resolved', 'syncs resolved'],
    [
      'No longer watched',
      (name: string) => resolved(name, { how: 'unlisted' }),
      'sync is no longer watched',
      'syncs are no longer watched',
    ],
  ] as const)('have ten lines, and a count of the rest: %s', (section, make, one, more) => {
    const shown = (count: number) => outline(aDigest({ notifications: many(count, make) }))[section] ?? [];
    expect(shown(10)).toHaveLength(10);
    expect(shown(10).join()).not.toContain('more');
    expect(shown(11)).toHaveLength(11);
    expect(shown(11).at(-1)).toBe(`1 more ${one}`);
    expect(shown(12).at(-1)).toBe(`2 more ${more}`);
    expect(shown(1011).at(-1)).toBe(`1,001 more ${more}`);
  });

  it('beyond ten are covered, as not listed, by the line that counts them', () => {
    const [section] = aDigest({ notifications: many(13, (name) => resolved(name)) }).sections;
    expect(section && listedFlags(section)).toEqual([...many(10, () => [true]), [false, false, false]]);
    expect(section?.items.at(-1)?.covers.map(({ fingerprint }) => fingerprint)).toEqual([
      'sync:sync-11',
      'sync:sync-12',
      'sync:sync-13',
    ]);
  });

  it('are only counted when their firings were only counted', () => {
    const counted = many(3, (name) => onlyCounted(resolved(name)));
    const alone = aDigest({ notifications: counted });
    expect(outline(alone)['Resolved']).toEqual(['3 syncs resolved']);
    expect(alone.sections[0] && listedFlags(alone.sections[0])).toEqual([[false, false, false]]);
    const withOthers = aDigest({ notifications: [...counted, resolved('orders')] });
    expect(outline(withOthers)['Resolved']).toEqual(['`orders` *recovered*', '3 more syncs resolved']);
  });

  it('that are only counted leave the ten lines to the others', () => {
    const counted = many(9, (name) => onlyCounted(resolved(name)));
    const others = many(10, (name) => resolved(`z-${name}`));
    const shown = outline(aDigest({ notifications: [...counted, ...others] }));
    expect(shown['Resolved']).toHaveLength(11);
    expect(shown['Resolved']?.at(-1)).toBe('9 more syncs resolved');
  });
});

describe('a shared cause', () => {
  const cause = aCause();
  const sharing = (make: (name: string) => Notification, ...ids: readonly string[]) =>
    ids.map((id) => ({ ...make(id), cause }));
  /** By section, its first title and how many lines follow. */
  const shape = (plan: Partial<NotificationPlan>) =>
    Object.fromEntries(
      Object.entries(outline(aDigest(plan))).map(([section, [head, ...rest]]) => [
        section,
        [head, rest.length],
      ]),
    );

  it.each<[string, (name: string) => Notification, string, number]>([
    ['Needs attention', (name) => named('new', name), '3 syncs* (3 failing)', 4],
    [
      'Resolved before delivery',
      (name) => aNotification('resolved_undelivered', `sync:${name}`, anEndedAlert()),
      '3 syncs resolved in the meantime*',
      1,
    ],
    ['Resolved', (name) => resolved(name), '3 syncs recovered*', 1],
    ['No longer watched', (name) => resolved(name, { how: 'unlisted' }), '3 syncs are no longer watched*', 1],
  ])('comes first in the section %j', (section, make, text, others) => {
    const notifications = [make('z'), ...sharing(make, 'a', 'b', 'c')];
    expect(shape({ notifications })).toEqual({ [section]: [`connection \`pg-main\`: *${text}`, others] });
  });

  it('comes first in a reminder', () => {
    const reminder = ['a', 'b', 'c'].map((id) => ({
      ...aReminder(`sync:${id}`, anAlert({ labels: labelsOf(id) })),
      cause,
    }));
    expect(shape({ reminder: [...reminder, aReminder('sync:z')] })).toEqual({
      'Still open': ['connection `pg-main`: *3 syncs* (3 failing)', 4],
    });
  });
});

describe('the digest of the initial run', () => {
  const initial = (plan: Partial<NotificationPlan>) => aDigest(plan, { initialRun: true });

  it.each([
    [1, '1 sync paused by a person: `sync-01`'],
    [2, '2 syncs paused by a person: `sync-01`, `sync-02`'],
    [3, '3 syncs paused by a person: `sync-01`, `sync-02`, `sync-03`'],
    [4, '4 syncs paused by a person: `sync-01`, `sync-02`, `sync-03` and 1 more'],
    [1204, '1,204 syncs paused by a person: `sync-01`, `sync-02`, `sync-03` and 1,201 more'],
  ])('has one line for %d paused syncs, which names the first three', (count, title) => {
    const digest = initial({ notifications: many(count, paused) });
    expect(outline(digest)).toEqual({ Paused: [title] });
    const line = digest.sections[0]?.items[0];
    expect(line).toMatchObject({ level: 'note', detail: [] });
    expect(line?.covers).toHaveLength(count);
    expect(line?.covers.filter(({ listed }) => listed)).toHaveLength(Math.min(count, 3));
    expect(line?.covers[0]?.listed).toBe(true);
  });

  it('has a line of its own for a sync that the platform disabled', () => {
    const disabled = named('new', 'given-up', { problem: 'disabled', severity: 'critical' });
    expect(outline(initial({ notifications: [paused('quiet'), disabled] }))).toEqual({
      'Needs attention': ['`given-up` *is disabled*'],
      Paused: ['1 sync paused by a person: `quiet`'],
    });
  });

  it('is the only one with a section of paused syncs: later each has a line', () => {
    expect(outline(aDigest({ notifications: [paused('quiet')] }))).toEqual({
      'Needs attention': ['`quiet` *is paused*'],
    });
  });
});

describe('a reminder', () => {
  const open = (name: string) => aReminder(`sync:${name}`, anAlert({ labels: labelsOf(name) }));

  it('lists an open alert with the evidence of this evaluation', () => {
    expect(itemText(onlyItem(aDigest({ reminder: [aReminder()] })))).toEqual({
      title: '`orders` *is failing*',
      detail: expect.arrayContaining(['last success 20 m ago, runs every 15 m', 'open for 1 h']),
    });
  });

  it('has ten lines, and a count of the rest', () => {
    const shown = (count: number) => outline(aDigest({ reminder: many(count, open) }))['Still open'] ?? [];
    expect(shown(10)).toHaveLength(10);
    expect(shown(10).join()).not.toContain('more');
    expect(shown(11).slice(10)).toEqual(['and 1 more still open']);
    expect(shown(1234).slice(10)).toEqual(['and 1,224 more still open']);
  });

  it('covers every alert, also those that it only counts', () => {
    const { sections } = aDigest({ reminder: many(12, open) });
    const covers = sections.flatMap(({ items }) => items.flatMap((item) => item.covers));
    expect(covers).toHaveLength(12);
    expect(covers.every(({ reason }) => reason === 'reminder')).toBe(true);
    expect(covers.filter(({ listed }) => listed)).toHaveLength(10);
  });
});
