/*
 * Makes the state to save: takes the saved state and what a check found, gives the next one, and whether it differs. A
 * check calls this once, before it posts anything.
 */
import type { Alert, Facts } from '../alert.ts';
import { diagnosisOf, type Evaluation } from '../diagnose/evaluation.ts';
import { isEmptyHistory } from '../diagnose/history.ts';
import { equal } from '../equal.ts';
import { destinationsOf, isDelivered } from '../notify/destinations.ts';
import { sendReason } from '../notify/reason.ts';
import { type Roster, rosterSize } from '../roster.ts';
import type { Destination, Route, WatchState } from '../state.ts';
import { DAY_SECONDS, type Instant, secondsBetween } from '../time.ts';
import { firingsWithinWindow } from '../track/flapping.ts';

/** What a check found out. */
export interface Progress {
  readonly facts: Facts;
  /** As they were planned. */
  readonly routes: WatchState['routes'];
  readonly evaluation: Evaluation;
  /** When its listing was requested. */
  readonly listedAt: Instant;
  /** Names the policy of this check. */
  readonly policyId: string;
}

/** The state after an evaluation, before anything is posted. A listing with nothing to send ends the initial run. */
export function nextState(state: WatchState, progress: Progress): WatchState {
  const { facts, routes, evaluation, listedAt, policyId } = progress;
  const { unseen: _unseen, emptySince: _emptySince, nothingListed: _nothingListed, ...kept } = state.facts;
  const next = { ...state, listedAt, supersededInARow: 0, policyId, facts: { ...kept, ...facts }, routes };
  return withInitialized(next, evaluation);
}

/**
 * The state with the destinations marked whose first digest is delivered. A failed listing alone ends no initial run: the
 * syncs must have been listed by this evaluation or before.
 */
export function withInitialized(state: WatchState, evaluation: Evaluation): WatchState {
  const { facts, initialized } = state;
  const hasListed = evaluation.kind === 'listed' || rosterSize(facts.roster) > 0;
  if (!hasListed) return state;
  const routes = mapDestinations(state.routes, (destination) =>
    destination.initialized || !isDelivered(destination, facts)
      ? destination
      : { ...destination, initialized: true },
  );
  const isAny = destinationsOf(routes).some((destination) => destination.initialized);
  return { ...state, initialized: initialized || isAny, routes };
}

/** The routes with every destination updated. */
function mapDestinations(
  routes: WatchState['routes'],
  update: (destination: Destination) => Destination,
): WatchState['routes'] {
  return mapValues(routes, (route) => ({ ...route, destinations: mapValues(route.destinations, update) }));
}

function mapValues<T>(record: Readonly<Record<string, T>>, update: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, update(value)]));
}

/**
 * Whether a later decision would read anything new, or the state was written a week ago. Labels, names in the roster and the time of the listing do not
 * count: any other write refreshes them.
 */
export function hasChanged(before: WatchState, next: WatchState): boolean {
  return (
    isOld(before, next) ||
    before.initialized !== next.initialized ||
    before.supersededInARow !== next.supersededInARow ||
    before.policyId !== next.policyId ||
    before.facts.emptySince !== next.facts.emptySince ||
    recordsDiffer(before.facts.unseen ?? {}, next.facts.unseen ?? {}) ||
    rosterDiffers(before.facts.roster, next.facts.roster) ||
    recordsDiffer(before.facts.conditions, next.facts.conditions) ||
    recordsDiffer(before.facts.alerts, next.facts.alerts, withoutLabels) ||
    recordsDiffer(before.facts.histories, next.facts.histories) ||
    recordsDiffer(before.routes, next.routes, ({ destinations }) => Object.keys(destinations)) ||
    Object.entries(next.routes).some(([name, route]) => destinationsDiffer(before.routes[name], route))
  );
}

/** The table drops a state that nobody has written for 90 days: a watch that stays quiet writes at times. */
const REFRESHED_SECONDS = 7 * DAY_SECONDS;

function isOld({ listedAt: before }: WatchState, { listedAt }: WatchState): boolean {
  return before !== null && listedAt !== null && secondsBetween(before, listedAt) >= REFRESHED_SECONDS;
}

/**
 * The state as it is saved: with the labels of this evaluation, without what no later decision reads. An ended alert
 * goes once nothing about it is left to send and its flap window is over.
 */
export function asSaved(state: WatchState, evaluation: Evaluation): WatchState {
  const { alerts, histories, conditions } = state.facts;
  const destinations = destinationsOf(state.routes);
  const kept = Object.entries(alerts).filter(([fingerprint, alert]) => {
    const isNothingLeft = destinations.every(
      ({ notificationLog }) => sendReason(alert, notificationLog[fingerprint] ?? {}) === undefined,
    );
    return !(isNothingLeft && isOver(alert, evaluation.at));
  });
  const keptAlerts = Object.fromEntries(
    kept.map(([fingerprint, alert]) => [fingerprint, labelled(fingerprint, alert, evaluation)]),
  );
  const keptHistories = Object.entries(histories).filter(([, history]) => !isEmptyHistory(history));
  const facts: Facts = {
    ...state.facts,
    alerts: keptAlerts,
    histories: Object.fromEntries(keptHistories),
  };
  return { ...state, facts, routes: prunedRoutes(state.routes, { alerts: keptAlerts, conditions }) };
}

function isOver(alert: Alert, now: Instant): boolean {
  const isEnded = alert.state === 'ended' && alert.pendingAgain === undefined;
  return isEnded && firingsWithinWindow(alert, now).length === 0;
}

function labelled(fingerprint: string, alert: Alert, evaluation: Evaluation): Alert {
  if (alert.labels === null) return alert;
  const diagnosis = diagnosisOf(fingerprint, evaluation);
  const isReadable = diagnosis !== undefined && diagnosis.faults.length === 0;
  return isReadable ? { ...alert, labels: diagnosis.sync.labels } : alert;
}

/** Routes without the log entries of alerts and conditions that are no longer kept. */
function prunedRoutes(
  routes: WatchState['routes'],
  { alerts, conditions }: Pick<Facts, 'alerts' | 'conditions'>,
): WatchState['routes'] {
  return mapDestinations(routes, (destination) => {
    const { conditions: sent = {}, ...rest } = destination;
    const known = pick(sent, conditions);
    return {
      ...rest,
      notificationLog: pick(destination.notificationLog, alerts),
      ...(Object.keys(known).length > 0 && { conditions: known }),
    };
  });
}

/** The entries whose keys the other record has too. */
function pick<T>(
  record: Readonly<Record<string, T>>,
  other: Readonly<Record<string, unknown>>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => Object.hasOwn(other, key)));
}

/** Whether other syncs are listed, or missing, than before. Names do not count. */
function rosterDiffers(before: Roster, next: Roster): boolean {
  if (before.kind === 'syncs' && next.kind === 'syncs')
    return recordsDiffer(before.syncs, next.syncs, ({ since, missingSince }) => [since, missingSince]);
  return before.kind !== next.kind || !equal(before, next);
}

function destinationsDiffer(before: Route | undefined, next: Route): boolean {
  if (before === next) return false;
  return Object.entries(next.destinations).some(([id, destination]) => {
    const known = before?.destinations[id];
    if (known === destination) return false;
    return (
      known === undefined ||
      !equal(withoutNotificationLog(known), withoutNotificationLog(destination)) ||
      recordsDiffer(known.notificationLog, destination.notificationLog)
    );
  });
}

function withoutLabels({ labels: _labels, ...rest }: Alert) {
  return rest;
}

function withoutNotificationLog({ notificationLog: _notificationLog, ...rest }: Destination) {
  return rest;
}

function recordsDiffer<T>(
  before: Readonly<Record<string, T>>,
  next: Readonly<Record<string, T>>,
  part: (value: T) => unknown = (value) => value,
): boolean {
  const keys = Object.keys(next);
  if (keys.length !== Object.keys(before).length) return true;
  return keys.some((key) => {
    const [one, other] = [before[key], next[key]];
    if (one === other) return false;
    return one === undefined || other === undefined || !equal(part(one), part(other));
  });
}
