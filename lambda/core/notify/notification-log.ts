/*
 * Records what became of a message: takes the destination and the message's content, gives the destination as it is to be saved.
 * `deliver` calls this before and after each post. Only an accepted message counts as sent.
 */
import type { Alert, Facts } from '../alert.ts';
import { groupBy } from '../group-by.ts';
import type { Severity } from '../problem.ts';
import {
  type Destination,
  type LastNotified,
  NO_CONDITION_SENT,
  type NotificationLogEntry,
  type NotifiedCause,
  type NotifiedCondition,
  type WatchState,
} from '../state.ts';
import type { Instant } from '../time.ts';
import { isBackingOff } from './backoff.ts';
import { destinationsOf } from './destinations.ts';
import { liveCauses, type NotifiedCauses } from './grouping.ts';
import type { Coverage, MessageContent, NeutralChange } from './notification.ts';

/** When a message was accepted, and the facts that it is about. */
export interface Acceptance {
  readonly facts: Facts;
  readonly now: Instant;
}

/** The destination before a post: in flight until the post is certainly accepted or refused. */
export function recordInFlight(destination: Destination, content: MessageContent): Destination {
  return {
    ...destination,
    ...(content.endsReminder && { remindersInFlight: (destination.remindersInFlight ?? 0) + 1 }),
    ...withConditions(destination, content, ({ inFlight = 0, ...sent }) => ({
      ...sent,
      inFlight: inFlight + 1,
    })),
    notificationLog: updated(destination, content, (logEntry, { reason }) => {
      if (reason === 'moved') return logEntry;
      const what = reason === 'resolved' ? 'resolved' : 'firing';
      const times = logEntry.inFlight?.what === what ? logEntry.inFlight.times + 1 : 1;
      return { ...logEntry, inFlight: { what, times } };
    }),
  };
}

/** The destination after Slack certainly accepted a message. */
export function recordAccepted(
  destination: Destination,
  content: MessageContent,
  acceptance: Acceptance,
): Destination {
  const {
    backoffUntil,
    unconfirmedInARow: _unconfirmedInARow,
    remindersInFlight,
    causes: before,
    conditions: _conditions,
    ...rest
  } = destination;
  const { facts, now } = acceptance;
  const { endsReminder } = content;
  const namesPaused = content.covers.some(
    ({ fingerprint, reason }) =>
      reason === 'condition' &&
      destination.conditions?.[fingerprint]?.condition === facts.conditions[fingerprint]?.condition,
  );
  const notificationLog = updated(destination, content, (logEntry, coverage) => {
    const alert = facts.alerts[coverage.fingerprint];
    return alert === undefined ? logEntry : entryAfter(logEntry, coverage, { alert, now });
  });
  const causes = liveCauses(facts, causesAfter(before ?? {}, content, acceptance), notificationLog);
  return {
    ...rest,
    // Set by another post of the same check: a destination that backs off is sent nothing.
    ...(backoffUntil !== undefined && isBackingOff(destination, now) && { backoffUntil }),
    ...(remindersInFlight !== undefined && !endsReminder && { remindersInFlight }),
    ...(endsReminder && { remindedAt: now }),
    ...(namesPaused && { pausedRemindedAt: now }),
    ...(content.covers.some(({ reason }) => reason === 'nothing_listed') && { nothingListedSent: true }),
    notificationLog,
    ...(Object.keys(causes).length > 0 && { causes }),
    ...conditionsAfter(destination, content, acceptance),
  };
}

/** The notified causes after a message. A reminder only lists what was sent before. */
function causesAfter(
  before: NotifiedCauses,
  { covers }: MessageContent,
  { now }: Acceptance,
): NotifiedCauses {
  const causes: Record<string, NotifiedCause> = { ...before };
  for (const [key, covered] of groupBy(covers, ({ cause }) => cause?.key)) {
    const sent = covered.filter(({ reason }) => isLogged(reason));
    if (key === undefined || sent.length === 0) continue;
    const last = before[key];
    const isCritical = sent.some(
      ({ reason, cause }) => !isResolution(reason) && cause?.severity === 'critical',
    );
    const isResolved = sent.some(({ reason }) => isResolution(reason));
    // The messages of one check are one notification.
    const times = last?.at === now ? last.times : (last?.times ?? 0) + 1;
    const resolvedAt = isResolved ? now : last?.resolvedAt;
    causes[key] = {
      began: last?.began ?? now,
      at: now,
      times,
      severity: isCritical ? 'critical' : (last?.severity ?? 'warning'),
      ...(resolvedAt !== undefined && { resolvedAt }),
    };
  }
  return causes;
}

/** The conditions that the destination was sent. An active one needs no entry, unless the sync was unlisted lately. */
function conditionsAfter(
  { conditions: before = {} }: Destination,
  { covers }: MessageContent,
  { facts, now }: Acceptance,
): Pick<Destination, 'conditions'> {
  const conditions = { ...before };
  for (const { fingerprint, reason } of covers) {
    if (reason !== 'condition') continue;
    const current = facts.conditions[fingerprint];
    if (current === undefined || current.condition === 'active') delete conditions[fingerprint];
    else conditions[fingerprint] = { condition: current.condition, at: now };
  }
  return Object.keys(conditions).length > 0 ? { conditions } : {};
}

function isResolution(reason: Coverage['reason']): boolean {
  return reason === 'resolved' || reason === 'resolved_in_group';
}

/** Whether a coverage changes the notification log of an alert. */
function isLogged(reason: Coverage['reason']): boolean {
  return !['reminder', 'moved', 'condition', 'nothing_listed'].includes(reason);
}

/** The conditions with those that a message names updated; one that then says nothing is dropped. */
function withConditions(
  { conditions: before = {} }: Destination,
  { covers }: MessageContent,
  update: (sent: NotifiedCondition) => NotifiedCondition,
): Pick<Destination, 'conditions'> {
  const named = covers.filter(({ reason }) => reason === 'condition');
  if (named.length === 0) return {};
  const conditions = { ...before };
  for (const { fingerprint } of named) {
    const sent = update(before[fingerprint] ?? NO_CONDITION_SENT);
    if (saysNothing(sent)) delete conditions[fingerprint];
    else conditions[fingerprint] = sent;
  }
  return { conditions };
}

function saysNothing({ condition, undeliveredSince, inFlight }: NotifiedCondition): boolean {
  return condition === 'active' && undeliveredSince === undefined && inFlight === undefined;
}

/** The conditions with a mark on those of these lines, and on no others, that they should have been sent. */
export function withUndelivered(
  { conditions: before = {} }: Destination,
  due: readonly NeutralChange[],
  now: Instant,
): Pick<Destination, 'conditions'> {
  const conditions: Record<string, NotifiedCondition> = {};
  for (const [fingerprint, { undeliveredSince: _undone, ...sent }] of Object.entries(before))
    if (!saysNothing(sent)) conditions[fingerprint] = sent;
  for (const { fingerprint } of due) {
    const { undeliveredSince = now, ...sent } = before[fingerprint] ?? NO_CONDITION_SENT;
    conditions[fingerprint] = { ...sent, undeliveredSince };
  }
  return Object.keys(conditions).length > 0 ? { conditions } : {};
}

/** The destination after a message that was certainly refused, or never posted: it is no longer in flight. */
export function recordRefused(destination: Destination, content: MessageContent): Destination {
  const { remindersInFlight = 0, ...rest } = destination;
  const left = content.endsReminder ? remindersInFlight - 1 : remindersInFlight;
  return {
    ...rest,
    ...(left > 0 && { remindersInFlight: left }),
    ...withConditions(destination, content, ({ inFlight = 0, ...sent }) => ({
      ...sent,
      ...(inFlight > 1 && { inFlight: inFlight - 1 }),
    })),
    notificationLog: updated(destination, content, (logEntry, { reason }) => {
      const { inFlight, ...landed } = logEntry;
      if (reason === 'moved') return logEntry;
      return inFlight === undefined || inFlight.times <= 1
        ? landed
        : { ...landed, inFlight: { ...inFlight, times: inFlight.times - 1 } };
    }),
  };
}

function entryAfter(
  logEntry: NotificationLogEntry,
  { reason, listed, cause }: Coverage,
  { alert, now }: { readonly alert: Alert; readonly now: Instant },
): NotificationLogEntry {
  const {
    undeliveredSince: _undeliveredSince,
    inFlight: _inFlight,
    resolutionSent: _resolutionSent,
    heldSince: _heldSince,
    muted: _muted,
    rerouted: _rerouted,
    lastNotified: before,
    ...rest
  } = logEntry;
  const { severity, problem, disableImminent } = alert;
  const notified: LastNotified = {
    at: now,
    severity,
    problems: [problem],
    listed,
    ...(cause !== undefined && { cause: cause.key }),
    ...(disableImminent && { disableImminent }),
  };
  switch (reason) {
    case 'new':
      return { ...rest, lastNotified: notified };
    case 'unmuted':
      return alert.state === 'firing'
        ? { ...rest, lastNotified: merged(before, notified) }
        : { ...rest, lastNotified: notified, resolutionSent: true };
    case 'resolved_undelivered':
    case 'resolved_in_group':
      return { ...rest, lastNotified: notified, resolutionSent: true };
    case 'escalated':
      return { ...rest, lastNotified: merged(before, { ...notified, severity: 'critical' }) };
    case 'disable_imminent':
    case 'changed':
      return { ...rest, lastNotified: merged(before, notified) };
    case 'moved':
      return before === undefined || cause === undefined
        ? logEntry
        : { ...logEntry, lastNotified: { ...before, cause: cause.key } };
    case 'condition':
    case 'nothing_listed':
    case 'resolved':
      return { ...rest, ...(before && { lastNotified: before }), resolutionSent: true };
    case 'reminder':
      return logEntry;
  }
}

function merged(before: LastNotified | undefined, now: LastNotified): LastNotified {
  if (before === undefined) return now;
  return {
    ...before,
    at: now.at,
    severity: highest(before.severity, now.severity),
    problems: [...new Set([...before.problems, ...now.problems])],
    listed: before.listed || now.listed,
    ...((now.cause ?? before.cause) !== undefined && { cause: now.cause ?? before.cause }),
    ...((before.disableImminent ?? now.disableImminent) && { disableImminent: true }),
  };
}

function highest(one: Severity, other: Severity): Severity {
  return one === 'critical' ? one : other;
}

/** The log with the entries of what a message notifies updated; a reminder changes none. */
function updated(
  destination: Destination,
  { covers }: MessageContent,
  update: (logEntry: NotificationLogEntry, coverage: Coverage) => NotificationLogEntry,
): Destination['notificationLog'] {
  const notificationLog = { ...destination.notificationLog };
  for (const coverage of covers) {
    if (!isLogged(coverage.reason) && coverage.reason !== 'moved') continue;
    const { fingerprint } = coverage;
    notificationLog[fingerprint] = update(notificationLog[fingerprint] ?? {}, coverage);
  }
  return notificationLog;
}

/** How many alerts and conditions have a notification that should have been sent and was not, and since when the oldest waits. */
export function undelivered({ routes }: WatchState): { readonly count: number; readonly since?: Instant } {
  const since = destinationsOf(routes).flatMap(({ notificationLog, conditions = {} }) =>
    [...Object.values(notificationLog), ...Object.values(conditions)].flatMap(({ undeliveredSince }) =>
      undeliveredSince === undefined ? [] : [undeliveredSince],
    ),
  );
  if (since.length === 0) return { count: 0 };
  return { count: since.length, since: since.reduce((one, other) => Math.min(one, other)) };
}
