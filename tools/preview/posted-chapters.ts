import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import * as v from 'valibot';
import { type Chapter, playStory } from '../../cli/story.ts';
import type { SlackMessage } from '../../lambda/slack/webhook.ts';
import { parseNight } from '../../test/nights/notation/parse-night.ts';
import { playNight } from '../../test/nights/play/play-night.ts';
import { usageError } from '../command-line.ts';

/** A moment with the messages that were posted then; at least one. */
export interface PostedChapter {
  readonly chapter: Chapter;
  readonly messages: readonly SlackMessage[];
}

/** Plays the demo story, and returns the chapters whose check posted something. */
export async function postedStory(): Promise<readonly PostedChapter[]> {
  const chapters: PostedChapter[] = [];
  const posted: SlackMessage[] = [];
  const collecting = {
    destinationId: async () => 'preview',
    post: async (message: SlackMessage) => {
      posted.push(message);
      return { kind: 'accepted' } as const;
    },
  };
  await playStory(collecting, (chapter) => {
    const messages = posted.splice(0);
    if (messages.length > 0) chapters.push({ chapter, messages });
  });
  return chapters;
}

/**
 * The messages of a file: one posted payload, a list of them, or a night, which is played. Anything else is a usage
 * error.
 */
export async function chaptersOf(file: string): Promise<readonly PostedChapter[]> {
  const text = textOf(file);
  if (file.endsWith('.night')) return chaptersOfNight(file, text);
  const found = v.safeParse(payloadsSchema, parsedOrUndefined(text));
  if (!found.success)
    usageError(
      `${file} is no posted payload: expected {"text":…,"blocks":[…]}, a list of them, or a .night file`,
    );
  return [{ chapter: { at: latestDate(text), title: basename(file) }, messages: found.output }];
}

const mrkdwnSchema = v.object({
  type: v.literal('mrkdwn'),
  text: v.string(),
  verbatim: v.optional(v.literal(true), true),
});

/** The blocks that sync-alerts posts (lambda/core/render/blocks.ts). */
const blockSchema = v.variant('type', [
  v.object({
    type: v.literal('header'),
    text: v.object({ type: v.literal('plain_text'), text: v.string() }),
  }),
  v.object({ type: v.literal('section'), text: mrkdwnSchema }),
  v.object({ type: v.literal('context'), elements: v.array(mrkdwnSchema) }),
  v.object({ type: v.literal('divider') }),
]);
const payloadSchema = v.object({ text: v.string(), blocks: v.array(blockSchema) });
const payloadsSchema = v.union([
  v.pipe(v.array(payloadSchema), v.minLength(1)),
  v.pipe(
    payloadSchema,
    v.transform((payload) => [payload]),
  ),
]);

async function chaptersOfNight(file: string, text: string): Promise<readonly PostedChapter[]> {
  const parsed = parseNight(text);
  if (!parsed.ok) return usageError(parsed.faults.map((fault) => `${basename(file)}: ${fault}`).join('\n'));
  const { midnight, title } = parsed.night;
  const { sent } = await playNight(parsed.night);
  return sent.map(({ at, posts }) => ({
    chapter: { at: midnight + at * 60_000, title },
    messages: posts.flatMap(({ message }) => message ?? []),
  }));
}

/** The latest date in a payload, which is when it was posted; now when it has none. */
function latestDate(text: string): number {
  const dates = [...text.matchAll(/<!date\^(\d+)\^/g)].map(([, seconds]) => Number(seconds) * 1000);
  return dates.length === 0 ? Date.now() : Math.max(...dates);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return usageError(`cannot read ${file}`);
  }
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
