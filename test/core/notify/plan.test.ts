import type { Alert, Facts } from '../../../lambda/core/alert.ts';
import { recordInFlight } from '../../../lambda/core/notify/notification-log.ts';
import {
  isEmptyPlan,
  type PlannedNotifications,
  planNotifications,
} from '../../../lambda/core/notify/plan.ts';
import { notifyReason } from '../../../lambda/core/notify/reason.ts';
import type { NotificationLogEntry, Route } from '../../../lambda/core/state.ts';
import {
  aBlindLook,
  aFacts,
  aFailingSync,
  ago,
  aLook,
  anAlert,
  anEndedAlert,
  aPolicy,
  aRoute,
  aSync,
  aTelling,
  aTold,
  days,
  defaultPolicy,
  frozen,
  hours,
  later,
  minutes,
  NOW,
} from '../a-sync.ts';

const LOOK = aLook([aSync()]);
const ORDERS = 'sync:orders';

/** What is due on a route, now, unless something else is said. */
function dueNow(
  facts: Facts,
  route: Route,
  { evaluation = LOOK, policy = defaultPolicy, now = NOW } = {},
): PlannedNotifications {
  return planNotifications(frozen(facts), frozen(route), frozen(evaluation), policy, now);
}
const reasons = ({ plan }: PlannedNotifications) =>
  Object.fromEntries(plan.notifications.map(({ fingerprint, reason }) => [fingerprint, reason]));
const reminded = ({ plan }: PlannedNotifications) =>
  plan.reminder.map(({ fingerprint }) => fingerprint).toSorted();

const DUE = { undeliveredSince: ago(minutes(20)) };
const ANNOUNCED_IN_DOUBT = { noted: { what: 'firing', times: 1 } } as const;
const CLOSED_IN_DOUBT = { noted: { what: 'resolved', times: 1 } } as const;

const TELLINGS = {
  'nothing, held back': {},
  'nothing, due once': DUE,
  'nothing, gathered': { held: true },
  'nothing, announcement in doubt': { ...DUE, ...ANNOUNCED_IN_DOUBT },
  'opening (warning)': aTelling(),
  'opening (critical)': aTelling({ lastNotified: aTold({ severity: 'critical' }) }),
  'opening (other problem)': aTelling({ lastNotified: aTold({ problems: ['stalled'] }) }),
  'opening, escalation in doubt': aTelling({ ...DUE, ...ANNOUNCED_IN_DOUBT }),
  'opening, closing due': aTelling(DUE),
  'opening, closing in doubt': aTelling({ ...DUE, ...CLOSED_IN_DOUBT }),
  'opening and closing': aTelling({ resolutionSent: true }),
} as const satisfies Record<string, NotificationLogEntry>;

const ALERTS = {
  pending: anAlert({ state: 'pending' }),
  warning: anAlert(),
  critical: anAlert({ severity: 'critical', critical: { from: ago(minutes(30)) } }),
  'was critical': anAlert({ critical: { from: ago(minutes(30)), to: ago(minutes(10)) } }),
  'other problem': anAlert({ problem: 'stalled', problems: ['stalled'] }),
  resolved: anEndedAlert(),
  unlisted: anEndedAlert({ resolution: { how: 'unlisted', at: ago(minutes(10)) } }),
  excluded: anEndedAlert({ resolution: { how: 'excluded', reason: 'x', at: ago(minutes(10)) } }),
  pendingAgain: anEndedAlert({ pendingAgain: { since: ago(60), problems: ['failing'] } }),
} as const satisfies Record<string, Alert>;

const columns = [
  'pending',
  'warning',
  'critical',
  'was critical',
  'other problem',
  'resolved',
  'unlisted',
  'excluded',
  'pendingAgain',
] as const satisfies readonly (keyof typeof ALERTS)[];

describe('the table: what the route was told against the facts', () => {
  // biome-ignore format: a table
  const TABLE: readonly (readonly [keyof typeof TELLINGS, ...string[]])[] = [
    //                                 pending  warning    critical     was critical  other problem  resolved   gone       ignored    reopening
    ['nothing, held back',             '–',     'new',     'new',       'new',        'new',         '–',       '–',       '–',       '–'],
    ['nothing, due once',              '–',     'new',     'new',       'new',        'new',         'resolved_undelivered',  'resolved_undelivered',  'resolved_undelivered',  'resolved_undelivered'],
    ['nothing, gathered',              '–',     'new',     'new',       'new',        'new',         'resolved_in_group',  'resolved_in_group',  'resolved_in_group',  'resolved_in_group'],
    ['nothing, announcement in doubt', '–',     'new',     'new',       'new',        'new',         'resolved_undelivered',  'resolved_undelivered',  'resolved_undelivered',  'resolved_undelivered'],
    ['opening (warning)',              '–',     '–',       'escalated', 'escalated',  'changed',     'resolved', 'resolved', 'resolved', 'resolved'],
    ['opening (critical)',             '–',     '–',       '–',         '–',          'changed',     'resolved', 'resolved', 'resolved', 'resolved'],
    ['opening (other problem)',        '–',     'changed', 'escalated', 'escalated',  '–',           'resolved', 'resolved', 'resolved', 'resolved'],
    ['opening, escalation in doubt',   '–',     'changed',       'escalated', 'escalated',  'changed',     'resolved', 'resolved', 'resolved', 'resolved'],
    ['opening, closing due',           '–',     '–',       'escalated', 'escalated',  'changed',     'resolved', 'resolved', 'resolved', 'resolved'],
    ['opening, closing in doubt',      '–',     'new',     'new',       'new',        'new',         'resolved', 'resolved', 'resolved', 'resolved'],
    ['opening and closing',            '–',     'new',     'new',       'new',        'new',         '–',       '–',       '–',       '–'],
  ];
  const cells = TABLE.flatMap(([told, ...outcomes]) =>
    columns.map((facts, column) => [told, facts, outcomes[column] ?? 'a cell is missing'] as const),
  );

  test.each(cells)('told %s, facts %s: %s', (told, facts, outcome) => {
    expect(notifyReason(frozen(ALERTS[facts]), frozen(TELLINGS[told])) ?? '–').toBe(outcome);
    const announced = dueNow(aFacts({ [ORDERS]: ALERTS[facts] }), aRoute({ [ORDERS]: TELLINGS[told] }));
    expect(reasons(announced)).toEqual(outcome === '–' ? {} : { [ORDERS]: outcome });
  });

  test.each(cells)(
    'told %s, facts %s: on a route that waits nothing is due, and %s stays owed',
    (told, facts, outcome) => {
      const before: NotificationLogEntry = TELLINGS[told];
      const route = aRoute({ [ORDERS]: before }, { backoffUntil: later(60) });
      const { plan, route: after } = dueNow(aFacts({ [ORDERS]: ALERTS[facts] }), route);
      expect(isEmptyPlan(plan)).toBe(true);
      // A closing in doubt counts as told once its sync fails again: what is due then is a new announcement.
      const { undeliveredSince = NOW } =
        told === 'opening, closing in doubt' && outcome === 'new' ? {} : before;
      expect(after.notificationLog[ORDERS]?.undeliveredSince).toBe(
        outcome === '–' ? undefined : undeliveredSince,
      );
      expect(after.backoffUntil).toBe(later(60));
    },
  );

  test.each([
    ['told its opening and its closing', aTelling({ resolutionSent: true })],
    ['told its opening, its closing in doubt', aTelling({ ...DUE, ...CLOSED_IN_DOUBT })],
  ])('%s: what opened and ended since, and could not be told, is missed', (_, logEntry) => {
    const again = dueNow(
      aFacts({ [ORDERS]: anAlert() }),
      aRoute({ [ORDERS]: logEntry }, { backoffUntil: later(60) }),
    );
    const ended = dueNow(aFacts({ [ORDERS]: anEndedAlert() }), again.route, { now: later(61) });
    expect(reasons(ended)).toEqual({ [ORDERS]: 'resolved_undelivered' });
  });

  test.each([
    ['told its opening and its closing', aTelling({ resolutionSent: true })],
    ['told its opening, its closing in doubt', aTelling({ ...DUE, ...CLOSED_IN_DOUBT })],
  ])('%s: an announcement since then that is in doubt has its end told too', (_, logEntry) => {
    const { route } = dueNow(aFacts({ [ORDERS]: anAlert() }), aRoute({ [ORDERS]: logEntry }));
    const content = {
      covers: [{ fingerprint: ORDERS, reason: 'new', listed: true }],
      coversShrinkage: false,
      endsReminder: false,
    } as const;
    const inDoubt = recordInFlight(route, content);
    expect(reasons(dueNow(aFacts({ [ORDERS]: anAlert() }), inDoubt))).toEqual({ [ORDERS]: 'new' });
    expect(reasons(dueNow(aFacts({ [ORDERS]: anEndedAlert() }), inDoubt))).toEqual({
      [ORDERS]: 'resolved_undelivered',
    });
  });

  test('an alert of which the route knows nothing is new to it', () => {
    expect(reasons(dueNow(aFacts({ [ORDERS]: anAlert() }), aRoute()))).toEqual({ [ORDERS]: 'new' });
  });

  test.each([
    [-1, undefined],
    [0, undefined],
    [1, 'escalated'],
  ])('a critical stretch that ended %d s after it was told: %s', (seconds, reason) => {
    const told = aTold({ at: ago(minutes(20)) });
    const critical = { from: ago(minutes(30)), to: ago(minutes(20) - seconds) };
    expect(notifyReason(anAlert({ critical }), aTelling({ lastNotified: told }))).toBe(reason);
  });

  test('a critical stretch of an earlier opening does not escalate this one', () => {
    const critical = { from: ago(hours(5)), to: ago(hours(4)) };
    const alert = anAlert({ critical, firings: [ago(hours(5)), ago(hours(1))] });
    expect(notifyReason(alert, aTelling({ lastNotified: aTold({ at: ago(hours(1)) }) }))).toBeUndefined();
  });
});

describe('undeliveredSince', () => {
  const facts = aFacts({ [ORDERS]: anAlert() });
  const undeliveredSince = ({ route }: PlannedNotifications) =>
    route.notificationLog[ORDERS]?.undeliveredSince;

  test('is the check at which something first was due', () => {
    expect(undeliveredSince(dueNow(facts, aRoute()))).toBe(NOW);
    expect(undeliveredSince(dueNow(facts, aRoute({ [ORDERS]: DUE })))).toBe(DUE.undeliveredSince);
  });

  test('is no more once nothing is due', () => {
    const withdrawn = aRoute({ [ORDERS]: aTelling(DUE) });
    expect(dueNow(facts, withdrawn).route.notificationLog[ORDERS]).toEqual(aTelling());
  });

  test('of what nobody is to be told is not there, and nothing else is remembered of it', () => {
    const pending = aFacts({ [ORDERS]: anAlert({ state: 'pending' }) });
    expect(dueNow(pending, aRoute()).route.notificationLog).toEqual({});
  });

  test('of what came and went while gathered is kept with that: it stays so until it is told', () => {
    const ended = aFacts({ [ORDERS]: anEndedAlert() });
    const { route } = dueNow(ended, aRoute({ [ORDERS]: { held: true } }));
    expect(route.notificationLog[ORDERS]).toEqual({ held: true, undeliveredSince: NOW });
    expect(reasons(dueNow(ended, route, { now: later(300) }))).toEqual({ [ORDERS]: 'resolved_in_group' });
  });
});

describe('a route that waits', () => {
  const facts = aFacts({ [ORDERS]: anAlert() });

  test.each([
    [-1, true],
    [0, true],
    [1, false],
  ])('until %p seconds from now may post: %p', (seconds, mayPost) => {
    const announced = dueNow(facts, aRoute({}, { backoffUntil: later(seconds) }));
    expect(isEmptyPlan(announced.plan)).toBe(!mayPost);
  });

  test('for longer than any wait that we set is the work of a wrong clock', () => {
    expect(isEmptyPlan(dueNow(facts, aRoute({}, { backoffUntil: later(3600) })).plan)).toBe(true);
    expect(isEmptyPlan(dueNow(facts, aRoute({}, { backoffUntil: later(days(1)) })).plan)).toBe(false);
  });

  test('tells as missed what came and went meanwhile', () => {
    const { route } = dueNow(facts, aRoute({}, { backoffUntil: later(60) }));
    const ended = aFacts({ [ORDERS]: anEndedAlert() });
    expect(reasons(dueNow(ended, route, { now: later(61) }))).toEqual({ [ORDERS]: 'resolved_undelivered' });
  });

  test('sends no reminder either', () => {
    const route = aRoute(
      { [ORDERS]: aTelling({ lastNotified: aTold({ at: ago(days(3)) }) }) },
      { backoffUntil: later(60) },
    );
    const announced = dueNow(facts, route);
    expect(isEmptyPlan(announced.plan)).toBe(true);
    expect(announced.route.remindedAt).toBeUndefined();
  });
});

test('each alert is judged by itself, whatever the order', () => {
  const alerts = {
    'sync:a': anAlert(),
    'sync:b': anEndedAlert(),
    'sync:c': ALERTS.critical,
    listing: anAlert(),
  } as const;
  const notificationLog = { 'sync:b': aTelling(), 'sync:c': aTelling() };
  const backwards = Object.fromEntries(Object.entries(alerts).toReversed());
  const expected = { 'sync:a': 'new', 'sync:b': 'resolved', 'sync:c': 'escalated', listing: 'new' };
  expect(reasons(dueNow(aFacts(alerts), aRoute(notificationLog)))).toEqual(expected);
  expect(reasons(dueNow(aFacts(backwards), aRoute(notificationLog)))).toEqual(expected);
});

test('a telling whose alert was forgotten tells nothing', () => {
  expect(isEmptyPlan(dueNow(aFacts(), aRoute({ [ORDERS]: aTelling() })).plan)).toBe(true);
});

describe('reminders', () => {
  /** 24 h less half a period of 5 min. */
  const DAY_WITH_SLACK = hours(24) - 150;
  const toldAt = (secondsAgo: number) => aTelling({ lastNotified: aTold({ at: ago(secondsAgo) }) });
  const open = (since: number, overrides: Partial<Alert> = {}) =>
    anAlert({ since: ago(since), ...overrides });
  const facts = aFacts({ [ORDERS]: open(days(3)) });

  test.each([
    [-1, []],
    [0, [ORDERS]],
    [1, [ORDERS]],
  ])('24 h less half a period, and %p seconds, after the last telling: %p', (more, fingerprints) => {
    expect(reminded(dueNow(facts, aRoute({ [ORDERS]: toldAt(DAY_WITH_SLACK + more) })))).toEqual(
      fingerprints,
    );
  });

  test.each([
    [-1, []],
    [0, [ORDERS]],
    [1, [ORDERS]],
  ])('24 h less half a period, and %p seconds, after the last reminder: %p', (more, fingerprints) => {
    const route = aRoute({ [ORDERS]: toldAt(days(3)) }, { remindedAt: ago(DAY_WITH_SLACK + more) });
    expect(reminded(dueNow(facts, route))).toEqual(fingerprints);
  });

  test('the later of the two counts', () => {
    const route = aRoute({ [ORDERS]: toldAt(hours(1)) }, { remindedAt: ago(days(2)) });
    expect(reminded(dueNow(facts, route))).toEqual([]);
  });

  test('repeatEvery and the period are the policy’s', () => {
    const policy = aPolicy({ repeatInterval: '1h' });
    expect(reminded(dueNow(facts, aRoute({ [ORDERS]: toldAt(3449) }), { policy }))).toEqual([]);
    expect(reminded(dueNow(facts, aRoute({ [ORDERS]: toldAt(3450) }), { policy }))).toEqual([ORDERS]);
  });

  test('the last telling of the oldest open alert counts, and all that is open is listed', () => {
    const two = aFacts({ 'sync:old': open(days(3)), 'sync:young': open(days(2)) });
    const remindedOf = (old: number, young: number) =>
      reminded(dueNow(two, aRoute({ 'sync:old': toldAt(old), 'sync:young': toldAt(young) })));
    expect(remindedOf(days(1), hours(1))).toEqual(['sync:old', 'sync:young']);
    expect(remindedOf(hours(1), days(1))).toEqual([]);
  });

  test('the oldest is the oldest wherever it stands', () => {
    const two = aFacts({ 'sync:young': open(days(2)), 'sync:old': open(days(3)) });
    const route = aRoute({ 'sync:young': toldAt(hours(1)), 'sync:old': toldAt(days(1)) });
    expect(reminded(dueNow(two, route))).toEqual(['sync:old', 'sync:young']);
  });

  test('of two that are the oldest together the one told of earlier counts, whatever their order', () => {
    const alerts = { 'sync:a': open(days(3)), 'sync:b': open(days(3)) };
    const backwards = { 'sync:b': alerts['sync:b'], 'sync:a': alerts['sync:a'] };
    const route = aRoute({ 'sync:a': toldAt(days(1)), 'sync:b': toldAt(hours(1)) });
    expect(reminded(dueNow(aFacts(alerts), route))).toEqual(['sync:a', 'sync:b']);
    expect(reminded(dueNow(aFacts(backwards), route))).toEqual(['sync:a', 'sync:b']);
  });

  test('name the cause that what is open shares', () => {
    const three = ['a', 'b', 'c'].map((id) => aFailingSync({ id }));
    const all = aFacts({ 'sync:a': open(days(3)), 'sync:b': open(days(3)), 'sync:c': open(days(3)) });
    const route = aRoute({ 'sync:a': toldAt(days(1)), 'sync:b': toldAt(days(1)), 'sync:c': toldAt(days(1)) });
    const { plan } = dueNow(all, route, { evaluation: aLook(three) });
    expect(plan.reminder.map(({ fingerprint, cause }) => [fingerprint, cause?.name])).toEqual([
      ['sync:a', 'pg-main'],
      ['sync:b', 'pg-main'],
      ['sync:c', 'pg-main'],
    ]);
  });

  test('what this digest announces already is not in it', () => {
    const two = aFacts({ 'sync:old': open(days(3)), 'sync:new': open(60), 'sync:ended': anEndedAlert() });
    const announced = dueNow(two, aRoute({ 'sync:old': toldAt(days(1)), 'sync:ended': toldAt(days(2)) }));
    expect(reasons(announced)).toEqual({ 'sync:new': 'new', 'sync:ended': 'resolved' });
    expect(reminded(announced)).toEqual(['sync:old']);
  });

  test('when nothing else is open it counts as given', () => {
    const escalated = aFacts({ [ORDERS]: open(days(3), { severity: 'critical', critical: { from: NOW } }) });
    const announced = dueNow(escalated, aRoute({ [ORDERS]: toldAt(days(1)) }));
    expect(reasons(announced)).toEqual({ [ORDERS]: 'escalated' });
    expect(reminded(announced)).toEqual([]);
    expect(announced.plan.satisfiesReminder).toBe(true);
    // Only what was posted gives it.
    expect(announced.route.remindedAt).toBeUndefined();
  });

  test('nothing gives it while the route waits', () => {
    const escalated = aFacts({ [ORDERS]: open(days(3), { severity: 'critical', critical: { from: NOW } }) });
    const waits = aRoute({ [ORDERS]: toldAt(days(1)) }, { backoffUntil: NOW + 60_000 });
    const announced = dueNow(escalated, waits);
    expect(isEmptyPlan(announced.plan)).toBe(true);
    expect(announced.plan.satisfiesReminder).toBeUndefined();
    expect(announced.route.remindedAt).toBeUndefined();
  });

  test('before it is due it does not count as given', () => {
    const announced = dueNow(facts, aRoute({ [ORDERS]: toldAt(hours(3)) }));
    expect(announced.plan.satisfiesReminder).toBeUndefined();
  });

  test('what is pending, ended or was never told causes none and is in none', () => {
    const quiet = aFacts({
      'sync:a': anAlert({ state: 'pending', since: ago(days(3)) }),
      'sync:b': anEndedAlert(),
    });
    const closed = aTelling({ lastNotified: aTold({ at: ago(days(3)) }), resolutionSent: true });
    const announced = dueNow(quiet, aRoute({ 'sync:b': closed }));
    expect(isEmptyPlan(announced.plan)).toBe(true);
  });

  describe('of syncs that a person paused', () => {
    const paused = open(days(30), { problem: 'disabled', paused: true });
    const pausedTelling = aTelling({ lastNotified: aTold({ at: ago(days(30)), problems: ['disabled'] }) });

    test('never cause one', () => {
      expect(
        isEmptyPlan(dueNow(aFacts({ 'sync:p': paused }), aRoute({ 'sync:p': pausedTelling })).plan),
      ).toBe(true);
    });

    test('nor do they delay it, old as they are', () => {
      const both = aFacts({ 'sync:p': paused, [ORDERS]: open(days(3)) });
      const route = aRoute(
        {
          'sync:p': aTelling({ lastNotified: aTold({ at: ago(60), problems: ['disabled'] }) }),
          [ORDERS]: toldAt(days(1)),
        },
        { pausedRemindedAt: ago(60) },
      );
      expect(reminded(dueNow(both, route))).toEqual([ORDERS]);
    });

    test.each([
      [days(1), [ORDERS]],
      [days(6), [ORDERS]],
      [days(7), ['sync:p', ORDERS].toSorted()],
      [days(8), ['sync:p', ORDERS].toSorted()],
    ])(
      'are in one only every 7 days: %p seconds after the last that had them, it has %p',
      (since, fingerprints) => {
        const both = aFacts({ 'sync:p': paused, [ORDERS]: open(days(3)) });
        const route = aRoute(
          { 'sync:p': pausedTelling, [ORDERS]: toldAt(days(1)) },
          { pausedRemindedAt: ago(since), remindedAt: ago(days(1)) },
        );
        expect(reminded(dueNow(both, route))).toEqual(fingerprints);
      },
    );

    test('that were told yesterday are not in today’s', () => {
      const both = aFacts({
        'sync:p': open(days(1), { problem: 'disabled', paused: true }),
        [ORDERS]: open(days(3)),
      });
      const told = aTelling({ lastNotified: aTold({ at: ago(days(1)), problems: ['disabled'] }) });
      expect(reminded(dueNow(both, aRoute({ 'sync:p': told, [ORDERS]: toldAt(days(1)) })))).toEqual([ORDERS]);
    });
  });

  describe('of a blind check', () => {
    const evaluation = aBlindLook();
    const listing = open(days(2), { problem: 'listing_failed', severity: 'critical', labels: null });
    const toldListing = aTelling({
      lastNotified: aTold({ at: ago(days(1)), severity: 'critical', problems: ['listing_failed'] }),
    });

    test('name no sync', () => {
      expect(isEmptyPlan(dueNow(facts, aRoute({ [ORDERS]: toldAt(days(1)) }), { evaluation }).plan)).toBe(
        true,
      );
    });

    test('that could not be sent are not given: the next check that sees sends it', () => {
      const { route } = dueNow(facts, aRoute({ [ORDERS]: toldAt(days(1)) }), { evaluation });
      expect(reminded(dueNow(facts, route))).toEqual([ORDERS]);
    });

    test('name the listing', () => {
      const both = aFacts({ listing, [ORDERS]: open(days(1)) });
      const route = aRoute({ listing: toldListing, [ORDERS]: toldAt(hours(1)) });
      expect(reminded(dueNow(both, route, { evaluation }))).toEqual(['listing']);
    });

    test('name the listing though an older sync was told of just now', () => {
      const both = aFacts({ listing, [ORDERS]: open(days(9)) });
      const route = aRoute({ listing: toldListing, [ORDERS]: toldAt(hours(1)) });
      expect(reminded(dueNow(both, route, { evaluation }))).toEqual(['listing']);
    });

    test('deliver what is due all the same', () => {
      expect(reasons(dueNow(facts, aRoute(), { evaluation }))).toEqual({ [ORDERS]: 'new' });
    });
  });
});

describe('a listing that shrank', () => {
  const shrinkage = { at: ago(60), from: 20, to: 9 };
  const facts: Facts = { alerts: {}, histories: {}, size: { normal: 9, shrinkage } };

  test('is due until it was told', () => {
    expect(dueNow(facts, aRoute()).plan.shrinkage).toEqual(shrinkage);
    expect(isEmptyPlan(dueNow(facts, aRoute()).plan)).toBe(false);
    expect(dueNow(facts, aRoute({}, { shrinkageNotifiedAt: ago(days(2)) })).plan.shrinkage).toEqual(
      shrinkage,
    );
    expect(isEmptyPlan(dueNow(facts, aRoute({}, { shrinkageNotifiedAt: shrinkage.at })).plan)).toBe(true);
  });

  test('waits with a route that waits', () => {
    expect(isEmptyPlan(dueNow(facts, aRoute({}, { backoffUntil: later(60) })).plan)).toBe(true);
  });
});
