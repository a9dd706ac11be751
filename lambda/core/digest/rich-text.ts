import { HOUR_SECONDS, type Instant, secondsBetween } from '../time.ts';

/**
 * A line of a digest as neutral spans: each renderer decides how a span looks. Text from outside only ever stands in an
 * `untrusted` span.
 */
export type Line = readonly Span[];

export type Span =
  /** Our own words, and the page that they lead to. */
  | { readonly kind: 'words'; readonly text: string; readonly url?: string }
  /** Our own words, emphasised. */
  | { readonly kind: 'strong'; readonly text: string }
  /** Text from outside, cleaned by `untrusted`. */
  | { readonly kind: 'untrusted'; readonly text: string; readonly url?: string }
  /** A moment, shown in the reader's own time zone where that is known. */
  | { readonly kind: 'moment'; readonly at: Instant; readonly isToday?: true };

export function words(text: string): Span {
  return { kind: 'words', text };
}

/** Words that lead to a page: a link in Slack; in plain text the address follows them. */
export function link(text: string, url: string): Span {
  return { kind: 'words', text, url };
}

export function strong(text: string): Span {
  return { kind: 'strong', text };
}

export function moment(at: Instant): Span {
  return { kind: 'moment', at };
}

/** A moment near `now`: without its date, where both are on one day or it is the next one of that time. */
export function timeOfDay(at: Instant, now: Instant): Extract<Span, { readonly kind: 'moment' }> {
  const isToday = new Date(at).toISOString().slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  const ahead = secondsBetween(now, at);
  const isNext = ahead >= 0 && ahead <= HALF_DAY_SECONDS;
  return { kind: 'moment', at, ...((isToday || isNext) && { isToday: true }) };
}

const HALF_DAY_SECONDS = 12 * HOUR_SECONDS;

/** The maxLength name shown, in code points; what the API calls a name is rarely over 60. */
export const MAX_NAME_LENGTH = 80;

/**
 * Text from outside as data: on one line, without control, bidirectional and invisible characters, cut to `maxLength`
 * code points.
 */
export function untrusted(
  text: string,
  maxLength = MAX_NAME_LENGTH,
): Extract<Span, { readonly kind: 'untrusted' }> {
  // Cut twice: first roughly, so that a name of megabytes costs nothing.
  const rough = text.slice(0, maxLength * 4);
  const clean = rough.replace(INVISIBLE, '').replace(BLANK, ' ').replace(LONE_SURROGATE, '\uFFFD').trim();
  const points = Array.from(clean);
  const isCut = points.length > maxLength || rough.length < text.length;
  const cut = points.slice(0, isCut ? maxLength - 1 : maxLength).join('');
  return { kind: 'untrusted', text: isCut ? `${cut}…` : cut || '(empty)' };
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
