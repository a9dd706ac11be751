import { apiTimeOf, diagnosisOf, type Evaluation } from '../diagnose/evaluation.ts';
import type { Names } from '../explain/display-names.ts';
import { groupBy } from '../group-by.ts';
import { type Cause, causesOf } from '../notify/cause.ts';
import type { Coverage, SharedCause, TrackedAlert } from '../notify/notification.ts';
import type { NotifyReason } from '../notify/reason.ts';
import { PROBLEM_KINDS, PROBLEMS } from '../problem.ts';
import { type Instant, secondsBetween } from '../time.ts';
import { adviceLine } from './advice-line.ts';
import { isNearDisable } from './alert-lines.ts';
import { commonEvidence, rangeText } from './common-evidence.ts';
import type { Item } from './digest.ts';
import type { DigestEvaluation } from './digest-evaluation.ts';
import { evidence } from './evidence.ts';
import {
  agentText,
  briefExplanation,
  commonExplanation,
  consequences,
  type Explanation,
  explanationText,
  stopsText,
} from './explanation-lines.ts';
import { failuresLeft, secondsUntilDisabled } from './forecast.ts';
import {
  connectorName,
  coverageOf,
  knowledgeBaseName,
  listOf,
  MAX_NAMED,
  markOf,
  nameOf,
  namesOf,
} from './names.ts';
import { joined, type Line, strong, untrusted, words } from './rich-text.ts';
import { durationText, formatNumber, joinWithAnd, pluralize } from './wording.ts';

/** Alerts of one section that share a cause, in the order of singles. */
export interface Folded<T extends TrackedAlert = TrackedAlert> {
  readonly cause: SharedCause;
  readonly alerts: readonly T[];
}

/**
 * The alerts by their shared cause, the critical and the largest first; and the singles, which includes those whose
 * cause has fewer than `least` alerts here. A cause that was not sent before is named even for one alert: the others that
 * it explains were sent without it.
 */
export function folded<T extends TrackedAlert>(
  alerts: readonly T[],
  least = 2,
): { readonly causes: readonly Folded<T>[]; readonly singles: readonly T[] } {
  const causes: Folded<T>[] = [];
  const singles = new Set<T>();
  for (const together of groupBy(alerts, (one) => one.cause?.key).values()) {
    const cause = together[0]?.cause;
    const isNamed = cause?.isGrouping && cause.notified === undefined;
    if (cause !== undefined && (isNamed || together.length >= least))
      causes.push({ cause, alerts: together });
    else for (const one of together) singles.add(one);
  }
  return { causes: causes.toSorted(worstFirst), singles: alerts.filter((one) => singles.has(one)) };
}

function worstFirst(one: Folded, other: Folded): number {
  const bySeverity = Number(isCritical(other)) - Number(isCritical(one));
  return bySeverity || other.alerts.length - one.alerts.length || (one.cause.key < other.cause.key ? -1 : 1);
}

export function isCritical({ cause }: Folded): boolean {
  return cause.severity === 'critical';
}

/** A cause with open alerts: what is wrong with how many and why, what they have in common, and their names. */
export function openCauseLines<T extends TrackedAlert>(
  group: Folded<T>,
  reasonOf: (one: T) => NotifyReason,
  evaluation: DigestEvaluation,
): readonly Item[] {
  const { cause, alerts } = group;
  const all = openUnder(group);
  const explanation = commonExplanation(all, evaluation);
  const title = titleOf(group, reasonOf, evaluation);
  const names = evaluation.explanations?.names;
  const parts = [
    consequences(
      all.filter((one) => !isImminent(one, evaluation)),
      explanation,
      evaluation,
    ),
    ...commonEvidence(all, evaluation, explanation?.kind === 'error' ? explanation.error.text : undefined),
    peersText(cause),
    explanation?.kind === 'agent' ? [] : connectorText(cause, alerts, names),
    openFor(all, evaluation.at),
    earlierText(cause, names),
    cause.kind === 'organisation' ? spreadText(alerts) : [],
  ];
  const moved: readonly Coverage[] = cause.moved.map((fingerprint) => ({
    fingerprint,
    reason: 'moved',
    listed: false,
    cause: markOf(cause),
  }));
  const action = adviceLine(all, explanation, evaluation);
  const head: Item = {
    level: cause.severity,
    ...explainedTitle(title, { cause, explanation, evaluation }),
    detail: joined(
      parts.filter((part) => part.length > 0),
      ' · ',
    ),
    ...(action.length > 0 && { action }),
    covers: moved,
  };
  return [head, namesLine(alerts, reasonOf, evaluation), ...exceptions(alerts, evaluation)];
}

/** "connection pg-main: 40 of 40 syncs failing", with the error that they share or the agent that is gone. */
function explainedTitle(
  text: Line,
  {
    cause,
    explanation,
    evaluation,
  }: {
    readonly cause: SharedCause;
    readonly explanation: Explanation | undefined;
    readonly evaluation: DigestEvaluation;
  },
): Pick<Item, 'title' | 'push'> {
  const title = [...whereText(cause, evaluation.explanations?.names), ...text];
  if (explanation === undefined) return { title };
  if (explanation.kind === 'agent' && (cause.kind === 'connector' || cause.kind === 'connection')) {
    // The connector of the agent is named once.
    const where = cause.kind === 'connector' ? [words(': '), ...text] : [words(', '), ...title];
    return { title: [...agentText(explanation.trouble, apiTimeOf(evaluation)), ...where] };
  }
  return {
    title: [...title, ...explanationText(explanation, evaluation)],
    push: [...title, ...briefExplanation(explanation, evaluation)],
  };
}

/** The names of the alerts, the most urgent first; of a single one also its evidence. */
export function namesLine<T extends TrackedAlert>(
  alerts: readonly T[],
  reasonOf: (one: T) => NotifyReason,
  evaluation: DigestEvaluation,
): Item {
  const byUrgency = alerts.toSorted((one, other) => urgency(one) - urgency(other));
  return {
    level: 'note',
    title: namesOf(byUrgency, evaluation.linkOf),
    detail: evidenceOfOne(alerts, evaluation),
    covers: byUrgency.map((one, index) => coverageOf(one, reasonOf(one), index < MAX_NAMED)),
    isNested: true,
  };
}

/** The alerts of a message, and all others that are open under their cause. */
function openUnder({ cause, alerts }: Folded): readonly TrackedAlert[] {
  const fingerprints = new Set(alerts.map(({ fingerprint }) => fingerprint));
  return [...alerts, ...cause.stillOpen.filter(({ fingerprint }) => !fingerprints.has(fingerprint))];
}

/** The evidence of the only alert that a message has of its cause. */
function evidenceOfOne([one, ...others]: readonly TrackedAlert[], evaluation: Evaluation): Line {
  const diagnosis = one && others.length === 0 ? diagnosisOf(one.fingerprint, evaluation) : undefined;
  return diagnosis === undefined ? [] : evidence(diagnosis, evaluation.at, { apiNow: apiTimeOf(evaluation) });
}

/** Critical ones and those that the platform disabled come first. */
function urgency({ alert }: TrackedAlert): number {
  return (alert.severity === 'critical' ? 0 : 2) + (alert.problem === 'disabled' ? 0 : 1);
}

/** Whether the platform is about to disable it. */
export function isImminent({ fingerprint, alert }: TrackedAlert, evaluation: Evaluation): boolean {
  return alert.disableImminent === true && isNearDisable(diagnosisOf(fingerprint, evaluation));
}

/** Those that the platform disabled or is about to, where that is not so of all. */
export function exceptions(alerts: readonly TrackedAlert[], evaluation: DigestEvaluation): readonly Item[] {
  const disabled = alerts.filter(({ alert }) => alert.problem === 'disabled');
  const imminent = alerts.filter((one) => isImminent(one, evaluation));
  const line = (some: readonly TrackedAlert[], phrase: Line, short: string): readonly Item[] =>
    some.length === 0
      ? []
      : [
          {
            level: 'critical',
            title:
              some.length === alerts.length
                ? phrase
                : [...namesOf(some, evaluation.linkOf), words(': '), ...phrase],
            push: [
              ...listOf(
                some.map((one) => [nameOf(one)]),
                3,
              ),
              words(` ${short}`),
            ],
            detail: [],
            covers: [],
            isNested: true,
          },
        ];
  return [
    ...line(
      disabled.length === alerts.length ? [] : disabled,
      [
        strong(
          `disabled by the platform; enable ${disabled.length === 1 ? 'it' : 'them'} once the cause is fixed`,
        ),
      ],
      'disabled',
    ),
    ...line(
      imminent,
      joined([[strong(imminentText(imminent, evaluation))], stopsText(imminent, evaluation)], ': '),
      'about to be disabled',
    ),
  ];
}

/** "2 more failures disable each, in about 1 h 50 m": the fewest failures that are left, and the shortest time. */
function imminentText(imminent: readonly TrackedAlert[], evaluation: Evaluation): string {
  const diagnoses = imminent.flatMap(({ fingerprint }) => diagnosisOf(fingerprint, evaluation) ?? []);
  const left = diagnoses.flatMap(({ sync }) => failuresLeft(sync) ?? []);
  const seconds = diagnoses.flatMap(
    (diagnosis) => secondsUntilDisabled(diagnosis, apiTimeOf(evaluation)) ?? [],
  );
  if (left.length === 0) return 'about to be disabled by the platform';
  const [least, most] = [Math.min(...left), Math.max(...left)];
  const count = least === most ? pluralize(most, 'more failure') : `${least} to ${most} more failures`;
  const when = seconds.length === 0 ? '' : `, in about ${rangeText(seconds)}`;
  return `${count} ${most === 1 ? 'disables' : 'disable'} ${imminent.length === 1 ? 'it' : 'each'}${when}`;
}

/** "40 of 40 syncs failing"; for the whole organisation in one sentence. */
function titleOf<T extends TrackedAlert>(
  group: Folded<T>,
  reasonOf: (one: T) => NotifyReason,
  evaluation: Evaluation,
): Line {
  const { cause, alerts } = group;
  const open = openCount(cause);
  const phrase = onlyProblem(cause) ?? 'unhealthy';
  if (cause.nothingSucceededForSeconds !== undefined) {
    const length = durationText(cause.nothingSucceededForSeconds);
    const all =
      open >= cause.listed
        ? `All ${formatNumber(cause.listed)} syncs are ${phrase}`
        : `${formatNumber(open)} of ${formatNumber(cause.listed)} syncs are ${phrase}`;
    return [strong(`${all}; nothing has succeeded for ${length}`)];
  }
  const extent =
    cause.listed === 0
      ? pluralize(alerts.length, 'sync')
      : `${formatNumber(open)} of ${pluralize(Math.max(cause.listed, open), 'sync')} ${phrase}`;
  const news = cause.notified === undefined ? '' : newsText(alerts, reasonOf);
  const older = olderText(group, reasonOf, evaluation);
  const text =
    older !== undefined ? `still ${extent}, ${older}` : news === '' ? extent : `${news}, ${extent}`;
  return [strong(text), ...byProblem(cause)];
}

/** "connection pg-main: "; nothing for the organisation. */
function whereText(cause: SharedCause, names: Names | undefined): Line {
  return cause.kind === 'organisation' ? [] : [...causeName(cause, names), words(': ')];
}

/** "connection pg-main", by the name that people know. */
function causeName({ kind, name }: Cause, names: Names | undefined): Line {
  const known = {
    connection: name,
    connector: connectorName(name, names),
    'knowledge base': knowledgeBaseName(name, names),
    organisation: name,
  }[kind];
  return [words(`${kind} `), untrusted(known ?? name)];
}

/** "12 of them without a success for 3 h 5 m": when nothing is new but age. */
function olderText<T extends TrackedAlert>(
  group: Folded<T>,
  reasonOf: (one: T) => NotifyReason,
  evaluation: Evaluation,
): string | undefined {
  const { cause, alerts } = group;
  const isOlder = (one: T) => reasonOf(one) === 'escalated' && one.alert.criticalBy === 'age';
  if (cause.notified === undefined || !alerts.every(isOlder)) return undefined;
  const old = openUnder(group).filter(({ alert }) => alert.criticalBy === 'age');
  const lags = old.flatMap(
    ({ fingerprint }) => diagnosisOf(fingerprint, evaluation)?.successLagSeconds ?? [],
  );
  if (lags.length === 0) return undefined;
  const which = old.length >= openCount(cause) ? 'all' : formatNumber(old.length);
  return `${which} of them without a success for ${durationText(Math.min(...lags))}`;
}

function newsText<T extends TrackedAlert>(alerts: readonly T[], reasonOf: (one: T) => NotifyReason): string {
  const count = (reason: NotifyReason) => alerts.filter((one) => reasonOf(one) === reason).length;
  const [fresh, changed] = [count('new'), count('changed')];
  const escalated = alerts.filter((one) => reasonOf(one) === 'escalated');
  const worse = escalated.filter(({ alert }) => alert.severity === 'critical').length;
  const eased = escalated.length - worse;
  const imminent = count('disable_imminent');
  const news = [
    fresh > 0 ? `${formatNumber(fresh)} more` : '',
    worse > 0 ? `${formatNumber(worse)} critical now` : '',
    eased > 0 ? `${formatNumber(eased)} ${eased === 1 ? 'was' : 'were'} critical for a while` : '',
    imminent > 0 ? `${formatNumber(imminent)} about to be disabled` : '',
    changed > 0 ? `${formatNumber(changed)} ${changedTo(alerts, reasonOf)}` : '',
  ];
  return joinWithAnd(news.filter((part) => part !== ''));
}

/** "disabled now", when all that changed have the one problem now. */
function changedTo<T extends TrackedAlert>(alerts: readonly T[], reasonOf: (one: T) => NotifyReason): string {
  const problems = new Set(
    alerts.filter((one) => reasonOf(one) === 'changed').map(({ alert: { problem } }) => problem),
  );
  const [only] = problems;
  if (only === undefined || only === 'listing_failed' || problems.size > 1) return 'changed';
  return `${PROBLEM_KINDS[only].adjective} now`;
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
function byProblem({ open }: SharedCause): Line {
  const counts = PROBLEMS.flatMap((problem) => {
    const count = open[problem] ?? 0;
    return count === 0 ? [] : [`${formatNumber(count)} ${PROBLEM_KINDS[problem].adjective}`];
  });
  return counts.length <= 1 ? [] : [words(` (${counts.join(', ')})`)];
}

/** How the other syncs are: that tells a person where to look. */
function peersText(cause: SharedCause): Line {
  const { listed, succeeded, beyond, kind } = cause;
  const others = Math.max(0, listed - openCount(cause));
  const own = Math.min(succeeded, others);
  const unit = kind === 'organisation' ? '' : ` of this ${kind}`;
  if (own > 0) return [words(`${countOfOthers(own, others)}${unit} succeeded since`)];
  if (beyond === undefined || beyond.listed === 0) return others === 0 ? [] : [words(noneOfOthers(others))];
  if (beyond.succeeded === 0) return [words('no other sync of this connector has succeeded since')];
  const syncs = beyond.listed === 1 ? '' : ' syncs';
  return [
    words(`${countOfOthers(beyond.succeeded, beyond.listed)}${syncs} of this connector succeeded since`),
  ];
}

/** "connector warehouse-pg": where a person finds the connection. */
function connectorText(
  { kind }: SharedCause,
  alerts: readonly TrackedAlert[],
  names: Names | undefined,
): Line {
  const connector = connectorName(alerts[0]?.alert.labels?.connectorId ?? null, names);
  return kind !== 'connection' || connector === null ? [] : [words('connector '), untrusted(connector)];
}

/** "none of the other 26 has succeeded since". */
function noneOfOthers(others: number): string {
  return others === 1
    ? 'the other one has not succeeded since'
    : `none of the other ${formatNumber(others)} has succeeded since`;
}

/** "8 of the other 12", "the other 12", "the other one". */
function countOfOthers(count: number, others: number): string {
  const all = `the other ${others === 1 ? 'one' : formatNumber(others)}`;
  return count === others ? all : `${formatNumber(count)} of ${all}`;
}

export function openFor(alerts: readonly TrackedAlert[], now: Instant): Line {
  const seconds = secondsBetween(oldestOf(alerts, now), now);
  return seconds > 0 ? [words(`open for ${durationText(seconds)}`)] : [];
}

/** "earlier sent as connection pg-main". */
function earlierText({ earlierSentAs }: SharedCause, names: Names | undefined): Line {
  if (earlierSentAs.length === 0) return [];
  const causes = earlierSentAs.map((cause) => causeName(cause, names));
  return [words('earlier sent as '), ...listOf(causes, 3)];
}

/** "4 connections on 3 connectors are affected: check Timbal, the network or the connectors first". */
function spreadText(alerts: readonly TrackedAlert[]): Line {
  const keys = (kind: string) =>
    new Set(
      alerts
        .flatMap(({ alert }) => causesOf(alert.labels).filter((one) => one.kind === kind))
        .map(({ key }) => key),
    ).size;
  const where = `${pluralize(keys('connection'), 'connection')} on ${pluralize(keys('connector'), 'connector')}`;
  return [words(`${where} affected: check Timbal, the network or the connectors first`)];
}

/** How a line about ended alerts is worded, and why they are sent. */
export interface ResolvedCauseOptions {
  readonly reason: NotifyReason;
  readonly phrase: 'resolved' | 'excluded by the policy' | 'resolved in the meantime';
}

/** A cause some or all of whose alerts ended, as one line. */
export function resolvedCauseLine(
  { cause, alerts }: Folded,
  { reason, phrase }: ResolvedCauseOptions,
  { at: now, explanations, linkOf }: DigestEvaluation,
): Item {
  const { stillOpen } = cause;
  const areAllBy = (by: 'success' | 'enabled') =>
    alerts.every(({ alert: { resolution } }) => resolution?.how === 'resolved' && resolution.by === by);
  const verb = areAllBy('success') ? 'recovered' : areAllBy('enabled') ? 'enabled again' : 'resolved';
  const count = pluralize(alerts.length, 'sync');
  const isFirst = cause.notified?.resolvedAt === undefined;
  const isAll = stillOpen.length === 0 && alerts.length > 1 && cause.isGrouping;
  const text = {
    resolved: isAll
      ? `${isFirst ? 'all' : 'the last'} ${formatNumber(alerts.length)} ${verb}`
      : `${count} ${verb}`,
    'excluded by the policy': `${count} ${alerts.length === 1 ? 'is' : 'are'} excluded by the policy`,
    'resolved in the meantime': `${count} ${endedText(alerts)} in the meantime`,
  }[phrase];
  const left = stillOpen.length > 0 ? [words('still open: '), ...namesOf(stillOpen, linkOf)] : [];
  const lasted = durationText(secondsBetween(oldestOf(alerts, now), endOf(alerts, now)));
  const names = isAll && alerts.length > MAX_NAMED ? [] : namesOf(alerts, linkOf);
  return {
    level: phrase === 'resolved' ? 'good' : 'note',
    title: [...whereText(cause, explanations?.names), strong(text)],
    detail: joined(
      [names, exclusionReasons(alerts), left, [words(`lasted ${lasted}`)]].filter((part) => part.length > 0),
      ' · ',
    ),
    covers: alerts.map((one) => coverageOf(one, reason, false)),
  };
}

/** "resolved or were paused": what became of them. */
export function endedText(alerts: readonly TrackedAlert[]): string {
  const hows = new Set(alerts.map(({ alert }) => alert.resolution?.how));
  const isOne = alerts.length === 1;
  const paused = hows.delete('paused') ? [`${isOne ? 'was' : 'were'} paused`] : [];
  const unlisted = hows.delete('unlisted') ? ['left the listing'] : [];
  return [...(hows.size > 0 ? ['resolved'] : []), ...paused, ...unlisted].join(' or ');
}

/** Why the policy excludes them. */
function exclusionReasons(alerts: readonly TrackedAlert[]): Line {
  const reasons = new Set(
    alerts.flatMap(({ alert: { resolution } }) =>
      resolution?.how === 'excluded' ? [resolution.reason] : [],
    ),
  );
  return listOf(
    [...reasons].map((reason) => [untrusted(reason)]),
    3,
  );
}

function oldestOf(alerts: readonly TrackedAlert[], now: Instant): Instant {
  return alerts.reduce((oldest, { alert }) => Math.min(oldest, alert.since), now);
}

/** When the last of them ended, which may be long before it is sent. */
function endOf(alerts: readonly TrackedAlert[], now: Instant): Instant {
  return alerts.reduce((latest, { alert }) => Math.max(latest, alert.resolution?.at ?? now), 0);
}
