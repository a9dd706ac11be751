import type { Alert, AlertProblem, Facts, Severity } from '../alert.ts';
import type { NotifiedCause } from '../state.ts';
import type { Instant } from '../time.ts';
import { type Cause, causesOf, SPECIFICITY } from './cause.ts';
import { type NotifiedCauses, notifiedCauseOf } from './grouping.ts';
import type { PeerStats } from './peer-stats.ts';
import type { TrackedAlert } from './plan.ts';

/** What is said of alerts that share a cause: one line for all of them. */
export interface SharedCause extends Cause {
  /** As the route was told of it before; absent the first time. */
  readonly notified?: NotifiedCause;
  /** How many syncs that share it have an open alert, by problem. */
  readonly open: Readonly<Partial<Record<AlertProblem, number>>>;
  /** The worst of them. */
  readonly severity: Severity;
  /** The listed syncs that share it, and how many of them ran well since the trouble began; absent at a blind check. */
  readonly own?: PeerCount;
  /** Where none of those did, the syncs next to it: of its connector, else all others. */
  readonly beyond?: PeerCount & { readonly where: 'connector' | 'all' };
}

/** Syncs, those that a person paused left out. */
export interface PeerCount {
  readonly listed: number;
  /** Healthy, with a success since the trouble began: proof that it is not theirs. */
  readonly succeeded: number;
}

/** From this many alerts on, a cause is told instead of them. */
export const MIN_ALERTS = 3;

/**
 * The shared cause of each of these alerts, which stand in one section of a digest: the one that was told and that it
 * belongs to; else the one that at least three of them share and that at least half of the syncs speak for that had a
 * chance to (docs/adr/0005). The cause that explains most is taken first; the more specific wins a tie.
 */
export function sharedCauses(
  alerts: readonly TrackedAlert[],
  told: NotifiedCauses,
  facts: Facts,
  peerStats: PeerStats | undefined,
): ReadonlyMap<string, SharedCause> {
  const found = new Map<string, SharedCause>();
  const symptoms = alerts.filter(
    ({ fingerprint, alert }) => fingerprint.startsWith('sync:') && !alert.paused,
  );
  if (symptoms.length === 0) return found;
  const open = openByCause(facts, peerStats);
  const fold = (cause: Cause, members: readonly TrackedAlert[]) => {
    const affected = open.get(cause.key) ?? NOBODY;
    const before = told[cause.key];
    const began = beganOf(affected, members, peerStats);
    const shared: SharedCause = {
      ...cause,
      open: affected.problems,
      severity: affected.severity,
      ...(before && { notified: before }),
      ...peerStats?.around(cause, members[0]?.alert.labels ?? null, began),
    };
    for (const { fingerprint } of members) found.set(fingerprint, shared);
  };

  const belonging = grouped(symptoms, ({ alert }) => {
    const cause = notifiedCauseOf(alert, told);
    return cause === undefined ? [] : [cause];
  });
  for (const { cause, members } of belonging) fold(cause, members);
  if (peerStats === undefined) return found;

  const rest = symptoms.filter(({ fingerprint }) => !found.has(fingerprint));
  // What a candidate explains only ever shrinks, so the first that still explains what it did is the best of all.
  const queue = grouped(rest, ({ alert }) => causesOf(alert.labels)).toSorted(bestFirst);
  for (let candidate = queue.shift(); candidate !== undefined; candidate = queue.shift()) {
    const { cause } = candidate;
    const members = candidate.members.filter(({ fingerprint }) => !found.has(fingerprint));
    if (members.length < MIN_ALERTS) continue;
    if (!isLikely(cause, members, open.get(cause.key) ?? NOBODY, peerStats)) continue;
    if (members.length === candidate.members.length) fold(cause, members);
    else insert(queue, { cause, members });
  }
  return found;
}

/**
 * Whether at least half of the syncs speak for a cause: of those that ran since the trouble began, where it goes on; of
 * all that share it, where it is over.
 */
function isLikely(
  cause: Cause,
  members: readonly TrackedAlert[],
  open: Affected,
  peerStats: PeerStats,
): boolean {
  const ended = members.filter(({ alert }) => alert.state !== 'firing').length;
  if (ended > 0) return (ended + open.began.length) * 2 >= peerStats.listed(cause.key);
  return open.began.length >= peerStats.ranSince(cause.key, beganOf(open, members, peerStats));
}

/** The open alerts that share a cause, those of paused syncs left out. */
interface Affected {
  readonly problems: Partial<Record<AlertProblem, number>>;
  severity: Severity;
  readonly began: Instant[];
}

const NOBODY: Affected = { problems: {}, severity: 'warning', began: [] };

/** When the trouble of most of them began: the median, so that one that is broken for a week does not decide. */
function beganOf(
  open: Affected,
  members: readonly TrackedAlert[],
  peerStats: PeerStats | undefined,
): Instant {
  const ended = members.filter(({ alert }) => alert.state !== 'firing');
  const began = [
    ...open.began,
    ...ended.map(({ fingerprint, alert }) => beganAt(fingerprint, alert, peerStats)),
  ];
  return began.toSorted((a, b) => a - b)[Math.floor((began.length - 1) / 2)] ?? 0;
}

/** No later than the run that failed, or, where nothing starts, the last that did: an opening may be told late. */
function beganAt(fingerprint: string, { since }: Alert, peerStats: PeerStats | undefined): Instant {
  return Math.min(since, peerStats?.lastRun(fingerprint) ?? since);
}

function openByCause({ alerts }: Facts, peerStats: PeerStats | undefined): ReadonlyMap<string, Affected> {
  const open = new Map<string, Affected>();
  for (const [fingerprint, alert] of Object.entries(alerts)) {
    if (alert.state !== 'firing' || alert.paused) continue;
    const began = beganAt(fingerprint, alert, peerStats);
    for (const { key } of causesOf(alert.labels)) {
      const affected = open.get(key) ?? { problems: {}, severity: 'warning', began: [] };
      open.set(key, affected);
      affected.began.push(began);
      if (alert.severity === 'critical') affected.severity = 'critical';
      affected.problems[alert.problem] = (affected.problems[alert.problem] ?? 0) + 1;
    }
  }
  return open;
}

interface Candidate {
  readonly cause: Cause;
  readonly members: readonly TrackedAlert[];
}

/** What explains more comes first, then what is more specific. Two of one kind have no alert in common. */
function bestFirst(one: Candidate, other: Candidate): number {
  const bySize = other.members.length - one.members.length;
  return bySize || SPECIFICITY[one.cause.kind] - SPECIFICITY[other.cause.kind];
}

/** Puts a candidate back at its place in a queue that is sorted, best first. */
function insert(queue: Candidate[], candidate: Candidate): void {
  let [low, high] = [0, queue.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = queue[middle];
    if (there !== undefined && bestFirst(there, candidate) < 0) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, candidate);
}

function grouped(
  alerts: readonly TrackedAlert[],
  causesOf: (one: TrackedAlert) => readonly Cause[],
): readonly Candidate[] {
  const groups = new Map<string, { readonly cause: Cause; readonly members: TrackedAlert[] }>();
  for (const one of alerts) {
    for (const cause of causesOf(one)) {
      const group = groups.get(cause.key);
      if (group === undefined) groups.set(cause.key, { cause, members: [one] });
      else group.members.push(one);
    }
  }
  return [...groups.values()];
}
