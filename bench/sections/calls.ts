import { BUDGETS } from '../budgets.ts';
import type { Calls } from '../local-services.ts';
import { callCount, measuredChecks } from '../measured-checks.ts';
import { TEN_ROUTES_AND_FIFTY_SILENCES } from '../routes-and-silences.ts';
import type { Row, Section } from '../row.ts';

const SYNCS = 300;

/** Network calls and units of DynamoDB: the same on every machine. */
export const calls: Section = {
  name: 'calls',
  about: `network calls of a check of ${SYNCS} syncs, cold and warm`,
  run: async ({ node }) => {
    const { opening, quietCold, quietWarm } = await measuredChecks(node, { syncs: SYNCS, unhealthy: 0.01 });
    const many = await measuredChecks(node, TEN_ROUTES_AND_FIFTY_SILENCES);
    return [
      row('cold, posts one message', opening.calls),
      row('quiet, cold', quietCold.calls, BUDGETS.coldCalls),
      row('quiet, warm', quietWarm.calls, BUDGETS.warmCalls),
      row('quiet, cold, ten routes and fifty silences', many.quietCold.calls, BUDGETS.coldCalls),
      row('quiet, warm, ten routes and fifty silences', many.quietWarm.calls, BUDGETS.warmCalls),
    ];
  },
};

function row(what: string, calls: Calls, budget?: number): Row {
  const count = callCount(calls);
  return {
    what,
    ours: `${count}: ${callsText(calls)}`,
    ...(budget !== undefined && { against: `budget ${budget}`, ratio: count / budget }),
  };
}

function callsText({
  secret,
  listing,
  evidence,
  stateReads,
  readUnits,
  stateWrites,
  writeUnits,
  posts,
}: Calls): string {
  const state = `${stateReads} reads (${readUnits} units), ${stateWrites} writes (${writeUnits} units)`;
  return `${secret} secret, ${listing} listing, ${evidence} evidence, ${state}, ${posts} posts`;
}
