// In: the state after a check, and the version that it was derived from.
// Out: the latest state with its version, or a StateError or StateConflict.
// Called by: commands/load-and-list.ts (load), commands/deliver.ts and commands/lease.ts (save).
import type { WatchState } from '../core/state.ts';
import type { Deadline } from '../http/deadline.ts';

/** A state and its version: the number of the write that stored it; 0 when nothing was ever written. */
export interface LoadedState {
  readonly state: WatchState;
  readonly version: number;
}

/** The port to the place where the state outlives a check: a table, a file or the process. */
export interface StateStore {
  /**
   * Reads the latest state; `INITIAL_STATE` at version 0 when there is none.
   *
   * @throws StateError when it cannot be read, or is not a valid state. The stored document is not changed.
   */
  load(): Promise<LoadedState>;

  /**
   * Writes the state if `version` is still the latest, and returns the new version.
   *
   * @param deadline Aborts the write. A store may have a shorter limit of its own.
   * @throws StateConflict when another check wrote first: nothing is written.
   * @throws StateError when the state could not be written.
   */
  save(state: WatchState, version: number, deadline?: Deadline): Promise<number>;

  /** Names a lock of another process that this store took over; undefined when it took none, or locks nothing. */
  takenOver?(): string | undefined;

  /** Says what the latest save left out because the state is too large; undefined when it left out nothing. */
  reduced?(): string | undefined;
}
