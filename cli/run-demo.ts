import type { Outcome } from '../lambda/commands/outcome.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { outcomeText } from './outcome-text.ts';
import type { Run } from './printer.ts';
import type { StorySettings } from './settings.ts';
import { demoPoster, playStory } from './story.ts';
import { TERMINAL } from './terminal.ts';

const INTRODUCTION = `A demo: six checks of a made-up organisation, on one morning. Times are UTC.
`;

const HOW_TO_WATCH = `That was a demo. To watch your own organisation:

  export TIMBAL_API_KEY=… TIMBAL_ORG_ID=…     # and SLACK_WEBHOOK_URL=… to post to Slack
  npm start -- test                           # proves that it works
  npm start`;

/** Plays the demo and prints each of its checks. */
export async function runDemo({ webhookUrl }: StorySettings, { printer, request }: Run): Promise<ExitCode> {
  const { style } = printer;
  const slack = webhookUrl === undefined ? TERMINAL : demoPoster(webhookUrl);
  const destination = webhookUrl === undefined ? 'terminal' : 'slack';
  const verbose = request.given.has('verbose');
  const outcomes: Outcome[] = [];
  printer.text(INTRODUCTION);
  try {
    await playStory(slack, ({ at, title }, outcome) => {
      outcomes.push(outcome);
      const time = new Date(at).toISOString().slice(11, 16);
      const text = outcomeText(outcome, { style, destination, destinations: {}, verbose });
      printer.text(`${style.heading(`── ${time} ── ${title}`)}\n\n${text}\n`);
    });
  } finally {
    printer.json(outcomes);
  }
  if (webhookUrl !== undefined)
    printer.text('The demo posted these messages to Slack too, each marked as a demo.');
  printer.text(HOW_TO_WATCH);
  return EXIT_CODES.success;
}
