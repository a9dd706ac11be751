import type { ApiSkewSeconds, ListingFailure } from '../core/listing.ts';
import type { Sync } from '../core/sync.ts';
import type { Instant } from '../core/time.ts';
import type { SyncAlertsError } from '../errors.ts';
import type { Deadline } from '../http/deadline.ts';

/** The outcome of a listing. */
export type ListingResult =
  | {
      readonly ok: true;
      /** The time just before its first request. */
      readonly requestedAt: Instant;
      readonly syncs: readonly Sync[];
      /** "GET https://api.timbal.ai/orgs/acme/connectors/syncs". */
      readonly request: string;
      readonly apiSkewSeconds?: ApiSkewSeconds;
    }
  | {
      readonly ok: false;
      readonly requestedAt: Instant;
      readonly failure: ListingFailure;
      readonly error: SyncAlertsError;
    };

/** The port to the connector syncs of one organisation. */
export interface ListingSource {
  /**
   * Lists all syncs. A failure of the API, of the network or of reading the key is a result, never a rejection. No
   * request outlives the deadline.
   */
  list(deadline: Deadline): Promise<ListingResult>;
}

/** Where the API key comes from. `readFresh` bypasses any cache, since a refused key may have been rotated. */
export interface ApiKeySource {
  read(): Promise<string>;
  readFresh(): Promise<string>;
}
