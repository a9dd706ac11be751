import type { Instant } from '../time.ts';
import { HOUR_SECONDS, secondsBetween } from '../time.ts';
import { type Cause, SPECIFICITY } from './cause.ts';
import type { NotifiedCauses } from './grouping.ts';
import { type Candidate, type Member, MIN_AFFECTED, median, type Population } from './population.ts';

/** A cause that explains alerts now, and the figures behind it. */
export interface LikelyCause {
  readonly cause: Cause;
  readonly affected: readonly Member[];
  /** Its listed syncs that count. */
  readonly listed: number;
  /** Of the others, the healthy ones that succeeded since the trouble began. */
  readonly healthySince: number;
  /** When the trouble began: the median onset of the affected. */
  readonly onset: Instant;
  /** It explains so much of the whole organisation that it is critical at once. */
  readonly isCritical: boolean;
  /** None of the listed syncs, which it all holds, succeeded since the onset. */
  readonly hasNoSuccess: boolean;
  /** It affects every connection of the organisation, and nothing has succeeded. */
  readonly isEverywhere: boolean;
}

/** What is known beside the population. */
export interface LikelihoodContext {
  readonly notified: NotifiedCauses;
  /** By fingerprint, the key of the cause under which an open alert was sent. */
  readonly sentUnder: ReadonlyMap<string, string>;
  /** The policy changed since the last evaluation: nothing broader than a connection is named. */
  readonly policyChanged: boolean;
  readonly now: Instant;
}

/** A cause explains alerts that began within this time, or since an hour before a live cause did. */
const RECENT_SECONDS = HOUR_SECONDS;
/** A cause explains at least this part of its syncs; so many of one connection are enough, however large it is. */
const MIN_SHARE = 0.1;
const ENOUGH = 10;
const CONNECTION_SHARE = 0.5;
const BROAD_SHARE = 0.8;
const ORGANISATION_AFFECTED = 5;
/** What a broader cause must explain beyond a more specific one, in syncs. */
export const PENALTY: Readonly<Record<Cause['kind'], number>> = {
  connection: 0,
  connector: 3,
  'knowledge base': 3,
  organisation: 6,
};

/**
 * The causes that explain open alerts now, by key. The one that explains most comes first, less a penalty for breadth;
 * what it explains is taken away, and so on. Ties go to the more specific (docs/design/shared-causes.md).
 */
export function likelyCauses(
  population: Population,
  context: LikelihoodContext,
): ReadonlyMap<string, LikelyCause> {
  const found = new Map<string, LikelyCause>();
  const explained = new Set<string>();
  const left = new Map(population.candidates);
  for (;;) {
    let best: LikelyCause | undefined;
    for (const [key, candidate] of left) {
      const likely = likelihoodOf(candidate, explained, { population, context });
      if (likely === undefined) left.delete(key);
      else if (best === undefined || compare(likely, best) < 0) best = likely;
    }
    if (best === undefined) return found;
    found.set(best.cause.key, best);
    left.delete(best.cause.key);
    for (const { fingerprint } of best.affected) explained.add(fingerprint);
  }
}

function compare(one: LikelyCause, other: LikelyCause): number {
  const byNet = netOf(other) - netOf(one);
  const bySpecificity = SPECIFICITY[one.cause.kind] - SPECIFICITY[other.cause.kind];
  return byNet || bySpecificity || (one.cause.key < other.cause.key ? -1 : 1);
}

function netOf({ cause, affected, healthySince, isEverywhere }: LikelyCause): number {
  return affected.length - healthySince - (isEverywhere ? PENALTY.connector : PENALTY[cause.kind]);
}

/** How many alerts a cause needs. */
export function minAffectedOf({ kind }: Cause): number {
  return kind === 'organisation' ? ORGANISATION_AFFECTED : MIN_AFFECTED;
}

/** Which part of its syncs a cause needs. */
export function minShareOf({ kind }: Cause): number {
  return kind === 'connection' ? CONNECTION_SHARE : BROAD_SHARE;
}

/** The candidate as a cause; undefined unless it is likely. What others explain does not count. */
function likelihoodOf(
  { cause, members, affected: open }: Candidate,
  explained: ReadonlySet<string>,
  { population, context }: { readonly population: Population; readonly context: LikelihoodContext },
): LikelyCause | undefined {
  const { notified, sentUnder, policyChanged, now } = context;
  if (policyChanged && cause.kind !== 'connection') return undefined;
  const isLeft = ({ fingerprint }: Member) => !explained.has(fingerprint);
  const live = notified[cause.key];
  const affected = open.filter(
    (member) =>
      isLeft(member) &&
      (isRecent(member, live?.began, now) || sentUnder.get(member.fingerprint) === cause.key),
  );
  if (affected.length < minAffectedOf(cause)) return undefined;
  const own = explained.size === 0 ? members : members.filter(isLeft);
  const minShare = Math.min(own.length * MIN_SHARE, cause.kind === 'connection' ? ENOUGH : Infinity);
  if (affected.length < minShare) return undefined;
  const onset = median(affected.map((member) => member.onset ?? now));
  const healthy = own.filter(({ healthyRunAt }) => healthyRunAt !== undefined && healthyRunAt > onset);
  const hadTheChance = affected.length + healthy.length;
  const share = live === undefined ? minShareOf(cause) : CONNECTION_SHARE;
  if (affected.length < hadTheChance * share) return undefined;
  if (cause.kind !== 'connection' && !isSpread(affected, healthy, own)) return undefined;
  const holdsAll = members.length === population.members.length;
  // An organisation of one connection is as critical as one of many, from the same part on.
  const isCritical =
    holdsAll && affected.length >= ORGANISATION_AFFECTED && affected.length >= hadTheChance * BROAD_SHARE;
  const hasNoSuccess = holdsAll && !hasSucceededSince(members, onset);
  return {
    cause,
    affected,
    listed: members.length,
    healthySince: healthy.length,
    onset,
    isCritical: isCritical || cause.kind === 'organisation',
    hasNoSuccess,
    isEverywhere:
      cause.kind === 'organisation' && hasNoSuccess && countConnections(affected) === population.connections,
  };
}

function countConnections(members: readonly Member[]): number {
  return new Set(members.map(({ connection }) => connection)).size;
}

function isRecent({ alert }: Member, began: Instant | undefined, now: Instant): boolean {
  if (alert === undefined) return false;
  if (secondsBetween(alert.since, now) <= RECENT_SECONDS) return true;
  return began !== undefined && secondsBetween(alert.since, began) <= RECENT_SECONDS;
}

/**
 * A broader cause must be hit in 80 % of its connections that had the chance, and beyond its most affected connection by
 * at least 3 syncs and a tenth of that rest.
 */
function isSpread(affected: readonly Member[], healthy: readonly Member[], all: readonly Member[]): boolean {
  const counts = new Map<string, number>();
  for (const { connection } of affected) counts.set(connection, (counts.get(connection) ?? 0) + 1);
  if (counts.size < 2) return false;
  const [largest = '', most = 0] = [...counts].reduce((one, other) => (other[1] > one[1] ? other : one));
  const beyond = affected.length - most;
  const rest = all.filter(({ connection }) => connection !== largest).length;
  if (beyond < MIN_AFFECTED || beyond < rest * MIN_SHARE) return false;
  const unaffected = new Set(healthy.map(({ connection }) => connection).filter((key) => !counts.has(key)));
  return counts.size >= (counts.size + unaffected.size) * BROAD_SHARE;
}

/** Whether any sync succeeded after an instant, whatever its verdict. */
function hasSucceededSince(members: readonly Member[], onset: Instant): boolean {
  return members.some(({ diagnosis: { sync } }) => sync.lastSuccessAt !== null && sync.lastSuccessAt > onset);
}
