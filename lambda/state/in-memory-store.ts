import { INITIAL_STATE, type WatchState } from '../core/state.ts';
import { decode, encode } from './document.ts';
import { StateConflict } from './errors.ts';
import type { LoadedState, StateStore } from './state-store.ts';

const LABEL = "this process's state";

/**
 * A state that lives as long as the process: for tests and the demo. It is encoded and decoded like any other, so callers
 * share no object with it.
 */
export class InMemoryStore implements StateStore {
  #document: string | undefined;
  #version = 0;

  async load(): Promise<LoadedState> {
    if (this.#document === undefined) return { state: INITIAL_STATE, version: 0 };
    return decode(JSON.parse(this.#document), LABEL);
  }

  async save(state: WatchState, version: number): Promise<number> {
    if (version !== this.#version) throw new StateConflict(LABEL, version);
    this.#version += 1;
    this.#document = JSON.stringify(encode(state, this.#version));
    return this.#version;
  }
}
