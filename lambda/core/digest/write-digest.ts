/*
 * Writes the digest of a plan: takes what is to be sent, gives sections of lines in the order of their urgency. A check
 * calls `writeDigest` once when it has something to send; `render/` turns the digest into messages.
 */
import { type Facts, openAlerts } from '../alert.ts';
import { diagnosisOf, type Evaluation } from '../diagnose/evaluation.ts';
import { intervalsBehind } from '../diagnose/lag.ts';
import { isSyncFingerprint } from '../fingerprint.ts';
import { groupBy } from '../group-by.ts';
import { causesOf } from '../notify/cause.ts';
import { mentionOf } from '../notify/mention.ts';
import { areManyUnlisted } from '../notify/neutral.ts';
import {
  type Notification,
  type NotificationPlan,
  type SectionName,
  sectionOf,
  type TrackedAlert,
} from '../notify/notification.ts';
import type { Policy } from '../policy.ts';
import type { Severity } from '../problem.ts';
import { secondsBetween } from '../time.ts';
import type { Digest, Item, Origin, Section } from './digest.ts';
import type { DigestEvaluation } from './digest-evaluation.ts';
import { endings, headline, pushText } from './headline.ts';
import { mutedText, unmutedItems } from './mute-lines.ts';
import { displayName, namesOf } from './names.ts';
import { neutralLines, nothingListedLine, pausedReminderLine } from './neutral-lines.ts';
import { joined, type Line, moment, untrusted, words } from './rich-text.ts';
import {
  openItems,
  reminderItems,
  resolvedBeforeDelivery,
  resolvedInGroup,
  resolvedItems,
  unreadableItems,
} from './section-items.ts';
import { durationText, formatNumber, pluralize, skewText } from './wording.ts';

/** What a digest is written from, beside the plan. */
export interface DigestContext {
  readonly facts: Facts;
  readonly evaluation: DigestEvaluation;
  readonly origin: Origin;
  readonly initialRun: boolean;
  /** The destination was never sent anything. */
  readonly isNewDestination?: boolean;
  /** Where it goes, and the policy that says whom it mentions there; absent where nothing is sent elsewhere. */
  readonly route?: { readonly name: string; readonly policy: Policy };
}

/** Critical items of every section come before any warning; then the latest in intervals, then by name. */
export function writeDigest(plan: NotificationPlan, digestContext: DigestContext): Digest {
  const { facts, evaluation, origin } = digestContext;
  const notifications = sorted(plan.notifications, evaluation);
  const bySection = groupBy(notifications, sectionOf);
  const of = (section: SectionName) => bySection.get(section) ?? [];
  const open = openItems(of('open'), evaluation);
  const reminder = reminderItems(sorted(plan.reminder, evaluation), evaluation);
  const shown = plan.neutral.filter(({ isImplied }) => !isImplied);
  const neutral = neutralLines(shown, areManyUnlisted(shown, facts));
  const ended = endings(notifications);
  const unsentOfCauses = ended.unsent.filter(({ reason }) => reason === 'resolved_in_group');
  const unjudged = unreadableItems(of('unjudged'), evaluation);
  const isUrgent = ({ level }: Item) => level === 'warning';
  const unmuted = unmutedItems(sorted(plan.unmuted, evaluation));
  const unmutedOf = (level: Item['level']) => ({
    title: 'Held back until now',
    items: unmuted.filter((item) => item.level === level),
  });

  const all: readonly Section[] = [
    {
      title: 'Needs attention',
      items: [...open.critical, ...(plan.nothingListed ? [nothingListedLine(origin)] : [])],
    },
    unmutedOf('critical'),
    { title: 'Still open', items: reminder.critical },
    { title: 'Could not be judged', items: unjudged.filter((item) => !isUrgent(item)) },
    { title: 'Needs attention', items: open.warnings },
    { title: 'Could not be judged', items: unjudged.filter(isUrgent) },
    unmutedOf('warning'),
    { title: 'No longer listed', items: neutral.filter(isUrgent) },
    { title: 'Still open', items: reminder.warnings },
    {
      title: 'Resolved before delivery',
      items: resolvedBeforeDelivery(of('resolved_undelivered'), evaluation),
    },
    {
      title: 'Resolved',
      items: [...resolvedItems(ended.resolved, 'resolved', evaluation), ...stillOpenLine(plan, facts)],
    },
    {
      title: 'Excluded by the policy',
      items: resolvedItems(of('excluded'), 'excluded by the policy', evaluation),
    },
    { title: 'Resolved before they were sent', items: resolvedInGroup(unsentOfCauses, evaluation) },
    unmutedOf('good'),
    { title: 'Paused, resumed or no longer listed', items: neutral.filter((item) => !isUrgent(item)) },
    { title: 'Still paused', items: pausedReminderLine(plan.pausedReminder) },
  ];
  const sections = withImplied(merged(all.filter(({ items }) => items.length > 0)), plan.neutral);
  const text = headline(plan, digestContext);
  const { route } = digestContext;
  const mention = route && mentionOf(plan.notifications, route.name, route.policy);
  return {
    environment: origin.environment,
    ...(route && { destination: route.name }),
    ...(mention !== undefined && { mention }),
    headline: text,
    push: pushText(text, sections, plan.reminder.length > 0 && plan.notifications.length === 0),
    sections,
    ...(isReminderAlone(plan) && { isReminder: true }),
    ...(plan.satisfiesReminder && { satisfiesReminder: true }),
    context: contextLine(
      joined([[words(summary(digestContext))], mutedText(plan.muted)], ' · '),
      origin,
      evaluation,
    ),
    ...silenceCommand(plan, origin),
    moreHint: origin.moreHint,
  };
}

function isReminderAlone({
  notifications,
  unmuted,
  reminder,
  neutral,
  nothingListed,
}: NotificationPlan): boolean {
  return (
    reminder.length > 0 && notifications.length + unmuted.length + neutral.length === 0 && !nothingListed
  );
}

function silenceCommand(
  { token }: NotificationPlan,
  { commandPrefix }: Origin,
): Pick<Digest, 'silenceCommand'> {
  if (token === undefined || commandPrefix === undefined) return {};
  return { silenceCommand: `${commandPrefix} silence ${token} --for 8h` };
}

/** The sections, with each change that needs no line of its own covered by the line about its alert. */
function withImplied(sections: readonly Section[], neutral: NotificationPlan['neutral']): readonly Section[] {
  const implied = new Set(neutral.flatMap(({ fingerprint, isImplied }) => (isImplied ? [fingerprint] : [])));
  if (implied.size === 0) return sections;
  const coversOf = ({ covers }: Item): Item['covers'] => [
    ...covers,
    ...covers.flatMap(({ fingerprint, reason, listed }): Item['covers'] =>
      reason !== 'moved' && implied.has(fingerprint) ? [{ fingerprint, reason: 'condition', listed }] : [],
    ),
  ];
  return sections.map(({ title, items }) => ({
    title,
    items: items.map((item) => ({ ...item, covers: coversOf(item) })),
  }));
}

/** Below resolutions alone, what is still open and not muted: good news must not hide it. */
function stillOpenLine({ notifications, reminder, muted }: NotificationPlan, facts: Facts): readonly Item[] {
  const isResolution = ({ reason }: Notification) => reason === 'resolved' || reason === 'resolved_in_group';
  if (notifications.length === 0 || !notifications.every(isResolution) || reminder.length > 0) return [];
  const causes = notifications.flatMap(({ cause }) => cause ?? []);
  // The line of a cause names its own.
  const named = new Set(causes.flatMap(({ stillOpen }) => stillOpen.map(({ fingerprint }) => fingerprint)));
  const open = openAlerts(facts).filter(
    ([fingerprint]) =>
      isSyncFingerprint(fingerprint) && !named.has(fingerprint) && !muted?.alerts.has(fingerprint),
  );
  if (open.length === 0) return [];
  const names = namesOf(open.map(([fingerprint, alert]) => ({ fingerprint, alert, logEntry: {} })));
  const keys = new Set(causes.map(({ key }) => key));
  const isElsewhere =
    causes.length === notifications.length &&
    open.every(([, { labels }]) => causesOf(labels).every(({ key }) => !keys.has(key)));
  const title: Line = [words(`still open${isElsewhere ? ' for another reason' : ''}: `), ...names];
  return [{ level: 'note', title, push: title, detail: [], covers: [], isNested: true }];
}

/** Neighbours with the same title as one section. */
function merged(sections: readonly Section[]): readonly Section[] {
  const groups: Section[] = [];
  for (const section of sections) {
    const last = groups.at(-1);
    if (last?.title === section.title)
      groups.splice(-1, 1, { ...last, items: [...last.items, ...section.items] });
    else groups.push(section);
  }
  return groups;
}

/** "29 syncs checked · 4 open, the oldest first seen 3 h ago, 2 paused". */
function summary({ facts, evaluation, route }: DigestContext): string {
  const open = openAlerts(facts);
  const since = open.reduce((oldest, [, alert]) => Math.min(oldest, alert.since), evaluation.at);
  const checked =
    evaluation.kind === 'listed'
      ? `${pluralize(evaluation.diagnoses.size, 'sync')} checked`
      : 'no sync could be checked';
  const openFor = open.length === 0 ? 0 : secondsBetween(since, evaluation.at);
  const age =
    openFor === 0 ? '' : `, ${open.length > 1 ? 'the oldest ' : ''}first seen ${durationText(openFor)} ago`;
  const pausedCount = Object.values(facts.conditions).filter(
    ({ condition }) => condition === 'paused',
  ).length;
  const paused = pausedCount === 0 ? '' : `, ${formatNumber(pausedCount)} paused`;
  return `${checked} · ${open.length === 0 ? 'none' : formatNumber(open.length)} open${route ? ' here' : ''}${age}${paused}`;
}

/** The last line of every message: what it is about, where it comes from and when, and whose clock is wrong. */
export function contextLine(
  about: Line,
  origin: Origin,
  { at, apiSkewSeconds, skewExceedsGrace }: Pick<Evaluation, 'at' | 'apiSkewSeconds' | 'skewExceedsGrace'>,
): Line {
  const skew = skewExceedsGrace ? ` · ${skewText(apiSkewSeconds ?? 0)}, its dates are judged by it` : '';
  return [
    ...about,
    words(`${skew} · `),
    untrusted(origin.organisation),
    words(' ('),
    untrusted(origin.environment),
    words(') · '),
    moment(at),
  ];
}

/** Numbers in names in their order: a-2 before a-10. */
const NATURAL_ORDER = new Intl.Collator('en', { numeric: true });

const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { critical: 0, warning: 1 };

function sorted<T extends TrackedAlert>(alerts: readonly T[], evaluation: Evaluation): readonly T[] {
  const ranked = alerts.map((one) => ({
    one,
    severity: SEVERITY_ORDER[one.alert.severity],
    behind: lateness(one.fingerprint, evaluation),
    name: displayName(one.alert.labels) ?? one.fingerprint,
  }));
  ranked.sort((a, b) => {
    if (a.severity !== b.severity) return a.severity - b.severity;
    if (a.behind !== b.behind) return b.behind - a.behind;
    const byName = NATURAL_ORDER.compare(a.name, b.name);
    if (byName !== 0) return byName;
    return a.one.fingerprint < b.one.fingerprint ? -1 : 1;
  });
  return ranked.map(({ one }) => one);
}

/** In intervals. The alerts `listing` and `records`, which have no diagnosis, come first. */
function lateness(fingerprint: string, evaluation: Evaluation): number {
  if (!isSyncFingerprint(fingerprint)) return Number.MAX_VALUE;
  const diagnosis = diagnosisOf(fingerprint, evaluation);
  return (diagnosis && intervalsBehind(diagnosis)) ?? 0;
}
