import type { Alert, Facts } from '../../lambda/core/alert.ts';
import { type Announced, announce, isNothing } from '../../lambda/core/announce.ts';
import type { Route, Telling } from '../../lambda/core/memory.ts';
import { reasonToTell } from '../../lambda/core/reason-to-tell.ts';
import { noted } from '../../lambda/core/telling.ts';
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
} from './a-sync.ts';

const LOOK = aLook([aSync()]);
const ORDERS = 'sync:orders';

/** What is due on a route, now, unless something else is said. */
function dueNow(
  facts: Facts,
  route: Route,
  { look = LOOK, policy = defaultPolicy, now = NOW } = {},
): Announced {
  return announce(frozen(facts), frozen(route), frozen(look), policy, now);
}
const reasons = ({ due }: Announced) =>
  Object.fromEntries(due.announcements.map(({ fingerprint, reason }) => [fingerprint, reason]));
const reminded = ({ due }: Announced) => due.reminder.map(({ fingerprint }) => fingerprint).toSorted();

const DUE = { dueSince: ago(minutes(20)) };
const ANNOUNCED_IN_DOUBT = { noted: { what: 'announcement', times: 1 } } as const;
const CLOSED_IN_DOUBT = { noted: { what: 'closing', times: 1 } } as const;

const TELLINGS = {
  'nothing, held back': {},
  'nothing, due once': DUE,
  'nothing, gathered': { gathered: true },
  'nothing, announcement in doubt': { ...DUE, ...ANNOUNCED_IN_DOUBT },
  'opening (warning)': aTelling(),
  'opening (critical)': aTelling({ told: aTold({ severity: 'critical' }) }),
  'opening (other problem)': aTelling({ told: aTold({ problems: ['stalled'] }) }),
  'opening, escalation in doubt': aTelling({ ...DUE, ...ANNOUNCED_IN_DOUBT }),
  'opening, closing due': aTelling(DUE),
  'opening, closing in doubt': aTelling({ ...DUE, ...CLOSED_IN_DOUBT }),
  'opening and closing': aTelling({ closed: true }),
} as const satisfies Record<string, Telling>;

const ALERTS = {
  pending: anAlert({ state: 'pending' }),
  warning: anAlert(),
  critical: anAlert({ severity: 'critical', critical: { from: ago(minutes(30)) } }),
  'was critical': anAlert({ critical: { from: ago(minutes(30)), to: ago(minutes(10)) } }),
  'other problem': anAlert({ problem: 'stalled', problems: ['stalled'] }),
  resolved: anEndedAlert(),
  gone: anEndedAlert({ ended: { how: 'gone', at: ago(minutes(10)) } }),
  ignored: anEndedAlert({ ended: { how: 'ignored', reason: 'x', at: ago(minutes(10)) } }),
  reopening: anEndedAlert({ reopening: { since: ago(60), problems: ['failing'] } }),
} as const satisfies Record<string, Alert>;

const columns = [
  'pending',
  'warning',
  'critical',
  'was critical',
  'other problem',
  'resolved',
  'gone',
  'ignored',
  'reopening',
] as const satisfies readonly (keyof typeof ALERTS)[];

describe('the table: what the route was told against the facts', () => {
  // biome-ignore format: a table
  const TABLE: readonly (readonly [keyof typeof TELLINGS, ...string[]])[] = [
    //                                 pending  warning    critical     was critical  other problem  resolved   gone       ignored    reopening
    ['nothing, held back',             '–',     'new',     'new',       'new',        'new',         '–',       '–',       '–',       '–'],
    ['nothing, due once',              '–',     'new',     'new',       'new',        'new',         'missed',  'missed',  'missed',  'missed'],
    ['nothing, gathered',              '–',     'new',     'new',       'new',        'new',         'passed',  'passed',  'passed',  'passed'],
    ['nothing, announcement in doubt', '–',     'new',     'new',       'new',        'new',         'missed',  'missed',  'missed',  'missed'],
    ['opening (warning)',              '–',     '–',       'escalated', 'escalated',  'changed',     'closing', 'closing', 'closing', 'closing'],
    ['opening (critical)',             '–',     '–',       '–',         '–',          'changed',     'closing', 'closing', 'closing', 'closing'],
    ['opening (other problem)',        '–',     'changed', 'escalated', 'escalated',  '–',           'closing', 'closing', 'closing', 'closing'],
    ['opening, escalation in doubt',   '–',     'changed',       'escalated', 'escalated',  'changed',     'closing', 'closing', 'closing', 'closing'],
    ['opening, closing due',           '–',     '–',       'escalated', 'escalated',  'changed',     'closing', 'closing', 'closing', 'closing'],
    ['opening, closing in doubt',      '–',     'new',     'new',       'new',        'new',         'closing', 'closing', 'closing', 'closing'],
    ['opening and closing',            '–',     'new',     'new',       'new',        'new',         '–',       '–',       '–',       '–'],
  ];
  const cells = TABLE.flatMap(([told, ...outcomes]) =>
    columns.map((facts, column) => [told, facts, outcomes[column] ?? 'a cell is missing'] as const),
  );

  test.each(cells)('told %s, facts %s: %s', (told, facts, outcome) => {
    expect(reasonToTell(frozen(ALERTS[facts]), frozen(TELLINGS[told])) ?? '–').toBe(outcome);
    const announced = dueNow(aFacts({ [ORDERS]: ALERTS[facts] }), aRoute({ [ORDERS]: TELLINGS[told] }));
    expect(reasons(announced)).toEqual(outcome === '–' ? {} : { [ORDERS]: outcome });
  });

  test.each(cells)(
    'told %s, facts %s: on a route that waits nothing is due, and %s stays owed',
    (told, facts, outcome) => {
      const before: Telling = TELLINGS[told];
      const route = aRoute({ [ORDERS]: before }, { waitUntil: later(60) });
      const { due, route: after } = dueNow(aFacts({ [ORDERS]: ALERTS[facts] }), route);
      expect(isNothing(due)).toBe(true);
      // A closing in doubt counts as told once its sync fails again: what is due then is a new announcement.
      const { dueSince = NOW } = told === 'opening, closing in doubt' && outcome === 'new' ? {} : before;
      expect(after.tellings[ORDERS]?.dueSince).toBe(outcome === '–' ? undefined : dueSince);
      expect(after.waitUntil).toBe(later(60));
    },
  );

  test.each([
    ['told its opening and its closing', aTelling({ closed: true })],
    ['told its opening, its closing in doubt', aTelling({ ...DUE, ...CLOSED_IN_DOUBT })],
  ])('%s: what opened and ended since, and could not be told, is missed', (_, telling) => {
    const again = dueNow(
      aFacts({ [ORDERS]: anAlert() }),
      aRoute({ [ORDERS]: telling }, { waitUntil: later(60) }),
    );
    const ended = dueNow(aFacts({ [ORDERS]: anEndedAlert() }), again.route, { now: later(61) });
    expect(reasons(ended)).toEqual({ [ORDERS]: 'missed' });
  });

  test.each([
    ['told its opening and its closing', aTelling({ closed: true })],
    ['told its opening, its closing in doubt', aTelling({ ...DUE, ...CLOSED_IN_DOUBT })],
  ])('%s: an announcement since then that is in doubt has its end told too', (_, telling) => {
    const { route } = dueNow(aFacts({ [ORDERS]: anAlert() }), aRoute({ [ORDERS]: telling }));
    const content = {
      tells: [{ fingerprint: ORDERS, reason: 'new', listed: true }],
      tellsShrinking: false,
      endsReminder: false,
    } as const;
    const inDoubt = noted(route, content);
    expect(reasons(dueNow(aFacts({ [ORDERS]: anAlert() }), inDoubt))).toEqual({ [ORDERS]: 'new' });
    expect(reasons(dueNow(aFacts({ [ORDERS]: anEndedAlert() }), inDoubt))).toEqual({ [ORDERS]: 'missed' });
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
    expect(reasonToTell(anAlert({ critical }), aTelling({ told }))).toBe(reason);
  });

  test('a critical stretch of an earlier opening does not escalate this one', () => {
    const critical = { from: ago(hours(5)), to: ago(hours(4)) };
    const alert = anAlert({ critical, openings: [ago(hours(5)), ago(hours(1))] });
    expect(reasonToTell(alert, aTelling({ told: aTold({ at: ago(hours(1)) }) }))).toBeUndefined();
  });
});

describe('dueSince', () => {
  const facts = aFacts({ [ORDERS]: anAlert() });
  const dueSince = ({ route }: Announced) => route.tellings[ORDERS]?.dueSince;

  test('is the check at which something first was due', () => {
    expect(dueSince(dueNow(facts, aRoute()))).toBe(NOW);
    expect(dueSince(dueNow(facts, aRoute({ [ORDERS]: DUE })))).toBe(DUE.dueSince);
  });

  test('is no more once nothing is due', () => {
    const withdrawn = aRoute({ [ORDERS]: aTelling(DUE) });
    expect(dueNow(facts, withdrawn).route.tellings[ORDERS]).toEqual(aTelling());
  });

  test('of what nobody is to be told is not there, and nothing else is remembered of it', () => {
    const pending = aFacts({ [ORDERS]: anAlert({ state: 'pending' }) });
    expect(dueNow(pending, aRoute()).route.tellings).toEqual({});
  });

  test('of what came and went while gathered is kept with that: it stays so until it is told', () => {
    const ended = aFacts({ [ORDERS]: anEndedAlert() });
    const { route } = dueNow(ended, aRoute({ [ORDERS]: { gathered: true } }));
    expect(route.tellings[ORDERS]).toEqual({ gathered: true, dueSince: NOW });
    expect(reasons(dueNow(ended, route, { now: later(300) }))).toEqual({ [ORDERS]: 'passed' });
  });
});

describe('a route that waits', () => {
  const facts = aFacts({ [ORDERS]: anAlert() });

  test.each([
    [-1, true],
    [0, true],
    [1, false],
  ])('until %p seconds from now may post: %p', (seconds, mayPost) => {
    const announced = dueNow(facts, aRoute({}, { waitUntil: later(seconds) }));
    expect(isNothing(announced.due)).toBe(!mayPost);
  });

  test('for longer than any wait that we set is the work of a wrong clock', () => {
    expect(isNothing(dueNow(facts, aRoute({}, { waitUntil: later(3600) })).due)).toBe(true);
    expect(isNothing(dueNow(facts, aRoute({}, { waitUntil: later(days(1)) })).due)).toBe(false);
  });

  test('tells as missed what came and went meanwhile', () => {
    const { route } = dueNow(facts, aRoute({}, { waitUntil: later(60) }));
    const ended = aFacts({ [ORDERS]: anEndedAlert() });
    expect(reasons(dueNow(ended, route, { now: later(61) }))).toEqual({ [ORDERS]: 'missed' });
  });

  test('sends no reminder either', () => {
    const route = aRoute(
      { [ORDERS]: aTelling({ told: aTold({ at: ago(days(3)) }) }) },
      { waitUntil: later(60) },
    );
    const announced = dueNow(facts, route);
    expect(isNothing(announced.due)).toBe(true);
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
  const tellings = { 'sync:b': aTelling(), 'sync:c': aTelling() };
  const backwards = Object.fromEntries(Object.entries(alerts).toReversed());
  const expected = { 'sync:a': 'new', 'sync:b': 'closing', 'sync:c': 'escalated', listing: 'new' };
  expect(reasons(dueNow(aFacts(alerts), aRoute(tellings)))).toEqual(expected);
  expect(reasons(dueNow(aFacts(backwards), aRoute(tellings)))).toEqual(expected);
});

test('a telling whose alert was forgotten tells nothing', () => {
  expect(isNothing(dueNow(aFacts(), aRoute({ [ORDERS]: aTelling() })).due)).toBe(true);
});

describe('reminders', () => {
  /** 24 h less half a period of 5 min. */
  const DAY_WITH_SLACK = hours(24) - 150;
  const toldAt = (secondsAgo: number) => aTelling({ told: aTold({ at: ago(secondsAgo) }) });
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
    const policy = aPolicy({ repeatEvery: '1h' });
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
    const { due } = dueNow(all, route, { look: aLook(three) });
    expect(due.reminder.map(({ fingerprint, cause }) => [fingerprint, cause?.name])).toEqual([
      ['sync:a', 'pg-main'],
      ['sync:b', 'pg-main'],
      ['sync:c', 'pg-main'],
    ]);
  });

  test('what this digest announces already is not in it', () => {
    const two = aFacts({ 'sync:old': open(days(3)), 'sync:new': open(60), 'sync:ended': anEndedAlert() });
    const announced = dueNow(two, aRoute({ 'sync:old': toldAt(days(1)), 'sync:ended': toldAt(days(2)) }));
    expect(reasons(announced)).toEqual({ 'sync:new': 'new', 'sync:ended': 'closing' });
    expect(reminded(announced)).toEqual(['sync:old']);
  });

  test('when nothing else is open it counts as given', () => {
    const escalated = aFacts({ [ORDERS]: open(days(3), { severity: 'critical', critical: { from: NOW } }) });
    const announced = dueNow(escalated, aRoute({ [ORDERS]: toldAt(days(1)) }));
    expect(reasons(announced)).toEqual({ [ORDERS]: 'escalated' });
    expect(reminded(announced)).toEqual([]);
    expect(announced.due.givesReminder).toBe(true);
    // Only what was posted gives it.
    expect(announced.route.remindedAt).toBeUndefined();
  });

  test('nothing gives it while the route waits', () => {
    const escalated = aFacts({ [ORDERS]: open(days(3), { severity: 'critical', critical: { from: NOW } }) });
    const waits = aRoute({ [ORDERS]: toldAt(days(1)) }, { waitUntil: NOW + 60_000 });
    const announced = dueNow(escalated, waits);
    expect(isNothing(announced.due)).toBe(true);
    expect(announced.due.givesReminder).toBeUndefined();
    expect(announced.route.remindedAt).toBeUndefined();
  });

  test('before it is due it does not count as given', () => {
    const announced = dueNow(facts, aRoute({ [ORDERS]: toldAt(hours(3)) }));
    expect(announced.due.givesReminder).toBeUndefined();
  });

  test('what is pending, ended or was never told causes none and is in none', () => {
    const quiet = aFacts({
      'sync:a': anAlert({ state: 'pending', since: ago(days(3)) }),
      'sync:b': anEndedAlert(),
    });
    const closed = aTelling({ told: aTold({ at: ago(days(3)) }), closed: true });
    const announced = dueNow(quiet, aRoute({ 'sync:b': closed }));
    expect(isNothing(announced.due)).toBe(true);
  });

  describe('of syncs that a person paused', () => {
    const paused = open(days(30), { problem: 'disabled', paused: true });
    const pausedTelling = aTelling({ told: aTold({ at: ago(days(30)), problems: ['disabled'] }) });

    test('never cause one', () => {
      expect(isNothing(dueNow(aFacts({ 'sync:p': paused }), aRoute({ 'sync:p': pausedTelling })).due)).toBe(
        true,
      );
    });

    test('nor do they delay it, old as they are', () => {
      const both = aFacts({ 'sync:p': paused, [ORDERS]: open(days(3)) });
      const route = aRoute(
        {
          'sync:p': aTelling({ told: aTold({ at: ago(60), problems: ['disabled'] }) }),
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
      const told = aTelling({ told: aTold({ at: ago(days(1)), problems: ['disabled'] }) });
      expect(reminded(dueNow(both, aRoute({ 'sync:p': told, [ORDERS]: toldAt(days(1)) })))).toEqual([ORDERS]);
    });
  });

  describe('of a blind check', () => {
    const look = aBlindLook();
    const listing = open(days(2), { problem: 'blind', severity: 'critical', labels: null });
    const toldListing = aTelling({
      told: aTold({ at: ago(days(1)), severity: 'critical', problems: ['blind'] }),
    });

    test('name no sync', () => {
      expect(isNothing(dueNow(facts, aRoute({ [ORDERS]: toldAt(days(1)) }), { look }).due)).toBe(true);
    });

    test('that could not be sent are not given: the next check that sees sends it', () => {
      const { route } = dueNow(facts, aRoute({ [ORDERS]: toldAt(days(1)) }), { look });
      expect(reminded(dueNow(facts, route))).toEqual([ORDERS]);
    });

    test('name the listing', () => {
      const both = aFacts({ listing, [ORDERS]: open(days(1)) });
      const route = aRoute({ listing: toldListing, [ORDERS]: toldAt(hours(1)) });
      expect(reminded(dueNow(both, route, { look }))).toEqual(['listing']);
    });

    test('name the listing though an older sync was told of just now', () => {
      const both = aFacts({ listing, [ORDERS]: open(days(9)) });
      const route = aRoute({ listing: toldListing, [ORDERS]: toldAt(hours(1)) });
      expect(reminded(dueNow(both, route, { look }))).toEqual(['listing']);
    });

    test('deliver what is due all the same', () => {
      expect(reasons(dueNow(facts, aRoute(), { look }))).toEqual({ [ORDERS]: 'new' });
    });
  });
});

describe('a listing that shrank', () => {
  const shrinking = { at: ago(60), from: 20, to: 9 };
  const facts: Facts = { alerts: {}, marks: {}, size: { normal: 9, shrinking } };

  test('is due until it was told', () => {
    expect(dueNow(facts, aRoute()).due.shrinking).toEqual(shrinking);
    expect(isNothing(dueNow(facts, aRoute()).due)).toBe(false);
    expect(dueNow(facts, aRoute({}, { shrinkingTold: ago(days(2)) })).due.shrinking).toEqual(shrinking);
    expect(isNothing(dueNow(facts, aRoute({}, { shrinkingTold: shrinking.at })).due)).toBe(true);
  });

  test('waits with a route that waits', () => {
    expect(isNothing(dueNow(facts, aRoute({}, { waitUntil: later(60) })).due)).toBe(true);
  });
});
