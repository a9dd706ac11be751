/*
 * Reads the policy as people write it, in infra/environments.ts or in a JSON file, and gives the `Policy` that the
 * rules read. Both hosts and `cdk synth` call it; docs/policy.md lists the fields.
 */
import * as v from 'valibot';
import { withoutByteOrderMark } from '../blank.ts';
import { isSyncLink, LINK_FIELDS } from '../links.ts';
import type { Policy, Thresholds } from '../policy.ts';
import { SITUATIONS } from '../situation.ts';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS } from '../time.ts';
import { suggestion } from './did-you-mean.ts';
import { parseInstant } from './parse-instant.ts';
import { ALERT_FIELDS, syncMatcher } from './parse-matcher.ts';
import { quietHours } from './parse-quiet-hours.ts';
import { routeFaults, routeFields } from './parse-routes.ts';

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

/**
 * Parses the text of a policy file. Of a syntax error only the position is reported: the rest of the message quotes the
 * text, which may be that of a wrong file, with a secret in it.
 */
export function parsePolicyText(text: string, periodSeconds?: number): ParsedPolicy {
  let written: unknown;
  try {
    written = JSON.parse(withoutByteOrderMark(text));
  } catch (error) {
    const [position] = /at position \d+( \(line \d+ column \d+\))?/.exec(String(error)) ?? [];
    return { ok: false, faults: [`not JSON${position === undefined ? '' : `: syntax error ${position}`}`] };
  }
  return parsePolicy(written, periodSeconds);
}

/** Ours where the library's words are for programmers. */
function faultOf(issue: v.BaseIssue<unknown>): string {
  const where = v.getDotPath(issue) ?? 'the policy';
  if (issue.type === 'strict_object') {
    return issue.expected === 'never'
      ? `${where}: ${unknownField(issue.path ?? [])}`
      : `${where}: ${issue.expected === 'Object' ? 'expected an object' : 'is missing'}`;
  }
  if (issue.type === 'non_empty') return `${where}: must not be empty`;
  return `${where}: ${issue.message}`;
}

function unknownField(path: readonly { readonly key?: unknown }[]): string {
  const keys = path.map(({ key }) => String(key));
  const field = keys.at(-1) ?? '';
  if (keys.at(-2) === 'match' && ALERT_FIELDS.includes(field))
    return 'cannot be named here: it depends on this rule. Only routes and silences may name it';
  return `is not a field that is known${suggestion(policyFile, keys)}`;
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

/** An owner stands in the line of each alert. */
const MAX_OWNER_LENGTH = 80;

const positiveDuration = v.pipe(duration, v.minValue(1, 'expected a duration above zero'));
/** The platform disables a sync at 10 failures in a row: a higher number would come too late. */
const failures = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10));
const intervals = v.pipe(v.number(), v.finite(), v.minValue(1));
const states = (...known: string[]) =>
  v.optional(
    v.pipe(
      v.array(v.string()),
      v.transform((more) => [...known, ...more.map((state) => state.trim().toLowerCase())]),
    ),
    [],
  );

/** A day, which begins at midnight in UTC, or a date with a time and a zone. */
const date = v.pipe(
  v.string(),
  v.transform((written) =>
    parseInstant(/^\d{4}-\d\d-\d\d$/.test(written) ? `${written}T00:00:00Z` : written),
  ),
  v.number('expected a date such as "2026-12-01" or "2026-12-01T08:00:00Z"'),
);

const exclusion = {
  reason: v.pipe(v.string(), v.nonEmpty()),
  until: v.exactOptional(date),
};

/** A fragment is ours to add. The description of an alarm has no room for a longer one. */
const pageUrl = v.pipe(
  v.string(),
  v.regex(
    /^https:\/\/[^\s#<>|]{1,250}$/,
    'expected an https URL of at most 258 characters, without a fragment or blanks',
  ),
  v.url('expected an https URL'),
);

const adviceRule = v.pipe(
  v.strictObject({
    situation: v.exactOptional(v.picklist(SITUATIONS, `expected one of ${SITUATIONS.join(', ')}`)),
    error: v.exactOptional(v.pipe(v.string(), v.nonEmpty())),
    text: v.pipe(v.string(), v.maxLength(200, 'expected 200 characters at most')),
  }),
  v.check(
    ({ situation, error }) => situation !== undefined || error !== undefined,
    'expected "situation" or "error": nothing would match everything',
  ),
);

const syncLink = v.pipe(
  v.string(),
  v.check(
    isSyncLink,
    `expected an https URL with {id}; known: ${LINK_FIELDS.map((field) => `{${field}}`).join(' ')}`,
  ),
);

const policyFile = v.pipe(
  v.strictObject({
    stallAfterIntervals: v.optional(intervals, 2),
    criticalAfterIntervals: v.optional(intervals, 12),
    criticalAtFailures: v.optional(failures, 8),
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
    notifyPauses: v.optional(v.boolean(), true),
    evidence: v.optional(
      v.pipe(
        v.union(
          [v.boolean(), v.strictObject({ errors: v.optional(v.boolean(), true) })],
          'expected true, false or { "errors": false }',
        ),
        v.transform((written): Policy['evidence'] => {
          if (written === false) return 'none';
          return written === true || written.errors ? 'all' : 'without_errors';
        }),
      ),
      true,
    ),
    advice: v.optional(v.array(adviceRule), []),
    links: v.optional(
      v.strictObject({ runbook: v.exactOptional(pageUrl), sync: v.exactOptional(syncLink) }),
      {},
    ),
    quietHours: v.optional(v.array(quietHours), []),
    exclude: v.optional(v.array(v.strictObject({ match: syncMatcher, ...exclusion })), []),
    overrides: v.optional(
      v.array(
        v.strictObject({
          match: syncMatcher,
          stallAfterIntervals: v.exactOptional(intervals),
          criticalAfterIntervals: v.exactOptional(intervals),
          criticalAtFailures: v.exactOptional(failures),
          grace: v.exactOptional(duration),
          pendingFor: v.exactOptional(duration),
          exclude: v.exactOptional(v.strictObject(exclusion)),
          owner: v.exactOptional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(MAX_OWNER_LENGTH))),
        }),
      ),
      [],
    ),
    ...routeFields,
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { overrides, ...policy } = dataset.value;
    for (const { keys, message } of routeFaults(policy)) {
      const [first, ...rest] = keys.map((key) => pathItem(key, dataset.value));
      addIssue({ message, ...(first && { path: [first, ...rest] }) });
    }
    if (policy.criticalAfterIntervals < policy.stallAfterIntervals) {
      addIssue({ message: belowStall(policy) });
      return;
    }
    for (const [index, { exclude: _exclude, ...limits }] of overrides.entries()) {
      const merged = { ...policy, ...limits };
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

/** A step of the path to a field that is at fault. */
function pathItem(key: string, input: Record<string, unknown>): v.ObjectPathItem {
  return { type: 'object', origin: 'value', input, key, value: undefined };
}

function belowStall({
  criticalAfterIntervals,
  stallAfterIntervals,
}: Pick<Thresholds, 'criticalAfterIntervals' | 'stallAfterIntervals'>): string {
  return `criticalAfterIntervals (${criticalAfterIntervals}) is below stallAfterIntervals (${stallAfterIntervals})`;
}
