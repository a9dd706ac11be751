import type { Place } from './core/digest.ts';
import type { Policy } from './core/policy.ts';
import type { Instant } from './core/time.ts';
import type { MemoryStore } from './memory/memory-store.ts';
import type { Poster } from './slack/webhook.ts';
import type { Listing } from './timbal/listing.ts';

/** What a check reaches the world through. */
export interface Ports {
  readonly listing: Listing;
  readonly memory: MemoryStore;
  readonly slack: Poster;
  /** The clock: read once a check. */
  readonly now: () => Instant;
}

export interface CheckSettings {
  readonly policy: Policy;
  readonly place: Place;
  /** Names this check in its claim. */
  readonly checkId: string;
  /** When whatever runs the check is killed, in seconds from its start. */
  readonly killedAfterSeconds: number;
  /** Says what would be posted and remembered; posts and writes nothing. */
  readonly dryRun: boolean;
}
