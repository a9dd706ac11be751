import type { Alert } from '../alert.ts';
import { syncIdOf } from '../fingerprint.ts';
import type { Coverage, SharedCause, TrackedAlert } from '../notify/notification.ts';
import type { NotifyReason } from '../notify/reason.ts';
import type { Labels } from '../sync.ts';
import { isBlank, joined, type Line, type Span, untrusted, words } from './rich-text.ts';
import { formatNumber } from './wording.ts';

/** How many syncs one line names. */
export const MAX_NAMED = 10;

/** What people call a sync: its name, else its source table; null when it has neither. */
export function displayName(labels: Labels | null): string | null {
  return [labels?.name, labels?.source].find((text) => text != null && !isBlank(text)) ?? null;
}

/** The name of the sync behind an alert, else its id. */
export function nameOf({ fingerprint, alert }: Pick<TrackedAlert, 'fingerprint' | 'alert'>): Span {
  return untrusted(displayName(alert.labels) ?? syncIdOf(fingerprint));
}

/** "a, b, c and 4 more": the first `max` names. */
export function namesOf(alerts: readonly TrackedAlert[], max = MAX_NAMED): Line {
  return listOf(
    alerts.map((one) => [nameOf(one)]),
    max,
  );
}

/** "a, b, c and 4 more" of any lines. */
export function listOf(lines: readonly Line[], max = MAX_NAMED): Line {
  const more = lines.length - max;
  const shown = joined(lines.slice(0, max), ', ');
  return [...shown, ...(more > 0 ? [words(` and ${formatNumber(more)} more`)] : [])];
}

/** "connection pg-main, connector warehouse → kb / table": where the sync of an alert belongs. */
export function placeOf({ labels }: Alert): Line {
  if (labels === null) return [];
  const { connectionRef, connectorId, kbUid, destTable } = labels;
  const source = joined(
    [
      connectionRef === null ? [] : [words('connection '), untrusted(connectionRef)],
      connectorId === null ? [] : [words('connector '), untrusted(connectorId)],
    ],
    ', ',
  );
  const destination = [kbUid, destTable].filter((part) => part !== null).join(' / ');
  return destination === '' ? source : [...source, words(' → '), untrusted(destination)];
}

/** What is recorded of the cause under which an alert is sent. */
export function markOf({ key, severity }: SharedCause): NonNullable<Coverage['cause']> {
  return { key, severity };
}

/** What a message covers of an alert. `listed`: by a line of its own or by name; else it is only counted. */
export function coverageOf(
  { fingerprint, cause }: TrackedAlert,
  reason: NotifyReason,
  listed: boolean,
): Coverage {
  return { fingerprint, reason, listed, ...(cause?.isGrouping && { cause: markOf(cause) }) };
}
