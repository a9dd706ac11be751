import type { ListedEvaluation } from '../diagnose/evaluation.ts';
import type { ExcludedSyncs, RuleNote } from '../diagnose/rule-notes.ts';
import { type Tally, unhealthyCount } from '../diagnose/tally.ts';
import { openLine } from './alert-lines.ts';
import type { Digest, Item, Origin, Section } from './digest.ts';
import type { DigestEvaluation } from './digest-evaluation.ts';
import { nameOf } from './names.ts';
import type { HealthyConnector, Report, Status, UnhealthySync } from './report.ts';
import { type Line, moment, strong, untrusted, words } from './rich-text.ts';
import { durationText, formatNumber, joinWithAnd, pluralize } from './wording.ts';
import { contextLine } from './write-digest.ts';

/** Where a report comes from. */
export interface ReportContext {
  readonly evaluation: ListedEvaluation & DigestEvaluation;
  readonly origin: Origin;
}

/** The report as a digest that covers no alert: posting it records nothing. */
export function reportDigest(report: Report, { evaluation, origin }: ReportContext): Digest {
  const { tally, open, unhealthy, healthy, excluded, ruleNotes } = report;
  const sections: Section[] = [];
  for (const status of statusesOf(unhealthy)) {
    const rows = unhealthy.filter((row) => row.status === status);
    const items = rows.map((row) => itemOf(row, evaluation));
    sections.push({ title: `${TITLES[status]}: ${formatNumber(items.length)}`, items });
  }
  if (tally.excluded > 0) {
    sections.push({
      title: `Excluded by the policy: ${formatNumber(tally.excluded)}`,
      items: excluded.map(excludedItem),
    });
  }
  if (healthy.length > 0) {
    const count = healthy.reduce((sum, connector) => sum + connector.count, 0);
    sections.push({ title: `Healthy: ${formatNumber(count)}`, items: healthy.map(healthyItem) });
  }
  if (ruleNotes.length > 0) sections.push({ title: 'Entries of the policy', items: ruleNotes.map(ruleItem) });
  const counts = `${pluralize(tally.listed, 'sync')} listed · ${formatNumber(open)} open`;
  const { environment, moreHint } = origin;
  return {
    environment,
    headline: headline(tally, unhealthy),
    push: [words(headline(tally, unhealthy))],
    sections,
    context: contextLine(`Report on demand · ${counts}`, origin, evaluation),
    moreHint,
  };
}

const TITLES: Readonly<Record<Status, string>> = {
  disabled: 'Disabled',
  failing: 'Failing',
  never_succeeded: 'Never succeeded',
  stalled: 'Stalled',
  unreadable: 'Could not be judged',
  unresolved: 'Open, and not proven to have recovered',
  absent: 'Open, and not in the listing',
  paused: 'Paused',
};

/** The line of an unhealthy sync, as an open alert has it. */
export function itemOf({ fingerprint, alert, status }: UnhealthySync, evaluation: DigestEvaluation): Item {
  const item = { ...openLine({ fingerprint, alert, logEntry: {} }, 'reminder', evaluation), covers: [] };
  if (status !== 'paused') return item;
  return { ...item, level: 'note', title: [nameOf({ fingerprint, alert }), words(' '), strong('is paused')] };
}

/** The statuses that occur, in the order of the worst sync of each. */
function statusesOf(rows: readonly UnhealthySync[]): readonly Status[] {
  return [...new Set(rows.map(({ status }) => status))];
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

function excludedItem({ rule, reason, until, count }: ExcludedSyncs): Item {
  const end: Line = until === undefined ? [] : [words(', until '), moment(until)];
  return {
    level: 'note',
    title: [
      words(`${pluralize(count, 'sync')} by `),
      untrusted(rule),
      words(': '),
      untrusted(reason),
      ...end,
    ],
    detail: [],
    covers: [],
  };
}

function ruleItem({ rule, match, note }: RuleNote): Item {
  const advice = note === 'has ended' ? 'remove it' : 'correct or remove it';
  return {
    level: 'note',
    title: [untrusted(rule), words(' ('), untrusted(match), words(`) ${note}: ${advice}`)],
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
  const { paused } = tally;
  const unhealthy = unhealthyCount(tally);
  const critical = rows.filter(
    ({ status, alert }) => status !== 'paused' && alert.severity === 'critical',
  ).length;
  const severity = critical === 0 ? '' : ` (${formatNumber(critical)} critical)`;
  const parts = [
    unhealthy === 0
      ? 'no sync needs attention'
      : `${pluralize(unhealthy, 'sync')} ${unhealthy === 1 ? 'needs' : 'need'} attention${severity}`,
    paused === 0 ? '' : `${formatNumber(paused)} paused`,
    `${formatNumber(tally.healthy)} healthy`,
  ];
  return `Report: ${joinWithAnd(parts.filter((part) => part !== ''))}`;
}
