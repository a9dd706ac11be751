import { isCompleted, type Outcome } from './outcome.ts';
import type { RunContext } from './ports.ts';

/**
 * The same outcome, after a heartbeat if the check completed. A heartbeat that is not accepted is a field of the outcome,
 * never a failure: the check did its work, and the monitor notices by itself.
 */
export async function withHeartbeat(
  outcome: Outcome,
  { ports, deadlines }: Pick<RunContext, 'ports' | 'deadlines'>,
): Promise<Outcome> {
  if (!isCompleted(outcome)) return outcome;
  const heartbeat = await ports.heartbeat?.send(deadlines.end);
  return heartbeat === undefined ? outcome : { ...outcome, heartbeat };
}
