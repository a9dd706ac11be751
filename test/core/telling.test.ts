import type { Facts } from '../../lambda/core/alert.ts';
import type { Route, Telling } from '../../lambda/core/memory.ts';
import type { Content, Reason } from '../../lambda/core/message.ts';
import { accepted, noted, refused, uncertain, waiting } from '../../lambda/core/telling.ts';
import {
  aFacts,
  ago,
  anAlert,
  anEndedAlert,
  aRoute,
  aTelling,
  aTold,
  days,
  frozen,
  later,
  minutes,
  NOW,
} from './a-sync.ts';

const ORDERS = 'sync:orders';
const DUE = { dueSince: ago(minutes(20)) };

/** A message that tells of one alert. */
const telling = (reason: Reason, { fingerprint = ORDERS, listed = true } = {}): Content => ({
  tells: [{ fingerprint, reason, listed }],
  tellsShrinking: false,
  endsReminder: reason === 'reminder',
});
const of = (route: Route, fingerprint = ORDERS) => route.tellings[fingerprint];
const accept = (before: Telling, reason: Reason, facts: Facts = aFacts({ [ORDERS]: anAlert() })) =>
  of(accepted(frozen(aRoute({ [ORDERS]: before })), frozen(telling(reason)), frozen(facts), NOW));

const CRITICAL = aFacts({ [ORDERS]: anAlert({ severity: 'critical', critical: { from: ago(600) } }) });
const WAS_CRITICAL = aFacts({ [ORDERS]: anAlert({ critical: { from: ago(600), to: ago(60) } }) });
const STALLED = aFacts({ [ORDERS]: anAlert({ problem: 'stalled', problems: ['failing', 'stalled'] }) });
const ENDED = aFacts({ [ORDERS]: anEndedAlert() });

describe('a message that is about to be posted', () => {
  test.each<[Reason, 'announcement' | 'closing']>([
    ['new', 'announcement'],
    ['escalated', 'announcement'],
    ['changed', 'announcement'],
    ['missed', 'announcement'],
    ['closing', 'closing'],
  ])('is noted: %s is an %s', (reason, what) => {
    const before = aTelling(DUE);
    expect(of(noted(frozen(aRoute({ [ORDERS]: before })), telling(reason)))).toEqual({
      ...before,
      noted: { what, times: 1 },
    });
  });

  test('is counted when it is posted again', () => {
    const once = noted(aRoute({ [ORDERS]: DUE }), telling('new'));
    expect(of(noted(frozen(once), telling('new')))?.noted).toEqual({ what: 'announcement', times: 2 });
  });

  test('a reminder is noted for the route, and puts no alert in doubt', () => {
    const route = noted(frozen(aRoute({ [ORDERS]: aTelling() })), telling('reminder'));
    expect(of(route)).toEqual(aTelling());
    expect(route.remindersInDoubt).toBe(1);
  });
});

describe('a message that was accepted', () => {
  test('the opening is told, and nothing is due', () => {
    expect(accept({ ...DUE, noted: { what: 'announcement', times: 2 } }, 'new')).toEqual({
      told: { at: NOW, severity: 'warning', problems: ['failing'], listed: true },
    });
  });

  test.each([
    ['new', CRITICAL, DUE, 'critical', ['failing']],
    ['new', WAS_CRITICAL, DUE, 'warning', ['failing']],
    ['escalated', CRITICAL, aTelling(), 'critical', ['failing']],
    ['escalated', WAS_CRITICAL, aTelling(), 'critical', ['failing']],
    ['changed', STALLED, aTelling(), 'warning', ['failing', 'stalled']],
    [
      'changed',
      STALLED,
      aTelling({ told: aTold({ severity: 'critical' }) }),
      'critical',
      ['failing', 'stalled'],
    ],
  ] as const)(
    '%s: the highest severity and every problem told',
    (reason, facts, before, severity, problems) => {
      const after = accept(before, reason, facts);
      expect(after?.told).toMatchObject({ at: NOW, severity });
      expect(after?.told?.problems.toSorted()).toEqual(problems);
    },
  );

  test('a closing: nothing is left to tell', () => {
    const after = accept(aTelling({ ...DUE, noted: { what: 'closing', times: 1 } }), 'closing', ENDED);
    expect(after).toEqual({ told: aTold(), closed: true });
  });

  test.each(['missed', 'passed'] as const)('%s is an opening and its closing in one', (reason) => {
    const after = accept({ ...DUE, ...(reason === 'passed' && { gathered: true }) }, reason, ENDED);
    const told = { at: NOW, severity: 'warning', problems: ['failing'], listed: true };
    expect(after).toEqual({ told, closed: true });
  });

  test('new after a closing begins anew: nothing of the earlier telling is left', () => {
    const before = aTelling({
      told: aTold({ severity: 'critical', problems: ['stalled'] }),
      closed: true,
      ...DUE,
    });
    expect(accept(before, 'new')).toEqual({
      told: { at: NOW, severity: 'warning', problems: ['failing'], listed: true },
    });
  });

  test('new while an earlier closing is in doubt begins anew too', () => {
    const before = aTelling({
      told: aTold({ severity: 'critical' }),
      ...DUE,
      noted: { what: 'closing', times: 1 },
    });
    expect(accept(before, 'new')).toEqual({
      told: { at: NOW, severity: 'warning', problems: ['failing'], listed: true },
    });
  });

  test('what it only counted is remembered as such', () => {
    const route = accepted(
      aRoute({ [ORDERS]: DUE }),
      telling('new', { listed: false }),
      aFacts({ [ORDERS]: anAlert() }),
      NOW,
    );
    expect(of(route)?.told?.listed).toBe(false);
  });

  test.each([
    [true, false, true],
    [false, true, true],
    [false, false, false],
  ])('its opening listed is %p, what changed is %p: listed is %p', (opening, change, listed) => {
    const route = accepted(
      aRoute({ [ORDERS]: aTelling({ told: aTold({ listed: opening }) }) }),
      telling('changed', { listed: change }),
      STALLED,
      NOW,
    );
    expect(of(route)?.told?.listed).toBe(listed);
  });

  test('changes nothing of what is not known any more', () => {
    const route = aRoute({ [ORDERS]: DUE });
    const content: Content = {
      ...telling('new'),
      tells: [{ fingerprint: ORDERS, reason: 'new', listed: true, cause: 'connector:postgres' }],
    };
    expect(accepted(route, content, aFacts(), NOW)).toEqual(route);
    expect(accepted(route, telling('reminder'), aFacts(), NOW)).toEqual({ ...route, remindedAt: NOW });
  });

  test('others are not concerned', () => {
    const other: Telling = { ...DUE, noted: { what: 'announcement', times: 1 } };
    const route = accepted(
      aRoute({ [ORDERS]: DUE, 'sync:x': other }),
      telling('new'),
      aFacts({ [ORDERS]: anAlert() }),
      NOW,
    );
    expect(of(route, 'sync:x')).toEqual(other);
  });

  test('ends the wait and the count of uncertain posts', () => {
    const route = aRoute({ [ORDERS]: DUE }, { waitUntil: ago(60), uncertain: 3 });
    const after = accepted(route, telling('new'), aFacts({ [ORDERS]: anAlert() }), NOW);
    expect(after.uncertain ?? 0).toBe(0);
  });

  test('a reminder was given now', () => {
    const before = noted(aRoute({ [ORDERS]: aTelling() }), telling('reminder'));
    const after = accepted(before, telling('reminder'), aFacts({ [ORDERS]: anAlert() }), NOW);
    expect(after.remindedAt).toBe(NOW);
    expect(after.remindersInDoubt ?? 0).toBe(0);
    expect(after.pausedRemindedAt).toBeUndefined();
  });

  test('a reminder of which more is to come is not given yet', () => {
    const part = { ...telling('reminder'), endsReminder: false };
    const after = accepted(aRoute({ [ORDERS]: aTelling() }), part, aFacts({ [ORDERS]: anAlert() }), NOW);
    expect(after.remindedAt).toBeUndefined();
  });

  test('leaves reminders that are in doubt in doubt, and puts none in doubt', () => {
    const facts = aFacts({ [ORDERS]: anAlert() });
    const inDoubt = aRoute({ [ORDERS]: DUE }, { remindersInDoubt: 2 });
    expect(accepted(inDoubt, telling('new'), facts, NOW).remindersInDoubt).toBe(2);
    const none = accepted(aRoute({ [ORDERS]: DUE }), telling('new'), facts, NOW);
    expect(none).not.toHaveProperty('remindersInDoubt');
  });

  const paused = anAlert({ problem: 'disabled', paused: true });
  test('a reminder that had paused ones, be they few, has reminded of them', () => {
    const facts = aFacts({ [ORDERS]: anAlert(), 'sync:p': paused });
    const tells = [ORDERS, 'sync:p'].map((fingerprint) => ({
      fingerprint,
      reason: 'reminder' as const,
      listed: true,
    }));
    const after = accepted(aRoute(), { ...telling('reminder'), tells }, facts, NOW);
    expect(after.pausedRemindedAt).toBe(NOW);
  });

  test('the announcement of a paused one reminds of none', () => {
    const after = accepted(aRoute(), telling('new'), aFacts({ [ORDERS]: paused }), NOW);
    expect(after).not.toHaveProperty('pausedRemindedAt');
  });

  test('the shrinking is told', () => {
    const shrinking = { at: ago(60), from: 20, to: 9 };
    const facts: Facts = { alerts: {}, marks: {}, size: { normal: 9, shrinking } };
    const content: Content = { tells: [], tellsShrinking: true, endsReminder: false };
    expect(accepted(aRoute(), content, facts, NOW).shrinkingTold).toBe(shrinking.at);
    expect(
      accepted(aRoute(), { ...content, tellsShrinking: false }, facts, NOW).shrinkingTold,
    ).toBeUndefined();
  });
});

describe('a message that certainly did not arrive', () => {
  test.each<[Reason, Telling]>([
    ['new', DUE],
    ['escalated', aTelling(DUE)],
    ['closing', aTelling(DUE)],
    ['missed', DUE],
  ])('leaves %s as it was before it was noted: due', (reason, before) => {
    const route = frozen(aRoute({ [ORDERS]: before }));
    expect(refused(noted(route, telling(reason)), telling(reason))).toEqual(route);
  });

  test('the same of a reminder', () => {
    const route = frozen(aRoute({ [ORDERS]: aTelling() }));
    expect(refused(noted(route, telling('reminder')), telling('reminder'))).toEqual(route);
  });

  test('an earlier reminder that is in doubt stays in doubt', () => {
    const inDoubt = frozen(noted(aRoute({ [ORDERS]: aTelling() }), telling('reminder')));
    expect(refused(noted(inDoubt, telling('reminder')), telling('reminder'))).toEqual(inDoubt);
  });

  test('leaves what was not noted as it was', () => {
    const route = frozen(aRoute({ [ORDERS]: DUE }));
    expect(refused(route, telling('new'))).toEqual(route);
  });

  test('an earlier one that is in doubt stays in doubt', () => {
    const inDoubt = frozen(noted(aRoute({ [ORDERS]: aTelling(DUE) }), telling('closing')));
    expect(refused(noted(inDoubt, telling('closing')), telling('closing'))).toEqual(inDoubt);
  });
});

describe('a message of which nobody knows whether it arrived', () => {
  test('stays noted and due, and the route waits', () => {
    const before = frozen(noted(aRoute({ [ORDERS]: DUE }), telling('new')));
    const after = uncertain(before, 300, NOW);
    expect(of(after)).toEqual(of(before));
    expect(after).toMatchObject({ waitUntil: later(300), uncertain: 1 });
  });

  test('waits 1, 2, 4, … periods, an hour at most', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 60, 2000].map((before) => {
      const { waitUntil = NOW } = uncertain(aRoute({}, before === 0 ? {} : { uncertain: before }), 300, NOW);
      return (waitUntil - NOW) / 1000;
    });
    expect(waits).toEqual([300, 600, 1200, 2400, 3600, 3600, 3600, 3600, 3600]);
  });
});

test.each([
  [0, 0],
  [60, 60],
  [3600, 3600],
  [3601, 3600],
  [days(1), 3600],
])('asked to wait %p seconds a route waits %p: an hour at most', (asked, waited) => {
  expect(waiting(frozen(aRoute()), asked, NOW).waitUntil).toBe(later(waited));
});
