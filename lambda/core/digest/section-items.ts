import { diagnosisOf } from '../diagnose/evaluation.ts';
import { isSyncFingerprint } from '../fingerprint.ts';
import { groupBy } from '../group-by.ts';
import type { Coverage, Notification, TrackedAlert } from '../notify/notification.ts';
import type { NotifyReason } from '../notify/reason.ts';
import { type Instant, secondsBetween } from '../time.ts';
import { openLine, unreadableLine } from './alert-lines.ts';
import {
  beforeSentText,
  type Folded,
  folded,
  isCritical,
  openCauseLines,
  resolvedCauseLine,
} from './cause-lines.ts';
import type { Item } from './digest.ts';
import type { DigestEvaluation } from './digest-evaluation.ts';
import {
  type ExplainedGroup,
  explainedGroupLines,
  explainedGroups,
  isCriticalGroup,
} from './explained-lines.ts';
import { coverageOf, MAX_NAMED, namesOf } from './names.ts';
import { resolvedBeforeDeliveryLine, resolvedLine } from './resolved-lines.ts';
import { type Line, strong, words } from './rich-text.ts';
import { formatNumber, pluralize, rangeText } from './wording.ts';

/** Above this many resolutions one line counts the rest. */
export const MAX_LISTED = 10;
/** Above this many causes and singles of a reminder one line counts the rest. */
export const MAX_REMINDED = 15;

/** The items of a section that may hold both severities. */
interface BySeverity {
  readonly critical: readonly Item[];
  readonly warnings: readonly Item[];
}

/** Critical causes and critical singles, then the others; causes before singles. */
export function openItems(notifications: readonly Notification[], evaluation: DigestEvaluation): BySeverity {
  // News of a cause stands under it, also when it is one alert.
  const { causes, singles } = folded(notifications, 1);
  const rerouted = singles.filter(({ logEntry }) => logEntry.rerouted);
  const isMany = rerouted.length > MAX_LISTED;
  const shown = isMany ? singles.filter(({ logEntry }) => !logEntry.rerouted) : singles;
  const lines = linesOf({ causes, singles: shown }, ({ reason }) => reason, evaluation);
  const { critical, warnings } = bySeverity(lines, ({ reason }) => reason, evaluation);
  if (!isMany) return { critical, warnings };
  const isWarning = (one: Notification) => !isCriticalSingle(one);
  return {
    critical: [...critical, ...reroutedLine(rerouted.filter(isCriticalSingle), evaluation.at)],
    warnings: [...warnings, ...reroutedLine(rerouted.filter(isWarning), evaluation.at)],
  };
}

/** Alerts that the routes send here now, and that another destination was sent before: "50 open alerts come here now". */
function reroutedLine(alerts: readonly Notification[], now: Instant): readonly Item[] {
  const [first] = alerts;
  if (first === undefined) return [];
  const since = alerts.map(({ alert }) => secondsBetween(alert.since, now));
  const title: Line = [
    strong(`${pluralize(alerts.length, 'open alert')} of other routes`),
    words(': '),
    ...namesOf(alerts),
  ];
  const open = rangeText(since);
  return [
    {
      level: first.alert.severity,
      title,
      detail: [words(`sent elsewhere before; open for ${open}`)],
      covers: alerts.map((one, index) => coverageOf(one, one.reason, index < MAX_NAMED)),
    },
  ];
}

/** What stands for itself in a section: shared causes, alerts with one explanation, and singles. */
interface Lines<T extends TrackedAlert> {
  readonly causes: readonly Folded<T>[];
  readonly groups: readonly ExplainedGroup<T>[];
  readonly singles: readonly T[];
}

function linesOf<T extends TrackedAlert>(
  { causes, singles }: ReturnType<typeof folded<T>>,
  reasonOf: (one: T) => NotifyReason,
  evaluation: DigestEvaluation,
): Lines<T> {
  return { causes, ...explainedGroups(singles, reasonOf, evaluation) };
}

/** Critical causes, groups and singles, and the others; causes before groups before singles. */
function bySeverity<T extends TrackedAlert>(
  { causes, groups, singles }: Lines<T>,
  reasonOf: (one: T) => NotifyReason,
  evaluation: DigestEvaluation,
): BySeverity {
  const linesWhere = (critical: boolean) => [
    ...causes
      .filter((group) => isCritical(group) === critical)
      .flatMap((group) => openCauseLines(group, reasonOf, evaluation)),
    ...groups
      .filter((group) => isCriticalGroup(group) === critical)
      .flatMap((group) => explainedGroupLines(group, evaluation)),
    ...singles
      .filter((one) => isCriticalSingle(one) === critical)
      .map((one) => openLine(one, reasonOf(one), evaluation)),
  ];
  return { critical: linesWhere(true), warnings: linesWhere(false) };
}

function isCriticalSingle({ alert }: TrackedAlert): boolean {
  return alert.severity === 'critical';
}

/** Records that cannot be read, folded by what is wrong with them. */
export function unreadableItems(
  notifications: readonly Notification[],
  evaluation: DigestEvaluation,
): readonly Item[] {
  const faultsOf = ({ fingerprint }: Notification) =>
    isSyncFingerprint(fingerprint)
      ? diagnosisOf(fingerprint, evaluation)?.faults.join(', ') || fingerprint
      : fingerprint;
  const reasons = new Map(notifications.map(({ fingerprint, reason }) => [fingerprint, reason]));
  return [...groupBy(notifications, faultsOf).values()].flatMap((group) =>
    group.length < 2
      ? group.map((one) => openLine(one, one.reason, evaluation))
      : [unreadableLine(group, ({ fingerprint }) => reasons.get(fingerprint) ?? 'new', evaluation)],
  );
}

export function resolvedBeforeDelivery(
  notifications: readonly Notification[],
  evaluation: DigestEvaluation,
): readonly Item[] {
  const { causes, singles } = folded(notifications);
  return [
    ...causes.map((group) => resolvedCauseLine(group, 'before they were sent', evaluation)),
    ...singles.map((one) => resolvedBeforeDeliveryLine(one, evaluation)),
  ];
}

/** What fired and resolved while its shared cause held it, by cause. */
export function resolvedInGroup(
  notifications: readonly Notification[],
  evaluation: DigestEvaluation,
): readonly Item[] {
  const { causes, singles } = folded(notifications, 1);
  const lines = causes.map((group) => resolvedCauseLine(group, 'before they were sent', evaluation));
  if (singles.length === 0) return lines;
  const title = [words(`${pluralize(singles.length, 'sync')} ${beforeSentText(singles)}`)];
  return [...lines, { level: 'note', title, detail: [], covers: singles.map(countedOnly) }];
}

/**
 * Shared causes first, then each resolution on a line of its own; one line counts those beyond ten and those that were
 * only counted when they fired.
 */
export function resolvedItems(
  notifications: readonly Notification[],
  phrase: 'resolved' | 'excluded by the policy',
  evaluation: DigestEvaluation,
): readonly Item[] {
  const { causes, singles } = folded(notifications);
  const wasListed = ({ logEntry }: Notification) => logEntry.lastNotified?.listed !== false;
  const listed = singles.filter(wasListed);
  const shown = listed.slice(0, MAX_LISTED);
  const rest = [...listed.slice(MAX_LISTED), ...singles.filter((one) => !wasListed(one))];
  const items = [
    ...causes.map((group) => resolvedCauseLine(group, phrase, evaluation)),
    ...shown.map((one) => resolvedLine(one, evaluation)),
  ];
  if (rest.length === 0) return items;
  const more = shown.length > 0 ? 'more ' : '';
  const verb = phrase === 'resolved' ? '' : rest.length === 1 ? 'is ' : 'are ';
  const text = `${formatNumber(rest.length)} ${more}${rest.length === 1 ? 'sync' : 'syncs'} ${verb}${phrase}`;
  const title = [words(`${text}: `), ...namesOf(rest)];
  return [...items, { level: 'note', title, detail: [], covers: rest.map(countedOnly) }];
}

/** What is still open, in so few lines that it fits one message: what finds no room is counted. */
export function reminderItems(reminder: readonly TrackedAlert[], evaluation: DigestEvaluation): BySeverity {
  const { critical, warnings, rest } = worstItems(reminder, evaluation, MAX_REMINDED);
  if (rest.length === 0) return { critical, warnings };
  const covers = rest.map((one) => coverageOf(one, 'reminder', false));
  const title = [words(`and ${formatNumber(rest.length)} more still open`)];
  return { critical, warnings: [...warnings, { level: 'note', title, detail: [], covers }] };
}

/** The worst causes, groups and singles, `max` of them, and the alerts that find no room. */
export function worstItems(
  open: readonly TrackedAlert[],
  evaluation: DigestEvaluation,
  max: number,
): BySeverity & { readonly rest: readonly TrackedAlert[] } {
  const reasonOf = () => 'reminder' as const;
  const { causes, groups, singles } = linesOf(folded(open), reasonOf, evaluation);
  // Nothing critical is left out while a warning is listed.
  const isUrgent = (line: (typeof causes | typeof groups | typeof singles)[number]) =>
    'explanation' in line
      ? isCriticalGroup(line)
      : 'alerts' in line
        ? isCritical(line)
        : isCriticalSingle(line);
  const lines = [...causes, ...groups, ...singles];
  const worstFirst = [...lines.filter(isUrgent), ...lines.filter((line) => !isUrgent(line))];
  const listed = new Set(worstFirst.slice(0, max));
  const shown = {
    causes: causes.filter((group) => listed.has(group)),
    groups: groups.filter((group) => listed.has(group)),
    singles: singles.filter((one) => listed.has(one)),
  };
  const rest = worstFirst.slice(max).flatMap((line) => ('alerts' in line ? line.alerts : [line]));
  return { ...bySeverity(shown, reasonOf, evaluation), rest };
}

function countedOnly(one: Notification): Coverage {
  return coverageOf(one, one.reason, false);
}
