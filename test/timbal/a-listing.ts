import { inspect } from 'node:util';
import { parseSync } from '../../lambda/core/parse/parse-sync.ts';
import { deadlineIn } from '../../lambda/http/deadline.ts';
import { type ListingOptions, TimbalListing } from '../../lambda/timbal/listing.ts';
import type { ApiKeySource, ListingResult } from '../../lambda/timbal/listing-source.ts';
import { answersJson, type LocalServer } from '../http/local-server.ts';

export const NOW = Date.UTC(2026, 10, 24, 8);
/** Each key contains this mark, which no result may contain. */
export const MARK = 'MARKED';
export const KEY = `${MARK}-key`;
export const FRESH_KEY = `${MARK}-fresh-key`;
const SYNCS = [{ id: 'a' }, { id: 2 }, 'anything'];
export const LISTING = answersJson(200, { syncs: SYNCS });

/** The syncs of `SYNCS`, as a listing returns them. */
export const PARSED_SYNCS = SYNCS.map(parseSync);

/** Lists the syncs at this server, and expects no key in the result. */
export async function list(
  { url }: Pick<LocalServer, 'url'>,
  overrides: Partial<ListingOptions> = {},
  seconds = 5,
): Promise<ListingResult> {
  const listed = await new TimbalListing(listingOptions(url, overrides)).list(deadlineIn(seconds));
  expect(everythingIn(listed)).not.toContain(MARK);
  return listed;
}

/** Options whose retries wait 1 to 4 ms. */
export function listingOptions(baseUrl: string, overrides: Partial<ListingOptions> = {}): ListingOptions {
  return {
    baseUrl,
    organisation: 'acme',
    apiKey: aKey(),
    now: () => NOW,
    retryPolicy: { retries: 3, minDelayMs: 1, maxDelayMs: 4, minAttemptMs: 0 },
    ...overrides,
  };
}

/** A key that records how it was read. */
export function aKey(
  overrides: Partial<ApiKeySource> = {},
): ApiKeySource & { readonly reads: readonly string[] } {
  const reads: string[] = [];
  const { read = async () => KEY, readFresh = async () => FRESH_KEY } = overrides;
  return {
    reads,
    read: () => {
      reads.push('read');
      return read();
    },
    readFresh: () => {
      reads.push('readFresh');
      return readFresh();
    },
  };
}

/** Every text of a value, including hidden properties and causes. */
export function everythingIn(value: unknown): string {
  return inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null });
}
