import { SyncAlertsError } from '../errors.ts';
import type { ListingSource } from './listing.ts';

type Redact = (text: string) => string;

/**
 * The same listing, with `redact` applied to each text that comes from the API: a sync's name, its disabled reason or
 * an error may quote anything, and goes into messages, responses, logs and the stored state. Of a record, only its own
 * string fields are redacted: nothing reads deeper values, whose depth others decide.
 */
export function redactedListing(listing: ListingSource, redact: Redact): ListingSource {
  return {
    list: async (deadline) => {
      const listed = await listing.list(deadline);
      if (listed.ok) {
        return { ...listed, records: listed.records.map((record) => redactedRecord(record, redact)) };
      }
      const { failure, error } = listed;
      return {
        ...listed,
        failure: { ...failure, received: redact(failure.received) },
        error: new SyncAlertsError(error.code, redact(error.message), { cause: error.cause }),
      };
    },
  };
}

function redactedRecord(record: unknown, redact: Redact): unknown {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return record;
  const fields = Object.entries(record);
  return Object.fromEntries(
    fields.map(([field, value]) => [field, typeof value === 'string' ? redact(value) : value]),
  );
}
