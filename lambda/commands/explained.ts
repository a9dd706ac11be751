import type { Alert } from '../core/alert.ts';
import { apiTimeOf, type Evaluation } from '../core/diagnose/evaluation.ts';
import { type Explanations, explain } from '../core/explain/explain.ts';
import { isSyncFingerprint, syncIdOf } from '../core/fingerprint.ts';
import { groupBy } from '../core/group-by.ts';
import { connectionKey } from '../core/notify/cause.ts';
import type { TrackedAlert } from '../core/notify/notification.ts';
import { deadlineIn } from '../http/deadline.ts';
import type { EvidenceRequest, MissingEvidence } from '../timbal/evidence-source.ts';
import type { Deadlines } from './deadlines.ts';
import type { CommandSettings, Ports } from './ports.ts';

/** What was asked of the neighbouring routes, for people: counts, and what is missing. */
export interface AskedEvidence {
  readonly calls: number;
  readonly missing: readonly MissingEvidence[];
}

/** An alert that a message or a report shows, open or ended. */
type ShownAlert = Pick<TrackedAlert, 'fingerprint' | 'alert'>;

const MAX_SECONDS = 5;
/** Below this, the time that is left belongs to the messages. */
const MIN_SECONDS_FOR_POSTING = 15;

/**
 * Asks the neighbouring routes about what is to be shown, and joins their answers with the evaluation. It never throws:
 * without an answer there are no explanations, and everything is shown as the listing alone has it.
 */
export async function explained(
  alerts: readonly ShownAlert[],
  evaluation: Evaluation,
  {
    ports,
    settings: { policy },
    deadlines,
  }: {
    readonly ports: Ports;
    readonly settings: Pick<CommandSettings, 'policy'>;
    readonly deadlines: Deadlines;
  },
): Promise<{ readonly explanations?: Explanations; readonly asked?: AskedEvidence }> {
  const { evidence: source } = ports;
  const seconds = Math.min(MAX_SECONDS, deadlines.posting.remainingMs() / 1000 - MIN_SECONDS_FOR_POSTING);
  const isWanted = alerts.length > 0 && policy.evidence !== 'none' && evaluation.kind === 'listed';
  if (source === undefined || !isWanted || seconds <= 0) return {};
  const request = { at: apiTimeOf(evaluation), syncs: mostTelling(alerts) };
  const { evidence, calls, missing } = await source.ask(request, deadlineIn(seconds));
  return {
    ...(Object.keys(evidence).length > 0 && { explanations: explain(evidence, evaluation, policy) }),
    asked: { calls, missing },
  };
}

/**
 * The syncs behind the open alerts, then those that failed and ended: their end says what it was. First one of each
 * connection, since those of one connection often fail alike.
 */
function mostTelling(alerts: readonly ShownAlert[]): EvidenceRequest['syncs'] {
  const bySeverity = alerts
    .filter(({ fingerprint, alert }) => isSyncFingerprint(fingerprint) && (isOpen(alert) || hasFailed(alert)))
    .toSorted((one, other) => rank(one) - rank(other));
  const groups = groupBy(bySeverity, ({ fingerprint, alert }) => connectionKey(alert.labels) ?? fingerprint);
  const rounds = [...groups.values()].flatMap((group) => group.map((one, round) => ({ one, round })));
  return rounds
    .toSorted((a, b) => Number(isOpen(b.one.alert)) - Number(isOpen(a.one.alert)) || a.round - b.round)
    .map(({ one: { fingerprint, alert } }) => ({
      id: syncIdOf(fingerprint),
      connectorId: alert.labels?.connectorId ?? null,
    }));
}

function isOpen({ state }: Alert): boolean {
  return state === 'firing';
}

function hasFailed({ problem }: Alert): boolean {
  return problem === 'failing' || problem === 'disabled';
}

function rank({ alert }: ShownAlert): number {
  return isOpen(alert) ? (alert.severity === 'critical' ? 0 : 1) : 2;
}
