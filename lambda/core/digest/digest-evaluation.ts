import type { Evaluation } from '../diagnose/evaluation.ts';
import type { Explanations } from '../explain/explain.ts';
import { isSyncFingerprint, syncIdOf } from '../fingerprint.ts';
import { syncLink } from '../links.ts';
import type { TrackedAlert } from '../notify/notification.ts';
import type { Links } from '../policy.ts';

/** The page of the sync behind an alert; undefined where there is none. */
export type LinkOf = (one: Pick<TrackedAlert, 'fingerprint' | 'alert'>) => string | undefined;

/**
 * An evaluation, with what the lines of a digest say beyond it. Without `explanations` they say what the listing alone
 * tells; nothing else depends on them.
 */
export type DigestEvaluation = Evaluation & {
  readonly explanations?: Explanations;
  /** Absent where the policy gives no links. */
  readonly linkOf?: LinkOf;
  /** The page of the runbook; absent where the policy gives none. */
  readonly runbook?: string;
};

/** The evaluation, with the links that the policy gives. */
export function withLinks<T extends Evaluation>(
  evaluation: T,
  { sync: template, runbook }: Links,
  organisation: string,
): T & Pick<DigestEvaluation, 'linkOf' | 'runbook'> {
  const withRunbook = { ...evaluation, ...(runbook !== undefined && { runbook }) };
  if (template === undefined) return withRunbook;
  const linkOf: LinkOf = ({ fingerprint, alert: { labels } }) =>
    labels !== null && isSyncFingerprint(fingerprint)
      ? syncLink(template, { organisation, id: syncIdOf(fingerprint), labels })
      : undefined;
  return { ...withRunbook, linkOf };
}
