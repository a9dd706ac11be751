import type { Labels } from './sync.ts';

/** What is sent, and when. Every field has a default: `parsePolicy({})` is the default policy (docs/policy.md). */
export interface Policy extends Thresholds {
  /** The schedule's shortest gap between two checks. */
  readonly periodSeconds: number;
  /** Lower case, as are the two lists below. */
  readonly successStates: readonly string[];
  readonly inProgressStates: readonly string[];
  /** A person stopped the run: neither a failure nor a proof of health. */
  readonly stoppedStates: readonly string[];
  /** From one reminder of open alerts to the next. */
  readonly repeatIntervalSeconds: number;
  /** From one reminder of paused syncs to the next. */
  readonly pausedRepeatIntervalSeconds: number;
  /** How long follow-ups of a shared cause are held, so that one notification brings them together. */
  readonly groupIntervalSeconds: number;
  /** How long the listing must have failed before that fires; a refused key fires at once. */
  readonly listingFailureForSeconds: number;
  /** Whether pauses and resumptions are sent; the report always has them. */
  readonly notifyPauses: boolean;
  /** Syncs that are never sent. The first match counts. */
  readonly exclude: readonly Exclusion[];
  /** Thresholds for some syncs. The first match counts. */
  readonly overrides: readonly Override[];
}

/** The thresholds that can differ from sync to sync. */
export interface Thresholds {
  /** Late once the last success is older than this many intervals and the grace. At least 1. */
  readonly stallAfterIntervals: number;
  /** Critical once it is older than this many intervals and the grace. At least `stallAfterIntervals`. */
  readonly criticalAfterIntervals: number;
  /** From this many failures in a row on a failing sync is critical: the platform disables it at 10. */
  readonly criticalAtFailures: number;
  /** How far a clock or a schedule may be off. */
  readonly graceSeconds: number;
  /** How long a warning stays pending before it fires. */
  readonly pendingForSeconds: number;
}

/** Fields that a sync must have, all of them; `*` stands for any characters. */
export type Matcher = Readonly<Partial<Record<MatchedField, string>>>;

export interface Exclusion {
  readonly match: Matcher;
  readonly reason: string;
}

export interface Override extends Partial<Thresholds> {
  readonly match: Matcher;
}

type MatchedField = (typeof MATCHED_FIELDS)[number];
const MATCHED_FIELDS = ['id', 'name', 'connector', 'connection', 'source', 'kb', 'table'] as const;

/** The thresholds for one sync: the policy's, with those of the first override that matches. */
export function thresholdsFor(policy: Policy, id: string, labels: Labels): Thresholds {
  if (policy.overrides.length === 0) return policy;
  const override = policy.overrides.find(({ match }) => matches(match, id, labels));
  return override === undefined ? policy : { ...policy, ...override };
}

/** Why the policy excludes the sync; undefined when it does not. */
export function exclusionReason(policy: Policy, id: string, labels: Labels): string | undefined {
  return policy.exclude.find(({ match }) => matches(match, id, labels))?.reason;
}

function matches(matcher: Matcher, id: string, labels: Labels): boolean {
  const values: Record<MatchedField, string | null> = {
    id,
    name: labels.name,
    connector: labels.connectorId,
    connection: labels.connectionRef,
    source: labels.source,
    kb: labels.kbUid,
    table: labels.destTable,
  };
  return MATCHED_FIELDS.every((field) => {
    const pattern = matcher[field];
    return pattern === undefined || globMatches(pattern, values[field]);
  });
}

function globMatches(pattern: string, value: string | null): boolean {
  if (value === null) return false;
  const [start = '', ...rest] = pattern.split('*');
  const end = rest.pop();
  if (end === undefined) return value === pattern;
  if (!value.startsWith(start) || value.length < start.length + end.length || !value.endsWith(end))
    return false;
  const room = value.slice(start.length, value.length - end.length);
  let from = 0;
  return rest.every((part) => {
    const at = room.indexOf(part, from);
    from = at + part.length;
    return at >= 0;
  });
}
