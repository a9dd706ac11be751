import { parseArgs } from 'node:util';
import { messageOf } from './error-message.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import { type CommandLine, SHARED_OPTIONS, usageError } from './options.ts';

/** The options of `npm run invoke`. */
export interface InvokeOptions {
  /** The deployed environment: "prod". */
  readonly environment: string;
  /** The event to invoke the function with. */
  readonly event: unknown;
  /** Print the decision about each alert. */
  readonly verbose: boolean;
  /** Print JSON instead of text. */
  readonly json: boolean;
  /** Of the AWS CLI, as is `profile`. */
  readonly region?: string;
  readonly profile?: string;
}

export const INVOKE_HELP = `Sends a command to a deployed sync-alerts and prints its response.

npm run invoke -- <environment> check               run a check now
npm run invoke -- <environment> check --dry-run     print the messages instead of posting them; save nothing
npm run invoke -- <environment> report              post the health of every sync to Slack, and print it
npm run invoke -- <environment> report --no-post    only print it
npm run invoke -- <environment> test                test the secret, the listing, the state and Slack
npm run invoke -- <environment> '{"command":…}'     send this event

--verbose              after a check, also print, for each alert, why it is sent now or why not
--json                 print the response as JSON (npm run --silent invoke -- …)
--region, --profile    options of the AWS CLI, which sends the command with your credentials
--help                 print this help

${EXIT_CODES_HELP}
`;

/** Parses the arguments of `npm run invoke`. The function itself rejects commands and fields that it does not know. */
export function parseInvokeOptions(args: readonly string[]): CommandLine<InvokeOptions> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...SHARED_OPTIONS,
        'no-post': { type: 'boolean', default: false },
        region: { type: 'string' },
        profile: { type: 'string' },
      },
    });
    if (values.help) return { kind: 'help' };
    const [environment, command, ...others] = positionals;
    if (environment === undefined || command === undefined || others.length > 0) {
      return { kind: 'usage_error', message: 'expected an environment and a command' };
    }
    const { verbose, json, region, profile } = values;
    const fields = { ...(values['dry-run'] && { dryRun: true }), ...(values['no-post'] && { post: false }) };
    const isEvent = command.startsWith('{');
    if (isEvent && Object.keys(fields).length > 0) {
      return {
        kind: 'usage_error',
        message: 'write dryRun and post into the event: --dry-run and --no-post need a command',
      };
    }
    const event = isEvent ? parseEvent(command) : { command, ...fields };
    const awsOptions = { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) };
    return { kind: 'options', options: { environment, event, verbose, json, ...awsOptions } };
  } catch (error) {
    return usageError(error);
  }
}

function parseEvent(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`the event is not valid JSON: ${messageOf(error)}`);
  }
}
