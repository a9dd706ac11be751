import { createHash } from 'node:crypto';

/** What a listing covers. A different base URL, organisation or connector filter covers other syncs. */
interface WatchedListing {
  readonly baseUrl: string;
  readonly organisation: string;
  readonly connectorId?: string;
}

/**
 * The partition key of a state: 32 hexadecimal digits, whatever the ids are, so that each listing has a state of its
 * own. A slash at the end of the base URL does not matter.
 */
export function stateScope({ baseUrl, organisation, connectorId }: WatchedListing): string {
  const listing = JSON.stringify([baseUrl.replace(/\/+$/, ''), organisation, connectorId ?? null]);
  return createHash('sha256').update(listing).digest('hex').slice(0, 32);
}
