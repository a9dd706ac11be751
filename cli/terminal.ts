import pc from 'picocolors';
import * as v from 'valibot';
import { PLAIN, type Style } from '../lambda/core/render/plain-text.ts';
import type { Poster } from '../lambda/slack/webhook.ts';
import type { Output } from './process.ts';

/** The width of a line in characters when stdout reports none, or 0. */
const DEFAULT_WIDTH = 100;

const colourVariablesSchema = v.object({ NO_COLOR: v.optional(v.string()), TERM: v.optional(v.string()) });

/**
 * The style of text on stdout: as wide as the terminal, in colour unless stdout is no terminal, NO_COLOR is set
 * (no-color.org) or the terminal is a dumb one.
 */
export function terminalStyle(stdout: Output, environment: unknown): Style {
  const { NO_COLOR, TERM } = v.parse(colourVariablesSchema, environment);
  const width = stdout.columns || DEFAULT_WIDTH;
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

/** The destination when there is no webhook. It accepts every message: the outcome of the check is printed anyway. */
export const TERMINAL: Poster = {
  destinationId: async () => 'terminal',
  post: async () => ({ kind: 'accepted' }),
};
