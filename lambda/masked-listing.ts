import { SyncAlertsError } from './errors.ts';
import type { Listing } from './timbal/listing.ts';

type Mask = (text: string) => string;

/**
 * The same listing without what `masked` takes out of a text. What the API says goes into messages, answers, logs and
 * memory, and a sync's name, the reason why it was disabled or an error may quote anything.
 */
export function maskedListing(listing: Listing, masked: Mask): Listing {
  return {
    list: async (deadline) => {
      const listed = await listing.list(deadline);
      if (listed.ok) return { ...listed, records: listed.records.map((record) => maskedIn(record, masked)) };
      const { blindness, error } = listed;
      return {
        ...listed,
        blindness: { ...blindness, cameBack: masked(blindness.cameBack) },
        error: new SyncAlertsError(error.code, masked(error.message), { cause: error.cause }),
      };
    },
  };
}

function maskedIn(value: unknown, masked: Mask): unknown {
  if (typeof value === 'string') return masked(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((inner) => maskedIn(inner, masked));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskedIn(inner, masked)]));
}
