/*
 * Makes a state smaller: takes one that is too large for its store, gives it without what no notification depends on. A
 * store applies these one after another until the state fits; it calls none of them for nearly any state.
 */
import type { Alert } from '../alert.ts';
import { destinationsOf } from '../notify/destinations.ts';
import { sendReason } from '../notify/reason.ts';
import type { WatchState } from '../state.ts';

interface Reduction {
  /** What is left out, in words. */
  readonly what: string;
  readonly apply: (state: WatchState) => WatchState;
}

/** In the order in which they are applied. */
export const REDUCTIONS: readonly Reduction[] = [
  { what: 'the names in the roster', apply: withoutRosterNames },
  { what: 'the labels of ended alerts', apply: withoutEndedLabels },
  { what: 'the histories of syncs without an open alert', apply: withoutHealthyHistories },
  { what: 'the ended alerts themselves', apply: withoutEnded },
];

/** The line about a sync that leaves the listing then has its id. Those that are missing already keep their names. */
function withoutRosterNames(state: WatchState): WatchState {
  const { roster } = state.facts;
  if (roster.kind === 'counts') return state;
  const syncs = Object.entries(roster.syncs).map(([fingerprint, entry]) => {
    const isMissing = entry.missingSince !== undefined;
    return [fingerprint, isMissing ? entry : { ...entry, name: '' }] as const;
  });
  return withFacts(state, { roster: { ...roster, syncs: Object.fromEntries(syncs) } });
}

/** An alert that fires again takes its labels from the listing. */
function withoutEndedLabels(state: WatchState): WatchState {
  const alerts = Object.entries(state.facts.alerts).map(([fingerprint, alert]) => {
    const isEnded = isOver(fingerprint, alert, state);
    return [fingerprint, isEnded ? { ...alert, labels: null } : alert] as const;
  });
  return withFacts(state, { alerts: Object.fromEntries(alerts) });
}

/** A sync that was enabled again is then judged without that, and its brief failures are counted from now on. */
function withoutHealthyHistories(state: WatchState): WatchState {
  const { alerts, histories } = state.facts;
  const kept = Object.entries(histories).filter(([fingerprint]) => {
    const alert = alerts[fingerprint];
    return alert !== undefined && !isOver(fingerprint, alert, state);
  });
  return withFacts(state, { histories: Object.fromEntries(kept) });
}

/** An alert that fires again is then new: it does not count as flapping. The end by a condition is part of its line. */
function withoutEnded(state: WatchState): WatchState {
  const kept = Object.entries(state.facts.alerts).filter(([fingerprint, alert]) => {
    const how = alert.resolution?.how;
    return how === 'paused' || how === 'unlisted' || !isOver(fingerprint, alert, state);
  });
  const alerts = Object.fromEntries(kept);
  const routes = Object.entries(state.routes).map(([name, route]) => {
    const destinations = Object.entries(route.destinations).map(([id, destination]) => {
      const log = Object.entries(destination.notificationLog);
      const notificationLog = Object.fromEntries(log.filter(([key]) => Object.hasOwn(alerts, key)));
      return [id, { ...destination, notificationLog }] as const;
    });
    return [name, { ...route, destinations: Object.fromEntries(destinations) }] as const;
  });
  return { ...withFacts(state, { alerts }), routes: Object.fromEntries(routes) };
}

/** Whether an alert ended, and nothing about it is left to send anywhere. */
function isOver(fingerprint: string, alert: Alert, { routes }: WatchState): boolean {
  if (alert.state !== 'ended' || alert.pendingAgain !== undefined) return false;
  return destinationsOf(routes).every(({ notificationLog }) => {
    const logEntry = notificationLog[fingerprint] ?? {};
    return sendReason(alert, logEntry) === undefined && logEntry.inFlight === undefined;
  });
}

function withFacts(state: WatchState, facts: Partial<WatchState['facts']>): WatchState {
  return { ...state, facts: { ...state.facts, ...facts } };
}
