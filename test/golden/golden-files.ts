import { readdirSync } from 'node:fs';
import { check } from '../../lambda/commands/check.ts';
import { CheckFailed, type Outcome } from '../../lambda/commands/outcome.ts';
import type { Digest } from '../../lambda/core/digest/write-digest.ts';
import { PLAIN, renderPlainText } from '../../lambda/core/render/plain-text.ts';
import type { SlackMessage } from '../../lambda/slack/webhook.ts';
import { REFUSED, settings, World } from '../commands/a-world.ts';
import { minute } from './an-organisation.ts';
import type { Check, Situation } from './situations.ts';

/** Where the golden files are. */
export const FOLDER = new URL('./', import.meta.url);

/** What is said of a situation: the digest of its last check, and the messages that were posted. */
export interface InvocationResult {
  readonly digest: Digest;
  readonly messages: readonly SlackMessage[];
}

/** Plays a situation through real checks, the listing and Slack alone being made up. */
export async function said({ checks }: Situation): Promise<InvocationResult> {
  const world = new World();
  let digest: Digest | undefined;
  for (const one of checks) {
    world.posted.splice(0);
    const outcome = await outcomeOf(one, world);
    digest = outcome.kind === 'checked' ? outcome.digest : undefined;
  }
  if (digest === undefined) throw new Error('the last check of the situation says nothing');
  return { digest, messages: world.posted.map(({ text, blocks }) => ({ text, blocks })) };
}

async function outcomeOf({ atMinute, shown, slackRefuses }: Check, world: World): Promise<Outcome> {
  world.now = minute(atMinute);
  world.shown = shown;
  if (slackRefuses) world.answers.push(REFUSED);
  try {
    return await check(world.ports, settings());
  } catch (error) {
    if (error instanceof CheckFailed && error.outcome !== undefined) return error.outcome;
    throw error;
  }
}

/** The golden files of a situation by their names, as they should be. */
export function goldenFiles(name: string, { story }: Situation, { digest, messages }: InvocationResult) {
  return {
    [`${name}.txt`]: `# ${story}\n\n${renderPlainText(digest, { ...PLAIN, width: 100 })}\n`,
    // Each message can be pasted into Slack's Block Kit Builder.
    [`${name}.slack.json`]: `${JSON.stringify(messages, null, 2)}\n`,
  };
}

/** The names of the golden files that are there. */
export function filesThere(): readonly string[] {
  return readdirSync(FOLDER).filter((file) => /\.(txt|json)$/.test(file));
}
