import { deployedBundle } from '../bundles.ts';
import { canLimit, limitsOf } from '../control-groups.ts';
import { FunctionProcess, type InvocationCost } from '../function-process.ts';
import { LocalServices } from '../local-services.ts';
import { type Row, type Section, thousands } from '../row.ts';

/** By number of syncs. In 128 MB, 100,000 syncs run out of memory after minutes. */
const SIZES_MB: readonly (readonly [number, readonly number[]])[] = [
  [1000, [128, 256, 512]],
  [10_000, [128, 256, 512]],
  [100_000, [256, 512, 1024]],
];

/** Whole invocations with the memory and the share of a processor that Lambda gives a function of a size. */
export const memory: Section = {
  name: 'memory',
  about: 'peak resident size and time of a whole invocation, at sizes that Lambda sells',
  run: async ({ node, progress }) => {
    if (!(await canLimit())) return 'needs control groups (version 1) and root';
    const services = await LocalServices.start();
    const rows: Row[] = [];
    for (const [syncs, sizesMb] of SIZES_MB) {
      services.list({ syncs, unhealthy: 0.01, at: Date.now() });
      for (const memoryMb of sizesMb) {
        const what = `${thousands(syncs)} syncs in ${memoryMb} MB`;
        progress(`memory: ${what}`);
        services.table.items.clear();
        rows.push({ what, ...(await twoChecks(node, services, memoryMb)) });
      }
    }
    return rows;
  },
};

/** A cold and a warm check in one sandbox. */
async function twoChecks(
  node: string,
  services: LocalServices,
  memoryMb: number,
): Promise<Omit<Row, 'what'>> {
  const { file, folder } = await deployedBundle();
  const limits = limitsOf(memoryMb);
  const environment = services.environment(folder);
  const groups = [limits.memory, limits.processor];
  const sandbox = new FunctionProcess({ node, bundle: file, environment, memoryMb, groups });
  await sandbox.imported;
  const cold = await sandbox.invoke();
  const warm = cold === undefined ? undefined : await sandbox.invoke();
  await sandbox.end();
  await limits.remove();
  if (cold?.ok !== true || warm?.ok !== true) {
    return { ours: 'does not work', against: (cold?.error ?? warm?.error ?? 'killed').slice(0, 60) };
  }
  return {
    ours: `${warm.peakMb.toFixed(0)} MB, ${seconds(cold)} cold, ${seconds(warm)} warm`,
    against: `${memoryMb} MB`,
    ratio: warm.peakMb / memoryMb,
  };
}

function seconds({ wallMs }: InvocationCost): string {
  return `${(wallMs / 1000).toFixed(1)} s`;
}
