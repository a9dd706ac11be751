import type { Labels } from '../sync.ts';

/** Something that several syncs share, and that may be why they have a problem together. */
export interface Cause {
  /** Unique among all causes. */
  readonly key: string;
  readonly kind: 'connection' | 'connector' | 'knowledge base';
  /** As the API names it. */
  readonly name: string;
}

/** The connection, the connector and the knowledge base of a sync, the most specific first. */
export function causesOf(labels: Labels | null): readonly Cause[] {
  if (labels === null) return [];
  const { connectorId, connectionRef, kbUid } = labels;
  const causes: Cause[] = [];
  if (connectorId !== null && connectionRef !== null) {
    // Connection names belong to a connector; the length keeps two pairs of names from making one key.
    const key = `connection:${connectorId.length}:${connectorId}:${connectionRef}`;
    causes.push({ key, kind: 'connection', name: connectionRef });
  }
  if (connectorId !== null)
    causes.push({ key: `connector:${connectorId}`, kind: 'connector', name: connectorId });
  if (kbUid !== null) causes.push({ key: `kb:${kbUid}`, kind: 'knowledge base', name: kbUid });
  return causes;
}

/** The smaller is the more specific. */
export const SPECIFICITY: Readonly<Record<Cause['kind'], number>> = {
  connection: 0,
  connector: 1,
  'knowledge base': 2,
};
