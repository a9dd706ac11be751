/** Milliseconds of processor time since `process.cpuUsage()` gave `before`: the same however busy the machine is. */
export function processorMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
