import { createHash } from 'node:crypto';
import type { Policy } from '../core/policy.ts';
import type { WatchState } from '../core/state.ts';

/** 12 hex digits that name a policy: another one has another name. */
export function policyIdOf(policy: Policy): string {
  return createHash('sha256').update(JSON.stringify(policy)).digest('hex').slice(0, 12);
}

/** Whether the last evaluation was by another policy; false before the first one. */
export function isOtherPolicy({ policyId: before }: WatchState, policyId: string): boolean {
  return before !== undefined && before !== policyId;
}
