import { INITIAL_STATE, type WatchState } from '../../../lambda/core/state.ts';
import { decode, encode } from '../../../lambda/state/document.ts';
import { StateConflict } from '../../../lambda/state/errors.ts';
import type { LoadedState, StateStore } from '../../../lambda/state/state-store.ts';

const STORE_NAME = 'the state of a night';

/** A state in memory that is encoded and decoded as the real stores do, and that can be put back to an earlier one. */
export class NightStore implements StateStore {
  #loaded: LoadedState = { state: INITIAL_STATE, version: 0 };

  get current(): LoadedState {
    return this.#loaded;
  }

  putBack(earlier: LoadedState): void {
    this.#loaded = earlier;
  }

  async load(): Promise<LoadedState> {
    return this.#loaded;
  }

  async save(state: WatchState, version: number): Promise<number> {
    if (version !== this.#loaded.version) throw new StateConflict(STORE_NAME, version);
    this.#loaded = decode(JSON.parse(JSON.stringify(encode(state, version + 1))), STORE_NAME);
    return version + 1;
  }
}
