import { parseArgs } from 'node:util';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import { type CommandLine, SHARED_OPTIONS, usageError } from './options.ts';

/** The options of `npm start`. */
export interface StartOptions {
  /** Post and save nothing. */
  readonly dryRun: boolean;
  /** Print the decision about each alert. */
  readonly verbose: boolean;
  /** Print JSON instead of text. */
  readonly json: boolean;
}

/** Lines of 100 characters at most. */
export const START_HELP = `Checks the connector syncs of a Timbal organisation and alerts Slack to those that need attention.

npm start                        run one check; without configuration, a demo (no account needed)
npm start -- --dry-run           print the messages instead of posting them; save nothing
npm start -- --verbose           also print, for each alert, why it is sent now or why not
npm start -- --json              print the outcome as JSON (npm start --silent -- --json)
npm start -- --help              print this help

TIMBAL_API_KEY, TIMBAL_ORG_ID    an API key, and the id of the organisation it belongs to
TIMBAL_BASE_URL                  the base URL of the API (default: https://api.timbal.ai)
TIMBAL_CONNECTOR_ID              check only the syncs of this connector
SLACK_WEBHOOK_URL                post to this incoming webhook (default: only print)
SYNC_ALERTS_STATE                the state file (default: .sync-alerts/<organisation>.json)
SYNC_ALERTS_POLICY               the policy, a JSON file (docs/policy.md)

${EXIT_CODES_HELP}
`;

/** Parses the arguments of `npm start`. */
export function parseStartOptions(args: readonly string[]): CommandLine<StartOptions> {
  try {
    const { values } = parseArgs({ args: [...args], options: SHARED_OPTIONS });
    if (values.help) return { kind: 'help' };
    const { 'dry-run': dryRun, verbose, json } = values;
    return { kind: 'options', options: { dryRun, verbose, json } };
  } catch (error) {
    return usageError(error);
  }
}
