import { type Chapter, playStory } from '../../cli/story.ts';
import type { SlackMessage } from '../../lambda/slack/webhook.ts';

/** What was posted to Slack at one check of the story. */
export interface ToldChapter {
  readonly chapter: Chapter;
  readonly messages: readonly SlackMessage[];
}

/** The chapters of the demo story that say something, with the very messages that would be posted. */
export async function toldStory(): Promise<readonly ToldChapter[]> {
  const chapters: ToldChapter[] = [];
  const posted: SlackMessage[] = [];
  const collecting = {
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
