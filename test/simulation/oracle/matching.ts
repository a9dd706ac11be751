import type { Matcher, Policy } from '../../../lambda/core/policy.ts';

/** Why the policy excludes the sync of this record: the reason of the first entry that matches. */
export function exclusionReason(policy: Policy, record: Record<string, unknown>): string | undefined {
  for (const { match, reason } of policy.exclude) if (matches(match, record)) return reason;
  return undefined;
}

/** The policy with the limits of the first override that matches this record's sync. */
export function policyFor(policy: Policy, record: Record<string, unknown>): Policy {
  const override = policy.overrides.find(({ match }) => matches(match, record));
  return override === undefined ? policy : { ...policy, ...override };
}

/** Every field of the matcher must match; a record without the field does not. */
function matches(match: Matcher, record: Record<string, unknown>): boolean {
  const { source_schema: schema, source_table: table } = record;
  const fields: Readonly<Record<keyof Matcher, unknown>> = {
    id: record['id'],
    name: record['name'],
    connector: record['connector_id'],
    connection: record['connection_ref'],
    source: `${String(schema)}.${String(table)}`,
    kb: record['kb_uid'],
    table: record['dest_table'],
  };
  return Object.entries(match).every(([field, pattern]) => {
    const value = fields[field as keyof Matcher];
    return typeof value === 'string' && expressionOf(pattern).test(value);
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
