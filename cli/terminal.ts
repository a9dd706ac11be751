import pc from 'picocolors';
import * as v from 'valibot';
import type { Checked, Outcome } from '../lambda/commands/outcome.ts';
import { PROBLEMS } from '../lambda/core/alert.ts';
import type { Tally } from '../lambda/core/diagnose/tally.ts';
import { pluralize } from '../lambda/core/digest/wording.ts';
import { PLAIN, renderPlainText, type Style } from '../lambda/core/render/plain-text.ts';
import type { Poster } from '../lambda/slack/webhook.ts';

/** Where text goes: a stream, or what a test collects. */
export interface Output {
  readonly isTTY?: boolean;
  /** How wide the terminal is, in characters. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** A comfortable line, where no terminal says how wide it is; some say 0. */
const WIDTH = 100;

const coloursSchema = v.object({ NO_COLOR: v.optional(v.string()), TERM: v.optional(v.string()) });

/** Lines that fit the terminal; colours where it takes them and nobody said NO_COLOR (no-color.org). */
export function terminalStyle(stdout: Output, environment: unknown): Style {
  const { NO_COLOR, TERM } = v.parse(coloursSchema, environment);
  const width = stdout.columns || WIDTH;
  if (!stdout.isTTY || NO_COLOR || TERM === 'dumb') return { ...PLAIN, width };
  const colours = pc.createColors(true);
  return {
    heading: colours.bold,
    strong: colours.bold,
    name: colours.cyan,
    faint: colours.dim,
    level: { critical: colours.red, warning: colours.yellow, good: colours.green, note: colours.dim },
    width,
  };
}

/** Without a webhook the terminal is the route: what a check says is printed from its outcome, so it is accepted. */
export const TERMINAL: Poster = { post: async () => ({ kind: 'accepted' }) };

/** What a check said, and what it saw, for a person to read. Without Slack, this text is all that was said. */
export function outcomeText(outcome: Outcome, style: Style, withSlack: boolean): string {
  if (outcome.kind !== 'checked') return `Nothing done: ${outcome.reason}.`;
  const said = outcome.digest === undefined ? [] : [renderPlainText(outcome.digest, style), ''];
  return [...said, style.faint(summary(outcome, withSlack))].join('\n');
}

function summary({ syncs, digest, open, posts, undelivered, dryRun }: Checked, withSlack: boolean): string {
  // A digest ends with how many alerts are open.
  const nothingNew =
    open > 0 ? `nothing new to tell, ${pluralize(open, 'alert')} open` : 'nothing new to tell';
  const parts = [
    sight(syncs),
    digest === undefined ? nothingNew : '',
    withSlack && posts.accepted > 0 ? `${pluralize(posts.accepted, 'message')} posted to Slack` : '',
    undelivered.count > 0 && !dryRun ? `${undelivered.count} still to be told` : '',
    dryRun ? 'dry run: nothing was posted or remembered' : '',
  ];
  return `${parts.filter((part) => part !== '').join('; ')}.`;
}

/** "36 syncs: 30 healthy, 1 disabled, 2 paused"; each record of the listing is in one of the counts. */
function sight(syncs: Tally): string {
  if (syncs.listingFailure !== undefined)
    return `The syncs could not be seen: ${syncs.listingFailure.received}`;
  const counts = [
    `${syncs.healthy} healthy`,
    ...PROBLEMS.map((problem) =>
      syncs.problems[problem] === 0 ? '' : `${syncs.problems[problem]} ${SHORT[problem]}`,
    ),
    syncs.inconclusive > 0 ? `${syncs.inconclusive} inconclusive` : '',
    syncs.excluded > 0 ? `${syncs.excluded} ignored` : '',
    syncs.withoutId > 0 ? `${syncs.withoutId} without an id` : '',
    syncs.repeated > 0 ? `${syncs.repeated} repeated` : '',
  ];
  return `${pluralize(syncs.listed, 'sync')}: ${counts.filter((part) => part !== '').join(', ')}`;
}

const SHORT = {
  unreadable: 'unreadable',
  disabled: 'disabled',
  failing: 'failing',
  never_succeeded: 'never succeeded',
  stalled: 'stalled',
} as const;
