import { cutBy, type Deadline } from './http/deadline.ts';
import type { Recalled } from './memory/memory-store.ts';
import type { Ports } from './ports.ts';
import type { Listed } from './timbal/listing.ts';

/**
 * Recalls memory and lists, at the same time. When memory cannot be recalled the listing is cut: no request outlives
 * the check.
 *
 * @throws MemoryError when memory cannot be recalled.
 */
export async function recallAndList(
  { memory, listing }: Ports,
  deadline: Deadline,
): Promise<{ readonly recalled: Recalled; readonly listed: Listed }> {
  const cut = new AbortController();
  const listed = listing.list(cutBy(deadline, cut.signal));
  // It never rejects but for a defect, which is thrown below: until then nobody would listen, and that ends the process.
  listed.catch(() => undefined);
  try {
    return { recalled: await memory.recall(), listed: await listed };
  } catch (error) {
    cut.abort();
    await listed;
    throw error;
  }
}
