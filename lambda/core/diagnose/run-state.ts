import type { Policy } from '../policy.ts';

/** What `last_state` says of the last run; `none` when the API gave no state. */
export type RunState = 'none' | 'success' | 'in_progress' | 'stopped' | 'failure';

/**
 * Sorts the API's free string. Only `completed` is documented (List Connector Syncs, `last_success_at`), so whatever
 * is not known counts as a failure: a state that we have never heard of must be seen, not swallowed.
 */
export function runState(lastState: string | null, policy: Policy): RunState {
  if (lastState === null || lastState === '') return 'none';
  const state = lastState.toLowerCase();
  if (policy.successStates.includes(state)) return 'success';
  if (policy.inProgressStates.includes(state)) return 'in_progress';
  if (policy.stoppedStates.includes(state)) return 'stopped';
  return 'failure';
}
