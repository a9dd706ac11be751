import type { WatchState } from '../../../lambda/core/state.ts';
import type { SlackMessage } from '../../../lambda/slack/webhook.ts';
import type { Minute } from '../notation/night.ts';

/** What a night's checks sent. */
export interface PlayedNight {
  readonly sent: readonly SentDigest[];
  /** The longest time for which a notification was held, in minutes. */
  readonly longestHoldMinutes: number;
  /** What is stored after the last check. */
  readonly stored: WatchState;
  /** How many checks were played; the others would have done nothing. */
  readonly checks: number;
}

/** What one check posted. */
export interface SentDigest {
  readonly at: Minute;
  /** The name of the destination. */
  readonly to: string;
  /** At least one. */
  readonly posts: readonly Post[];
  /** The digest as a terminal shows it. */
  readonly terminal: string;
  /** Whether a line of it is critical. */
  readonly isCritical: boolean;
}

export interface Post {
  /** What a lock screen shows. */
  readonly push: string;
  /** The blocks as plain text, without marks of formatting. */
  readonly text: string;
  readonly answer: 'accepted' | 'refused' | 'unconfirmed';
  /** Absent for a destination that is not Slack. */
  readonly message?: SlackMessage;
}

/** How many messages Slack accepted. */
export function messageCount({ posts }: Pick<SentDigest, 'posts'>): number {
  return posts.filter(({ answer }) => answer === 'accepted').length;
}
