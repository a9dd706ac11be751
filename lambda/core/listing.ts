import type { Sync } from './sync.ts';

/** Why the syncs could not be listed, in words without secrets. */
export interface ListingFailure {
  /** `refused`: 401 or 403. `empty`: no syncs in an organisation that had some. */
  readonly kind: 'refused' | 'failed' | 'malformed' | 'unreadable' | 'empty';
  /** "GET https://api.timbal.ai/orgs/acme/connectors/syncs". */
  readonly request: string;
  /** "503 Service Unavailable, 4 attempts". */
  readonly received: string;
}

/**
 * By how many seconds the API's clock is ahead of ours, negative when it is behind; absent when they agree. Its dates are
 * judged by its clock, everything else by ours.
 */
export type ApiSkewSeconds = number;

/** The outcome of a listing request. */
export type ParsedListing =
  | {
      readonly ok: true;
      readonly request: string;
      readonly syncs: readonly Sync[];
      readonly apiSkewSeconds?: ApiSkewSeconds;
    }
  | { readonly ok: false; readonly failure: ListingFailure };
