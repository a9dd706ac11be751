// In: the state after a check, and the version that it was derived from.
// Out: the latest state with its version, or a StateError or StateConflict.
// Called by: commands/load-and-list.ts (load), commands/deliver.ts and commands/lease.ts (save).
import type { Silence } from '../core/silence.ts';
import type { WatchState } from '../core/state.ts';
import type { Deadline } from '../http/deadline.ts';

/** A state and its version: the number of the write that stored it; 0 when nothing was ever written. */
export interface LoadedState {
  readonly state: WatchState;
  readonly version: number;
  /** Absent while there are none. */
  readonly silences?: StoredSilences;
}

/** The silences beside a state, whether or not they have begun or ended. */
export interface StoredSilences {
  readonly known: readonly Silence[];
  /** The ids of those that a newer program wrote, or nobody can read: they hold nothing back, and stay. */
  readonly unknown: readonly string[];
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

/** The port to the silences, which only commands of people write; a check loads them with the state. */
export interface SilenceStore {
  /**
   * Adds a silence. Two people may add silences at once.
   *
   * @returns False when another silence has its id: nothing was written.
   * @throws StateError when it could not be written.
   */
  addSilence(silence: Silence): Promise<boolean>;

  /** @returns False when there is no silence with this id. */
  removeSilence(id: string): Promise<boolean>;
}
