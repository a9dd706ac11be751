import * as v from 'valibot';
import type { Labels } from './sync.ts';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from './time.ts';

/** What is worth telling, and when. Everything has a default: `parsePolicy({})` is the default policy. */
export interface Policy extends Thresholds {
  /** The schedule's shortest gap between two checks. */
  readonly periodSeconds: number;
  /** Compared without regard to case, as are the two lists below. */
  readonly successStates: readonly string[];
  readonly inProgressStates: readonly string[];
  /** States that say that a person stopped the run: no failure, and no proof of health. */
  readonly stoppedStates: readonly string[];
  readonly repeatIntervalSeconds: number;
  readonly pausedRepeatIntervalSeconds: number;
  /** How long what belongs to a told shared cause is gathered before it is told together. */
  readonly groupIntervalSeconds: number;
  /** How long a failed listing waits before it is told. */
  readonly listingFailureForSeconds: number;
  /** Syncs that nobody wants to hear of, each with the reason. The first that matches counts. */
  readonly exclude: readonly Exclusion[];
  /** Thresholds of some syncs. The first that matches counts. */
  readonly overrides: readonly Override[];
}

/** The thresholds that can differ from sync to sync. */
export interface Thresholds {
  /** Late once the last success is this many intervals ago (and the grace is over). */
  readonly stallAfterIntervals: number;
  /** Critical once it is this many intervals ago; at least `stallAfterIntervals`. */
  readonly criticalAfterIntervals: number;
  /** How far a clock or a schedule may be off. */
  readonly graceSeconds: number;
  /** How long a warning waits before it is told. */
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

/** Why the policy ignores the sync; undefined when it does not. */
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

/** The policy as people write it. */
export type WrittenPolicy = v.InferInput<typeof policyFile>;

/** The policy, or every fault in it at once, each by the name of its field. */
export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly faults: readonly string[] };

/**
 * Parses the policy as people write it: durations such as "90s", "5m", "12h", "2d"; every field optional; a field that
 * is not known is a fault.
 */
export function parsePolicy(written: unknown, periodSeconds = 5 * MINUTE_SECONDS): ParsedPolicy {
  if (Array.isArray(written)) return { ok: false, faults: ['the policy: expected an object, not a list'] };
  const result = v.safeParse(policyFile, written);
  if (result.success) return { ok: true, policy: { ...result.output, periodSeconds } };
  return { ok: false, faults: result.issues.map(faultOf) };
}

/** Ours where the library's words are for programmers. */
function faultOf(issue: v.BaseIssue<unknown>): string {
  const where = v.getDotPath(issue) ?? 'the policy';
  if (issue.type === 'strict_object') {
    return issue.expected === 'never'
      ? `${where}: is not a field that is known`
      : `${where}: ${issue.expected === 'Object' ? 'expected an object' : 'is missing'}`;
  }
  if (issue.type === 'non_empty') return `${where}: must not be empty`;
  return `${where}: ${issue.message}`;
}

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = {
  s: 1,
  m: MINUTE_SECONDS,
  h: HOUR_SECONDS,
  d: DAY_SECONDS,
};

/** A duration as people write it, such as "90s", "5m", "12h" or "2d", in seconds. */
export const duration = v.pipe(
  v.string(),
  v.regex(/^\d+[smhd]$/, 'expected a duration such as "90s", "5m", "12h" or "2d"'),
  v.transform(
    (written) => Number(written.slice(0, -1)) * (SECONDS_PER_UNIT[written.slice(-1)] ?? Number.NaN),
  ),
  v.number(),
);

const positiveDuration = v.pipe(duration, v.minValue(1, 'expected a duration above zero'));
const intervals = v.pipe(v.number(), v.finite(), v.minValue(1));
const states = (...known: string[]) =>
  v.optional(
    v.pipe(
      v.array(v.string()),
      v.transform((more) => [...known, ...more.map((state) => state.toLowerCase())]),
    ),
    [],
  );

const matcher = v.pipe(
  v.strictObject({
    id: v.exactOptional(v.string()),
    name: v.exactOptional(v.string()),
    connector: v.exactOptional(v.string()),
    connection: v.exactOptional(v.string()),
    source: v.exactOptional(v.string()),
    kb: v.exactOptional(v.string()),
    table: v.exactOptional(v.string()),
  }),
  v.check(
    (fields) => Object.keys(fields).length > 0,
    'expected at least one field: nothing would match everything',
  ),
);

const policyFile = v.pipe(
  v.strictObject({
    stallAfterIntervals: v.optional(intervals, 2),
    criticalAfterIntervals: v.optional(intervals, 12),
    grace: v.optional(duration, '5m'),
    pendingFor: v.optional(duration, '0s'),
    successStates: states('completed'),
    inProgressStates: states(
      'running',
      'pending',
      'queued',
      'started',
      'starting',
      'in_progress',
      'scheduled',
    ),
    stoppedStates: states('stopped', 'cancelled', 'canceled'),
    repeatInterval: v.optional(positiveDuration, '24h'),
    pausedRepeatInterval: v.optional(positiveDuration, '7d'),
    groupInterval: v.optional(duration, '15m'),
    listingFailureFor: v.optional(duration, '10m'),
    exclude: v.optional(
      v.array(v.strictObject({ match: matcher, reason: v.pipe(v.string(), v.nonEmpty()) })),
      [],
    ),
    overrides: v.optional(
      v.array(
        v.strictObject({
          match: matcher,
          stallAfterIntervals: v.exactOptional(intervals),
          criticalAfterIntervals: v.exactOptional(intervals),
          grace: v.exactOptional(duration),
          pendingFor: v.exactOptional(duration),
        }),
      ),
      [],
    ),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { overrides, ...policy } = dataset.value;
    if (policy.criticalAfterIntervals < policy.stallAfterIntervals) {
      addIssue({ message: belowStall(policy) });
      return;
    }
    for (const [index, override] of overrides.entries()) {
      const merged = { ...policy, ...override };
      if (merged.criticalAfterIntervals < merged.stallAfterIntervals)
        addIssue({ message: `override ${index + 1}: ${belowStall(merged)}` });
    }
  }),
  v.transform(
    ({
      grace,
      pendingFor,
      repeatInterval,
      pausedRepeatInterval,
      groupInterval,
      listingFailureFor,
      overrides,
      ...rest
    }) => ({
      ...rest,
      groupIntervalSeconds: groupInterval,
      graceSeconds: grace,
      pendingForSeconds: pendingFor,
      repeatIntervalSeconds: repeatInterval,
      pausedRepeatIntervalSeconds: pausedRepeatInterval,
      listingFailureForSeconds: listingFailureFor,
      overrides: overrides.map(({ grace, pendingFor, ...override }) => ({
        ...override,
        ...(grace !== undefined && { graceSeconds: grace }),
        ...(pendingFor !== undefined && { pendingForSeconds: pendingFor }),
      })),
    }),
  ),
);

function belowStall({
  criticalAfterIntervals,
  stallAfterIntervals,
}: Pick<Thresholds, 'criticalAfterIntervals' | 'stallAfterIntervals'>): string {
  return `criticalAfterIntervals (${criticalAfterIntervals}) is below stallAfterIntervals (${stallAfterIntervals})`;
}
