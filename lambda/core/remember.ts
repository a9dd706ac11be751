import type { Alert, Facts, ListingSize } from './alert.ts';
import { equal } from './equal.ts';
import { openingsWithinWindow } from './flapping.ts';
import type { Look } from './look.ts';
import { isUnmarked } from './mark.ts';
import { DEFAULT_ROUTE, type Memory, type Route } from './memory.ts';
import { reasonToTell } from './reason-to-tell.ts';
import type { Instant } from './time.ts';

/** The memory after a look, before anything was posted. The first look is over when it saw, and nothing is due. */
export function remembering(
  memory: Memory,
  facts: Facts,
  route: Route,
  look: Look,
  listedAt: Instant,
): Memory {
  const owesNothing = Object.values(route.tellings).every(({ dueSince }) => dueSince === undefined);
  return {
    ...memory,
    settled: memory.settled || (hasSeen(look, facts) && owesNothing),
    listedAt,
    overtaken: 0,
    facts: { ...memory.facts, ...facts },
    routes: { ...memory.routes, [DEFAULT_ROUTE]: route },
  };
}

/** Whether the syncs were ever seen, at this look or before: a blind check does not end a first look by itself. */
export function hasSeen(look: Look, { size }: Facts): boolean {
  return look.kind === 'seen' || size.normal > 0;
}

/**
 * Whether a later decision would read anything else than before. Labels, the time of the listing and small moves of
 * its size do not count: they are refreshed with any other write.
 */
export function hasChanged(before: Memory, next: Memory): boolean {
  return (
    before.settled !== next.settled ||
    before.overtaken !== next.overtaken ||
    !equal(before.facts.size, next.facts.size) ||
    recordsDiffer(before.facts.alerts, next.facts.alerts, withoutLabels) ||
    recordsDiffer(before.facts.marks, next.facts.marks) ||
    recordsDiffer(before.routes, next.routes, withoutTellings) ||
    Object.keys(next.routes).some((name) => recordsDiffer(tellingsOf(before, name), tellingsOf(next, name)))
  );
}

/**
 * The memory as it is to be written: labels and the size of the listing as of this look, and without what no later
 * decision reads. An ended alert is forgotten when nothing about it is owed and its flap window is over.
 */
export function asWritten(memory: Memory, look: Look, now: Instant): Memory {
  const { alerts, marks, size } = memory.facts;
  const routes = Object.values(memory.routes);
  const kept = Object.entries(alerts).filter(
    ([fingerprint, alert]) => !isOver(fingerprint, alert, routes, now),
  );
  const keptAlerts = Object.fromEntries(
    kept.map(([fingerprint, alert]) => [fingerprint, labelled(fingerprint, alert, look)]),
  );
  const keptMarks = Object.entries(marks).filter(([, mark]) => !isUnmarked(mark));
  const facts: Facts = {
    ...memory.facts,
    alerts: keptAlerts,
    marks: Object.fromEntries(keptMarks),
    size: refreshedSize(size, look),
  };
  return { ...memory, facts, routes: withTellingsOf(memory.routes, keptAlerts) };
}

function isOver(fingerprint: string, alert: Alert, routes: readonly Route[], now: Instant): boolean {
  if (alert.state !== 'ended' || alert.reopening !== undefined) return false;
  if (openingsWithinWindow(alert, now).length > 0) return false;
  return routes.every(({ tellings }) => reasonToTell(alert, tellings[fingerprint] ?? {}) === undefined);
}

function labelled(fingerprint: string, alert: Alert, look: Look): Alert {
  if (alert.labels === null || look.kind === 'blind') return alert;
  const diagnosis = look.diagnoses.get(`sync:${fingerprint.slice('sync:'.length)}`);
  const isReadable = diagnosis !== undefined && diagnosis.faults.length === 0;
  return isReadable ? { ...alert, labels: diagnosis.sync.labels } : alert;
}

function refreshedSize(size: ListingSize, look: Look): ListingSize {
  const isNormal = look.kind === 'seen' && look.withoutId === 0 && size.shrunk === undefined;
  return isNormal ? { ...size, normal: look.diagnoses.size } : size;
}

function withTellingsOf(routes: Memory['routes'], alerts: Facts['alerts']): Memory['routes'] {
  const entries = Object.entries(routes).map(([name, route]) => {
    const tellings = Object.entries(route.tellings).filter(([fingerprint]) => fingerprint in alerts);
    return [name, { ...route, tellings: Object.fromEntries(tellings) }] as const;
  });
  return Object.fromEntries(entries);
}

function tellingsOf(memory: Memory, route: string) {
  return memory.routes[route]?.tellings ?? {};
}

function withoutLabels({ labels: _labels, ...rest }: Alert) {
  return rest;
}

function withoutTellings({ tellings: _tellings, ...rest }: Route) {
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
