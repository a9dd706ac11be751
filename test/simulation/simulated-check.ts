import type { Outcome } from '../../lambda/commands/outcome.ts';
import type { Coverage } from '../../lambda/core/notify/notification.ts';
import type { Policy } from '../../lambda/core/policy.ts';
import type { Message } from '../../lambda/core/render/slack-messages.ts';
import type { Silence } from '../../lambda/core/silence.ts';
import type { WatchState } from '../../lambda/core/state.ts';
import type { ListingResult } from '../../lambda/timbal/listing-source.ts';
import type { Process } from './clock.ts';

/** A response of the API, with its records unparsed: the oracle reads them on its own. */
export type RawListing =
  | {
      readonly ok: true;
      readonly requestedAt: number;
      readonly records: readonly Record<string, unknown>[];
      readonly request: string;
      readonly apiSkewSeconds?: number;
    }
  | Extract<ListingResult, { readonly ok: false }>;

/** One check of a world: its input, what it did so far, and the faults it met. */
export interface SimulatedCheck extends Process {
  readonly id: string;
  /** The time by the check's own clock. */
  readonly now: number;
  /** The true time. */
  readonly startedAt: number;
  /** The policy that was deployed when it started. */
  readonly policy: Policy;
  /** The version of the state that it loaded. */
  loadedVersion?: number;
  /** Of the state that it loaded. */
  wasInitialized?: boolean;
  /** Of the state that it loaded. */
  supersededInARow?: number;
  /** The silences that it loaded. */
  silences?: readonly Silence[];
  listed?: RawListing;
  /** How many writes it requested so far. */
  writes: number;
  lastWriteFailed: boolean;
  /** It met a fault, or its clock is wrong. */
  isFaulty: boolean;
  /** The messages that it sent to Slack. */
  readonly posts: Post[];
}

export function aSimulatedCheck(
  given: Pick<SimulatedCheck, 'id' | 'now' | 'policy'> & Partial<SimulatedCheck>,
): SimulatedCheck {
  return {
    startedAt: given.now,
    dead: false,
    writes: 0,
    lastWriteFailed: false,
    isFaulty: false,
    posts: [],
    ...given,
  };
}

export interface Post {
  readonly covers: readonly Coverage[];
  readonly endsReminder: boolean;
  readonly message: Message;
  readonly by: SimulatedCheck;
  /** The result that the check got; undefined while there is none. */
  result?: 'accepted' | 'refused' | 'unconfirmed';
  /** Slack accepted it, and the state says so. */
  isConfirmed: boolean;
  /** How many of its notifications Slack has already. */
  repeats: number;
}

/** How a check ended. */
export type CheckEnd =
  | { readonly kind: 'returned'; readonly outcome: Outcome }
  | { readonly kind: 'threw'; readonly error: unknown; readonly outcome: Outcome | undefined }
  | { readonly kind: 'crashed' };

/** Receives the events of a world as they happen. */
export interface Observer {
  /** A write took effect. */
  committed(check: SimulatedCheck, state: WatchState, version: number): void;
  /** A check sends a message. */
  posting(post: Post): void;
  /** Slack shows a message. */
  delivered(post: Post): void;
  /** A check got the result of a post. */
  answered(post: Post): void;
  ended(check: SimulatedCheck, end: CheckEnd): void;
  faultInjected(check: SimulatedCheck): void;
}

/** Ignores every event. */
export const NO_OBSERVER: Observer = {
  committed() {},
  posting() {},
  delivered() {},
  answered() {},
  ended() {},
  faultInjected() {},
};
