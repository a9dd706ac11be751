/*
 * Finds the parts of a page in its bytes as they arrive: the members of its object, and the records of its array "syncs".
 * It measures them before anything is parsed, so that a page beyond its bounds costs no memory.
 */

/** Takes the parts of a page in their order, as JSON texts. Each returns `broken` when a text is no JSON. */
export interface PageParts {
  /** An array "syncs" begins. A later one replaces an earlier one, as in `JSON.parse`. */
  readonly onSyncs: () => void;
  /** The texts of one or more records, with commas between them. */
  readonly onRecords: (text: string) => PageFault | undefined;
  /** Any other member; also "syncs" where that is no array. */
  readonly onMember: (key: string, text: string) => PageFault | undefined;
}

/** Why a page is not scanned to its end. */
export type PageFault = 'empty' | 'not_an_object' | 'broken' | 'too_many_records' | 'too_large' | 'too_deep';

/** The size of one record, and of everything beside the records, in bytes: a real record has 700. */
export const MAX_VALUE_BYTES = 1024 * 1024;
/** Some hundred records: at this size, parsing in batches takes no longer than parsing the whole body. */
const BATCH_BYTES = 64 * 1024;

const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];
/** Stands between two records of a page without white space, and perhaps within one. */
const BOUNDARY = '},{';
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];

/** What comes next outside of a value, or which value is being scanned. */
type Expected =
  | 'object'
  | 'first_key'
  | 'key'
  | 'colon'
  | 'member'
  | 'member_end'
  | 'first_record'
  | 'record'
  | 'record_end'
  | 'nothing';

export class PageScanner {
  readonly #parts: PageParts;
  #fault: PageFault | undefined;

  /** The bytes that are still needed are those of `#buffer` up to `#end`; those before `#at` are scanned. */
  #buffer = Buffer.allocUnsafe(2 * BATCH_BYTES);
  #at = 0;
  #end = 0;
  #expected: Expected = 'object';
  /** Where the value that is being scanned begins; undefined outside of one. */
  #valueStart: number | undefined;
  #depth = 0;
  #inString = false;
  #isEscaped = false;

  #skipped = 0;
  #key = '';
  /** Whether every boundary that was looked at stood between two records. */
  #isRegular = true;
  /** The size of the page without its records. */
  #otherBytes = 0;

  constructor(parts: PageParts) {
    this.#parts = parts;
  }

  /** Takes the next bytes, which may end anywhere. False once the page has a fault: the rest need not be read. */
  push(chunk: Uint8Array): boolean {
    for (let start = 0; start < chunk.length && this.#fault === undefined; start += BATCH_BYTES) {
      this.#append(chunk.subarray(start, start + BATCH_BYTES));
      if (this.#end - this.#at >= BATCH_BYTES) this.#fault = this.#scan();
    }
    return this.#fault === undefined;
  }

  /** @returns Undefined when the page is whole. */
  end(): PageFault | undefined {
    this.#fault ??= this.#scan();
    if (this.#fault !== undefined || this.#expected === 'nothing') return this.#fault;
    return this.#expected === 'object' ? 'empty' : 'broken';
  }

  /** The byte at which the scan stopped, as a character. */
  stoppedAt(): string {
    return String.fromCharCode(this.#buffer[this.#at] ?? 0);
  }

  #append(chunk: Uint8Array): void {
    const start = this.#valueStart ?? this.#at;
    if (start === this.#end || (this.#end + chunk.length > this.#buffer.length && start * 2 > this.#end)) {
      this.#buffer.copyWithin(0, start, this.#end);
      this.#at -= start;
      this.#end -= start;
      if (this.#valueStart !== undefined) this.#valueStart -= start;
    }
    if (this.#end + chunk.length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe((this.#end + chunk.length) * 2);
      this.#buffer.copy(larger, 0, 0, this.#end);
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  #scan(): PageFault | undefined {
    while (this.#at < this.#end) {
      if (this.#valueStart !== undefined) {
        const isWhole = this.#scanValue(this.#valueStart);
        const bytes = this.#at - this.#valueStart + (this.#isOfRecords() ? 0 : this.#otherBytes);
        if (bytes > MAX_VALUE_BYTES) return 'too_large';
        if (!isWhole) continue;
        const fault = this.#afterValue(this.#valueStart);
        if (fault !== undefined) return fault;
        this.#valueStart = undefined;
      } else {
        const taken = this.#takeRecords();
        const byte = this.#buffer[this.#at] ?? 0;
        const fault = taken ?? (isSpace(byte) ? undefined : this.#structure(byte));
        if (fault !== undefined) return fault;
        if (this.#valueStart === undefined) this.#at += 1;
      }
    }
    return undefined;
  }

  /**
   * Takes the records up to the last boundary at once, without a look at their bytes, which would take as long as parsing
   * them. Where the text before a boundary is whole JSON, the boundary is one between records: within a record or a
   * string, the text before it would not be whole. Otherwise the rest of the page is scanned byte by byte.
   */
  #takeRecords(): PageFault | undefined {
    if (!this.#isRegular || !this.#isOfRecords()) return undefined;
    const end = this.#buffer.lastIndexOf(BOUNDARY, this.#end - BOUNDARY.length) + 1;
    if (end <= this.#at) return undefined;
    const fault = this.#parts.onRecords(this.#buffer.toString('utf8', this.#at, end));
    this.#isRegular = fault === undefined;
    if (fault !== undefined) return fault === 'broken' ? undefined : fault;
    this.#at = end + 1;
    return this.#expect('record');
  }

  /** Takes one byte outside of a value; sets `#valueStart` when a value begins with it. */
  #structure(byte: number): PageFault | undefined {
    switch (this.#expected) {
      case 'object':
        if (byte === BYTE_ORDER_MARK[this.#skipped]) {
          this.#skipped += 1;
          return undefined;
        }
        return byte === OPEN_BRACE ? this.#expect('first_key') : 'not_an_object';
      case 'first_key':
        return byte === CLOSE_BRACE ? this.#expect('nothing') : this.#beginKey(byte);
      case 'key':
        return this.#beginKey(byte);
      case 'colon':
        return byte === COLON ? this.#expect('member') : 'broken';
      case 'member':
        if (this.#key !== 'syncs' || byte !== OPEN_BRACKET) return this.#beginValue(byte);
        this.#parts.onSyncs();
        return this.#expect('first_record');
      case 'first_record':
        return byte === CLOSE_BRACKET ? this.#expect('member_end') : this.#beginValue(byte);
      case 'record':
        return this.#beginValue(byte);
      case 'record_end':
        if (byte === COMMA) return this.#expect('record');
        return byte === CLOSE_BRACKET ? this.#expect('member_end') : 'broken';
      case 'member_end':
        if (byte === COMMA) return this.#expect('key');
        return byte === CLOSE_BRACE ? this.#expect('nothing') : 'broken';
      case 'nothing':
        return 'broken';
    }
  }

  #expect(expected: Expected): undefined {
    this.#expected = expected;
  }

  #beginKey(byte: number): PageFault | undefined {
    return byte === QUOTE ? this.#beginValue(byte) : 'broken';
  }

  #beginValue(byte: number): PageFault | undefined {
    if (byte === COMMA || byte === COLON || byte === CLOSE_BRACE || byte === CLOSE_BRACKET) return 'broken';
    this.#valueStart = this.#at;
    return undefined;
  }

  /** Moves `#at` behind the value, and returns true; or to the end of the bytes. `JSON.parse` checks the value later. */
  #scanValue(start: number): boolean {
    const [buffer, end] = [this.#buffer, this.#end];
    let [at, depth, inString, isEscaped] = [this.#at, this.#depth, this.#inString, this.#isEscaped];
    let isWhole = false;
    while (at < end && !isWhole) {
      const byte = buffer[at] ?? 0;
      at += 1;
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) {
          inString = false;
          isWhole = depth === 0;
        }
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
      else if (depth > 0) {
        if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
          depth -= 1;
          isWhole = depth === 0;
        }
      } else if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte)) {
        // A number or a word ends before this byte.
        at -= 1;
        isWhole = true;
      }
    }
    this.#at = at;
    this.#depth = depth;
    this.#inString = inString;
    this.#isEscaped = isEscaped;
    return isWhole && at > start;
  }

  #isOfRecords(): boolean {
    return this.#expected === 'first_record' || this.#expected === 'record';
  }

  #afterValue(start: number): PageFault | undefined {
    const text = this.#buffer.toString('utf8', start, this.#at);
    if (this.#isOfRecords()) return this.#parts.onRecords(text) ?? this.#expect('record_end');
    this.#otherBytes += this.#at - start;
    if (this.#expected === 'member')
      return this.#parts.onMember(this.#key, text) ?? this.#expect('member_end');
    const key = parsedKey(text);
    if (key === undefined) return 'broken';
    this.#key = key;
    return this.#expect('colon');
  }
}

function parsedKey(text: string): string | undefined {
  try {
    const key: unknown = JSON.parse(text);
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
