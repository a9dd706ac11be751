import * as v from 'valibot';
import type { Emulator } from './emulator.ts';
import { aws } from './shell.ts';

const OneOrMoreSchema = v.union([v.string(), v.array(v.string())]);
const StatementSchema = v.looseObject({
  Sid: v.optional(v.string()),
  Action: OneOrMoreSchema,
  Resource: OneOrMoreSchema,
});
const NamesSchema = v.object({ PolicyNames: v.array(v.string()) });
const PolicySchema = v.object({
  PolicyName: v.string(),
  PolicyDocument: v.looseObject({ Statement: v.array(StatementSchema) }),
});

/** A statement of a policy: who reads it finds the rest of IAM's elements in it too. */
export type Statement = v.InferOutput<typeof StatementSchema>;
type Policy = v.InferOutput<typeof PolicySchema>;

/** The statements of a role's inline policies, in their order. */
export async function statementsOf(emulator: Emulator, roleName: string): Promise<readonly Statement[]> {
  const policies = await policiesOf(emulator, roleName);
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** Does something while a role has only some of its statements, and gives it all of them back. */
export function withStatements<T>(
  emulator: Emulator,
  roleName: string,
  keep: (statement: Statement) => boolean,
  during: () => Promise<T>,
): Promise<T> {
  return withPolicies(emulator, roleName, (statement) => (keep(statement) ? [statement] : []), during);
}

/** Does something while one statement of a role allows one action less, and gives it back. */
export function withoutAction<T>(
  emulator: Emulator,
  roleName: string,
  sid: string,
  action: string,
  during: () => Promise<T>,
): Promise<T> {
  const without = (statement: Statement): Statement[] => {
    if (statement.Sid !== sid) return [statement];
    const Action = actionsOf(statement).filter((one) => one !== action);
    return Action.length === 0 ? [] : [{ ...statement, Action }];
  };
  return withPolicies(emulator, roleName, without, during);
}

export function actionsOf({ Action }: Statement): readonly string[] {
  return [Action].flat();
}

async function withPolicies<T>(
  emulator: Emulator,
  roleName: string,
  change: (statement: Statement) => Statement[],
  during: () => Promise<T>,
): Promise<T> {
  const policies = await policiesOf(emulator, roleName);
  try {
    for (const policy of policies) await put(emulator, roleName, policy, change);
    return await during();
  } finally {
    for (const policy of policies) await put(emulator, roleName, policy, (statement) => [statement]);
  }
}

async function policiesOf(emulator: Emulator, roleName: string): Promise<readonly Policy[]> {
  const role = ['--role-name', roleName];
  const { PolicyNames } = v.parse(NamesSchema, await aws(emulator, 'iam', 'list-role-policies', ...role));
  return Promise.all(
    PolicyNames.map(async (name) =>
      v.parse(PolicySchema, await aws(emulator, 'iam', 'get-role-policy', ...role, '--policy-name', name)),
    ),
  );
}

/** A policy needs a statement: one that is left with none goes. */
async function put(
  emulator: Emulator,
  roleName: string,
  { PolicyName, PolicyDocument }: Policy,
  change: (statement: Statement) => Statement[],
): Promise<void> {
  const which = ['--role-name', roleName, '--policy-name', PolicyName];
  const Statement = PolicyDocument.Statement.flatMap(change);
  if (Statement.length === 0) {
    await aws(emulator, 'iam', 'delete-role-policy', ...which);
  } else {
    const document = JSON.stringify({ ...PolicyDocument, Statement });
    await aws(emulator, 'iam', 'put-role-policy', ...which, '--policy-document', document);
  }
}
