import { createHash } from 'node:crypto';
import type { Policy } from '../core/policy.ts';
import type { WatchState } from '../core/state.ts';

/** 12 hex digits that name the rules of a policy: other rules have another name. Links change no verdict. */
export function policyIdOf({ links: _links, ...rules }: Policy): string {
  return createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 12);
}

/** Whether the last evaluation was by another policy; false before the first one. */
export function isOtherPolicy({ policyId: before }: WatchState, policyId: string): boolean {
  return before !== undefined && before !== policyId;
}
