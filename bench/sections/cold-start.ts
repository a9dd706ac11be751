import { deployedBundle, emptyBundle, floorBundle } from '../bundles.ts';
import { FunctionProcess } from '../function-process.ts';
import { comparedRow, type Section } from '../row.ts';

/** The import of the bundle, as deployed, in fresh processes that take turns. */
export const coldStart: Section = {
  name: 'cold-start',
  about: 'import of the deployed bundle, against the two AWS clients alone',
  run: async ({ node, rounds, progress }) => {
    const bundles = { ours: await deployedBundle(), floor: await floorBundle(), empty: await emptyBundle() };
    const cpuMs = { ours: [] as number[], floor: [] as number[], empty: [] as number[] };
    for (let round = 1; round <= rounds; round += 1) {
      progress(`cold-start: round ${round} of ${rounds}`);
      for (const name of ['ours', 'floor', 'empty'] as const) {
        const sandbox = new FunctionProcess({ node, bundle: bundles[name].file, environment: {} });
        const imported = await sandbox.imported;
        await sandbox.end();
        if (imported === undefined) throw new Error(`the bundle "${name}" could not be imported`);
        cpuMs[name].push(imported.cpuMs);
      }
    }
    const { ours, floor, empty } = cpuMs;
    return [
      comparedRow('import, processor time', { ours, other: floor, against: 'AWS clients' }),
      comparedRow('import, processor time', { ours, other: empty, against: 'empty handler' }),
    ];
  },
};
