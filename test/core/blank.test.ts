import { isBlank, withoutByteOrderMark } from '../../lambda/core/blank.ts';

describe('a text is blank when nothing of it would be seen:', () => {
  it.each([
    '',
    ' \n\t',
    '\u200b\u202e',
    '\u3164',
    '\u2800',
    '\u00ad',
    '\u200d',
    '\ufeff',
    '\u115f',
    '\u034f',
    '\u00a0\u3000',
    '\ufe0f',
    '\u{e0020}',
  ])('%j', (text) => {
    expect(isBlank(text)).toBe(true);
    expect(isBlank(`${text}a${text}`)).toBe(false);
  });

  it('text beyond 320 characters is not seen', () => {
    expect(isBlank(`${' '.repeat(319)}a`)).toBe(false);
    expect(isBlank(`${' '.repeat(320)}a`)).toBe(true);
  });
});

it.each([
  ['\uFEFF{}', '{}'],
  ['{}', '{}'],
  ['\uFEFF', ''],
])('the byte order mark at the beginning of %j is left out', (text, without) => {
  expect(withoutByteOrderMark(text)).toBe(without);
});
