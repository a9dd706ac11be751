import type { ApiSkewSeconds } from './listing.ts';
import type { Policy } from './policy.ts';
import type { Instant } from './time.ts';

/** What the rules of one check read beside the syncs. `now` is read once a check. */
export interface CheckContext {
  readonly policy: Policy;
  readonly now: Instant;
  readonly apiSkewSeconds?: ApiSkewSeconds;
}
