/**
 * FNV-1a of a text, 32 bits. It tells texts apart where a collision does no harm.
 *
 * @param before The hash of the text that stands before this one.
 */
export function hashOf(text: string, before = 0x811c9dc5): number {
  let hash = before;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
