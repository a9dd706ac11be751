import { deployedBundle } from '../bundles.ts';
import { canLimit, limitsOf } from '../control-groups.ts';
import { FunctionProcess } from '../function-process.ts';
import { LocalServices } from '../local-services.ts';
import type { Row, Section } from '../row.ts';
import { WORST_LISTINGS } from '../worst-listings.ts';

/** As deployed (infra/sync-alerts.ts). */
const MEMORY_MB = 1024;
const TIMEOUT_MS = 60_000;

/** The deployed function in its memory and its share of a processor, against the worst listing of each shape. */
export const worstListings: Section = {
  name: 'worst-cases',
  about: 'peak resident size and time of a check in 1,024 MB, for the worst listing of each shape',
  run: async ({ node, progress }) => {
    if (!(await canLimit())) return 'needs control groups (version 1) and root';
    const services = await LocalServices.start();
    const { file, folder } = await deployedBundle();
    const rows: Row[] = [];
    for (const { what, body, isGzip = false } of WORST_LISTINGS) {
      progress(`worst-cases: ${what}`);
      services.body = body();
      services.isGzip = isGzip;
      services.table.items.clear();
      const limits = limitsOf(MEMORY_MB);
      const groups = [limits.memory, limits.processor];
      const sandbox = new FunctionProcess({
        node,
        bundle: file,
        environment: services.environment(folder),
        memoryMb: MEMORY_MB,
        groups,
      });
      await sandbox.imported;
      const cost = await sandbox.invoke();
      await sandbox.end();
      await limits.remove();
      rows.push(cost === undefined ? { what, ours: 'killed' } : rowOf(what, cost));
    }
    return rows;
  },
};

function rowOf(
  what: string,
  {
    ok,
    peakMb,
    wallMs,
    error = '',
  }: {
    readonly ok: boolean;
    readonly peakMb: number;
    readonly wallMs: number;
    readonly error?: string | undefined;
  },
): Row {
  const late = wallMs > TIMEOUT_MS ? ', too late' : '';
  const figures = `${peakMb.toFixed(0)} MB, ${(wallMs / 1000).toFixed(1)} s${late}`;
  const result = ok ? 'checked' : (/received (.{1,60}?);/.exec(error)?.[1] ?? error.slice(0, 60));
  return { what, ours: figures, against: result, ratio: peakMb / MEMORY_MB };
}
