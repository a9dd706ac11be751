/** White space, control characters, and characters that show nothing: fillers, soft hyphens, zero-width spaces. */
const SHOWS_NOTHING = /^[\s\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** In UTF-16 code units: no message shows a text beyond it (`untrusted` in digest/rich-text.ts). */
const MAX_SHOWN = 320;

/** Whether nothing of a text would be seen. */
export function isBlank(text: string): boolean {
  return SHOWS_NOTHING.test(text.slice(0, MAX_SHOWN));
}

/** A text without what shows nothing at its ends; empty when nothing of it would be seen. */
export function trimmed(text: string): string {
  const inner = text.trim();
  if (isBlank(inner)) return '';
  if (inner.length > MAX_SHOWN) return inner;
  let [start, end] = [0, inner.length];
  while (isBlank(inner.charAt(start))) start += 1;
  while (isBlank(inner.charAt(end - 1))) end -= 1;
  return inner.slice(start, end);
}

/** A text without the byte order mark that some editors write at its beginning. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
