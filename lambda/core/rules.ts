import { matchesSync, type SyncMatcher } from './matcher.ts';
import type { Policy, Thresholds } from './policy.ts';
import type { Sync } from './sync.ts';
import type { Instant } from './time.ts';

/** What the policy says about one sync. */
export interface SyncRules extends Thresholds {
  /** The first override that matches: "overrides.1", by its place in the policy. */
  readonly override?: string;
  /** Who looks after the sync, in the policy's words. */
  readonly owner?: string;
  readonly exclusion?: AppliedExclusion;
}

/** Why a sync is excluded, and by which entry of the policy: "exclude.0", "overrides.2". */
export interface AppliedExclusion {
  readonly rule: string;
  readonly reason: string;
  /** When it ends. */
  readonly until?: Instant;
}

/**
 * The rules for one sync: the first override that matches it; the first entry of `exclude` that matches and has not
 * ended, else the exclusion of that override. Without either list that is the policy itself.
 */
export function rulesFor(policy: Policy, { id, labels }: Sync, now: Instant): SyncRules {
  const { exclude, overrides } = policy;
  if (exclude.length + overrides.length === 0) return policy;
  const isMatch = ({ match }: { readonly match: SyncMatcher }) => matchesSync(match, id, labels);
  const isNow = ({ until }: { readonly until?: Instant }) => until === undefined || now < until;
  const at = overrides.findIndex(isMatch);
  const { match: _match, exclude: own, ...limits } = overrides[at] ?? { match: {} };
  const excluded = exclude.findIndex((entry) => isNow(entry) && isMatch(entry));
  const entry = exclude[excluded] ?? (own !== undefined && isNow(own) ? own : undefined);
  if (at < 0 && entry === undefined) return policy;
  const rule = excluded < 0 ? `overrides.${at}` : `exclude.${excluded}`;
  return {
    ...policy,
    ...limits,
    ...(at >= 0 && { override: `overrides.${at}` }),
    ...(entry && {
      exclusion: { rule, reason: entry.reason, ...(entry.until !== undefined && { until: entry.until }) },
    }),
  };
}
