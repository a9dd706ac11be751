import type { Alert } from '../alert.ts';
import type { NotificationLogEntry } from '../state.ts';
import type { NotifyReason } from './coverage.ts';

/**
 * The table of the design, section 4: what one route was told of one alert against the facts; the first row that
 * applies counts. Undefined: there is nothing to tell but, in time, a reminder.
 */
export function notifyReason(
  alert: Alert,
  logEntry: NotificationLogEntry,
): Exclude<NotifyReason, 'reminder'> | undefined {
  const isFiring = alert.state === 'firing';
  if (alert.state === 'pending') return undefined;
  if (logEntry.lastNotified === undefined) {
    if (isFiring) return 'new';
    if (logEntry.held) return 'resolved_in_group';
    return logEntry.undeliveredSince === undefined ? undefined : 'resolved_undelivered';
  }
  if (isClosed(alert, logEntry)) return isFiring ? 'new' : undefined;
  if (!isFiring) return 'resolved';
  if (wasCriticalUntold(alert, logEntry.lastNotified)) return 'escalated';
  const isTold = logEntry.lastNotified.problems.includes(alert.problem) && logEntry.inFlight === undefined;
  return isTold ? undefined : 'changed';
}

/** A closing that was posted and is in doubt counts as told once its sync fails again: it cannot be withdrawn. */
function isClosed(alert: Alert, logEntry: NotificationLogEntry): boolean {
  return (
    logEntry.resolutionSent === true || (alert.state === 'firing' && logEntry.inFlight?.what === 'resolved')
  );
}

function wasCriticalUntold(
  { critical }: Alert,
  told: NonNullable<NotificationLogEntry['lastNotified']>,
): boolean {
  if (told.severity === 'critical' || critical === undefined) return false;
  return critical.to === undefined || critical.to > told.at;
}
