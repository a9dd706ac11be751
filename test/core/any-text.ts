import fc from 'fast-check';

const [FIRST_SURROGATE, LAST_SURROGATE, LAST] = [0xd800, 0xdfff, 0x10ffff];

const codePoint = fc
  .oneof(fc.nat(FIRST_SURROGATE - 1), fc.integer({ min: LAST_SURROGATE + 1, max: LAST }))
  .map(
    (point) => String.fromCodePoint(point),
    (text) => (typeof text === 'string' ? (text.codePointAt(0) ?? 0) : 0),
  );

/** Texts of any characters, as fast-check's unit `binary`, which takes two seconds to list all of them. */
export function anyText(lengths: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ unit: codePoint, ...lengths });
}
