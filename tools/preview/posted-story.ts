import { type Chapter, playStory } from '../../cli/story.ts';
import type { SlackMessage } from '../../lambda/slack/webhook.ts';

/** A check of the story with the messages that it posted; at least one. */
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
