import { diagnosisOf, type Evaluation } from '../diagnose/evaluation.ts';
import { intervalsBehind } from '../diagnose/lag.ts';
import { groupBy } from '../group-by.ts';
import type { Coverage, SharedCause, TrackedAlert } from '../notify/notification.ts';
import type { NotifyReason } from '../notify/reason.ts';
import { PROBLEM_KINDS, PROBLEMS } from '../problem.ts';
import { type Instant, secondsBetween } from '../time.ts';
import type { Item } from './digest.ts';
import { evidenceInShort } from './evidence.ts';
import { coverageOf, destinationOf, namesOf } from './names.ts';
import { joined, type Line, strong, untrusted, words } from './rich-text.ts';
import { durationText, formatNumber, joinWithAnd, pluralize } from './wording.ts';

/** Alerts of one section that share a cause, in the order of singles. */
export interface Folded<T extends TrackedAlert = TrackedAlert> {
  readonly cause: SharedCause;
  readonly alerts: readonly T[];
}

/** Up to this many alerts stand beneath their cause with their evidence; of more, the worst `WORST_SHOWN` do. */
export const MAX_NESTED = 5;
export const WORST_SHOWN = 3;

/** How many syncs a line of resolutions names. */
const NAMED = 3;

/**
 * The alerts by their shared cause, the critical and the largest first; and the singles, which includes those whose
 * cause has fewer than `least` alerts here.
 */
export function folded<T extends TrackedAlert>(
  alerts: readonly T[],
  least = 2,
): { readonly causes: readonly Folded<T>[]; readonly singles: readonly T[] } {
  const causes: Folded<T>[] = [];
  const singles = new Set<T>();
  for (const [cause, together] of groupBy(alerts, (one) => one.cause)) {
    if (cause !== undefined && together.length >= least) causes.push({ cause, alerts: together });
    else for (const one of together) singles.add(one);
  }
  return { causes: causes.toSorted(worstFirst), singles: alerts.filter((one) => singles.has(one)) };
}

function worstFirst(one: Folded, other: Folded): number {
  const bySeverity = Number(other.cause.severity === 'critical') - Number(one.cause.severity === 'critical');
  return bySeverity || other.alerts.length - one.alerts.length || (one.cause.key < other.cause.key ? -1 : 1);
}

/** How the alerts beneath an open cause are written. */
export interface OpenCauseOptions<T extends TrackedAlert> {
  readonly reasonOf: (one: T) => NotifyReason;
  /** The line of one alert as a single. */
  readonly line: (one: T) => Item;
  readonly evaluation: Evaluation;
}

/**
 * A cause with open alerts: a line for the cause, and beneath it its alerts while they are few, else the worst of them
 * and a count; one line where the same is to be said of each.
 */
export function openCauseLines<T extends TrackedAlert>(
  group: Folded<T>,
  { reasonOf, line, evaluation }: OpenCauseOptions<T>,
): readonly Item[] {
  const { cause, alerts } = group;
  const head: Item = {
    level: cause.severity,
    title: [...subject(cause), words(': '), strong(extent(group, reasonOf)), ...byProblem(cause)],
    detail: joined([worstLag(alerts, evaluation), peersText(cause), openFor(alerts, evaluation.at)], ' · '),
    covers: [],
  };
  const cover = (one: T, listed: boolean): Coverage => coverageOf(one, reasonOf(one), listed);
  const common = commonEvidence(alerts, evaluation);
  if (common !== undefined) {
    const covers = alerts.map((one, index) => cover(one, index < MAX_NESTED));
    const detail = [words('each: '), ...common];
    const title = namesOf(alerts, MAX_NESTED);
    return [head, { level: 'note', title, detail, covers, isNested: true }];
  }

  const shown = alerts.length <= MAX_NESTED ? alerts : alerts.slice(0, WORST_SHOWN);
  const rest = alerts.slice(shown.length);
  const nested = shown.map((one): Item => {
    const short = shortEvidence(one, evaluation);
    const detail = joined([short, destinationOf(one.fingerprint, one.alert)], ' · ');
    return { ...line(one), ...(short.length > 0 && { detail }), isNested: true };
  });
  if (rest.length === 0) return [head, ...nested];
  const title = [words(`and ${formatNumber(rest.length)} more of this ${cause.kind}`)];
  const covers = rest.map((one) => cover(one, false));
  return [head, ...nested, { level: 'note', title, detail: [], covers, isNested: true }];
}

function shortEvidence({ fingerprint }: TrackedAlert, evaluation: Evaluation): Line {
  const diagnosis = diagnosisOf(fingerprint, evaluation);
  return diagnosis === undefined ? [] : evidenceInShort(diagnosis, evaluation.at);
}

/** The short evidence, when it is the same to the letter for all alerts, as are their problem and severity. */
function commonEvidence(alerts: readonly TrackedAlert[], evaluation: Evaluation): Line | undefined {
  const [first, ...others] = alerts;
  if (first === undefined) return undefined;
  const keyOf = (one: TrackedAlert) =>
    JSON.stringify([one.alert.problem, one.alert.severity, shortEvidence(one, evaluation)]);
  const evidence = shortEvidence(first, evaluation);
  const key = keyOf(first);
  return evidence.length > 0 && others.every((other) => keyOf(other) === key) ? evidence : undefined;
}

/** "14 of 14 syncs failing"; after the first notification, what is new comes first. */
function extent<T extends TrackedAlert>(
  { cause, alerts }: Folded<T>,
  reasonOf: (one: T) => NotifyReason,
): string {
  const { notified, own } = cause;
  const open = openCount(cause);
  // An open alert may belong to a sync that this listing lacks.
  const affected =
    own === undefined
      ? pluralize(alerts.length, 'sync')
      : `${formatNumber(open)} of ${pluralize(Math.max(own.listed, open), 'sync')} ${onlyProblem(cause) ?? 'unhealthy'}`;
  if (notified === undefined) return affected;
  const count = (reason: NotifyReason) => alerts.filter((one) => reasonOf(one) === reason).length;
  const [fresh, worse, changed] = [count('new'), count('escalated'), count('changed')];
  const news = [
    fresh > 0 ? `${formatNumber(fresh)} more` : '',
    worse > 0 ? `${formatNumber(worse)} critical now` : '',
    changed > 0 ? `${formatNumber(changed)} changed` : '',
  ].filter((part) => part !== '');
  return news.length === 0 ? affected : `${joinWithAnd(news)}, ${affected}`;
}

function openCount({ open }: SharedCause): number {
  return Object.values(open).reduce((sum, count) => sum + count, 0);
}

/** "failing", when all of them have the one problem. */
function onlyProblem({ open }: SharedCause): string | undefined {
  const problems = PROBLEMS.filter((problem) => (open[problem] ?? 0) > 0);
  const [only] = problems;
  return only === undefined || problems.length > 1 ? undefined : PROBLEM_KINDS[only].adjective;
}

/** " (11 failing, 3 stalled)". */
function byProblem({ open, own }: SharedCause): Line {
  const counts = PROBLEMS.flatMap((problem) => {
    const count = open[problem] ?? 0;
    return count === 0 ? [] : [`${formatNumber(count)} ${PROBLEM_KINDS[problem].adjective}`];
  });
  return counts.length <= (own === undefined ? 0 : 1) ? [] : [words(` (${counts.join(', ')})`)];
}

function worstLag(alerts: readonly TrackedAlert[], evaluation: Evaluation): Line {
  if (evaluation.kind === 'unavailable') return [words('as last listed')];
  let oldest = 0;
  let latest = Number.POSITIVE_INFINITY;
  let behind = 0;
  for (const { fingerprint } of alerts) {
    const diagnosis = diagnosisOf(fingerprint, evaluation);
    oldest = Math.max(oldest, diagnosis?.successLagSeconds ?? 0);
    latest = Math.min(latest, diagnosis?.successLagSeconds ?? 0);
    behind = Math.max(behind, (diagnosis && intervalsBehind(diagnosis)) ?? 0);
  }
  if (oldest === 0) return [];
  const intervals = behind >= 2 ? `, up to ${formatNumber(Math.floor(behind))} intervals behind` : '';
  const which = durationText(oldest) === durationText(latest) ? 'last' : 'oldest';
  return [words(`${which} success ${durationText(oldest)} ago${intervals}`)];
}

/** Which syncs succeeded since the trouble began: that tells a person where to look. */
function peersText(cause: SharedCause): Line {
  const { own, beyond, kind } = cause;
  if (own === undefined) return [];
  const others = Math.max(0, own.listed - openCount(cause));
  // A healthy sync whose flapping alert is held open is none of the others.
  const succeeded = Math.min(own.succeeded, others);
  if (succeeded > 0)
    return [words(`${countOfOthers(succeeded, others, 'one')} of this ${kind} succeeded since`)];
  const where = beyond?.where === 'connector' ? ' of this connector' : '';
  if (beyond === undefined || beyond.listed === 0)
    return others === 0 ? [] : [words(`no other of this ${kind} has succeeded since`)];
  if (beyond.succeeded === 0) return [words(`no other sync${where} has succeeded since`)];
  const idle = others === 0 ? '' : `no other of this ${kind} has succeeded since; `;
  return [words(`${idle}${countOfOthers(beyond.succeeded, beyond.listed, 'sync')}${where} succeeded since`)];
}

/** "8 of the other 12", "the other 12 syncs", "the other one". */
function countOfOthers(count: number, others: number, noun: 'one' | 'sync'): string {
  const plural = `${formatNumber(others)}${noun === 'sync' ? ' syncs' : ''}`;
  const all = `the other ${others === 1 ? noun : plural}`;
  return count === others ? all : `${formatNumber(count)} of ${all}`;
}

function openFor(alerts: readonly TrackedAlert[], now: Instant): Line {
  const seconds = secondsBetween(oldestOf(alerts, now), now);
  return seconds > 0 ? [words(`open for ${durationText(seconds)}`)] : [];
}

/** How a line about ended alerts is worded, and why they are sent. */
export interface ResolvedCauseOptions {
  readonly reason: NotifyReason;
  readonly phrase: 'resolved' | 'no longer watched' | 'resolved in the meantime';
}

/** A cause some or all of whose alerts ended, as one line. */
export function resolvedCauseLine(
  { cause, alerts }: Folded,
  { reason, phrase }: ResolvedCauseOptions,
  now: Instant,
): Item {
  const { notified } = cause;
  const open = openCount(cause);
  const members = new Set([...(notified?.members ?? []), ...alerts.map(({ fingerprint }) => fingerprint)])
    .size;
  const recovered = alerts.every(
    ({ alert: { resolution } }) => resolution?.how === 'resolved' && resolution.by === 'success',
  );
  const verb = recovered ? 'recovered' : 'resolved';
  const count = pluralize(alerts.length, 'sync');
  const text = {
    resolved: open === 0 && members > 1 ? `all ${formatNumber(members)} ${verb}` : `${count} ${verb}`,
    'no longer watched': `${count} ${alerts.length === 1 ? 'is' : 'are'} no longer watched`,
    'resolved in the meantime': `${count} resolved in the meantime`,
  }[phrase];
  const left = open > 0 ? [words(`${formatNumber(open)} still open`)] : [];
  const lasted = durationText(secondsBetween(oldestOf(alerts, now), endOf(alerts, now)));
  return {
    level: phrase === 'resolved' ? 'good' : 'note',
    title: [...subject(cause), words(': '), strong(text)],
    detail: joined([left, [words(`lasted ${lasted}`)], namesOf(alerts, NAMED)], ' · '),
    covers: alerts.map((one) => coverageOf(one, reason, false)),
  };
}

function oldestOf(alerts: readonly TrackedAlert[], now: Instant): Instant {
  return alerts.reduce((oldest, { alert }) => Math.min(oldest, alert.since), now);
}

/** When the last of them ended, which may be long before it is sent. */
function endOf(alerts: readonly TrackedAlert[], now: Instant): Instant {
  return alerts.reduce((latest, { alert }) => Math.max(latest, alert.resolution?.at ?? now), 0);
}

function subject({ kind, name }: SharedCause): Line {
  return [words(`${kind} `), untrusted(name)];
}
