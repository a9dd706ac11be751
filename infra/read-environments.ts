import * as v from 'valibot';
import { suggestion } from '../lambda/core/parse/did-you-mean.ts';
import { SyncAlertsError } from '../lambda/errors.ts';
import { type Environment, environmentSchema } from './environment-schema.ts';
import { namePrefixFault } from './roles.ts';

/**
 * Validates the environments of `environments.ts`, and returns them by name.
 *
 * @throws SyncAlertsError `environments_invalid` with all faults of all environments, one a line: "prod.region: …".
 */
export function readEnvironments(written: unknown): ReadonlyMap<string, Environment> {
  const environments = new Map<string, Environment>();
  const faults: string[] = [];
  if (!isRecord(written) || Object.keys(written).length === 0) {
    faults.push('expected an object with at least one environment, such as { prod: {} }');
  } else {
    for (const [name, environment] of Object.entries(written)) {
      const fault = nameFault(name);
      if (fault !== undefined) faults.push(`${JSON.stringify(name)}: ${fault}`);
      if (!isRecord(environment)) {
        faults.push(`${name}: expected an object`);
        continue;
      }
      const result = v.safeParse(environmentSchema, environment);
      faults.push(...(result.issues ?? []).map((issue) => `${pathOf(name, issue)}: ${messageOf(issue)}`));
      if (!result.success) continue;
      environments.set(name, result.output);
      const prefixFault = namePrefixFault(result.output.roles ?? {}, name);
      if (prefixFault !== undefined) faults.push(`${name}.roles.namePrefix: ${prefixFault}`);
    }
  }
  if (faults.length > 0) {
    const message = ['infra/environments.ts is invalid:', ...faults].join('\n  ');
    throw new SyncAlertsError('environments_invalid', message);
  }
  return environments;
}

/** CloudFormation allows 128 characters for a stack's name; "SyncAlerts-" takes 11. */
const MAX_NAME_CHARACTERS = 64;

function nameFault(name: string): string | undefined {
  if (!/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(name))
    return 'expected a name of letters, digits and single hyphens between them';
  if (name.length > MAX_NAME_CHARACTERS)
    return `expected a name of at most ${MAX_NAME_CHARACTERS} characters`;
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pathOf(name: string, issue: v.BaseIssue<unknown>): string {
  return [name, ...(issue.path?.map(({ key }) => String(key)) ?? [])].join('.');
}

function messageOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const keys = (issue.path ?? []).map(({ key }) => String(key));
    return `is not a known field${suggestion(environmentSchema, keys)}`;
  }
  return issue.message;
}
