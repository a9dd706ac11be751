import fc from 'fast-check';
import type {
  Notification,
  NotificationPlan,
  SharedCause,
} from '../../../lambda/core/notify/notification.ts';
import {
  aCause,
  aDiagnosis,
  aDigest,
  aLastNotified,
  aNotification,
  anAlert,
  anEndedAlert,
  aReminder,
  itemText,
  labelsOf,
  lineText,
  listed,
  many,
  named,
  onlyItem,
  outline,
  resolved,
  UNAVAILABLE,
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
      'Resolved before they were sent': [
        'connection `pg-main`: *1 sync recovered before it was sent*',
        '2 syncs recovered before they were sent',
      ],
    });
    const covers = digest.sections.flatMap(({ items }) => items.flatMap((item) => item.covers));
    expect(covers.map(({ fingerprint, reason, listed }) => [fingerprint, reason, listed])).toEqual([
      ['sync:a', 'resolved_in_group', false],
      ['sync:b', 'resolved_in_group', false],
      ['sync:c', 'resolved_in_group', false],
    ]);
  });

  it('are counted in the line about the end of their cause', () => {
    const cause = aCause({ open: {} });
    const notifications = [
      { ...resolved('a'), cause },
      resolvedInGroup('b', cause),
      resolvedInGroup('c', cause),
    ];
    const digest = aDigest({ notifications });
    expect(digest.headline).toBe('3 recovered');
    expect(outline(digest)).toEqual({ Resolved: ['connection `pg-main`: *all 3 recovered*'] });
    const { detail, covers } = onlyItem(digest);
    expect(lineText(detail)).toContain('2 of them before they were sent');
    expect(covers.map(({ reason }) => reason).sort()).toEqual([
      'resolved',
      'resolved_in_group',
      'resolved_in_group',
    ]);
  });

  it('are that one line alone when all of them share a cause', () => {
    const digest = aDigest({ notifications: [resolvedInGroup('a', aCause())] });
    expect(outline(digest)).toEqual({
      'Resolved before they were sent': ['connection `pg-main`: *1 sync recovered before it was sent*'],
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
      'Excluded by the policy',
      (name: string) => resolved(name, { how: 'excluded', reason: 'a sandbox' }),
      'sync is excluded by the policy',
      'syncs are excluded by the policy',
    ],
  ] as const)('have ten lines, and one that counts and names the rest: %s', (section, make, one, more) => {
    const shown = (count: number) => outline(aDigest({ notifications: many(count, make) }))[section] ?? [];
    expect(shown(10)).toHaveLength(10);
    expect(shown(10).join()).not.toContain('more');
    expect(shown(11)).toHaveLength(11);
    expect(shown(11).at(-1)).toBe(`1 more ${one}: \`sync-11\``);
    expect(shown(12).at(-1)).toBe(`2 more ${more}: \`sync-11\`, \`sync-12\``);
    expect(shown(1011).at(-1)).toMatch(new RegExp(`^1,001 more ${more}: .* and 991 more$`));
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
    expect(outline(alone)['Resolved']).toEqual(['3 syncs resolved: `sync-01`, `sync-02`, `sync-03`']);
    expect(alone.sections[0] && listedFlags(alone.sections[0])).toEqual([[false, false, false]]);
    const withOthers = aDigest({ notifications: [...counted, resolved('orders')] });
    expect(outline(withOthers)['Resolved']).toEqual([
      '`orders` *recovered*',
      '3 more syncs resolved: `sync-01`, `sync-02`, `sync-03`',
    ]);
  });

  it('that are only counted leave the ten lines to the others', () => {
    const counted = many(9, (name) => onlyCounted(resolved(name)));
    const others = many(10, (name) => resolved(`z-${name}`));
    const shown = outline(aDigest({ notifications: [...counted, ...others] }));
    expect(shown['Resolved']).toHaveLength(11);
    expect(shown['Resolved']?.at(-1)).toMatch(/^9 more syncs resolved: `sync-01`/);
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
    ['Needs attention', (name) => named('new', name), '3 syncs*', 2],
    [
      'Resolved before delivery',
      (name) => aNotification('resolved_undelivered', `sync:${name}`, anEndedAlert()),
      '3 syncs recovered before they were sent*',
      1,
    ],
    ['Resolved', (name) => resolved(name), 'all 3 recovered*', 1],
    [
      'Excluded by the policy',
      (name) => resolved(name, { how: 'excluded', reason: 'a sandbox' }),
      '3 syncs are excluded by the policy*',
      1,
    ],
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
      'Still open': ['connection `pg-main`: *3 syncs*', 2],
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

  it('has fifteen lines, and a count of the rest', () => {
    const shown = (count: number) => outline(aDigest({ reminder: many(count, open) }))['Still open'] ?? [];
    expect(shown(15)).toHaveLength(15);
    expect(shown(15).join()).not.toContain('more');
    expect(shown(16).slice(15)).toEqual(['and 1 more still open']);
    expect(shown(1239).slice(15)).toEqual(['and 1,224 more still open']);
  });

  it('covers every alert, also those that it only counts', () => {
    const { sections } = aDigest({ reminder: many(18, open) });
    const covers = sections.flatMap(({ items }) => items.flatMap((item) => item.covers));
    expect(covers).toHaveLength(18);
    expect(covers.every(({ reason }) => reason === 'reminder')).toBe(true);
    expect(covers.filter(({ listed }) => listed)).toHaveLength(15);
  });

  it('counts each alert of the causes for which it has no line', () => {
    const reminder = numbersTo(20).flatMap((index) => {
      const cause = aCause({ name: `pg-${index}` });
      return ['a', 'b', 'c'].map((id) => ({ ...open(`${id}-${index}`), cause }));
    });
    const { sections } = aDigest({ reminder });
    const [last] = sections.flatMap(({ items }) => items).slice(-1);
    expect(last && lineText(last.title)).toBe('and 15 more still open');
    expect(last?.covers).toHaveLength(15);
  });

  it('leaves out nothing critical while it lists a warning', () => {
    const alert = fc.record({
      isCritical: fc.boolean(),
      connection: fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(alert, { minLength: 1, maxLength: 60 }), (alerts) => {
        const reminder = alerts.map(({ isCritical, connection }, index) => {
          const severity = isCritical ? ('critical' as const) : ('warning' as const);
          const one = aReminder(`sync:${index}`, anAlert({ severity, labels: labelsOf(`${index}`) }));
          const worst = alerts.some((other) => other.isCritical && other.connection === connection);
          const cause = { name: connection, severity: worst ? 'critical' : 'warning' } as const;
          return connection === undefined ? one : { ...one, cause: aCause({ ...cause, name: connection }) };
        });
        const items = aDigest({ reminder }).sections.flatMap((section) => section.items);
        const counting = items.find(({ title }) => lineText(title).endsWith('more still open'));
        const leftOut = (counting?.covers ?? []).map(({ fingerprint }) => fingerprint);
        const isCriticalOut = reminder.some(
          ({ fingerprint, alert }) => alert.severity === 'critical' && leftOut.includes(fingerprint),
        );
        const isWarningListed = items.some(({ level }) => level === 'warning');
        expect(isCriticalOut && isWarningListed).toBe(false);
      }),
    );
  });
});

describe('open alerts and those of a reminder', () => {
  const critical = { severity: 'critical' } as const;
  const criticalCause = aCause({ name: 'pg-critical', severity: 'critical' });
  const warningCause = aCause({ name: 'pg-warning' });

  it('stand with the critical ones first: causes, then singles', () => {
    const notifications = [
      named('new', 'warning'),
      { ...named('new', 'a'), cause: warningCause },
      named('new', 'critical', critical),
      { ...named('new', 'b', critical), cause: criticalCause },
    ];
    const titles = outline(aDigest({ notifications }))['Needs attention'];
    expect(titles?.filter((title) => title.includes('connection') || title.includes('failing'))).toEqual([
      'connection `pg-critical`: *1 sync*',
      '`critical` *is failing*',
      'connection `pg-warning`: *1 sync*',
      '`warning` *is failing*',
    ]);
  });

  it('stand with the critical ones of the reminder before any warning that is new', () => {
    const notifications = [named('new', 'warning'), named('new', 'critical', critical)];
    const reminder = [
      aReminder('sync:old', anAlert({ labels: labelsOf('old') })),
      aReminder('sync:old-critical', anAlert({ ...critical, labels: labelsOf('old-critical') })),
    ];
    const { sections } = aDigest({ notifications, reminder });
    expect(sections.map(({ title, items }) => [title, ...items.map((item) => lineText(item.title))])).toEqual(
      [
        ['Needs attention', '`critical` *is failing*'],
        ['Still open', '`old-critical` *is failing*'],
        ['Needs attention', '`warning` *is failing*'],
        ['Still open', '`old` *is failing*'],
      ],
    );
  });
});

describe('unreadable records', () => {
  const unreadable = (name: string) => named('new', name, { problem: 'unreadable' });

  it('have a line each while the listing fails, when no fault of them is known', () => {
    const notifications = ['a', 'b'].map(unreadable);
    expect(outline(aDigest({ notifications }, { evaluation: UNAVAILABLE }))).toEqual({
      'Could not be judged': ['`a` *could not be read*', '`b` *could not be read*'],
    });
  });

  it('are critical together when one of their alerts was critical before', () => {
    const notifications = [
      unreadable('a'),
      named('changed', 'b', { problem: 'unreadable', severity: 'critical' }),
    ];
    const evaluation = listed(['a', 'b'].map((id) => aDiagnosis({ id, interval_secs: 'often' })));
    expect(onlyItem(aDigest({ notifications }, { evaluation })).level).toBe('critical');
  });
});

/** The numbers from 1 on. */
function numbersTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
