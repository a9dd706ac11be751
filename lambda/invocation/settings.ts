import * as v from 'valibot';
import { parsePolicyText } from '../core/parse/parse-policy.ts';
import type { Policy } from '../core/policy.ts';
import { checkBaseUrl, DEFAULT_BASE_URL } from '../timbal/base-url.ts';
import { ENVIRONMENT_VARIABLES as NAMES, POLICY_FILE } from './environment-variables.ts';

/** The settings of a deployed function. The values in the secret are not among them: `Secret` reads those. */
export interface Settings {
  readonly environment: string;
  readonly secretId: string;
  readonly tableName: string;
  readonly stackName: string;
  readonly baseUrl: string;
  /** Lists the syncs of this connector only. @default every connector */
  readonly connectorId?: string;
  /** The region of the function, for the commands in messages. Lambda always sets it. */
  readonly region?: string;
  readonly policy: Policy;
}

/** The settings, or all their faults. Each fault names its environment variable or its field of the policy. */
export type ParsedSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly faults: readonly string[] };

/** An empty variable is treated as not set. */
const text = v.pipe(v.optional(v.string(), ''), v.trim());
const required = v.pipe(text, v.nonEmpty('is not set'));
const optional = v.pipe(
  text,
  v.transform((value) => value || undefined),
);

const environmentSchema = v.object({
  [NAMES.environment]: required,
  [NAMES.secretId]: required,
  [NAMES.tableName]: required,
  [NAMES.stackName]: required,
  [NAMES.periodSeconds]: v.pipe(
    required,
    v.regex(/^[1-9]\d{0,8}$/, 'is not a whole number of seconds above 0'),
    v.transform(Number),
  ),
  [NAMES.baseUrl]: v.pipe(
    text,
    v.transform((value) => value || DEFAULT_BASE_URL),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const checked = checkBaseUrl(dataset.value);
      if (!checked.ok) addIssue({ message: checked.fault });
    }),
  ),
  [NAMES.connectorId]: optional,
  AWS_REGION: optional,
});

/**
 * Parses the environment variables of the function, and the policy file in its package.
 *
 * @param policyText The content of the policy file; undefined when there is none.
 */
export function parseSettings(environment: unknown, policyText: string | undefined): ParsedSettings {
  const variables = v.safeParse(environmentSchema, environment);
  const faults = variables.success ? [] : variableFaults(variables.issues);
  const periodSeconds = variables.success ? variables.output[NAMES.periodSeconds] : undefined;
  const policy = policyFrom(policyText, periodSeconds);
  if (!policy.ok) faults.push(...policy.faults.map((fault) => `${POLICY_FILE}: ${fault}`));
  if (!variables.success || !policy.ok) return { ok: false, faults };

  const { [NAMES.connectorId]: connectorId, AWS_REGION: region } = variables.output;
  const settings: Settings = {
    environment: variables.output[NAMES.environment],
    secretId: variables.output[NAMES.secretId],
    tableName: variables.output[NAMES.tableName],
    stackName: variables.output[NAMES.stackName],
    baseUrl: variables.output[NAMES.baseUrl],
    ...(connectorId !== undefined && { connectorId }),
    ...(region !== undefined && { region }),
    policy: policy.policy,
  };
  return { ok: true, settings };
}

/** The first fault of each variable: a variable that is not set need not be reported as "not a number" too. */
function variableFaults(issues: readonly v.InferIssue<typeof environmentSchema>[]): string[] {
  const faults = new Map<string, string>();
  for (const issue of issues) {
    const name = v.getDotPath(issue) ?? 'the environment';
    if (!faults.has(name)) faults.set(name, `${name} ${issue.message}`);
  }
  return [...faults.values()];
}

function policyFrom(text: string | undefined, periodSeconds: number | undefined) {
  if (text === undefined) {
    const fault = 'missing from the function package: redeploy (every package holds one, if only {})';
    return { ok: false, faults: [fault] } as const;
  }
  return parsePolicyText(text, periodSeconds);
}
