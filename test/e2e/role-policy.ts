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

/** A statement of an IAM policy, with all its elements. */
type Statement = v.InferOutput<typeof StatementSchema>;
type Policy = v.InferOutput<typeof PolicySchema>;

/** The inline policies of a role. */
export class RolePolicies {
  readonly #emulator: Emulator;
  readonly #role: readonly string[];

  constructor(emulator: Emulator, roleName: string) {
    this.#emulator = emulator;
    this.#role = ['--role-name', roleName];
  }

  /** All statements, in their order. */
  async statements(): Promise<readonly Statement[]> {
    const policies = await this.#read();
    return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  }

  /** Runs `during` while the role lacks one statement, and restores the statement. */
  withoutStatement<T>(isRemoved: (statement: Statement) => boolean, during: () => Promise<T>): Promise<T> {
    return this.#changed((statement) => (isRemoved(statement) ? [] : [statement]), during);
  }

  /** Runs `during` while one statement lacks one action, and restores the action. */
  withoutAction<T>(sid: string, action: string, during: () => Promise<T>): Promise<T> {
    const without = (statement: Statement): Statement[] => {
      if (statement.Sid !== sid) return [statement];
      const Action = actionsOf(statement).filter((one) => one !== action);
      return Action.length === 0 ? [] : [{ ...statement, Action }];
    };
    return this.#changed(without, during);
  }

  async #changed<T>(change: (statement: Statement) => Statement[], during: () => Promise<T>): Promise<T> {
    const policies = await this.#read();
    try {
      for (const policy of policies) await this.#put(policy, change);
      return await during();
    } finally {
      for (const policy of policies) await this.#put(policy, (statement) => [statement]);
    }
  }

  async #read(): Promise<readonly Policy[]> {
    const names = await this.#iam('list-role-policies');
    const { PolicyNames } = v.parse(NamesSchema, names);
    return Promise.all(
      PolicyNames.map(async (name) =>
        v.parse(PolicySchema, await this.#iam('get-role-policy', '--policy-name', name)),
      ),
    );
  }

  /** IAM accepts no policy without a statement: then the policy is deleted. */
  async #put(policy: Policy, change: (statement: Statement) => Statement[]): Promise<void> {
    const { PolicyName, PolicyDocument } = policy;
    const Statement = PolicyDocument.Statement.flatMap(change);
    if (Statement.length === 0) {
      await this.#iam('delete-role-policy', '--policy-name', PolicyName);
    } else {
      const document = JSON.stringify({ ...PolicyDocument, Statement });
      await this.#iam('put-role-policy', '--policy-name', PolicyName, '--policy-document', document);
    }
  }

  #iam(command: string, ...parameters: readonly string[]): Promise<unknown> {
    return aws(this.#emulator, 'iam', command, ...this.#role, ...parameters);
  }
}

export function actionsOf({ Action }: Statement): readonly string[] {
  return [Action].flat();
}
