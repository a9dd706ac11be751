import { readdirSync } from 'node:fs';
import { check } from '../../lambda/commands/check.ts';
import { CheckFailed, type Outcome } from '../../lambda/commands/outcome.ts';
import type { Digest } from '../../lambda/core/digest/digest.ts';
import { PLAIN, renderPlainText } from '../../lambda/core/render/plain-text.ts';
import type { SlackMessage } from '../../lambda/slack/webhook.ts';
import { REFUSED, settings, World } from '../commands/a-world.ts';
import { minute } from './an-organisation.ts';
import type { Check, Situation } from './situations.ts';

/** Where the golden files are. */
export const FOLDER = new URL('./', import.meta.url);

/** What the last check of a situation gives. */
interface Result {
  readonly digest: Digest;
  readonly messages: readonly SlackMessage[];
}

/** Runs the real checks of a situation, with a fake listing and a fake Slack. */
export async function runSituation({ checks }: Situation): Promise<Result> {
  const world = new World();
  let digest: Digest | undefined;
  for (const one of checks) {
    world.posted.splice(0);
    const outcome = await runCheck(one, world);
    digest = outcome.kind === 'checked' ? outcome.digests[0] : undefined;
  }
  if (digest === undefined) throw new Error('the last check of the situation has no digest');
  return { digest, messages: world.posted.map(({ text, blocks }) => ({ text, blocks })) };
}

async function runCheck({ atMinute, shown, slackRefuses }: Check, world: World): Promise<Outcome> {
  world.now = minute(atMinute);
  world.shown = shown;
  if (slackRefuses) world.postResults.push(REFUSED);
  try {
    return await check(world.ports, settings());
  } catch (error) {
    if (error instanceof CheckFailed && error.outcome !== undefined) return error.outcome;
    throw error;
  }
}

/** The expected content of the golden files of a situation, by file name. */
export async function goldenFiles(name: string, situation: Situation): Promise<Record<string, string>> {
  const { digest, messages } = await runSituation(situation);
  return {
    [`${name}.txt`]: `# ${situation.description}\n\n${renderPlainText(digest, { ...PLAIN, width: 100 })}\n`,
    // Each message can be pasted into Slack's Block Kit Builder.
    [`${name}.slack.json`]: `${JSON.stringify(messages, null, 2)}\n`,
  };
}

/** The names of the golden files in the folder. */
export function existingFiles(): readonly string[] {
  return readdirSync(FOLDER).filter((file) => /\.(txt|json)$/.test(file));
}
