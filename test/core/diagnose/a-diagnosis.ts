import type { SyncHistory } from '../../../lambda/core/alert.ts';
import { type Diagnosis, diagnose, type TrackedSync } from '../../../lambda/core/diagnose/diagnose.ts';
import type { Policy } from '../../../lambda/core/policy.ts';
import { ago, aSync, defaultPolicy, NOW, type SyncOverrides } from '../a-sync.ts';

/** What a test knows of the sync beside its record. */
export interface Known extends Partial<TrackedSync> {
  readonly policy?: Policy;
}

/** The diagnosis of `aSync` with these fields, by default without a history and without an open alert. */
export function diagnosisOf(
  overrides: SyncOverrides,
  { policy = defaultPolicy, history = {}, problems = [] }: Known = {},
): Diagnosis {
  return diagnose(aSync(overrides), { policy, now: NOW }, { history, problems });
}

/** The history of `aSync` with these fields after its evaluation. */
export function historyOf(overrides: SyncOverrides, history: SyncHistory = {}): SyncHistory {
  return diagnosisOf(overrides, { history }).history;
}

/** A verdict in words: "healthy", "inconclusive", "paused by a person", "failing, warning". */
export function words({ verdict }: Diagnosis): string {
  switch (verdict.kind) {
    case 'paused':
      return verdict.by === 'person' ? 'paused by a person' : 'paused, by whom is unknown';
    case 'problem':
      return `${verdict.problem}, ${verdict.severity}`;
    default:
      return verdict.kind;
  }
}

/** The problem of a diagnosis, or its verdict without one. */
export function problemOf({ verdict }: Diagnosis): string {
  return verdict.kind === 'problem' ? verdict.problem : verdict.kind;
}

/** The last success so many seconds ago, and the last run with it. */
export const succeeded = (secondsAgo: number) => ({
  lastSuccessAt: ago(secondsAgo),
  lastRunAt: ago(secondsAgo),
});
