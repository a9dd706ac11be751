import type { Alert, Facts } from '../alert.ts';
import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { Evaluation, ListedEvaluation } from '../diagnose/evaluation.ts';
import type { ApiSkewSeconds } from '../listing.ts';
import { after, type Instant } from '../time.ts';
import { type Cause, causeLookup } from './cause.ts';

/** One listed sync that counts when a cause is looked for: neither paused nor excluded. */
export interface Member {
  readonly fingerprint: string;
  readonly diagnosis: Diagnosis;
  /** Its open alert; undefined while it has none, or while a flapping one is healthy. */
  readonly alert?: Alert;
  /** When its trouble began; undefined without an alert. */
  readonly onset?: Instant;
  /** When it last succeeded; undefined unless it is healthy without an open alert. */
  readonly healthyRunAt?: Instant;
  /** The key of its connection, else its own fingerprint. */
  readonly connection: string;
  /** The connection, the connector, the knowledge base and the organisation that it shares with others. */
  readonly causes: readonly Cause[];
}

/** The listed syncs behind each candidate for a cause that at least `MIN_AFFECTED` open alerts share. */
export interface Population {
  readonly candidates: ReadonlyMap<string, Candidate>;
  readonly members: readonly Member[];
  readonly connections: number;
}

export interface Candidate {
  readonly cause: Cause;
  readonly members: readonly Member[];
  /** Those with an open alert. */
  readonly affected: readonly Member[];
}

/** From this many affected syncs on, a cause may explain them. */
export const MIN_AFFECTED = 3;

/** The population by which causes are judged; undefined while nothing is open, or while the listing fails. */
export function openPopulation(evaluation: Evaluation, facts: Facts): Population | undefined {
  const isAnyOpen = Object.values(facts.alerts).some(({ state }) => state === 'firing');
  return evaluation.kind === 'listed' && isAnyOpen ? populationOf(evaluation, facts) : undefined;
}

/** The syncs that count, grouped by what they share. */
export function populationOf(evaluation: ListedEvaluation, facts: Facts): Population {
  const { at, apiSkewSeconds = 0 } = evaluation;
  // Nearly no sync has an alert, and a map finds that out sooner than an object.
  const alerts = new Map(Object.entries(facts.alerts));
  const context = { alerts, causesOf: causeLookup(), now: at, apiSkewSeconds };
  const members: Member[] = [];
  const connections = new Set<string>();
  const affected = new Map<string, number>();
  for (const [fingerprint, diagnosis] of evaluation.diagnoses) {
    const { verdict, rules } = diagnosis;
    const isLeftOut = verdict.kind === 'paused' || rules.exclusion !== undefined;
    if (isLeftOut) continue;
    const member = memberOf(fingerprint, diagnosis, context);
    members.push(member);
    connections.add(member.connection);
    if (member.alert === undefined) continue;
    for (const { key } of member.causes) affected.set(key, (affected.get(key) ?? 0) + 1);
  }
  for (const [key, count] of affected) if (count < MIN_AFFECTED) affected.delete(key);
  const candidates = candidatesOf(members, affected, connections.size);
  return { candidates, members, connections: connections.size };
}

/**
 * A connector or knowledge base that holds every sync is no candidate beside the organisation, and an organisation with
 * one connection is that connection.
 */
function candidatesOf(
  members: readonly Member[],
  affected: ReadonlyMap<string, number>,
  connections: number,
): ReadonlyMap<string, Candidate> {
  const groups = new Map<string, Group>();
  if (affected.size === 0) return groups;
  // By the list that the syncs of one connection and knowledge base share: a search by key would be one for each cause.
  const groupsOf = new Map<readonly Cause[], readonly Group[]>();
  for (const member of members) {
    let own = groupsOf.get(member.causes);
    if (own === undefined) {
      own = member.causes.filter(({ key }) => affected.has(key)).map((cause) => groupOf(cause, groups));
      groupsOf.set(member.causes, own);
    }
    for (const group of own) {
      group.members.push(member);
      if (member.alert !== undefined) group.affected.push(member);
    }
  }
  for (const [key, { cause, members: own }] of groups) {
    const isWhole = own.length === members.length && cause.kind !== 'connection';
    const isNeedless = connections === 1 || cause.kind !== 'organisation';
    if (isWhole && isNeedless) groups.delete(key);
  }
  return groups;
}

interface Group extends Candidate {
  readonly members: Member[];
  readonly affected: Member[];
}

function groupOf(cause: Cause, groups: Map<string, Group>): Group {
  const group = groups.get(cause.key) ?? { cause, members: [], affected: [] };
  groups.set(cause.key, group);
  return group;
}

function memberOf(
  fingerprint: string,
  diagnosis: Diagnosis,
  {
    alerts,
    causesOf,
    now,
    apiSkewSeconds,
  }: {
    readonly alerts: ReadonlyMap<string, Alert>;
    readonly causesOf: ReturnType<typeof causeLookup>;
    readonly now: Instant;
    readonly apiSkewSeconds: ApiSkewSeconds;
  },
): Member {
  const { sync, verdict, successLagSeconds } = diagnosis;
  const alert = alerts.get(fingerprint);
  const isFiring = alert?.state === 'firing';
  const isOpen = isFiring && alert.healthySince === undefined;
  const isProof = verdict.kind === 'healthy' && !isFiring && successLagSeconds !== null;
  const { causes, connectionKey: connection = fingerprint } = causesOf(sync.labels);
  // Written out, since nearly every sync is healthy and spreading takes longer.
  if (isOpen)
    return {
      fingerprint,
      diagnosis,
      alert,
      onset: onsetOf(alert, diagnosis, apiSkewSeconds),
      connection,
      causes,
    };
  if (!isProof) return { fingerprint, diagnosis, connection, causes };
  const healthyRunAt = sync.lastSuccessAt ?? after(now, apiSkewSeconds - successLagSeconds);
  return { fingerprint, diagnosis, healthyRunAt, connection, causes };
}

/**
 * When the trouble of a sync began, by the API's dates alone: one interval after its last success (else its creation), or
 * the last run of a failing one where that is earlier; at most when its alert began.
 *
 * @returns By the API's clock.
 */
export function onsetOf(
  alert: Alert,
  { sync, verdict }: Diagnosis,
  apiSkewSeconds: ApiSkewSeconds = 0,
): Instant {
  const { lastSuccessAt, createdAt, lastRunAt, labels } = sync;
  const since = after(alert.since, apiSkewSeconds);
  const base = lastSuccessAt ?? createdAt ?? since;
  const expected = after(base, labels.intervalSeconds ?? 0);
  const isFailing = verdict.kind === 'problem' && verdict.problem === 'failing';
  const failedRun = isFailing && lastRunAt !== null ? lastRunAt : expected;
  return Math.min(expected, failedRun, since);
}

export function median(instants: readonly Instant[]): Instant {
  const sorted = instants.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
