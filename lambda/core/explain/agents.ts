import type { Diagnosis } from '../diagnose/diagnose.ts';
import { apiTimeOf, type ListedEvaluation } from '../diagnose/evaluation.ts';
import type { Connector, Evidence } from '../evidence.ts';
import { groupBy } from '../group-by.ts';
import { after, HOUR_SECONDS, type Instant, secondsBetween } from '../time.ts';
import type { Names } from './display-names.ts';

/** An agent without which nothing is started, and what that means for the syncs of its connector. */
export interface AgentTrouble {
  readonly connectorId: string;
  /** The name that people know, else the id. */
  readonly name: string;
  readonly hostname?: string;
  /** When the agent was last seen; undefined: the connector is no longer among those of the organisation. */
  readonly lastSeenAt?: Instant;
  /** How many of its syncs are watched, and how many of those are late. */
  readonly total: number;
  readonly late: number;
  /** How many more will be late within two hours, the last of them at `by`; at least the next one, whenever that is. */
  readonly soon?: {
    readonly count: number;
    readonly by: Instant;
    readonly first: Diagnosis;
    readonly at: Instant;
  };
}

/** An agent that is connected was seen within seconds; a reconnect takes no minutes. */
const GONE_AFTER_SECONDS = 5 * 60;
const SOON_SECONDS = 2 * HOUR_SECONDS;

/**
 * By connector id, the agents that were not seen for five minutes while none of their syncs has started since, and the
 * connectors that the organisation no longer has. `online` alone proves nothing: it is false for a live agent that is
 * connected elsewhere.
 */
export function agentTroubles(
  { connectors }: Evidence,
  evaluation: ListedEvaluation,
  names: Names,
): ReadonlyMap<string, AgentTrouble> {
  const troubles = new Map<string, AgentTrouble>();
  const at = apiTimeOf(evaluation);
  if (connectors === undefined) return troubles;
  const watched = [...evaluation.diagnoses.values()].filter(
    ({ sync, verdict, rules }) =>
      sync.enabled === true && verdict.kind !== 'paused' && rules.exclusion === undefined,
  );
  const byConnector = groupBy(watched, ({ sync }) => sync.labels.connectorId);
  // Ids that match nowhere are not those of the listing.
  const areComparable = [...byConnector.keys()].some((id) => id !== null && connectors.has(id));
  for (const [connectorId, syncs] of byConnector) {
    if (connectorId === null || !areComparable || !syncs.some(({ late }) => late)) continue;
    const connector = connectors.get(connectorId);
    if (connector !== undefined && !isGone(connector, syncs, at)) continue;
    troubles.set(connectorId, {
      connectorId,
      name: names.connectors.get(connectorId) ?? connectorId,
      ...(connector?.hostname != null && { hostname: connector.hostname }),
      ...(connector?.lastSeenAt != null && { lastSeenAt: connector.lastSeenAt }),
      total: syncs.length,
      ...forecast(syncs, at),
    });
  }
  return troubles;
}

/** By connector id, when the agents that are connected were last seen. */
export function agentsSeen(
  { connectors }: Evidence,
  evaluation: ListedEvaluation,
): ReadonlyMap<string, Instant> {
  const at = apiTimeOf(evaluation);
  return new Map(
    [...(connectors?.values() ?? [])].flatMap(({ id, lastSeenAt }) =>
      lastSeenAt !== null && secondsBetween(lastSeenAt, at) <= GONE_AFTER_SECONDS ? [[id, lastSeenAt]] : [],
    ),
  );
}

function isGone({ lastSeenAt }: Connector, syncs: readonly Diagnosis[], now: Instant): boolean {
  if (lastSeenAt === null || secondsBetween(lastSeenAt, now) <= GONE_AFTER_SECONDS) return false;
  return syncs.every(({ sync: { lastRunAt } }) => lastRunAt === null || lastRunAt <= lastSeenAt);
}

function forecast(syncs: readonly Diagnosis[], now: Instant): Pick<AgentTrouble, 'late' | 'soon'> {
  const late = syncs.filter((diagnosis) => diagnosis.late).length;
  const next = syncs
    .flatMap((diagnosis) => {
      const at = lateAt(diagnosis, now);
      return at === undefined ? [] : [{ diagnosis, at }];
    })
    .toSorted((one, other) => one.at - other.at);
  const [first] = next;
  if (first === undefined) return { late };
  const soon = next.filter(({ at }) => secondsBetween(now, at) <= SOON_SECONDS);
  const by = soon.at(-1)?.at ?? first.at;
  return { late, soon: { count: Math.max(1, soon.length), by, first: first.diagnosis, at: first.at } };
}

/** When a sync that is not late yet will be, unless it succeeds; undefined without a schedule. */
function lateAt({ late, sync, lagSeconds, thresholdSeconds }: Diagnosis, now: Instant): Instant | undefined {
  const { intervalSeconds } = sync.labels;
  if (late || lagSeconds === null || intervalSeconds === null) return undefined;
  return after(now, intervalSeconds + thresholdSeconds - lagSeconds);
}
