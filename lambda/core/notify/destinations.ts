/*
 * What each destination was sent: takes the saved routes and what a destination is known by, gives its log, or the one
 * with which a new destination starts. A check reads them before it plans and `deliver` updates them.
 */
import type { Facts } from '../alert.ts';
import { DEFAULT_DESTINATION, type Policy } from '../policy.ts';
import {
  type Destination,
  NEW_DESTINATION,
  type NotificationLogEntry,
  type NotifiedCondition,
  type Route,
  type WatchState,
} from '../state.ts';
import type { Instant } from '../time.ts';

type Routes = WatchState['routes'];

/** Names a destination: its route, and what it is known by. */
export interface DestinationKey {
  readonly route: string;
  readonly id: string;
}

/** When what only a former destination was sent counts as sent: so long ago that its end is not sent. */
const SENT_TO_ANOTHER: Instant = 0;

/** A destination that messages go to now, and what it was sent. */
export interface KeyedDestination {
  readonly key: DestinationKey;
  readonly destination: Destination;
}

/** The destination as it was saved, or as it starts. */
export function destinationAt(routes: Routes, { route, id }: DestinationKey): Destination {
  const known = routes[route]?.destinations ?? {};
  return known[id] ?? newDestination(Object.values(known), destinationsOf(routes));
}

/** The routes with these destinations alone: all others are former ones. */
export function withDestinations(routes: Routes, current: readonly KeyedDestination[]): Routes {
  return Object.fromEntries(
    current.map(({ key: { route, id }, destination }) => [
      route,
      { ...routes[route], destinations: { [id]: destination } },
    ]),
  );
}

/**
 * The names of the destinations that something can go to now: those that routes lead to, and those that are waiting for
 * the end of something that they were sent. A name that the policy no longer has is none of them.
 */
export function namesInUse({ routes, defaultRoute, destinations }: Policy, saved: Routes): readonly string[] {
  const led = new Set([...routes, defaultRoute].map(({ to }) => to));
  const known = [DEFAULT_DESTINATION, ...Object.keys(destinations)];
  return known.filter((name) => led.has(name) || awaitsAnEnd(saved[name]));
}

function awaitsAnEnd(route: Route | undefined): boolean {
  return Object.values(route?.destinations ?? {}).some(({ notificationLog }) =>
    Object.values(notificationLog).some((logEntry) => logEntry.lastNotified && !logEntry.resolutionSent),
  );
}

/** The routes with one destination of them updated. */
export function updatedAt(
  routes: Routes,
  { route, id }: DestinationKey,
  update: (destination: Destination) => Destination,
): Routes {
  const before = routes[route]?.destinations ?? {};
  const destination = update(before[id] ?? NEW_DESTINATION);
  return { ...routes, [route]: { ...routes[route], destinations: { ...before, [id]: destination } } };
}

export function destinationsOf(routes: Routes): readonly Destination[] {
  return Object.values(routes).flatMap(({ destinations }) => Object.values(destinations));
}

/** Whether nothing is left of what the destination should have been sent. */
export function isDelivered(destination: Destination, facts: Facts): boolean {
  const { notificationLog, conditions = {}, nothingListedSent } = destination;
  const isSent = facts.nothingListed !== true || nothingListedSent === true;
  const entries = [...Object.values(notificationLog), ...Object.values(conditions)];
  return isSent && entries.every(({ undeliveredSince }) => undeliveredSince === undefined);
}

/**
 * A destination that was never sent anything. It takes over what no other destination of its route accepted, so that
 * nothing is lost, also if it ended in the meantime. What another one accepted and is over is no news here.
 */
function newDestination(others: readonly Destination[], all: readonly Destination[]): Destination {
  const notificationLog: Record<string, NotificationLogEntry> = {};
  const conditions: Record<string, NotifiedCondition> = {};
  for (const other of others) {
    for (const [fingerprint, { undeliveredSince, heldSince, muted }] of Object.entries(
      other.notificationLog,
    )) {
      const isAccepted = others.some((one) => one.notificationLog[fingerprint]?.lastNotified !== undefined);
      if (isAccepted || (undeliveredSince ?? heldSince ?? muted) === undefined) continue;
      notificationLog[fingerprint] = {
        ...(undeliveredSince !== undefined && { undeliveredSince }),
        ...(heldSince !== undefined && { heldSince }),
        ...(muted !== undefined && { muted }),
      };
    }
  }
  for (const other of all) {
    for (const [fingerprint, { condition }] of Object.entries(other.conditions ?? {}))
      if (condition === 'unlisted') conditions[fingerprint] = { condition, at: SENT_TO_ANOTHER };
  }
  return { notificationLog, ...(Object.keys(conditions).length > 0 && { conditions }) };
}
