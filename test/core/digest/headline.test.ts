import fc from 'fast-check';
import type { Notification, NotificationPlan } from '../../../lambda/core/notify/notification.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
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
  factsOf,
  LISTING_ALERT,
  listed,
  many,
  named,
  paused,
  resolved,
} from '../a-digest.ts';
import { anyPlan } from './any-plan.ts';

const critical = (name: string) => named('new', name, { severity: 'critical' });
const warning = (name: string) => named('new', name);
const resolvedUndelivered = (name: string) =>
  aNotification('resolved_undelivered', `sync:${name}`, anEndedAlert());
const resolvedInGroup = (name: string) => aNotification('resolved_in_group', `sync:${name}`, anEndedAlert());
const excluded = (name: string) => resolved(name, { how: 'excluded', reason: 'a sandbox' });
const NOTIFIED = { began: ago(HOUR), at: ago(HOUR), times: 1, severity: 'warning' } as const;
const of = (...notifications: Notification[]): Partial<NotificationPlan> => ({ notifications });

/** New warnings that share one cause. */
function sharing(connection: string, ...names: readonly string[]): readonly Notification[] {
  const cause = aCause({ name: connection, open: { failing: names.length } });
  return names.map((name) => ({ ...warning(name), cause }));
}

function unreadable(one: Notification): Notification {
  return { ...one, alert: { ...one.alert, problem: 'unreadable', problems: ['unreadable'] } };
}

describe('the headline of a digest', () => {
  it.each<readonly [string, readonly Notification[]]>([
    ['2 more syncs need attention, 5 open in all', [warning('a'), warning('b')]],
    ['1 more sync needs attention, 4 open in all', [warning('a')]],
    ['1 sync needs attention, 4 open in all (critical)', [named('escalated', 'a', { severity: 'critical' })]],
  ])('counts what is new and all that is open: %s', (text, notifications) => {
    const before = many(3, warning);
    expect(aDigest({ notifications }, { facts: factsOf(of(...notifications, ...before)) }).headline).toBe(
      text,
    );
  });

  it.each<readonly [string, Partial<NotificationPlan>]>([
    ['1 sync needs attention', of(warning('a'))],
    ['1 sync needs attention (critical)', of(critical('a'))],
    ['2 syncs need attention', of(warning('a'), warning('b'))],
    ['2 syncs need attention (critical)', of(critical('a'), critical('b'))],
    ['2 syncs need attention (1 critical)', of(critical('a'), warning('b'))],
    [
      '1,200 syncs need attention (1,000 critical)',
      of(...many(1000, (n) => critical(`c${n}`)), ...many(200, warning)),
    ],
    ['1 sync needs attention', of(named('changed', 'a'))],
    ['1 sync needs attention (critical)', of(named('escalated', 'a', { severity: 'critical' }))],
    ['3 syncs need attention', of(...['a', 'b', 'c'].map(warning))],
    ['3 syncs need attention (one shared cause)', of(...sharing('pg-main', 'a', 'b', 'c'))],
    ['4 syncs need attention (one shared cause)', of(...sharing('pg-main', 'a', 'b', 'c'), warning('d'))],
    [
      '6 syncs need attention (1 critical, 2 shared causes)',
      of(...sharing('pg-main', 'a', 'b', 'c'), ...sharing('pg-shop', 'd', 'e'), critical('f')),
    ],
    [
      '4 syncs need attention (one shared cause)',
      of(...sharing('pg-main', 'a', 'b'), ...sharing('pg-main', 'c', 'd').map(unreadable)),
    ],
    // One alert is a shared cause only beside others that were sent.
    ['1 sync needs attention', of(...sharing('pg-main', 'a'))],
    [
      '1 sync needs attention (one shared cause)',
      of({ ...warning('a'), cause: aCause({ notified: NOTIFIED, open: { failing: 2 } }) }),
    ],
    ['1 recovered', of(resolved('a'))],
    ['2 recovered', of(resolved('a'), resolved('b'))],
    // The end of an alert that no line about its sync closes.
    ['1 resolved', of(resolved('a', { how: 'paused' }))],
    ['1 excluded by the policy', of(excluded('a'))],
    ['2 excluded by the policy', of(excluded('a'), excluded('b'))],
    ['1 recovered before it was sent', of(resolvedUndelivered('a'))],
    ['3 recovered before they were sent', of(...['a', 'b', 'c'].map(resolvedUndelivered))],
    ['2 recovered before they were sent', of(resolvedInGroup('a'), resolvedUndelivered('b'))],
    ['1 still open', { reminder: [aReminder()] }],
    ['2 still open', { reminder: [aReminder('sync:a'), aReminder('sync:b')] }],
    ['No syncs are visible', { nothingListed: true }],
    ['No sync is watched', of(aNotification('new', 'listing', LISTING_ALERT))],
    [
      'No sync is watched and 1 sync needs attention',
      of(aNotification('new', 'listing', LISTING_ALERT), warning('a')),
    ],
    ['1 sync needs attention and 1 recovered', of(warning('a'), resolved('b'))],
    ['1 sync needs attention (critical)', of(named('disable_imminent', 'a', { severity: 'critical' }))],
    ['1 sync paused', { neutral: [paused('a')] }],
    ['1,200 syncs paused', { neutral: many(1200, paused) }],
    ['1 sync disabled', { neutral: [aChange('paused', 'a', { by: 'unknown' })] }],
    ['1 sync resumed', { neutral: [aChange('resumed', 'a')] }],
    ['1 sync no longer listed', { neutral: [aChange('unlisted', 'a')] }],
    ['2 syncs re-created', { neutral: many(2, (name) => aChange('recreated', name)) }],
    ['1 sync listed again', { neutral: [aChange('listed_again', 'a')] }],
    [
      '2 syncs no longer listed, 1 paused and 1 resumed',
      { neutral: [aChange('resumed', 'a'), paused('b'), ...many(2, (name) => aChange('unlisted', name))] },
    ],
    ['1 sync needs attention and 1 sync paused', { ...of(warning('a')), neutral: [paused('b')] }],
    [
      '2 more syncs need attention, 3 open in all (1 critical), 1 sync paused, 1 recovered before it was sent, 1 recovered, 1 excluded by the policy and 1 still open',
      {
        ...of(critical('a'), warning('b'), resolvedUndelivered('c'), resolved('d'), excluded('e')),
        reminder: [aReminder('sync:f')],
        neutral: [paused('g')],
      },
    ],
  ])('is %j', (headline, plan) => expect(aDigest(plan).headline).toBe(headline));

  it.each<readonly [string, Partial<NotificationPlan>]>([
    ['First check: 1 sync needs attention', of(warning('a'))],
    [
      'First check: 4 syncs need attention (one shared cause)',
      of(...sharing('pg-main', 'a', 'b', 'c'), warning('d')),
    ],
    ['First check: 1 sync paused', { neutral: [paused('a')] }],
    [
      'First check: 1 sync needs attention (critical) and 2 syncs paused',
      { ...of(critical('a')), neutral: ['b', 'c'].map(paused) },
    ],
    ['First check: no syncs are visible', { nothingListed: true }],
    ['First check: no sync is watched', of(aNotification('new', 'listing', LISTING_ALERT))],
  ])('of the initial run is %j', (headline, plan) =>
    expect(aDigest(plan, { initialRun: true }).headline).toBe(headline),
  );

  it('never says of a paused sync that it needs attention', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.boolean(), (count, initialRun) => {
        expect(aDigest({ neutral: many(count, paused) }, { initialRun }).headline).not.toContain('attention');
      }),
    );
  });

  it('does not count records without an id as a sync that needs attention', () => {
    const records = aNotification('new', 'records', anAlert({ problem: 'unreadable', labels: null }));
    const evaluation = listed([aDiagnosis()], { withoutId: 12 });
    expect(aDigest(of(records), { evaluation }).headline).toBe('Some records cannot be read');
  });

  it('does not say that no sync is watched while they can be listed and the alert is held open', () => {
    const flapping = {
      ...LISTING_ALERT,
      firings: [4, 3, 2, 1].map((hours) => ago(hours * HOUR)),
      healthySince: ago(10 * MINUTE),
    };
    expect(aDigest(of(aNotification('new', 'listing', flapping))).headline).toBe(
      'Listing syncs fails intermittently',
    );
  });

  it('holds nothing from outside', () => {
    fc.assert(
      fc.property(anyPlan(), fc.boolean(), (plan, initialRun) => {
        expect(aDigest(plan, { initialRun }).headline).toMatch(/^[A-Za-z0-9,:() -]+$/);
      }),
    );
  });
});
