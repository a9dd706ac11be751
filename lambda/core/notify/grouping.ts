import type { Alert, Facts } from '../alert.ts';
import type { Policy } from '../policy.ts';
import type { Severity } from '../problem.ts';
import type { NotifiedCause, Route } from '../state.ts';
import { type Instant, isAhead, secondsBetween } from '../time.ts';
import { type Cause, causesOf } from './cause.ts';
import { sendReason } from './reason.ts';

/** By key, the causes that a route was sent and that have an alert open or something left to send. */
export type NotifiedCauses = NonNullable<Route['causes']>;

/** The notified cause that covers an alert, the most specific one first. A paused sync is no symptom. */
export function notifiedCauseOf({ labels, paused }: Alert, causes: NotifiedCauses): Cause | undefined {
  return paused ? undefined : causesOf(labels).find(({ key }) => Object.hasOwn(causes, key));
}

/** Follow-ups are never held for longer than this many times `groupInterval`. */
const MAX_GROUP_INTERVALS = 8;

/** What decides how long follow-ups are held. */
export interface GroupingContext {
  readonly notificationLog: Route['notificationLog'];
  readonly policy: Policy;
  readonly now: Instant;
}

/**
 * The keys of the causes whose follow-ups are held at this check. They are held for `groupInterval` after the last
 * notification of the cause, and twice as long for each notification in a row that brought the same, firings or
 * resolutions (docs/adr/0005-shared-causes-count-syncs-that-ran.md). A cause that becomes critical and the end of its
 * last alert are sent at once.
 */
export function causesOnHold(
  { alerts }: Facts,
  causes: NotifiedCauses,
  { notificationLog, policy, now }: GroupingContext,
): ReadonlySet<string> {
  if (Object.keys(causes).length === 0) return new Set();
  const followUps = new Map<string, FollowUps>();
  for (const [fingerprint, alert] of Object.entries(alerts)) {
    const key = notifiedCauseOf(alert, causes)?.key;
    if (key === undefined) continue;
    const followUp = followUps.get(key) ?? {};
    followUps.set(key, followUp);
    const reason = sendReason(alert, notificationLog[fingerprint] ?? {});
    if (reason === 'resolved') followUp.resolutions = true;
    else if (reason !== undefined) followUp.firings = true;
    if (alert.state !== 'firing') continue;
    followUp.isOpen = true;
    // An alert that was sent already, alone or with the cause, makes the cause no worse.
    if (reason !== undefined && followUp.worstUnsent !== 'critical') followUp.worstUnsent = alert.severity;
  }
  const isOnHold = ([key, { at, severity, inARow }]: [string, NotifiedCause]) => {
    const { isOpen, worstUnsent, firings, resolutions } = followUps.get(key) ?? {};
    const isWorse = worstUnsent === 'critical' && severity === 'warning';
    const turns = inARow.brought === 'firings' ? resolutions : firings;
    const times = turns ? 1 : Math.min(2 ** (inARow.times - 1), MAX_GROUP_INTERVALS);
    // Half a period of slack, as for reminders: the check nearest to the time sends.
    const holdSeconds = policy.groupIntervalSeconds * times - policy.periodSeconds / 2;
    const isRecent = !isAhead(at, now) && secondsBetween(at, now) < holdSeconds;
    return isOpen === true && !isWorse && isRecent;
  };
  return new Set(
    Object.entries(causes)
      .filter(isOnHold)
      .map(([key]) => key),
  );
}

/** What a notified cause has to send. */
interface FollowUps {
  isOpen?: true;
  firings?: true;
  resolutions?: true;
  worstUnsent?: Severity;
}

/** The notified causes that still have an alert open or something left to send. */
export function liveCauses(
  { alerts }: Facts,
  causes: NotifiedCauses,
  notificationLog: Route['notificationLog'],
): NotifiedCauses {
  if (Object.keys(causes).length === 0) return causes;
  const live = new Set<string>();
  for (const [fingerprint, alert] of Object.entries(alerts)) {
    const isLive =
      alert.state === 'firing' || sendReason(alert, notificationLog[fingerprint] ?? {}) !== undefined;
    const key = isLive ? notifiedCauseOf(alert, causes)?.key : undefined;
    if (key !== undefined) live.add(key);
  }
  const entries = Object.entries(causes).filter(([key]) => live.has(key));
  return entries.length === Object.keys(causes).length ? causes : Object.fromEntries(entries);
}
