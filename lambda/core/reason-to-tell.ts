import type { Alert } from './alert.ts';
import type { Telling } from './memory.ts';
import type { Reason } from './message.ts';

/**
 * The table of the design, section 4: what one route was told of one alert against the facts; the first row that
 * applies counts. Undefined: there is nothing to tell but, in time, a reminder.
 */
export function reasonToTell(alert: Alert, telling: Telling): Exclude<Reason, 'reminder'> | undefined {
  const isFiring = alert.state === 'firing';
  if (alert.state === 'pending') return undefined;
  if (telling.told === undefined) {
    if (isFiring) return 'new';
    if (telling.gathered) return 'passed';
    return telling.dueSince === undefined ? undefined : 'missed';
  }
  if (isClosed(alert, telling)) return isFiring ? 'new' : undefined;
  if (!isFiring) return 'closing';
  if (wasCriticalUntold(alert, telling.told)) return 'escalated';
  const isTold = telling.told.problems.includes(alert.problem) && telling.noted === undefined;
  return isTold ? undefined : 'changed';
}

/** A closing that was posted and is in doubt counts as told once its sync fails again: it cannot be withdrawn. */
function isClosed(alert: Alert, telling: Telling): boolean {
  return telling.closed === true || (alert.state === 'firing' && telling.noted?.what === 'closing');
}

function wasCriticalUntold({ critical }: Alert, told: NonNullable<Telling['told']>): boolean {
  if (told.severity === 'critical' || critical === undefined) return false;
  return critical.to === undefined || critical.to > told.at;
}
