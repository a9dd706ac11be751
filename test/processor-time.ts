/**
 * Processor time of this process in milliseconds since `before`, which `process.cpuUsage()` returned. Unlike elapsed time it
 * does not grow when other processes keep the machine busy.
 */
export function processorMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
