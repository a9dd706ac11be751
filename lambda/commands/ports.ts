import type { Origin } from '../core/digest/write-digest.ts';
import type { Policy } from '../core/policy.ts';
import type { Instant } from '../core/time.ts';
import type { Poster } from '../slack/webhook.ts';
import type { StateStore } from '../state/state-store.ts';
import type { ListingSource } from '../timbal/listing.ts';

/** What a check reaches the world through. */
export interface Ports {
  readonly listing: ListingSource;
  readonly state: StateStore;
  readonly slack: Poster;
  /** The clock: read once a check. */
  readonly now: () => Instant;
}

export interface CheckSettings {
  readonly policy: Policy;
  readonly origin: Origin;
  /** Names this check in its claim. */
  readonly checkId: string;
  /** When whatever runs the check is killed, in seconds from its start. */
  readonly remainingSeconds: number;
  /** Says what would be posted and remembered; posts and writes nothing. */
  readonly dryRun: boolean;
}
