import type { Facts } from '../core/alert.ts';
import type { Digest } from '../core/digest/digest.ts';
import type { MessageContent } from '../core/notify/notification.ts';
import type { Destination } from '../core/state.ts';
import type { Instant } from '../core/time.ts';
import type { Deadline } from '../http/deadline.ts';
import type { PostResult } from '../slack/webhook.ts';

/** Writes digests in the form of one destination, and posts them. Each kind of destination has one adapter. */
export interface DestinationPort {
  /**
   * What the destination is known by: another channel has another id. Undefined when that cannot be read now.
   *
   * @param known The ids that count as this destination so far: another one is read fresh before it is believed.
   */
  destinationId(known: readonly string[]): Promise<string | undefined>;

  /**
   * The digest as the messages of this destination, in the order in which to post them. Together they cover what it
   * covers.
   */
  write(digest: Digest, context: WriteContext): Promise<readonly OutgoingMessage[]>;
}

export interface WriteContext {
  /** What the destination was sent before. */
  readonly destination: Destination;
  readonly facts: Facts;
  readonly now: Instant;
  /** The messages are refused if the destination is another one by then. */
  readonly id: string;
}

/** A message that is ready to be posted. */
export interface OutgoingMessage extends MessageContent {
  /** Nothing is posted: the destination has no message for what this one covers. */
  readonly isSilent?: true;
  /**
   * Posts the message. A failure of the destination, of the network or of reading the secret is a result, never a
   * rejection. No request outlives the deadline.
   */
  post(deadline: Deadline): Promise<PostResult>;
}
