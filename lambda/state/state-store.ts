import type { WatchState } from '../core/state.ts';
import type { Deadline } from '../http/deadline.ts';

/** A memory and the number of the write that made it; 0 when nothing was ever written. */
export interface LoadedState {
  readonly state: WatchState;
  readonly version: number;
}

/** Where a memory is kept between checks: a file, a table, or the process. */
export interface StateStore {
  /**
   * The latest memory; `NOTHING_REMEMBERED` at version 0 when there is none.
   *
   * @throws MemoryError when it cannot be read or is not a memory; what is stored is then left as it is.
   */
  load(): Promise<LoadedState>;

  /**
   * Writes the memory if `version` is still the latest; answers the new version.
   *
   * @param deadline Cuts the write; without one, or before it, a store may have a bound of its own.
   * @throws MemoryConflict when another write came first: nothing is written.
   * @throws MemoryError when it could not be written.
   */
  save(state: WatchState, version: number, deadline?: Deadline): Promise<number>;
}
