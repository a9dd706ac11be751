import type { Labels } from '../sync.ts';

/** Something that several syncs share, and that may be why they have a problem together. */
export interface Cause {
  /** Unique among all causes. */
  readonly key: string;
  readonly kind: 'connection' | 'connector' | 'knowledge base' | 'organisation';
  /** As the API names it; empty for the organisation. */
  readonly name: string;
}

export const ORGANISATION: Cause = { key: 'organisation', kind: 'organisation', name: '' };

/** The key of a sync's connection, which belongs to its connector; undefined when the API does not name one. */
export function connectionKey(labels: Labels | null): string | undefined {
  if (labels === null) return undefined;
  const { connectorId, connectionRef } = labels;
  if (connectorId === null || connectionRef === null) return undefined;
  // The length keeps two pairs of names from making one key.
  return `connection:${connectorId.length}:${connectorId}:${connectionRef}`;
}

/** The connection, the connector, the knowledge base and the organisation of a sync, the most specific first. */
export function causesOf(labels: Labels | null): readonly Cause[] {
  if (labels === null) return [];
  const { connectorId, connectionRef, kbUid } = labels;
  const causes: Cause[] = [];
  const connection = connectionKey(labels);
  if (connection !== undefined && connectionRef !== null)
    causes.push({ key: connection, kind: 'connection', name: connectionRef });
  if (connectorId !== null)
    causes.push({ key: `connector:${connectorId}`, kind: 'connector', name: connectorId });
  if (kbUid !== null) causes.push({ key: `kb:${kbUid}`, kind: 'knowledge base', name: kbUid });
  return [...causes, ORGANISATION];
}

/** What the syncs of one connection share that write into one knowledge base. */
interface Shared {
  readonly causes: readonly Cause[];
  readonly connectionKey?: string;
}

/** Gives the causes of many syncs, and makes those that several share only once. */
export function causeLookup(): (labels: Labels) => Shared {
  /** By connector, connection and knowledge base. */
  const known = new Map<string | null, Map<string | null, Map<string | null, Shared>>>();
  return (labels) => {
    const { connectorId, connectionRef, kbUid } = labels;
    const found = known.get(connectorId)?.get(connectionRef)?.get(kbUid);
    if (found !== undefined) return found;
    const key = connectionKey(labels);
    const shared = { causes: causesOf(labels), ...(key !== undefined && { connectionKey: key }) };
    const ofConnector = known.get(connectorId) ?? new Map();
    const ofConnection = ofConnector.get(connectionRef) ?? new Map();
    known.set(connectorId, ofConnector.set(connectionRef, ofConnection.set(kbUid, shared)));
    return shared;
  };
}

/** The smaller is the more specific. */
export const SPECIFICITY: Readonly<Record<Cause['kind'], number>> = {
  connection: 0,
  connector: 1,
  'knowledge base': 2,
  organisation: 3,
};
