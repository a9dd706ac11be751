import type { Coverage } from '../notify/notification.ts';
import type { Line } from './rich-text.ts';

/** What one check says to one destination, as neutral data: renderers make Slack blocks or plain text of it. */
export interface Digest {
  /** The environment that speaks: "prod". */
  readonly environment: string;
  /** The name of the destination; absent where nothing is sent elsewhere. */
  readonly destination?: string;
  /** Whom it mentions, in Slack's notation, from the policy. */
  readonly mention?: string;
  /** Our own words only, so that it may stand where nothing is escaped. */
  readonly headline: string;
  readonly sections: readonly Section[];
  /** It lists only what was sent before, so one message has to do: what finds no room is counted. */
  readonly isReminder?: true;
  /** The reminder that is due counts as sent with this digest, though no line is one: it lists all that is open. */
  readonly satisfiesReminder?: true;
  /** What a lock screen shows: the worst items, else the headline. Rendered after the environment. */
  readonly push: Line;
  /** The last line. */
  readonly context: Line;
  /** The command that silences what is open in the digest, and nothing else; absent where nothing is. */
  readonly silenceCommand?: string;
  /** The command that shows the items for which a renderer has no room. */
  readonly moreHint: string;
}

export interface Section {
  readonly title: string;
  readonly items: readonly Item[];
}

/** One thing to read: the subject, what a person needs to act, and what is recorded once it was accepted. */
export interface Item {
  readonly level: 'critical' | 'warning' | 'good' | 'note';
  readonly title: Line;
  readonly detail: Line;
  /** What a person does first, beneath the detail. */
  readonly action?: Line;
  readonly covers: readonly Coverage[];
  /** The key of the shared cause that it is about, also of one that only folds lines. */
  readonly cause?: string;
  /** It belongs to the shared cause above it. */
  readonly isNested?: true;
  /** What a lock screen shows of it: by default the title, and nothing of a nested item. */
  readonly push?: Line;
}

/** Where a digest comes from. */
export interface Origin {
  readonly environment: string;
  readonly organisation: string;
  /** The connector whose syncs alone are watched. */
  readonly connectorId?: string;
  /** What the commands for people begin with: "npm run invoke -- prod"; absent where there are none. */
  readonly commandPrefix?: string;
  /** A command that shows what a long digest leaves out. */
  readonly moreHint: string;
}
