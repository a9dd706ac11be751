/*
 * Parts the facts by destination: takes the facts, the evaluation and what each destination was sent, gives what each of
 * them hears of. A check makes the views once, before it plans; without routes the only view is everything.
 */
import { type Alert, EMPTY_FACTS, type Facts } from '../alert.ts';
import type { Condition } from '../condition.ts';
import { diagnosisOf, type Evaluation } from '../diagnose/evaluation.ts';
import { DEFAULT_DESTINATION, HEARS_ALERTS_ALONE, type Policy } from '../policy.ts';
import type { Destination, NotificationLogEntry, WatchState } from '../state.ts';
import { type Labels, NO_LABELS } from '../sync.ts';
import type { Instant } from '../time.ts';
import type { KeyedDestination } from './destinations.ts';
import { handedOver, type LogsByRoute } from './handover.ts';
import type { HoursOfRoutes } from './mute.ts';
import { openPopulation, type Population } from './population.ts';
import { hasRoutes, type Routed, routesOf, routesOfCondition } from './routing.ts';

/** What one destination hears of, and what it was sent. */
export interface DestinationView extends KeyedDestination {
  readonly facts: Facts;
  /** Its name, with the policy; absent where everything goes to the destination `default`. */
  readonly route?: { readonly name: string; readonly policy: Policy };
  readonly hours: HoursOfRoutes;
  /** Everything that is listed, by which causes are judged; undefined while nothing is open or listed. */
  readonly population: Population | undefined;
  /** It hears of alerts alone: no reminders, no pauses and the like. */
  readonly alertsAlone?: true;
  /** The log of alerts that it was sent and that go elsewhere now: it hears of their end alone. */
  readonly parked: Destination['notificationLog'];
}

interface ViewContext {
  readonly facts: Facts;
  readonly evaluation: Evaluation;
  readonly policy: Policy;
  /** As they were saved. */
  readonly routes: WatchState['routes'];
}

export function destinationViews<T extends KeyedDestination>(
  current: readonly T[],
  context: ViewContext,
): readonly (T & DestinationView)[] {
  const { facts, evaluation, policy, routes } = context;
  const population = openPopulation(evaluation, facts);
  const isOnlyDefault =
    !hasRoutes(policy) && Object.keys(routes).every((name) => name === DEFAULT_DESTINATION);
  const hoursOf = ({ key }: T) => hoursOfRoutes(key.route, context);
  if (isOnlyDefault)
    return current.map((one) => ({ ...one, facts, hours: hoursOf(one), population, parked: {} }));
  const goesTo = alertDestinations(context);
  const alertsOf = byDestination(goesTo);
  const conditionsOf = byDestination(conditionDestinations(context));
  const logs: LogsByRoute = logsOf(routes);
  return current.map((one) => {
    const { route: name } = one.key;
    const alerts = alertsOf.get(name) ?? new Set();
    const destination = handedOver(one, alerts, { facts, goesTo, logs });
    const own = { alerts, conditions: conditionsOf.get(name) ?? new Set() };
    const view = viewOf({ ...one, destination }, own, context);
    return { ...one, ...view, hours: hoursOf(one), population, route: { name, policy } };
  });
}

/** What was sent to a destination and goes elsewhere now has the hours of the policy. */
function hoursOfRoutes(name: string, { evaluation, policy }: ViewContext): HoursOfRoutes {
  const hoursIn = (routed: readonly Routed[]) =>
    routed.find(({ target }) => target.to === name)?.target.quietHours ?? policy.quietHours;
  return {
    ofAlert: (fingerprint, alert) =>
      hoursIn(routesOf(policy, fingerprint, withListedLabels(fingerprint, alert, evaluation))),
    ofCondition: (fingerprint, labels) => hoursIn(routesOfCondition(policy, fingerprint, labels)),
  };
}

/** By fingerprint, the names of destinations. */
type DestinationNames = Readonly<Record<string, readonly string[]>>;

/** By the name of a destination, its fingerprints. */
function byDestination(names: DestinationNames): ReadonlyMap<string, ReadonlySet<string>> {
  const own = new Map<string, Set<string>>();
  for (const [fingerprint, destinations] of Object.entries(names)) {
    for (const name of destinations) {
      const fingerprints = own.get(name);
      if (fingerprints === undefined) own.set(name, new Set([fingerprint]));
      else fingerprints.add(fingerprint);
    }
  }
  return own;
}

/** The destination's log with the part of it that its plan did not have. */
export function withParked(
  destination: Destination,
  { parked }: Pick<DestinationView, 'parked'>,
): Destination {
  if (Object.keys(parked).length === 0) return destination;
  return { ...destination, notificationLog: { ...parked, ...destination.notificationLog } };
}

function alertDestinations({ facts, evaluation, policy }: ViewContext): DestinationNames {
  return mapEntries(facts.alerts, (fingerprint, alert) =>
    namesOf(routesOf(policy, fingerprint, withListedLabels(fingerprint, alert, evaluation))),
  );
}

function withListedLabels(fingerprint: string, alert: Alert, evaluation: Evaluation): Alert {
  return { ...alert, labels: labelsOf(fingerprint, evaluation) ?? alert.labels };
}

function conditionDestinations({ facts, evaluation, policy }: ViewContext): DestinationNames {
  return mapEntries(facts.conditions, (fingerprint, { name }) => {
    const known = labelsOf(fingerprint, evaluation) ?? facts.alerts[fingerprint]?.labels;
    return namesOf(routesOfCondition(policy, fingerprint, known ?? { ...NO_LABELS, name }));
  });
}

function mapEntries<T>(
  record: Readonly<Record<string, T>>,
  names: (fingerprint: string, value: T) => readonly string[],
): DestinationNames {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, names(key, value)]));
}

function namesOf(routed: readonly Routed[]): readonly string[] {
  return routed.map(({ target }) => target.to);
}

function viewOf(
  { key, destination }: KeyedDestination,
  own: { readonly alerts: ReadonlySet<string>; readonly conditions: ReadonlySet<string> },
  { facts, evaluation, policy }: ViewContext,
): Omit<DestinationView, 'hours' | 'population'> {
  const alerts: Record<string, Alert> = {};
  const parked: Record<string, NotificationLogEntry> = {};
  const notificationLog: Record<string, NotificationLogEntry> = {};
  for (const [fingerprint, alert] of Object.entries(facts.alerts)) {
    const logEntry = destination.notificationLog[fingerprint];
    const isSent = logEntry?.lastNotified !== undefined && !logEntry.resolutionSent;
    if (own.alerts.has(fingerprint) || (isSent && alert.state !== 'firing')) {
      alerts[fingerprint] = alert;
      if (logEntry !== undefined) notificationLog[fingerprint] = logEntry;
    } else if (logEntry !== undefined) {
      const { undeliveredSince: _undelivered, heldSince: _held, muted: _muted, ...kept } = logEntry;
      const lastNotified = kept.lastNotified ?? maybeNotified(logEntry, evaluation.at);
      if (lastNotified !== undefined) parked[fingerprint] = { ...kept, lastNotified };
    }
  }
  const conditions: Record<string, Condition> = {};
  for (const [fingerprint, condition] of Object.entries(facts.conditions)) {
    const isKnown = destination.conditions?.[fingerprint] !== undefined || alerts[fingerprint] !== undefined;
    if (isKnown || own.conditions.has(fingerprint)) conditions[fingerprint] = condition;
  }
  const kind = policy.destinations[key.route]?.kind ?? 'slack';
  if (HEARS_ALERTS_ALONE[kind]) {
    const own = { ...EMPTY_FACTS, alerts, histories: facts.histories };
    return { key, destination: { ...destination, notificationLog }, facts: own, parked, alertsAlone: true };
  }
  const { nothingListed, ...kept } = facts;
  const isDefault = key.route === policy.defaultRoute.to;
  return {
    key,
    destination: { ...destination, notificationLog },
    facts: { ...kept, alerts, conditions, ...(nothingListed && isDefault && { nothingListed }) },
    parked,
  };
}

/**
 * What was posted without a certain answer may have been read: its end is sent there too. Nothing about it counts as sent, so
 * that it is news there if its route leads back.
 */
function maybeNotified(
  { inFlight }: NotificationLogEntry,
  now: Instant,
): NotificationLogEntry['lastNotified'] {
  return inFlight?.what === 'firing'
    ? { at: now, severity: 'warning', problems: [], listed: true }
    : undefined;
}

function labelsOf(fingerprint: string, evaluation: Evaluation): Labels | undefined {
  const diagnosis = diagnosisOf(fingerprint, evaluation);
  return diagnosis?.faults.length === 0 ? diagnosis.sync.labels : undefined;
}

/** By name, the logs of all destinations that a name was known by. */
function logsOf(routes: WatchState['routes']): LogsByRoute {
  return new Map(
    Object.entries(routes).map(([name, { destinations }]) => [
      name,
      Object.values(destinations).map(({ notificationLog }) => notificationLog),
    ]),
  );
}
