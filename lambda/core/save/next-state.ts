/*
 * Makes the state to save: takes the saved state and what a check found, gives the next one, and whether it differs. A
 * check calls this once, before it posts anything.
 */
import type { Alert, Facts } from '../alert.ts';
import { diagnosisOf, type Evaluation } from '../diagnose/evaluation.ts';
import { isEmptyHistory } from '../diagnose/history.ts';
import { equal } from '../equal.ts';
import { sendReason } from '../notify/reason.ts';
import { type Roster, rosterSize } from '../roster.ts';
import { DEFAULT_ROUTE, type Route, type WatchState } from '../state.ts';
import type { Instant } from '../time.ts';
import { firingsWithinWindow } from '../track/flapping.ts';

/** What a check found out. */
export interface Progress {
  readonly facts: Facts;
  readonly route: Route;
  readonly evaluation: Evaluation;
  /** When its listing was requested. */
  readonly listedAt: Instant;
  /** Names the policy of this check. */
  readonly policyId: string;
}

/** The state after an evaluation, before anything is posted. A listing with nothing to send ends the initial run. */
export function nextState(state: WatchState, progress: Progress): WatchState {
  const { facts, route, evaluation, listedAt, policyId } = progress;
  const { emptySince: _emptySince, nothingListed: _nothingListed, ...kept } = state.facts;
  const isSent = facts.nothingListed !== true || route.nothingListedSent === true;
  const isDelivered =
    isSent &&
    Object.values(route.notificationLog).every(({ undeliveredSince }) => undeliveredSince === undefined);
  return {
    ...state,
    initialized: state.initialized || (hasListed(evaluation, facts) && isDelivered),
    listedAt,
    supersededInARow: 0,
    policyId,
    facts: { ...kept, ...facts },
    routes: { ...state.routes, [DEFAULT_ROUTE]: route },
  };
}

/** Whether the syncs were listed by this evaluation or before: a failed listing alone does not end the initial run. */
export function hasListed(evaluation: Evaluation, { roster }: Facts): boolean {
  return evaluation.kind === 'listed' || rosterSize(roster) > 0;
}

/**
 * Whether a later decision would read anything new. Labels, names in the roster and the time of the listing do not
 * count: any other write refreshes them.
 */
export function hasChanged(before: WatchState, next: WatchState): boolean {
  return (
    before.initialized !== next.initialized ||
    before.supersededInARow !== next.supersededInARow ||
    before.policyId !== next.policyId ||
    before.facts.emptySince !== next.facts.emptySince ||
    rosterDiffers(before.facts.roster, next.facts.roster) ||
    recordsDiffer(before.facts.conditions, next.facts.conditions) ||
    recordsDiffer(before.facts.alerts, next.facts.alerts, withoutLabels) ||
    recordsDiffer(before.facts.histories, next.facts.histories) ||
    recordsDiffer(before.routes, next.routes, withoutNotificationLog) ||
    Object.keys(next.routes).some((name) =>
      recordsDiffer(notificationLogOf(before, name), notificationLogOf(next, name)),
    )
  );
}

/**
 * The state as it is saved: with the labels of this evaluation, without what no later decision reads. An ended alert
 * goes once nothing about it is left to send and its flap window is over.
 */
export function asSaved(state: WatchState, evaluation: Evaluation): WatchState {
  const { alerts, histories, conditions } = state.facts;
  const routes = Object.values(state.routes);
  const kept = Object.entries(alerts).filter(([fingerprint, alert]) => {
    const isNothingLeft = routes.every(
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
  const entries = Object.entries(routes).map(([name, route]) => {
    const { conditions: sent = {}, ...rest } = route;
    const known = pick(sent, conditions);
    const pruned: Route = {
      ...rest,
      notificationLog: pick(route.notificationLog, alerts),
      ...(Object.keys(known).length > 0 && { conditions: known }),
    };
    return [name, pruned] as const;
  });
  return Object.fromEntries(entries);
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

function notificationLogOf(state: WatchState, route: string) {
  return state.routes[route]?.notificationLog ?? {};
}

function withoutLabels({ labels: _labels, ...rest }: Alert) {
  return rest;
}

function withoutNotificationLog({ notificationLog: _notificationLog, ...rest }: Route) {
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
