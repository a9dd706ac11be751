import type { Outcome } from '../../lambda/commands/outcome.ts';
import type { Coverage } from '../../lambda/core/notify/coverage.ts';
import type { Policy } from '../../lambda/core/policy.ts';
import type { Message } from '../../lambda/core/render/slack-messages.ts';
import type { WatchState } from '../../lambda/core/state.ts';
import type { ListingResult } from '../../lambda/timbal/listing.ts';
import type { Life } from './clock.ts';

/** One check in the world: what it got, and how it ended. */
export interface CheckRun extends Life {
  readonly id: string;
  /** What its clock said. */
  readonly now: number;
  readonly startedAt: number;
  /** The policy that it was deployed with. */
  readonly policy: Policy;
  recalledVersion?: number;
  settledBefore?: boolean;
  overtakenBefore?: number;
  listed?: ListingResult;
  /** Writes asked for so far. */
  writes: number;
  wrote: boolean;
  lastWriteFailed: boolean;
  /** A fault was met. */
  faulty: boolean;
  /** Messages asked to be posted. */
  posts: Post[];
}

export interface Post {
  readonly covers: readonly Coverage[];
  readonly endsReminder: boolean;
  readonly coversShrinkage: boolean;
  readonly message: Message;
  readonly by: CheckRun;
  delivered: boolean;
  answered?: 'accepted' | 'refused' | 'unconfirmed';
  /** It was accepted for certain, and that was remembered. */
  certain: boolean;
  /** What of it repeats something that Slack has already. */
  repeats: number;
}

/** How a check ended. */
export type End =
  | { readonly kind: 'returned'; readonly outcome: Outcome }
  | { readonly kind: 'threw'; readonly error: unknown; readonly outcome: Outcome | undefined }
  | { readonly kind: 'died' };

/** What whoever judges a world is told of it, as it happens. */
export interface Watcher {
  /** A write took hold. */
  committed(run: CheckRun, state: WatchState, version: number): void;
  /** A post is on its way. */
  posting(post: Post): void;
  /** Slack has it. */
  delivered(post: Post): void;
  answered(post: Post): void;
  ended(run: CheckRun, end: End): void;
  /** A fault came to pass. */
  hindered(run: CheckRun): void;
}
