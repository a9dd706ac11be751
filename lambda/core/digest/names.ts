import type { Alert } from '../alert.ts';
import { syncIdOf } from '../fingerprint.ts';
import type { Coverage, TrackedAlert } from '../notify/notification.ts';
import type { NotifyReason } from '../notify/reason.ts';
import type { Labels } from '../sync.ts';
import { isBlank, joined, type Line, type Span, untrusted, words } from './rich-text.ts';
import { formatNumber } from './wording.ts';

/** What people call a sync: its name, else its source table; null when it has neither. */
export function displayName(labels: Labels | null): string | null {
  return [labels?.name, labels?.source].find((text) => text != null && !isBlank(text)) ?? null;
}

/** The name of the sync behind an alert, else its id. */
export function nameOf({ fingerprint, alert }: Pick<TrackedAlert, 'fingerprint' | 'alert'>): Span {
  return untrusted(displayName(alert.labels) ?? syncIdOf(fingerprint));
}

/** "a, b, c and 4 more": the first `max` names. */
export function namesOf(alerts: readonly TrackedAlert[], max: number): Line {
  const names = alerts.slice(0, max).map((one) => [nameOf(one)]);
  const more = alerts.length - names.length;
  return [...joined(names, ', '), ...(more > 0 ? [words(` and ${formatNumber(more)} more`)] : [])];
}

/** The sync's id, and the knowledge base and table that it fills. */
export function destinationOf(fingerprint: string, { labels }: Alert): Line {
  if (labels === null) return [];
  const id = untrusted(syncIdOf(fingerprint));
  const destination = [labels.kbUid, labels.destTable].filter((part) => part !== null).join(' / ');
  return destination === '' ? [id] : [id, words(' → '), untrusted(destination)];
}

/** What a message covers of an alert. `listed`: by a line of its own or by name; else it is only counted. */
export function coverageOf(
  { fingerprint, cause }: TrackedAlert,
  reason: NotifyReason,
  listed: boolean,
): Coverage {
  return { fingerprint, reason, listed, ...(cause && { cause: cause.key }) };
}
