import fc from 'fast-check';
import type { Notification, NotificationPlan } from '../../../lambda/core/notify/notification.ts';
import { HOUR, MINUTE } from '../../commands/a-world.ts';
import {
  aCause,
  aDiagnosis,
  aDigest,
  ago,
  aNotification,
  anAlert,
  anEndedAlert,
  aReminder,
  LISTING_ALERT,
  listed,
  many,
  NOW,
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
const unlisted = (name: string) => resolved(name, { how: 'unlisted' });
const excluded = (name: string) => resolved(name, { how: 'excluded', reason: 'a sandbox' });
const shrinkage = { at: NOW, from: 40, to: 12 };
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
    // The first alert of a notified cause to follow it has a line of its own.
    ['1 sync needs attention', of(...sharing('pg-main', 'a'))],
    ['1 resolved', of(resolved('a'))],
    ['2 resolved', of(resolved('a'), resolved('b'))],
    ['1 no longer watched', of(unlisted('a'))],
    ['2 no longer watched', of(unlisted('a'), excluded('b'))],
    ['1 resolved in the meantime', of(resolvedUndelivered('a'))],
    ['3 resolved in the meantime', of(...['a', 'b', 'c'].map(resolvedUndelivered))],
    ['2 resolved in the meantime', of(resolvedInGroup('a'), resolvedUndelivered('b'))],
    ['1 still open', { reminder: [aReminder()] }],
    ['2 still open', { reminder: [aReminder('sync:a'), aReminder('sync:b')] }],
    ['The listing shrank', { shrinkage }],
    ['The syncs cannot be listed', of(aNotification('new', 'listing', LISTING_ALERT))],
    [
      'The syncs cannot be listed and 1 sync needs attention',
      of(aNotification('new', 'listing', LISTING_ALERT), warning('a')),
    ],
    ['1 sync needs attention and 1 resolved', of(warning('a'), resolved('b'))],
    ['1 resolved and 2 no longer watched', of(unlisted('a'), unlisted('b'), resolved('c'))],
    [
      '2 syncs need attention (1 critical), 1 resolved in the meantime, 1 resolved, 1 no longer watched, 1 still open and the listing shrank',
      {
        ...of(critical('a'), warning('b'), resolvedUndelivered('c'), resolved('d'), unlisted('e')),
        reminder: [aReminder('sync:f')],
        shrinkage,
      },
    ],
  ])('is %j', (headline, plan) => expect(aDigest(plan).headline).toBe(headline));

  it.each<readonly [string, Partial<NotificationPlan>]>([
    ['First check: 1 sync needs attention', of(warning('a'))],
    [
      'First check: 1 sync needs attention (critical) and 2 are paused',
      of(critical('a'), paused('b'), paused('c')),
    ],
    ['First check: 1 sync is paused', of(paused('a'))],
    ['First check: 2 syncs are paused', of(paused('a'), paused('b'))],
    ['First check: 1,200 syncs are paused', of(...many(1200, paused))],
    ['First check: 1 sync needs attention and 1 is paused', of(warning('a'), paused('b'))],
    [
      'First check: 2 syncs need attention and 2 are paused',
      of(...['a', 'b'].map(warning), ...many(2, paused)),
    ],
    ['First check: 1 sync is paused and 1 resolved', of(paused('a'), resolved('b'))],
    [
      'First check: 4 syncs need attention (one shared cause) and 1 is paused',
      of(...sharing('pg-main', 'a', 'b', 'c'), warning('d'), paused('e')),
    ],
    ['First check: the syncs cannot be listed', of(aNotification('new', 'listing', LISTING_ALERT))],
  ])('of the initial run is %j', (headline, plan) =>
    expect(aDigest(plan, { initialRun: true }).headline).toBe(headline),
  );

  it('of the initial run counts a sync that changed to paused where its section does', () => {
    const changed = named('changed', 'a', { problem: 'disabled', paused: true });
    const digest = aDigest(of(changed), { initialRun: true });
    expect(digest.sections.map(({ title }) => title)).toEqual(['Needs attention']);
    expect(digest.headline).toBe('First check: 1 sync needs attention');
  });

  it('does not count records without an id as a sync that needs attention', () => {
    const records = aNotification('new', 'records', anAlert({ problem: 'unreadable', labels: null }));
    const evaluation = listed([aDiagnosis()], { withoutId: 12 });
    expect(aDigest(of(records), { evaluation }).headline).toBe('Some records cannot be read');
  });

  it('does not say that the syncs cannot be listed while they can and the alert is held open', () => {
    const flapping = {
      ...LISTING_ALERT,
      firings: [4, 3, 2, 1].map((hours) => ago(hours * HOUR)),
      healthySince: ago(10 * MINUTE),
    };
    expect(aDigest(of(aNotification('new', 'listing', flapping))).headline).toBe(
      'Listing the syncs fails intermittently',
    );
  });

  it('holds nothing from outside', () => {
    fc.assert(
      fc.property(anyPlan(), fc.boolean(), (plan, initialRun) => {
        expect(aDigest(plan, { initialRun }).headline).toMatch(/^[A-Za-z0-9,:() ]+$/);
      }),
    );
  });
});
