import { apiTimeOf, diagnosisOf, type Evaluation } from '../diagnose/evaluation.ts';
import type { Names } from '../explain/display-names.ts';
import { groupBy } from '../group-by.ts';
import { type Cause, causesOf } from '../notify/cause.ts';
import type { Coverage, Notification, SharedCause, TrackedAlert } from '../notify/notification.ts';
import type { NotifyReason } from '../notify/reason.ts';
import { PROBLEM_KINDS, PROBLEMS } from '../problem.ts';
import { type Instant, secondsBetween } from '../time.ts';
import { adviceLine } from './advice-line.ts';
import { isNearDisable } from './alert-lines.ts';
import { commonEvidence } from './common-evidence.ts';
import type { Item } from './digest.ts';
import type { DigestEvaluation } from './digest-evaluation.ts';
import { evidence } from './evidence.ts';
import {
  agentBackText,
  agentText,
  briefAgentText,
  briefExplanation,
  commonExplanation,
  consequences,
  type Explanation,
  explanationText,
  lateText,
  pastErrorText,
  stopsText,
} from './explanation-lines.ts';
import { deadlineText, failuresLeft, secondsUntilDisabled } from './forecast.ts';
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
import { joined, type Line, strong, timeOfDay, untrusted, words } from './rich-text.ts';
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
  const isAgent = explanation?.kind === 'agent';
  const isOfAgent = isAgent && (cause.kind === 'connector' || cause.kind === 'connection');
  const parts = [
    isOfAgent ? [...whereText(cause, names), ...title] : [],
    consequences(
      all.filter((one) => !isImminent(one, evaluation)),
      explanation,
      evaluation,
    ),
    ...commonEvidence(all, evaluation, {
      error: explanation?.kind === 'error' ? explanation.error.text : undefined,
      isIdle: isAgent,
    }),
    ...(isAgent ? [] : peersText(cause, connectorText(cause, alerts, names))),
    openFor(all, evaluation.at),
    earlierText(cause, names),
    cause.kind === 'organisation' ? spreadText(alerts) : [],
  ];
  const moved: readonly Coverage[] = cause.moved.map(({ fingerprint }) => ({
    fingerprint,
    reason: 'moved',
    listed: false,
    cause: markOf(cause),
  }));
  const action = adviceLine(all, explanation, evaluation);
  const head: Item = {
    level: cause.severity,
    ...explainedTitle(title, {
      cause,
      alerts: all,
      explanation,
      evaluation,
      older: olderText(group, reasonOf, evaluation),
    }),
    detail: joined(
      parts.filter((part) => part.length > 0),
      ' · ',
    ),
    ...(action.length > 0 && { action }),
    covers: moved,
    cause: cause.key,
  };
  const line = namesLine(alerts, reasonOf, evaluation);
  const others = all.slice(alerts.length);
  const alsoOpen = [words(' · also open: '), ...namesOf(others, evaluation.linkOf)];
  return [
    head,
    {
      ...line,
      title: others.length === 0 ? line.title : [...newsLabel(alerts, reasonOf), ...line.title, ...alsoOpen],
      detail: all.length > 1 ? [] : line.detail,
    },
    ...exceptions(alerts, explanation, evaluation),
  ];
}

/** "new: ", "critical now: ", where that is so of all alerts of a message. */
function newsLabel<T extends TrackedAlert>(alerts: readonly T[], reasonOf: (one: T) => NotifyReason): Line {
  if (alerts.every((one) => reasonOf(one) === 'new')) return [words('new: ')];
  const areWorse = alerts.every((one) => reasonOf(one) === 'escalated' && one.alert.severity === 'critical');
  return areWorse ? [words('critical now: ')] : [];
}

/** "connection pg-main: 40 of 40 syncs failing", with the error that they share or the agent that is gone. */
function explainedTitle(
  text: Line,
  {
    cause,
    alerts,
    explanation,
    evaluation,
    older,
  }: {
    readonly cause: SharedCause;
    readonly alerts: readonly TrackedAlert[];
    readonly explanation: Explanation | undefined;
    readonly evaluation: DigestEvaluation;
    /** What is new where only age is. */
    readonly older: string | undefined;
  },
): Pick<Item, 'title' | 'push'> {
  const title = [...whereText(cause, evaluation.explanations?.names), ...text];
  if (explanation === undefined) return { title };
  if (explanation.kind === 'agent' && (cause.kind === 'connector' || cause.kind === 'connection')) {
    const { trouble } = explanation;
    const now = apiTimeOf(evaluation);
    return {
      title: [...agentText(trouble, now), words(': '), ...lateText(trouble, now)],
      push: [...briefAgentText(trouble, now), ...(older === undefined ? [] : [words(`, ${older}`)])],
    };
  }
  return {
    title: [...title, ...explanationText(explanation, evaluation)],
    push: [...title, ...briefExplanation(explanation, alerts, evaluation)],
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
  const others = [...cause.stillOpen, ...cause.moved].filter(({ fingerprint, alert }) => {
    const isOther = !fingerprints.has(fingerprint) && alert.healthySince === undefined;
    fingerprints.add(fingerprint);
    return isOther;
  });
  return [...alerts, ...others];
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
export function exceptions(
  alerts: readonly TrackedAlert[],
  explanation: Explanation | undefined,
  evaluation: DigestEvaluation,
): readonly Item[] {
  const disabled = alerts.filter(({ alert }) => alert.problem === 'disabled');
  const imminent = alerts.filter((one) => isImminent(one, evaluation));
  // With an error, the lock screen says above when that is.
  const isPushed = explanation?.kind !== 'error';
  const line = (some: readonly TrackedAlert[], phrase: Line, short?: string): readonly Item[] =>
    some.length === 0
      ? []
      : [
          {
            level: 'critical',
            title:
              some.length === alerts.length
                ? phrase
                : [...namesOf(some, evaluation.linkOf), words(': '), ...phrase],
            ...(short !== undefined && {
              push: [
                ...listOf(
                  some.map((one) => [nameOf(one)]),
                  3,
                ),
                words(` ${short}`),
              ],
            }),
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
      joined([imminentText(imminent, evaluation), stopsText(imminent, evaluation)], ': '),
      isPushed ? 'about to be disabled' : undefined,
    ),
  ];
}

/** "2 more failures disable each, at about 06:05 UTC (in 1 h 50 m)": the fewest failures that are left, and the shortest time. */
function imminentText(imminent: readonly TrackedAlert[], evaluation: Evaluation): Line {
  const diagnoses = imminent.flatMap(({ fingerprint }) => diagnosisOf(fingerprint, evaluation) ?? []);
  const left = diagnoses.flatMap(({ sync }) => failuresLeft(sync) ?? []);
  const seconds = diagnoses.flatMap(
    (diagnosis) => secondsUntilDisabled(diagnosis, apiTimeOf(evaluation)) ?? [],
  );
  if (left.length === 0) return [strong('about to be disabled by the platform')];
  const [least, most] = [Math.min(...left), Math.max(...left)];
  const count = least === most ? pluralize(most, 'more failure') : `${least} to ${most} more failures`;
  const which = `${most === 1 ? 'disables' : 'disable'} ${imminent.length === 1 ? 'it' : 'each'}`;
  const when = seconds.length === 0 ? [] : [words(', '), ...deadlineText(seconds, apiTimeOf(evaluation))];
  return [strong(`${count} ${which}`), ...when];
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

/** How many syncs of the cause have an open alert. */
export function openCount({ open }: SharedCause): number {
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

/** How the other syncs are, which tells a person where to look, and the connector. */
function peersText(cause: SharedCause, connector: Line): readonly Line[] {
  const { listed, succeeded, beyond, kind } = cause;
  const others = Math.max(0, listed - openCount(cause));
  const own = Math.min(succeeded, others);
  const unit = kind === 'organisation' ? '' : ` of this ${kind}`;
  if (own > 0) return [[words(`${countOfOthers(own, others)}${unit} succeeded since`)], connector];
  if (beyond === undefined || beyond.listed === 0)
    return [others === 0 ? [] : [words(noneOfOthers(others))], connector];
  const where = connector.length === 0 ? [words('this connector')] : connector;
  const [which, verb] = peersBeyond(beyond);
  return [[words(`${which} of `), ...where, words(` ${verb} succeeded since`)]];
}

/** "1 of the 5 syncs on other connections" and "has". */
function peersBeyond({
  listed,
  succeeded,
}: NonNullable<SharedCause['beyond']>): readonly [which: string, verb: string] {
  if (listed === 1) return ['the one sync on another connection', succeeded === 0 ? 'has not' : 'has'];
  const syncs = `${pluralize(listed, 'sync')} on other connections`;
  if (succeeded === 0) return [`none of the ${syncs}`, 'has'];
  if (succeeded === listed)
    return [listed === 2 ? 'both syncs on other connections' : `all ${syncs}`, 'have'];
  return [`${formatNumber(succeeded)} of the ${syncs}`, succeeded === 1 ? 'has' : 'have'];
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
  const causes = alerts.flatMap(({ alert }) => causesOf(alert.labels));
  const keys = (kind: string) =>
    new Set(causes.filter((one) => one.kind === kind).map(({ key }) => key)).size;
  const where = `${pluralize(keys('connection'), 'connection')} on ${pluralize(keys('connector'), 'connector')}`;
  return [words(`${where} affected: check Timbal, the network or the connectors first`)];
}

export type EndPhrase = 'resolved' | 'excluded by the policy' | 'before they were sent';

/** A cause some or all of whose alerts ended, as one line. Those that were never sent are counted in it. */
export function resolvedCauseLine(
  { cause, alerts }: Folded<Notification>,
  phrase: EndPhrase,
  evaluation: DigestEvaluation,
): Item {
  const { explanations, linkOf } = evaluation;
  const { stillOpen } = cause;
  const count = pluralize(alerts.length, 'sync');
  const isFirst = cause.notified?.resolvedAt === undefined;
  const isAll = stillOpen.length === 0 && alerts.length > 1 && cause.isGrouping;
  const healthy = phrase === 'resolved' && stillOpen.length === 0 ? healthyCount(cause, evaluation) : 0;
  const rest = [
    stillOpen.length > 0 ? `, ${formatNumber(stillOpen.length)} still open` : '',
    healthy > alerts.length
      ? `, all ${formatNumber(healthy)}${cause.kind === 'organisation' ? '' : ' of its'} syncs are healthy`
      : '',
  ].join('');
  const text = {
    resolved: isAll
      ? `${isFirst ? 'all' : 'the last'} ${formatNumber(alerts.length)} ${resolvedVerb(alerts)}${rest}`
      : `${count} ${resolvedVerb(alerts)}${rest}`,
    'excluded by the policy': `${count} ${alerts.length === 1 ? 'is' : 'are'} excluded by the policy`,
    'before they were sent': `${count} ${beforeSentText(alerts)}`,
  }[phrase];
  const unsent = alerts.filter(({ reason }) => reason === 'resolved_in_group').length;
  const parts = [
    isAll && alerts.length > MAX_NAMED ? [] : namesOf(alerts, linkOf),
    exclusionReasons(alerts),
    phrase === 'resolved' && unsent > 0
      ? [words(`${formatNumber(unsent)} of them before ${unsent === 1 ? 'it was' : 'they were'} sent`)]
      : [],
    stillOpen.length > 0 ? [words('still open: '), ...namesOf(stillOpen, linkOf)] : [],
    pastErrorText(alerts, evaluation),
    agentBackText(alerts, evaluation),
    stretchText(alerts, evaluation),
  ];
  return {
    level: phrase === 'resolved' ? 'good' : 'note',
    title: [...whereText(cause, explanations?.names), strong(text)],
    detail: joined(parts, ' · '),
    covers: alerts.map((one) => coverageOf(one, one.reason, false)),
  };
}

/** "recovered" where all succeeded, "enabled again", else "resolved". */
export function resolvedVerb(alerts: readonly TrackedAlert[]): string {
  const areAllBy = (by: 'success' | 'enabled') =>
    alerts.every(({ alert: { resolution } }) => resolution?.how === 'resolved' && resolution.by === by);
  return areAllBy('success') ? 'recovered' : areAllBy('enabled') ? 'enabled again' : 'resolved';
}

/** How many watched syncs the cause has, when all of them are healthy; else 0. */
function healthyCount({ kind, key }: Cause, evaluation: Evaluation): number {
  if (evaluation.kind === 'unavailable') return 0;
  let count = 0;
  for (const { sync, verdict, rules } of evaluation.diagnoses.values()) {
    if (verdict.kind === 'paused' || rules.exclusion !== undefined) continue;
    if (kind !== 'organisation' && !causesOf(sync.labels).some((one) => one.key === key)) continue;
    if (verdict.kind !== 'healthy') return 0;
    count += 1;
  }
  return count;
}

/** "open from 08:35 UTC to 10:25 UTC (1 h 50 m), last success before that 08:11 UTC". */
function stretchText(alerts: readonly TrackedAlert[], { at: now }: Evaluation): Line {
  const [from, to] = [oldestOf(alerts, now), endOf(alerts, now)];
  const before = alerts.reduce<Instant | null>((latest, { alert: { lastSuccessAt: one } }) => {
    const isLater = one !== null && one <= from && (latest === null || one > latest);
    return isLater ? one : latest;
  }, null);
  const length = durationText(secondsBetween(from, to));
  const open: Line = [
    words('open from '),
    timeOfDay(from, now),
    words(' to '),
    timeOfDay(to, now),
    words(` (${length})`),
  ];
  return before === null ? open : [...open, words(', last success before that '), timeOfDay(before, now)];
}

/** "recovered before they were sent", "resolved or were paused before they were sent". */
export function beforeSentText(alerts: readonly TrackedAlert[]): string {
  return `${endedText(alerts)} before ${alerts.length === 1 ? 'it was' : 'they were'} sent`;
}

/** "resolved or were paused": what became of them. */
function endedText(alerts: readonly TrackedAlert[]): string {
  const hows = new Set(alerts.map(({ alert }) => alert.resolution?.how));
  const isOne = alerts.length === 1;
  const paused = hows.delete('paused') ? [`${isOne ? 'was' : 'were'} paused`] : [];
  const unlisted = hows.delete('unlisted') ? ['left the listing'] : [];
  const resolved = alerts.filter(({ alert }) => alert.resolution?.how === 'resolved');
  const verb = resolved.length > 0 ? resolvedVerb(resolved) : 'resolved';
  return [...(hows.size > 0 ? [verb] : []), ...paused, ...unlisted].join(' or ');
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
