import { beyondBounds, type ListingError, malformed } from './listing-error.ts';
import { parsedRecords } from './long-ids.ts';
import { type PageFault, PageScanner } from './page-scanner.ts';

/** One page of the listing. */
export interface Page<T> {
  readonly records: readonly T[];
  /** The token of the next page; undefined on the last page. */
  readonly nextToken: string | undefined;
}

/** The number of records of a listing, all pages together. */
export const MAX_RECORDS = 100_000;
/** Real records are flat. */
const MAX_DEPTH = 100;

/**
 * Reads the body of a 200 as it arrives. As one text and one tree of objects, a listing of 63 MB would take 400 MB of
 * memory; in batches, the unread text is rarely longer than two of them.
 *
 * Errors quote nothing of the body: it comes from outside and may contain anything.
 */
export class PageReader<T> {
  readonly #scanner: PageScanner;
  /** Undefined while there is no array "syncs". */
  #records: T[] | undefined;
  #nextToken: unknown;

  /**
   * @param readerOf Given the JSON text of some records, makes what converts each of them.
   * @param maxRecords How many records the page may have, at most.
   */
  constructor(readerOf: (text: string) => (record: unknown) => T, maxRecords = MAX_RECORDS) {
    const parts = {
      onSyncs: () => {
        this.#records = [];
      },
      onRecords: (text: string) => {
        const parsed = jsonOf(() => parsedRecords(`[${text}]`));
        const readRecord = readerOf(text);
        for (const record of parsed?.json ?? []) {
          if (this.#records?.length === maxRecords) return 'too_many_records';
          if (isDeeper(record, MAX_DEPTH)) return 'too_deep';
          this.#records?.push(readRecord(record));
        }
        return parsed === undefined ? 'broken' : undefined;
      },
      onMember: (key: string, text: string) => {
        const parsed = jsonOf((): unknown => JSON.parse(text));
        if (key === 'syncs') this.#records = undefined;
        // The API documents no page token for this call, but has one elsewhere (docs/timbal-api.md).
        if (key === 'next_page_token') this.#nextToken = parsed?.json;
        if (isDeeper(parsed?.json, MAX_DEPTH)) return 'too_deep';
        return parsed === undefined ? 'broken' : undefined;
      },
    } as const;
    this.#scanner = new PageScanner(parts);
  }

  /** Takes the next bytes. A chunk may end anywhere, also within a character. False once the rest need not be read. */
  push(chunk: Uint8Array): boolean {
    return this.#scanner.push(chunk);
  }

  /** @throws ListingError `malformed` when the body is not a page of a listing, or is beyond its bounds. */
  end(): Page<T> {
    const fault = this.#scanner.end();
    if (fault !== undefined) throw this.#error(fault);
    if (this.#records === undefined) throw malformed('200 with JSON that is not a listing: no array "syncs"');
    const token = this.#nextToken;
    // A token that we cannot follow: half a listing taken for a whole one would end the alerts of the other half.
    if (token !== undefined && token !== null && typeof token !== 'string')
      throw malformed('200 with JSON that is not a listing: "next_page_token" is not a string');
    return { records: this.#records, nextToken: token || undefined };
  }

  #error(fault: PageFault): ListingError {
    switch (fault) {
      case 'empty':
        return malformed('200 with an empty body');
      case 'not_an_object':
        return malformed(`200 with ${describeNonObject(this.#scanner.stoppedAt())}`);
      case 'broken':
        return malformed('200 with truncated or broken JSON');
      case 'too_many_records':
        return beyondBounds(`more than ${MAX_RECORDS.toLocaleString('en')} syncs`);
      case 'too_large':
        return beyondBounds('a record of more than 1 MiB, or that much beside the records');
      case 'too_deep':
        return beyondBounds(`values nested more than ${MAX_DEPTH} levels deep`);
    }
  }
}

/** The value in a box, since JSON may be anything; undefined when it is not JSON. */
function jsonOf<T>(parse: () => T): { readonly json: T } | undefined {
  try {
    return { json: parse() };
  } catch {
    return undefined;
  }
}

/** Whether a value has arrays or objects in each other, more than `levels` deep. */
function isDeeper(value: unknown, levels: number): boolean {
  if (!hasValues(value)) return false;
  for (const key in value) {
    const inner = value[key];
    if (hasValues(inner) && (levels === 1 || isDeeper(inner, levels - 1))) return true;
  }
  return false;
}

function hasValues(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function describeNonObject(start: string): string {
  if (start === '<') return 'an HTML or XML page instead of JSON';
  return /[["\dtfn-]/.test(start)
    ? 'JSON that is not a listing: no array "syncs"'
    : 'a body that is not JSON';
}
