import { PROBLEMS, type Problem } from '../alert.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import { groupBy } from '../group-by.ts';
import type { NotifyReason } from '../notify/coverage.ts';
import type { TrackedAlert } from '../notify/plan.ts';
import type { SharedCause } from '../notify/shared-cause.ts';
import { type Instant, secondsBetween } from '../time.ts';
import { covers, destinationOf, diagnosisOf, displayName } from './alert-lines.ts';
import { evidenceInShort } from './evidence.ts';
import { joined, type Line, strong, untrusted, words } from './rich-text.ts';
import { durationText, formatNumber, joinWithAnd, pluralize } from './wording.ts';
import type { Item } from './write-digest.ts';

/** Alerts of one section that are told in one line, sorted as singles would be. */
export interface Folded<T extends TrackedAlert = TrackedAlert> {
  readonly cause: SharedCause;
  readonly alerts: readonly T[];
}

/** Up to this many stand beneath their cause, each with its evidence; of more, the worst `WORST_SHOWN` do. */
export const MAX_NESTED = 5;
export const WORST_SHOWN = 3;

/**
 * The alerts by the cause that they are told with, what affects most first; and those that stand alone, which are those
 * that share a cause with fewer than `least`, too.
 */
export function folded<T extends TrackedAlert>(
  alerts: readonly T[],
  least = 2,
): { readonly causes: readonly Folded<T>[]; readonly singles: readonly T[] } {
  const causes: Folded<T>[] = [];
  const isSingle = new Set<T>();
  for (const [cause, together] of groupBy(alerts, (one) => one.cause)) {
    if (cause !== undefined && together.length >= least) causes.push({ cause, alerts: together });
    else for (const one of together) isSingle.add(one);
  }
  return { causes: causes.toSorted(worstFirst), singles: alerts.filter((one) => isSingle.has(one)) };
}

function worstFirst(one: Folded, other: Folded): number {
  const bySeverity = Number(other.cause.severity === 'critical') - Number(one.cause.severity === 'critical');
  return bySeverity || other.alerts.length - one.alerts.length || (one.cause.key < other.cause.key ? -1 : 1);
}

/**
 * A cause whose alerts are open, as one line; beneath it the alerts with their evidence while they are few, else the
 * worst of them and a count.
 */
export function openCauseLines<T extends TrackedAlert>(
  group: Folded<T>,
  reasonOf: (one: T) => NotifyReason,
  line: (one: T) => Item,
  evaluation: Evaluation,
  now: Instant,
): readonly Item[] {
  const { cause, alerts } = group;
  const head: Item = {
    level: cause.severity,
    title: [...subject(cause), words(': '), strong(extent(group, reasonOf)), ...byProblem(cause)],
    detail: joined([worstLag(alerts, evaluation), succeeded(cause), openFor(alerts, now)], ' · '),
    covers: [],
  };
  const common = commonEvidence(alerts, evaluation, now);
  if (common !== undefined) return [head, togetherLine(alerts, common, reasonOf)];

  const shown = alerts.length <= MAX_NESTED ? alerts : alerts.slice(0, WORST_SHOWN);
  const rest = alerts.slice(shown.length);
  const beneath = shown.map((one): Item => {
    const place = destinationOf(one.fingerprint, one.alert);
    const short = shortOf(one, evaluation, now);
    return {
      ...line(one),
      ...(short.length > 0 && { detail: joined([short, place], ' · ') }),
      isNested: true,
    };
  });
  if (rest.length === 0) return [head, ...beneath];
  const more: Item = {
    level: 'note',
    title: [words(`and ${formatNumber(rest.length)} more of this ${cause.kind}`)],
    detail: [],
    covers: rest.map((one) => covers(one, reasonOf(one), false)),
    isNested: true,
  };
  return [head, ...beneath, more];
}

function shortOf({ fingerprint }: TrackedAlert, evaluation: Evaluation, now: Instant): Line {
  const diagnosis = diagnosisOf(fingerprint, evaluation);
  return diagnosis === undefined ? [] : evidenceInShort(diagnosis, now);
}

/** The evidence of all of them, where it is the same to the letter, and so is what is wrong. */
function commonEvidence(
  alerts: readonly TrackedAlert[],
  evaluation: Evaluation,
  now: Instant,
): Line | undefined {
  const [first, ...others] = alerts;
  if (first === undefined) return undefined;
  const said = (one: TrackedAlert) =>
    JSON.stringify([one.alert.problem, one.alert.severity, shortOf(one, evaluation, now)]);
  const one = shortOf(first, evaluation, now);
  const same = said(first);
  return one.length > 0 && others.every((other) => said(other) === same) ? one : undefined;
}

/** What would say the same of each, said once. */
function togetherLine<T extends TrackedAlert>(
  alerts: readonly T[],
  common: Line,
  reasonOf: (one: T) => NotifyReason,
): Item {
  return {
    level: 'note',
    title: someNames(alerts, MAX_NESTED),
    detail: [words('each: '), ...common],
    covers: alerts.map((one, index) => covers(one, reasonOf(one), index < MAX_NESTED)),
    isNested: true,
  };
}

/** "14 of 14 syncs in trouble"; once it was told, what is new of it comes first. */
function extent<T extends TrackedAlert>(
  { cause, alerts }: Folded<T>,
  reasonOf: (one: T) => NotifyReason,
): string {
  const { notified: told, own } = cause;
  const open = openOf(cause);
  // An alert may be open of a sync that this listing lacks.
  const affected =
    own === undefined
      ? pluralize(alerts.length, 'sync')
      : `${formatNumber(open)} of ${pluralize(Math.max(own.listed, open), 'sync')} ${soleProblem(cause) ?? 'in trouble'}`;
  if (told === undefined) return affected;
  const count = (...reasons: NotifyReason[]) =>
    alerts.filter((one) => reasons.includes(reasonOf(one))).length;
  const [fresh, worse, changed] = [count('new'), count('escalated'), count('changed')];
  const news = [
    fresh > 0 ? `${formatNumber(fresh)} more` : '',
    worse > 0 ? `${formatNumber(worse)} critical now` : '',
    changed > 0 ? `${formatNumber(changed)} changed` : '',
  ].filter((part) => part !== '');
  return news.length === 0 ? affected : `${joinWithAnd(news)}, ${affected}`;
}

function openOf({ open }: SharedCause): number {
  return Object.values(open).reduce((sum, count) => sum + count, 0);
}

/** What is wrong with all of them, where that is one thing. */
function soleProblem({ open }: SharedCause): string | undefined {
  const problems = PROBLEMS.filter((problem) => (open[problem] ?? 0) > 0);
  const [sole] = problems;
  return sole === undefined || problems.length > 1 ? undefined : ADJECTIVES[sole];
}

/** " (11 failing, 3 stalled)" */
function byProblem({ open, own }: SharedCause): Line {
  const counts = PROBLEMS.flatMap((problem) => {
    const count = open[problem] ?? 0;
    return count === 0 ? [] : [`${formatNumber(count)} ${ADJECTIVES[problem]}`];
  });
  return counts.length <= (own === undefined ? 0 : 1) ? [] : [words(` (${counts.join(', ')})`)];
}

const ADJECTIVES: Readonly<Record<Problem, string>> = {
  unreadable: 'unreadable',
  disabled: 'disabled',
  failing: 'failing',
  never_succeeded: 'without any success',
  stalled: 'stalled',
};

function worstLag(alerts: readonly TrackedAlert[], evaluation: Evaluation): Line {
  if (evaluation.kind === 'unavailable') return [words('as last seen')];
  let oldest = 0;
  let latest = Number.POSITIVE_INFINITY;
  let behind = 0;
  for (const { fingerprint } of alerts) {
    const diagnosis = diagnosisOf(fingerprint, evaluation);
    const { intervalSeconds } = diagnosis?.sync.labels ?? { intervalSeconds: null };
    oldest = Math.max(oldest, diagnosis?.successLagSeconds ?? 0);
    latest = Math.min(latest, diagnosis?.successLagSeconds ?? 0);
    if (intervalSeconds !== null) behind = Math.max(behind, (diagnosis?.lagSeconds ?? 0) / intervalSeconds);
  }
  if (oldest === 0) return [];
  const intervals = behind >= 2 ? `, up to ${formatNumber(Math.floor(behind))} intervals behind` : '';
  const which = durationText(oldest) === durationText(latest) ? 'last' : 'oldest';
  return [words(`${which} success ${durationText(oldest)} ago${intervals}`)];
}

/** Which syncs ran well since the trouble began, since that is what tells a person where to look. */
function succeeded(cause: SharedCause): Line {
  const { own, beyond, kind } = cause;
  if (own === undefined) return [];
  const others = Math.max(0, own.listed - openOf(cause));
  // One that is well may be held open, since it flaps: it is none of the others.
  const well = Math.min(own.succeeded, others);
  if (well > 0) return [words(`${ranWell(well, others, 'one')} of this ${kind} ran well since`)];
  const where = beyond?.where === 'connector' ? ' of this connector' : '';
  if (beyond === undefined || beyond.listed === 0)
    return others === 0 ? [] : [words(`no other of this ${kind} has run well since`)];
  if (beyond.succeeded === 0) return [words(`no other sync${where} has run well since`)];
  const idle = others === 0 ? '' : `no other of this ${kind} has run well since; `;
  return [words(`${idle}${ranWell(beyond.succeeded, beyond.listed, 'sync')}${where} ran well since`)];
}

/** "8 of the other 12", "the other 12 syncs", "the other one" */
function ranWell(succeeded: number, others: number, noun: 'one' | 'sync'): string {
  const counted = `${formatNumber(others)}${noun === 'sync' ? ' syncs' : ''}`;
  const all = `the other ${others === 1 ? noun : counted}`;
  return succeeded === others ? all : `${formatNumber(succeeded)} of ${all}`;
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function openFor(alerts: readonly TrackedAlert[], now: Instant): Line {
  const seconds = secondsBetween(oldestOf(alerts, now), now);
  return seconds > 0 ? [words(`open for ${durationText(seconds)}`)] : [];
}

/** A cause whose alerts are over, some of them or all, in one line. */
export function closedCauseLine(
  { cause, alerts }: Folded,
  reason: NotifyReason,
  phrase: 'over' | 'no longer watched' | 'came and went',
  now: Instant,
): Item {
  const { notified: told } = cause;
  const open = openOf(cause);
  const isOver = open === 0;
  const members = told === undefined ? alerts.length : new Set([...told.members, ...alerts.map(idOf)]).size;
  const recovered = alerts.every(
    ({ alert: { resolution: ended } }) => ended?.how === 'resolved' && ended.by === 'success',
  );
  const end = recovered ? 'back' : 'over';
  const count = pluralize(alerts.length, 'sync');
  const said = {
    over:
      isOver && members > 1
        ? `all ${formatNumber(members)} are ${end}`
        : `${count} ${are(alerts.length)} ${end}`,
    'no longer watched': `${count} ${are(alerts.length)} no longer watched`,
    'came and went': `${count} came and went`,
  }[phrase];
  const left = open > 0 ? [words(`${formatNumber(open)} still open`)] : [];
  const lasted = durationText(secondsBetween(oldestOf(alerts, now), endOf(alerts, now)));
  return {
    level: phrase === 'over' ? 'good' : 'note',
    title: [...subject(cause), words(': '), strong(said)],
    detail: joined([left, [words(`in trouble for ${lasted}`)], someNames(alerts)], ' · '),
    covers: alerts.map((one) => covers(one, reason, false)),
  };
}

/** How many are named where a line speaks of several. */
const NAMED = 3;

function someNames(alerts: readonly TrackedAlert[], most = NAMED): Line {
  const names = alerts
    .slice(0, most)
    .map(({ fingerprint, alert }) => [
      untrusted(displayName(alert.labels) ?? fingerprint.slice('sync:'.length)),
    ]);
  const more = alerts.length - names.length;
  return [...joined(names, ', '), ...(more > 0 ? [words(` and ${formatNumber(more)} more`)] : [])];
}

function idOf({ fingerprint }: TrackedAlert): string {
  return fingerprint;
}

function oldestOf(alerts: readonly TrackedAlert[], now: Instant): Instant {
  return alerts.reduce((oldest, { alert }) => Math.min(oldest, alert.since), now);
}

/** When the last of them ended: a closing may be told late. */
function endOf(alerts: readonly TrackedAlert[], now: Instant): Instant {
  return alerts.reduce((latest, { alert }) => Math.max(latest, alert.resolution?.at ?? now), 0);
}

function subject({ kind, name: called }: SharedCause): Line {
  return [words(`${kind} `), untrusted(called)];
}
