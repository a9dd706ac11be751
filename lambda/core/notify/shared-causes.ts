import type { AlertProblem, Severity } from '../problem.ts';
import type { Instant } from '../time.ts';
import { type Cause, causesOf, ORGANISATION, SPECIFICITY } from './cause.ts';
import { causeSentUnder, type NotifiedCauses } from './grouping.ts';
import { type LikelyCause, minAffectedOf, minShareOf, PENALTY } from './likely-causes.ts';
import type { SharedCause, TrackedAlert } from './notification.ts';
import { type Candidate, type Member, median, type Population } from './population.ts';

/** What the lines about causes are made from. */
export interface SharedCauseContext {
  /** Undefined while the listing fails. */
  readonly population: Population | undefined;
  readonly likely: ReadonlyMap<string, LikelyCause>;
  readonly notified: NotifiedCauses;
  /** Every alert that is open or just ended, with its log entry. */
  readonly tracked: readonly TrackedAlert[];
  readonly now: Instant;
}

/**
 * The line of a cause under which alerts are grouped.
 *
 * @param sent What it holds: an alert that a mute held comes under a cause that does not explain it any more.
 */
export function groupingCause(
  cause: Cause,
  sent: readonly TrackedAlert[],
  context: SharedCauseContext,
): SharedCause {
  const { population, likely, notified, tracked, now } = context;
  const found = likely.get(cause.key);
  const before = notified[cause.key];
  const under = tracked.filter(
    ({ alert, logEntry }) => alert.state === 'firing' && causeSentUnder(logEntry) === cause.key,
  );
  const movedFrom = movedTo(cause, found, context);
  const members = found?.affected ?? membersOf(cause, population, under);
  const open = [...under, ...sent.filter(({ alert }) => alert.state === 'firing')];
  const counts = countsOf(population?.candidates.get(cause.key)?.members ?? members, open);
  const onset = found?.onset ?? median(members.map((member) => member.onset ?? now));
  return {
    ...cause,
    ...(before && { notified: before }),
    isGrouping: true,
    open: counts.open,
    severity: found?.isCritical || cause.kind === ORGANISATION.kind ? 'critical' : counts.severity,
    ...peersOf(cause, onset, population),
    ...(found?.hasNoSuccess && { nothingSucceededForSeconds: secondsSinceSuccess(population) }),
    earlierSentAs: before === undefined ? causesNamed(movedFrom) : [],
    moved: movedFrom,
    stillOpen: under,
  };
}

/** The open alerts that were sent under another cause, or alone, and that this one explains now. */
function movedTo(
  cause: Cause,
  found: LikelyCause | undefined,
  { tracked }: SharedCauseContext,
): readonly TrackedAlert[] {
  if (found === undefined) return [];
  const explained = new Set(found.affected.map(({ fingerprint }) => fingerprint));
  const elsewhere = tracked.filter(({ alert, logEntry: { lastNotified, resolutionSent } }) => {
    const isOpen = alert.state === 'firing' && lastNotified !== undefined && !resolutionSent;
    return isOpen && lastNotified.cause !== cause.key;
  });
  const isExplained = ({ fingerprint }: TrackedAlert) => explained.has(fingerprint);
  const taken = new Set(elsewhere.filter(isExplained).map(({ logEntry }) => logEntry.lastNotified?.cause));
  // What was sent under a cause of which this one explains a part goes with it, however early it began.
  return elsewhere.filter((one) => {
    const earlier = one.logEntry.lastNotified?.cause;
    const isOwn = causesOf(one.alert.labels).some(({ key }) => key === cause.key);
    return isExplained(one) || (earlier !== undefined && taken.has(earlier) && isOwn);
  });
}

function causesNamed(moved: readonly TrackedAlert[]): readonly Cause[] {
  const causes = new Map<string, Cause>();
  for (const { alert, logEntry } of moved) {
    const cause = causesOf(alert.labels).find(({ key }) => key === logEntry.lastNotified?.cause);
    if (cause !== undefined) causes.set(cause.key, cause);
  }
  return [...causes.values()];
}

function membersOf(
  cause: Cause,
  population: Population | undefined,
  under: readonly TrackedAlert[],
): readonly Member[] {
  const own = population?.candidates.get(cause.key)?.members ?? population?.members ?? [];
  const fingerprints = new Set(under.map(({ fingerprint }) => fingerprint));
  return own.filter(({ fingerprint, alert }) => alert !== undefined && fingerprints.has(fingerprint));
}

function countsOf(
  members: readonly Member[],
  under: readonly TrackedAlert[],
): { readonly open: SharedCause['open']; readonly severity: Severity } {
  const open: Partial<Record<AlertProblem, number>> = {};
  let severity: Severity = 'warning';
  const alerts = new Map(under.map(({ fingerprint, alert }) => [fingerprint, alert]));
  for (const { fingerprint, alert } of members) if (alert !== undefined) alerts.set(fingerprint, alert);
  for (const alert of alerts.values()) {
    if (alert.healthySince !== undefined) continue;
    open[alert.problem] = (open[alert.problem] ?? 0) + 1;
    if (alert.severity === 'critical') severity = 'critical';
  }
  return { open, severity };
}

/** How the syncs of a cause are, and where none of them succeeded, those of its connector outside of it. */
function peersOf(
  cause: Cause,
  onset: Instant,
  population: Population | undefined,
): Pick<SharedCause, 'listed' | 'succeeded' | 'beyond'> {
  if (population === undefined) return { listed: 0, succeeded: 0 };
  const isOwn = ({ diagnosis }: Member) =>
    causesOf(diagnosis.sync.labels).some(({ key }) => key === cause.key);
  const own = population.candidates.get(cause.key)?.members ?? population.members.filter(isOwn);
  const listed = own.length;
  const succeeded = countSucceeded(own, onset);
  if (cause.kind !== 'connection') return { listed, succeeded };
  const connector = own[0]?.diagnosis.sync.labels.connectorId;
  const others = population.members.filter(
    (member) => member.diagnosis.sync.labels.connectorId === connector && !isOwn(member),
  );
  if (others.length === 0) return { listed, succeeded };
  return { listed, succeeded, beyond: { listed: others.length, succeeded: countSucceeded(others, onset) } };
}

function countSucceeded(members: readonly Member[], onset: Instant): number {
  return members.filter(({ healthyRunAt }) => healthyRunAt !== undefined && healthyRunAt > onset).length;
}

function secondsSinceSuccess(population: Population | undefined): number {
  const lags = (population?.members ?? []).flatMap(({ diagnosis }) => diagnosis.successLagSeconds ?? []);
  return lags.length === 0 ? 0 : Math.min(...lags);
}

/**
 * The causes under which alerts of one section fold: at least three of them share it, and of its listed syncs at least
 * half (a connection) or 80 % (anything broader) have an open alert. The one that leaves out least comes first. That is
 * layout alone: it holds nothing back.
 */
export function foldingCauses(
  alerts: readonly TrackedAlert[],
  context: SharedCauseContext,
): ReadonlyMap<string, SharedCause> {
  const found = new Map<string, SharedCause>();
  const { population } = context;
  if (population === undefined) return found;
  const groups = new Map<string, { cause: Cause; alerts: TrackedAlert[] }>();
  for (const one of alerts) {
    for (const cause of causesOf(one.alert.labels)) {
      const group = groups.get(cause.key);
      if (group === undefined) groups.set(cause.key, { cause, alerts: [one] });
      else group.alerts.push(one);
    }
  }
  const foldable = [...groups.values()].flatMap((group) => {
    const candidate = population.candidates.get(group.cause.key);
    return candidate === undefined || !isMostlyAffected(candidate) ? [] : [{ ...group, candidate }];
  });
  const ordered = foldable.toSorted(
    (one, other) =>
      foldingNet(other.candidate) - foldingNet(one.candidate) ||
      SPECIFICITY[one.cause.kind] - SPECIFICITY[other.cause.kind],
  );
  for (const { alerts: sharing, candidate } of ordered) {
    const left = sharing.filter(({ fingerprint }) => !found.has(fingerprint));
    if (left.length < minAffectedOf(candidate.cause)) continue;
    const shared = foldingCause(candidate, context);
    for (const { fingerprint } of left) found.set(fingerprint, shared);
  }
  return found;
}

function isMostlyAffected(candidate: Candidate): boolean {
  return candidate.affected.length >= candidate.members.length * minShareOf(candidate.cause);
}

/** The affected less the others, and less a penalty for breadth. */
function foldingNet(candidate: Candidate): number {
  const { cause, members, affected } = candidate;
  return affected.length * 2 - members.length - PENALTY[cause.kind];
}

function foldingCause(candidate: Candidate, { population, now }: SharedCauseContext): SharedCause {
  const { cause, affected } = candidate;
  const onset = median(affected.map((member) => member.onset ?? now));
  return {
    ...cause,
    isGrouping: false,
    ...countsOf(affected, []),
    ...peersOf(cause, onset, population),
    earlierSentAs: [],
    moved: [],
    stillOpen: [],
  };
}
