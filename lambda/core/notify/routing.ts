import type { Alert } from '../alert.ts';
import { isSyncFingerprint, syncIdOf } from '../fingerprint.ts';
import { type AlertMatcher, matchesAlert, matchesSync, type SyncMatcher } from '../matcher.ts';
import { DEFAULT_DESTINATION, type Policy, type RouteTarget } from '../policy.ts';
import type { Severity } from '../problem.ts';
import type { Labels } from '../sync.ts';

/** Where something goes, and the entry of the policy that leads there. */
export interface Routed {
  /** "routes.1" or "defaultRoute". */
  readonly rule: string;
  readonly target: RouteTarget;
}

type Routing = Pick<Policy, 'routes' | 'defaultRoute'>;

/** Whether the policy says who hears what; without it everything goes to the destination `default`. */
export function hasRoutes({ routes, defaultRoute }: Routing): boolean {
  const isDefault = defaultRoute.to === DEFAULT_DESTINATION && defaultRoute.mention === undefined;
  return routes.length > 0 || !isDefault;
}

/**
 * Where an alert goes: at least one destination, each of them once. It is matched by the worst severity of its firing, so
 * that one that was critical for a while does not move back and forth.
 */
export function routesOf(policy: Routing, fingerprint: string, alert: Alert): readonly Routed[] {
  const matched = { problem: alert.problem, severity: worstSeverity(alert), labels: alert.labels };
  return routedBy(policy, (match) => matchesAlert(match, fingerprint, matched));
}

/**
 * Where a change of a sync's condition goes. A route by problem or severity is about alerts alone. What the sync's labels
 * are is not known once it is unlisted, unless it has an alert.
 */
export function routesOfCondition(
  policy: Routing,
  fingerprint: string,
  labels: Labels | null,
): readonly Routed[] {
  return routedBy(policy, (match) => !isAboutAlerts(match) && matchesLabels(match, fingerprint, labels));
}

function routedBy(
  { routes, defaultRoute }: Routing,
  isMatch: (match: AlertMatcher) => boolean,
): readonly Routed[] {
  const found: Routed[] = [];
  for (const [index, route] of routes.entries()) {
    if (!isMatch(route.match)) continue;
    const isKnown = found.some(({ target }) => target.to === route.to);
    if (!isKnown) found.push({ rule: `routes.${index}`, target: route });
    if (!route.continue) return found;
  }
  // A route with `continue` adds a destination: what no other route ends goes to the default one too.
  const isKnown = found.some(({ target }) => target.to === defaultRoute.to);
  return isKnown ? found : [...found, { rule: 'defaultRoute', target: defaultRoute }];
}

export function worstSeverity({ severity, critical, since }: Alert): Severity {
  const wasCritical = critical !== undefined && (critical.to === undefined || critical.to > since);
  return wasCritical ? 'critical' : severity;
}

function isAboutAlerts({ problem, severity }: AlertMatcher): boolean {
  return problem !== undefined || severity !== undefined;
}

/** By the fields about syncs alone. */
function matchesLabels(match: SyncMatcher, fingerprint: string, labels: Labels | null): boolean {
  return matchesSync(match, isSyncFingerprint(fingerprint) ? syncIdOf(fingerprint) : null, labels);
}
