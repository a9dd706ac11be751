import type { Alert } from '../../../lambda/core/alert.ts';
import type { AlertMatcher } from '../../../lambda/core/matcher.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
import type { Severity } from '../../../lambda/core/problem.ts';
import type { QuietHours } from '../../../lambda/core/quiet-hours.ts';
import type { Silence } from '../../../lambda/core/silence.ts';
import { matches } from '../oracle/matching.ts';
import type { SimulatedCheck } from '../simulated-check.ts';

/*
 * A second reading of docs/routes.md and docs/design/mutes.md: which destinations a policy names for an alert, and what
 * mutes it. It shares no code with lambda/core/notify.
 */

/** The names of the destinations that hear of an alert: the first route that matches, and after `continue` the next ones. */
export function destinationsOf(
  { routes, defaultRoute }: Policy,
  fingerprint: string,
  alert: Alert,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { match, to, continue: goesOn } of routes) {
    if (!matchesAlert(match, fingerprint, { ...alert, severity: worstOf(alert) })) continue;
    names.add(to);
    if (!goesOn) return names;
  }
  return names.add(defaultRoute.to);
}

/** The worst severity of its firing. */
function worstOf({ severity, critical, since }: Alert): Severity {
  const isIn = critical !== undefined && (critical.to ?? Number.POSITIVE_INFINITY) > since;
  return isIn ? 'critical' : severity;
}

function matchesAlert(
  { problem, severity, ...fields }: AlertMatcher,
  fingerprint: string,
  alert: Alert,
): boolean {
  if (problem !== undefined && !problem.includes(alert.problem)) return false;
  if (severity !== undefined && !severity.includes(alert.severity)) return false;
  if (Object.keys(fields).length === 0) return true;
  if (!fingerprint.startsWith('sync:') || alert.labels === null) return false;
  const { name, connectorId, connectionRef, sourceKind, source, kbUid, destTable } = alert.labels;
  const [schema, ...table] = (source ?? '').split('.');
  return matches(fields, {
    id: fingerprint.slice('sync:'.length),
    name,
    connector_id: connectorId,
    connection_ref: connectionRef,
    source_kind: sourceKind,
    source_schema: schema,
    source_table: table.join('.'),
    kb_uid: kbUid,
    dest_table: destTable,
  });
}

/** What mutes an alert at a check. */
export interface MutedBy {
  readonly silence: boolean;
  readonly acknowledgement: boolean;
  /** The severities that wait for the end of quiet hours. */
  readonly quiet: ReadonlySet<Severity>;
}

export function mutedBy(check: SimulatedCheck, fingerprint: string, alert: Alert): MutedBy {
  const active = (check.silences ?? []).filter(
    ({ startsAt, endsAt }) => startsAt <= check.now && check.now < endsAt,
  );
  const selecting = active.filter((silence) => selects(silence, fingerprint, alert));
  return {
    silence: selecting.some(({ kind }) => kind !== 'acknowledgement'),
    acknowledgement: selecting.some(({ kind }) => kind === 'acknowledgement'),
    quiet: quietSeverities(check.policy.quietHours, check.now),
  };
}

export function isMuted({ silence, acknowledgement, quiet }: MutedBy): boolean {
  return silence || acknowledgement || quiet.size > 0;
}

function selects(silence: Silence, fingerprint: string, alert: Alert): boolean {
  switch (silence.kind) {
    case 'matcher':
      return matchesAlert(silence.match, fingerprint, alert);
    case 'alerts':
      return silence.alerts.includes(fingerprint);
    case 'acknowledgement':
      return silence.alerts.some(
        (one) =>
          one.fingerprint === fingerprint &&
          one.since === alert.since &&
          alert.state === 'firing' &&
          (one.severity === 'critical' || alert.severity === 'warning'),
      );
  }
}

const MINUTE = 60_000;
/** Minutes ahead of UTC: the zones of the simulation change no clocks. */
const OFFSETS: Readonly<Record<string, number>> = { UTC: 0, 'Asia/Kolkata': 330, 'America/Phoenix': -420 };
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function quietSeverities(all: readonly QuietHours[], now: number): ReadonlySet<Severity> {
  return new Set(all.filter((hours) => isWithin(hours, now)).flatMap(({ severity }) => severity));
}

function isWithin({ zone, from, to, days }: QuietHours, now: number): boolean {
  const local = new Date(now + (OFFSETS[zone] ?? Number.NaN) * MINUTE);
  const minute = local.getUTCHours() * 60 + local.getUTCMinutes();
  const isOn = (day: number) => days.some((name) => name === DAYS[(day + 7) % 7]);
  const today = local.getUTCDay();
  if (from < to) return isOn(today) && from <= minute && minute < to;
  return (isOn(today) && from <= minute) || (isOn(today - 1) && minute < to);
}
