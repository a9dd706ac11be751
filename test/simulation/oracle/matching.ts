import type { SyncMatcher } from '../../../lambda/core/matcher.ts';
import type { Policy } from '../../../lambda/core/policy.ts';

/** Why the policy excludes the sync of this record now: the reason of the first entry that matches and has not ended. */
export function exclusionReason(
  policy: Policy,
  record: Record<string, unknown>,
  now: number,
): string | undefined {
  const isOver = (until: number | undefined) => until !== undefined && now >= until;
  for (const { match, reason, until } of policy.exclude)
    if (!isOver(until) && matches(match, record)) return reason;
  const own = overrideOf(policy, record)?.exclude;
  return own === undefined || isOver(own.until) ? undefined : own.reason;
}

function overrideOf(
  policy: Policy,
  record: Record<string, unknown>,
): Policy['overrides'][number] | undefined {
  return policy.overrides.find(({ match }) => matches(match, record));
}

/** The policy with the limits of the first override that matches this record's sync. */
export function policyFor(policy: Policy, record: Record<string, unknown>): Policy {
  const { match: _match, exclude: _exclude, ...limits } = overrideOf(policy, record) ?? { match: {} };
  return { ...policy, ...limits };
}

/** Every field of the matcher must match by one of its patterns; a record without the field does not. */
export function matches(match: SyncMatcher, record: Record<string, unknown>): boolean {
  const { source_schema: schema, source_table: table } = record;
  const fields: Readonly<Record<keyof SyncMatcher, unknown>> = {
    id: record['id'],
    name: record['name'],
    connector: record['connector_id'],
    connection: record['connection_ref'],
    source: `${String(schema)}.${String(table)}`,
    kb: record['kb_uid'],
    table: record['dest_table'],
    source_kind: record['source_kind'],
  };
  return Object.entries(match).every(([field, patterns]) => {
    const value = fields[field as keyof SyncMatcher];
    return typeof value === 'string' && patterns.some((pattern) => expressionOf(pattern).test(value));
  });
}

const expressions = new Map<string, RegExp>();

/** `*` matches any characters; every other character matches itself. */
function expressionOf(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known !== undefined) return known;
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  expressions.set(pattern, expression);
  return expression;
}
