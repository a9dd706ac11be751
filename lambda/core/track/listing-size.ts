import type { ListingSize } from '../alert.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';

/** A listing has shrunk once it lost more than half of its syncs, and at least this many. */
export const MIN_LOSS = 5;

/** A change of at least this part of the size is saved at once, a smaller one with another write. */
const NOTABLE_PART = 1 / 10;

/** The size of the listing after an evaluation. Only a complete listing shows it. */
export function sizeAfter(size: ListingSize, evaluation: Evaluation): ListingSize {
  if (evaluation.kind === 'unavailable') {
    // Unreadable records are records: only an organisation that never had any may have an empty listing.
    const isFirst = size.normal === 0 && evaluation.recordCount > 0;
    return isFirst ? { ...size, normal: evaluation.recordCount } : size;
  }
  const count = evaluation.diagnoses.size;
  const isComplete = evaluation.withoutId === 0;
  if (size.normal === 0) return { ...size, normal: count };
  if (!isComplete) return size;

  const { shrunk, ...rest } = size;
  if (count * 2 < size.normal && size.normal - count >= MIN_LOSS) {
    return shrunk
      ? { normal: count, shrinkage: { at: evaluation.at, from: size.normal, to: count } }
      : { ...size, shrunk: true };
  }
  const isNotable = Math.abs(count - size.normal) >= size.normal * NOTABLE_PART;
  return isNotable ? { ...rest, normal: count } : rest;
}
