import { NOTHING_REMEMBERED, type WatchState } from '../core/state.ts';
import { decode, encode } from './document.ts';
import { StateConflict } from './errors.ts';
import type { LoadedState, StateStore } from './state-store.ts';

const PLACE = "this process's memory";

/** A memory that lives as long as the process: for tests and the demo. It is really written and read, so nothing is shared. */
export class InMemoryStore implements StateStore {
  #document: string | undefined;
  #version = 0;

  async load(): Promise<LoadedState> {
    if (this.#document === undefined) return { state: NOTHING_REMEMBERED, version: 0 };
    return decode(JSON.parse(this.#document), PLACE);
  }

  async save(state: WatchState, version: number): Promise<number> {
    if (version !== this.#version) throw new StateConflict(PLACE, version);
    this.#version += 1;
    this.#document = JSON.stringify(encode(state, this.#version));
    return this.#version;
  }
}
