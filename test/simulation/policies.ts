import { type Policy, parsePolicy, type WrittenPolicy } from '../../lambda/core/policy.ts';
import type { Random } from './random.ts';

/** The policy that a world begins with. */
function writtenPolicy(random: Random): WrittenPolicy {
  return {
    ...(random.chance(0.3) && { pendingFor: random.pick(['5m', '12m', '30m']) }),
    ...(random.chance(0.5) && { repeatEvery: random.pick(['2h', '6h']) }),
    ...(random.chance(0.2) && { gatherFor: random.pick(['0s', '5m']) }),
    ...(random.chance(0.5) && { repeatPausedEvery: '12h' }),
  };
}

/** The policy of a world. */
export function policyOf(random: Random, periodSeconds: number): Policy {
  const parsed = parsePolicy(writtenPolicy(random), periodSeconds);
  if (!parsed.ok) throw new Error(parsed.faults.join());
  return parsed.policy;
}
