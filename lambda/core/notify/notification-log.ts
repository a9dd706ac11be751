/*
 * Records what became of a message: takes the route and the message's content, gives the route as it is to be saved.
 * `deliver` calls this before and after each post. Only an accepted message counts as sent.
 */
import type { Alert, Facts } from '../alert.ts';
import { groupBy } from '../group-by.ts';
import type { Severity } from '../problem.ts';
import type { LastNotified, NotificationLogEntry, NotifiedCause, Route, WatchState } from '../state.ts';
import type { Instant } from '../time.ts';
import { liveCauses, type NotifiedCauses } from './grouping.ts';
import type { Coverage, MessageContent } from './notification.ts';

/** When a message was accepted, and the facts that it is about. */
export interface Acceptance {
  readonly facts: Facts;
  readonly now: Instant;
}

/** The route before a post: in flight until the post is certainly accepted or refused. */
export function recordInFlight(route: Route, content: MessageContent): Route {
  return {
    ...route,
    ...(content.endsReminder && { remindersInFlight: (route.remindersInFlight ?? 0) + 1 }),
    notificationLog: updated(route, content, (logEntry, { reason }) => {
      const what = reason === 'resolved' ? 'resolved' : 'firing';
      const times = logEntry.inFlight?.what === what ? logEntry.inFlight.times + 1 : 1;
      return { ...logEntry, inFlight: { what, times } };
    }),
  };
}

/** The route after Slack certainly accepted a message. */
export function recordAccepted(route: Route, content: MessageContent, acceptance: Acceptance): Route {
  const {
    backoffUntil: _backoffUntil,
    unconfirmedInARow: _unconfirmedInARow,
    remindersInFlight,
    causes: before,
    ...rest
  } = route;
  const { facts, now } = acceptance;
  const { endsReminder, coversShrinkage } = content;
  const reminded = content.covers.filter(({ reason }) => reason === 'reminder');
  const withPaused = reminded.some(({ fingerprint }) => facts.alerts[fingerprint]?.paused);
  const notificationLog = updated(route, content, (logEntry, coverage) => {
    const alert = facts.alerts[coverage.fingerprint];
    return alert === undefined ? logEntry : entryAfter(logEntry, coverage, { alert, now });
  });
  const causes = liveCauses(facts, causesAfter(before ?? {}, content, acceptance), notificationLog);
  return {
    ...rest,
    ...(remindersInFlight !== undefined && !endsReminder && { remindersInFlight }),
    ...(endsReminder && { remindedAt: now }),
    ...(withPaused && { pausedRemindedAt: now }),
    ...(coversShrinkage && facts.size.shrinkage && { shrinkageNotifiedAt: facts.size.shrinkage.at }),
    notificationLog,
    ...(Object.keys(causes).length > 0 && { causes }),
  };
}

/** The notified causes after a message. A reminder only lists what was sent before. */
function causesAfter(
  before: NotifiedCauses,
  { covers }: MessageContent,
  { facts: { alerts }, now }: Acceptance,
): NotifiedCauses {
  const causes: Record<string, NotifiedCause> = { ...before };
  for (const [key, covered] of groupBy(covers, ({ cause }) => cause)) {
    const sent = covered.filter(({ reason }) => reason !== 'reminder');
    if (key === undefined || sent.length === 0) continue;
    const open = sent.filter(({ fingerprint }) => alerts[fingerprint]?.state === 'firing');
    const last = before[key];
    const isSameCheck = last?.at === now;
    // The messages of one check are one notification.
    const hasFirings = open.length > 0 || (isSameCheck && last.inARow.brought === 'firings');
    const brought = hasFirings ? 'firings' : 'resolutions';
    const timesBefore = last?.inARow.brought === brought ? last.inARow.times : 0;
    const isCritical = open.some(({ fingerprint }) => alerts[fingerprint]?.severity === 'critical');
    causes[key] = {
      at: now,
      inARow: { brought, times: isSameCheck && timesBefore > 0 ? timesBefore : timesBefore + 1 },
      severity: isCritical ? 'critical' : (last?.severity ?? 'warning'),
      members: membersAfter(last?.members ?? [], sent, alerts),
    };
  }
  return causes;
}

/** The alerts sent under a cause. One that is unlisted or excluded does not count when the line says "all are back". */
function membersAfter(
  before: readonly string[],
  sent: readonly Coverage[],
  alerts: Facts['alerts'],
): readonly string[] {
  const members = new Set(before);
  for (const { fingerprint } of sent) {
    const { state, resolution } = alerts[fingerprint] ?? {};
    if (state === 'firing') members.add(fingerprint);
    else if (resolution !== undefined && resolution.how !== 'resolved') members.delete(fingerprint);
  }
  return [...members];
}

/** The route after a message that was certainly refused, or never posted: it is no longer in flight. */
export function recordRefused(route: Route, content: MessageContent): Route {
  const { remindersInFlight = 0, ...rest } = route;
  const left = content.endsReminder ? remindersInFlight - 1 : remindersInFlight;
  return {
    ...rest,
    ...(left > 0 && { remindersInFlight: left }),
    notificationLog: updated(route, content, ({ inFlight, ...landed }) =>
      inFlight === undefined || inFlight.times <= 1
        ? landed
        : { ...landed, inFlight: { ...inFlight, times: inFlight.times - 1 } },
    ),
  };
}

function entryAfter(
  logEntry: NotificationLogEntry,
  { reason, listed }: Coverage,
  { alert, now }: { readonly alert: Alert; readonly now: Instant },
): NotificationLogEntry {
  const {
    undeliveredSince: _undeliveredSince,
    inFlight: _inFlight,
    resolutionSent: _resolutionSent,
    held: _held,
    lastNotified: before,
    ...rest
  } = logEntry;
  const { severity, problem } = alert;
  const notified: LastNotified = { at: now, severity, problems: [problem], listed };
  switch (reason) {
    case 'new':
      return { ...rest, lastNotified: notified };
    case 'resolved_undelivered':
    case 'resolved_in_group':
      return { ...rest, lastNotified: notified, resolutionSent: true };
    case 'escalated':
      return { ...rest, lastNotified: merged(before, { ...notified, severity: 'critical' }) };
    case 'changed':
      return { ...rest, lastNotified: merged(before, notified) };
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
  };
}

function highest(one: Severity, other: Severity): Severity {
  return one === 'critical' ? one : other;
}

/** The log with the entries of what a message notifies updated; a reminder changes none. */
function updated(
  route: Route,
  { covers }: MessageContent,
  update: (logEntry: NotificationLogEntry, coverage: Coverage) => NotificationLogEntry,
): Route['notificationLog'] {
  const notificationLog = { ...route.notificationLog };
  for (const coverage of covers) {
    if (coverage.reason === 'reminder') continue;
    const { fingerprint } = coverage;
    notificationLog[fingerprint] = update(notificationLog[fingerprint] ?? {}, coverage);
  }
  return notificationLog;
}

/** How many alerts have a notification that should have been sent and was not, and since when the oldest waits. */
export function undelivered({ routes }: WatchState): { readonly count: number; readonly since?: Instant } {
  const since = Object.values(routes).flatMap(({ notificationLog }) =>
    Object.values(notificationLog).flatMap(({ undeliveredSince }) =>
      undeliveredSince === undefined ? [] : [undeliveredSince],
    ),
  );
  if (since.length === 0) return { count: 0 };
  return { count: since.length, since: since.reduce((one, other) => Math.min(one, other)) };
}
