import type { Alert, Facts, Fingerprint, Severity } from './alert.ts';
import type { Diagnosis } from './diagnosis.ts';
import { contextLine, type Digest, type Item, type Place, type Section } from './digest.ts';
import { calledBy, isHeld, openLine } from './digest-lines.ts';
import type { Seen } from './look.ts';
import { type Judged, judged, troubled } from './outcome.ts';
import { ignoredBecause, type Policy } from './policy.ts';
import { type Line, name, words } from './rich-text.ts';
import type { Instant } from './time.ts';
import { counted, durationText, listed, number, utcText } from './wording.ts';

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
  'unproved',
  'absent',
  'paused',
] as const;
export type Status = (typeof STATUSES)[number];

/** The health of every sync at one look. It knows what was told and changes nothing of it. */
export interface Report {
  readonly judged: Judged;
  /** Alerts that are open, as last remembered. */
  readonly open: number;
  /** The worst first: by severity, then by status, then by how many intervals behind. */
  readonly troubled: readonly Troubled[];
  /** The largest first. */
  readonly healthy: readonly HealthyConnector[];
}

export interface Troubled {
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
export function reportOf(look: Seen, facts: Facts, policy: Policy, now: Instant): Report {
  const rows: Troubled[] = [];
  const healthy: Diagnosis[] = [];
  for (const [fingerprint, diagnosis] of look.diagnoses) {
    const { sync } = diagnosis;
    if (ignoredBecause(policy, sync.id ?? '', sync.labels) !== undefined) continue;
    const row = rowOf(fingerprint, diagnosis, facts.alerts[fingerprint], look, now);
    if (row === undefined) healthy.push(diagnosis);
    else rows.push(row);
  }
  if (look.withoutId > 0) {
    rows.push({ fingerprint: 'records', status: 'unreadable', alert: shown('unreadable', 'warning', now) });
  }
  const open = Object.entries(facts.alerts).filter(([, { state }]) => state === 'firing');
  for (const [fingerprint, alert] of open) {
    if (!isSync(fingerprint) || look.diagnoses.has(fingerprint)) continue;
    rows.push({ fingerprint, status: 'absent', alert, openSince: alert.since });
  }
  return {
    judged: judged(look, policy),
    open: open.length,
    troubled: rows.sort(byBadness),
    healthy: byConnector(healthy),
  };
}

/** The report as a digest that tells nothing: it can be posted, and nothing is to be remembered of it. */
export function reportDigest(
  { judged, open, troubled: rows, healthy }: Report,
  look: Seen,
  place: Place,
  now: Instant,
): Digest {
  const sections: Section[] = [];
  for (const status of byWorst(rows)) {
    const items = rows.filter((row) => row.status === status).map((row) => itemOf(row, look, now));
    sections.push({ title: `${TITLES[status]}: ${number(items.length)}`, items });
  }
  if (judged.ignored > 0) {
    const title = [words(`${counted(judged.ignored, 'sync')} that the policy says to ignore`)];
    sections.push({ title: 'Ignored', items: [{ mark: 'note', title, detail: [], tells: [] }] });
  }
  if (healthy.length > 0) {
    const count = healthy.reduce((sum, connector) => sum + connector.count, 0);
    sections.push({ title: `Healthy: ${number(count)}`, items: healthy.map(healthyItem) });
  }
  const about = `Report, asked for by hand · ${counted(judged.listed, 'sync')} listed · ${number(open)} open`;
  const { environment, moreHint } = place;
  return {
    environment,
    headline: headline(judged, rows),
    sections,
    context: contextLine(about, place, now),
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
  readonly says: string;
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

export function reportedSync(row: Troubled, look: Seen, now: Instant): ReportedSync {
  const { fingerprint, status, alert, diagnosis, openSince } = row;
  const { labels, severity } = alert;
  const { title, detail } = itemOf(row, look, now);
  return {
    id: isSync(fingerprint) ? fingerprint.slice('sync:'.length) : null,
    name: calledBy(labels),
    status,
    severity,
    says: detail.length === 0 ? text(title) : `${text(title)}: ${text(detail)}`,
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
  unproved: 'Open, and not proved over',
  absent: 'Open, and not in the listing',
  paused: 'Paused',
};

/** Undefined: healthy, and nothing of it is open but what this look proves over. */
function rowOf(
  fingerprint: Fingerprint,
  diagnosis: Diagnosis,
  remembered: Alert | undefined,
  look: Seen,
  now: Instant,
): Troubled | undefined {
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
  const isOpen = verdict.kind === 'inconclusive' || (open && isHeld(fingerprint, remembered, look));
  return isOpen ? { fingerprint, status: 'unproved', alert: remembered, diagnosis, ...openSince } : undefined;
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
    openings: [],
    lastSuccessAt: null,
    labels: null,
  };
}

function itemOf({ fingerprint, alert }: Troubled, look: Seen, now: Instant): Item {
  return { ...openLine({ fingerprint, alert, telling: {} }, 'reminder', look, now), tells: [] };
}

function byBadness(one: Troubled, other: Troubled): number {
  return (
    rank(one) - rank(other) ||
    STATUSES.indexOf(one.status) - STATUSES.indexOf(other.status) ||
    behind(other) - behind(one) ||
    (nameOf(one) < nameOf(other) ? -1 : 1)
  );
}

/** What a person paused is nobody's trouble: it comes last. */
function rank({ status, alert }: Troubled): number {
  if (status === 'paused') return 2;
  return alert.severity === 'critical' ? 0 : 1;
}

function behind({ diagnosis }: Troubled): number {
  if (diagnosis?.lagSeconds == null) return 0;
  return diagnosis.lagSeconds / (diagnosis.sync.labels.intervalSeconds ?? Number.POSITIVE_INFINITY);
}

function nameOf({ fingerprint, alert }: Troubled): string {
  return `${calledBy(alert.labels) ?? ''} ${fingerprint}`;
}

/** The statuses that there are, in the order of the worst of each. */
function byWorst(rows: readonly Troubled[]): readonly Status[] {
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
  const subject = connector === null ? words('without a connector') : name(connector);
  return {
    mark: 'good',
    title: [subject, words(`: ${counted(count, 'sync')}, ${lagText(lagSeconds)}`)],
    detail: [],
    tells: [],
  };
}

function lagText(lagSeconds: HealthyConnector['lagSeconds']): string {
  if (lagSeconds === undefined) return 'no run due yet';
  const [least, most] = [durationText(lagSeconds.least), durationText(lagSeconds.most)];
  return least === most ? `last success ${most} ago` : `last success ${least} to ${most} ago`;
}

function headline(judged: Judged, rows: readonly Troubled[]): string {
  const paused = rows.filter(({ status }) => status === 'paused').length;
  const inTrouble = troubled(judged) - paused;
  const critical = rows.filter(
    ({ status, alert }) => status !== 'paused' && alert.severity === 'critical',
  ).length;
  const severe = critical === 0 ? '' : ` (${number(critical)} critical)`;
  return `Report: ${listed(
    [
      inTrouble === 0
        ? 'no sync needs a person'
        : `${counted(inTrouble, 'sync')} ${inTrouble === 1 ? 'needs' : 'need'} a person${severe}`,
      paused === 0 ? '' : `${number(paused)} paused`,
      `${number(judged.healthy)} healthy`,
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
