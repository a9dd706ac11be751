import type { Alert } from '../../../lambda/core/alert.ts';
import {
  EMPTY_PLAN,
  isEmptyPlan,
  type SectionName,
  sectionOf,
} from '../../../lambda/core/notify/notification.ts';
import type { SendReason } from '../../../lambda/core/notify/reason.ts';
import { PROBLEMS } from '../../../lambda/core/problem.ts';
import { aLogEntry, anAlert, anEndedAlert, NOW } from '../a-sync.ts';

const sectionFor = (reason: SendReason, alert: Alert) =>
  sectionOf({ fingerprint: 'sync:orders', alert, logEntry: {}, reason });

describe('the section of a notification', () => {
  it.each([...PROBLEMS, 'listing_failed'] as const)(
    'is "open" for an open alert, and "unjudged" for an unreadable record: %s',
    (problem) => {
      for (const reason of ['new', 'escalated', 'changed'] as const) {
        expect(sectionFor(reason, anAlert({ problem }))).toBe(problem === 'unreadable' ? 'unjudged' : 'open');
      }
    },
  );

  it.each<[SendReason, Partial<Alert>, SectionName]>([
    ['resolved_undelivered', {}, 'resolved_undelivered'],
    ['resolved_in_group', {}, 'resolved_in_group'],
    ['resolved', {}, 'resolved'],
    ['resolved', { resolution: { how: 'unlisted', at: NOW } }, 'no_longer_watched'],
    ['resolved', { resolution: { how: 'excluded', reason: 'x', at: NOW } }, 'no_longer_watched'],
  ])('with the reason %s follows from the resolution: %j: %s', (reason, overrides, section) => {
    expect(sectionFor(reason, anEndedAlert(overrides))).toBe(section);
  });
});

describe('a plan', () => {
  const alert = { fingerprint: 'sync:orders', alert: anAlert(), logEntry: aLogEntry() };

  it.each([
    ['it has nothing', {}, true],
    ['a digest would only satisfy a reminder', { satisfiesReminder: true }, true],
    ['it has a notification', { notifications: [{ ...alert, reason: 'new' }] }, false],
    ['it has a reminder', { reminder: [alert] }, false],
    ['the listing shrank', { shrinkage: { at: NOW, from: 20, to: 9 } }, false],
  ] as const)('is empty only without notification, reminder and shrinkage: %s', (_, plan, isEmpty) => {
    expect(isEmptyPlan({ ...EMPTY_PLAN, ...plan })).toBe(isEmpty);
  });
});
