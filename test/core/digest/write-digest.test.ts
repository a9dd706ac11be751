import fc from 'fast-check';
import type { Alert, Resolution, Severity } from '../../../lambda/core/alert.ts';
import type { Notification, NotificationPlan } from '../../../lambda/core/notify/plan.ts';
import type { SharedCause } from '../../../lambda/core/notify/shared-cause.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import {
  aCause,
  aDiagnosis,
  aDigest,
  ago,
  anAlert,
  anEndedAlert,
  announced,
  BLIND,
  DAY,
  factsOf,
  isoAgo,
  labelsOf,
  NOW,
  named,
  onlyItem,
  outline,
  read,
  reminded,
  seen,
  told,
  wasTold,
} from '../a-digest.ts';

const blind = anAlert({
  problem: 'listing_failed',
  severity: 'critical',
  labels: null,
  since: ago(20 * MINUTE),
});
const paused = (name: string) => named('new', name, { problem: 'disabled', paused: true });
const unreadable = anAlert({ problem: 'unreadable' });
const closing = (ended: Resolution, name = 'orders', overrides: Partial<Alert> = {}) =>
  announced('resolved', `sync:${name}`, anEndedAlert(ended, { labels: labelsOf(name), ...overrides }));
const recovered = (name = 'orders') => closing({ how: 'resolved', by: 'success' }, name);
const many = <T>(count: number, make: (name: string, index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(`sync-${String(index + 1).padStart(2, '0')}`, index));

const titles = (plan: Partial<NotificationPlan>, options?: Parameters<typeof aDigest>[1]) =>
  aDigest(plan, options).sections.map(({ title }) => title);
const theItem = (one: Notification, options?: Parameters<typeof aDigest>[1]) =>
  told(onlyItem(aDigest({ notifications: [one] }, options)));

describe('the sections', () => {
  it('come in the order of the design, whatever the order of what is due', () => {
    const notifications = [
      announced('new', 'sync:bad-record', unreadable),
      closing({ how: 'unlisted' }, 'left'),
      recovered('well'),
      announced('resolved_undelivered', 'sync:brief', anEndedAlert()),
      paused('quiet'),
      named('changed', 'worse'),
      named('escalated', 'late'),
      named('new', 'broken'),
    ];
    const reminder = [reminded('sync:old')];
    for (const plan of [notifications, notifications.toReversed()]) {
      expect(titles({ notifications: plan, reminder }, { initialRun: true })).toEqual([
        'Needs a person',
        'Paused',
        'Over before it could be told',
        'Resolved',
        'No longer watched',
        'Still open',
        'Could not be judged',
      ]);
    }
  });

  it.each([
    ['Needs a person', { notifications: [named('new', 'a')] }],
    ['Needs a person', { notifications: [named('escalated', 'a')] }],
    ['Needs a person', { notifications: [named('changed', 'a')] }],
    ['Needs a person', { notifications: [announced('new', 'listing', blind)] }],
    [
      'Over before it could be told',
      { notifications: [announced('resolved_undelivered', 'sync:a', anEndedAlert())] },
    ],
    ['Resolved', { notifications: [recovered()] }],
    ['No longer watched', { notifications: [closing({ how: 'unlisted' })] }],
    ['No longer watched', { notifications: [closing({ how: 'excluded', reason: 'a sandbox' })] }],
    ['No longer watched', { shrinkage: { at: NOW, from: 40, to: 12 } }],
    ['Still open', { reminder: [reminded()] }],
    ['Came and went', { notifications: [announced('resolved_in_group', 'sync:a', anEndedAlert())] }],
    ['Could not be judged', { notifications: [announced('new', 'sync:a', unreadable)] }],
    ['Could not be judged', { notifications: [announced('new', 'records', unreadable)] }],
  ] as const)('are left out where they are empty: only %s', (title, plan) =>
    expect(titles(plan)).toEqual([title]),
  );

  it('hold every alert that is due exactly once', () => {
    fc.assert(
      fc.property(anythingDue(), fc.boolean(), fc.boolean(), (plan, initialRun, isBlind) => {
        const { sections } = aDigest(plan, {
          initialRun,
          evaluation: isBlind ? BLIND : seen([aDiagnosis()]),
        });
        const covers = sections.flatMap(({ items }) => items.flatMap((item) => item.covers));
        const expected = [
          ...plan.notifications.map(({ fingerprint, reason }) => `${fingerprint} ${reason}`),
          ...plan.reminder.map(({ fingerprint }) => `${fingerprint} reminder`),
        ];
        expect(covers.map(({ fingerprint, reason }) => `${fingerprint} ${reason}`).sort()).toEqual(
          expected.sort(),
        );
        for (const { items } of sections) expect(items).not.toEqual([]);
      }),
    );
  });

  it('do not depend on the order of what is due', () => {
    fc.assert(
      fc.property(anythingDue(), fc.boolean(), (plan, initialRun) => {
        const turned = {
          notifications: plan.notifications.toReversed(),
          reminder: plan.reminder.toReversed(),
        };
        expect(aDigest(turned, { initialRun })).toEqual(aDigest(plan, { initialRun }));
      }),
    );
  });
});

describe('the order of the lines', () => {
  const late = (id: string, milliseconds: number, interval_secs = 900) =>
    aDiagnosis({ id, interval_secs, last_success_at: isoAgo(milliseconds), seconds_since_success: null });

  it('is critical first, then the latest in intervals, then the name', () => {
    const evaluation = seen([
      late('a-little-late', HOUR),
      late('b-very-late', 5 * HOUR),
      late('c-daily-and-late', 30 * HOUR, 86_400),
      late('d-little-late', HOUR),
      late('z-critical', HOUR),
    ]);
    const notifications = [
      named('new', 'd-little-late'),
      named('new', 'c-daily-and-late'),
      named('changed', 'b-very-late'),
      named('escalated', 'z-critical', { severity: 'critical', critical: { from: ago(HOUR) } }),
      named('new', 'a-little-late'),
    ];
    const first = ({
      items,
    }: {
      readonly items: readonly { readonly covers: readonly { fingerprint: string }[] }[];
    }) => items.map(({ covers }) => covers[0]?.fingerprint);
    expect(aDigest({ notifications }, { evaluation }).sections.flatMap(first)).toEqual([
      'sync:z-critical',
      'sync:b-very-late',
      'sync:a-little-late',
      'sync:d-little-late',
      'sync:c-daily-and-late',
    ]);
  });

  it('puts the watcher’s own blindness first', () => {
    const notifications = [
      named('new', 'a', { severity: 'critical' }),
      announced('new', 'listing', blind),
      named('new', 'b', { severity: 'critical' }),
    ];
    const [first] = aDigest({ notifications }, { evaluation: BLIND }).sections[0]?.items ?? [];
    expect(first?.covers[0]?.fingerprint).toBe('listing');
  });

  it('is the name’s at a blind check, at which nothing can be counted', () => {
    const notifications = many(3, (name) => named('new', name)).toReversed();
    expect(outline(aDigest({ notifications }, { evaluation: BLIND }))['Needs a person']).toEqual([
      '`sync-01` *is failing*',
      '`sync-02` *is failing*',
      '`sync-03` *is failing*',
    ]);
  });
});

describe('an open alert', () => {
  it('is named, and tells the evidence, for how long it is open, and last where it lands', () => {
    const item = onlyItem(aDigest({ notifications: [announced('new')] }));
    expect(item.level).toBe('warning');
    expect(told(item)).toEqual({
      title: '`orders` *is failing*',
      detail: [
        'last success 20 m ago, runs every 15 m',
        'last run 5 m ago',
        'open for 1 h',
        '`orders` → `kb_sales / orders`',
      ],
    });
  });

  it('is not said to be open for any time when it opened now', () => {
    expect(theItem(announced('new', 'sync:orders', anAlert({ since: NOW }))).detail.join()).not.toContain(
      'open for',
    );
  });

  it.each([
    ['its name', labelsOf('orders'), '`orders`'],
    ['its source where it has no name', labelsOf(null), '`public.orders`'],
    ['its source where its name is empty', labelsOf(''), '`public.orders`'],
    ['its source where its name is blank', labelsOf('  '), '`public.orders`'],
    ['its id where it has neither', labelsOf(null, { source: null }), '`s-1`'],
  ])('is called by %s', (_what, labels, name) =>
    expect(theItem(announced('new', 'sync:s-1', anAlert({ labels }))).title).toBe(`${name} *is failing*`),
  );

  it.each([
    [{}, '`s-1` → `kb_sales / orders`'],
    [{ kbUid: null }, '`s-1` → `orders`'],
    [{ destTable: null }, '`s-1` → `kb_sales`'],
    [{ kbUid: null, destTable: null }, '`s-1`'],
  ])('has its id and where it lands, as far as that is known: %j', (overrides, place) => {
    const alert = anAlert({ labels: labelsOf('orders', overrides) });
    expect(theItem(announced('new', 'sync:s-1', alert)).detail.at(-1)).toBe(place);
  });

  it('shows its severity by its mark', () => {
    for (const severity of ['warning', 'critical'] as const) {
      expect(onlyItem(aDigest({ notifications: [named('new', 'orders', { severity })] })).level).toBe(
        severity,
      );
    }
  });

  it('that is held open since it flaps says so, and no longer that it is failing', () => {
    const well = aDiagnosis({
      last_state: 'completed',
      last_success_at: isoAgo(2 * MINUTE),
      seconds_since_success: 120,
    });
    const alert = anAlert({
      firings: [4, 3, 2, 1].map((hours) => ago(hours * HOUR)),
      healthySince: ago(30 * MINUTE),
    });
    const digest = aDigest({ reminder: [reminded('sync:orders', alert)] }, { evaluation: seen([well]) });
    const { title, detail } = told(onlyItem(digest));
    expect(detail).toContain('well for 30 m, held open because it flaps');
    expect(title).toBe('`orders` *may be over, but came back before*');
  });

  it('that is held open and absent from the listing is not said to be well', () => {
    const alert = anAlert({ healthySince: ago(30 * MINUTE) });
    const digest = aDigest({ reminder: [reminded('sync:orders', alert)] }, { evaluation: seen([]) });
    expect(told(onlyItem(digest))).toEqual({
      title: '`orders` *is failing*',
      detail: ['not in the last listing', 'open for 1 h', '`orders` → `kb_sales / orders`'],
    });
  });

  it('of which this look proves nothing is not said to be well', () => {
    const running = aDiagnosis(
      {
        last_state: 'running',
        last_run_at: isoAgo(MINUTE),
        last_success_at: isoAgo(16 * MINUTE),
        seconds_since_success: 960,
      },
      { problems: ['failing'], mark: { failing: { lastSuccessAt: ago(16 * MINUTE) } } },
    );
    expect(running.verdict.kind).toBe('inconclusive');
    const alert = anAlert({
      firings: [4, 3, 2, 1].map((hours) => ago(hours * HOUR)),
      healthySince: ago(30 * MINUTE),
    });
    const { detail } = told(
      onlyItem(aDigest({ reminder: [reminded('sync:orders', alert)] }, { evaluation: seen([running]) })),
    );
    expect(detail).toContain('no proof yet that it is over');
    expect(detail.join()).not.toContain('well for');
  });

  it('that is absent from the listing says so', () => {
    const item = onlyItem(
      aDigest({ reminder: [reminded('sync:orders', anAlert({ absent: true }))] }, { evaluation: seen([]) }),
    );
    expect(told(item).detail).toEqual([
      'not in the last listing',
      'open for 1 h',
      '`orders` → `kb_sales / orders`',
    ]);
  });
});

describe('a flapping alert', () => {
  const opened = (times: number, labels: Alert['labels'] = labelsOf('orders')) =>
    anAlert({ labels, since: NOW, firings: many(times, (_, index) => ago((times - 1 - index) * HOUR)) });

  it('is told without a count up to its third opening', () => {
    expect(theItem(announced('new', 'sync:orders', opened(3))).title).toBe('`orders` *is failing*');
  });

  // Design, section 4: "The 4th opening within the flap window (24 h, or 8 intervals if longer) is told as such
  // ("4th time in 24 h")".
  it.each([
    [4, '`orders` *is failing*, 4th time in 24 h'],
    [11, '`orders` *is failing*, 11th time in 24 h'],
    [22, '`orders` *is failing*, 22nd time in 24 h'],
  ])('is told as such from its 4th opening in 24 h on: %d', (times, title) =>
    expect(theItem(announced('new', 'sync:orders', opened(times))).title).toBe(title),
  );

  it('of a daily sync counts over its longer window of eight intervals', () => {
    const daily = labelsOf('orders', { intervalSeconds: 86_400 });
    expect(theItem(announced('new', 'sync:orders', opened(4, daily))).title).toBe(
      '`orders` *is failing*, 4th time in 8 d',
    );
  });

  it('of a sync every three hours counts over 24 h: eight of its intervals', () => {
    const labels = labelsOf('orders', { intervalSeconds: 3 * 3600 });
    expect(theItem(announced('new', 'sync:orders', opened(4, labels))).title).toBe(
      '`orders` *is failing*, 4th time in 24 h',
    );
  });
});

describe('an alert that was critical before it could be told', () => {
  const critical = { from: ago(50 * MINUTE), to: ago(20 * MINUTE) };

  it('says so when it is told at last', () => {
    expect(theItem(named('new', 'orders', { critical })).title).toContain('was critical from 08:10 to 08:40');
  });

  it('says so when it is missed', () => {
    const { detail } = theItem(
      announced('resolved_undelivered', 'sync:orders', anEndedAlert(undefined, { critical })),
    );
    expect(detail).toContain('critical from 08:10 to 08:40');
  });

  it('from its first moment on says so, too', () => {
    expect(theItem(named('new', 'orders', { critical, since: critical.from })).title).toContain(
      'was critical from 08:10',
    );
  });

  it('does not say so where only its problem changed', () => {
    expect(theItem(named('changed', 'orders', { critical })).title).not.toContain('critical');
  });

  it('in an earlier opening does not say so', () => {
    expect(theItem(named('new', 'orders', { critical, since: ago(10 * MINUTE) })).title).not.toContain(
      'critical',
    );
  });
});

describe('an escalated alert', () => {
  const escalated = (critical: NonNullable<Alert['critical']>, severity: Severity = 'critical') =>
    theItem(announced('escalated', 'sync:orders', anAlert({ severity, critical }))).title;

  it('says that it is critical now', () =>
    expect(escalated({ from: ago(MINUTE) })).toBe('`orders` *is failing*, *critical now*'));

  it('says from when to when it was, once that has passed', () =>
    expect(escalated({ from: ago(30 * MINUTE), to: ago(10 * MINUTE) }, 'warning')).toBe(
      '`orders` *is failing*, was critical from 08:30 to 08:50',
    ));
});

describe('a changed alert', () => {
  it.each([
    ['failing', 'disabled', '`orders` *is disabled now, it was failing*'],
    ['disabled', 'failing', '`orders` *is failing now, it was disabled*'],
    ['failing', 'stalled', '`orders` *has stalled now, it was failing*'],
    ['stalled', 'failing', '`orders` *is failing now, it was stalled*'],
    ['unreadable', 'failing', '`orders` *is failing now, it could not be read*'],
  ] as const)('says what it was told as and what it is now: %s, %s', (before, problem, title) => {
    const alert = anAlert({ problem, problems: [before, problem] });
    expect(theItem(announced('changed', 'sync:orders', alert, wasTold({ problems: [before] }))).title).toBe(
      title,
    );
  });

  it('says that it is paused when a person paused it', () => {
    const alert = anAlert({ problem: 'disabled', paused: true });
    expect(theItem(announced('changed', 'sync:orders', alert)).title).toBe(
      '`orders` *is paused now, it was failing*',
    );
  });
});

describe('a missed alert', () => {
  it('says from when to when it was, and how it ended', () => {
    const alert = anEndedAlert(
      { how: 'resolved', by: 'success', at: ago(30 * MINUTE) },
      { since: ago(2 * HOUR) },
    );
    const item = onlyItem(
      aDigest({ notifications: [announced('resolved_undelivered', 'sync:orders', alert)] }),
    );
    expect(item.level).toBe('good');
    expect(item.covers).toEqual([
      { fingerprint: 'sync:orders', reason: 'resolved_undelivered', listed: true },
    ]);
    expect(told(item)).toEqual({
      title: '`orders` was failing from 07:00 to 08:30, which could not be told then',
      detail: ['recovered', '`orders` → `kb_sales / orders`'],
    });
  });

  it('that is gone is no good news', () => {
    const item = onlyItem(
      aDigest({
        notifications: [announced('resolved_undelivered', 'sync:orders', anEndedAlert({ how: 'unlisted' }))],
      }),
    );
    expect(item.level).toBe('note');
    expect(told(item).detail).toContain('is gone from the listing');
  });

  it('can be the watcher’s own blindness', () => {
    const alert = anEndedAlert(
      { how: 'resolved', by: 'listing_restored' },
      { problem: 'listing_failed', labels: null },
    );
    expect(theItem(announced('resolved_undelivered', 'listing', alert))).toEqual({
      title: '*The syncs* could not be listed from 08:00 to 08:50, which could not be told then',
      detail: ['can be listed again'],
    });
  });
});

describe('a closing', () => {
  it('tells for how long it was, the new success and where it landed', () => {
    const item = onlyItem(aDigest({ notifications: [recovered()] }));
    expect(item.level).toBe('good');
    expect(told(item)).toEqual({
      title: '`orders` *recovered*',
      detail: ['was failing for 50 m', 'last success 20 m ago', '`orders` → `kb_sales / orders`'],
    });
  });

  it.each([
    ['success', 'recovered'],
    ['enabled', 'is enabled again'],
    ['readable', 'can be read again'],
    ['listing_restored', 'can be listed again'],
    ['no_longer_late', 'is within its allowance, by its interval or the policy: no new success was seen'],
  ] as const)('by %s is worded %j', (by, phrase) => {
    const { title, detail } = theItem(closing({ how: 'resolved', by }));
    expect(title).toBe(`\`orders\` *${phrase}*`);
    expect([title, ...detail].join().includes('recovered')).toBe(by === 'success');
  });

  it('of a pause is that it is enabled again, and for how long it was paused', () => {
    const ended = { how: 'resolved', by: 'enabled' } as const;
    const item = theItem(closing(ended, 'orders', { problem: 'disabled', paused: true }));
    expect(item).toEqual({
      title: '`orders` *is enabled again*',
      detail: ['was paused for 50 m', 'last success 20 m ago', '`orders` → `kb_sales / orders`'],
    });
  });

  it('of one that is gone never says that it recovered, nor anything of its success', () => {
    const item = onlyItem(aDigest({ notifications: [closing({ how: 'unlisted' })] }));
    expect(item.level).toBe('note');
    expect(told(item)).toEqual({
      title: '`orders` *is gone from the listing*',
      detail: ['was failing for 50 m', '`orders` → `kb_sales / orders`'],
    });
  });

  it('of one that is ignored gives the reason as data', () => {
    const { title } = theItem(closing({ how: 'excluded', reason: 'a sandbox, ask <Ana>' }));
    expect(title).toBe('`orders` *is ignored by the policy*: `a sandbox, ask <Ana>`');
  });

  it('says when it was critical if that was never told', () => {
    const critical = { from: ago(50 * MINUTE), to: ago(20 * MINUTE) };
    const one = closing({ how: 'resolved', by: 'success' }, 'orders', { critical });
    expect(theItem(one).detail).toContain('critical from 08:10 to 08:40');
  });

  it.each([
    ['it was told as critical', wasTold({ severity: 'critical' }), ago(20 * MINUTE)],
    ['it was over before it was told', wasTold({ at: ago(10 * MINUTE) }), ago(20 * MINUTE)],
    ['it was over when it was told', wasTold({ at: ago(20 * MINUTE) }), ago(20 * MINUTE)],
  ] as const)('does not say it when %s', (_when, wasSaid, to) => {
    const alert = anEndedAlert(
      { how: 'resolved', by: 'success' },
      { critical: { from: ago(50 * MINUTE), to } },
    );
    expect(theItem(announced('resolved', 'sync:orders', alert, wasSaid)).detail.join()).not.toContain(
      'critical',
    );
  });

  it('gives no success at a blind check', () => {
    expect(theItem(recovered(), { evaluation: BLIND }).detail.join()).not.toContain('last success');
  });

  it.each([
    [
      'listing',
      'listing_failed',
      'listing_restored',
      '*The syncs* *can be listed again*',
      'could not be listed for 50 m',
    ],
    ['records', 'unreadable', 'readable', '*Some records* *can be read again*', 'could not be read for 50 m'],
  ] as const)('of %s names no sync', (fingerprint, problem, by, title, lasted) => {
    const alert = anEndedAlert({ how: 'resolved', by }, { problem, labels: null });
    expect(theItem(announced('resolved', fingerprint, alert))).toEqual({ title, detail: [lasted] });
  });

  it('does not count the time for which a flapping one was well and held open', () => {
    // It failed from 06:00 to 06:05, was held for two hours, and ended at 08:05.
    const firings = [9, 7, 5, 3].map((hours) => ago(hours * HOUR));
    const alert = anEndedAlert(
      { how: 'resolved', by: 'success', at: ago(55 * MINUTE) },
      { since: ago(3 * HOUR), firings },
    );
    expect(theItem(announced('resolved', 'sync:orders', alert)).detail[0]).toBe(
      '4 times in 24 h, and well long enough now',
    );
  });

  it('does not say of the last problem what is true of all together', () => {
    // It was failing for a day, and stalled in its last minutes.
    const alert = anEndedAlert(
      { how: 'resolved', by: 'success' },
      { problem: 'stalled', problems: ['failing', 'disabled', 'stalled'], since: ago(DAY) },
    );
    expect(theItem(announced('resolved', 'sync:orders', alert)).detail[0]).toBe(
      'open for 23 h 50 m: was failing, was disabled and was stalled',
    );
  });
});

describe('what came and went while its cause was told', () => {
  const passed = (name: string, cause?: SharedCause) => ({
    ...announced('resolved_in_group', `sync:${name}`, anEndedAlert(undefined, { labels: labelsOf(name) })),
    ...(cause && { cause }),
  });

  it('is one line for each cause, and one that counts the rest', () => {
    const cause = aCause({ open: { failing: 2 } });
    const digest = aDigest({ notifications: [passed('a', cause), passed('b'), passed('c')] });
    expect(outline(digest)).toEqual({
      'Came and went': ['connection `pg-main`: *1 sync came and went*', '2 syncs came and went'],
    });
    const covers = digest.sections.flatMap(({ items }) => items.flatMap((item) => item.covers));
    expect(covers.map(({ fingerprint, reason, listed }) => [fingerprint, reason, listed])).toEqual([
      ['sync:a', 'resolved_in_group', false],
      ['sync:b', 'resolved_in_group', false],
      ['sync:c', 'resolved_in_group', false],
    ]);
  });

  it('is that line alone, where all of them share a cause', () => {
    const digest = aDigest({ notifications: [passed('a', aCause())] });
    expect(outline(digest)).toEqual({ 'Came and went': ['connection `pg-main`: *1 sync came and went*'] });
  });

  it('is counted in the headline with what could not be told', () => {
    const missed = announced('resolved_undelivered', 'sync:b', anEndedAlert());
    expect(aDigest({ notifications: [passed('a'), missed] }).headline).toBe('2 came and went');
  });
});

describe('many closings', () => {
  const listed = ({ items }: ReturnType<typeof aDigest>['sections'][number]) =>
    items.map(({ covers }) => covers.map((tell) => tell.listed));

  it.each([
    ['Resolved', recovered, 'sync is over', 'syncs are over'],
    [
      'No longer watched',
      (name: string) => closing({ how: 'unlisted' }, name),
      'sync is no longer watched',
      'syncs are no longer watched',
    ],
  ] as const)('are listed up to ten, and the rest counted: %s', (section, make, one, more) => {
    const shownOf = (count: number) => outline(aDigest({ notifications: many(count, make) }))[section] ?? [];
    expect(shownOf(10)).toHaveLength(10);
    expect(shownOf(10).join()).not.toContain('more');
    expect(shownOf(11)).toHaveLength(11);
    expect(shownOf(11).at(-1)).toBe(`1 more ${one}`);
    expect(shownOf(12).at(-1)).toBe(`2 more ${more}`);
    expect(shownOf(1011).at(-1)).toBe(`1,001 more ${more}`);
  });

  it('are told with the line that counts them, as not listed', () => {
    const [section] = aDigest({ notifications: many(13, recovered) }).sections;
    expect(section && listed(section)).toEqual([...many(10, () => [true]), [false, false, false]]);
    expect(section?.items.at(-1)?.covers.map(({ fingerprint }) => fingerprint)).toEqual([
      'sync:sync-11',
      'sync:sync-12',
      'sync:sync-13',
    ]);
  });

  it('are only counted where their announcement was only counted', () => {
    const counted = many(3, (name) => ({
      ...recovered(name),
      logEntry: { lastNotified: wasTold({ listed: false }) },
    }));
    const alone = aDigest({ notifications: counted });
    expect(outline(alone)['Resolved']).toEqual(['3 syncs are over']);
    expect(alone.sections[0] && listed(alone.sections[0])).toEqual([[false, false, false]]);
    const withOthers = aDigest({ notifications: [...counted, recovered('orders')] });
    expect(outline(withOthers)['Resolved']).toEqual(['`orders` *recovered*', '3 more syncs are over']);
  });

  it('do not let those that were only counted take the room of those that were listed', () => {
    const counted = many(9, (name) => ({
      ...recovered(name),
      logEntry: { lastNotified: wasTold({ listed: false }) },
    }));
    const shown = outline(
      aDigest({ notifications: [...counted, ...many(10, (name) => recovered(`z-${name}`))] }),
    );
    expect(shown['Resolved']).toHaveLength(11);
    expect(shown['Resolved']?.at(-1)).toBe('9 more syncs are over');
  });
});

describe('alerts that share a cause', () => {
  const cause = aCause();
  const sharing = (make: (name: string) => Notification, ...ids: readonly string[]) =>
    ids.map((id) => ({ ...make(id), cause }));
  const titlesOf = (plan: Partial<NotificationPlan>) =>
    Object.fromEntries(
      Object.entries(outline(aDigest(plan))).map(([section, [head, ...rest]]) => [
        section,
        [head, rest.length],
      ]),
    );

  it.each<[string, string, (name: string) => Notification, string, number]>([
    ['open', 'Needs a person', (name) => named('new', name), '3 syncs* (3 failing)', 4],
    [
      'resolved_undelivered',
      'Over before it could be told',
      (name) => announced('resolved_undelivered', `sync:${name}`, anEndedAlert()),
      '3 syncs came and went*',
      1,
    ],
    ['over', 'Resolved', recovered, '3 syncs are back*', 1],
    [
      'unlisted',
      'No longer watched',
      (name) => closing({ how: 'unlisted' }, name),
      '3 syncs are no longer watched*',
      1,
    ],
  ])('are told by it first, in their section: %s', (_, section, make, said, rest) => {
    const notifications = [make('z'), ...sharing(make, 'a', 'b', 'c')];
    expect(titlesOf({ notifications })).toEqual({ [section]: [`connection \`pg-main\`: *${said}`, rest] });
  });

  it('are told by it in a reminder, too', () => {
    const reminder = ['a', 'b', 'c'].map((id) => ({
      ...reminded(`sync:${id}`, anAlert({ labels: labelsOf(id) })),
      cause,
    }));
    expect(titlesOf({ reminder: [...reminder, reminded('sync:z')] })).toEqual({
      'Still open': ['connection `pg-main`: *3 syncs* (3 failing)', 4],
    });
  });
});

describe('the first look', () => {
  const first = (plan: Partial<NotificationPlan>) => aDigest(plan, { initialRun: true });

  it.each([
    [1, '1 sync paused by a person: `sync-01`'],
    [2, '2 syncs paused by a person: `sync-01`, `sync-02`'],
    [3, '3 syncs paused by a person: `sync-01`, `sync-02`, `sync-03`'],
    [4, '4 syncs paused by a person: `sync-01`, `sync-02`, `sync-03` and 1 more'],
    [1204, '1,204 syncs paused by a person: `sync-01`, `sync-02`, `sync-03` and 1,201 more'],
  ])('tells the paused ones in one line with their count and first names: %d', (count, title) => {
    const digest = first({ notifications: many(count, paused) });
    expect(outline(digest)).toEqual({ Paused: [title] });
    const line = digest.sections[0]?.items[0];
    expect(line).toMatchObject({ mark: 'note', detail: [] });
    expect(line?.covers).toHaveLength(count);
    expect(line?.covers.filter(({ listed }) => listed)).toHaveLength(Math.min(count, 3));
    expect(line?.covers[0]?.listed).toBe(true);
  });

  it('tells those that the platform disabled on lines of their own', () => {
    const disabled = named('new', 'given-up', { problem: 'disabled', severity: 'critical' });
    expect(outline(first({ notifications: [paused('quiet'), disabled] }))).toEqual({
      'Needs a person': ['`given-up` *is disabled*'],
      Paused: ['1 sync paused by a person: `quiet`'],
    });
  });

  it('is the only one: later each pause has its line', () => {
    expect(outline(aDigest({ notifications: [paused('quiet')] }))).toEqual({
      'Needs a person': ['`quiet` *is paused*'],
    });
  });
});

describe('a reminder', () => {
  const open = (name: string) => reminded(`sync:${name}`, anAlert({ labels: labelsOf(name) }));

  it('lists what is open with the evidence of this look', () => {
    expect(told(onlyItem(aDigest({ reminder: [reminded()] })))).toEqual({
      title: '`orders` *is failing*',
      detail: expect.arrayContaining(['last success 20 m ago, runs every 15 m', 'open for 1 h']),
    });
  });

  it('is cut at ten lines, and counts the rest', () => {
    const shownOf = (count: number) => outline(aDigest({ reminder: many(count, open) }))['Still open'] ?? [];
    expect(shownOf(10)).toHaveLength(10);
    expect(shownOf(10).join()).not.toContain('more');
    expect(shownOf(11).slice(10)).toEqual(['and 1 more still open']);
    expect(shownOf(1234).slice(10)).toEqual(['and 1,224 more still open']);
  });

  it('tells all of them, the ones that are only counted too', () => {
    const covers = aDigest({ reminder: many(12, open) }).sections.flatMap(({ items }) =>
      items.flatMap((item) => item.covers),
    );
    expect(covers).toHaveLength(12);
    expect(covers.every(({ reason }) => reason === 'reminder')).toBe(true);
    expect(covers.filter((tell) => tell.listed)).toHaveLength(10);
  });
});

describe('a blind check', () => {
  it('says what was tried, what came back, since when, and that the alerts stand as they were', () => {
    expect(theItem(announced('new', 'listing', blind), { evaluation: BLIND })).toEqual({
      title: '*The syncs* *cannot be listed*',
      detail: [
        'tried `GET https://api.timbal.ai/orgs/acme/connectors/syncs`, got `503 Service Unavailable, 4 tries`',
        'open for 20 m',
        'open alerts stand as they were',
      ],
    });
  });

  it.each(['new', 'escalated', 'changed'] as const)(
    'tells of a sync as last seen, without evidence: %s',
    (reason) => {
      const alert = anAlert({ problem: 'stalled', critical: { from: ago(MINUTE) }, severity: 'critical' });
      expect(theItem(announced(reason, 'sync:orders', alert), { evaluation: BLIND }).detail).toEqual([
        'as last seen',
        'open for 1 h',
        '`orders` → `kb_sales / orders`',
      ]);
    },
  );
});

describe('the watcher’s own alert, when sight is back and it is held open since it flaps', () => {
  const held = {
    ...blind,
    firings: [4, 3, 2, 1].map((hours) => ago(hours * HOUR)),
    healthySince: ago(10 * MINUTE),
  };

  it('does not say that the syncs cannot be listed, which they can', () => {
    expect(told(onlyItem(aDigest({ reminder: [reminded('listing', held)] })))).toEqual({
      title: '*The syncs* *may be over, but came back before*',
      detail: ['well for 10 m, held open because it flaps', 'open for 20 m'],
    });
  });

  it('does not say that the alerts stand as they were, which they do not', () => {
    const { detail } = told(onlyItem(aDigest({ reminder: [reminded('listing', held)] })));
    expect(detail).not.toContain('open alerts stand as they were');
  });

  it('does not head the digest with blindness', () => {
    const { headline } = aDigest({ notifications: [announced('new', 'listing', held)] });
    expect(headline).toBe('The sight of the syncs comes and goes');
  });
});

describe('records without a usable id', () => {
  const records = announced('new', 'records', anAlert({ problem: 'unreadable', labels: null }));

  it.each([
    [1, '*1 record* *could not be read*'],
    [12, '*12 records* *could not be read*'],
  ])('are counted: %d', (withoutId, title) =>
    expect(theItem(records, { evaluation: seen([aDiagnosis()], { withoutId }) })).toEqual({
      title,
      detail: ['each lacks a usable id', 'open for 1 h'],
    }),
  );

  it('are not counted where there are none, nor at a blind check, and not said to be held then', () => {
    expect(theItem(records).title).toBe('*Some records* *could not be read*');
    const held = { ...records, alert: { ...records.alert, healthySince: ago(10 * MINUTE) } };
    expect(theItem(held, { evaluation: BLIND }).title).toBe('*Some records* *could not be read*');
  });
});

describe('a listing that shrank', () => {
  const shrinkage = { at: NOW, from: 1200, to: 12 };

  it('is told in one line, above those that are gone', () => {
    const digest = aDigest({ shrinkage, notifications: [closing({ how: 'unlisted' })] });
    expect(outline(digest)).toEqual({
      'No longer watched': [
        '*The listing shrank from 1,200 syncs to 12*',
        '`orders` *is gone from the listing*',
      ],
    });
  });

  it('is told by that line alone', () => {
    const { sections } = aDigest({
      shrinkage,
      notifications: [closing({ how: 'unlisted' }), named('new', 'a')],
    });
    const items = sections.flatMap((section) => section.items);
    expect(items.filter((item) => item.coversShrinkage).map((item) => read(item.title))).toEqual([
      '*The listing shrank from 1,200 syncs to 12*',
    ]);
    const shrank = items.find((item) => item.coversShrinkage);
    expect(shrank).toMatchObject({ mark: 'warning', covers: [] });
    expect(shrank && told(shrank).detail).toEqual([
      'deleted, or out of the sight of this key: two listings in a row say so',
    ]);
  });
});

describe('the line of context', () => {
  const contextOf = (alerts: readonly Alert[], evaluation = seen([aDiagnosis()])) => {
    const facts = {
      ...factsOf({}),
      alerts: Object.fromEntries(alerts.map((one, index) => [`sync:${index}`, one])),
    };
    return read(aDigest({ notifications: [recovered()] }, { facts, evaluation }).context);
  };
  const where = '`acme` (`prod`) · 09:00';

  it.each([
    ['nothing', [], `1 sync checked · none open · ${where}`],
    ['one', [anAlert()], `1 sync checked · 1 open, first seen 1 h ago · ${where}`],
    ['one of now', [anAlert({ since: NOW })], `1 sync checked · 1 open · ${where}`],
    [
      'two',
      [anAlert(), anAlert({ since: ago(3 * DAY) })],
      `1 sync checked · 2 open, the oldest first seen 3 d ago · ${where}`,
    ],
    [
      'one, beside one that a person paused before',
      [anAlert(), anAlert({ problem: 'disabled', paused: true, since: ago(3 * DAY) })],
      `1 sync checked · 1 open, first seen 1 h ago, 1 paused · ${where}`,
    ],
    [
      'nothing but what is paused',
      [anAlert({ problem: 'disabled', paused: true })],
      `1 sync checked · none open, 1 paused · ${where}`,
    ],
    [
      'what is not open',
      [anEndedAlert(), anAlert({ state: 'pending' })],
      `1 sync checked · none open · ${where}`,
    ],
  ])(
    'says how many were checked, how many are open and since when the oldest, where, and when: %s',
    (_what, alerts, said) => expect(contextOf(alerts)).toBe(said),
  );

  it('counts the syncs', () => {
    const evaluation = seen(many(1200, (id) => aDiagnosis({ id })));
    expect(contextOf([], evaluation)).toBe(`1,200 syncs checked · none open · ${where}`);
  });

  it('says that none could be checked', () =>
    expect(contextOf([], BLIND)).toBe(`no sync could be checked · none open · ${where}`));

  it('ends every digest, and names the command that shows more', () => {
    const digest = aDigest({ notifications: [recovered()] });
    expect(digest.context.at(-1)).toEqual({ kind: 'moment', at: NOW });
    expect(digest.moreHint).toBe('npm start -- --json');
  });
});

describe('the headline', () => {
  const critical = (name: string) => named('new', name, { severity: 'critical' });
  const warning = (name: string) => named('new', name);
  const missed = (name: string) => announced('resolved_undelivered', `sync:${name}`, anEndedAlert());
  const gone = (name: string) => closing({ how: 'unlisted' }, name);
  const well = (name: string) => recovered(name);
  const shrinkage = { at: NOW, from: 40, to: 12 };
  /** Warnings that are told with one cause. */
  const sharing = (connection: string, ...names: readonly string[]) => {
    const cause = aCause({ name: connection, open: { failing: names.length } });
    return names.map((name) => ({ ...warning(name), cause }));
  };
  const UNJUDGED = { problem: 'unreadable', problems: ['unreadable'] } as const;
  const of = (...notifications: Notification[]): Partial<NotificationPlan> => ({ notifications });

  it.each<readonly [string, Partial<NotificationPlan>]>([
    ['1 sync needs a person', of(warning('a'))],
    ['1 sync needs a person (critical)', of(critical('a'))],
    ['2 syncs need a person', of(warning('a'), warning('b'))],
    ['2 syncs need a person (critical)', of(critical('a'), critical('b'))],
    ['2 syncs need a person (1 critical)', of(critical('a'), warning('b'))],
    [
      '1,200 syncs need a person (1,000 critical)',
      of(...many(1000, (n) => critical(`c${n}`)), ...many(200, warning)),
    ],
    ['1 sync needs a person', of(named('changed', 'a'))],
    ['1 sync needs a person (critical)', of(named('escalated', 'a', { severity: 'critical' }))],
    ['3 syncs need a person', of(...['a', 'b', 'c'].map(warning))],
    ['3 syncs need a person (one shared cause)', of(...sharing('pg-main', 'a', 'b', 'c'))],
    ['4 syncs need a person (one shared cause)', of(...sharing('pg-main', 'a', 'b', 'c'), warning('d'))],
    [
      '6 syncs need a person (1 critical, 2 shared causes)',
      of(...sharing('pg-main', 'a', 'b', 'c'), ...sharing('pg-shop', 'd', 'e'), critical('f')),
    ],
    [
      '4 syncs need a person (one shared cause)',
      of(
        ...sharing('pg-main', 'a', 'b'),
        ...sharing('pg-main', 'c', 'd').map((one) => ({ ...one, alert: { ...one.alert, ...UNJUDGED } })),
      ),
    ],
    // The first of a told cause to follow it stands alone.
    ['1 sync needs a person', of(...sharing('pg-main', 'a'))],
    ['1 resolved', of(well('a'))],
    ['2 resolved', of(well('a'), well('b'))],
    ['1 no longer watched', of(gone('a'))],
    ['2 no longer watched', of(gone('a'), closing({ how: 'excluded', reason: 'a sandbox' }, 'b'))],
    ['1 came and went', of(missed('a'))],
    ['3 came and went', of(missed('a'), missed('b'), missed('c'))],
    ['1 still open', { reminder: [reminded()] }],
    ['2 still open', { reminder: [reminded('sync:a'), reminded('sync:b')] }],
    ['The listing shrank', { shrinkage }],
    ['The syncs cannot be seen', of(announced('new', 'listing', blind))],
    [
      'The syncs cannot be seen and 1 sync needs a person',
      of(announced('new', 'listing', blind), warning('a')),
    ],
    ['1 sync needs a person and 1 resolved', of(warning('a'), well('b'))],
    ['1 resolved and 2 no longer watched', of(gone('a'), gone('b'), well('c'))],
    [
      '2 syncs need a person (1 critical), 1 came and went, 1 resolved, 1 no longer watched, 1 still open and the listing shrank',
      {
        ...of(critical('a'), warning('b'), missed('c'), well('d'), gone('e')),
        reminder: [reminded('sync:f')],
        shrinkage,
      },
    ],
  ])('is %j', (headline, plan) => expect(aDigest(plan).headline).toBe(headline));

  it.each<readonly [string, Partial<NotificationPlan>]>([
    ['First look: 1 sync needs a person', of(warning('a'))],
    [
      'First look: 1 sync needs a person (critical) and 2 are paused',
      of(critical('a'), paused('b'), paused('c')),
    ],
    ['First look: 1 sync is paused', of(paused('a'))],
    ['First look: 2 syncs are paused', of(paused('a'), paused('b'))],
    ['First look: 1,200 syncs are paused', of(...many(1200, paused))],
    ['First look: 1 sync needs a person and 1 is paused', of(warning('a'), paused('b'))],
    [
      'First look: 2 syncs need a person and 2 are paused',
      of(...['a', 'b'].map(warning), ...many(2, paused)),
    ],
    ['First look: 1 sync is paused and 1 resolved', of(paused('a'), well('b'))],
    [
      'First look: 4 syncs need a person (one shared cause) and 1 is paused',
      of(...sharing('pg-main', 'a', 'b', 'c'), warning('d'), paused('e')),
    ],
    ['First look: the syncs cannot be seen', of(announced('new', 'listing', blind))],
  ])('of a first look is %j', (headline, plan) =>
    expect(aDigest(plan, { initialRun: true }).headline).toBe(headline),
  );

  it('agrees with the sections on the first look: what changed to paused is not in their line', () => {
    const changed = named('changed', 'a', { problem: 'disabled', paused: true });
    const digest = aDigest(of(changed), { initialRun: true });
    expect(digest.sections.map(({ title }) => title)).toEqual(['Needs a person']);
    expect(digest.headline).toBe('First look: 1 sync needs a person');
  });

  it('does not call records without an id a sync that needs a person', () => {
    const records = announced('new', 'records', anAlert({ problem: 'unreadable', labels: null }));
    const { headline } = aDigest(of(records), { evaluation: seen([aDiagnosis()], { withoutId: 12 }) });
    expect(headline).toBe('Some records cannot be read');
  });

  it('holds nothing from outside', () => {
    fc.assert(
      fc.property(anythingDue(), fc.boolean(), (plan, initialRun) => {
        expect(aDigest(plan, { initialRun }).headline).toMatch(/^[A-Za-z0-9,:() ]+$/);
      }),
    );
  });
});

/** What may be due together: each alert once, a state and a reason that go with each other. */
function anythingDue() {
  const severity = fc.constantFrom<Severity>('warning', 'critical');
  const problem = fc.constantFrom('unreadable', 'disabled', 'failing', 'never_succeeded', 'stalled');
  const resolution = fc.constantFrom<Resolution>(
    { how: 'resolved', by: 'success' },
    { how: 'resolved', by: 'no_longer_late' },
    { how: 'unlisted' },
    { how: 'excluded', reason: 'a *sandbox*' },
  );
  const reason = fc.constantFrom(
    'new',
    'escalated',
    'changed',
    'resolved_undelivered',
    'resolved',
    'reminder',
  );
  const one = fc.record({
    id: fc.string({ maxLength: 8 }),
    severity,
    problem,
    resolution,
    reason,
    paused: fc.boolean(),
    listed: fc.boolean(),
  });
  return fc.uniqueArray(one, { selector: ({ id }) => id, minLength: 1, maxLength: 40 }).map((all) => {
    const plan = all.map(({ id, severity, problem, resolution, reason, paused, listed }) => {
      const about = {
        severity,
        problem,
        problems: [problem],
        paused: paused && problem === 'disabled',
        labels: labelsOf(id),
      };
      const isOver = reason === 'resolved_undelivered' || reason === 'resolved';
      const alert = isOver ? anEndedAlert(resolution, about) : anAlert(about);
      const logEntry = ['new', 'resolved_undelivered'].includes(reason)
        ? { undeliveredSince: NOW }
        : { notified: wasTold({ listed }) };
      return { fingerprint: `sync:${id}`, alert, logEntry, reason };
    });
    return {
      notifications: plan.flatMap(({ reason, ...one }) =>
        reason === 'reminder' ? [] : [{ ...one, reason }],
      ),
      reminder: plan.flatMap(({ reason, ...one }) => (reason === 'reminder' ? [one] : [])),
    };
  });
}
