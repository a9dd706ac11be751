import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';

/** "At 1,769 MB, a function has the equivalent of one vCPU" (AWS Lambda Developer Guide, "Configure function memory"). */
const MB_OF_ONE_PROCESSOR = 1769;
const ROOT = '/sys/fs/cgroup';
const PERIOD_US = 20_000;
/** The kernel accepts no smaller quota. */
const MIN_QUOTA_US = 1000;

/** Control groups with limits. */
export interface Limits {
  /** The folder of the group that limits memory; a process joins it through `cgroup.procs`. */
  readonly memory: string;
  readonly processor: string;
  /** Removes the groups. No process may be in them. */
  remove(): Promise<void>;
}

/** Whether this machine lets us limit memory and processor time: control groups of version 1, as root. */
export async function canLimit(): Promise<boolean> {
  try {
    await limitsOf(128).remove();
    return existsSync(`${ROOT}/memory/memory.limit_in_bytes`);
  } catch {
    return false;
  }
}

/** The memory, and the share of a processor, that Lambda gives a function of this size. */
export function limitsOf(memoryMb: number): Limits {
  const name = `sync-alerts-bench-${process.pid}-${memoryMb}`;
  const [memory, processor] = [`${ROOT}/memory/${name}`, `${ROOT}/cpu/${name}`];
  for (const group of [memory, processor]) mkdirSync(group, { recursive: true });
  const quotaUs = Math.max(MIN_QUOTA_US, Math.round((memoryMb / MB_OF_ONE_PROCESSOR) * PERIOD_US));
  writeFileSync(`${memory}/memory.limit_in_bytes`, String(memoryMb * 1024 * 1024));
  writeFileSync(`${processor}/cpu.cfs_period_us`, String(PERIOD_US));
  writeFileSync(`${processor}/cpu.cfs_quota_us`, String(quotaUs));
  return { memory, processor, remove: () => removeGroups([memory, processor]) };
}

/** The kernel keeps a group for some time after its last process has ended. */
async function removeGroups(groups: readonly string[]): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      for (const group of groups) if (existsSync(group)) rmdirSync(group);
      return;
    } catch (error) {
      if (attempts === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
