import fc from 'fast-check';
import { joined, moment, strong, untrusted, words } from '../../../lambda/core/digest/rich-text.ts';
import { processorMsSince } from '../../processor-time.ts';
import { anyText } from '../any-text.ts';

const textOf = (text: string, maxLength?: number) => untrusted(text, maxLength).text;

describe('text from outside', () => {
  it.each([
    ['as it is', 'orders', 'orders'],
    ['with its spaces between words', 'daily orders', 'daily orders'],
    ['trimmed', '  orders  ', 'orders'],
    ['on one line', 'orders\nis fine', 'orders is fine'],
    ['without a carriage return that would overwrite the line', 'orders\r\nfine', 'orders fine'],
    ['without tabs', 'a\tb', 'a b'],
    ['without line and paragraph separators', 'a\u2028b\u2029c\u0085d', 'a b c d'],
    ['without terminal escapes', '\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['without the 8-bit terminal escape', 'a\u009b31mb', 'a 31mb'],
    ['without null and delete', 'a\u0000b\u007fc', 'a b c'],
    ['without marks that turn the reading direction', 'a\u202egpj.exe\u202c\u2066b\u2069', 'agpj.exeb'],
    ['without zero-width spaces', 'or\u200bd\u2060ers\ufeff', 'orders'],
    [
      'with the joiner of emoji',
      '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}',
      '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}',
    ],
    ['with 4-byte characters', '\u{1F680}orders', '\u{1F680}orders'],
    ['in its own script', 'הזמנות', 'הזמנות'],
    ['with half a surrogate pair replaced', 'a\ud83db', 'a\ufffdb'],
    ['as "(empty)" when it is', '', '(empty)'],
    ['as "(empty)" when nothing of it would be seen', ' \u200b\n\u202e', '(empty)'],
  ])('is shown %s', (_how, text, shown) => expect(textOf(text)).toBe(shown));

  it.each([
    [79, 'a'.repeat(79)],
    [80, 'a'.repeat(80)],
    [81, `${'a'.repeat(79)}…`],
    [10_000, `${'a'.repeat(79)}…`],
  ])('is cut to 80 characters with the ellipsis: %d characters', (length, shown) =>
    expect(textOf('a'.repeat(length))).toBe(shown),
  );

  it('is cut between code points, whatever their width', () => {
    expect(textOf('\u{1F680}'.repeat(80))).toBe('\u{1F680}'.repeat(80));
    expect(textOf('\u{1F680}'.repeat(81))).toBe(`${'\u{1F680}'.repeat(79)}…`);
    expect(textOf(`a${'\u{1F680}'.repeat(10_000)}`)).toBe(`a${'\u{1F680}'.repeat(78)}…`);
  });

  it('has an ellipsis also when little is left of a long text', () => {
    expect(textOf(`orders${'\u200b'.repeat(10_000)}2`)).toBe('orders…');
  });

  it('is cut to the length that is asked for', () => {
    expect(textOf('abcdef', 4)).toBe('abc…');
    expect(textOf('a'.repeat(240), 240)).toBe('a'.repeat(240));
  });

  it('is cut within milliseconds when it has megabytes', () => {
    const long = '\u{1F680}'.repeat(1_000_000);
    const before = process.cpuUsage();
    for (let times = 0; times < 100; times += 1) untrusted(long);
    expect(processorMsSince(before)).toBeLessThan(2000);
  });

  it('is one visible line of whole code points, at most as long as asked for', () => {
    fc.assert(
      fc.property(anything(), fc.integer({ min: 1, max: 300 }), (text, maxLength) => {
        const shown = textOf(text, maxLength);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(shown).not.toMatch(/[\u061C\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u);
        expect(shown).toBe(shown.trim());
        expect(shown).not.toBe('');
        expect([...shown].length).toBeLessThanOrEqual(Math.max(maxLength, '(empty)'.length));
      }),
      { numRuns: 1000 },
    );
  });

  it('is unchanged when it is short and holds only visible characters', () => {
    const plain = fc.string({
      unit: fc.constantFrom(...'abcXYZ019-_.:/@#<>&`é漢\u{1F680}'),
      minLength: 1,
      maxLength: 80,
    });
    fc.assert(fc.property(plain, (text) => expect(textOf(text)).toBe(text)));
  });
});

it('each kind of span says what its text is', () => {
  const spans = [untrusted('a'), words('a'), strong('a'), moment(7)];
  expect(spans).toEqual([
    { kind: 'untrusted', text: 'a' },
    { kind: 'words', text: 'a' },
    { kind: 'strong', text: 'a' },
    { kind: 'moment', at: 7 },
  ]);
});

describe('joined lines', () => {
  it('have the separator between them, and leave out the empty ones', () => {
    const lines = [[], [words('a')], [], [words('b'), words('c')], []];
    expect(joined(lines, ' · ')).toEqual([words('a'), words(' · '), words('b'), words('c')]);
  });

  it('are empty when all are', () => expect(joined([[], []], ', ')).toEqual([]));
});

/** Whole code points of every plane, and UTF-16 units that may be half of one. */
function anything() {
  const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 400 });
  return fc.oneof(
    anyText({ maxLength: 400 }),
    units.map((codes) => String.fromCharCode(...codes)),
    fc.string({
      unit: fc.constantFrom('a', ' ', '\n', '\u202e', '\u200b', '\u{1F680}', '\ud83d'),
      maxLength: 400,
    }),
  );
}
