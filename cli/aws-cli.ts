import { execFile } from 'node:child_process';
import { SyncAlertsError } from '../lambda/errors.ts';
import { codeOf } from '../lambda/state/error-code.ts';
import { messageOf } from './error-message.ts';

/** Calls the AWS CLI, which finds credentials and region as it always does, and gives what it printed as JSON. */
export type AwsCli = (
  parameters: readonly string[],
  options?: {
    /** How often it tries at most; by default as often as it likes. */
    readonly attempts?: number;
  },
) => Promise<unknown>;

/** @param environment What the CLI is run with. */
export function awsCli(environment: NodeJS.ProcessEnv): AwsCli {
  return async (parameters, { attempts } = {}) => {
    const env = {
      ...environment,
      AWS_PAGER: '',
      ...(attempts !== undefined && { AWS_MAX_ATTEMPTS: String(attempts) }),
    };
    const printed = await run([...parameters, '--output', 'json'], env);
    try {
      return JSON.parse(printed);
    } catch {
      throw failed(parameters, `it printed no JSON: ${printed.slice(0, 200)}`);
    }
  };
}

/** @throws SyncAlertsError `aws_cli_failed` with what the CLI said. */
function run(parameters: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('aws', [...parameters], { env, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const isMissing = codeOf(error) === 'ENOENT';
      const what = isMissing
        ? 'the AWS CLI is not installed, or not on the PATH'
        : stderr.trim() || messageOf(error);
      reject(failed(parameters, what));
    });
  });
}

function failed(parameters: readonly string[], what: string): SyncAlertsError {
  return new SyncAlertsError('aws_cli_failed', `aws ${parameters.slice(0, 2).join(' ')}: ${what}`);
}
