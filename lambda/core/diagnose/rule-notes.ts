import { matcherText, matchesSync, type SyncMatcher } from '../matcher.ts';
import type { Policy } from '../policy.ts';
import type { Instant } from '../time.ts';
import type { ListedEvaluation } from './evaluation.ts';

/** An entry of the policy that does nothing, for the person who looks after the policy. */
export interface RuleNote {
  /** Its place in the policy: "exclude.0". */
  readonly rule: string;
  /** What it selects: "name tmp_*". */
  readonly match: string;
  readonly note: 'matches no sync' | 'has ended';
}

/** The syncs that one entry of the policy excludes. */
export interface ExcludedSyncs {
  readonly rule: string;
  readonly reason: string;
  readonly until?: Instant;
  readonly count: number;
}

/** The entries and routes that match no listed sync, and the exclusions that have ended. */
export function ruleNotes(policy: Policy, { diagnoses, at }: ListedEvaluation): readonly RuleNote[] {
  const syncs = [...diagnoses.values()].map(({ sync }) => sync);
  const matchesNone = (match: SyncMatcher) => !syncs.some(({ id, labels }) => matchesSync(match, id, labels));
  const hasEnded = (until: Instant | undefined) => until !== undefined && until <= at;
  const exclude = policy.exclude.map((entry) => ({ ...entry, ended: hasEnded(entry.until) }));
  const overrides = policy.overrides.map((entry) => ({ ...entry, ended: hasEnded(entry.exclude?.until) }));
  // Of a route by problem or severity only the fields about syncs count.
  const routes = policy.routes.map((entry) => ({ ...entry, ended: false }));
  return Object.entries({ exclude, overrides, routes }).flatMap(([list, entries]) =>
    entries.flatMap(({ match, ended }, index): readonly RuleNote[] => {
      const described = { rule: `${list}.${index}`, match: matcherText(match) };
      if (ended) return [{ ...described, note: 'has ended' }];
      return matchesNone(match) ? [{ ...described, note: 'matches no sync' }] : [];
    }),
  );
}

/** The excluded syncs by the entry that excludes them, in the order of the listing. */
export function excludedSyncs({ diagnoses }: ListedEvaluation): readonly ExcludedSyncs[] {
  const byRule = new Map<string, ExcludedSyncs>();
  for (const { rules } of diagnoses.values()) {
    if (rules.exclusion === undefined) continue;
    const { rule } = rules.exclusion;
    byRule.set(rule, { ...rules.exclusion, count: (byRule.get(rule)?.count ?? 0) + 1 });
  }
  return [...byRule.values()];
}
