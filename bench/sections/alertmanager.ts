import { answers, localServer } from '../../test/http/local-server.ts';
import { type Alert, AlertmanagerProcess, hasAlertmanager } from '../alertmanager-process.ts';
import { deployedBundle } from '../bundles.ts';
import { canLimit, limitsOf } from '../control-groups.ts';
import { FunctionProcess } from '../function-process.ts';
import { LocalServices } from '../local-services.ts';
import type { ProcessCost } from '../process-cost.ts';
import { median, milliseconds, type Row, type Section, thousands } from '../row.ts';

const ALERTS = 10_000;
const ROUNDS = 3;
/** The deployed size, and smaller ones that work for 10,000 syncs. */
const SIZES_MB = [1024, 512, 256] as const;
/** By default the resolved alerts of a shared cause are grouped for 15 minutes. Alertmanager's intervals are 1 s too. */
const WITHOUT_GROUPING = { groupInterval: '0s' };

/** Takes in and notifies the same alerts, firing and then resolved, to the same Slack on loopback. */
export const alertmanager: Section = {
  name: 'alertmanager',
  about: `${thousands(ALERTS)} alerts firing and resolved, against Prometheus Alertmanager`,
  run: async ({ node, progress }) => {
    if (!hasAlertmanager()) return "needs Debian's package prometheus-alertmanager";
    const rounds: { readonly ours: readonly ProcessCost[]; readonly theirs: ProcessCost }[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      progress(`alertmanager: round ${round} of ${ROUNDS}`);
      const ours: ProcessCost[] = [];
      for (const memoryMb of SIZES_MB) ours.push(await costOfOurs(node, memoryMb));
      rounds.push({ ours, theirs: await costOfTheirs() });
    }
    const compare = (
      size: number,
      figure: keyof ProcessCost,
      text: (figure: number) => string,
    ): Omit<Row, 'what'> => {
      const ours = median(rounds.map((round) => round.ours[size]?.[figure] ?? Number.NaN));
      const theirs = median(rounds.map((round) => round.theirs[figure]));
      return { ours: text(ours), against: `Alertmanager ${text(theirs)}`, ratio: ours / theirs };
    };
    return SIZES_MB.flatMap((memoryMb, size) => [
      { what: `processor time in ${memoryMb} MB`, ...compare(size, 'cpuMs', milliseconds) },
      { what: `peak memory in ${memoryMb} MB`, ...compare(size, 'peakMb', (mb) => `${mb.toFixed(0)} MB`) },
    ]);
  },
};

/** One sandbox, two checks: the first opens the alerts, the second resolves them. */
async function costOfOurs(node: string, memoryMb: number): Promise<ProcessCost> {
  const { file, folder } = await deployedBundle(WITHOUT_GROUPING);
  const services = await LocalServices.start();
  const environment = services.environment(folder);
  // Only the memory is limited: Alertmanager's processor is not limited either.
  const limits = (await canLimit()) ? limitsOf(memoryMb) : undefined;
  const groups = limits === undefined ? [] : [limits.memory];
  const sandbox = new FunctionProcess({ node, bundle: file, environment, memoryMb, groups });
  await sandbox.imported;
  for (const unhealthy of [1, 0]) {
    services.list({ syncs: ALERTS, unhealthy, at: Date.now() });
    const cost = await sandbox.invoke();
    if (cost?.ok !== true) throw new Error(`a check failed: ${cost?.error ?? 'its process ended'}`);
    if (services.countCalls().posts === 0) throw new Error('a check posted nothing');
  }
  const cost = sandbox.cost();
  await sandbox.end();
  await limits?.remove();
  return cost;
}

async function costOfTheirs(): Promise<ProcessCost> {
  const slack = await localServer(answers(200, 'ok'));
  const alertmanager = new AlertmanagerProcess(`${slack.url}/services/T00000000/B00000000/bench`);
  const now = Date.now();
  const posted = async (count: number) => {
    for (let waits = 0; slack.requests.length < count; waits += 1) {
      if (waits === 600) throw new Error('Alertmanager did not post within a minute');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await alertmanager.send(alertsBetween(now, now + 3_600_000));
  await posted(1);
  await alertmanager.send(alertsBetween(now, now - 1000));
  await posted(2);
  const cost = alertmanager.cost();
  await alertmanager.end();
  return cost;
}

function alertsBetween(startsAt: number, endsAt: number): readonly Alert[] {
  return Array.from({ length: ALERTS }, (_, index) => ({
    labels: {
      alertname: 'SyncStalled',
      severity: 'warning',
      sync: `sync_${index}`,
      connector: `conn_${index % 10}`,
      connection: `pg-${index % 40}`,
      source: `public.orders_${index}`,
      kb: `kb_${index % 20}`,
    },
    annotations: { summary: `orders_${index} has stalled` },
    startsAt: new Date(Math.min(startsAt, endsAt - 1)).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
  }));
}
