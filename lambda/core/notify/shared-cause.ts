import type { Alert, Facts } from '../alert.ts';
import { isSyncFingerprint } from '../fingerprint.ts';
import type { AlertProblem, Severity } from '../problem.ts';
import type { Instant } from '../time.ts';
import { type Cause, causesOf, SPECIFICITY } from './cause.ts';
import { type NotifiedCauses, notifiedCauseOf } from './grouping.ts';
import type { SharedCause, TrackedAlert } from './notification.ts';
import type { PeerStats } from './peer-stats.ts';

/** From this many alerts on, one line names their cause instead of each of them. */
export const MIN_ALERTS = 3;

/** What causes are looked for in. */
export interface CauseContext {
  /** The causes that the route was sent before. */
  readonly notified: NotifiedCauses;
  readonly facts: Facts;
  /** Undefined while the listing fails: then only notified causes explain alerts. */
  readonly peerStats: PeerStats | undefined;
}

/**
 * By fingerprint, the shared cause of the alerts of one section: the notified one that covers an alert; else one that at
 * least three of them share, if at least half of the syncs that could have failed did
 * (docs/adr/0005-shared-causes-count-syncs-that-ran.md). The cause that explains most comes first; ties go to the more
 * specific.
 */
export function sharedCauses(
  alerts: readonly TrackedAlert[],
  { notified, facts, peerStats }: CauseContext,
): ReadonlyMap<string, SharedCause> {
  const found = new Map<string, SharedCause>();
  const symptoms = alerts.filter(({ fingerprint, alert }) => isSyncFingerprint(fingerprint) && !alert.paused);
  if (symptoms.length === 0) return found;
  const open = openByCause(facts, peerStats);
  const fold = ({ cause, members }: Candidate) => {
    const affected = open.get(cause.key) ?? NONE_AFFECTED;
    const before = notified[cause.key];
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

  const covered = candidatesOf(symptoms, ({ alert }) => {
    const cause = notifiedCauseOf(alert, notified);
    return cause === undefined ? [] : [cause];
  });
  for (const candidate of covered) fold(candidate);
  if (peerStats === undefined) return found;

  const rest = symptoms.filter(({ fingerprint }) => !found.has(fingerprint));
  // A candidate only ever loses members, so the first that still has all of them is the best.
  const queue = candidatesOf(rest, ({ alert }) => causesOf(alert.labels)).toSorted(bestFirst);
  for (let candidate = queue.shift(); candidate !== undefined; candidate = queue.shift()) {
    const { cause } = candidate;
    const members = candidate.members.filter(({ fingerprint }) => !found.has(fingerprint));
    if (members.length < MIN_ALERTS) continue;
    if (!isLikely({ cause, members }, open.get(cause.key) ?? NONE_AFFECTED, peerStats)) continue;
    if (members.length === candidate.members.length) fold({ cause, members });
    else insert(queue, { cause, members });
  }
  return found;
}

/**
 * Whether at least half of the syncs are affected: of those that ran since the trouble began, while it lasts; of all
 * that share the cause, once it is over.
 */
function isLikely({ cause, members }: Candidate, open: Affected, peerStats: PeerStats): boolean {
  const ended = members.filter(({ alert }) => alert.state !== 'firing').length;
  if (ended > 0) return (ended + open.began.length) * 2 >= peerStats.listed(cause.key);
  return open.began.length >= peerStats.succeededSince(cause.key, beganOf(open, members, peerStats));
}

/** The open alerts of a cause, those of paused syncs left out. */
interface Affected {
  readonly problems: Partial<Record<AlertProblem, number>>;
  severity: Severity;
  readonly began: Instant[];
}

const NONE_AFFECTED: Affected = { problems: {}, severity: 'warning', began: [] };

/** When the trouble began: the median, so that one alert that is open for a week does not decide. */
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

/** No later than the last run of the sync, since an alert may fire late. */
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

/** The larger candidate first, then the more specific. Two of one kind have no alert in common. */
function bestFirst(one: Candidate, other: Candidate): number {
  const bySize = other.members.length - one.members.length;
  return bySize || SPECIFICITY[one.cause.kind] - SPECIFICITY[other.cause.kind];
}

/** Puts a candidate back into the sorted queue, best first. */
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

function candidatesOf(
  alerts: readonly TrackedAlert[],
  causes: (one: TrackedAlert) => readonly Cause[],
): readonly Candidate[] {
  const groups = new Map<string, { readonly cause: Cause; readonly members: TrackedAlert[] }>();
  for (const one of alerts) {
    for (const cause of causes(one)) {
      const group = groups.get(cause.key);
      if (group === undefined) groups.set(cause.key, { cause, members: [one] });
      else group.members.push(one);
    }
  }
  return [...groups.values()];
}
