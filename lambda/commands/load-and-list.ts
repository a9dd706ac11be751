import { cutBy, type Deadline } from '../http/deadline.ts';
import type { LoadedState } from '../state/state-store.ts';
import type { ListingResult } from '../timbal/listing.ts';
import type { Ports } from './ports.ts';

/**
 * Recalls memory and lists, at the same time. When memory cannot be recalled the listing is cut: no request outlives
 * the check.
 *
 * @throws MemoryError when memory cannot be recalled.
 */
export async function loadAndList(
  { state, listing }: Ports,
  deadline: Deadline,
): Promise<{ readonly loaded: LoadedState; readonly listed: ListingResult }> {
  const cut = new AbortController();
  const listed = listing.list(cutBy(deadline, cut.signal));
  // It never rejects but for a defect, which is thrown below: until then nobody would listen, and that ends the process.
  listed.catch(() => undefined);
  try {
    return { loaded: await state.load(), listed: await listed };
  } catch (error) {
    cut.abort();
    await listed;
    throw error;
  }
}
