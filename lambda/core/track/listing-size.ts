import type { ListingSize } from '../alert.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import type { Instant } from '../time.ts';

/** A listing has shrunk when it lost more than half of its syncs, and at least this many. */
export const MIN_LOSS = 5;

/** A move of the size of at least this part of it is remembered at once; a smaller one with another write. */
const NOTABLE_PART = 1 / 10;

/** The size of the listing after a look. Only a complete listing tells how large it is. */
export function sizeAfter(size: ListingSize, evaluation: Evaluation, now: Instant): ListingSize {
  if (evaluation.kind === 'unavailable') {
    // Records that cannot be read are records: only an organisation that never showed any is quiet when it shows none.
    return size.normal === 0 && evaluation.recordCount > 0
      ? { ...size, normal: evaluation.recordCount }
      : size;
  }
  const count = evaluation.diagnoses.size;
  const isComplete = evaluation.withoutId === 0;
  if (size.normal === 0) return { ...size, normal: count };
  if (!isComplete) return size;

  const { shrunk, ...rest } = size;
  if (count * 2 < size.normal && size.normal - count >= MIN_LOSS) {
    return shrunk
      ? { normal: count, shrinkage: { at: now, from: size.normal, to: count } }
      : { ...size, shrunk: true };
  }
  const isNotable = Math.abs(count - size.normal) >= size.normal * NOTABLE_PART;
  return isNotable ? { ...rest, normal: count } : rest;
}
