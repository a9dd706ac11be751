import type { Alert } from '../alert.ts';
import { diagnosisOf, type Evaluation } from '../diagnose/evaluation.ts';
import type { Notification } from '../notify/notification.ts';
import { secondsBetween } from '../time.ts';
import { flapWindowSeconds } from '../track/flapping.ts';
import { pastCriticalStretch, subject } from './alert-lines.ts';
import type { Item } from './digest.ts';
import type { DigestEvaluation } from './digest-evaluation.ts';
import { pastPhrase } from './evidence.ts';
import { agentBackText, pastErrorText } from './explanation-lines.ts';
import { coverageOf, placeOf } from './names.ts';
import { joined, type Line, moment, strong, untrusted, words } from './rich-text.ts';
import { durationText, joinWithAnd, pluralize, windowText } from './wording.ts';

/** The resolution of an alert. Only a newer success is worded as recovered. */
export function resolvedLine(one: Notification, evaluation: DigestEvaluation): Item {
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
    title: [
      ...subject(one, evaluation),
      words(' '),
      strong(resolutionPhrase(alert, evaluation)),
      ...exclusionText(alert),
    ],
    detail: joined(
      [
        [words(pastText(alert, evaluation))],
        hasUnsentCritical ? pastCriticalStretch(alert) : [],
        ...(isResolved ? [pastErrorText([one], evaluation), agentBackText([one], evaluation)] : []),
        isResolved ? success : [],
        placeOf(alert, evaluation.explanations?.names),
      ],
      ' · ',
    ),
    covers: [coverageOf(one, reason, true)],
  };
}

/** "was failing for 2 h"; for a flapping alert or one with several problems, how often or which. */
function pastText(alert: Alert, { at }: Evaluation): string {
  const { problem, problems, firings, labels, flapping } = alert;
  if (flapping === 'often') {
    const window = windowText(flapWindowSeconds(labels));
    return `fired ${pluralize(firings.length, 'time')} in ${window}, healthy for long enough now`;
  }
  if (flapping === 'intermittent') return 'failed intermittently, healthy for long enough now';
  const length = durationText(secondsBetween(alert.since, alert.resolution?.at ?? at));
  if (problems.length <= 1) return `${pastPhrase(problem)} for ${length}`;
  return `open for ${length}: ${joinWithAnd(problems.map((one) => pastPhrase(one)))}`;
}

function resolutionPhrase({ resolution, problem }: Alert, evaluation: Evaluation): string {
  // After a day an empty listing is what there is: nothing can be listed "again".
  if (problem === 'listing_failed' && evaluation.kind === 'listed' && evaluation.recordCount === 0)
    return 'takes the syncs as deleted after a day of empty listings';
  switch (resolution?.how) {
    case 'unlisted':
      return 'is no longer listed';
    case 'paused':
      return 'was paused';
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
  listing_restored: 'can list syncs again',
  no_longer_late: 'is no longer late: its interval or threshold changed, no new success',
} as const;

function exclusionText({ resolution }: Alert): Line {
  return resolution?.how === 'excluded' ? [words(': '), untrusted(resolution.reason)] : [];
}

/** An alert that fired and ended while nothing could be delivered. */
export function resolvedBeforeDeliveryLine(one: Notification, evaluation: DigestEvaluation): Item {
  const { alert, reason } = one;
  return {
    level: alert.resolution?.how === 'resolved' ? 'good' : 'note',
    title: [
      ...subject(one, evaluation),
      words(` ${pastPhrase(alert.problem)} from `),
      moment(alert.since),
      words(' to '),
      moment(alert.resolution?.at ?? alert.since),
      words(', which could not be delivered then'),
    ],
    detail: joined(
      [
        pastCriticalStretch(alert),
        [words(resolutionPhrase(alert, evaluation))],
        placeOf(alert, evaluation.explanations?.names),
      ],
      ' · ',
    ),
    covers: [coverageOf(one, reason, true)],
  };
}
