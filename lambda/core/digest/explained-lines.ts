import { apiTimeOf } from '../diagnose/evaluation.ts';
import { groupBy } from '../group-by.ts';
import { connectionKey } from '../notify/cause.ts';
import type { TrackedAlert } from '../notify/notification.ts';
import type { NotifyReason } from '../notify/reason.ts';
import { PROBLEM_KINDS } from '../problem.ts';
import { adviceLine } from './advice-line.ts';
import { exceptions, isImminent, namesLine, openFor } from './cause-lines.ts';
import { commonEvidence } from './common-evidence.ts';
import type { Item } from './digest.ts';
import type { DigestEvaluation } from './digest-evaluation.ts';
import {
  agentText,
  briefAgentText,
  briefExplanation,
  commonExplanation,
  consequences,
  type Explanation,
  explanationOf,
  explanationText,
  lateText,
} from './explanation-lines.ts';
import { connectorName, listOf, nameOf } from './names.ts';
import { joined, type Line, type Span, strong, untrusted, words } from './rich-text.ts';
import { formatNumber, pluralize } from './wording.ts';

/** Alerts that no shared cause explains, and that are open for one error or one agent. That is layout alone. */
export interface ExplainedGroup<T extends TrackedAlert = TrackedAlert> {
  readonly explanation: Explanation;
  readonly reason: NotifyReason;
  /** At least two, in the order of singles. */
  readonly alerts: readonly T[];
}

/** The singles that have their explanation, and why they are sent, in common with others; and those that have not. */
export function explainedGroups<T extends TrackedAlert>(
  singles: readonly T[],
  reasonOf: (one: T) => NotifyReason,
  evaluation: DigestEvaluation,
): { readonly groups: readonly ExplainedGroup<T>[]; readonly singles: readonly T[] } {
  if (evaluation.explanations === undefined) return { groups: [], singles };
  const byKey = groupBy(singles, (one) => {
    const key = explanationOf(one, evaluation)?.key;
    return key === undefined ? one.fingerprint : `${reasonOf(one)} ${key}`;
  });
  const groups: ExplainedGroup<T>[] = [];
  const grouped = new Set<T>();
  for (const alerts of byKey.values()) {
    const [first] = alerts;
    const explanation = first && alerts.length > 1 ? commonExplanation(alerts, evaluation) : undefined;
    if (first === undefined || explanation === undefined) continue;
    groups.push({ explanation, reason: reasonOf(first), alerts });
    for (const one of alerts) grouped.add(one);
  }
  return { groups, singles: singles.filter((one) => !grouped.has(one)) };
}

export function isCriticalGroup({ alerts }: ExplainedGroup): boolean {
  return alerts.some(({ alert }) => alert.severity === 'critical');
}

/** Up to so many names stand in the title. */
const MAX_IN_TITLE = 3;

/** "14 syncs on 3 connections are failing: `permission denied for schema public`", and their names. */
export function explainedGroupLines<T extends TrackedAlert>(
  group: ExplainedGroup<T>,
  evaluation: DigestEvaluation,
): readonly Item[] {
  const { explanation, reason, alerts } = group;
  const isError = explanation.kind === 'error';
  const now = apiTimeOf(evaluation);
  const subject = subjectOf(group, evaluation);
  const parts = [
    isError ? [] : subject,
    consequences(
      alerts.filter((one) => !isImminent(one, evaluation)),
      explanation,
      evaluation,
    ),
    ...commonEvidence(alerts, evaluation, isError ? { error: explanation.error.text } : { isIdle: true }),
    placesOf(group, evaluation),
    openFor(alerts, evaluation.at),
  ];
  const action = adviceLine(alerts, explanation, evaluation);
  const names = namesLine(alerts, () => reason, evaluation);
  const areInTitle = alerts.length <= MAX_IN_TITLE;
  const head: Item = {
    level: isCriticalGroup(group) ? 'critical' : 'warning',
    title: isError
      ? [...subject, ...explanationText(explanation, evaluation)]
      : [...agentText(explanation.trouble, now), words(': '), ...lateText(explanation.trouble, now)],
    push: isError
      ? [...subject, ...briefExplanation(explanation, alerts, evaluation)]
      : briefAgentText(explanation.trouble, now),
    detail: joined(parts, ' · '),
    ...(action.length > 0 && { action }),
    covers: areInTitle ? names.covers : [],
  };
  return [head, ...(areInTitle ? [] : [names]), ...exceptions(alerts, explanation, evaluation)];
}

/** "orders, refunds and fees are failing", "14 syncs on 3 connections are failing, critical now". */
function subjectOf(group: ExplainedGroup, { linkOf }: DigestEvaluation): Line {
  const { alerts, reason } = group;
  const isNews = reason === 'escalated' && isCriticalGroup(group);
  return [
    ...(alerts.length <= MAX_IN_TITLE
      ? [...joinedWithAnd(alerts.map((one) => nameOf(one, linkOf))), words(' ')]
      : countOf(alerts)),
    strong(`are ${adjectiveOf(alerts)}`),
    ...(isNews ? [words(', '), strong('critical now')] : []),
  ];
}

function countOf(alerts: readonly TrackedAlert[]): Line {
  const connections = new Set(alerts.map(({ alert }) => connectionKey(alert.labels))).size;
  const where = connections > 1 ? ` on ${pluralize(connections, 'connection')}` : '';
  return [words(`${pluralize(alerts.length, 'sync')}${where} `)];
}

function joinedWithAnd(names: readonly Span[]): Line {
  return names.flatMap((name, index) => {
    if (index === 0) return [name];
    return [words(index === names.length - 1 ? ' and ' : ', '), name];
  });
}

function adjectiveOf(alerts: readonly TrackedAlert[]): string {
  const problems = new Set(alerts.map(({ alert }) => alert.problem));
  const [only] = problems;
  if (only === undefined || only === 'listing_failed' || problems.size > 1) return 'unhealthy';
  return PROBLEM_KINDS[only].adjective;
}

/** "connections pg-main, pg-shop and 1 more, connector warehouse box": where a person looks. */
function placesOf({ alerts, explanation }: ExplainedGroup, { explanations }: DigestEvaluation): Line {
  const named = (singular: string, names: readonly (string | null | undefined)[]): Line => {
    const known = [...new Set(names)].filter((name) => name != null);
    if (known.length === 0) return [];
    const kind = known.length === 1 ? singular : `${formatNumber(known.length)} ${singular}s`;
    return [
      words(`${kind} `),
      ...listOf(
        known.map((name) => [untrusted(name)]),
        3,
      ),
    ];
  };
  const labels = alerts.map(({ alert }) => alert.labels);
  const connections = labels.map((one) => one?.connectionRef);
  const connectors = labels.map((one) => connectorName(one?.connectorId ?? null, explanations?.names));
  // The title names the connector of an agent.
  const isNamed = explanation.kind === 'agent';
  return joined([named('connection', connections), isNamed ? [] : named('connector', connectors)], ', ');
}
