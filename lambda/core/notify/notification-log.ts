import type { Alert, Facts, Severity } from '../alert.ts';
import { groupBy } from '../group-by.ts';
import type { LastNotified, NotificationLogEntry, NotifiedCause, Route } from '../state.ts';
import { after, type Instant } from '../time.ts';
import type { Coverage, MessageContent } from './coverage.ts';
import { liveCauses, type NotifiedCauses } from './grouping.ts';

/** A route never waits longer than this, whatever its answer asked for. */
export const MAX_BACKOFF_SECONDS = 3600;

/** The route with a note of what is about to be posted: until it is accepted or refused for certain, it is in doubt. */
export function recordInFlight(route: Route, entryAfter: MessageContent): Route {
  return {
    ...route,
    ...(entryAfter.endsReminder && { remindersInFlight: (route.remindersInFlight ?? 0) + 1 }),
    notificationLog: updated(route, entryAfter, (logEntry, { reason }) => {
      const what = reason === 'resolved' ? 'resolved' : 'firing';
      const times = logEntry.inFlight?.what === what ? logEntry.inFlight.times + 1 : 1;
      return { ...logEntry, inFlight: { what, times } };
    }),
  };
}

/** The route after it certainly accepted a message: what the message tells is told. */
export function recordAccepted(route: Route, message: MessageContent, facts: Facts, now: Instant): Route {
  const {
    backoffUntil: _waitUntil,
    unconfirmedInARow: _uncertain,
    remindersInFlight,
    causes: before,
    ...rest
  } = route;
  const reminded = message.covers.filter(({ reason }) => reason === 'reminder');
  const withPaused = reminded.some(({ fingerprint }) => facts.alerts[fingerprint]?.paused);
  const { endsReminder } = message;
  const notificationLog = updated(route, message, (logEntry, tell) => {
    const alert = facts.alerts[tell.fingerprint];
    return alert === undefined ? logEntry : entryAfter(logEntry, tell, alert, now);
  });
  const causes = liveCauses(facts, causesNotified(before ?? {}, message, facts, now), notificationLog);
  return {
    ...rest,
    ...(remindersInFlight !== undefined && !endsReminder && { remindersInFlight }),
    ...(endsReminder && { remindedAt: now }),
    ...(withPaused && { pausedRemindedAt: now }),
    ...(message.coversShrinkage && facts.size.shrinkage && { shrinkageNotifiedAt: facts.size.shrinkage.at }),
    notificationLog,
    ...(Object.keys(causes).length > 0 && { causes }),
  };
}

/** The told causes with what a message tells of them. A reminder tells of alerts that were told. */
function causesNotified(
  before: NotifiedCauses,
  { covers }: MessageContent,
  { alerts }: Facts,
  now: Instant,
): NotifiedCauses {
  const causes: Record<string, NotifiedCause> = { ...before };
  for (const [key, told] of groupBy(covers, ({ cause }) => cause)) {
    const announced = told.filter(({ reason }) => reason !== 'reminder');
    if (key === undefined || announced.length === 0) continue;
    const open = announced.filter(({ fingerprint }) => alerts[fingerprint]?.state === 'firing');
    const last = before[key];
    const isSameCheck = last?.at === now;
    // What one check tells is one telling, however many messages it takes.
    const opens = open.length > 0 || (isSameCheck && last.inARow.brought === 'firings');
    const brought = opens ? 'firings' : 'resolutions';
    const timesBefore = last?.inARow.brought === brought ? last.inARow.times : 0;
    const isCritical = open.some(({ fingerprint }) => alerts[fingerprint]?.severity === 'critical');
    causes[key] = {
      at: now,
      inARow: { brought, times: isSameCheck && timesBefore > 0 ? timesBefore : timesBefore + 1 },
      severity: isCritical ? 'critical' : (last?.severity ?? 'warning'),
      members: membersAfter(last?.members ?? [], announced, alerts),
    };
  }
  return causes;
}

/** Those that were told as its symptoms. What is gone or ignored is none of those of which one can say that they are back. */
function membersAfter(
  before: readonly string[],
  entryAfter: readonly Coverage[],
  alerts: Facts['alerts'],
): readonly string[] {
  const members = new Set(before);
  for (const { fingerprint } of entryAfter) {
    const { state, resolution: ended } = alerts[fingerprint] ?? {};
    if (state === 'firing') members.add(fingerprint);
    else if (ended !== undefined && ended.how !== 'resolved') members.delete(fingerprint);
  }
  return [...members];
}

/** The route after a message certainly did not arrive, or was never sent: its note is withdrawn. */
export function recordRefused(route: Route, message: MessageContent): Route {
  const { remindersInFlight = 0, ...rest } = route;
  const left = message.endsReminder ? remindersInFlight - 1 : remindersInFlight;
  return {
    ...rest,
    ...(left > 0 && { remindersInFlight: left }),
    notificationLog: updated(route, message, (logEntry) => {
      const { inFlight: note, ...unnoted } = logEntry;
      return note === undefined || note.times <= 1
        ? unnoted
        : { ...unnoted, inFlight: { ...note, times: note.times - 1 } };
    }),
  };
}

/** The route after a message of which nobody knows whether it arrived: it waits 1, 2, 4, … periods. */
export function recordUnconfirmed(route: Route, periodSeconds: number, now: Instant): Route {
  const times = (route.unconfirmedInARow ?? 0) + 1;
  return { ...backOff(route, periodSeconds * 2 ** (times - 1), now), unconfirmedInARow: times };
}

/** The route, to be left alone for a while; an hour at most. */
export function backOff(route: Route, seconds: number, now: Instant): Route {
  return { ...route, backoffUntil: after(now, Math.min(seconds, MAX_BACKOFF_SECONDS)) };
}

function entryAfter(
  logEntry: NotificationLogEntry,
  { reason, listed }: Coverage,
  alert: Alert,
  now: Instant,
): NotificationLogEntry {
  const {
    undeliveredSince: _due,
    inFlight: _noted,
    resolutionSent: _closed,
    held: _gathered,
    lastNotified: before,
    ...rest
  } = logEntry;
  switch (reason) {
    case 'new':
      return { ...rest, lastNotified: notifiedNow(alert, listed, now) };
    case 'resolved_undelivered':
    case 'resolved_in_group':
      return { ...rest, lastNotified: notifiedNow(alert, listed, now), resolutionSent: true };
    case 'escalated':
      return {
        ...rest,
        lastNotified: notifiedOnTop(before, { ...notifiedNow(alert, listed, now), severity: 'critical' }),
      };
    case 'changed':
      return { ...rest, lastNotified: notifiedOnTop(before, notifiedNow(alert, listed, now)) };
    case 'resolved':
      return { ...rest, ...(before && { lastNotified: before }), resolutionSent: true };
    case 'reminder':
      return logEntry;
  }
}

function notifiedNow(alert: Alert, listed: boolean, now: Instant): LastNotified {
  return { at: now, severity: alert.severity, problems: [alert.problem], listed };
}

function notifiedOnTop(before: LastNotified | undefined, now: LastNotified): LastNotified {
  if (before === undefined) return now;
  return {
    ...before,
    at: now.at,
    severity: highest(before.severity, now.severity),
    problems: [...new Set([...before.problems, ...now.problems])],
    listed: before.listed || now.listed,
  };
}

function highest(one: Severity, other: Severity): Severity {
  return one === 'critical' ? one : other;
}

/** The tellings with those of the alerts that a message announces updated; a reminder changes none. */
function updated(
  route: Route,
  { covers }: MessageContent,
  update: (logEntry: NotificationLogEntry, covers: Coverage) => NotificationLogEntry,
): Route['notificationLog'] {
  const notificationLog = { ...route.notificationLog };
  for (const tell of covers) {
    if (tell.reason === 'reminder') continue;
    notificationLog[tell.fingerprint] = update(notificationLog[tell.fingerprint] ?? {}, tell);
  }
  return notificationLog;
}
