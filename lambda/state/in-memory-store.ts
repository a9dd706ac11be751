import type { Silence } from '../core/silence.ts';
import { INITIAL_STATE, type WatchState } from '../core/state.ts';
import { decode, encode } from './document.ts';
import { StateConflict } from './errors.ts';
import { decodeSilences, encodeSilence } from './silence-document.ts';
import type { LoadedState, SilenceStore, StateStore } from './state-store.ts';

const LABEL = "this process's state";

/**
 * A state that lives as long as the process: for tests and the demo. It is encoded and decoded like any other, so callers
 * share no object with it.
 */
export class InMemoryStore implements StateStore, SilenceStore {
  #document: string | undefined;
  #version = 0;
  readonly #silences = new Map<string, string>();

  async load(): Promise<LoadedState> {
    const stored = [...this.#silences].map(([id, document]) => ({ id, document: JSON.parse(document) }));
    const silences = decodeSilences(stored);
    const loaded =
      this.#document === undefined
        ? { state: INITIAL_STATE, version: 0 }
        : decode(JSON.parse(this.#document), LABEL);
    return { ...loaded, ...(silences && { silences }) };
  }

  async addSilence(silence: Silence): Promise<boolean> {
    if (this.#silences.has(silence.id)) return false;
    this.#silences.set(silence.id, JSON.stringify(encodeSilence(silence)));
    return true;
  }

  async removeSilence(id: string): Promise<boolean> {
    return this.#silences.delete(id);
  }

  async save(state: WatchState, version: number): Promise<number> {
    if (version !== this.#version) throw new StateConflict(LABEL, version);
    this.#version += 1;
    this.#document = JSON.stringify(encode(state, this.#version));
    return this.#version;
  }
}
