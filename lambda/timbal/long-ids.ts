/** A numeric id of 16 or more digits, with its key. Inside a JSON string, a quotation mark always follows a backslash. */
const LONG_ID = /("(?:id|connector_id|connection_ref|kb_uid)"\s*:\s*)(-?\d{16,})(?=\s*[,}])/g;

/**
 * Parses the text of records, an array, and keeps long numeric ids as strings: as JavaScript numbers, two of them could
 * round to the same value and merge two syncs. Searching the text for them takes as long as parsing it, so that happens
 * only when a record has an id that may have been rounded.
 *
 * @throws SyntaxError when the text is not JSON.
 */
export function parsedRecords(text: string): readonly unknown[] {
  const records = arrayIn(text);
  return records.some(hasRoundedId) ? arrayIn(text.replace(LONG_ID, '$1"$2"')) : records;
}

function arrayIn(text: string): readonly unknown[] {
  const json: unknown = JSON.parse(text);
  return Array.isArray(json) ? json : [];
}

function hasRoundedId(record: unknown): boolean {
  if (typeof record !== 'object' || record === null) return false;
  return (
    ('id' in record && isUnsafe(record.id)) ||
    ('connector_id' in record && isUnsafe(record.connector_id)) ||
    ('connection_ref' in record && isUnsafe(record.connection_ref)) ||
    ('kb_uid' in record && isUnsafe(record.kb_uid))
  );
}

/** Whether it is a number beyond those that JavaScript holds exactly. */
function isUnsafe(id: unknown): boolean {
  return typeof id === 'number' && Math.abs(id) > Number.MAX_SAFE_INTEGER;
}
