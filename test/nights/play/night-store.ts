import { INITIAL_STATE, type WatchState } from '../../../lambda/core/state.ts';
import { decode, encode } from '../../../lambda/state/document.ts';
import { StateConflict } from '../../../lambda/state/errors.ts';
import type { LoadedState, StateStore } from '../../../lambda/state/state-store.ts';

const STORE_NAME = 'the state of a night';

/** A state in memory that can be put back to an earlier one. */
export class NightStore implements StateStore {
  readonly #isEncoded: boolean;
  #loaded: LoadedState = { state: INITIAL_STATE, version: 0 };

  /** @param isEncoded Encodes and decodes each state as the real stores do, which takes half as long as a check. */
  constructor(isEncoded: boolean) {
    this.#isEncoded = isEncoded;
  }

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
    const next = version + 1;
    this.#loaded = this.#isEncoded
      ? decode(JSON.parse(JSON.stringify(encode(state, next))), STORE_NAME)
      : { state, version: next };
    return next;
  }
}
