import type { ListedEvaluation } from '../diagnose/evaluation.ts';
import type { ExcludedSyncs, RuleNote } from '../diagnose/rule-notes.ts';
import { type Tally, unhealthyCount } from '../diagnose/tally.ts';
import { groupBy } from '../group-by.ts';
import type { Notification } from '../notify/notification.ts';
import { openLine } from './alert-lines.ts';
import type { AlertDecision } from './decisions.ts';
import type { Digest, Item, Origin, Section } from './digest.ts';
import type { DigestEvaluation } from './digest-evaluation.ts';
import { listOf, moreText, nameOf } from './names.ts';
import type { ConnectionHealth, HealthyConnector, Report, Status, UnhealthySync } from './report.ts';
import { joined, type Line, moment, strong, untrusted, words } from './rich-text.ts';
import { unreadableItems, worstItems } from './section-items.ts';
import { durationText, formatNumber, joinWithAnd, pluralize } from './wording.ts';
import { contextLine } from './write-digest.ts';

/** Where a report comes from, and what a check would do about its alerts. */
export interface ReportContext {
  readonly evaluation: ListedEvaluation & DigestEvaluation;
  readonly origin: Origin;
  /** For every alert, whether a check would send it now. */
  readonly decisions: readonly AlertDecision[];
}

/** What one message has room for: the rest is counted, and the JSON of the report has it. */
const MAX_CONNECTIONS = 20;
const MAX_PROBLEMS = 12;
const MAX_ROWS = 8;
const MAX_HELD_NAMES = 5;

/**
 * The report as a digest that fits one message of Slack: how each connection is; what is wrong, the worst first; what
 * is held, excluded or paused; what is healthy. It covers no alert, so posting it records nothing.
 */
export function reportDigest(report: Report, { evaluation, origin, decisions }: ReportContext): Digest {
  const { tally, open, unhealthy, healthy, excluded, ruleNotes, connections } = report;
  const of = (status: Status) => unhealthy.filter((row) => row.status === status);
  const { critical, warnings, rest } = worstItems(report.needAttention, evaluation, MAX_PROBLEMS);
  const more = rest.length === 0 ? [] : [note(moreText(rest.length, origin.moreHint))];
  const healthyCount = healthy.reduce((sum, { count }) => sum + count, 0);
  const sections: readonly Section[] = [
    { title: 'Healthy by connection', items: connectionItems(connections) },
    {
      title: counted('Needs attention', report.needAttention.length),
      items: [...critical, ...warnings, ...more],
    },
    {
      title: counted('Could not be judged', of('unreadable').length),
      items: unreadableItems(of('unreadable').map(asNotification), evaluation),
    },
    {
      title: counted('Open, and not proven to have recovered', of('unresolved').length),
      items: limited(of('unresolved').map((row) => itemOf(row, evaluation))),
    },
    {
      title: counted('Open, and not in the listing', of('absent').length),
      items: limited(of('absent').map((row) => itemOf(row, evaluation))),
    },
    { title: 'Not sent yet', items: heldItems(decisions) },
    {
      title: counted('Excluded by the policy', tally.excluded),
      items: limited(excluded.map(excludedItem)),
    },
    { title: counted('Paused', tally.paused), items: namedItem(of('paused')) },
    { title: 'Entries of the policy', items: limited(ruleNotes.map(ruleItem)) },
    { title: counted('Healthy', healthyCount), items: limited(healthy.map(healthyItem)) },
  ];
  const counts = `${pluralize(tally.listed, 'sync')} listed · ${formatNumber(open)} open`;
  const { environment, moreHint } = origin;
  return {
    environment,
    headline: headline(tally, unhealthy),
    push: [words(headline(tally, unhealthy))],
    sections: sections
      .filter(({ items }) => items.length > 0)
      .map(({ title, items }) => ({ title, items: items.map((item) => ({ ...item, covers: [] })) })),
    context: contextLine([words(`Report on demand · ${counts}`)], origin, evaluation),
    moreHint,
  };
}

function counted(title: string, count: number): string {
  return `${title}: ${formatNumber(count)}`;
}

function note(title: Line): Item {
  return { level: 'note', title, detail: [], covers: [] };
}

/** The first rows, and how many more there are. */
function limited(items: readonly Item[]): readonly Item[] {
  const more = items.length - MAX_ROWS;
  if (more <= 0) return items;
  return [...items.slice(0, MAX_ROWS), note([words(`and ${formatNumber(more)} more`)])];
}

/** "billing-db 0/15 healthy · shop-db 11/12 · stripe 4/4" in one line. */
function connectionItems(connections: readonly ConnectionHealth[]): readonly Item[] {
  if (connections.length === 0) return [];
  const nameOfConnection = ({ connection, connector }: ConnectionHealth) =>
    connection ?? connector ?? 'without a connection';
  const names = groupBy(connections, nameOfConnection);
  const shown = connections.slice(0, MAX_CONNECTIONS).map((one, index): Line => {
    const name = nameOfConnection(one);
    const isAmbiguous = (names.get(name)?.length ?? 0) > 1 && one.connector !== null;
    const share = `${formatNumber(one.healthy)}/${formatNumber(one.watched)}`;
    return [
      untrusted(isAmbiguous ? `${name} (${one.connector})` : name),
      words(` ${share}${index === 0 ? ' healthy' : ''}`),
    ];
  });
  const rest = connections.slice(MAX_CONNECTIONS);
  const areHealthy = rest.every(({ healthy, watched }) => healthy === watched);
  const more = `and ${formatNumber(rest.length)} more${areHealthy ? ', all healthy' : ''}`;
  return [note(joined([...shown, ...(rest.length > 0 ? [[words(more)]] : [])], ' · '))];
}

/** What was not sent yet: "3 alerts held for the next notification of the shared cause: a, b, c". */
function heldItems(decisions: readonly AlertDecision[]): readonly Item[] {
  return HELD.flatMap(({ isHeld, phrase }) => {
    const held = decisions.filter(isHeld);
    if (held.length === 0) return [];
    const names = listOf(
      held.map(({ alert, name }) => [untrusted(name ?? alert)]),
      MAX_HELD_NAMES,
    );
    return [note([words(`${pluralize(held.length, 'alert')} ${phrase}: `), ...names])];
  });
}

interface Held {
  readonly isHeld: (decision: AlertDecision) => boolean;
  readonly phrase: string;
}

const HELD: readonly Held[] = [
  { isHeld: ({ notify, reason }) => notify && reason !== 'reminder', phrase: 'to be sent by the next check' },
  {
    isHeld: ({ reason }) => reason === 'route_backing_off',
    phrase: 'undelivered, since nothing is posted for a while after a post failed',
  },
  {
    isHeld: ({ reason }) => reason === 'held_by_group',
    phrase: 'held for the next notification of the shared cause',
  },
  { isHeld: ({ reason }) => reason === 'pending', phrase: 'pending, and sent if the problem lasts' },
];

function namedItem(rows: readonly UnhealthySync[]): readonly Item[] {
  if (rows.length === 0) return [];
  return [note(listOf(rows.map((row) => [nameOf(row)])))];
}

function asNotification({ fingerprint, alert }: UnhealthySync): Notification {
  return { fingerprint, alert, logEntry: {}, reason: 'new' };
}

/** The line of an unhealthy sync, as an open alert has it. */
export function itemOf({ fingerprint, alert, status }: UnhealthySync, evaluation: DigestEvaluation): Item {
  const item = { ...openLine({ fingerprint, alert, logEntry: {} }, 'reminder', evaluation), covers: [] };
  if (status !== 'paused') return item;
  return { ...item, level: 'note', title: [nameOf({ fingerprint, alert }), words(' '), strong('is paused')] };
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
