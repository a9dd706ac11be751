/*
 * The health of every sync: takes an evaluation and the facts, gives a report. The report command calls `reportOf`
 * once; nothing of it is saved.
 */
import { type Alert, EMPTY_FACTS, type Facts, openAlerts } from '../alert.ts';
import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { ListedEvaluation } from '../diagnose/evaluation.ts';
import { intervalsBehind } from '../diagnose/lag.ts';
import { type ExcludedSyncs, excludedSyncs, type RuleNote, ruleNotes } from '../diagnose/rule-notes.ts';
import { type Tally, tally } from '../diagnose/tally.ts';
import { isSyncFingerprint } from '../fingerprint.ts';
import { connectionKey } from '../notify/cause.ts';
import type { TrackedAlert } from '../notify/notification.ts';
import { populationOf } from '../notify/population.ts';
import { foldingCauses } from '../notify/shared-causes.ts';
import type { Policy } from '../policy.ts';
import type { Problem } from '../problem.ts';
import type { Instant } from '../time.ts';
import { isInFlapHold } from './alert-lines.ts';
import { displayName } from './names.ts';

/**
 * The state of a sync that is not simply healthy, the worst first. `unresolved`: its alert is open, and nothing proves
 * that it recovered. `absent`: its alert is open, and the listing lacks it.
 */
export const STATUSES = [
  'disabled',
  'failing',
  'never_succeeded',
  'stalled',
  'unreadable',
  'unresolved',
  'absent',
  'paused',
] as const satisfies readonly (Problem | 'unresolved' | 'absent' | 'paused')[];
export type Status = (typeof STATUSES)[number];

/** The health of every sync by one evaluation. */
export interface Report {
  readonly tally: Tally;
  /** How many alerts are open: `openAlerts`. */
  readonly open: number;
  /** The worst first: by severity, then by status, then by intervals behind. */
  readonly unhealthy: readonly UnhealthySync[];
  /** Of those, the listed ones with a problem that could be judged, each with the cause that folds its line. */
  readonly needAttention: readonly TrackedAlert[];
  /** The worst first: by the share of healthy syncs, then by the number of the others. */
  readonly connections: readonly ConnectionHealth[];
  /** The largest first. */
  readonly healthy: readonly HealthyConnector[];
  readonly excluded: readonly ExcludedSyncs[];
  /** The entries of the policy that do nothing. */
  readonly ruleNotes: readonly RuleNote[];
}

export interface UnhealthySync {
  readonly fingerprint: string;
  readonly status: Status;
  /** The saved alert, or one made from this evaluation, to be shown as an open alert. */
  readonly alert: Alert;
  /** When the saved alert began; absent without one. */
  readonly openSince?: Instant;
  /** Absent for a sync that the listing lacks, and for the records without an id. */
  readonly diagnosis?: Diagnosis;
}

/** How many syncs of one connection are healthy. */
export interface ConnectionHealth {
  readonly connection: string | null;
  readonly connector: string | null;
  readonly healthy: number;
  /** Neither paused nor excluded. */
  readonly watched: number;
}

/** The healthy syncs of one connector together. */
export interface HealthyConnector {
  readonly connector: string | null;
  readonly count: number;
  /** Seconds since the last success, the least and the most; absent while none has succeeded. */
  readonly lagSeconds?: { readonly least: number; readonly most: number };
}

export function reportOf(evaluation: ListedEvaluation, facts: Facts, policy: Policy): Report {
  const rows: UnhealthySync[] = [];
  const healthy: Diagnosis[] = [];
  for (const [fingerprint, diagnosis] of evaluation.diagnoses) {
    if (diagnosis.rules.exclusion !== undefined) continue;
    const row = rowOf(fingerprint, facts.alerts[fingerprint], evaluation);
    if (row === undefined) healthy.push(diagnosis);
    else rows.push(row);
  }
  if (evaluation.withoutId > 0) {
    const alert = shown({ problem: 'unreadable', severity: 'warning', since: evaluation.at });
    rows.push({ fingerprint: 'records', status: 'unreadable', alert });
  }
  const firing = Object.entries(facts.alerts).filter(([, { state }]) => state === 'firing');
  for (const [fingerprint, alert] of firing) {
    if (!isSyncFingerprint(fingerprint) || evaluation.diagnoses.has(fingerprint)) continue;
    rows.push({ fingerprint, status: 'absent', alert, openSince: alert.since });
  }
  rows.sort(worstFirst);
  return {
    tally: tally(evaluation),
    open: openAlerts(facts).length,
    unhealthy: rows,
    needAttention: withFoldingCauses(rows.filter(needsAttention), evaluation),
    connections: byConnection(rows, healthy),
    healthy: byConnector(healthy),
    excluded: excludedSyncs(evaluation),
    ruleNotes: ruleNotes(policy, evaluation),
  };
}

/** Undefined for a healthy sync without an open alert, or whose alert this evaluation proves over. */
function rowOf(
  fingerprint: string,
  saved: Alert | undefined,
  evaluation: ListedEvaluation,
): UnhealthySync | undefined {
  const diagnosis = evaluation.diagnoses.get(fingerprint);
  if (diagnosis === undefined) return undefined;
  const { verdict, sync } = diagnosis;
  const open = saved === undefined || saved.state === 'ended' ? undefined : saved;
  const openSince = open === undefined ? {} : { openSince: open.since };
  if (verdict.kind === 'paused') {
    const alert = {
      ...shown({ problem: 'disabled', severity: 'warning', since: evaluation.at }),
      labels: sync.labels,
    };
    return { fingerprint, status: 'paused', alert, diagnosis };
  }
  if (verdict.kind === 'problem') {
    const { problem, severity } = verdict;
    const since = open?.since ?? evaluation.at;
    const { disableImminent, flapping } = open ?? {};
    const alert = {
      ...shown({ problem, severity, since }),
      labels: sync.labels,
      ...(disableImminent && { disableImminent }),
      ...(flapping && { flapping }),
    };
    return { fingerprint, status: problem, alert, diagnosis, ...openSince };
  }
  if (saved === undefined) return undefined;
  const isOpen = verdict.kind === 'inconclusive' || (open && isInFlapHold(fingerprint, saved, evaluation));
  return isOpen ? { fingerprint, status: 'unresolved', alert: saved, diagnosis, ...openSince } : undefined;
}

function needsAttention({ status, diagnosis }: UnhealthySync): boolean {
  return diagnosis?.verdict.kind === 'problem' && status !== 'unreadable';
}

/** The rows as open alerts, folded as those of a reminder are, also where no alert fires yet. */
function withFoldingCauses(
  rows: readonly UnhealthySync[],
  evaluation: ListedEvaluation,
): readonly TrackedAlert[] {
  const open = rows.map(({ fingerprint, alert }) => ({ fingerprint, alert, logEntry: {} }));
  const alerts = Object.fromEntries(open.map(({ fingerprint, alert }) => [fingerprint, alert]));
  const population = populationOf(evaluation, { ...EMPTY_FACTS, alerts });
  const context = { population, likely: new Map(), notified: {}, tracked: open, now: evaluation.at };
  const causes = foldingCauses(open, context);
  return open.map((one) => {
    const cause = causes.get(one.fingerprint);
    return cause === undefined ? one : { ...one, cause };
  });
}

/** An alert that shows what this evaluation found, whatever is saved. */
function shown({ problem, severity, since }: Pick<Alert, 'problem' | 'severity' | 'since'>): Alert {
  return {
    state: 'firing',
    problem,
    severity,
    problems: [problem],
    since,
    firings: [],
    lastSuccessAt: null,
    labels: null,
  };
}

function worstFirst(one: UnhealthySync, other: UnhealthySync): number {
  return (
    rank(one) - rank(other) ||
    STATUSES.indexOf(one.status) - STATUSES.indexOf(other.status) ||
    behind(other) - behind(one) ||
    (sortName(one) < sortName(other) ? -1 : 1)
  );
}

/** Paused syncs need nobody's attention: they come last. */
function rank({ status, alert }: UnhealthySync): number {
  if (status === 'paused') return 2;
  return alert.severity === 'critical' ? 0 : 1;
}

function behind({ diagnosis }: UnhealthySync): number {
  return (diagnosis && intervalsBehind(diagnosis)) ?? 0;
}

function sortName({ fingerprint, alert }: UnhealthySync): string {
  return `${displayName(alert.labels) ?? ''} ${fingerprint}`;
}

function byConnection(
  rows: readonly UnhealthySync[],
  healthy: readonly Diagnosis[],
): readonly ConnectionHealth[] {
  const unhealthy = rows.flatMap(({ status, diagnosis }) => (status === 'paused' ? [] : (diagnosis ?? [])));
  const connections = new Map<string, ConnectionHealth>();
  for (const [diagnoses, share] of [
    [unhealthy, 0],
    [healthy, 1],
  ] as const) {
    for (const { sync } of diagnoses) {
      const { connectionRef: connection, connectorId: connector } = sync.labels;
      const key = connectionKey(sync.labels) ?? '';
      const before = connections.get(key) ?? { connection, connector, healthy: 0, watched: 0 };
      connections.set(key, { ...before, healthy: before.healthy + share, watched: before.watched + 1 });
    }
  }
  return [...connections.values()].sort(
    (one, other) =>
      one.healthy / one.watched - other.healthy / other.watched ||
      other.watched - one.watched ||
      ((one.connection ?? '') < (other.connection ?? '') ? -1 : 1),
  );
}

function byConnector(healthy: readonly Diagnosis[]): readonly HealthyConnector[] {
  const connectors = new Map<string | null, HealthyConnector>();
  for (const { sync, successLagSeconds } of healthy) {
    const connector = sync.labels.connectorId;
    const lag = successLagSeconds === null ? null : Math.round(successLagSeconds);
    const { count = 0, lagSeconds } = connectors.get(connector) ?? {};
    const next =
      lag === null
        ? lagSeconds
        : { least: Math.min(lag, lagSeconds?.least ?? lag), most: Math.max(lag, lagSeconds?.most ?? lag) };
    connectors.set(connector, { connector, count: count + 1, ...(next && { lagSeconds: next }) });
  }
  return [...connectors.values()].sort(
    (one, other) => other.count - one.count || ((one.connector ?? '') < (other.connector ?? '') ? -1 : 1),
  );
}
