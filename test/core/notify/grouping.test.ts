import type { Alert, Facts, Fingerprint, Severity } from '../../../lambda/core/alert.ts';
import type { MessageContent, NotifyReason } from '../../../lambda/core/notify/coverage.ts';
import { recordAccepted, recordInFlight } from '../../../lambda/core/notify/notification-log.ts';
import { type PlannedNotifications, planNotifications } from '../../../lambda/core/notify/plan.ts';
import type { NotificationLogEntry, NotifiedCause, Route } from '../../../lambda/core/state.ts';
import type { Instant } from '../../../lambda/core/time.ts';
import {
  aFacts,
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
  frozen,
  LABELS,
  later,
  minutes,
  NOW,
} from '../a-sync.ts';

const KEY = 'connection:8:postgres:pg-main';
const CRITICAL = { severity: 'critical', critical: { from: ago(60) } } as const;
const TOLD_CRITICAL = aTelling({ lastNotified: aTold({ severity: 'critical' }) });
/** Checks come every minute, so that half a period of slack is 30 s. */
const policy = { ...aPolicy(), periodSeconds: 60 };
const LOOK = aLook([aSync({ id: 'another', connectorId: 'hubspot' })]);

/** `pg-main` was told so long ago, as a warning about these. */
function toldAgo(seconds: number, overrides: Partial<NotifiedCause> = {}): Route['causes'] {
  const cause: NotifiedCause = {
    at: ago(seconds),
    inARow: { brought: 'firings', times: 1 },
    severity: 'warning',
    members: ['sync:a', 'sync:b', 'sync:c'],
    ...overrides,
  };
  return { [KEY]: cause };
}

type Alerts = Readonly<Partial<Record<Fingerprint, Alert>>>;
type Tellings = Readonly<Partial<Record<Fingerprint, NotificationLogEntry>>>;

/** `a` is open and was told, unless it is said otherwise. */
function check(
  alerts: Alerts,
  causes: Route['causes'],
  { notificationLog = {}, now = NOW }: { readonly notificationLog?: Tellings; readonly now?: Instant } = {},
): PlannedNotifications {
  const facts = aFacts({ 'sync:a': anAlert(), ...alerts });
  const route = aRoute({ 'sync:a': aTelling(), ...notificationLog }, causes === undefined ? {} : { causes });
  return planNotifications(frozen(facts), frozen(route), LOOK, policy, now);
}

const reasons = ({ plan }: PlannedNotifications) =>
  Object.fromEntries(plan.notifications.map(({ fingerprint, reason }) => [fingerprint, reason]));

describe('while a told cause has an alert open', () => {
  const owed: readonly (readonly [string, Alert, NotificationLogEntry | undefined, NotifyReason])[] = [
    ['an opening', anAlert(), undefined, 'new'],
    ['an escalation', anAlert(CRITICAL), aTelling(), 'escalated'],
    [
      'another problem',
      anAlert({ problem: 'stalled', problems: ['failing', 'stalled'] }),
      aTelling(),
      'changed',
    ],
    ['a closing', anEndedAlert(), aTelling(), 'resolved'],
  ];

  it.each(owed)('%s is owed, and not due', (_what, alert, logEntry, reason) => {
    // The closing turns from openings, the others go on with them; the cause was told as critical.
    const { plan, route } = check({ 'sync:b': alert }, toldAgo(minutes(14), { severity: 'critical' }), {
      notificationLog: { 'sync:b': logEntry ?? {} },
    });
    expect(plan.notifications).toEqual([]);
    expect(route.notificationLog['sync:b']).toMatchObject({ held: true });
    expect(route.notificationLog['sync:b']).not.toHaveProperty('undeliveredSince');
    const later15 = check({ 'sync:b': alert }, toldAgo(minutes(15), { severity: 'critical' }), {
      notificationLog: { 'sync:b': route.notificationLog['sync:b'] ?? {} },
    });
    expect(reasons(later15)).toEqual({ 'sync:b': reason });
    expect(later15.route.notificationLog['sync:b']).toMatchObject({ undeliveredSince: NOW });
  });

  it.each([
    [1, 15 * 60 - 31, 'held'],
    [1, 15 * 60 - 30, 'notified'],
    [1, 15 * 60, 'notified'],
    [2, 30 * 60 - 31, 'held'],
    [2, 30 * 60 - 30, 'notified'],
    [3, 60 * 60 - 31, 'held'],
    [3, 60 * 60 - 30, 'notified'],
    [4, 120 * 60 - 31, 'held'],
    [4, 120 * 60 - 30, 'notified'],
    [5, 120 * 60 - 31, 'held'],
    [5, 120 * 60 - 30, 'notified'],
  ])('an opening after %d tellings in a row is, %d s after the last, %s', (times, seconds, what) => {
    const causes = toldAgo(seconds, { inARow: { brought: 'firings', times } });
    expect(reasons(check({ 'sync:d': anAlert() }, causes))).toEqual(
      what === 'notified' ? { 'sync:d': 'new' } : {},
    );
  });

  it('a closing after many openings is told once the first wait is over', () => {
    const causes = toldAgo(minutes(15), { inARow: { brought: 'firings', times: 4 } });
    const closing = { 'sync:b': anEndedAlert() };
    expect(reasons(check(closing, causes, { notificationLog: { 'sync:b': aTelling() } }))).toEqual({
      'sync:b': 'resolved',
    });
  });

  it.each([
    ['a closing goes on waiting', anEndedAlert(), aTelling(), minutes(15), {}],
    ['a closing is told in the end', anEndedAlert(), aTelling(), minutes(120), { 'sync:b': 'resolved' }],
    ['an opening waits the first time', anAlert(), {}, minutes(15), { 'sync:b': 'new' }],
  ])('after many closings %s', (_what, alert, logEntry, seconds, plan) => {
    const causes = toldAgo(seconds, { inARow: { brought: 'resolutions', times: 4 } });
    expect(reasons(check({ 'sync:b': alert }, causes, { notificationLog: { 'sync:b': logEntry } }))).toEqual(
      plan,
    );
  });

  it('one that is critical now makes due, wherever it stands', () => {
    const alerts = { 'sync:a': anAlert(CRITICAL), 'sync:b': anAlert() };
    const announced = check(alerts, toldAgo(60), { notificationLog: { 'sync:b': aTelling() } });
    expect(reasons(announced)).toEqual({ 'sync:a': 'escalated' });
  });

  it.each<[Severity, Severity, NotifyReason[]]>([
    ['warning', 'critical', ['new']],
    ['critical', 'critical', []],
    ['warning', 'warning', []],
  ])('told as %s, a %s opening makes due: %j', (told, severity, expected) => {
    const firing = anAlert({ severity, ...(severity === 'critical' && { critical: { from: NOW } }) });
    const { plan } = check({ 'sync:d': firing }, toldAgo(60, { severity: told }));
    expect(plan.notifications.map(({ reason }) => reason)).toEqual(expected);
  });

  it('a critical one that was told alone, before the cause, makes nothing due', () => {
    const alerts = { 'sync:b': anAlert(CRITICAL), 'sync:d': anAlert() };
    const { plan } = check(alerts, toldAgo(60), { notificationLog: { 'sync:b': TOLD_CRITICAL } });
    expect(plan.notifications).toEqual([]);
  });

  it('the end of its last alert makes everything due at once', () => {
    const over = { 'sync:a': anEndedAlert(), 'sync:b': anEndedAlert() };
    const announced = check(over, toldAgo(60), { notificationLog: { 'sync:b': aTelling() } });
    expect(reasons(announced)).toEqual({ 'sync:a': 'resolved', 'sync:b': 'resolved' });
  });

  it('what opened and ended while it was gathered is counted, and not missed', () => {
    const held = check({ 'sync:d': anAlert() }, toldAgo(60));
    const notificationLog = { 'sync:d': held.route.notificationLog['sync:d'] ?? {} };
    const ended = check({ 'sync:d': anEndedAlert() }, toldAgo(minutes(15)), { notificationLog });
    expect(reasons(ended)).toEqual({ 'sync:d': 'resolved_in_group' });
  });

  it('a closing that was gathered is withdrawn when its sync fails again', () => {
    const held = check({ 'sync:b': anEndedAlert() }, toldAgo(60), {
      notificationLog: { 'sync:b': aTelling() },
    });
    const again = check({ 'sync:b': anAlert() }, toldAgo(minutes(60)), {
      notificationLog: { 'sync:b': held.route.notificationLog['sync:b'] ?? {} },
    });
    expect(reasons(again)).toEqual({});
    expect(again.route.notificationLog['sync:b']).toEqual(aTelling());
  });

  it.each([
    ['was due before', { undeliveredSince: ago(60) }],
    ['is in doubt', { inFlight: { what: 'firing', times: 1 } }],
  ] as const)('what %s is not held back', (_what, logEntry) => {
    expect(
      reasons(check({ 'sync:d': anAlert() }, toldAgo(60), { notificationLog: { 'sync:d': logEntry } })),
    ).toEqual({
      'sync:d': 'new',
    });
  });

  it('the route goes on knowing the cause', () => {
    expect(check({}, toldAgo(60)).route.causes).toEqual(toldAgo(60));
  });

  it('what is told names it, be it one alert alone; what it does not cover has none', () => {
    const labels = { ...LABELS, connectionRef: 'pg-other' };
    const { plan } = check({ 'sync:d': anAlert(), 'sync:o': anAlert({ labels }) }, toldAgo(minutes(15)));
    const [covered, other] = plan.notifications;
    expect(covered).toMatchObject({ fingerprint: 'sync:d', cause: { key: KEY } });
    expect(other).toMatchObject({ fingerprint: 'sync:o' });
    expect(other).not.toHaveProperty('cause');
  });

  it('a reminder lists neither an opening nor a closing that is gathered', () => {
    const alerts = {
      'sync:a': anAlert({ since: ago(days(3)) }),
      'sync:b': anEndedAlert(),
      'sync:d': anAlert(),
    };
    const { plan } = check(alerts, toldAgo(60), {
      notificationLog: {
        'sync:a': aTelling({ lastNotified: aTold({ at: ago(days(2)) }) }),
        'sync:b': aTelling(),
      },
    });
    expect(plan.notifications).toEqual([]);
    expect(plan.reminder.map(({ fingerprint }) => fingerprint)).toEqual(['sync:a']);
  });

  it('a paused sync, and what it does not cover, is told at once', () => {
    const labels = { ...LABELS, connectionRef: 'pg-other' };
    const alerts = {
      'sync:p': anAlert({ paused: true, problem: 'disabled' }),
      'sync:o': anAlert({ labels }),
    };
    expect(reasons(check(alerts, toldAgo(60)))).toEqual({ 'sync:p': 'new', 'sync:o': 'new' });
  });
});

describe('a cause', () => {
  const facts = (alerts: Alerts): Facts => aFacts(alerts);
  const opened = (...ids: string[]) => ({
    covers: ids.map((id) => ({
      fingerprint: `sync:${id}`,
      reason: 'new' as const,
      listed: true,
      cause: KEY,
    })),
    coversShrinkage: false,
    endsReminder: false,
  });
  const closed = (...ids: string[]) => ({
    covers: ids.map((id) => ({
      fingerprint: `sync:${id}`,
      reason: 'resolved' as const,
      listed: false,
      cause: KEY,
    })),
    coversShrinkage: false,
    endsReminder: false,
  });
  const three = { 'sync:a': anAlert(), 'sync:b': anAlert(), 'sync:c': anAlert(CRITICAL) };

  it('is told with its members and the worst of them, once a message of it was accepted', () => {
    const told = opened('a', 'b', 'c');
    const route = recordAccepted(recordInFlight(aRoute(), told), told, facts(three), NOW);
    expect(route.causes).toEqual({
      [KEY]: {
        at: NOW,
        inARow: { brought: 'firings', times: 1 },
        severity: 'critical',
        members: ['sync:a', 'sync:b', 'sync:c'],
      },
    });
  });

  it('is not told by a message of which nobody knows whether it arrived', () => {
    expect(recordInFlight(aRoute(), opened('a', 'b', 'c'))).not.toHaveProperty('causes');
  });

  it('counts the tellings in a row that brought the same, and begins anew with the other', () => {
    const first = recordAccepted(aRoute(), opened('a', 'b'), facts(three), NOW);
    const second = recordAccepted(first, opened('c'), facts(three), later(900));
    expect(second.causes?.[KEY]).toMatchObject({ at: later(900), inARow: { brought: 'firings', times: 2 } });
    const fewer = facts({ ...three, 'sync:a': anEndedAlert() });
    const third = recordAccepted(second, closed('a'), fewer, later(1800));
    expect(third.causes?.[KEY]?.inARow).toEqual({ brought: 'resolutions', times: 1 });
    expect(third.causes?.[KEY]?.members).toHaveLength(3);
  });

  it('that takes two messages of one check counts as told once', () => {
    const first = recordAccepted(aRoute(), opened('a', 'b'), facts(three), NOW);
    const second = recordAccepted(first, opened('c'), facts(three), NOW);
    expect(second.causes?.[KEY]?.inARow.times).toBe(1);
    const third = recordAccepted(second, opened('a'), facts(three), later(900));
    const fourth = recordAccepted(third, opened('b'), facts(three), later(900));
    expect([third, fourth].map(({ causes }) => causes?.[KEY]?.inARow.times)).toEqual([2, 2]);
  });

  it('is a warning while no more was told of it, and stays critical once it was', () => {
    const first = recordAccepted(aRoute(), opened('a', 'b'), facts(three), NOW);
    expect(first.causes?.[KEY]?.severity).toBe('warning');
    const second = recordAccepted(first, opened('c'), facts(three), later(900));
    const third = recordAccepted(second, opened('a'), facts(three), later(1800));
    expect([second, third].map(({ causes }) => causes?.[KEY]?.severity)).toEqual(['critical', 'critical']);
  });

  it('is known until the closing of its last alert is told', () => {
    const { plan, route } = check({ 'sync:a': anEndedAlert() }, toldAgo(60));
    expect(plan.notifications).toHaveLength(1);
    expect(route.causes).toEqual(toldAgo(60));
  });

  it.each<[string, 'firings' | 'resolutions', MessageContent[], number]>([
    ['closings and then openings begins anew', 'resolutions', [closed('a'), opened('b')], 1],
    ['openings and then closings goes on with openings', 'firings', [opened('b'), closed('a')], 4],
  ])('that is told in one check of %s', (_what, brought, messages, times) => {
    const before = aRoute({}, { causes: toldAgo(900, { inARow: { brought, times: 3 } }) ?? {} });
    const after = messages.reduce(
      (route, message) => recordAccepted(route, message, facts({ ...three, 'sync:a': anEndedAlert() }), NOW),
      before,
    );
    expect(after.causes?.[KEY]?.inARow).toEqual({ brought: 'firings', times });
  });

  it('has no longer among its members what is gone: nobody can say that it is back', () => {
    const gone = anEndedAlert({ resolution: { how: 'unlisted', at: NOW } });
    const first = recordAccepted(aRoute(), opened('a', 'b', 'c'), facts(three), NOW);
    const second = recordAccepted(
      first,
      closed('a', 'b'),
      facts({ ...three, 'sync:a': gone, 'sync:b': anEndedAlert() }),
      later(900),
    );
    expect(second.causes?.[KEY]?.members).toEqual(['sync:b', 'sync:c']);
  });

  it('is forgotten with the closing of its last alert', () => {
    const over = facts({ 'sync:a': anEndedAlert() });
    const route = aRoute({ 'sync:a': TOLD_CRITICAL }, { causes: toldAgo(60) ?? {} });
    expect(recordAccepted(route, closed('a'), over, NOW)).not.toHaveProperty('causes');
  });

  it('is forgotten when nothing of it is open or owed', () => {
    const { route } = check({ 'sync:a': anEndedAlert() }, toldAgo(60), {
      notificationLog: { 'sync:a': aTelling({ resolutionSent: true }) },
    });
    expect(route).not.toHaveProperty('causes');
  });

  it('is not told again by a reminder', () => {
    const reminder = {
      covers: [{ fingerprint: 'sync:a', reason: 'reminder' as const, listed: true, cause: KEY }],
      coversShrinkage: false,
      endsReminder: false,
    };
    const route = aRoute({ 'sync:a': aTelling() }, { causes: toldAgo(60) ?? {} });
    expect(recordAccepted(route, reminder, facts(three), NOW).causes).toEqual(toldAgo(60));
  });
});
