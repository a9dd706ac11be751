/*
 * Makes the state to save: takes the saved state and what a check found, gives the next one, and whether it differs. A
 * check calls this once, before it posts anything.
 */
import type { Alert, Facts, ListingSize } from '../alert.ts';
import { diagnosisOf, type Evaluation } from '../diagnose/evaluation.ts';
import { isEmptyHistory } from '../diagnose/history.ts';
import { equal } from '../equal.ts';
import { sendReason } from '../notify/reason.ts';
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
}

/** The state after an evaluation, before anything is posted. A listing with nothing to send ends the initial run. */
export function nextState(state: WatchState, { facts, route, evaluation, listedAt }: Progress): WatchState {
  const isDelivered = Object.values(route.notificationLog).every(
    ({ undeliveredSince }) => undeliveredSince === undefined,
  );
  return {
    ...state,
    initialized: state.initialized || (hasListed(evaluation, facts) && isDelivered),
    listedAt,
    supersededInARow: 0,
    facts: { ...state.facts, ...facts },
    routes: { ...state.routes, [DEFAULT_ROUTE]: route },
  };
}

/** Whether the syncs were listed by this evaluation or before: a failed listing alone does not end the initial run. */
export function hasListed(evaluation: Evaluation, { size }: Facts): boolean {
  return evaluation.kind === 'listed' || size.normal > 0;
}

/**
 * Whether a later decision would read anything new. Labels, the time of the listing and small changes of its size do
 * not count: any other write refreshes them.
 */
export function hasChanged(before: WatchState, next: WatchState): boolean {
  return (
    before.initialized !== next.initialized ||
    before.supersededInARow !== next.supersededInARow ||
    !equal(before.facts.size, next.facts.size) ||
    recordsDiffer(before.facts.alerts, next.facts.alerts, withoutLabels) ||
    recordsDiffer(before.facts.histories, next.facts.histories) ||
    recordsDiffer(before.routes, next.routes, withoutNotificationLog) ||
    Object.keys(next.routes).some((name) =>
      recordsDiffer(notificationLogOf(before, name), notificationLogOf(next, name)),
    )
  );
}

/**
 * The state as it is saved: with the labels and the listing size of this evaluation, without what no later decision
 * reads. An ended alert goes once nothing about it is left to send and its flap window is over.
 */
export function asSaved(state: WatchState, evaluation: Evaluation): WatchState {
  const { alerts, histories, size } = state.facts;
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
    size: refreshedSize(size, evaluation),
  };
  return { ...state, facts, routes: withNotificationLogsOf(state.routes, keptAlerts) };
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

function refreshedSize(size: ListingSize, evaluation: Evaluation): ListingSize {
  const isNormal = evaluation.kind === 'listed' && evaluation.withoutId === 0 && size.shrunk === undefined;
  return isNormal ? { ...size, normal: evaluation.diagnoses.size } : size;
}

function withNotificationLogsOf(routes: WatchState['routes'], alerts: Facts['alerts']): WatchState['routes'] {
  const entries = Object.entries(routes).map(([name, route]) => {
    const notificationLog = Object.entries(route.notificationLog).filter(
      ([fingerprint]) => fingerprint in alerts,
    );
    return [name, { ...route, notificationLog: Object.fromEntries(notificationLog) }] as const;
  });
  return Object.fromEntries(entries);
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
