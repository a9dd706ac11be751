import { parseArgs } from 'node:util';
import type { Outcome } from '../lambda/commands/outcome.ts';
import type { Instant } from '../lambda/core/time.ts';
import { SyncAlertsError } from '../lambda/errors.ts';
import { messageOf } from './error-message.ts';
import { parseSettings, type StorySettings, type WatchSettings } from './settings.ts';
import { showing } from './show-outcome.ts';
import { demoPoster, playStory } from './story.ts';
import { type Output, outcomeText, TERMINAL, terminalStyle } from './terminal.ts';
import { watch } from './watch.ts';

const WORKED = 0;
const FAILED = 1;
const USAGE_ERROR = 2;

const HELP = `sync-alerts: watches the connector syncs of a Timbal organisation, and tells what needs a person.

npm start                        without configuration: a demo story, no account needed
npm start -- --dry-run           says what would be posted and remembered; changes nothing
npm start -- --json              the outcome as JSON, for programs (npm start --silent -- --json)
npm start -- --help              this

TIMBAL_API_KEY, TIMBAL_ORG_ID    check this organisation once, with a memory between checks
TIMBAL_BASE_URL                  another base URL of the API
TIMBAL_CONNECTOR_ID              the syncs of this connector alone
SLACK_WEBHOOK_URL                post to this incoming webhook
SYNC_ALERTS_MEMORY               the memory file (default: .sync-alerts/<organisation>.json)
SYNC_ALERTS_POLICY               a JSON file with the policy (docs/policy.md)

Exit status: 0 the check worked, 1 it failed, 2 it was asked wrongly.
`;

/** The laptop run. Answers the exit status: 0 it worked, 1 it failed, 2 it was asked wrongly. */
export async function run(
  command: readonly string[],
  environment: unknown,
  stdout: Output,
  stderr: Output,
  now: () => Instant,
): Promise<number> {
  const options = parseOptions(command);
  if (typeof options === 'string') {
    stderr.write(`${options}\n\n${HELP}`);
    return USAGE_ERROR;
  }
  if (options.help) {
    stdout.write(HELP);
    return WORKED;
  }
  const parsed = parseSettings(environment);
  if (!parsed.ok) {
    stderr.write(`${parsed.faults.join('\n')}\n`);
    return USAGE_ERROR;
  }
  const { settings } = parsed;
  const style = terminalStyle(stdout, environment);
  const withSlack = settings.webhookUrl !== undefined && !options.dryRun;
  const print: Print = {
    text: (text) => options.json || stdout.write(text),
    json: (value) => options.json && stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    heading: style.heading,
    outcome: (outcome) => outcomeText(outcome, style, withSlack),
  };
  try {
    if (settings.kind === 'story') await showStory(settings, options, print);
    else await checkOnce(settings, options, print, now);
    return WORKED;
  } catch (error) {
    if (!(error instanceof SyncAlertsError)) throw error;
    stderr.write(`${error.message}\n`);
    return error.code === 'organisation_invalid' ? USAGE_ERROR : FAILED;
  }
}

/** Text for people or JSON for programs: each prints when it was asked for. */
interface Print {
  text(text: string): void;
  json(value: unknown): void;
  heading(text: string): string;
  outcome(outcome: Outcome): string;
}

interface Options {
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly help: boolean;
}

/** The options, or what is wrong with them. */
function parseOptions(command: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...command],
      options: {
        json: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return { json: values.json, dryRun: values['dry-run'], help: values.help };
  } catch (error) {
    // "Unknown option '--jason'. To specify a positional argument …": there are none to specify.
    const [what = ''] = messageOf(error).split('. ');
    return what;
  }
}

async function checkOnce(
  settings: WatchSettings,
  { dryRun }: Options,
  print: Print,
  now: () => Instant,
): Promise<void> {
  await showing(watch(settings, dryRun, now), (outcome) => {
    print.json(outcome);
    print.text(`${print.outcome(outcome)}\n`);
  });
}

const INTRODUCTION = `A demo: six checks of a made-up organisation, on one morning. Times are UTC.

`;

const HOW_TO_WATCH = `That was a demo. To watch your own organisation:

  export TIMBAL_API_KEY=… TIMBAL_ORG_ID=…     # and SLACK_WEBHOOK_URL=… to post to Slack
  npm start
`;

/** On a dry run nothing goes to Slack; the story's memory is its own, and gone with it. */
async function showStory({ webhookUrl }: StorySettings, { dryRun }: Options, print: Print): Promise<void> {
  const slack = webhookUrl === undefined || dryRun ? TERMINAL : demoPoster(webhookUrl);
  const outcomes: Outcome[] = [];
  print.text(INTRODUCTION);
  try {
    await playStory(slack, ({ at, title }, outcome) => {
      outcomes.push(outcome);
      const time = new Date(at).toISOString().slice(11, 16);
      print.text(`${print.heading(`── ${time} ── ${title}`)}\n\n${print.outcome(outcome)}\n\n`);
    });
  } finally {
    print.json(outcomes);
  }
  if (slack !== TERMINAL) print.text('The same was posted to Slack, marked as a demo.\n');
  print.text(HOW_TO_WATCH);
}
