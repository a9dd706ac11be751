import type { Alert, ListingSize } from './alert.ts';
import type { Announcement, Reminded } from './announce.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Item } from './digest.ts';
import { evidence, pastPhrase, problemPhrase } from './evidence.ts';
import { flapWindowSeconds, isFlapping } from './flapping.ts';
import type { Look } from './look.ts';
import type { Reason, Tells } from './message.ts';
import { isBlank, joined, type Line, moment, name, strong, words } from './rich-text.ts';
import type { Labels } from './sync.ts';
import { type Instant, secondsBetween } from './time.ts';
import { counted, durationText, listed, number, ordinal, windowText } from './wording.ts';

/** An open alert: why it is told, and the evidence of this look. */
export function openLine(one: Reminded, reason: Reason, look: Look, now: Instant): Item {
  const { fingerprint, alert, telling } = one;
  const told = telling.told?.problems.at(-1);
  const was = reason === 'changed' && told !== undefined ? ` now, it ${pastPhrase(told, false)}` : '';
  const phrase = isHeld(fingerprint, alert, look)
    ? HELD
    : `${problemPhrase(alert.problem, alert.paused)}${was}`;
  return {
    mark: alert.severity,
    title: [...subject(fingerprint, alert, look), words(' '), strong(phrase), ...why(alert, reason)],
    detail: detailOfOpen(fingerprint, alert, look, now),
    tells: [tells(one, reason, true)],
  };
}

/** What a message tells of an alert, once it was accepted. */
export function tells({ fingerprint, cause }: Reminded, reason: Reason, listed: boolean): Tells {
  return { fingerprint, reason, listed, ...(cause && { cause: cause.key }) };
}

const HELD = 'may be over, but came back before';

/** A flapping alert that this look finds well, and that is held open until it has been so for long enough. */
export function isHeld(fingerprint: string, { healthySince }: Alert, look: Look): boolean {
  if (healthySince === undefined || look.kind === 'blind') return false;
  const verdict = diagnosisOf(fingerprint, look)?.verdict;
  return verdict === undefined ? !fingerprint.startsWith('sync:') : verdict.kind === 'healthy';
}

function why(alert: Alert, reason: Reason): Line {
  const { critical } = alert;
  if (reason === 'escalated' && critical?.to === undefined) return [words(', '), strong('critical now')];
  const was = reason === 'escalated' || reason === 'new' ? wasCritical(alert) : [];
  const past = was.length === 0 ? [] : [words(', was '), ...was];
  if (reason !== 'new' || !isFlapping(alert)) return past;
  const times = `, ${ordinal(alert.openings.length)} time in ${windowText(flapWindowSeconds(alert.labels))}`;
  return [words(times), ...past];
}

/** "critical from … to …", where this opening was and is so no more. */
function wasCritical({ critical, since }: Alert): Line {
  if (critical?.to === undefined || critical.from < since) return [];
  return [words('critical from '), moment(critical.from), words(' to '), moment(critical.to)];
}

function detailOfOpen(fingerprint: string, alert: Alert, look: Look, now: Instant): Line {
  const openFor = secondsBetween(alert.since, now);
  const since = openFor > 0 ? [words(`open for ${durationText(openFor)}`)] : [];
  const well = durationText(secondsBetween(alert.healthySince ?? now, now));
  const isWell = isHeld(fingerprint, alert, look);
  const held = isWell ? [words(`well for ${well}, held open because it flaps`)] : [];
  if (fingerprint === 'listing') {
    return joined([blindness(look), held, since, look.kind === 'blind' ? STANDS_AS_IT_WAS : []], ' · ');
  }
  const place = whereItLands(fingerprint, alert);
  if (look.kind === 'blind') return joined([[words('as last seen')], since, place], ' · ');
  if (fingerprint === 'records') return joined([[words('each lacks a usable id')], since], ' · ');
  const diagnosis = diagnosisOf(fingerprint, look);
  if (diagnosis === undefined) return joined([[words('not in the last listing')], since, place], ' · ');
  const unproved = diagnosis.verdict.kind === 'inconclusive' ? [words('no proof yet that it is over')] : [];
  return joined([evidence(diagnosis, now), held, unproved, since, place], ' · ');
}

const STANDS_AS_IT_WAS: Line = [words('open alerts stand as they were')];

function blindness(look: Look): Line {
  if (look.kind === 'seen') return [];
  return [
    words('tried '),
    name(look.blindness.tried, 160),
    words(', got '),
    name(look.blindness.cameBack, 160),
  ];
}

/** The one closing of an alert. Only a newer success is worded as recovered. */
export function closedLine(one: Announcement, look: Look, now: Instant): Item {
  const { fingerprint, alert, telling, reason } = one;
  const { ended, critical } = alert;
  const untold =
    telling.told?.severity === 'warning' && critical?.to !== undefined && critical.to > telling.told.at;
  const ago = diagnosisOf(fingerprint, look)?.successLagSeconds;
  const success = ago == null ? [] : [words(`last success ${durationText(ago)} ago`)];
  return {
    mark: ended?.how === 'resolved' ? 'good' : 'note',
    title: [
      ...subject(fingerprint, alert),
      words(' '),
      strong(closingPhrase(alert)),
      ...ignoredBecause(alert),
    ],
    detail: joined(
      [
        [words(lasted(alert, now))],
        untold ? wasCritical(alert) : [],
        ended?.how === 'resolved' ? success : [],
        whereItLands(fingerprint, alert),
      ],
      ' · ',
    ),
    tells: [tells(one, reason, true)],
  };
}

/** A flapping alert was held open while it was well, and one of several problems had each for a part of the time. */
function lasted(alert: Alert, now: Instant): string {
  const { problem, problems, paused, openings, labels } = alert;
  if (isFlapping(alert)) {
    return `${counted(openings.length, 'time')} in ${windowText(flapWindowSeconds(labels))}, and well long enough now`;
  }
  const length = durationText(secondsBetween(alert.since, alert.ended?.at ?? now));
  if (problems.length <= 1) return `${pastPhrase(problem, paused)} for ${length}`;
  return `open for ${length}: ${listed(problems.map((one) => pastPhrase(one, false)))}`;
}

function closingPhrase({ ended }: Alert): string {
  switch (ended?.how) {
    case 'gone':
      return 'is gone from the listing';
    case 'ignored':
      return 'is ignored by the policy';
    case 'resolved':
      return RESOLVED[ended.by];
    case undefined:
      return 'is over';
  }
}

const RESOLVED = {
  success: 'recovered',
  enabled: 'is enabled again',
  readable: 'can be read again',
  sight: 'can be listed again',
  within_allowance: 'is within its allowance, by its interval or the policy: no new success was seen',
} as const;

function ignoredBecause({ ended }: Alert): Line {
  return ended?.how === 'ignored' ? [words(': '), name(ended.reason)] : [];
}

/** An alert that came and went while the route could not be told. */
export function missedLine(one: Announcement): Item {
  const { fingerprint, alert, reason } = one;
  const ended = alert.ended?.at ?? alert.since;
  return {
    mark: alert.ended?.how === 'resolved' ? 'good' : 'note',
    title: [
      ...subject(fingerprint, alert),
      words(` ${pastPhrase(alert.problem, alert.paused)} from `),
      moment(alert.since),
      words(' to '),
      moment(ended),
      words(', which could not be told then'),
    ],
    detail: joined(
      [wasCritical(alert), [words(closingPhrase(alert))], whereItLands(fingerprint, alert)],
      ' · ',
    ),
    tells: [tells(one, reason, true)],
  };
}

/** The syncs that a person paused before the first look, in one line. */
export function pausedLine(paused: readonly Announcement[], named: number): Item {
  const names = paused.slice(0, named).map(({ fingerprint, alert }) => [nameOf(fingerprint, alert)]);
  const more = paused.length - names.length;
  return {
    mark: 'note',
    title: [
      words(`${counted(paused.length, 'sync')} paused by a person: `),
      ...joined(names, ', '),
      ...(more > 0 ? [words(` and ${number(more)} more`)] : []),
    ],
    detail: [],
    tells: paused.map((one, index) => tells(one, one.reason, index < named)),
  };
}

export function shrinkingLine({ from, to }: NonNullable<ListingSize['shrinking']>): Item {
  const title = `The listing shrank from ${counted(from, 'sync')} to ${number(to)}`;
  const detail = 'deleted, or out of the sight of this key: two listings in a row say so';
  return {
    mark: 'warning',
    title: [strong(title)],
    detail: [words(detail)],
    tells: [],
    tellsShrinking: true,
  };
}

function subject(fingerprint: string, alert: Alert, look?: Look): Line {
  if (fingerprint === 'listing') return [strong('The syncs')];
  if (fingerprint === 'records') {
    return [
      strong(
        look?.kind === 'seen' && look.withoutId > 0 ? counted(look.withoutId, 'record') : 'Some records',
      ),
    ];
  }
  return [nameOf(fingerprint, alert)];
}

function nameOf(fingerprint: string, { labels }: Alert) {
  return name(calledBy(labels) ?? fingerprint.slice('sync:'.length));
}

/** What people call a sync: its name, else its source table; null when it has neither. */
export function calledBy(labels: Labels | null): string | null {
  return [labels?.name, labels?.source].find((text) => text != null && !isBlank(text)) ?? null;
}

/** What this look found of an alert's sync; undefined when it did not see it. */
export function diagnosisOf(fingerprint: string, look: Look): Diagnosis | undefined {
  return look.kind === 'seen' ? look.diagnoses.get(`sync:${fingerprint.slice('sync:'.length)}`) : undefined;
}

/** The id, and the knowledge base and table that wait for the data. */
export function whereItLands(fingerprint: string, { labels }: Alert): Line {
  if (labels === null) return [];
  const id = name(fingerprint.slice(5));
  const destination = [labels.kbUid, labels.destTable].filter((part) => part !== null).join(' / ');
  return destination === '' ? [id] : [id, words(' → '), name(destination)];
}
