import type { Alert, ListingSize } from './alert.ts';
import type { Announcement, Reminded } from './announce.ts';
import type { Item } from './digest.ts';
import { evidence, problemPhrase } from './evidence.ts';
import { FLAPPING_OPENINGS, flapWindowSeconds } from './flapping.ts';
import type { Look } from './look.ts';
import type { Reason } from './message.ts';
import { joined, type Line, moment, name, strong, words } from './rich-text.ts';
import { type Instant, secondsBetween } from './time.ts';
import { counted, durationText, number, ordinal } from './wording.ts';

/** An open alert: why it is told, and the evidence of this look. */
export function openLine(
  { fingerprint, alert, telling }: Reminded,
  reason: Reason,
  look: Look,
  now: Instant,
): Item {
  const told = telling.told?.problems.at(-1);
  const was = reason === 'changed' && told !== undefined ? `, it ${past(problemPhrase(told, false))}` : '';
  const nowReads = reason === 'changed' ? 'now ' : '';
  const phrase = `${nowReads}${problemPhrase(alert.problem, alert.paused)}${was}`;
  return {
    mark: alert.severity,
    title: [...subject(fingerprint, alert, look), words(' '), strong(phrase), ...why(alert, reason)],
    detail: detailOfOpen(fingerprint, alert, look, now),
    tells: [{ fingerprint, reason, listed: true }],
  };
}

function why(alert: Alert, reason: Reason): Line {
  const { critical } = alert;
  if (reason === 'escalated' && critical?.to !== undefined) {
    return [words(', was critical from '), moment(critical.from), words(' to '), moment(critical.to)];
  }
  if (reason === 'escalated') return [words(', '), strong('critical now')];
  const openings = alert.openings.length;
  if (reason === 'new' && openings >= FLAPPING_OPENINGS) {
    return [words(`, ${ordinal(openings)} time in ${durationText(flapWindowSeconds(alert.labels))}`)];
  }
  return [];
}

function detailOfOpen(fingerprint: string, alert: Alert, look: Look, now: Instant): Line {
  const openFor = secondsBetween(alert.since, now);
  const since = openFor > 0 ? [words(`open for ${durationText(openFor)}`)] : [];
  const held =
    alert.healthySince === undefined
      ? []
      : [
          words(
            `well for ${durationText(secondsBetween(alert.healthySince, now))}, held open because it flaps`,
          ),
        ];
  if (fingerprint === 'listing') return joined([blindness(look), held, since, STANDS_AS_IT_WAS], ' · ');
  const place = whereItLands(fingerprint, alert);
  if (look.kind === 'blind') return joined([place, [words('as last seen')], since], ' · ');
  if (fingerprint === 'records') return joined([[words('each lacks a usable id')], since], ' · ');
  const diagnosis = look.diagnoses.get(`sync:${fingerprint.slice(5)}`);
  if (diagnosis === undefined) return joined([place, [words('not in the last listing')], since], ' · ');
  const unproved = diagnosis.verdict.kind === 'inconclusive' ? [words('no proof yet that it is over')] : [];
  return joined([place, evidence(diagnosis, now), held, unproved, since], ' · ');
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
export function closedLine(
  { fingerprint, alert, telling, reason }: Announcement,
  look: Look,
  now: Instant,
): Item {
  const { ended, critical } = alert;
  const lasted = secondsBetween(alert.since, ended?.at ?? now);
  const untold =
    telling.told?.severity === 'warning' && critical?.to !== undefined && critical.to > telling.told.at;
  const diagnosis = look.kind === 'seen' ? look.diagnoses.get(`sync:${fingerprint.slice(5)}`) : undefined;
  const ago = diagnosis?.successLagSeconds;
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
        whereItLands(fingerprint, alert),
        [words(`${past(problemPhrase(alert.problem, alert.paused))} for ${durationText(lasted)}`)],
        untold && critical?.to !== undefined
          ? [words('critical from '), moment(critical.from), words(' to '), moment(critical.to)]
          : [],
        ended?.how === 'resolved' ? success : [],
      ],
      ' · ',
    ),
    tells: [{ fingerprint, reason, listed: true }],
  };
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
export function missedLine({ fingerprint, alert, reason }: Announcement): Item {
  const ended = alert.ended?.at ?? alert.since;
  return {
    mark: alert.ended?.how === 'resolved' ? 'good' : 'note',
    title: [
      ...subject(fingerprint, alert),
      words(` ${past(problemPhrase(alert.problem, alert.paused))} from `),
      moment(alert.since),
      words(' to '),
      moment(ended),
      words(', which could not be told then'),
    ],
    detail: joined([whereItLands(fingerprint, alert), [words(closingPhrase(alert))]], ' · '),
    tells: [{ fingerprint, reason, listed: true }],
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
    tells: paused.map(({ fingerprint, reason }) => ({ fingerprint, reason, listed: false })),
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
  return name(labels?.name ?? labels?.source ?? fingerprint.slice(5));
}

/** The id, and the knowledge base and table that wait for the data. */
function whereItLands(fingerprint: string, { labels }: Alert): Line {
  if (labels === null) return [];
  const id = name(fingerprint.slice(5));
  const destination = [labels.kbUid, labels.destTable].filter((part) => part !== null).join(' / ');
  return destination === '' ? [id] : [id, words(' → '), name(destination)];
}

function past(phrase: string): string {
  return phrase
    .replace(/^is /, 'was ')
    .replace(/^has /, 'had ')
    .replace(/^cannot /, 'could not ');
}
