import { SyncAlertsError } from '../errors.ts';
import type { ListingSource } from './listing.ts';

type Redact = (text: string) => string;

/**
 * The same listing without what `masked` takes out of a text. What the API says goes into messages, answers, logs and
 * memory, and a sync's name, the reason why it was disabled or an error may quote anything. Of a record only its own
 * texts are looked into: nothing reads what lies deeper, and how deep that is, others decide.
 */
export function redactedListing(listing: ListingSource, redacted: Redact): ListingSource {
  return {
    list: async (deadline) => {
      const listed = await listing.list(deadline);
      if (listed.ok)
        return { ...listed, records: listed.records.map((record) => redactedRecord(record, redacted)) };
      const { failure: blindness, error } = listed;
      return {
        ...listed,
        failure: { ...blindness, received: redacted(blindness.received) },
        error: new SyncAlertsError(error.code, redacted(error.message), { cause: error.cause }),
      };
    },
  };
}

function redactedRecord(record: unknown, redacted: Redact): unknown {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return record;
  const fields = Object.entries(record);
  return Object.fromEntries(
    fields.map(([field, value]) => [field, typeof value === 'string' ? redacted(value) : value]),
  );
}
