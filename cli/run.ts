import type { Outcome } from '../lambda/commands/outcome.ts';
import type { Instant } from '../lambda/core/time.ts';
import { SyncAlertsError } from '../lambda/errors.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { printHelp } from './options.ts';
import { outcomeText } from './outcome-text.ts';
import type { Process } from './process.ts';
import { parseSettings, type StorySettings, type WatchSettings } from './settings.ts';
import { showOutcome } from './show-outcome.ts';
import { parseStartOptions, START_HELP, type StartOptions } from './start-options.ts';
import { demoPoster, playStory } from './story.ts';
import { TERMINAL, terminalStyle } from './terminal.ts';
import { watch } from './watch.ts';

/**
 * `npm start`: takes the options and the environment, runs one check or the demo story, and prints each outcome as text
 * or as JSON. Returns the exit code. cli/main.ts calls it.
 */
export async function run({ args, environment, stdout, stderr, now }: Process): Promise<ExitCode> {
  const parsed = parseStartOptions(args);
  if (parsed.kind !== 'options') return printHelp(parsed, START_HELP, { stdout, stderr });
  const { options } = parsed;
  const parsedSettings = parseSettings(environment);
  if (!parsedSettings.ok) {
    stderr.write(`${parsedSettings.faults.join('\n')}\n`);
    return EXIT_CODES.usageError;
  }
  const { settings } = parsedSettings;
  const style = terminalStyle(stdout, environment);
  const destination = settings.webhookUrl === undefined || options.dryRun ? 'terminal' : 'slack';
  const printer: Printer = {
    text: (text) => options.json || stdout.write(text),
    json: (value) => options.json && stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    heading: style.heading,
    outcome: (outcome) => outcomeText(outcome, { style, destination, verbose: options.verbose }),
  };
  try {
    if (settings.kind === 'story') await runStory(settings, options, printer);
    else await runCheck({ settings, options, now }, printer);
    return EXIT_CODES.success;
  } catch (error) {
    if (!(error instanceof SyncAlertsError)) throw error;
    stderr.write(`${error.message}\n`);
    return error.code === 'organisation_invalid' ? EXIT_CODES.usageError : EXIT_CODES.failure;
  }
}

/** Prints text, or JSON on `--json`; the other one prints nothing. */
interface Printer {
  text(text: string): void;
  json(value: unknown): void;
  heading(text: string): string;
  outcome(outcome: Outcome): string;
}

interface CheckArguments {
  readonly settings: WatchSettings;
  readonly options: StartOptions;
  readonly now: () => Instant;
}

async function runCheck({ settings, options, now }: CheckArguments, printer: Printer): Promise<void> {
  await showOutcome(watch(settings, options.dryRun, now), (outcome) => {
    printer.json(outcome);
    printer.text(`${printer.outcome(outcome)}\n`);
  });
}

const INTRODUCTION = `A demo: six checks of a made-up organisation, on one morning. Times are UTC.

`;

const HOW_TO_WATCH = `That was a demo. To watch your own organisation:

  export TIMBAL_API_KEY=… TIMBAL_ORG_ID=…     # and SLACK_WEBHOOK_URL=… to post to Slack
  npm start
`;

/** A dry run posts nothing to Slack. There is no state to leave alone: the story's is gone when it ends. */
async function runStory(
  { webhookUrl }: StorySettings,
  { dryRun }: StartOptions,
  printer: Printer,
): Promise<void> {
  const slack = webhookUrl === undefined || dryRun ? TERMINAL : demoPoster(webhookUrl);
  const outcomes: Outcome[] = [];
  printer.text(INTRODUCTION);
  try {
    await playStory(slack, ({ at, title }, outcome) => {
      outcomes.push(outcome);
      const time = new Date(at).toISOString().slice(11, 16);
      printer.text(`${printer.heading(`── ${time} ── ${title}`)}\n\n${printer.outcome(outcome)}\n\n`);
    });
  } finally {
    printer.json(outcomes);
  }
  if (slack !== TERMINAL)
    printer.text('The demo posted these messages to Slack too, each marked as a demo.\n');
  printer.text(HOW_TO_WATCH);
}
