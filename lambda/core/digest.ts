import type { Facts, Severity } from './alert.ts';
import type { Announcement, Due, Reminded } from './announce.ts';
import { closedCauseLine, folded, openCauseLines } from './cause-lines.ts';
import {
  calledBy,
  closedLine,
  isHeld,
  missedLine,
  openLine,
  pausedLine,
  shrinkingLine,
  tells,
} from './digest-lines.ts';
import { groupBy } from './group-by.ts';
import type { Look } from './look.ts';
import type { Tells } from './message.ts';
import { type Line, moment, name, words } from './rich-text.ts';
import { type SectionName, sectionOf } from './sections.ts';
import { type Instant, secondsBetween } from './time.ts';
import { counted, durationText, listed, number } from './wording.ts';

/** What one check says to one route, before it looks like anything. */
export interface Digest {
  /** Which of several deployments speaks. */
  readonly environment: string;
  /** Ours alone, so that it can stand where nothing is escaped. */
  readonly headline: string;
  readonly sections: readonly Section[];
  /** The reminder that is due is given with it, though no line is one: all that is open stands in it. */
  readonly givesReminder?: true;
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
  readonly mark: 'critical' | 'warning' | 'good' | 'note';
  readonly title: Line;
  readonly detail: Line;
  readonly tells: readonly Tells[];
  readonly tellsShrinking?: true;
  /** One of the alerts that the item above it speaks of. */
  readonly isBeneath?: true;
}

/** Where the digest comes from. */
export interface Place {
  readonly environment: string;
  readonly organisation: string;
  /** What shows the rest of a digest that was too long: a command. */
  readonly moreHint: string;
}

/** Above this many lines of recoveries, or of a reminder, one line counts the rest. */
export const LONGEST_LIST = 10;

/** How many syncs paused by a person are named on a first look. */
const PAUSED_NAMED = 3;

/** Arranges what is due. Critical before warning, then the latest in intervals, then the name. */
export function digest(
  due: Due,
  facts: Facts,
  look: Look,
  place: Place,
  firstLook: boolean,
  now: Instant,
): Digest {
  const inSections = groupBy(sorted(due.announcements, look), sectionOf);
  const of = (section: SectionName) => inSections.get(section) ?? [];
  const isPausedAtFirst = ({ alert, reason }: Announcement) => firstLook && alert.paused && reason === 'new';
  const paused = of('open').filter(isPausedAtFirst);
  const open = of('open').filter((one) => !isPausedAtFirst(one));

  const sections: readonly Section[] = [
    { title: 'Needs a person', items: opened(open, look, now) },
    { title: 'Paused', items: paused.length === 0 ? [] : [pausedLine(paused, PAUSED_NAMED)] },
    { title: 'Over before it could be told', items: missed(of('missed'), now) },
    { title: 'Resolved', items: closings(of('resolved'), 'over', look, now) },
    {
      title: 'No longer watched',
      items: [
        ...(due.shrinking === undefined ? [] : [shrinkingLine(due.shrinking)]),
        ...closings(of('unwatched'), 'no longer watched', look, now),
      ],
    },
    { title: 'Still open', items: reminded(sorted(due.reminder, look), look, now) },
    { title: 'Came and went', items: passed(of('passed'), now) },
    { title: 'Could not be judged', items: opened(of('unjudged'), look, now) },
  ];
  return {
    environment: place.environment,
    headline: headline(due, look, firstLook),
    sections: sections.filter(({ items }) => items.length > 0),
    ...(due.givesReminder && { givesReminder: true }),
    context: context(facts, look, place, now),
    moreHint: place.moreHint,
  };
}

/** Shared causes first, then each alert that stands alone on a line of its own. */
function opened(announcements: readonly Announcement[], look: Look, now: Instant): readonly Item[] {
  const { causes, singles } = folded(announcements);
  const line = (one: Announcement): Item => openLine(one, one.reason, look, now);
  const lines = causes.flatMap((group) => openCauseLines(group, ({ reason }) => reason, line, look, now));
  return [...lines, ...singles.map(line)];
}

function missed(announcements: readonly Announcement[], now: Instant): readonly Item[] {
  const { causes, singles } = folded(announcements);
  const lines = causes.map((group) => closedCauseLine(group, 'missed', 'came and went', now));
  return [...lines, ...singles.map(missedLine)];
}

/** What came and went while its cause was told, by cause. */
function passed(announcements: readonly Announcement[], now: Instant): readonly Item[] {
  const { causes, singles } = folded(announcements, 1);
  const lines = causes.map((group) => closedCauseLine(group, 'passed', 'came and went', now));
  if (singles.length === 0) return lines;
  const title = [words(`${counted(singles.length, 'sync')} came and went`)];
  return [...lines, { mark: 'note', title, detail: [], tells: singles.map(countedOnly) }];
}

/**
 * Shared causes first, then each closing on a line of its own; those that were only counted, and those beyond ten, in
 * one line together.
 */
function closings(
  announcements: readonly Announcement[],
  phrase: 'over' | 'no longer watched',
  look: Look,
  now: Instant,
): readonly Item[] {
  const { causes, singles } = folded(announcements, 1);
  const wasListed = ({ telling }: Announcement) => telling.told?.listed !== false;
  const lines = singles.filter(wasListed);
  const shown = lines.slice(0, LONGEST_LIST);
  const rest = [...lines.slice(LONGEST_LIST), ...singles.filter((one) => !wasListed(one))];
  const items = [
    ...causes.map((group) => closedCauseLine(group, 'closing', phrase, now)),
    ...shown.map((one) => closedLine(one, look, now)),
  ];
  if (rest.length === 0) return items;
  const more = shown.length > 0 ? 'more ' : '';
  const summary = `${number(rest.length)} ${more}${rest.length === 1 ? 'sync is' : 'syncs are'} ${phrase}`;
  return [...items, { mark: 'note', title: [words(summary)], detail: [], tells: rest.map(countedOnly) }];
}

function reminded(reminder: readonly Reminded[], look: Look, now: Instant): readonly Item[] {
  const { causes, singles } = folded(reminder);
  const line = (one: Reminded): Item => openLine(one, 'reminder', look, now);
  const lines = causes.flatMap((group) => openCauseLines(group, () => 'reminder', line, look, now));
  const shown = singles.slice(0, LONGEST_LIST).map(line);
  const rest = singles.slice(LONGEST_LIST);
  if (rest.length === 0) return [...lines, ...shown];
  const title = [words(`and ${number(rest.length)} more still open`)];
  const counted = rest.map((one) => tells(one, 'reminder', false));
  return [...lines, ...shown, { mark: 'note', title, detail: [], tells: counted }];
}

function countedOnly(one: Announcement): Tells {
  return tells(one, one.reason, false);
}

/** Counts, the worst first: what a lock screen shows. */
function headline({ announcements, reminder, shrinking }: Due, look: Look, firstLook: boolean): string {
  const open = announcements.filter(({ reason }) => ['new', 'escalated', 'changed'].includes(reason));
  const isPausedAtFirst = ({ alert, reason }: Announcement) => firstLook && alert.paused && reason === 'new';
  const paused = open.filter(isPausedAtFirst).length;
  const watched = open.filter((one) => one.fingerprint.startsWith('sync:') && !isPausedAtFirst(one));
  const sight = open.find(({ fingerprint }) => fingerprint === 'listing');
  const records = open.some(({ fingerprint }) => fingerprint === 'records');
  const missed = announcements.filter(({ reason }) => reason === 'missed' || reason === 'passed').length;
  const closings = announcements.filter(({ reason }) => reason === 'closing');
  const resolved = closings.filter(({ alert }) => alert.ended?.how === 'resolved').length;
  const unwatched = closings.length - resolved;
  const said = listed(
    [
      sight === undefined ? '' : sightPhrase(sight, look),
      needAPerson(watched),
      records ? 'some records cannot be read' : '',
      pausedPhrase(paused, watched.length),
      missed > 0 ? `${number(missed)} came and went` : '',
      resolved > 0 ? `${number(resolved)} resolved` : '',
      unwatched > 0 ? `${number(unwatched)} no longer watched` : '',
      reminder.length > 0 ? `${number(reminder.length)} still open` : '',
      shrinking === undefined ? '' : 'the listing shrank',
    ].filter((part) => part !== ''),
  );
  return firstLook ? `First look: ${said}` : said.charAt(0).toUpperCase() + said.slice(1);
}

function sightPhrase({ fingerprint, alert }: Announcement, look: Look): string {
  return isHeld(fingerprint, alert, look)
    ? 'the sight of the syncs comes and goes'
    : 'the syncs cannot be seen';
}

function pausedPhrase(paused: number, watched: number): string {
  if (paused === 0) return '';
  return `${watched === 0 ? counted(paused, 'sync') : number(paused)} ${paused === 1 ? 'is' : 'are'} paused`;
}

function needAPerson(watched: readonly Announcement[]): string {
  if (watched.length === 0) return '';
  const critical = watched.filter(({ alert }) => alert.severity === 'critical').length;
  const severe =
    critical === watched.length ? 'critical' : critical > 0 ? `${number(critical)} critical` : '';
  // One may stand in two sections.
  const causes = new Set(folded(watched).causes.map(({ cause }) => cause.key)).size;
  const shared = causes === 0 ? '' : causes === 1 ? 'one shared cause' : `${number(causes)} shared causes`;
  const how = [severe, shared].filter((part) => part !== '').join(', ');
  const need = `${counted(watched.length, 'sync')} ${watched.length === 1 ? 'needs' : 'need'} a person`;
  return how === '' ? need : `${need} (${how})`;
}

function context(facts: Facts, look: Look, place: Place, now: Instant): Line {
  const firing = Object.values(facts.alerts).filter(({ state }) => state === 'firing');
  const open = firing.filter(({ paused }) => !paused);
  const since = open.reduce((oldest, alert) => Math.min(oldest, alert.since), now);
  const checked =
    look.kind === 'seen' ? `${counted(look.diagnoses.size, 'sync')} checked` : 'no sync could be checked';
  const openFor = open.length === 0 ? 0 : secondsBetween(since, now);
  const howLong =
    openFor === 0 ? '' : `, ${open.length > 1 ? 'the oldest ' : ''}first seen ${durationText(openFor)} ago`;
  const paused = firing.length === open.length ? '' : `, ${number(firing.length - open.length)} paused`;
  const stillOpen = `${open.length === 0 ? 'none' : number(open.length)} open${howLong}${paused}`;
  return contextLine(`${checked} · ${stillOpen}`, place, now);
}

/** The last line of what is posted: what it is about, and from where and when it is. */
export function contextLine(about: string, place: Place, now: Instant): Line {
  return [
    words(`${about} · `),
    name(place.organisation),
    words(' ('),
    name(place.environment),
    words(') · '),
    moment(now),
  ];
}

const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { critical: 0, warning: 1 };

function sorted<T extends Reminded>(alerts: readonly T[], look: Look): readonly T[] {
  const ranked = alerts.map((one) => ({
    one,
    severity: SEVERITY_ORDER[one.alert.severity],
    behind: intervalsBehind(one.fingerprint, look),
    name: calledBy(one.alert.labels) ?? one.fingerprint,
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
function intervalsBehind(fingerprint: string, look: Look): number {
  if (!fingerprint.startsWith('sync:')) return Number.MAX_VALUE;
  const diagnosis = look.kind === 'seen' ? look.diagnoses.get(`sync:${fingerprint.slice(5)}`) : undefined;
  if (diagnosis?.lagSeconds == null) return 0;
  return diagnosis.lagSeconds / (diagnosis.sync.labels.intervalSeconds ?? Number.POSITIVE_INFINITY);
}
