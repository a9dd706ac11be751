import type { Facts } from '../alert.ts';
import type { Evaluation } from '../diagnose/evaluation.ts';
import { isSyncFingerprint } from '../fingerprint.ts';
import { DAY_SECONDS, isAhead, secondsBetween } from '../time.ts';

/** By fingerprint, since when no listing has a sync, while listings are incomplete. */
export type Unseen = NonNullable<Facts['unseen']>;

/**
 * After so long without a sync, listings count as complete about it: some records may be without an id for ever, and the
 * alerts of deleted syncs would never end.
 */
const ABSENT_AFTER_SECONDS = 7 * DAY_SECONDS;

/** The known syncs that an incomplete listing lacks. A complete one proves their absence itself, a failed one nothing. */
export function unseenAfter({ unseen = {}, ...facts }: Facts, evaluation: Evaluation): Unseen {
  if (evaluation.kind === 'unavailable') return unseen;
  if (evaluation.withoutId === 0) return {};
  const { alerts, histories, conditions, roster } = facts;
  const next: Record<string, Unseen[string]> = {};
  for (const known of [alerts, histories, conditions, roster.kind === 'syncs' ? roster.syncs : {}]) {
    for (const fingerprint in known) {
      if (!isSyncFingerprint(fingerprint) || evaluation.diagnoses.has(fingerprint)) continue;
      const before = unseen[fingerprint];
      const isKept = before !== undefined && !isAhead(before.since, evaluation.at);
      next[fingerprint] = isKept ? before : { since: evaluation.at };
    }
  }
  return next;
}

/** Whether the absence of a sync from this evaluation counts. */
export function isAbsent(fingerprint: string, evaluation: Evaluation, unseen: Unseen): boolean {
  if (evaluation.kind === 'unavailable') return false;
  if (evaluation.withoutId === 0) return true;
  const since = unseen[fingerprint]?.since ?? evaluation.at;
  return secondsBetween(since, evaluation.at) >= ABSENT_AFTER_SECONDS;
}
