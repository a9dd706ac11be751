import fc from 'fast-check';
import type { Alert, Facts } from '../../../lambda/core/alert.ts';
import type { NotificationPlan } from '../../../lambda/core/notify/notification.ts';
import { HOUR } from '../../commands/a-world.ts';
import {
  aCause,
  aChange,
  aDiagnosis,
  aDigest,
  ago,
  aNotification,
  anAlert,
  anEndedAlert,
  aReminder,
  DAY,
  type DigestOptions,
  factsOf,
  isoAgo,
  LISTING_ALERT,
  labelsOf,
  lineText,
  listed,
  many,
  NOW,
  named,
  outline,
  paused,
  resolved,
  UNAVAILABLE,
} from '../a-digest.ts';
import { anyPlan } from './any-plan.ts';

const unreadable = anAlert({ problem: 'unreadable' });

const titles = (plan: Partial<NotificationPlan>, options?: DigestOptions) =>
  aDigest(plan, options).sections.map(({ title }) => title);

describe('the sections of a digest', () => {
  it('stand in one order, whatever the order of the plan', () => {
    const critical = { severity: 'critical' } as const;
    const notifications = [
      aNotification('new', 'sync:bad-record', unreadable),
      aNotification('changed', 'sync:worse-record', { ...unreadable, ...critical }),
      resolved('left', { how: 'excluded', reason: 'a sandbox' }),
      resolved('well'),
      aNotification('resolved_in_group', 'sync:grouped', anEndedAlert()),
      aNotification('resolved_undelivered', 'sync:brief', anEndedAlert()),
      named('changed', 'worse'),
      named('escalated', 'late', critical),
      named('new', 'broken'),
    ];
    const reminder = [aReminder('sync:old'), aReminder('sync:worst', anAlert(critical))];
    const neutral = [paused('quiet'), aChange('unlisted', 'gone')];
    const pausedReminder = [paused('still')];
    for (const order of [notifications, notifications.toReversed()]) {
      expect(titles({ notifications: order, reminder, neutral, pausedReminder })).toEqual([
        'Needs attention',
        'Still open',
        'Could not be judged',
        'Needs attention',
        'Could not be judged',
        'No longer listed',
        'Still open',
        'Resolved before delivery',
        'Resolved',
        'Excluded by the policy',
        'Resolved before they were sent',
        'Paused, resumed or no longer listed',
        'Still paused',
      ]);
    }
  });

  it.each([
    ['Needs attention', 'a new alert', { notifications: [named('new', 'a')] }],
    ['Needs attention', 'an escalated alert', { notifications: [named('escalated', 'a')] }],
    ['Needs attention', 'a changed alert', { notifications: [named('changed', 'a')] }],
    ['Needs attention', 'a sync about to be disabled', { notifications: [named('disable_imminent', 'a')] }],
    [
      'Needs attention',
      'a critical alert and a warning',
      { notifications: [named('new', 'a'), named('new', 'b', { severity: 'critical' })] },
    ],
    ['Needs attention', 'an initial run without syncs', { nothingListed: true }],
    [
      'Needs attention',
      'a failed listing',
      { notifications: [aNotification('new', 'listing', LISTING_ALERT)] },
    ],
    [
      'Resolved before delivery',
      'an alert that resolved before delivery',
      { notifications: [aNotification('resolved_undelivered', 'sync:a', anEndedAlert())] },
    ],
    ['Resolved', 'a recovered sync', { notifications: [resolved()] }],
    [
      'Excluded by the policy',
      'an excluded sync',
      { notifications: [resolved('a', { how: 'excluded', reason: 'a sandbox' })] },
    ],
    ['Still open', 'a reminder', { reminder: [aReminder()] }],
    ['Still paused', 'a reminder of paused syncs', { pausedReminder: [paused('a')] }],
    ['Paused, resumed or no longer listed', 'a paused sync', { neutral: [paused('a')] }],
    ['Paused, resumed or no longer listed', 'a resumed sync', { neutral: [aChange('resumed', 'a')] }],
    ['No longer listed', 'ten unlisted syncs', { neutral: many(10, (name) => aChange('unlisted', name)) }],
    [
      'Resolved before they were sent',
      'an alert that resolved while its cause held it',
      { notifications: [aNotification('resolved_in_group', 'sync:a', anEndedAlert())] },
    ],
    [
      'Could not be judged',
      'an unreadable record',
      { notifications: [aNotification('new', 'sync:a', unreadable)] },
    ],
    [
      'Could not be judged',
      'records without an id',
      { notifications: [aNotification('new', 'records', unreadable)] },
    ],
  ] as const)('are only %j for %s', (title, _what, plan) => expect(titles(plan)).toEqual([title]));

  it('say of what is open beside a cause that ended that it is for another reason', () => {
    const cause = aCause({ open: {} });
    const notifications = [resolved('a'), resolved('b')].map((one) => ({ ...one, cause }));
    const leftOf = (connectionRef: string, plan: Partial<NotificationPlan>) => {
      const labels = labelsOf('x', { connectionRef, connectorId: 'box', kbUid: null });
      const open = { 'sync:x': anAlert({ labels }) };
      const { sections } = aDigest(plan, { facts: { ...factsOf(plan), alerts: open } });
      return lineText(sections.flatMap(({ items }) => items).at(-1)?.title ?? []);
    };
    expect(leftOf('sheets', { notifications })).toBe('still open for another reason: `x`');
    expect(leftOf('sheets', { notifications: [resolved('a')] })).toBe('still open: `x`');
    const onSame = { ...cause, key: 'connection:3:box:pg-main' };
    const same = notifications.map((one) => ({ ...one, cause: onSame }));
    expect(leftOf('pg-main', { notifications: same })).toBe('still open: `x`');
  });

  it('cover every alert and every change of condition of the plan exactly once', () => {
    fc.assert(
      fc.property(anyPlan(), fc.boolean(), fc.boolean(), (plan, initialRun, isListed) => {
        const evaluation = isListed ? listed([aDiagnosis()]) : UNAVAILABLE;
        const { sections } = aDigest(plan, { initialRun, evaluation });
        const covers = sections.flatMap(({ items }) => items.flatMap((item) => item.covers));
        const expected = [
          ...plan.notifications.map(({ fingerprint, reason }) => `${fingerprint} ${reason}`),
          ...plan.reminder.map(({ fingerprint }) => `${fingerprint} reminder`),
          ...[...plan.neutral, ...plan.pausedReminder].map(({ fingerprint }) => `${fingerprint} condition`),
        ];
        expect(covers.map(({ fingerprint, reason }) => `${fingerprint} ${reason}`).sort()).toEqual(
          expected.sort(),
        );
        for (const { items } of sections) expect(items).not.toEqual([]);
      }),
    );
  });

  it('have everything critical before any warning', () => {
    fc.assert(
      fc.property(anyPlan(), (plan) => {
        const items = aDigest(plan).sections.flatMap((section) => section.items);
        const levels = items.filter(({ isNested }) => !isNested).map(({ level }) => level);
        expect(levels.lastIndexOf('critical')).toBeLessThan(
          levels.includes('warning') ? levels.indexOf('warning') : levels.length,
        );
      }),
    );
  });

  it('do not depend on the order of the plan', () => {
    fc.assert(
      fc.property(anyPlan(), fc.boolean(), (plan, initialRun) => {
        const reversed = {
          ...plan,
          notifications: plan.notifications.toReversed(),
          reminder: plan.reminder.toReversed(),
        };
        expect(aDigest(reversed, { initialRun })).toEqual(aDigest(plan, { initialRun }));
      }),
    );
  });
});

describe('the lines of a section', () => {
  const late = (id: string, milliseconds: number, interval_secs = 900) =>
    aDiagnosis({ id, interval_secs, last_success_at: isoAgo(milliseconds), seconds_since_success: null });

  it('are sorted by severity, then by intervals behind, then by name', () => {
    const evaluation = listed([
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
    const { sections } = aDigest({ notifications }, { evaluation });
    const fingerprints = sections.flatMap(({ items }) => items.map(({ covers }) => covers[0]?.fingerprint));
    expect(fingerprints).toEqual([
      'sync:z-critical',
      'sync:b-very-late',
      'sync:a-little-late',
      'sync:d-little-late',
      'sync:c-daily-and-late',
    ]);
  });

  it('begin with a failed listing', () => {
    const notifications = [
      named('new', 'a', { severity: 'critical' }),
      aNotification('new', 'listing', LISTING_ALERT),
      named('new', 'b', { severity: 'critical' }),
    ];
    const [first] = aDigest({ notifications }, { evaluation: UNAVAILABLE }).sections[0]?.items ?? [];
    expect(first?.covers[0]?.fingerprint).toBe('listing');
  });

  it('are sorted by name while the listing fails, since no lag is known then', () => {
    const notifications = many(3, (name) => named('new', name)).toReversed();
    expect(outline(aDigest({ notifications }, { evaluation: UNAVAILABLE }))['Needs attention']).toEqual([
      '`sync-01` *is failing*',
      '`sync-02` *is failing*',
      '`sync-03` *is failing*',
    ]);
  });
});

describe('resolutions alone', () => {
  const open = (name: string, overrides: Partial<Alert> = {}) =>
    [`sync:${name}`, anAlert({ labels: labelsOf(name), ...overrides })] as const;
  const sectionsWith = (plan: Partial<NotificationPlan>, ...alerts: ReturnType<typeof open>[]) =>
    outline(aDigest(plan, { facts: { ...factsOf({}), alerts: Object.fromEntries(alerts) } }));
  const recovery = { notifications: [resolved('a')] };

  it('are followed by what is still open, so that good news does not hide it', () => {
    expect(sectionsWith(recovery, open('b'), open('c'))).toEqual({
      Resolved: ['`a` *recovered*', 'still open: `b`, `c`'],
    });
  });

  it.each<readonly [string, Partial<NotificationPlan>, ReturnType<typeof open>[]]>([
    ['nothing is open', recovery, []],
    ['one is held open while it is healthy', recovery, [open('b', { healthySince: ago(HOUR) })]],
    ['one is pending', recovery, [open('b', { state: 'pending' })]],
    ['a reminder lists it', { ...recovery, reminder: [aReminder('sync:b')] }, [open('b')]],
    ['another alert is sent', { notifications: [resolved('a'), named('new', 'c')] }, [open('b')]],
  ])('are not followed by it when %s', (_when, plan, alerts) =>
    expect(sectionsWith(plan, ...alerts)['Resolved']).toEqual(['`a` *recovered*']),
  );
});

describe('names with numbers', () => {
  it.each([
    [
      ['a-2', 'a-10', 'a-9'],
      ['a-2', 'a-9', 'a-10'],
    ],
    [
      ['orders_100', 'orders_20', 'carts_3'],
      ['carts_3', 'orders_20', 'orders_100'],
    ],
    [
      ['B', 'a', 'C'],
      ['a', 'B', 'C'],
    ],
  ])('are sorted in their natural order: %j', (names, order) => {
    const notifications = names.map((name) => named('new', name));
    const shown = outline(aDigest({ notifications }, { evaluation: UNAVAILABLE }))['Needs attention'];
    expect(shown).toEqual(order.map((name) => `\`${name}\` *is failing*`));
  });
});

describe('the last line of a digest', () => {
  const lastLine = (
    alerts: readonly Alert[],
    evaluation: DigestOptions['evaluation'] = listed([aDiagnosis()]),
    conditions: Facts['conditions'] = {},
  ) => {
    const facts = {
      ...factsOf({}),
      conditions,
      alerts: Object.fromEntries(alerts.map((one, index) => [`sync:${index}`, one])),
    };
    return lineText(aDigest({ notifications: [resolved()] }, { facts, evaluation }).context);
  };
  const origin = '`acme` (`prod`) · 09:00';

  it.each([
    ['no alert', [], `1 sync checked · none open · ${origin}`],
    ['one open alert', [anAlert()], `1 sync checked · 1 open, first seen 1 h ago · ${origin}`],
    ['one that opened now', [anAlert({ since: NOW })], `1 sync checked · 1 open · ${origin}`],
    [
      'two open alerts',
      [anAlert(), anAlert({ since: ago(3 * DAY) })],
      `1 sync checked · 2 open, the oldest first seen 3 d ago · ${origin}`,
    ],
    [
      'one open alert, and one that is held open while it is healthy',
      [anAlert(), anAlert({ since: ago(3 * DAY), flapping: 'often', healthySince: ago(HOUR) })],
      `1 sync checked · 1 open, first seen 1 h ago · ${origin}`,
    ],
    [
      'an ended and a pending alert',
      [anEndedAlert(), anAlert({ state: 'pending' })],
      `1 sync checked · none open · ${origin}`,
    ],
  ])('counts the syncs and the open alerts, with origin and time: %s', (_what, alerts, text) =>
    expect(lastLine(alerts)).toBe(text),
  );

  it('counts the paused syncs, but no other condition', () => {
    const conditions = Object.fromEntries(
      [...many(1200, paused), aChange('unlisted', 'gone'), aChange('resumed', 'back')].map(
        ({ fingerprint, condition }) => [fingerprint, condition],
      ),
    );
    expect(lastLine([], listed([aDiagnosis()]), conditions)).toBe(
      `1 sync checked · none open, 1,200 paused · ${origin}`,
    );
  });

  it('counts 1,200 syncs', () => {
    const evaluation = listed(many(1200, (id) => aDiagnosis({ id })));
    expect(lastLine([], evaluation)).toBe(`1,200 syncs checked · none open · ${origin}`);
  });

  it('says that no sync could be checked while the listing fails', () =>
    expect(lastLine([], UNAVAILABLE)).toBe(`no sync could be checked · none open · ${origin}`));

  it('ends with the time of the check', () => {
    const digest = aDigest({ notifications: [resolved()] });
    expect(digest.context.at(-1)).toEqual({ kind: 'moment', at: NOW });
  });
});

it('a digest names the command that shows more', () => {
  expect(aDigest({ notifications: [resolved()] }).moreHint).toBe('npm start -- --json');
});

it.each([true, undefined] as const)('a digest satisfies a reminder when its plan does: %p', (satisfies) => {
  const plan = { notifications: [named('new', 'a')], ...(satisfies && { satisfiesReminder: satisfies }) };
  expect(aDigest(plan).satisfiesReminder).toBe(satisfies);
});
