/*
 * Joins what the neighbouring routes say with an evaluation: takes the evidence, the evaluation and the policy, gives why
 * syncs are unhealthy and what is known of them. A check calls `explain` when it is about to send something, the report
 * once. Nothing of it is saved, and no verdict depends on it.
 */
import type { Diagnosis } from '../diagnose/diagnose.ts';
import type { ListedEvaluation } from '../diagnose/evaluation.ts';
import type { Evidence } from '../evidence.ts';
import type { Policy } from '../policy.ts';
import type { AdviceRule } from '../situation.ts';
import type { Instant } from '../time.ts';
import { type AgentTrouble, agentsSeen, agentTroubles } from './agents.ts';
import { type Names, namesIn } from './display-names.ts';
import { type RunFacts, runFacts } from './run-facts.ts';

/** What is known beyond the listing. */
export interface Explanations {
  /** By fingerprint, what the runs of a sync say. */
  readonly runs: ReadonlyMap<string, RunFacts>;
  /** By connector id, the agents that are gone and the connectors that are revoked. */
  readonly agents: ReadonlyMap<string, AgentTrouble>;
  /** By connector id, when an agent that is connected was last seen. */
  readonly agentsSeen: ReadonlyMap<string, Instant>;
  readonly names: Names;
  /** The policy's own advice. */
  readonly advice: readonly AdviceRule[];
  /** Errors are cut short and no advice is given: the alerts of a full digest need the room. */
  readonly isBrief?: true;
}

export function explain(evidence: Evidence, evaluation: ListedEvaluation, policy: Policy): Explanations {
  const runs = new Map<string, RunFacts>();
  for (const [fingerprint, diagnosis] of evaluation.diagnoses) {
    const known = evidence.runs?.get(diagnosis.sync.id ?? '');
    if (known !== undefined) runs.set(fingerprint, runFacts(known, diagnosis, policy));
  }
  const names = namesIn(evidence);
  const agents = agentTroubles(evidence, evaluation, names);
  return { runs, agents, agentsSeen: agentsSeen(evidence, evaluation), names, advice: policy.advice };
}

/** The trouble of the agent that keeps the sync from being started; undefined when something else is wrong with it. */
export function agentTroubleOf(
  { sync, verdict }: Diagnosis,
  { agents }: Pick<Explanations, 'agents'>,
): AgentTrouble | undefined {
  const isIdle =
    verdict.kind === 'problem' && (verdict.problem === 'stalled' || verdict.problem === 'never_succeeded');
  return isIdle ? agents.get(sync.labels.connectorId ?? '') : undefined;
}
