import type { Facts, Severity } from '../alert.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import { groupBy } from '../group-by.ts';
import type { Coverage } from '../notify/coverage.ts';
import type { Notification, NotificationPlan, TrackedAlert } from '../notify/plan.ts';
import { type SectionName, sectionOf } from '../notify/sections.ts';
import { type Instant, secondsBetween } from '../time.ts';
import {
  closedLine,
  covers,
  displayName,
  isInFlapHold,
  missedLine,
  openLine,
  pausedLine,
  shrinkageLine,
} from './alert-lines.ts';
import { closedCauseLine, folded, openCauseLines } from './cause-lines.ts';
import { type Line, moment, untrusted, words } from './rich-text.ts';
import { durationText, formatNumber, joinWithAnd, pluralize } from './wording.ts';

/** What one check says to one route, before it looks like anything. */
export interface Digest {
  /** Which of several deployments speaks. */
  readonly environment: string;
  /** Ours alone, so that it can stand where nothing is escaped. */
  readonly headline: string;
  readonly sections: readonly Section[];
  /** The reminder that is due is given with it, though no line is one: all that is open stands in it. */
  readonly satisfiesReminder?: true;
  /** The last line of a digest. */
  readonly context: Line;
  /** What shows the items for which there was no room. */
  readonly moreHint: string;
}

export interface Section {
  readonly title: string;
  readonly items: readonly Item[];
}

/** One thing to read: what it is, what a person needs to act on it, and what is remembered once it was accepted. */
export interface Item {
  readonly level: 'critical' | 'warning' | 'good' | 'note';
  readonly title: Line;
  readonly detail: Line;
  readonly covers: readonly Coverage[];
  readonly coversShrinkage?: true;
  /** One of the alerts that the item above it speaks of. */
  readonly isNested?: true;
}

/** Where the digest comes from. */
export interface Origin {
  readonly environment: string;
  readonly organisation: string;
  /** What shows the rest of a digest that was too long: a command. */
  readonly moreHint: string;
}

/** Above this many lines of recoveries, or of a reminder, one line counts the rest. */
export const MAX_LISTED = 10;

/** How many syncs paused by a person are named on a first look. */
const PAUSED_NAMED = 3;

/** Arranges what is due. Critical before warning, then the latest in intervals, then the name. */
export function writeDigest(
  plan: NotificationPlan,
  facts: Facts,
  evaluation: Evaluation,
  origin: Origin,
  initialRun: boolean,
  now: Instant,
): Digest {
  const inSections = groupBy(sorted(plan.notifications, evaluation), sectionOf);
  const of = (section: SectionName) => inSections.get(section) ?? [];
  const isPausedInitially = ({ alert, reason }: Notification) =>
    initialRun && alert.paused && reason === 'new';
  const paused = of('open').filter(isPausedInitially);
  const open = of('open').filter((one) => !isPausedInitially(one));

  const sections: readonly Section[] = [
    { title: 'Needs a person', items: opened(open, evaluation, now) },
    { title: 'Paused', items: paused.length === 0 ? [] : [pausedLine(paused, PAUSED_NAMED)] },
    { title: 'Over before it could be told', items: missed(of('resolved_undelivered'), now) },
    { title: 'Resolved', items: closings(of('resolved'), 'over', evaluation, now) },
    {
      title: 'No longer watched',
      items: [
        ...(plan.shrinkage === undefined ? [] : [shrinkageLine(plan.shrinkage)]),
        ...closings(of('unwatched'), 'no longer watched', evaluation, now),
      ],
    },
    { title: 'Still open', items: reminded(sorted(plan.reminder, evaluation), evaluation, now) },
    { title: 'Came and went', items: passed(of('resolved_in_group'), now) },
    { title: 'Could not be judged', items: opened(of('unjudged'), evaluation, now) },
  ];
  return {
    environment: origin.environment,
    headline: headline(plan, evaluation, initialRun),
    sections: sections.filter(({ items }) => items.length > 0),
    ...(plan.satisfiesReminder && { satisfiesReminder: true }),
    context: context(facts, evaluation, origin, now),
    moreHint: origin.moreHint,
  };
}

/** Shared causes first, then each alert that stands alone on a line of its own. */
function opened(
  notifications: readonly Notification[],
  evaluation: Evaluation,
  now: Instant,
): readonly Item[] {
  const { causes, singles } = folded(notifications);
  const line = (one: Notification): Item => openLine(one, one.reason, evaluation, now);
  const lines = causes.flatMap((group) =>
    openCauseLines(group, ({ reason }) => reason, line, evaluation, now),
  );
  return [...lines, ...singles.map(line)];
}

function missed(notifications: readonly Notification[], now: Instant): readonly Item[] {
  const { causes, singles } = folded(notifications);
  const lines = causes.map((group) => closedCauseLine(group, 'resolved_undelivered', 'came and went', now));
  return [...lines, ...singles.map(missedLine)];
}

/** What came and went while its cause was told, by cause. */
function passed(notifications: readonly Notification[], now: Instant): readonly Item[] {
  const { causes, singles } = folded(notifications, 1);
  const lines = causes.map((group) => closedCauseLine(group, 'resolved_in_group', 'came and went', now));
  if (singles.length === 0) return lines;
  const title = [words(`${pluralize(singles.length, 'sync')} came and went`)];
  return [...lines, { level: 'note', title, detail: [], covers: singles.map(countedOnly) }];
}

/**
 * Shared causes first, then each closing on a line of its own; those that were only counted, and those beyond ten, in
 * one line together.
 */
function closings(
  notifications: readonly Notification[],
  phrase: 'over' | 'no longer watched',
  evaluation: Evaluation,
  now: Instant,
): readonly Item[] {
  const { causes, singles } = folded(notifications, 1);
  const wasListed = ({ logEntry }: Notification) => logEntry.lastNotified?.listed !== false;
  const lines = singles.filter(wasListed);
  const shown = lines.slice(0, MAX_LISTED);
  const rest = [...lines.slice(MAX_LISTED), ...singles.filter((one) => !wasListed(one))];
  const items = [
    ...causes.map((group) => closedCauseLine(group, 'resolved', phrase, now)),
    ...shown.map((one) => closedLine(one, evaluation, now)),
  ];
  if (rest.length === 0) return items;
  const more = shown.length > 0 ? 'more ' : '';
  const summary = `${formatNumber(rest.length)} ${more}${rest.length === 1 ? 'sync is' : 'syncs are'} ${phrase}`;
  return [...items, { level: 'note', title: [words(summary)], detail: [], covers: rest.map(countedOnly) }];
}

function reminded(reminder: readonly TrackedAlert[], evaluation: Evaluation, now: Instant): readonly Item[] {
  const { causes, singles } = folded(reminder);
  const line = (one: TrackedAlert): Item => openLine(one, 'reminder', evaluation, now);
  const lines = causes.flatMap((group) => openCauseLines(group, () => 'reminder', line, evaluation, now));
  const shown = singles.slice(0, MAX_LISTED).map(line);
  const rest = singles.slice(MAX_LISTED);
  if (rest.length === 0) return [...lines, ...shown];
  const title = [words(`and ${formatNumber(rest.length)} more still open`)];
  const counted = rest.map((one) => covers(one, 'reminder', false));
  return [...lines, ...shown, { level: 'note', title, detail: [], covers: counted }];
}

function countedOnly(one: Notification): Coverage {
  return covers(one, one.reason, false);
}

/** Counts, the worst first: what a lock screen shows. */
function headline(
  { notifications, reminder, shrinkage }: NotificationPlan,
  evaluation: Evaluation,
  initialRun: boolean,
): string {
  const open = notifications.filter(({ reason }) => ['new', 'escalated', 'changed'].includes(reason));
  const isPausedInitially = ({ alert, reason }: Notification) =>
    initialRun && alert.paused && reason === 'new';
  const paused = open.filter(isPausedInitially).length;
  const watched = open.filter((one) => one.fingerprint.startsWith('sync:') && !isPausedInitially(one));
  const sight = open.find(({ fingerprint }) => fingerprint === 'listing');
  const records = open.some(({ fingerprint }) => fingerprint === 'records');
  const missed = notifications.filter(
    ({ reason }) => reason === 'resolved_undelivered' || reason === 'resolved_in_group',
  ).length;
  const closings = notifications.filter(({ reason }) => reason === 'resolved');
  const resolved = closings.filter(({ alert }) => alert.resolution?.how === 'resolved').length;
  const unwatched = closings.length - resolved;
  const said = joinWithAnd(
    [
      sight === undefined ? '' : sightPhrase(sight, evaluation),
      needAPerson(watched),
      records ? 'some records cannot be read' : '',
      pausedPhrase(paused, watched.length),
      missed > 0 ? `${formatNumber(missed)} came and went` : '',
      resolved > 0 ? `${formatNumber(resolved)} resolved` : '',
      unwatched > 0 ? `${formatNumber(unwatched)} no longer watched` : '',
      reminder.length > 0 ? `${formatNumber(reminder.length)} still open` : '',
      shrinkage === undefined ? '' : 'the listing shrank',
    ].filter((part) => part !== ''),
  );
  return initialRun ? `First look: ${said}` : said.charAt(0).toUpperCase() + said.slice(1);
}

function sightPhrase({ fingerprint, alert }: Notification, evaluation: Evaluation): string {
  return isInFlapHold(fingerprint, alert, evaluation)
    ? 'the sight of the syncs comes and goes'
    : 'the syncs cannot be seen';
}

function pausedPhrase(paused: number, watched: number): string {
  if (paused === 0) return '';
  return `${watched === 0 ? pluralize(paused, 'sync') : formatNumber(paused)} ${paused === 1 ? 'is' : 'are'} paused`;
}

function needAPerson(watched: readonly Notification[]): string {
  if (watched.length === 0) return '';
  const critical = watched.filter(({ alert }) => alert.severity === 'critical').length;
  const severe =
    critical === watched.length ? 'critical' : critical > 0 ? `${formatNumber(critical)} critical` : '';
  // One may stand in two sections.
  const causes = new Set(folded(watched).causes.map(({ cause }) => cause.key)).size;
  const shared =
    causes === 0 ? '' : causes === 1 ? 'one shared cause' : `${formatNumber(causes)} shared causes`;
  const how = [severe, shared].filter((part) => part !== '').join(', ');
  const need = `${pluralize(watched.length, 'sync')} ${watched.length === 1 ? 'needs' : 'need'} a person`;
  return how === '' ? need : `${need} (${how})`;
}

function context(facts: Facts, evaluation: Evaluation, origin: Origin, now: Instant): Line {
  const firing = Object.values(facts.alerts).filter(({ state }) => state === 'firing');
  const open = firing.filter(({ paused }) => !paused);
  const since = open.reduce((oldest, alert) => Math.min(oldest, alert.since), now);
  const checked =
    evaluation.kind === 'listed'
      ? `${pluralize(evaluation.diagnoses.size, 'sync')} checked`
      : 'no sync could be checked';
  const openFor = open.length === 0 ? 0 : secondsBetween(since, now);
  const howLong =
    openFor === 0 ? '' : `, ${open.length > 1 ? 'the oldest ' : ''}first seen ${durationText(openFor)} ago`;
  const paused = firing.length === open.length ? '' : `, ${formatNumber(firing.length - open.length)} paused`;
  const stillOpen = `${open.length === 0 ? 'none' : formatNumber(open.length)} open${howLong}${paused}`;
  return contextLine(`${checked} · ${stillOpen}`, origin, now);
}

/** The last line of what is posted: what it is about, and from where and when it is. */
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
    behind: intervalsBehind(one.fingerprint, evaluation),
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

/** The watcher's own alerts, of which there is no diagnosis, come first. */
function intervalsBehind(fingerprint: string, evaluation: Evaluation): number {
  if (!fingerprint.startsWith('sync:')) return Number.MAX_VALUE;
  const diagnosis =
    evaluation.kind === 'listed' ? evaluation.diagnoses.get(`sync:${fingerprint.slice(5)}`) : undefined;
  if (diagnosis?.lagSeconds == null) return 0;
  return diagnosis.lagSeconds / (diagnosis.sync.labels.intervalSeconds ?? Number.POSITIVE_INFINITY);
}
