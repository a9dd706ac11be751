import type { Policy } from '../policy.ts';

/** What `last_state` says of the last run; `none` when the API gave no state. */
export type RunState = 'none' | 'success' | 'in_progress' | 'stopped' | 'failure';

/**
 * Sorts the API's free string, without regard to case. Only `completed` is documented, so an unknown state counts as a
 * failure: people must see it (docs/timbal-api.md, "States").
 */
export function runStateOf(lastState: string | null, policy: Policy): RunState {
  if (lastState === null || lastState === '') return 'none';
  const state = lastState.toLowerCase();
  if (policy.successStates.includes(state)) return 'success';
  if (policy.inProgressStates.includes(state)) return 'in_progress';
  if (policy.stoppedStates.includes(state)) return 'stopped';
  return 'failure';
}
