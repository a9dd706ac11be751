import type { Alert, Facts } from '../alert.ts';
import type { Destination, NotificationLogEntry } from '../state.ts';
import type { KeyedDestination } from './destinations.ts';
import { worstSeverity } from './routing.ts';

type NotificationLog = Destination['notificationLog'];

/** By the name of a destination, its saved logs. */
export type LogsByRoute = ReadonlyMap<string, readonly NotificationLog[]>;

interface HandoverContext {
  readonly facts: Facts;
  /** By fingerprint, the names of the destinations that each alert goes to now. */
  readonly goesTo: Readonly<Record<string, readonly string[]>>;
  readonly logs: LogsByRoute;
}

/**
 * A destination with what it takes over from those that its alerts went to before. What no destination was sent moves
 * here, also when it ended in the meantime, so that a changed route loses nothing. What another one was sent as it is now is
 * marked: here it is new, but it is no news.
 */
export function handedOver(
  { key, destination }: KeyedDestination,
  own: ReadonlySet<string>,
  { facts, goesTo, logs }: HandoverContext,
): Destination {
  const notificationLog: Record<string, NotificationLogEntry> = { ...destination.notificationLog };
  const others = [...logs].filter(([name]) => name !== key.route);
  const elsewhere = entriesIn(others);
  for (const fingerprint of own) {
    const alert = facts.alerts[fingerprint];
    const before = destination.notificationLog[fingerprint] ?? {};
    const isWaiting = isUnsent(before);
    if (alert === undefined || isOpenIn(before) || isWaiting) continue;
    const left = elsewhere(fingerprint, isUnsent, goesTo[fingerprint]);
    // Of an alert that ended, nothing else is asked: there may be as many of them as ever were open.
    if (left === undefined && alert.state !== 'firing') continue;
    if (elsewhere(fingerprint, isOpenIn) !== undefined) {
      const isSame = elsewhere(fingerprint, (one) => isSentAsItIs(alert, one)) !== undefined;
      if (isSame && alert.state === 'firing') notificationLog[fingerprint] = { ...before, rerouted: true };
      continue;
    }
    if (left === undefined) continue;
    const { undeliveredSince, heldSince, muted } = left;
    // What it was sent of an earlier firing says nothing about this one.
    const { lastNotified: _lastNotified, resolutionSent: _resolutionSent, ...rest } = before;
    notificationLog[fingerprint] = {
      ...rest,
      ...(undeliveredSince !== undefined && { undeliveredSince }),
      ...(heldSince !== undefined && { heldSince }),
      ...(muted !== undefined && { muted }),
    };
  }
  return { ...destination, notificationLog };
}

type Others = readonly (readonly [name: string, saved: readonly NotificationLog[]])[];

/** Finds the first entry about an alert that is as sought, in the logs of all these destinations but `except`. */
function entriesIn(others: Others) {
  return (
    fingerprint: string,
    isSought: (logEntry: NotificationLogEntry) => boolean,
    except: readonly string[] = [],
  ): NotificationLogEntry | undefined => {
    for (const [name, saved] of others) {
      if (except.includes(name)) continue;
      for (const log of saved) {
        const logEntry = log[fingerprint];
        if (logEntry !== undefined && isSought(logEntry)) return logEntry;
      }
    }
    return undefined;
  };
}

/** Something about it waits to be sent. */
function isUnsent({ undeliveredSince, heldSince, muted }: NotificationLogEntry): boolean {
  return (undeliveredSince ?? heldSince ?? muted) !== undefined;
}

/** It was sent, and its end was not. */
function isOpenIn({ lastNotified, resolutionSent }: NotificationLogEntry): boolean {
  return lastNotified !== undefined && !resolutionSent;
}

function isSentAsItIs(alert: Alert, { lastNotified }: NotificationLogEntry): boolean {
  if (lastNotified === undefined) return false;
  const isAsSevere = lastNotified.severity === 'critical' || worstSeverity(alert) === 'warning';
  return isAsSevere && lastNotified.problems.includes(alert.problem);
}
