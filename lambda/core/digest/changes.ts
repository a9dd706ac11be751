import type { NotificationPlan } from '../notify/notification.ts';
import type { NotifyReason } from '../notify/reason.ts';
import { displayName } from './names.ts';

/** One notification of a check, as its outcome and the log list it. */
export interface Change {
  /** The fingerprint of the alert. */
  readonly alert: string;
  readonly name: string | null;
  readonly problem: string;
  readonly severity: string;
  readonly reason: NotifyReason;
  /** The name of the destination; absent where nothing is sent elsewhere. */
  readonly destination?: string;
}

/** Every notification of a plan, the reminder last. */
export function changes(
  { notifications, unmuted, reminder }: NotificationPlan,
  destination?: string,
): readonly Change[] {
  return [
    ...notifications,
    ...unmuted.map((one) => ({ ...one, reason: 'unmuted' as const })),
    ...reminder.map((one) => ({ ...one, reason: 'reminder' as const })),
  ].map(({ fingerprint, alert, reason }) => ({
    alert: fingerprint,
    name: displayName(alert.labels),
    problem: alert.problem,
    severity: alert.severity,
    reason,
    ...(destination !== undefined && { destination }),
  }));
}
