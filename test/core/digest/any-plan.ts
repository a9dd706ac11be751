import fc from 'fast-check';
import type { Resolution } from '../../../lambda/core/alert.ts';
import { EMPTY_PLAN, type NotificationPlan } from '../../../lambda/core/notify/notification.ts';
import type { NotifyReason } from '../../../lambda/core/notify/reason.ts';
import { PROBLEMS, type Severity } from '../../../lambda/core/problem.ts';
import { aLastNotified, anAlert, anEndedAlert, labelsOf, NOW } from '../a-digest.ts';

/** Up to 40 alerts that may be sent together: each once, its state as its reason needs it. */
export function anyPlan(): fc.Arbitrary<NotificationPlan> {
  const resolution = fc.constantFrom<Resolution>(
    { how: 'resolved', by: 'success' },
    { how: 'resolved', by: 'no_longer_late' },
    { how: 'unlisted' },
    { how: 'excluded', reason: 'a *sandbox*' },
  );
  const reason = fc.constantFrom<Exclude<NotifyReason, 'resolved_in_group'>>(
    'new',
    'escalated',
    'changed',
    'resolved_undelivered',
    'resolved',
    'reminder',
  );
  const one = fc.record({
    id: fc.string({ maxLength: 8 }),
    severity: fc.constantFrom<Severity>('warning', 'critical'),
    problem: fc.constantFrom(...PROBLEMS),
    resolution,
    reason,
    listed: fc.boolean(),
  });
  return fc.uniqueArray(one, { selector: ({ id }) => id, minLength: 1, maxLength: 40 }).map((all) => {
    const alerts = all.map(({ id, severity, problem, resolution, reason, listed }) => {
      const about = {
        severity,
        problem,
        problems: [problem],
        labels: labelsOf(id),
      };
      const isEnded = reason === 'resolved_undelivered' || reason === 'resolved';
      const alert = isEnded ? anEndedAlert(resolution, about) : anAlert(about);
      const isFirst = reason === 'new' || reason === 'resolved_undelivered';
      const logEntry = isFirst ? { undeliveredSince: NOW } : { lastNotified: aLastNotified({ listed }) };
      return { fingerprint: `sync:${id}`, alert, logEntry, reason };
    });
    return {
      ...EMPTY_PLAN,
      notifications: alerts.flatMap(({ reason, ...one }) =>
        reason === 'reminder' ? [] : [{ ...one, reason }],
      ),
      reminder: alerts.flatMap(({ reason, ...one }) => (reason === 'reminder' ? [one] : [])),
    };
  });
}
