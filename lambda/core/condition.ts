import type { Instant } from './time.ts';

/**
 * Where a sync stands apart from its problems. Only conditions that differ from `active`, or did lately, are kept. What a
 * route was sent about them is in its log: the difference is what is left to send, so that a pause that was undone in the
 * meantime is never sent.
 */
export interface Condition {
  readonly condition: 'active' | 'paused' | 'unlisted';
  /** When it changed. */
  readonly since: Instant;
  /** What people call the sync. */
  readonly name: string;
  /** Of a paused sync: whether the API says that a person did it. */
  readonly by?: 'person' | 'unknown';
  /** Of an unlisted sync: "was healthy", "was failing for 2 d". */
  readonly was?: string;
  /** Of an unlisted sync: a new id brings the same work. */
  readonly recreated?: true;
  /** When it was last listed again after it had been sent as unlisted: it needs longer absence for the next time. */
  readonly relistedAt?: Instant;
}
