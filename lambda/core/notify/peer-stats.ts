import type { Facts } from '../alert.ts';
import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { Evaluation, ListedEvaluation } from '../diagnose/evaluation.ts';
import type { Labels } from '../sync.ts';
import { type Instant, secondsBetween } from '../time.ts';
import { type Cause, causesOf } from './cause.ts';
import type { PeerCount, SharedCause } from './notification.ts';

/** The listed syncs by what they share, to tell a cause from a coincidence. Paused syncs do not count. */
export class PeerStats {
  readonly #groups: ReadonlyMap<string, Group>;
  readonly #diagnoses: ReadonlyMap<string, Diagnosis>;
  readonly #now: Instant;

  /** Undefined while the listing fails. */
  static of(evaluation: Evaluation, facts: Facts): PeerStats | undefined {
    return evaluation.kind === 'unavailable' ? undefined : new PeerStats(evaluation, facts);
  }

  constructor({ diagnoses, at }: Pick<ListedEvaluation, 'diagnoses' | 'at'>, { alerts }: Facts) {
    const groups = new Map<string, Group>();
    const count = (key: string, lagSeconds: number | null) => {
      const group = groups.get(key) ?? { listed: 0, lags: [], isSorted: false };
      groups.set(key, group);
      group.listed += 1;
      if (lagSeconds !== null) group.lags.push(lagSeconds);
    };
    for (const [fingerprint, { sync, verdict, successLagSeconds }] of diagnoses) {
      if (verdict.kind === 'problem' && verdict.paused) continue;
      // A healthy sync whose flapping alert is still held open proves nothing.
      const isProof = verdict.kind === 'healthy' && alerts[fingerprint]?.state !== 'firing';
      const lag = isProof ? successLagSeconds : null;
      count(ALL, lag);
      for (const { key } of causesOf(sync.labels)) count(key, lag);
    }
    this.#groups = groups;
    this.#diagnoses = diagnoses;
    this.#now = at;
  }

  /** How many syncs share a cause. */
  listed(key: string): number {
    return this.#groups.get(key)?.listed ?? 0;
  }

  /** How many of them are healthy and succeeded after `began`. */
  succeededSince(key: string, began: Instant): number {
    const group = this.#groups.get(key);
    if (group === undefined) return 0;
    if (!group.isSorted) group.lags.sort((a, b) => a - b);
    group.isSorted = true;
    return countBelow(group.lags, secondsBetween(began, this.#now));
  }

  /** When a sync last started; when it was created, if it never did. */
  lastRun(fingerprint: string): Instant | undefined {
    const sync = this.#diagnoses.get(fingerprint)?.sync;
    return sync?.lastRunAt ?? sync?.createdAt ?? undefined;
  }

  /** How the syncs of a cause and those around it are, to tell a person where to look. */
  around(cause: Cause, labels: Labels | null, began: Instant): Pick<SharedCause, 'own' | 'beyond'> {
    const own = this.#count(cause.key, began);
    if (own.succeeded > 0) return { own };
    const connector = causesOf(labels).find(({ kind }) => kind === 'connector')?.key;
    const next = cause.kind !== 'connection' || connector === undefined ? own : this.#count(connector, began);
    if (next.listed > own.listed) return { own, beyond: { ...less(next, own), where: 'connector' } };
    return { own, beyond: { ...less(this.#count(ALL, began), own), where: 'all' } };
  }

  #count(key: string, began: Instant): PeerCount {
    return { listed: this.listed(key), succeeded: this.succeededSince(key, began) };
  }
}

interface Group {
  listed: number;
  /** Seconds since the last success of each healthy sync. */
  readonly lags: number[];
  isSorted: boolean;
}

const ALL = 'all';

function less(one: PeerCount, other: PeerCount): PeerCount {
  return { listed: one.listed - other.listed, succeeded: one.succeeded - other.succeeded };
}

/** How many of the sorted figures are below the bound. */
function countBelow(sorted: readonly number[], bound: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
