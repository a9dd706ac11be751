import type { Facts } from '../alert.ts';
import type { Condition } from '../condition.ts';
import type { Policy } from '../policy.ts';
import { rosterSize } from '../roster.ts';
import type { Destination, NotifiedCondition } from '../state.ts';
import { DAY_SECONDS, HOUR_SECONDS, type Instant, secondsBetween } from '../time.ts';
import type { NeutralChange, TrackedAlert } from './notification.ts';
import { endsByCondition, sendReason } from './reason.ts';

/** A neutral line waits for another message, at most so long after the first change in it. */
export const MAX_NEUTRAL_SECONDS = HOUR_SECONDS;
/** Unlisted syncs are a warning from this many, or from this part of the listing. */
export const MANY_UNLISTED = 10;
const MANY_UNLISTED_PART = 1 / 10;

/** What decides about neutral lines. */
export interface NeutralContext {
  readonly destination: Destination;
  readonly policy: Policy;
  readonly now: Instant;
}

/**
 * The changes of condition that the destination was not sent: the difference between the facts and its log, so that what was
 * undone in the meantime is never sent.
 */
export function neutralChanges(
  facts: Facts,
  { destination, policy }: Omit<NeutralContext, 'now'>,
): readonly NeutralChange[] {
  return Object.entries(facts.conditions).flatMap(([fingerprint, condition]) => {
    const sent = destination.conditions?.[fingerprint];
    const kind = kindOf(sentConditionOf(sent, condition), condition.condition);
    if (kind === undefined || (isReturn(kind) && isMissing(fingerprint, facts))) return [];
    const isPause = kind === 'paused' || kind === 'resumed';
    const alert = alertOf(fingerprint, facts, destination);
    if (isPause && !policy.notifyPauses && alert === undefined) return [];
    const named = kind === 'unlisted' && condition.recreated ? 'recreated' : kind;
    return [{ fingerprint, kind: named, condition, ...(alert && { alert }) }];
  });
}

/** A sync that came back more than a day after it was sent as unlisted starts anew: that it is back is not sent. */
function sentConditionOf(
  sent: NotifiedCondition | undefined,
  { relistedAt }: Condition,
): Condition['condition'] {
  if (sent === undefined) return 'active';
  const startsAnew = relistedAt !== undefined && secondsBetween(sent.at, relistedAt) > DAY_SECONDS;
  return sent.condition === 'unlisted' && startsAnew ? 'active' : sent.condition;
}

function isReturn(kind: NeutralChange['kind']): boolean {
  return kind === 'listed_again' || kind === 'resumed';
}

/** The last complete listing lacks the sync: it may be about to be unlisted again. */
function isMissing(fingerprint: string, { roster }: Facts): boolean {
  return roster.kind === 'syncs' && roster.syncs[fingerprint]?.missingSince !== undefined;
}

function kindOf(
  sent: Condition['condition'],
  now: Condition['condition'],
): Exclude<NeutralChange['kind'], 'recreated'> | undefined {
  if (sent === now) return undefined;
  if (now === 'unlisted') return 'unlisted';
  if (sent === 'unlisted') return 'listed_again';
  return now === 'paused' ? 'paused' : 'resumed';
}

/** The alert that the change ends, when it was sent and its resolution was not. */
function alertOf(fingerprint: string, facts: Facts, destination: Destination): TrackedAlert | undefined {
  const alert = facts.alerts[fingerprint];
  const logEntry = destination.notificationLog[fingerprint];
  if (alert === undefined || logEntry?.lastNotified === undefined || !endsByCondition(alert))
    return undefined;
  return sendReason(alert, logEntry) === 'resolved' ? { fingerprint, alert, logEntry } : undefined;
}

/**
 * The fingerprints of the ended alerts whose resolution is a line about a condition: one that is to be sent, or one that
 * comes once the sync has been missing for long enough. Any other resolution is sent by itself, so that none is lost.
 */
export function endedWithCondition(
  facts: Facts,
  changes: readonly NeutralChange[],
  destination: Destination,
): ReadonlySet<string> {
  const { alerts, conditions } = facts;
  const ended = changes.flatMap(({ alert }) => alert?.fingerprint ?? []);
  const missing = Object.keys(alerts).filter((fingerprint) => {
    const isWaiting = isMissing(fingerprint, facts) && conditions[fingerprint]?.condition !== 'unlisted';
    return isWaiting && alertOf(fingerprint, facts, destination) !== undefined;
  });
  return new Set([...ended, ...missing]);
}

/** Whether so many syncs are unlisted that it is a warning. */
export function areManyUnlisted(changes: readonly NeutralChange[], facts: Facts): boolean {
  const unlisted = changes.filter(({ kind }) => kind === 'unlisted').length;
  return unlisted >= MANY_UNLISTED || unlisted > rosterSize(facts.roster) * MANY_UNLISTED_PART;
}

/**
 * Whether neutral lines are sent without another message: `groupInterval` after the last change, an hour after the first,
 * and at once when many syncs are unlisted, or when they were due before and not accepted.
 */
export function areNeutralDue(
  changes: readonly NeutralChange[],
  facts: Facts,
  { destination, policy, now }: NeutralContext,
): boolean {
  if (changes.length === 0) return false;
  const isUndelivered = ({ fingerprint }: NeutralChange) =>
    destination.conditions?.[fingerprint]?.undeliveredSince !== undefined;
  if (changes.some(isUndelivered)) return true;
  const since = changes.map(({ condition }) => condition.since);
  const slack = policy.periodSeconds / 2;
  const isQuiet = secondsBetween(Math.max(...since), now) >= policy.groupIntervalSeconds - slack;
  const isLong = secondsBetween(Math.min(...since), now) >= MAX_NEUTRAL_SECONDS - slack;
  return isQuiet || isLong || areManyUnlisted(changes, facts);
}
