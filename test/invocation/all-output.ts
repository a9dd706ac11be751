import { inspect, types } from 'node:util';
import { gunzipSync } from 'node:zlib';

/**
 * Everything that could ever be printed of these values: every text in them at any depth, with keys, symbols, hidden
 * properties and the values of getters; the causes and stacks of errors; maps, sets and bytes, also gzipped ones; and
 * the output of `inspect` and `JSON.stringify`.
 */
export function allOutput(...values: readonly unknown[]): string {
  const texts: string[] = [];
  const seen = new Set<unknown>();

  function walk(value: unknown): void {
    if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'symbol') texts.push(String(value));
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value))
      return;
    seen.add(value);
    if (types.isUint8Array(value)) {
      texts.push(...textsOf(value));
      return;
    }
    if (types.isMap(value)) for (const entry of value) walk(entry);
    if (types.isSet(value)) for (const entry of value) walk(entry);
    for (const key of Reflect.ownKeys(value)) {
      walk(key);
      walk(read(value, key));
    }
    // A getter of an error class is a property of its prototype.
    const prototype: unknown = Object.getPrototypeOf(value);
    if (types.isNativeError(value) && typeof prototype === 'object' && prototype !== null) {
      for (const key of Reflect.ownKeys(prototype)) if (key !== 'constructor') walk(read(value, key));
    }
  }

  for (const value of values) {
    walk(value);
    texts.push(
      inspect(value, { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null }),
    );
    texts.push(json(value));
  }
  return texts.join('\n');
}

/** The marks that a text contains: as they are, URL-encoded, or in base64 or hexadecimal digits. */
export function marksIn(text: string, marks: readonly string[]): readonly string[] {
  const forms = marks.flatMap((mark) => {
    const bytes = Buffer.from(mark);
    return [mark, encodeURIComponent(mark), bytes.toString('hex'), ...inBase64(mark)];
  });
  return [...new Set(forms)].filter((form) => text.includes(form));
}

/**
 * The three forms that a text takes in the base64 of a longer one, depending on its offset. The characters at its ends
 * also encode bits of its neighbours, so they are left out.
 */
function inBase64(mark: string): readonly string[] {
  return [0, 1, 2].map((before) => {
    const whole = Buffer.from(' '.repeat(before) + mark).toString('base64');
    return whole.replaceAll('=', '').slice(before === 0 ? 0 : before + 1, -1);
  });
}

function textsOf(bytes: Uint8Array): readonly string[] {
  try {
    return [Buffer.from(bytes).toString(), gunzipSync(bytes).toString()];
  } catch {
    return [Buffer.from(bytes).toString()];
  }
}

function read(value: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(value, key);
  } catch (error) {
    return error;
  }
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
