import fc from 'fast-check';
import { anyText } from '../core/any-text.ts';
import { added, isObjectAt, type Json, type Path, pathsIn, replaced } from '../state/a-document.ts';

const TEXTS: readonly string[] = [
  '',
  ' ',
  'x',
  'REPLACE_ME',
  '__proto__',
  'constructor',
  'sync:',
  'default',
  '<!channel> `a` & <b> @here *x* https://a.example|b',
  'a\u0000b\r\n\u2028c',
  '\ud800',
  '\u202Eevil\u2066',
  '𝕏'.repeat(200),
  'long '.repeat(2000),
  '0s',
  '5m',
  '365d',
  '99999999999999999999d',
  '*',
  '**a*',
  'https://hooks.slack.com/services/T0/B0/X',
  'https://[::1',
  'http://127.0.0.1:1/services/x',
  '2026-11-24T08:00:00Z',
  '2026-11-24T10:00:00+02:00',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '2026-02-30T25:61:61Z',
  '2026-11-24T24:00:00Z',
  'failed',
  'Completed',
  'running',
  'ended',
  'listing_failed',
];

const NUMBERS: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  10,
  30,
  900,
  1e21,
  1e308,
  -1e308,
  Number.POSITIVE_INFINITY,
  5e-324,
  2 ** 53 - 1,
  2 ** 53,
  8.64e15,
  -8.64e15,
  8.64e15 + 2,
  Date.UTC(2026, 10, 24, 9),
  Date.UTC(2026, 10, 24, 9) + 60_000,
];

/** A value in the place of another: the boundaries of every type, and values that programs often handle wrongly. */
export const junk: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(...TEXTS),
  fc.constantFrom<Json>(...NUMBERS),
  fc.constantFrom<Json>(
    null,
    true,
    false,
    [],
    {},
    [[]],
    [null],
    { '0': 'a', length: 1 },
    JSON.parse('{"__proto__": {"polluted": true}}'),
  ),
  anyText({ maxLength: 30 }),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.json({ maxDepth: 2 }).map((text): Json => JSON.parse(text)),
);

/** A value with one to four changes: a part replaced by junk or by another value of its type, removed, doubled, moved or added. */
export function mutated(base: Json): fc.Arbitrary<Json> {
  const mutation = fc.record({
    at: fc.nat(),
    from: fc.nat(),
    how: fc.constantFrom('replace', 'vary', 'vary', 'vary', 'remove', 'double', 'move', 'add'),
    junk,
    key: fc.oneof(fc.constantFrom('__proto__', 'constructor', 'sync:x', 'more'), fc.string({ maxLength: 5 })),
  });
  return fc
    .array(mutation, { minLength: 1, maxLength: 4 })
    .map((mutations) => mutations.reduce<Json>(withMutation, base));
}

interface Mutation {
  readonly at: number;
  readonly from: number;
  readonly how: 'replace' | 'vary' | 'remove' | 'double' | 'move' | 'add';
  readonly junk: Json;
  readonly key: string;
}

function withMutation(json: Json, { at, from, how, junk, key }: Mutation): Json {
  const paths = pathsIn(json);
  const path = paths[at % paths.length] ?? [];
  switch (how) {
    case 'replace':
      return replaced(json, path, junk) ?? null;
    case 'vary':
      return replaced(json, path, varied(valueAt(json, path), from)) ?? null;
    case 'remove':
      return path.length === 0 ? json : (replaced(json, path, undefined) ?? null);
    case 'move':
      return replaced(json, path, valueAt(json, paths[from % paths.length] ?? [])) ?? null;
    case 'double': {
      const value = valueAt(json, path);
      return replaced(json, path, Array.isArray(value) ? [...value, ...value] : [value, value]) ?? null;
    }
    case 'add':
      return isObjectAt(json, path) ? (added(json, path, key, junk) ?? null) : json;
  }
}

/** Another value of the same type. */
function varied(value: Json, which: number): Json {
  if (typeof value === 'string') return TEXTS[which % TEXTS.length] ?? '';
  if (typeof value === 'number') return NUMBERS[which % NUMBERS.length] ?? 0;
  return typeof value === 'boolean' ? !value : value;
}

function valueAt(json: Json, path: Path): Json {
  return path.reduce<Json>((value, key) => {
    if (typeof value !== 'object' || value === null) return null;
    const [, part = null] = Object.entries(value).find(([name]) => name === String(key)) ?? [];
    return part;
  }, json);
}

/** A text with one to three changes: a part cut out, the rest cut off, a part doubled, inserted or overwritten. */
export function damaged(text: string): fc.Arbitrary<string> {
  const damage = fc.record({
    at: fc.nat(),
    length: fc.oneof(fc.constantFrom(0, 1, 2), fc.nat(200)),
    how: fc.constantFrom('cut', 'cut off', 'double', 'insert', 'overwrite'),
    by: fc.oneof(
      fc.constantFrom(
        '"',
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '\\',
        '\\u',
        '1e999',
        '-',
        'null',
        '\ufeff',
        '<',
        '\u0000',
      ),
      anyText({ maxLength: 4 }),
    ),
  });
  return fc.array(damage, { minLength: 1, maxLength: 3 }).map((damages) => damages.reduce(withDamage, text));
}

interface Damage {
  readonly at: number;
  readonly length: number;
  readonly how: 'cut' | 'cut off' | 'double' | 'insert' | 'overwrite';
  readonly by: string;
}

function withDamage(text: string, { at, length, how, by }: Damage): string {
  const start = at % (text.length + 1);
  const before = text.slice(0, start);
  const part = text.slice(start, start + length);
  const after = text.slice(start + length);
  switch (how) {
    case 'cut':
      return before + after;
    case 'cut off':
      return before;
    case 'double':
      return before + part + part + after;
    case 'insert':
      return before + by + part + after;
    case 'overwrite':
      return before + by + after;
  }
}
