import { readFileSync } from 'node:fs';

/** What a process has used since its start. */
export interface ProcessCost {
  /** Processor time of all its threads. */
  readonly cpuMs: number;
  /** Its peak resident size. */
  readonly peakMb: number;
}

/** `/proc/PID/stat` counts in hundredths of a second (`getconf CLK_TCK`). */
const MS_OF_A_TICK = 10;

/** The cost of a running process up to now. Linux only. */
export function costOf(pid: number): ProcessCost {
  // The name, in parentheses, may contain anything. After it, user and system time are the 12th and 13th field.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user = Number.NaN, system = Number.NaN] = stat
    .slice(stat.lastIndexOf(') ') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  const peakKb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return { cpuMs: (user + system) * MS_OF_A_TICK, peakMb: peakKb / 1024 };
}
