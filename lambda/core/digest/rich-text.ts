import type { Instant } from '../time.ts';

/**
 * A line of a digest before it looks like anything: each renderer decides how a span is shown. What came from outside
 * is only ever a `name`.
 */
export type Line = readonly Span[];

export type Span =
  /** Our own words. */
  | { readonly kind: 'words'; readonly text: string }
  /** Our own words, the ones to see first. */
  | { readonly kind: 'strong'; readonly text: string }
  /** Data from outside, made harmless by `name`. */
  | { readonly kind: 'name'; readonly text: string }
  /** A moment, shown in the reader's own zone where that is known. */
  | { readonly kind: 'moment'; readonly at: Instant };

export function words(text: string): Span {
  return { kind: 'words', text };
}

export function strong(text: string): Span {
  return { kind: 'strong', text };
}

export function moment(at: Instant): Span {
  return { kind: 'moment', at };
}

/** The longest name shown, in code points; what the API calls a name is rarely over 60. */
export const MAX_NAME_LENGTH = 80;

/**
 * Text from outside as data: on one line, without control, bidirectional and invisible characters, cut to `longest`
 * code points.
 */
export function untrusted(text: string, longest = MAX_NAME_LENGTH): Span {
  // Cut twice: first roughly, so that a name of megabytes costs nothing.
  const rough = text.slice(0, longest * 4);
  const clean = rough.replace(INVISIBLE, '').replace(BLANK, ' ').replace(LONE_SURROGATE, '\uFFFD').trim();
  const points = Array.from(clean);
  const isCut = points.length > longest || rough.length < text.length;
  const cut = points.slice(0, isCut ? longest - 1 : longest).join('');
  return { kind: 'name', text: isCut ? `${cut}…` : cut || '(empty)' };
}

/** Whether nothing of the text would be seen. */
export function isBlank(text: string): boolean {
  return (
    text
      .slice(0, MAX_NAME_LENGTH * 4)
      .replace(INVISIBLE, '')
      .replace(BLANK, '') === ''
  );
}

/** Marks that turn the reading direction, zero-width spaces and byte order marks. The emoji joiner (U+200D) stays. */
const INVISIBLE = /[\u061C\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/gu;
const BLANK = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;
const LONE_SURROGATE = /\p{Cs}/gu;

/** Lines as one, parted by `separator`; empty ones left out. */
export function joined(lines: readonly Line[], separator: string): Line {
  return lines
    .filter((line) => line.length > 0)
    .flatMap((line, index) => (index === 0 ? line : [words(separator), ...line]));
}
