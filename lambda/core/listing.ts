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

/** The response to a listing request, its records as they came. */
export type RawListing =
  | { readonly ok: true; readonly request: string; readonly records: readonly unknown[] }
  | { readonly ok: false; readonly failure: ListingFailure };

/** The same with each record as a sync. */
export type ParsedListing =
  | { readonly ok: true; readonly request: string; readonly syncs: readonly Sync[] }
  | { readonly ok: false; readonly failure: ListingFailure };
