import type { Alert, Facts, Severity } from './alert.ts';
import { causesStillTold, type ToldCauses } from './gathering.ts';
import { groupBy } from './group-by.ts';
import type { Route, Telling, Told, ToldCause } from './memory.ts';
import type { Content, Tells } from './message.ts';
import { after, type Instant } from './time.ts';

/** A route never waits longer than this, whatever its answer asked for. */
export const LONGEST_WAIT_SECONDS = 3600;

/** The route with a note of what is about to be posted: until it is accepted or refused for certain, it is in doubt. */
export function noted(route: Route, told: Content): Route {
  return {
    ...route,
    ...(told.endsReminder && { remindersInDoubt: (route.remindersInDoubt ?? 0) + 1 }),
    tellings: updated(route, told, (telling, { reason }) => {
      const what = reason === 'closing' ? 'closing' : 'announcement';
      const times = telling.noted?.what === what ? telling.noted.times + 1 : 1;
      return { ...telling, noted: { what, times } };
    }),
  };
}

/** The route after it certainly accepted a message: what the message tells is told. */
export function accepted(route: Route, message: Content, facts: Facts, now: Instant): Route {
  const { waitUntil: _waitUntil, uncertain: _uncertain, remindersInDoubt, causes: before, ...rest } = route;
  const reminded = message.tells.filter(({ reason }) => reason === 'reminder');
  const withPaused = reminded.some(({ fingerprint }) => facts.alerts[fingerprint]?.paused);
  const { endsReminder } = message;
  const tellings = updated(route, message, (telling, tell) => {
    const alert = facts.alerts[tell.fingerprint];
    return alert === undefined ? telling : told(telling, tell, alert, now);
  });
  const causes = causesStillTold(facts, causesTold(before ?? {}, message, facts, now), tellings);
  return {
    ...rest,
    ...(remindersInDoubt !== undefined && !endsReminder && { remindersInDoubt }),
    ...(endsReminder && { remindedAt: now }),
    ...(withPaused && { pausedRemindedAt: now }),
    ...(message.tellsShrinking && facts.size.shrinking && { shrinkingTold: facts.size.shrinking.at }),
    tellings,
    ...(Object.keys(causes).length > 0 && { causes }),
  };
}

/** The told causes with what a message tells of them. A reminder tells of alerts that were told. */
function causesTold(before: ToldCauses, { tells }: Content, { alerts }: Facts, now: Instant): ToldCauses {
  const causes: Record<string, ToldCause> = { ...before };
  for (const [key, told] of groupBy(tells, ({ cause }) => cause)) {
    const announced = told.filter(({ reason }) => reason !== 'reminder');
    if (key === undefined || announced.length === 0) continue;
    const open = announced.filter(({ fingerprint }) => alerts[fingerprint]?.state === 'firing');
    const last = before[key];
    const isSameCheck = last?.at === now;
    // What one check tells is one telling, however many messages it takes.
    const opens = open.length > 0 || (isSameCheck && last.inARow.brought === 'openings');
    const brought = opens ? 'openings' : 'closings';
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
  told: readonly Tells[],
  alerts: Facts['alerts'],
): readonly string[] {
  const members = new Set(before);
  for (const { fingerprint } of told) {
    const { state, ended } = alerts[fingerprint] ?? {};
    if (state === 'firing') members.add(fingerprint);
    else if (ended !== undefined && ended.how !== 'resolved') members.delete(fingerprint);
  }
  return [...members];
}

/** The route after a message certainly did not arrive, or was never sent: its note is withdrawn. */
export function refused(route: Route, message: Content): Route {
  const { remindersInDoubt = 0, ...rest } = route;
  const left = message.endsReminder ? remindersInDoubt - 1 : remindersInDoubt;
  return {
    ...rest,
    ...(left > 0 && { remindersInDoubt: left }),
    tellings: updated(route, message, (telling) => {
      const { noted: note, ...unnoted } = telling;
      return note === undefined || note.times <= 1
        ? unnoted
        : { ...unnoted, noted: { ...note, times: note.times - 1 } };
    }),
  };
}

/** The route after a message of which nobody knows whether it arrived: it waits 1, 2, 4, … periods. */
export function uncertain(route: Route, periodSeconds: number, now: Instant): Route {
  const times = (route.uncertain ?? 0) + 1;
  return { ...waiting(route, periodSeconds * 2 ** (times - 1), now), uncertain: times };
}

/** The route, to be left alone for a while; an hour at most. */
export function waiting(route: Route, seconds: number, now: Instant): Route {
  return { ...route, waitUntil: after(now, Math.min(seconds, LONGEST_WAIT_SECONDS)) };
}

function told(telling: Telling, { reason, listed }: Tells, alert: Alert, now: Instant): Telling {
  const {
    dueSince: _due,
    noted: _noted,
    closed: _closed,
    gathered: _gathered,
    told: before,
    ...rest
  } = telling;
  switch (reason) {
    case 'new':
      return { ...rest, told: toldNow(alert, listed, now) };
    case 'missed':
    case 'passed':
      return { ...rest, told: toldNow(alert, listed, now), closed: true };
    case 'escalated':
      return { ...rest, told: toldOnTop(before, { ...toldNow(alert, listed, now), severity: 'critical' }) };
    case 'changed':
      return { ...rest, told: toldOnTop(before, toldNow(alert, listed, now)) };
    case 'closing':
      return { ...rest, ...(before && { told: before }), closed: true };
    case 'reminder':
      return telling;
  }
}

function toldNow(alert: Alert, listed: boolean, now: Instant): Told {
  return { at: now, severity: alert.severity, problems: [alert.problem], listed };
}

function toldOnTop(before: Told | undefined, now: Told): Told {
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
  { tells }: Content,
  update: (telling: Telling, tells: Tells) => Telling,
): Route['tellings'] {
  const tellings = { ...route.tellings };
  for (const tell of tells) {
    if (tell.reason === 'reminder') continue;
    tellings[tell.fingerprint] = update(tellings[tell.fingerprint] ?? {}, tell);
  }
  return tellings;
}
