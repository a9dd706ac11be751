import type { Alert } from '../alert.ts';
import { isBlank } from '../blank.ts';
import { type Names, NO_NAMES } from '../explain/display-names.ts';
import { syncIdOf } from '../fingerprint.ts';
import type { Coverage, SharedCause, TrackedAlert } from '../notify/notification.ts';
import type { NotifyReason } from '../notify/reason.ts';
import type { Labels } from '../sync.ts';
import type { LinkOf } from './digest-evaluation.ts';
import { joined, type Line, type Span, untrusted, words } from './rich-text.ts';
import { formatNumber } from './wording.ts';

/** How many syncs one line names. */
export const MAX_NAMED = 10;

/** What people call a sync: its name, else its source table; null when it has neither. */
export function displayName(labels: Labels | null): string | null {
  return [labels?.name, labels?.source].find((text) => text != null && !isBlank(text)) ?? null;
}

/** The name of the sync behind an alert, else its id; a link where the policy gives one. */
export function nameOf(one: Pick<TrackedAlert, 'fingerprint' | 'alert'>, linkOf?: LinkOf): Span {
  const name = untrusted(displayName(one.alert.labels) ?? syncIdOf(one.fingerprint));
  const url = linkOf?.(one);
  return url === undefined ? name : { ...name, url };
}

/** "a, b, c and 4 more": the first ten names. */
export function namesOf(alerts: readonly TrackedAlert[], linkOf?: LinkOf): Line {
  return listOf(alerts.map((one) => [nameOf(one, linkOf)]));
}

/** "a, b, c and 4 more" of any lines. */
export function listOf(lines: readonly Line[], max = MAX_NAMED): Line {
  const more = lines.length - max;
  const shown = joined(lines.slice(0, max), ', ');
  return [...shown, ...(more > 0 ? [words(` and ${formatNumber(more)} more`)] : [])];
}

/** The name that people know of a connector, else its id. */
export function connectorName(id: string | null, names = NO_NAMES): string | null {
  return id === null ? null : (names.connectors.get(id) ?? id);
}

/** The name that people know of a knowledge base, else its uid. */
export function knowledgeBaseName(uid: string | null, names = NO_NAMES): string | null {
  return uid === null ? null : (names.knowledgeBases.get(uid) ?? uid);
}

/** "connection pg-main, connector warehouse → kb / table": where the sync of an alert belongs. */
export function placeOf({ labels }: Alert, names?: Names): Line {
  if (labels === null) return [];
  const { kbUid, destTable } = labels;
  const source = sourceOf({ labels }, names);
  const destination = [knowledgeBaseName(kbUid, names), destTable]
    .filter((part) => part !== null)
    .join(' / ');
  return destination === '' ? source : [...source, words(' → '), untrusted(destination)];
}

/** "connection pg-main, connector warehouse": where the sync of an alert reads. */
export function sourceOf({ labels }: Pick<Alert, 'labels'>, names?: Names): Line {
  if (labels === null) return [];
  const { connectionRef, connectorId } = labels;
  return joined(
    [
      connectionRef === null ? [] : [words('connection '), untrusted(connectionRef)],
      connectorId === null ? [] : [words('connector '), untrusted(connectorName(connectorId, names) ?? '')],
    ],
    ', ',
  );
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

/** "… and 51 more: `npm start -- report --json` shows them". */
export function moreText(count: number, moreHint: string): Line {
  // A command that was cut would not run.
  const command: Span = { kind: 'untrusted', text: moreHint };
  return [words(`… and ${formatNumber(count)} more: `), command, words(' shows them')];
}
