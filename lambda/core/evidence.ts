import type { Instant } from './time.ts';

/**
 * What the neighbouring routes of the API say about some syncs, at one moment. Each part is optional: undefined where its
 * route did not answer, or answered with something else (docs/evidence.md).
 */
export interface Evidence {
  /** By the id of the sync, its runs, the latest first. */
  readonly runs?: ReadonlyMap<string, readonly Run[]>;
  /** By id, every connector of the organisation. */
  readonly connectors?: ReadonlyMap<string, Connector>;
  /** By uid, the names of knowledge bases. */
  readonly knowledgeBases?: ReadonlyMap<string, string>;
}

/** One run of a sync. Null: the API did not say. */
export interface Run {
  /** As the API spells it. */
  readonly state: string | null;
  /** Free text, with the error of a failed run; without the secrets of sync-alerts. */
  readonly message: string | null;
  /** Rows moved, so far while it is live. */
  readonly rows: number | null;
  readonly startedAt: Instant | null;
  /** Null while it is live. */
  readonly finishedAt: Instant | null;
  /** The latest of its dates. */
  readonly at: Instant;
}

/** A connector: an agent on a machine of the customer that dials out. */
export interface Connector {
  readonly id: string;
  readonly name: string | null;
  readonly hostname: string | null;
  /** When it was last connected; null: the API did not say. */
  readonly lastSeenAt: Instant | null;
}
