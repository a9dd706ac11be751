import * as v from 'valibot';
import { malformed } from './listing-error.ts';
import { batchIn, headLength, parsedJson } from './page-batch.ts';

/** One page of the listing. */
export interface Page<T> {
  readonly records: readonly T[];
  /** The token of the next page; undefined on the last page. */
  readonly nextToken: string | undefined;
}

const pageSchema = v.object({
  // The reader of the records checks them.
  syncs: v.custom<readonly unknown[]>(Array.isArray),
  // The API documents no page token for this call, but has one elsewhere (docs/timbal-api.md). A token that we cannot
  // follow is a fault: half a listing taken for a whole one would end the alerts of the other half.
  next_page_token: v.nullish(v.string()),
});

/** Some hundred records: at this size, parsing in batches takes no longer than parsing the whole body. */
const BATCH_BYTES = 64 * 1024;

/**
 * Reads the body of a 200 as it arrives, and converts each record with `readRecord`. As one text and one tree of objects,
 * a listing of 63 MB would take 400 MB of memory; in batches, the unread text is rarely longer than two of them.
 *
 * Errors quote nothing of the body: it comes from outside and may contain anything.
 */
export class PageReader<T> {
  readonly #readRecord: (record: unknown) => T;
  readonly #records: T[] = [];
  /** The text up to the first record, `{"syncs":[`; undefined until a batch was read. */
  #head: string | undefined;
  #chunks: Uint8Array[] = [];
  #unreadBytes = 0;
  /** The number of unread bytes at which to read the next batch. */
  #batchBytes = BATCH_BYTES;

  constructor(readRecord: (record: unknown) => T) {
    this.#readRecord = readRecord;
  }

  /** Takes the next bytes. A chunk may end anywhere, also within a character. Never throws. */
  push(chunk: Uint8Array): void {
    for (let start = 0; start < chunk.length; start += BATCH_BYTES) {
      const part = chunk.subarray(start, start + BATCH_BYTES);
      this.#chunks.push(part);
      this.#unreadBytes += part.length;
      if (this.#unreadBytes >= this.#batchBytes) this.#readBatch();
    }
  }

  /** @throws ListingError `malformed` when the body is not a page of a listing. */
  end(): Page<T> {
    const text = `${this.#head ?? ''}${this.#unread()}`.replace(/^\uFEFF/, '');
    const json = parsedJson(text, (value) => (isObject(value) ? value['syncs'] : undefined));
    if (json === undefined) throw malformed(`200 with ${describeNonJson(text)}`);
    const page = v.safeParse(pageSchema, json);
    if (!page.success) {
      // The schema library's own messages quote the input.
      const isToken = v.getDotPath(page.issues[0]) === 'next_page_token';
      const fault = isToken ? '"next_page_token" is not a string' : 'no array "syncs"';
      throw malformed(`200 with JSON that is not a listing: ${fault}`);
    }
    const { syncs, next_page_token } = page.output;
    for (const record of syncs) this.#records.push(this.#readRecord(record));
    return { records: this.#records, nextToken: next_page_token || undefined };
  }

  #readBatch(): void {
    const unread = this.#unread();
    const start = this.#head === undefined ? headLength(unread.subarray(0, BATCH_BYTES)) : 0;
    const batch = start === undefined ? undefined : batchIn(unread, start);
    if (start === undefined || batch === undefined) {
      this.#batchBytes = this.#unreadBytes * 2;
      return;
    }
    this.#head ??= unread.toString('utf8', 0, start);
    for (const record of batch.records) this.#records.push(this.#readRecord(record));
    this.#chunks = [unread.subarray(batch.end)];
    this.#unreadBytes = unread.length - batch.end;
    this.#batchBytes = BATCH_BYTES;
  }

  #unread(): Buffer {
    const unread = Buffer.concat(this.#chunks);
    this.#chunks = [unread];
    return unread;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function describeNonJson(text: string): string {
  const start = text.trimStart().slice(0, 1);
  if (start === '') return 'an empty body';
  if (start === '<') return 'an HTML or XML page instead of JSON';
  return start === '{' || start === '[' ? 'truncated or broken JSON' : 'a body that is not JSON';
}
