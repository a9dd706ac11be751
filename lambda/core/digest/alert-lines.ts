import type { Alert, ListingSize } from '../alert.ts';
import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import type { Coverage, NotifyReason } from '../notify/coverage.ts';
import type { Notification, TrackedAlert } from '../notify/plan.ts';
import type { Labels } from '../sync.ts';
import { type Instant, secondsBetween } from '../time.ts';
import { flapWindowSeconds, isFlapping } from '../track/flapping.ts';
import { evidence, pastPhrase, problemPhrase } from './evidence.ts';
import { isBlank, joined, type Line, moment, strong, untrusted, words } from './rich-text.ts';
import { durationText, formatNumber, joinWithAnd, ordinal, pluralize, windowText } from './wording.ts';
import type { Item } from './write-digest.ts';

/** An open alert: why it is told, and the evidence of this look. */
export function openLine(
  one: TrackedAlert,
  reason: NotifyReason,
  evaluation: Evaluation,
  now: Instant,
): Item {
  const { fingerprint, alert, logEntry } = one;
  const told = logEntry.lastNotified?.problems.at(-1);
  const was = reason === 'changed' && told !== undefined ? ` now, it ${pastPhrase(told, false)}` : '';
  const phrase = isInFlapHold(fingerprint, alert, evaluation)
    ? HELD
    : `${problemPhrase(alert.problem, alert.paused)}${was}`;
  return {
    level: alert.severity,
    title: [...subject(fingerprint, alert, evaluation), words(' '), strong(phrase), ...why(alert, reason)],
    detail: detailOfOpen(fingerprint, alert, evaluation, now),
    covers: [covers(one, reason, true)],
  };
}

/** What a message tells of an alert, once it was accepted. */
export function covers(
  { fingerprint, cause }: TrackedAlert,
  reason: NotifyReason,
  listed: boolean,
): Coverage {
  return { fingerprint, reason, listed, ...(cause && { cause: cause.key }) };
}

const HELD = 'may be over, but came back before';

/** A flapping alert that this look finds well, and that is held open until it has been so for long enough. */
export function isInFlapHold(fingerprint: string, { healthySince }: Alert, evaluation: Evaluation): boolean {
  if (healthySince === undefined || evaluation.kind === 'unavailable') return false;
  const verdict = diagnosisOf(fingerprint, evaluation)?.verdict;
  return verdict === undefined ? !fingerprint.startsWith('sync:') : verdict.kind === 'healthy';
}

function why(alert: Alert, reason: NotifyReason): Line {
  const { critical } = alert;
  if (reason === 'escalated' && critical?.to === undefined) return [words(', '), strong('critical now')];
  const was = reason === 'escalated' || reason === 'new' ? wasCritical(alert) : [];
  const past = was.length === 0 ? [] : [words(', was '), ...was];
  if (reason !== 'new' || !isFlapping(alert)) return past;
  const times = `, ${ordinal(alert.firings.length)} time in ${windowText(flapWindowSeconds(alert.labels))}`;
  return [words(times), ...past];
}

/** "critical from … to …", where this opening was and is so no more. */
function wasCritical({ critical, since }: Alert): Line {
  if (critical?.to === undefined || critical.from < since) return [];
  return [words('critical from '), moment(critical.from), words(' to '), moment(critical.to)];
}

function detailOfOpen(fingerprint: string, alert: Alert, evaluation: Evaluation, now: Instant): Line {
  const openFor = secondsBetween(alert.since, now);
  const since = openFor > 0 ? [words(`open for ${durationText(openFor)}`)] : [];
  const well = durationText(secondsBetween(alert.healthySince ?? now, now));
  const isWell = isInFlapHold(fingerprint, alert, evaluation);
  const held = isWell ? [words(`well for ${well}, held open because it flaps`)] : [];
  if (fingerprint === 'listing') {
    return joined(
      [failureText(evaluation), held, since, evaluation.kind === 'unavailable' ? STANDS_AS_IT_WAS : []],
      ' · ',
    );
  }
  const place = destinationOf(fingerprint, alert);
  if (evaluation.kind === 'unavailable') return joined([[words('as last seen')], since, place], ' · ');
  if (fingerprint === 'records') return joined([[words('each lacks a usable id')], since], ' · ');
  const diagnosis = diagnosisOf(fingerprint, evaluation);
  if (diagnosis === undefined) return joined([[words('not in the last listing')], since, place], ' · ');
  const unresolved = diagnosis.verdict.kind === 'inconclusive' ? [words('no proof yet that it is over')] : [];
  return joined([evidence(diagnosis, now), held, unresolved, since, place], ' · ');
}

const STANDS_AS_IT_WAS: Line = [words('open alerts stand as they were')];

function failureText(evaluation: Evaluation): Line {
  if (evaluation.kind === 'listed') return [];
  return [
    words('tried '),
    untrusted(evaluation.failure.request, 160),
    words(', got '),
    untrusted(evaluation.failure.received, 160),
  ];
}

/** The one closing of an alert. Only a newer success is worded as recovered. */
export function closedLine(one: Notification, evaluation: Evaluation, now: Instant): Item {
  const { fingerprint, alert, logEntry, reason } = one;
  const { resolution: ended, critical } = alert;
  const unnotified =
    logEntry.lastNotified?.severity === 'warning' &&
    critical?.to !== undefined &&
    critical.to > logEntry.lastNotified.at;
  const ago = diagnosisOf(fingerprint, evaluation)?.successLagSeconds;
  const success = ago == null ? [] : [words(`last success ${durationText(ago)} ago`)];
  return {
    level: ended?.how === 'resolved' ? 'good' : 'note',
    title: [
      ...subject(fingerprint, alert),
      words(' '),
      strong(closingPhrase(alert)),
      ...exclusionReason(alert),
    ],
    detail: joined(
      [
        [words(lasted(alert, now))],
        unnotified ? wasCritical(alert) : [],
        ended?.how === 'resolved' ? success : [],
        destinationOf(fingerprint, alert),
      ],
      ' · ',
    ),
    covers: [covers(one, reason, true)],
  };
}

/** A flapping alert was held open while it was well, and one of several problems had each for a part of the time. */
function lasted(alert: Alert, now: Instant): string {
  const { problem, problems, paused, firings, labels } = alert;
  if (isFlapping(alert)) {
    return `${pluralize(firings.length, 'time')} in ${windowText(flapWindowSeconds(labels))}, and well long enough now`;
  }
  const length = durationText(secondsBetween(alert.since, alert.resolution?.at ?? now));
  if (problems.length <= 1) return `${pastPhrase(problem, paused)} for ${length}`;
  return `open for ${length}: ${joinWithAnd(problems.map((one) => pastPhrase(one, false)))}`;
}

function closingPhrase({ resolution: ended }: Alert): string {
  switch (ended?.how) {
    case 'unlisted':
      return 'is gone from the listing';
    case 'excluded':
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
  listing_restored: 'can be listed again',
  no_longer_late: 'is no longer late: its interval or threshold changed, no new success',
} as const;

function exclusionReason({ resolution: ended }: Alert): Line {
  return ended?.how === 'excluded' ? [words(': '), untrusted(ended.reason)] : [];
}

/** An alert that came and went while the route could not be told. */
export function missedLine(one: Notification): Item {
  const { fingerprint, alert, reason } = one;
  const ended = alert.resolution?.at ?? alert.since;
  return {
    level: alert.resolution?.how === 'resolved' ? 'good' : 'note',
    title: [
      ...subject(fingerprint, alert),
      words(` ${pastPhrase(alert.problem, alert.paused)} from `),
      moment(alert.since),
      words(' to '),
      moment(ended),
      words(', which could not be told then'),
    ],
    detail: joined(
      [wasCritical(alert), [words(closingPhrase(alert))], destinationOf(fingerprint, alert)],
      ' · ',
    ),
    covers: [covers(one, reason, true)],
  };
}

/** The syncs that a person paused before the first look, in one line. */
export function pausedLine(paused: readonly Notification[], named: number): Item {
  const names = paused.slice(0, named).map(({ fingerprint, alert }) => [nameOf(fingerprint, alert)]);
  const more = paused.length - names.length;
  return {
    level: 'note',
    title: [
      words(`${pluralize(paused.length, 'sync')} paused by a person: `),
      ...joined(names, ', '),
      ...(more > 0 ? [words(` and ${formatNumber(more)} more`)] : []),
    ],
    detail: [],
    covers: paused.map((one, index) => covers(one, one.reason, index < named)),
  };
}

export function shrinkageLine({ from, to }: NonNullable<ListingSize['shrinkage']>): Item {
  const title = `The listing shrank from ${pluralize(from, 'sync')} to ${formatNumber(to)}`;
  const detail = 'deleted, or out of the sight of this key: two listings in a row say so';
  return {
    level: 'warning',
    title: [strong(title)],
    detail: [words(detail)],
    covers: [],
    coversShrinkage: true,
  };
}

function subject(fingerprint: string, alert: Alert, evaluation?: Evaluation): Line {
  if (fingerprint === 'listing') return [strong('The syncs')];
  if (fingerprint === 'records') {
    return [
      strong(
        evaluation?.kind === 'listed' && evaluation.withoutId > 0
          ? pluralize(evaluation.withoutId, 'record')
          : 'Some records',
      ),
    ];
  }
  return [nameOf(fingerprint, alert)];
}

function nameOf(fingerprint: string, { labels }: Alert) {
  return untrusted(displayName(labels) ?? fingerprint.slice('sync:'.length));
}

/** What people call a sync: its name, else its source table; null when it has neither. */
export function displayName(labels: Labels | null): string | null {
  return [labels?.name, labels?.source].find((text) => text != null && !isBlank(text)) ?? null;
}

/** What this look found of an alert's sync; undefined when it did not see it. */
export function diagnosisOf(fingerprint: string, evaluation: Evaluation): Diagnosis | undefined {
  return evaluation.kind === 'listed'
    ? evaluation.diagnoses.get(`sync:${fingerprint.slice('sync:'.length)}`)
    : undefined;
}

/** The id, and the knowledge base and table that wait for the data. */
export function destinationOf(fingerprint: string, { labels }: Alert): Line {
  if (labels === null) return [];
  const id = untrusted(fingerprint.slice(5));
  const destination = [labels.kbUid, labels.destTable].filter((part) => part !== null).join(' / ');
  return destination === '' ? [id] : [id, words(' → '), untrusted(destination)];
}
