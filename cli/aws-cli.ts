import { execFile } from 'node:child_process';
import { errorCode, SyncAlertsError } from '../lambda/errors.ts';
import { messageOf } from './error-message.ts';

/**
 * Runs the AWS CLI with these arguments and returns its output, parsed as JSON. The AWS CLI finds credentials and region
 * by its own rules.
 */
export type AwsCli = (
  args: readonly string[],
  options?: {
    /** The most attempts the AWS CLI may make; its own default without it. */
    readonly attempts?: number;
  },
) => Promise<unknown>;

/** @param environment The environment variables that the AWS CLI gets. */
export function awsCli(environment: NodeJS.ProcessEnv): AwsCli {
  return async (args, { attempts } = {}) => {
    const env = {
      ...environment,
      AWS_PAGER: '',
      ...(attempts !== undefined && { AWS_MAX_ATTEMPTS: String(attempts) }),
    };
    const output = await execute([...args, '--output', 'json'], env);
    try {
      return JSON.parse(output);
    } catch {
      throw awsCliError(args, `expected JSON, got: ${output.slice(0, 200)}`);
    }
  };
}

/** @throws SyncAlertsError `aws_cli_failed` with the AWS CLI's own message. */
function execute(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('aws', [...args], { env, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const message =
        errorCode(error) === 'ENOENT'
          ? 'the AWS CLI is not installed, or not on the PATH'
          : stderr.trim() || messageOf(error);
      reject(awsCliError(args, message));
    });
  });
}

function awsCliError(args: readonly string[], message: string): SyncAlertsError {
  return new SyncAlertsError('aws_cli_failed', `aws ${args.slice(0, 2).join(' ')}: ${message}`);
}
