import { SyncAlertsError } from './errors.ts';
import type { Listing } from './timbal/listing.ts';

type Mask = (text: string) => string;

/**
 * The same listing without what `masked` takes out of a text. What the API says goes into messages, answers, logs and
 * memory, and a sync's name, the reason why it was disabled or an error may quote anything. Of a record only its own
 * texts are looked into: nothing reads what lies deeper, and how deep that is, others decide.
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

function maskedIn(record: unknown, masked: Mask): unknown {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return record;
  const fields = Object.entries(record);
  return Object.fromEntries(
    fields.map(([field, value]) => [field, typeof value === 'string' ? masked(value) : value]),
  );
}
