import fc from 'fast-check';
import { EMPTY_FACTS, type Facts } from '../../../lambda/core/alert.ts';
import type { Notification, NotificationPlan } from '../../../lambda/core/notify/notification.ts';
import { MINUTE } from '../../commands/a-world.ts';
import {
  aCause,
  aChange,
  aDiagnosis,
  aDigest,
  ago,
  aLastNotified,
  aNotification,
  anAlert,
  anEndedAlert,
  aReminder,
  type DigestOptions,
  LISTING_ALERT,
  LISTING_FAILURE,
  labelsOf,
  lineText,
  listed,
  many,
  named,
  paused,
  resolved,
  UNAVAILABLE,
} from '../a-digest.ts';
import { anyPlan } from './any-plan.ts';

const critical = (name: string, overrides: Parameters<typeof anAlert>[0] = {}) =>
  named('new', name, { severity: 'critical', ...overrides });
const warning = (name: string) => named('new', name);
const of = (...notifications: Notification[]): Partial<NotificationPlan> => ({ notifications });

const pushOf = (plan: Partial<NotificationPlan>, options?: DigestOptions) =>
  lineText(aDigest(plan, options).push).replaceAll(/[*`]/g, '');

/** Facts with a roster of a hundred syncs. */
const OF_A_HUNDRED: Facts = { ...EMPTY_FACTS, roster: { kind: 'counts', counts: { postgres: 100 } } };

describe('the text on a lock screen', () => {
  it.each<readonly [string, Partial<NotificationPlan>, string]>([
    ['one warning', of(warning('a')), 'a is failing'],
    ['one critical alert', of(critical('a')), 'CRITICAL: a is failing'],
    ['the critical one first', of(warning('a'), critical('b')), 'CRITICAL: b is failing · a is failing'],
    [
      'three at most',
      of(...['a', 'b', 'c', 'd'].map(warning)),
      'a is failing · b is failing · c is failing and 1 more',
    ],
    [
      'the critical ones of four',
      of(warning('a'), critical('b'), critical('c'), critical('d')),
      'CRITICAL: b is failing · c is failing · d is failing and 1 more',
    ],
    [
      'how many resolved beside what is open',
      of(warning('a'), ...many(6, (name) => resolved(name))),
      'a is failing · 6 resolved',
    ],
    [
      'how many resolved after the count of what it leaves out',
      of(...['a', 'b', 'c', 'd', 'e'].map(warning), resolved('f')),
      'a is failing · b is failing · c is failing and 2 more · 1 resolved',
    ],
    ['one recovery', of(resolved('a')), 'a recovered'],
    ['several recoveries', of(resolved('a'), resolved('b')), '2 recovered'],
    ['paused syncs', { neutral: [paused('a')] }, '1 sync paused'],
    [
      'nothing of paused syncs beside what is open',
      { ...of(warning('a')), neutral: [paused('b')] },
      'a is failing',
    ],
    [
      'an initial run without syncs',
      { nothingListed: true },
      'No syncs are visible: organisation acme lists none',
    ],
  ])('has %s', (_what, plan, text) => expect(pushOf(plan)).toBe(text));

  it('has the status of a listing that fails', () => {
    const failure = {
      ...LISTING_FAILURE,
      kind: 'refused',
      received: '401 Unauthorized (token revoked)',
    } as const;
    const plan = of(aNotification('new', 'listing', LISTING_ALERT));
    expect(pushOf(plan, { evaluation: { ...UNAVAILABLE, failure } })).toBe(
      'CRITICAL: sync-alerts cannot list syncs: 401 Unauthorized',
    );
  });

  it('has many unlisted syncs, but not a few', () => {
    const unlisted = (count: number) => ({ neutral: many(count, (name) => aChange('unlisted', name)) });
    expect(pushOf(unlisted(10))).toMatch(/^10 syncs are no longer listed, all were healthy: /);
    expect(pushOf(unlisted(9), { facts: OF_A_HUNDRED })).toBe('9 syncs no longer listed');
  });

  it('has the names of the syncs that the platform disabled beneath a cause, not those of the others', () => {
    const cause = aCause({ severity: 'critical', listed: 40, open: { failing: 38, disabled: 2 } });
    const disabled = ['refunds', 'orders'].map((name) => critical(name, { problem: 'disabled' }));
    const plan = of(...[...many(38, warning), ...disabled].map((one) => ({ ...one, cause })));
    expect(pushOf(plan)).toBe(
      'CRITICAL: connection pg-main: 40 of 40 syncs unhealthy (2 disabled, 38 failing) · orders, refunds disabled',
    );
  });

  it('has the names of those about to be disabled', () => {
    const cause = aCause({ severity: 'critical', listed: 3 });
    const imminent = critical('c', { disableImminent: true });
    const plan = of(...[warning('a'), warning('b'), imminent].map((one) => ({ ...one, cause })));
    const evaluation = listed([aDiagnosis({ id: 'c', consecutive_failures: 9 })]);
    expect(pushOf(plan, { evaluation })).toBe(
      'CRITICAL: connection pg-main: 3 of 3 syncs failing · c about to be disabled',
    );
  });

  it('has what is still open beside the only recovery', () => {
    const facts = { ...OF_A_HUNDRED, alerts: { 'sync:b': anAlert({ labels: labelsOf('b') }) } };
    expect(pushOf(of(resolved('a')), { facts })).toBe('a recovered · still open: b');
  });

  it('counts a resolution once that only a line for several counts', () => {
    const counted = many(3, (name) => ({
      ...resolved(name),
      logEntry: { lastNotified: aLastNotified({ listed: false }) },
    }));
    expect(pushOf(of(warning('a'), resolved('b'), ...counted))).toBe('a is failing · 4 resolved');
  });

  it('counts no sync as resolved that was paused or left the listing, or that the policy excludes', () => {
    const alert = anEndedAlert({ how: 'paused', at: ago(5 * MINUTE) }, { labels: labelsOf('b') });
    const logEntry = { lastNotified: aLastNotified() };
    const neutral = [
      { ...paused('b'), alert: { fingerprint: 'sync:b', alert, logEntry } },
      { ...aChange('unlisted', 'c'), alert: { fingerprint: 'sync:c', alert, logEntry } },
    ];
    const excluded = resolved('d', { how: 'excluded', reason: 'a sandbox' });
    const textWith = (...notifications: Notification[]) =>
      pushOf({ notifications, neutral }, { facts: OF_A_HUNDRED });
    expect(textWith(warning('a'), excluded)).toBe('a is failing');
    expect(textWith(warning('a'), excluded, resolved('e'))).toBe('a is failing · 1 resolved');
  });
});

describe('the text on a lock screen about a reminder', () => {
  const old = (name: string, severity: 'warning' | 'critical') =>
    aReminder(`sync:${name}`, anAlert({ severity, labels: labelsOf(name) }));

  it('has the headline before the alerts, so that they are not taken for new ones', () => {
    expect(pushOf({ reminder: [old('a', 'warning'), old('b', 'warning')] })).toBe(
      '2 still open: a is failing · b is failing',
    );
    expect(pushOf({ reminder: [old('a', 'critical')] })).toBe('CRITICAL: 1 still open: a is failing');
  });

  it('has the alerts alone when one of them is new', () => {
    expect(pushOf({ ...of(warning('a')), reminder: [old('b', 'warning')] })).toBe(
      'a is failing · b is failing',
    );
  });
});

it('the text on a lock screen begins with "CRITICAL" when something critical is open, and only then', () => {
  fc.assert(
    fc.property(anyPlan(), (plan) => {
      const { notifications, reminder } = plan;
      const open = [...notifications.filter(({ alert }) => alert.state === 'firing'), ...reminder];
      const isCritical = open.some(({ alert }) => alert.severity === 'critical');
      expect(pushOf(plan).startsWith('CRITICAL: ')).toBe(isCritical);
    }),
  );
});
