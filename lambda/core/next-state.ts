import type { Alert, Facts, ListingSize } from './alert.ts';
import type { Evaluation } from './diagnose/evaluation.ts';
import { isEmptyHistory } from './diagnose/history.ts';
import { equal } from './equal.ts';
import { notifyReason } from './notify/reason.ts';
import { DEFAULT_ROUTE, type Route, type WatchState } from './state.ts';
import type { Instant } from './time.ts';
import { firingsWithinWindow } from './track/flapping.ts';

/** The memory after a look, before anything was posted. The first look is over when it saw, and nothing is due. */
export function nextState(
  state: WatchState,
  facts: Facts,
  route: Route,
  evaluation: Evaluation,
  listedAt: Instant,
): WatchState {
  const nothingUndelivered = Object.values(route.notificationLog).every(
    ({ undeliveredSince }) => undeliveredSince === undefined,
  );
  return {
    ...state,
    initialized: state.initialized || (hasSeen(evaluation, facts) && nothingUndelivered),
    listedAt,
    supersededInARow: 0,
    facts: { ...state.facts, ...facts },
    routes: { ...state.routes, [DEFAULT_ROUTE]: route },
  };
}

/** Whether the syncs were ever seen, at this look or before: a blind check does not end a first look by itself. */
export function hasSeen(evaluation: Evaluation, { size }: Facts): boolean {
  return evaluation.kind === 'listed' || size.normal > 0;
}

/**
 * Whether a later decision would read anything else than before. Labels, the time of the listing and small moves of
 * its size do not count: they are refreshed with any other write.
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
 * The memory as it is to be written: labels and the size of the listing as of this look, and without what no later
 * decision reads. An ended alert is forgotten when nothing about it is owed and its flap window is over.
 */
export function asSaved(state: WatchState, evaluation: Evaluation, now: Instant): WatchState {
  const { alerts, histories: marks, size } = state.facts;
  const routes = Object.values(state.routes);
  const kept = Object.entries(alerts).filter(
    ([fingerprint, alert]) => !isOver(fingerprint, alert, routes, now),
  );
  const keptAlerts = Object.fromEntries(
    kept.map(([fingerprint, alert]) => [fingerprint, labelled(fingerprint, alert, evaluation)]),
  );
  const keptMarks = Object.entries(marks).filter(([, mark]) => !isEmptyHistory(mark));
  const facts: Facts = {
    ...state.facts,
    alerts: keptAlerts,
    histories: Object.fromEntries(keptMarks),
    size: refreshedSize(size, evaluation),
  };
  return { ...state, facts, routes: withNotificationLogsOf(state.routes, keptAlerts) };
}

function isOver(fingerprint: string, alert: Alert, routes: readonly Route[], now: Instant): boolean {
  if (alert.state !== 'ended' || alert.pendingAgain !== undefined) return false;
  if (firingsWithinWindow(alert, now).length > 0) return false;
  return routes.every(
    ({ notificationLog }) => notifyReason(alert, notificationLog[fingerprint] ?? {}) === undefined,
  );
}

function labelled(fingerprint: string, alert: Alert, evaluation: Evaluation): Alert {
  if (alert.labels === null || evaluation.kind === 'unavailable') return alert;
  const diagnosis = evaluation.diagnoses.get(`sync:${fingerprint.slice('sync:'.length)}`);
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

function withoutNotificationLog({ notificationLog: _tellings, ...rest }: Route) {
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
