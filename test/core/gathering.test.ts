import type { Alert, Facts, Fingerprint, Severity } from '../../lambda/core/alert.ts';
import { type Announced, announce } from '../../lambda/core/announce.ts';
import type { Route, Telling, ToldCause } from '../../lambda/core/memory.ts';
import type { Content, Reason } from '../../lambda/core/message.ts';
import { accepted, noted } from '../../lambda/core/telling.ts';
import type { Instant } from '../../lambda/core/time.ts';
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
} from './a-sync.ts';

const KEY = 'connection:8:postgres:pg-main';
const CRITICAL = { severity: 'critical', critical: { from: ago(60) } } as const;
const TOLD_CRITICAL = aTelling({ told: aTold({ severity: 'critical' }) });
/** Checks come every minute, so that half a period of slack is 30 s. */
const policy = { ...aPolicy(), periodSeconds: 60 };
const LOOK = aLook([aSync({ id: 'another', connectorId: 'hubspot' })]);

/** `pg-main` was told so long ago, as a warning about these. */
function toldAgo(seconds: number, overrides: Partial<ToldCause> = {}): Route['causes'] {
  const cause: ToldCause = {
    at: ago(seconds),
    inARow: { brought: 'openings', times: 1 },
    severity: 'warning',
    members: ['sync:a', 'sync:b', 'sync:c'],
    ...overrides,
  };
  return { [KEY]: cause };
}

type Alerts = Readonly<Partial<Record<Fingerprint, Alert>>>;
type Tellings = Readonly<Partial<Record<Fingerprint, Telling>>>;

/** `a` is open and was told, unless it is said otherwise. */
function check(
  alerts: Alerts,
  causes: Route['causes'],
  { tellings = {}, now = NOW }: { readonly tellings?: Tellings; readonly now?: Instant } = {},
): Announced {
  const facts = aFacts({ 'sync:a': anAlert(), ...alerts });
  const route = aRoute({ 'sync:a': aTelling(), ...tellings }, causes === undefined ? {} : { causes });
  return announce(frozen(facts), frozen(route), LOOK, policy, now);
}

const reasons = ({ due }: Announced) =>
  Object.fromEntries(due.announcements.map(({ fingerprint, reason }) => [fingerprint, reason]));

describe('while a told cause has an alert open', () => {
  const owed: readonly (readonly [string, Alert, Telling | undefined, Reason])[] = [
    ['an opening', anAlert(), undefined, 'new'],
    ['an escalation', anAlert(CRITICAL), aTelling(), 'escalated'],
    [
      'another problem',
      anAlert({ problem: 'stalled', problems: ['failing', 'stalled'] }),
      aTelling(),
      'changed',
    ],
    ['a closing', anEndedAlert(), aTelling(), 'closing'],
  ];

  it.each(owed)('%s is owed, and not due', (_what, alert, telling, reason) => {
    // The closing turns from openings, the others go on with them; the cause was told as critical.
    const { due, route } = check({ 'sync:b': alert }, toldAgo(minutes(14), { severity: 'critical' }), {
      tellings: { 'sync:b': telling ?? {} },
    });
    expect(due.announcements).toEqual([]);
    expect(route.tellings['sync:b']).toMatchObject({ gathered: true });
    expect(route.tellings['sync:b']).not.toHaveProperty('dueSince');
    const later15 = check({ 'sync:b': alert }, toldAgo(minutes(15), { severity: 'critical' }), {
      tellings: { 'sync:b': route.tellings['sync:b'] ?? {} },
    });
    expect(reasons(later15)).toEqual({ 'sync:b': reason });
    expect(later15.route.tellings['sync:b']).toMatchObject({ dueSince: NOW });
  });

  it.each([
    [1, 15 * 60 - 31, 'held'],
    [1, 15 * 60 - 30, 'told'],
    [1, 15 * 60, 'told'],
    [2, 30 * 60 - 31, 'held'],
    [2, 30 * 60 - 30, 'told'],
    [3, 60 * 60 - 31, 'held'],
    [3, 60 * 60 - 30, 'told'],
    [4, 120 * 60 - 31, 'held'],
    [4, 120 * 60 - 30, 'told'],
    [5, 120 * 60 - 31, 'held'],
    [5, 120 * 60 - 30, 'told'],
  ])('an opening after %d tellings in a row is, %d s after the last, %s', (times, seconds, what) => {
    const causes = toldAgo(seconds, { inARow: { brought: 'openings', times } });
    expect(reasons(check({ 'sync:d': anAlert() }, causes))).toEqual(
      what === 'told' ? { 'sync:d': 'new' } : {},
    );
  });

  it('a closing after many openings is told once the first wait is over', () => {
    const causes = toldAgo(minutes(15), { inARow: { brought: 'openings', times: 4 } });
    const closing = { 'sync:b': anEndedAlert() };
    expect(reasons(check(closing, causes, { tellings: { 'sync:b': aTelling() } }))).toEqual({
      'sync:b': 'closing',
    });
  });

  it.each([
    ['a closing goes on waiting', anEndedAlert(), aTelling(), minutes(15), {}],
    ['a closing is told in the end', anEndedAlert(), aTelling(), minutes(120), { 'sync:b': 'closing' }],
    ['an opening waits the first time', anAlert(), {}, minutes(15), { 'sync:b': 'new' }],
  ])('after many closings %s', (_what, alert, telling, seconds, due) => {
    const causes = toldAgo(seconds, { inARow: { brought: 'closings', times: 4 } });
    expect(reasons(check({ 'sync:b': alert }, causes, { tellings: { 'sync:b': telling } }))).toEqual(due);
  });

  it('one that is critical now makes due, wherever it stands', () => {
    const alerts = { 'sync:a': anAlert(CRITICAL), 'sync:b': anAlert() };
    const announced = check(alerts, toldAgo(60), { tellings: { 'sync:b': aTelling() } });
    expect(reasons(announced)).toEqual({ 'sync:a': 'escalated' });
  });

  it.each<[Severity, Severity, Reason[]]>([
    ['warning', 'critical', ['new']],
    ['critical', 'critical', []],
    ['warning', 'warning', []],
  ])('told as %s, a %s opening makes due: %j', (told, severity, expected) => {
    const opening = anAlert({ severity, ...(severity === 'critical' && { critical: { from: NOW } }) });
    const { due } = check({ 'sync:d': opening }, toldAgo(60, { severity: told }));
    expect(due.announcements.map(({ reason }) => reason)).toEqual(expected);
  });

  it('a critical one that was told alone, before the cause, makes nothing due', () => {
    const alerts = { 'sync:b': anAlert(CRITICAL), 'sync:d': anAlert() };
    const { due } = check(alerts, toldAgo(60), { tellings: { 'sync:b': TOLD_CRITICAL } });
    expect(due.announcements).toEqual([]);
  });

  it('the end of its last alert makes everything due at once', () => {
    const over = { 'sync:a': anEndedAlert(), 'sync:b': anEndedAlert() };
    const announced = check(over, toldAgo(60), { tellings: { 'sync:b': aTelling() } });
    expect(reasons(announced)).toEqual({ 'sync:a': 'closing', 'sync:b': 'closing' });
  });

  it('what opened and ended while it was gathered is counted, and not missed', () => {
    const gathered = check({ 'sync:d': anAlert() }, toldAgo(60));
    const tellings = { 'sync:d': gathered.route.tellings['sync:d'] ?? {} };
    const ended = check({ 'sync:d': anEndedAlert() }, toldAgo(minutes(15)), { tellings });
    expect(reasons(ended)).toEqual({ 'sync:d': 'passed' });
  });

  it('a closing that was gathered is withdrawn when its sync fails again', () => {
    const gathered = check({ 'sync:b': anEndedAlert() }, toldAgo(60), { tellings: { 'sync:b': aTelling() } });
    const again = check({ 'sync:b': anAlert() }, toldAgo(minutes(60)), {
      tellings: { 'sync:b': gathered.route.tellings['sync:b'] ?? {} },
    });
    expect(reasons(again)).toEqual({});
    expect(again.route.tellings['sync:b']).toEqual(aTelling());
  });

  it.each([
    ['was due before', { dueSince: ago(60) }],
    ['is in doubt', { noted: { what: 'announcement', times: 1 } }],
  ] as const)('what %s is not held back', (_what, telling) => {
    expect(reasons(check({ 'sync:d': anAlert() }, toldAgo(60), { tellings: { 'sync:d': telling } }))).toEqual(
      {
        'sync:d': 'new',
      },
    );
  });

  it('the route goes on knowing the cause', () => {
    expect(check({}, toldAgo(60)).route.causes).toEqual(toldAgo(60));
  });

  it('what is told names it, be it one alert alone; what it does not cover has none', () => {
    const labels = { ...LABELS, connectionRef: 'pg-other' };
    const { due } = check({ 'sync:d': anAlert(), 'sync:o': anAlert({ labels }) }, toldAgo(minutes(15)));
    const [covered, other] = due.announcements;
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
    const { due } = check(alerts, toldAgo(60), {
      tellings: { 'sync:a': aTelling({ told: aTold({ at: ago(days(2)) }) }), 'sync:b': aTelling() },
    });
    expect(due.announcements).toEqual([]);
    expect(due.reminder.map(({ fingerprint }) => fingerprint)).toEqual(['sync:a']);
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
    tells: ids.map((id) => ({ fingerprint: `sync:${id}`, reason: 'new' as const, listed: true, cause: KEY })),
    tellsShrinking: false,
    endsReminder: false,
  });
  const closed = (...ids: string[]) => ({
    tells: ids.map((id) => ({
      fingerprint: `sync:${id}`,
      reason: 'closing' as const,
      listed: false,
      cause: KEY,
    })),
    tellsShrinking: false,
    endsReminder: false,
  });
  const three = { 'sync:a': anAlert(), 'sync:b': anAlert(), 'sync:c': anAlert(CRITICAL) };

  it('is told with its members and the worst of them, once a message of it was accepted', () => {
    const told = opened('a', 'b', 'c');
    const route = accepted(noted(aRoute(), told), told, facts(three), NOW);
    expect(route.causes).toEqual({
      [KEY]: {
        at: NOW,
        inARow: { brought: 'openings', times: 1 },
        severity: 'critical',
        members: ['sync:a', 'sync:b', 'sync:c'],
      },
    });
  });

  it('is not told by a message of which nobody knows whether it arrived', () => {
    expect(noted(aRoute(), opened('a', 'b', 'c'))).not.toHaveProperty('causes');
  });

  it('counts the tellings in a row that brought the same, and begins anew with the other', () => {
    const first = accepted(aRoute(), opened('a', 'b'), facts(three), NOW);
    const second = accepted(first, opened('c'), facts(three), later(900));
    expect(second.causes?.[KEY]).toMatchObject({ at: later(900), inARow: { brought: 'openings', times: 2 } });
    const fewer = facts({ ...three, 'sync:a': anEndedAlert() });
    const third = accepted(second, closed('a'), fewer, later(1800));
    expect(third.causes?.[KEY]?.inARow).toEqual({ brought: 'closings', times: 1 });
    expect(third.causes?.[KEY]?.members).toHaveLength(3);
  });

  it('that takes two messages of one check counts as told once', () => {
    const first = accepted(aRoute(), opened('a', 'b'), facts(three), NOW);
    const second = accepted(first, opened('c'), facts(three), NOW);
    expect(second.causes?.[KEY]?.inARow.times).toBe(1);
    const third = accepted(second, opened('a'), facts(three), later(900));
    const fourth = accepted(third, opened('b'), facts(three), later(900));
    expect([third, fourth].map(({ causes }) => causes?.[KEY]?.inARow.times)).toEqual([2, 2]);
  });

  it('is a warning while no more was told of it, and stays critical once it was', () => {
    const first = accepted(aRoute(), opened('a', 'b'), facts(three), NOW);
    expect(first.causes?.[KEY]?.severity).toBe('warning');
    const second = accepted(first, opened('c'), facts(three), later(900));
    const third = accepted(second, opened('a'), facts(three), later(1800));
    expect([second, third].map(({ causes }) => causes?.[KEY]?.severity)).toEqual(['critical', 'critical']);
  });

  it('is known until the closing of its last alert is told', () => {
    const { due, route } = check({ 'sync:a': anEndedAlert() }, toldAgo(60));
    expect(due.announcements).toHaveLength(1);
    expect(route.causes).toEqual(toldAgo(60));
  });

  it.each<[string, 'openings' | 'closings', Content[], number]>([
    ['closings and then openings begins anew', 'closings', [closed('a'), opened('b')], 1],
    ['openings and then closings goes on with openings', 'openings', [opened('b'), closed('a')], 4],
  ])('that is told in one check of %s', (_what, brought, messages, times) => {
    const before = aRoute({}, { causes: toldAgo(900, { inARow: { brought, times: 3 } }) ?? {} });
    const after = messages.reduce(
      (route, message) => accepted(route, message, facts({ ...three, 'sync:a': anEndedAlert() }), NOW),
      before,
    );
    expect(after.causes?.[KEY]?.inARow).toEqual({ brought: 'openings', times });
  });

  it('has no longer among its members what is gone: nobody can say that it is back', () => {
    const gone = anEndedAlert({ ended: { how: 'gone', at: NOW } });
    const first = accepted(aRoute(), opened('a', 'b', 'c'), facts(three), NOW);
    const second = accepted(
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
    expect(accepted(route, closed('a'), over, NOW)).not.toHaveProperty('causes');
  });

  it('is forgotten when nothing of it is open or owed', () => {
    const { route } = check({ 'sync:a': anEndedAlert() }, toldAgo(60), {
      tellings: { 'sync:a': aTelling({ closed: true }) },
    });
    expect(route).not.toHaveProperty('causes');
  });

  it('is not told again by a reminder', () => {
    const reminder = {
      tells: [{ fingerprint: 'sync:a', reason: 'reminder' as const, listed: true, cause: KEY }],
      tellsShrinking: false,
      endsReminder: false,
    };
    const route = aRoute({ 'sync:a': aTelling() }, { causes: toldAgo(60) ?? {} });
    expect(accepted(route, reminder, facts(three), NOW).causes).toEqual(toldAgo(60));
  });
});
