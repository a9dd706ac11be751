import { callCount, type MeasuredCheck, measuredChecks } from '../measured-checks.ts';
import { milliseconds, type Row, type Section, thousands } from '../row.ts';

/** With 10 open alerts each. */
const BY_SYNCS = [100, 1000, 10_000, 100_000] as const;
/** With 10,000 syncs each. */
const BY_ALERTS = [100, 1000, 10_000] as const;
const SYNCS_OF_ALERTS = 10_000;

/** Calls, writes and processor time while syncs, then open alerts, grow tenfold. */
export const growth: Section = {
  name: 'growth',
  about: 'calls, writes and processor time as syncs and open alerts grow tenfold',
  run: async ({ node, progress }) => {
    const rows: Row[] = [];
    const add = async (what: string, options: { readonly syncs: number; readonly unhealthy: number }) => {
      progress(`growth: ${what}`);
      const { opening, quietWarm } = await measuredChecks(node, options);
      rows.push(row(`${what}, a check that opens them`, opening), row(`${what}, a quiet check`, quietWarm));
    };
    for (const syncs of BY_SYNCS) {
      await add(`${thousands(syncs)} syncs, 10 alerts`, { syncs, unhealthy: 10 / syncs });
    }
    for (const alerts of BY_ALERTS) {
      const what = `${thousands(SYNCS_OF_ALERTS)} syncs, ${thousands(alerts)} alerts`;
      await add(what, { syncs: SYNCS_OF_ALERTS, unhealthy: alerts / SYNCS_OF_ALERTS });
    }
    return rows;
  },
};

function row(what: string, { cost, calls }: MeasuredCheck): Row {
  const { posts, stateWrites, writeUnits, readUnits } = calls;
  const writes = `${stateWrites} writes (${writeUnits} units)`;
  return {
    what,
    ours: `${milliseconds(cost.cpuMs)}, ${callCount(calls)} calls, ${posts} posts, ${readUnits} read units, ${writes}`,
  };
}
