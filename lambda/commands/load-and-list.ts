import { abortedBy, type Deadline } from '../http/deadline.ts';
import type { LoadedState } from '../state/state-store.ts';
import type { ListingResult } from '../timbal/listing-source.ts';
import type { Ports } from './ports.ts';

/**
 * Loads the state and lists the syncs, both at the same time. If the state cannot be loaded, the listing is cut: no
 * request outlives the command.
 *
 * @throws StateError when the state cannot be loaded.
 */
export async function loadAndList(
  { state, listing }: Ports,
  deadline: Deadline,
): Promise<{ readonly loaded: LoadedState; readonly listed: ListingResult }> {
  const cut = new AbortController();
  const listed = listing.list(abortedBy(deadline, cut.signal));
  // A listing rejects only for a defect, which is thrown below. Until then the rejection needs a handler: Node.js ends
  // the process at an unhandled one.
  listed.catch(() => undefined);
  try {
    return { loaded: await state.load(), listed: await listed };
  } catch (error) {
    cut.abort();
    await listed;
    throw error;
  }
}
