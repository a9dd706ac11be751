import { isSyncFingerprint, syncIdOf } from '../fingerprint.ts';
import type { Severity } from '../problem.ts';
import type { Instant } from '../time.ts';
import type { AlertDecision } from './decisions.ts';
import type { DigestEvaluation } from './digest-evaluation.ts';
import { displayName } from './names.ts';
import type { Status, UnhealthySync } from './report.ts';
import { itemOf } from './report-digest.ts';
import type { Line } from './rich-text.ts';
import { momentText } from './wording.ts';

/** One unhealthy sync for programs. Dates are ISO 8601; null: the API did not say. */
export interface ReportedSync {
  readonly id: string | null;
  readonly name: string | null;
  readonly status: Status;
  readonly severity: Severity;
  /** The line of the report, as text. */
  readonly summary: string;
  /** What a check would do now: "would be sent now: it fires", "already notified 2 h ago"; null while it has no alert. */
  readonly notification: string | null;
  readonly connector: string | null;
  readonly connection: string | null;
  readonly source: string | null;
  readonly knowledgeBase: string | null;
  readonly table: string | null;
  readonly intervalSeconds: number | null;
  readonly lagSeconds: number | null;
  readonly lastState: string | null;
  readonly lastSuccessAt: string | null;
  readonly openSince: string | null;
  /** Who looks after it, by the policy. */
  readonly owner: string | null;
  /** The entry of the policy whose limits it has: "overrides.1"; null for those of the policy itself. */
  readonly override: string | null;
}

/** @param decisions By fingerprint, whether a check would send each saved alert now, to each of its destinations. */
export function reportedSync(
  row: UnhealthySync,
  evaluation: DigestEvaluation,
  decisions: ReadonlyMap<string, readonly AlertDecision[]>,
): ReportedSync {
  const { fingerprint, status, alert, diagnosis, openSince } = row;
  const { labels, severity } = alert;
  const { title, detail } = itemOf(row, evaluation);
  return {
    id: isSyncFingerprint(fingerprint) ? syncIdOf(fingerprint) : null,
    name: displayName(labels),
    status,
    severity,
    summary: detail.length === 0 ? text(title) : `${text(title)}: ${text(detail)}`,
    notification: notificationText(decisions.get(fingerprint) ?? []),
    connector: labels?.connectorId ?? null,
    connection: labels?.connectionRef ?? null,
    source: labels?.source ?? null,
    knowledgeBase: labels?.kbUid ?? null,
    table: labels?.destTable ?? null,
    intervalSeconds: labels?.intervalSeconds ?? null,
    lagSeconds: rounded(diagnosis?.lagSeconds),
    lastState: diagnosis?.sync.lastState ?? null,
    lastSuccessAt: iso(diagnosis?.sync.lastSuccessAt),
    openSince: iso(openSince),
    owner: diagnosis?.rules.owner ?? null,
    override: diagnosis?.rules.override ?? null,
  };
}

/** "already notified 2 h ago", or "payments: already notified 2 h ago; default: would be sent now: it fires". */
function notificationText(decisions: readonly AlertDecision[]): string | null {
  if (decisions.length === 0) return null;
  const texts = decisions.map(({ destination, notify, text }) => {
    const decided = notify ? `would be ${text}` : text;
    return destination === undefined ? decided : `${destination}: ${decided}`;
  });
  return texts.join('; ');
}

function text(line: Line): string {
  return line.map((span) => (span.kind === 'moment' ? momentText(span) : span.text)).join('');
}

function iso(instant: Instant | null | undefined): string | null {
  return instant == null ? null : new Date(instant).toISOString();
}

function rounded(seconds: number | null | undefined): number | null {
  return seconds == null ? null : Math.round(seconds);
}
