import type { Alert, Facts, Fingerprint, Severity } from '../alert.ts';
import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { ListedEvaluation } from '../diagnose/evaluation.ts';
import { type Tally, tally, unhealthyCount } from '../diagnose/tally.ts';
import { exclusionReason, type Policy } from '../policy.ts';
import type { Instant } from '../time.ts';
import { displayName, isInFlapHold, openLine } from './alert-lines.ts';
import { type Line, untrusted, words } from './rich-text.ts';
import { durationText, formatNumber, joinWithAnd, pluralize, utcText } from './wording.ts';
import { contextLine, type Digest, type Item, type Origin, type Section } from './write-digest.ts';

/**
 * How a sync that is not simply healthy stands. `unproved`: its alert is open, and nothing proves it over; `absent`: its
 * alert is open, and the listing does not show it.
 */
export const STATUSES = [
  'disabled',
  'failing',
  'never_succeeded',
  'stalled',
  'unreadable',
  'unresolved',
  'absent',
  'paused',
] as const;
export type Status = (typeof STATUSES)[number];

/** The health of every sync at one look. It knows what was told and changes nothing of it. */
export interface Report {
  readonly tally: Tally;
  /** Alerts that are open, as last remembered. */
  readonly open: number;
  /** The worst first: by severity, then by status, then by how many intervals behind. */
  readonly unhealthy: readonly UnhealthySync[];
  /** The largest first. */
  readonly healthy: readonly HealthyConnector[];
}

export interface UnhealthySync {
  readonly status: Status;
  /** The sync as an open alert shows it: its own, or one made of this look. */
  readonly alert: Alert;
  /** When its alert began; absent when none is remembered. */
  readonly openSince?: Instant;
  /** Absent when the listing does not show it, and for the records without an id. */
  readonly diagnosis?: Diagnosis;
  readonly fingerprint: Fingerprint;
}

/** The healthy syncs of one connector together. */
export interface HealthyConnector {
  readonly connector: string | null;
  readonly count: number;
  /** Seconds since the last success: the least and the most of them; absent while none has succeeded yet. */
  readonly lagSeconds?: { readonly least: number; readonly most: number };
}

/** What a look says of every sync, beside what is remembered of it. */
export function reportOf(evaluation: ListedEvaluation, facts: Facts, policy: Policy, now: Instant): Report {
  const rows: UnhealthySync[] = [];
  const healthy: Diagnosis[] = [];
  for (const [fingerprint, diagnosis] of evaluation.diagnoses) {
    const { sync } = diagnosis;
    if (exclusionReason(policy, sync.id ?? '', sync.labels) !== undefined) continue;
    const row = rowOf(fingerprint, diagnosis, facts.alerts[fingerprint], evaluation, now);
    if (row === undefined) healthy.push(diagnosis);
    else rows.push(row);
  }
  if (evaluation.withoutId > 0) {
    rows.push({ fingerprint: 'records', status: 'unreadable', alert: shown('unreadable', 'warning', now) });
  }
  const open = Object.entries(facts.alerts).filter(([, { state }]) => state === 'firing');
  for (const [fingerprint, alert] of open) {
    if (!isSync(fingerprint) || evaluation.diagnoses.has(fingerprint)) continue;
    rows.push({ fingerprint, status: 'absent', alert, openSince: alert.since });
  }
  return {
    tally: tally(evaluation, policy),
    open: open.length,
    unhealthy: rows.sort(byBadness),
    healthy: byConnector(healthy),
  };
}

/** The report as a digest that tells nothing: it can be posted, and nothing is to be remembered of it. */
export function reportDigest(
  { tally, open, unhealthy: rows, healthy }: Report,
  evaluation: ListedEvaluation,
  origin: Origin,
  now: Instant,
): Digest {
  const sections: Section[] = [];
  for (const status of byWorst(rows)) {
    const items = rows.filter((row) => row.status === status).map((row) => itemOf(row, evaluation, now));
    sections.push({ title: `${TITLES[status]}: ${formatNumber(items.length)}`, items });
  }
  if (tally.excluded > 0) {
    const title = [words(`${pluralize(tally.excluded, 'sync')} that the policy says to ignore`)];
    sections.push({ title: 'Ignored', items: [{ level: 'note', title, detail: [], covers: [] }] });
  }
  if (healthy.length > 0) {
    const count = healthy.reduce((sum, connector) => sum + connector.count, 0);
    sections.push({ title: `Healthy: ${formatNumber(count)}`, items: healthy.map(healthyItem) });
  }
  const about = `Report, asked for by hand · ${pluralize(tally.listed, 'sync')} listed · ${formatNumber(open)} open`;
  const { environment, moreHint } = origin;
  return {
    environment,
    headline: headline(tally, rows),
    sections,
    context: contextLine(about, origin, now),
    moreHint,
  };
}

/** One line of the report for programs. Dates are ISO 8601; null: the API did not say. */
export interface ReportedSync {
  readonly id: string | null;
  readonly name: string | null;
  readonly status: Status;
  readonly severity: Severity;
  /** What a person needs to know, in words. */
  readonly summary: string;
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
}

export function reportedSync(row: UnhealthySync, evaluation: ListedEvaluation, now: Instant): ReportedSync {
  const { fingerprint, status, alert, diagnosis, openSince } = row;
  const { labels, severity } = alert;
  const { title, detail } = itemOf(row, evaluation, now);
  return {
    id: isSync(fingerprint) ? fingerprint.slice('sync:'.length) : null,
    name: displayName(labels),
    status,
    severity,
    summary: detail.length === 0 ? text(title) : `${text(title)}: ${text(detail)}`,
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
  };
}

const TITLES: Readonly<Record<Status, string>> = {
  disabled: 'Disabled',
  failing: 'Failing',
  never_succeeded: 'Never succeeded',
  stalled: 'Stalled',
  unreadable: 'Could not be judged',
  unresolved: 'Open, and not proved over',
  absent: 'Open, and not in the listing',
  paused: 'Paused',
};

/** Undefined: healthy, and nothing of it is open but what this look proves over. */
function rowOf(
  fingerprint: Fingerprint,
  diagnosis: Diagnosis,
  remembered: Alert | undefined,
  evaluation: ListedEvaluation,
  now: Instant,
): UnhealthySync | undefined {
  const { verdict, sync } = diagnosis;
  const open = remembered === undefined || remembered.state === 'ended' ? undefined : remembered;
  const openSince = open === undefined ? {} : { openSince: open.since };
  if (verdict.kind === 'problem') {
    const { problem, severity, paused } = verdict;
    const status = paused && problem === 'disabled' ? 'paused' : problem;
    const alert = { ...shown(problem, severity, open?.since ?? now), paused, labels: sync.labels };
    return { fingerprint, status, alert, diagnosis, ...openSince };
  }
  if (remembered === undefined) return undefined;
  const isOpen =
    verdict.kind === 'inconclusive' || (open && isInFlapHold(fingerprint, remembered, evaluation));
  return isOpen
    ? { fingerprint, status: 'unresolved', alert: remembered, diagnosis, ...openSince }
    : undefined;
}

/** An alert that shows what this look found, whatever is remembered. */
function shown(problem: Alert['problem'], severity: Severity, since: Instant): Alert {
  return {
    state: 'firing',
    problem,
    severity,
    paused: false,
    problems: [problem],
    since,
    firings: [],
    lastSuccessAt: null,
    labels: null,
  };
}

function itemOf({ fingerprint, alert }: UnhealthySync, evaluation: ListedEvaluation, now: Instant): Item {
  return { ...openLine({ fingerprint, alert, logEntry: {} }, 'reminder', evaluation, now), covers: [] };
}

function byBadness(one: UnhealthySync, other: UnhealthySync): number {
  return (
    rank(one) - rank(other) ||
    STATUSES.indexOf(one.status) - STATUSES.indexOf(other.status) ||
    behind(other) - behind(one) ||
    (nameOf(one) < nameOf(other) ? -1 : 1)
  );
}

/** What a person paused is nobody's trouble: it comes last. */
function rank({ status, alert }: UnhealthySync): number {
  if (status === 'paused') return 2;
  return alert.severity === 'critical' ? 0 : 1;
}

function behind({ diagnosis }: UnhealthySync): number {
  if (diagnosis?.lagSeconds == null) return 0;
  return diagnosis.lagSeconds / (diagnosis.sync.labels.intervalSeconds ?? Number.POSITIVE_INFINITY);
}

function nameOf({ fingerprint, alert }: UnhealthySync): string {
  return `${displayName(alert.labels) ?? ''} ${fingerprint}`;
}

/** The statuses that there are, in the order of the worst of each. */
function byWorst(rows: readonly UnhealthySync[]): readonly Status[] {
  return [...new Set(rows.map(({ status }) => status))];
}

function byConnector(healthy: readonly Diagnosis[]): readonly HealthyConnector[] {
  const connectors = new Map<string | null, HealthyConnector>();
  for (const { sync, successLagSeconds } of healthy) {
    const connector = sync.labels.connectorId;
    const lag = rounded(successLagSeconds);
    const { count = 0, lagSeconds } = connectors.get(connector) ?? {};
    const next =
      lag === null
        ? lagSeconds
        : { least: Math.min(lag, lagSeconds?.least ?? lag), most: Math.max(lag, lagSeconds?.most ?? lag) };
    connectors.set(connector, { connector, count: count + 1, ...(next && { lagSeconds: next }) });
  }
  return [...connectors.values()].sort(
    (one, other) => other.count - one.count || ((one.connector ?? '') < (other.connector ?? '') ? -1 : 1),
  );
}

function healthyItem({ connector, count, lagSeconds }: HealthyConnector): Item {
  const subject = connector === null ? words('without a connector') : untrusted(connector);
  return {
    level: 'good',
    title: [subject, words(`: ${pluralize(count, 'sync')}, ${lagText(lagSeconds)}`)],
    detail: [],
    covers: [],
  };
}

function lagText(lagSeconds: HealthyConnector['lagSeconds']): string {
  if (lagSeconds === undefined) return 'no run due yet';
  const [least, most] = [durationText(lagSeconds.least), durationText(lagSeconds.most)];
  return least === most ? `last success ${most} ago` : `last success ${least} to ${most} ago`;
}

function headline(tally: Tally, rows: readonly UnhealthySync[]): string {
  const paused = rows.filter(({ status }) => status === 'paused').length;
  const inTrouble = unhealthyCount(tally) - paused;
  const critical = rows.filter(
    ({ status, alert }) => status !== 'paused' && alert.severity === 'critical',
  ).length;
  const severe = critical === 0 ? '' : ` (${formatNumber(critical)} critical)`;
  return `Report: ${joinWithAnd(
    [
      inTrouble === 0
        ? 'no sync needs a person'
        : `${pluralize(inTrouble, 'sync')} ${inTrouble === 1 ? 'needs' : 'need'} a person${severe}`,
      paused === 0 ? '' : `${formatNumber(paused)} paused`,
      `${formatNumber(tally.healthy)} healthy`,
    ].filter((part) => part !== ''),
  )}`;
}

function text(line: Line): string {
  return line.map((span) => (span.kind === 'moment' ? utcText(span.at) : span.text)).join('');
}

function iso(instant: Instant | null | undefined): string | null {
  return instant == null ? null : new Date(instant).toISOString();
}

function rounded(seconds: number | null | undefined): number | null {
  return seconds == null ? null : Math.round(seconds);
}

function isSync(fingerprint: string): fingerprint is `sync:${string}` {
  return fingerprint.startsWith('sync:');
}
