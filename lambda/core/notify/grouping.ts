import type { Alert, Facts, Severity } from '../alert.ts';
import type { Policy } from '../policy.ts';
import type { NotifiedCause, Route } from '../state.ts';
import { type Instant, isAhead, secondsBetween } from '../time.ts';
import { type Cause, causesOf } from './cause.ts';
import { notifyReason } from './reason.ts';

/** The causes that a route was told of, and that still have an alert open or something to tell. */
export type NotifiedCauses = NonNullable<Route['causes']>;

/** The told cause that an alert belongs to: the most specific one that covers it. A paused sync is no symptom. */
export function notifiedCauseOf({ labels, paused }: Alert, causes: NotifiedCauses): Cause | undefined {
  return paused ? undefined : causesOf(labels).find(({ key }) => Object.hasOwn(causes, key));
}

/** However often a cause was told, what belongs to it is not gathered for longer than this many times `gatherFor`. */
const MAX_GROUP_INTERVALS = 8;

/**
 * The keys of the told causes whose openings, escalations and closings are gathered at this check: owed, not due. They
 * are told once `gatherFor` has passed since the cause was last told, twice that when it brought the same before, and so
 * on, until openings turn to closings or back (docs/adr/0005); at once when the cause turns critical, and when its last alert ends.
 */
export function causesGrouping(
  { alerts }: Facts,
  causes: NotifiedCauses,
  notificationLog: Route['notificationLog'],
  policy: Policy,
  now: Instant,
): ReadonlySet<string> {
  if (Object.keys(causes).length === 0) return new Set();
  const states = new Map<string, { isOpen?: true; owes?: Severity; opens?: true; closes?: true }>();
  for (const [fingerprint, alert] of Object.entries(alerts)) {
    const key = notifiedCauseOf(alert, causes)?.key;
    if (key === undefined) continue;
    const state = states.get(key) ?? {};
    states.set(key, state);
    const reason = notifyReason(alert, notificationLog[fingerprint] ?? {});
    if (reason === 'resolved') state.closes = true;
    else if (reason !== undefined) state.opens = true;
    if (alert.state !== 'firing') continue;
    state.isOpen = true;
    // What was told, alone or with the cause, makes nothing worse.
    if (reason !== undefined && state.owes !== 'critical') state.owes = alert.severity;
  }
  const isGrouping = ([key, { at, severity, inARow }]: [string, NotifiedCause]) => {
    const { isOpen, owes, opens, closes } = states.get(key) ?? {};
    const isWorse = owes === 'critical' && severity === 'warning';
    const turns = inARow.brought === 'firings' ? closes : opens;
    const times = turns ? 1 : Math.min(2 ** (inARow.times - 1), MAX_GROUP_INTERVALS);
    // Half a period of slack, as a reminder has: the check nearest to the time tells.
    const waits = policy.groupIntervalSeconds * times - policy.periodSeconds / 2;
    const isRecent = !isAhead(at, now) && secondsBetween(at, now) < waits;
    return isOpen === true && !isWorse && isRecent;
  };
  return new Set(
    Object.entries(causes)
      .filter(isGrouping)
      .map(([key]) => key),
  );
}

/** Those of the told causes that still have an alert open, or something to tell on the route. */
export function liveCauses(
  { alerts }: Facts,
  causes: NotifiedCauses,
  notificationLog: Route['notificationLog'],
): NotifiedCauses {
  if (Object.keys(causes).length === 0) return causes;
  const live = new Set<string>();
  for (const [fingerprint, alert] of Object.entries(alerts)) {
    const isLive =
      alert.state === 'firing' || notifyReason(alert, notificationLog[fingerprint] ?? {}) !== undefined;
    const key = isLive ? notifiedCauseOf(alert, causes)?.key : undefined;
    if (key !== undefined) live.add(key);
  }
  const entries = Object.entries(causes).filter(([key]) => live.has(key));
  return entries.length === Object.keys(causes).length ? causes : Object.fromEntries(entries);
}
