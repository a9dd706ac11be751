/*
 * Finds whole records in a part of a page. A batch ends at a comma that may stand between two records, and does stand
 * there if `JSON.parse` accepts the text before it as the elements of an array: inside a string or a record, something
 * would still be open, and after the end of the array, a bracket would be left over.
 */

interface Batch {
  readonly records: readonly unknown[];
  /** Where the next record begins. */
  readonly end: number;
}

/** Nested objects have commas that look like those between two records; so many are tried before the batch grows. */
const MAX_CUTS = 8;

/** The records from `start` to the last comma between two of them; undefined when there are not two records. */
export function batchIn(page: Buffer, start: number): Batch | undefined {
  let comma = page.length;
  for (let cuts = 0; cuts < MAX_CUTS; cuts += 1) {
    do comma = page.lastIndexOf(',', comma - 1);
    while (comma > start && !isBetweenObjects(page, comma));
    if (comma <= start) return undefined;
    const records = parsedJson(`[${page.toString('utf8', start, comma)}]`, (array) => array);
    if (Array.isArray(records)) return { records, end: comma + 1 };
  }
  return undefined;
}

/** The length of a page up to its first record in bytes; undefined when `beginning` is not that of a page. */
export function headLength(beginning: Buffer): number | undefined {
  // In latin1 each byte is one character, so an index in the text is an index in the bytes.
  const key = /"syncs"\s*:\s*\[/.exec(beginning.toString('latin1'));
  if (key === null) return undefined;
  const length = key.index + key[0].length;
  const closed = `${beginning.toString('utf8', 0, length).replace(/^\uFEFF/, '')}]}`;
  return parsedJson(closed, () => undefined) === undefined ? undefined : length;
}

/** Whether the characters around a comma, white space left out, are "}" and "{". */
function isBetweenObjects(page: Buffer, comma: number): boolean {
  let [before, after] = [comma - 1, comma + 1];
  while (isSpace(page[before])) before -= 1;
  while (isSpace(page[after])) after += 1;
  return page[before] === CLOSING_BRACE && page[after] === OPENING_BRACE;
}

const [OPENING_BRACE, CLOSING_BRACE] = [0x7b, 0x7d];

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** A numeric id of 16 or more digits, with its key. Inside a JSON string, a quotation mark always follows a backslash. */
const LONG_ID = /("(?:id|connector_id|connection_ref|kb_uid)"\s*:\s*)(-?\d{16,})(?=\s*[,}])/g;

/**
 * Parses JSON, and keeps long numeric ids as strings: as JavaScript numbers, two of them could round to the same value
 * and merge two syncs. Searching the text for them takes as long as parsing it, so that happens only when a parsed record
 * has an id that may have been rounded.
 *
 * @param recordsIn The records in the parsed value.
 * @returns Undefined when the text is not JSON.
 */
export function parsedJson(text: string, recordsIn: (json: unknown) => unknown): unknown {
  try {
    const json: unknown = JSON.parse(text);
    const records = recordsIn(json);
    const isRounded = Array.isArray(records) && records.some(hasRoundedId);
    return isRounded ? JSON.parse(text.replace(LONG_ID, '$1"$2"')) : json;
  } catch {
    return undefined;
  }
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
