import type { Alert, ListingSize } from '../alert.ts';
import { diagnosisOf, type Evaluation } from '../diagnose/evaluation.ts';
import { isSyncFingerprint } from '../fingerprint.ts';
import type { Notification, TrackedAlert } from '../notify/notification.ts';
import type { NotifyReason } from '../notify/reason.ts';
import { secondsBetween } from '../time.ts';
import { flapWindowSeconds, isFlapping } from '../track/flapping.ts';
import type { Item } from './digest.ts';
import { evidence, pastPhrase, problemPhrase } from './evidence.ts';
import { coverageOf, destinationOf, nameOf, namesOf } from './names.ts';
import { joined, type Line, moment, strong, untrusted, words } from './rich-text.ts';
import { durationText, formatNumber, joinWithAnd, ordinal, pluralize, windowText } from './wording.ts';

/** An open alert: why it is sent, and the evidence of this evaluation. */
export function openLine(one: TrackedAlert, reason: NotifyReason, evaluation: Evaluation): Item {
  const { fingerprint, alert, logEntry } = one;
  const sent = logEntry.lastNotified?.problems.at(-1);
  const was = reason === 'changed' && sent !== undefined ? ` now, it ${pastPhrase(sent, false)}` : '';
  const phrase = isInFlapHold(fingerprint, alert, evaluation)
    ? flapHoldPhrase(fingerprint)
    : `${problemPhrase(alert.problem, alert.paused)}${was}`;
  return {
    level: alert.severity,
    title: [...subject(one, evaluation), words(' '), strong(phrase), ...qualifier(alert, reason)],
    detail: openDetail(one, evaluation),
    covers: [coverageOf(one, reason, true)],
  };
}

/** Whether a flapping alert is healthy by this evaluation, and held open until it has been so for long enough. */
export function isInFlapHold(fingerprint: string, { healthySince }: Alert, evaluation: Evaluation): boolean {
  if (healthySince === undefined || evaluation.kind === 'unavailable') return false;
  const verdict = diagnosisOf(fingerprint, evaluation)?.verdict;
  return verdict === undefined ? !isSyncFingerprint(fingerprint) : verdict.kind === 'healthy';
}

function flapHoldPhrase(fingerprint: string): string {
  if (isSyncFingerprint(fingerprint)) return 'is healthy for now, but it flaps';
  const verb = fingerprint === 'listing' ? 'listed' : 'read';
  return `can be ${verb} for now, but that fails intermittently`;
}

/** ", critical now", ", 4th time in 24 h", ", was critical from … to …". */
function qualifier(alert: Alert, reason: NotifyReason): Line {
  const { critical } = alert;
  if (reason === 'escalated' && critical?.to === undefined) return [words(', '), strong('critical now')];
  const stretch = reason === 'escalated' || reason === 'new' ? pastCriticalStretch(alert) : [];
  const past = stretch.length === 0 ? [] : [words(', was '), ...stretch];
  if (reason !== 'new' || !isFlapping(alert)) return past;
  const times = `, ${ordinal(alert.firings.length)} time in ${windowText(flapWindowSeconds(alert.labels))}`;
  return [words(times), ...past];
}

/** "critical from … to …", when the current firing was critical and is not any more. */
function pastCriticalStretch({ critical, since }: Alert): Line {
  if (critical?.to === undefined || critical.from < since) return [];
  return [words('critical from '), moment(critical.from), words(' to '), moment(critical.to)];
}

function openDetail({ fingerprint, alert }: TrackedAlert, evaluation: Evaluation): Line {
  const now = evaluation.at;
  const openSeconds = secondsBetween(alert.since, now);
  const openFor = openSeconds > 0 ? [words(`open for ${durationText(openSeconds)}`)] : [];
  const healthyFor = durationText(secondsBetween(alert.healthySince ?? now, now));
  const hold = isInFlapHold(fingerprint, alert, evaluation)
    ? [words(`healthy for ${healthyFor}, held open because it flaps`)]
    : [];
  if (fingerprint === 'listing') {
    const unchanged = evaluation.kind === 'unavailable' ? [words('open alerts stay as they were')] : [];
    return joined([failureText(evaluation), hold, openFor, unchanged], ' · ');
  }
  const destination = destinationOf(fingerprint, alert);
  if (evaluation.kind === 'unavailable')
    return joined([[words('as last listed')], openFor, destination], ' · ');
  if (fingerprint === 'records') return joined([[words('each lacks a usable id')], openFor], ' · ');
  const diagnosis = diagnosisOf(fingerprint, evaluation);
  if (diagnosis === undefined)
    return joined([[words('not in the last listing')], openFor, destination], ' · ');
  const unproven =
    diagnosis.verdict.kind === 'inconclusive' ? [words('nothing proves yet that it recovered')] : [];
  return joined([evidence(diagnosis, now), hold, unproven, openFor, destination], ' · ');
}

const MAX_FAILURE_LENGTH = 160;

function failureText(evaluation: Evaluation): Line {
  if (evaluation.kind === 'listed') return [];
  const { request, received } = evaluation.failure;
  return [
    words('requested '),
    untrusted(request, MAX_FAILURE_LENGTH),
    words(', received '),
    untrusted(received, MAX_FAILURE_LENGTH),
  ];
}

/** The resolution of an alert. Only a newer success is worded as recovered. */
export function resolvedLine(one: Notification, evaluation: Evaluation): Item {
  const { fingerprint, alert, logEntry, reason } = one;
  const { resolution, critical } = alert;
  const sent = logEntry.lastNotified;
  const hasUnsentCritical =
    sent?.severity === 'warning' && critical?.to !== undefined && critical.to > sent.at;
  const ago = diagnosisOf(fingerprint, evaluation)?.successLagSeconds;
  const success = ago == null ? [] : [words(`last success ${durationText(ago)} ago`)];
  const isResolved = resolution?.how === 'resolved';
  return {
    level: isResolved ? 'good' : 'note',
    title: [...subject(one), words(' '), strong(resolutionPhrase(alert)), ...exclusionText(alert)],
    detail: joined(
      [
        [words(pastText(alert, evaluation))],
        hasUnsentCritical ? pastCriticalStretch(alert) : [],
        isResolved ? success : [],
        destinationOf(fingerprint, alert),
      ],
      ' · ',
    ),
    covers: [coverageOf(one, reason, true)],
  };
}

/** "was failing for 2 h"; for a flapping alert or one with several problems, how often or which. */
function pastText(alert: Alert, { at }: Evaluation): string {
  const { problem, problems, paused, firings, labels } = alert;
  if (isFlapping(alert)) {
    const window = windowText(flapWindowSeconds(labels));
    return `fired ${pluralize(firings.length, 'time')} in ${window}, healthy for long enough now`;
  }
  const length = durationText(secondsBetween(alert.since, alert.resolution?.at ?? at));
  if (problems.length <= 1) return `${pastPhrase(problem, paused)} for ${length}`;
  return `open for ${length}: ${joinWithAnd(problems.map((one) => pastPhrase(one, false)))}`;
}

function resolutionPhrase({ resolution }: Alert): string {
  switch (resolution?.how) {
    case 'unlisted':
      return 'is no longer listed';
    case 'excluded':
      return 'is excluded by the policy';
    case 'resolved':
      return RESOLVED[resolution.by];
    case undefined:
      return 'ended';
  }
}

const RESOLVED = {
  success: 'recovered',
  enabled: 'is enabled again',
  readable: 'can be read again',
  listing_restored: 'can be listed again',
  no_longer_late: 'is no longer late: its interval or threshold changed, no new success',
} as const;

function exclusionText({ resolution }: Alert): Line {
  return resolution?.how === 'excluded' ? [words(': '), untrusted(resolution.reason)] : [];
}

/** An alert that fired and ended while nothing could be delivered. */
export function resolvedBeforeDeliveryLine(one: Notification): Item {
  const { fingerprint, alert, reason } = one;
  return {
    level: alert.resolution?.how === 'resolved' ? 'good' : 'note',
    title: [
      ...subject(one),
      words(` ${pastPhrase(alert.problem, alert.paused)} from `),
      moment(alert.since),
      words(' to '),
      moment(alert.resolution?.at ?? alert.since),
      words(', which could not be delivered then'),
    ],
    detail: joined(
      [pastCriticalStretch(alert), [words(resolutionPhrase(alert))], destinationOf(fingerprint, alert)],
      ' · ',
    ),
    covers: [coverageOf(one, reason, true)],
  };
}

/** The syncs that people had paused before the initial run, in one line that names the first `named`. */
export function pausedLine(paused: readonly Notification[], named: number): Item {
  return {
    level: 'note',
    title: [words(`${pluralize(paused.length, 'sync')} paused by a person: `), ...namesOf(paused, named)],
    detail: [],
    covers: paused.map((one, index) => coverageOf(one, one.reason, index < named)),
  };
}

export function shrinkageLine({ from, to }: NonNullable<ListingSize['shrinkage']>): Item {
  const title = `The listing shrank from ${pluralize(from, 'sync')} to ${formatNumber(to)}`;
  const detail = 'deleted, or the API key no longer sees them; two listings in a row show it';
  return {
    level: 'warning',
    title: [strong(title)],
    detail: [words(detail)],
    covers: [],
    coversShrinkage: true,
  };
}

function subject(one: TrackedAlert, evaluation?: Evaluation): Line {
  if (one.fingerprint === 'listing') return [strong('The syncs')];
  if (one.fingerprint !== 'records') return [nameOf(one)];
  const count = evaluation?.kind === 'listed' ? evaluation.withoutId : 0;
  return [strong(count > 0 ? pluralize(count, 'record') : 'Some records')];
}
