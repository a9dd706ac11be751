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
      for (const reason of ['new', 'escalated', 'disable_imminent', 'changed'] as const) {
        expect(sectionFor(reason, anAlert({ problem }))).toBe(problem === 'unreadable' ? 'unjudged' : 'open');
      }
    },
  );

  it.each<[SendReason, Partial<Alert>, SectionName]>([
    ['resolved_undelivered', {}, 'resolved_undelivered'],
    ['resolved_in_group', {}, 'resolved_in_group'],
    ['resolved', {}, 'resolved'],
    ['resolved', { resolution: { how: 'unlisted', at: NOW } }, 'resolved'],
    ['resolved', { resolution: { how: 'paused', at: NOW } }, 'resolved'],
    ['resolved', { resolution: { how: 'excluded', reason: 'x', at: NOW } }, 'excluded'],
  ])('with the reason %s follows from the resolution: %j: %s', (reason, overrides, section) => {
    expect(sectionFor(reason, anEndedAlert(overrides))).toBe(section);
  });
});

describe('a plan', () => {
  const alert = { fingerprint: 'sync:orders', alert: anAlert(), logEntry: aLogEntry() };
  const pause = {
    fingerprint: 'sync:orders',
    kind: 'paused',
    condition: { condition: 'paused', since: NOW, name: 'orders' },
  } as const;

  it.each([
    ['it has nothing', {}, true],
    ['a digest would only satisfy a reminder', { satisfiesReminder: true }, true],
    ['it has a notification', { notifications: [{ ...alert, reason: 'new' }] }, false],
    ['it has a reminder', { reminder: [alert] }, false],
    ['it has a change of condition', { neutral: [pause] }, false],
    ['no sync is visible', { nothingListed: true }, false],
    ['it would only name paused syncs in a reminder', { pausedReminder: [pause] }, true],
  ] as const)('is empty only when there is nothing to send: %s', (_, plan, isEmpty) => {
    expect(isEmptyPlan({ ...EMPTY_PLAN, ...plan })).toBe(isEmpty);
  });
});
