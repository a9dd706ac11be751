import { createHash } from 'node:crypto';

/** What a memory is of: another base URL, organisation or connector filter sees other syncs, and has a memory of its own. */
export interface Watched {
  readonly baseUrl: string;
  readonly organisation: string;
  readonly connectorId?: string;
}

/** The partition key of a memory: of fixed length, whatever the ids are. A slash at the end of the base URL does not count. */
export function stateScope({ baseUrl, organisation, connectorId }: Watched): string {
  const watched = JSON.stringify([baseUrl.replace(/\/+$/, ''), organisation, connectorId ?? null]);
  return createHash('sha256').update(watched).digest('hex').slice(0, 32);
}
