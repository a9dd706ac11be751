/*
 * Writes the digest of a plan: takes what is to be sent, gives sections of lines in the order of their urgency. A check
 * calls `writeDigest` once when it has something to send; `render/` turns the digest into messages.
 */
import type { Facts } from '../alert.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import { diagnosisOf } from '../diagnose/evaluation.ts';
import { intervalsBehind } from '../diagnose/lag.ts';
import { isSyncFingerprint } from '../fingerprint.ts';
import { groupBy } from '../group-by.ts';
import {
  type Coverage,
  type Notification,
  type NotificationPlan,
  type SectionName,
  sectionOf,
  type TrackedAlert,
} from '../notify/notification.ts';
import type { Severity } from '../problem.ts';
import { type Instant, secondsBetween } from '../time.ts';
import {
  openLine,
  pausedLine,
  resolvedBeforeDeliveryLine,
  resolvedLine,
  shrinkageLine,
} from './alert-lines.ts';
import { folded, openCauseLines, resolvedCauseLine } from './cause-lines.ts';
import type { Digest, Item, Origin, Section } from './digest.ts';
import { headline, isPausedInitially } from './headline.ts';
import { coverageOf, displayName } from './names.ts';
import { type Line, moment, untrusted, words } from './rich-text.ts';
import { durationText, formatNumber, pluralize } from './wording.ts';

/** What a digest is written from, beside the plan. */
export interface DigestContext {
  readonly facts: Facts;
  readonly evaluation: Evaluation;
  readonly origin: Origin;
  readonly initialRun: boolean;
}

/** Above this many resolutions, or singles of a reminder, one line counts the rest. */
export const MAX_LISTED = 10;

/** How many paused syncs the initial digest names. */
const PAUSED_NAMED = 3;

/** Critical before warning, then the latest in intervals, then by name. */
export function writeDigest(plan: NotificationPlan, digestContext: DigestContext): Digest {
  const { facts, evaluation, origin, initialRun } = digestContext;
  const bySection = groupBy(sorted(plan.notifications, evaluation), sectionOf);
  const of = (section: SectionName) => bySection.get(section) ?? [];
  const paused = of('open').filter((one) => isPausedInitially(one, initialRun));
  const open = of('open').filter((one) => !isPausedInitially(one, initialRun));

  const sections: readonly Section[] = [
    { title: 'Needs attention', items: openItems(open, evaluation) },
    { title: 'Paused', items: paused.length === 0 ? [] : [pausedLine(paused, PAUSED_NAMED)] },
    {
      title: 'Resolved before delivery',
      items: resolvedBeforeDelivery(of('resolved_undelivered'), evaluation.at),
    },
    { title: 'Resolved', items: resolvedItems(of('resolved'), 'resolved', evaluation) },
    {
      title: 'No longer watched',
      items: [
        ...(plan.shrinkage === undefined ? [] : [shrinkageLine(plan.shrinkage)]),
        ...resolvedItems(of('no_longer_watched'), 'no longer watched', evaluation),
      ],
    },
    { title: 'Still open', items: reminderItems(sorted(plan.reminder, evaluation), evaluation) },
    { title: 'Resolved in the meantime', items: resolvedInGroup(of('resolved_in_group'), evaluation.at) },
    { title: 'Could not be judged', items: openItems(of('unjudged'), evaluation) },
  ];
  return {
    environment: origin.environment,
    headline: headline(plan, { evaluation, initialRun }),
    sections: sections.filter(({ items }) => items.length > 0),
    ...(plan.satisfiesReminder && { satisfiesReminder: true }),
    context: contextLine(summary(facts, evaluation), origin, evaluation.at),
    moreHint: origin.moreHint,
  };
}

/** Shared causes first, then each single on a line of its own. */
function openItems(notifications: readonly Notification[], evaluation: Evaluation): readonly Item[] {
  const { causes, singles } = folded(notifications);
  const line = (one: Notification): Item => openLine(one, one.reason, evaluation);
  const lines = causes.flatMap((group) =>
    openCauseLines(group, { reasonOf: ({ reason }) => reason, line, evaluation }),
  );
  return [...lines, ...singles.map(line)];
}

function resolvedBeforeDelivery(notifications: readonly Notification[], now: Instant): readonly Item[] {
  const { causes, singles } = folded(notifications);
  const phrase = { reason: 'resolved_undelivered', phrase: 'resolved in the meantime' } as const;
  return [
    ...causes.map((group) => resolvedCauseLine(group, phrase, now)),
    ...singles.map(resolvedBeforeDeliveryLine),
  ];
}

/** What fired and resolved while its shared cause held it, by cause. */
function resolvedInGroup(notifications: readonly Notification[], now: Instant): readonly Item[] {
  const { causes, singles } = folded(notifications, 1);
  const phrase = { reason: 'resolved_in_group', phrase: 'resolved in the meantime' } as const;
  const lines = causes.map((group) => resolvedCauseLine(group, phrase, now));
  if (singles.length === 0) return lines;
  const title = [words(`${pluralize(singles.length, 'sync')} resolved in the meantime`)];
  return [...lines, { level: 'note', title, detail: [], covers: singles.map(countedOnly) }];
}

/**
 * Shared causes first, then each resolution on a line of its own; one line counts those beyond ten and those that were
 * only counted when they fired.
 */
function resolvedItems(
  notifications: readonly Notification[],
  phrase: 'resolved' | 'no longer watched',
  evaluation: Evaluation,
): readonly Item[] {
  const { causes, singles } = folded(notifications, 1);
  const wasListed = ({ logEntry }: Notification) => logEntry.lastNotified?.listed !== false;
  const listed = singles.filter(wasListed);
  const shown = listed.slice(0, MAX_LISTED);
  const rest = [...listed.slice(MAX_LISTED), ...singles.filter((one) => !wasListed(one))];
  const items = [
    ...causes.map((group) => resolvedCauseLine(group, { reason: 'resolved', phrase }, evaluation.at)),
    ...shown.map((one) => resolvedLine(one, evaluation)),
  ];
  if (rest.length === 0) return items;
  const more = shown.length > 0 ? 'more ' : '';
  const verb = phrase === 'resolved' ? '' : rest.length === 1 ? 'is ' : 'are ';
  const text = `${formatNumber(rest.length)} ${more}${rest.length === 1 ? 'sync' : 'syncs'} ${verb}${phrase}`;
  return [...items, { level: 'note', title: [words(text)], detail: [], covers: rest.map(countedOnly) }];
}

function reminderItems(reminder: readonly TrackedAlert[], evaluation: Evaluation): readonly Item[] {
  const { causes, singles } = folded(reminder);
  const line = (one: TrackedAlert): Item => openLine(one, 'reminder', evaluation);
  const lines = causes.flatMap((group) =>
    openCauseLines(group, { reasonOf: () => 'reminder', line, evaluation }),
  );
  const shown = singles.slice(0, MAX_LISTED).map(line);
  const rest = singles.slice(MAX_LISTED);
  if (rest.length === 0) return [...lines, ...shown];
  const title = [words(`and ${formatNumber(rest.length)} more still open`)];
  const covers = rest.map((one) => coverageOf(one, 'reminder', false));
  return [...lines, ...shown, { level: 'note', title, detail: [], covers }];
}

function countedOnly(one: Notification): Coverage {
  return coverageOf(one, one.reason, false);
}

/** "29 syncs checked · 4 open, the oldest first seen 3 h ago, 2 paused". */
function summary(facts: Facts, evaluation: Evaluation): string {
  const firing = Object.values(facts.alerts).filter(({ state }) => state === 'firing');
  const open = firing.filter(({ paused }) => !paused);
  const since = open.reduce((oldest, alert) => Math.min(oldest, alert.since), evaluation.at);
  const checked =
    evaluation.kind === 'listed'
      ? `${pluralize(evaluation.diagnoses.size, 'sync')} checked`
      : 'no sync could be checked';
  const openFor = open.length === 0 ? 0 : secondsBetween(since, evaluation.at);
  const age =
    openFor === 0 ? '' : `, ${open.length > 1 ? 'the oldest ' : ''}first seen ${durationText(openFor)} ago`;
  const paused = firing.length === open.length ? '' : `, ${formatNumber(firing.length - open.length)} paused`;
  return `${checked} · ${open.length === 0 ? 'none' : formatNumber(open.length)} open${age}${paused}`;
}

/** The last line of every message: what it is about, where it comes from and when. */
export function contextLine(about: string, origin: Origin, now: Instant): Line {
  return [
    words(`${about} · `),
    untrusted(origin.organisation),
    words(' ('),
    untrusted(origin.environment),
    words(') · '),
    moment(now),
  ];
}

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
    if (a.name !== b.name) return a.name < b.name ? -1 : 1;
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
