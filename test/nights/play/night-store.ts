import type { Silence } from '../../../lambda/core/silence.ts';
import { INITIAL_STATE, type WatchState } from '../../../lambda/core/state.ts';
import { decode, encode } from '../../../lambda/state/document.ts';
import { StateConflict, StateError } from '../../../lambda/state/errors.ts';
import type { LoadedState, SilenceStore, StateStore } from '../../../lambda/state/state-store.ts';

const STORE_NAME = 'the state of a night';

/** A state in memory that can be put back to an earlier one. */
export class NightStore implements StateStore, SilenceStore {
  readonly #isEncoded: boolean;
  #loaded: LoadedState = { state: INITIAL_STATE, version: 0 };
  /** How many more saves of this check succeed. */
  #savesLeft = Number.POSITIVE_INFINITY;

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

  /** A new check begins. One that is killed saves what it is about to post, and never what became of it. */
  beginCheck({ isKilled }: { readonly isKilled: boolean }): void {
    this.#savesLeft = isKilled ? 1 : Number.POSITIVE_INFINITY;
  }

  async load(): Promise<LoadedState> {
    return this.#loaded;
  }

  async save(state: WatchState, version: number): Promise<number> {
    if (version !== this.#loaded.version) throw new StateConflict(STORE_NAME, version);
    if (this.#savesLeft === 0) throw new StateError('state_unwritable', `cannot write ${STORE_NAME}`);
    this.#savesLeft -= 1;
    const next = version + 1;
    const { silences } = this.#loaded;
    const saved = this.#isEncoded
      ? decode(JSON.parse(JSON.stringify(encode(state, next))), STORE_NAME)
      : { state, version: next };
    this.#loaded = { ...saved, ...(silences && { silences }) };
    return next;
  }

  async addSilence(silence: Silence): Promise<boolean> {
    return this.#setSilences([...this.#silences, silence]);
  }

  async removeSilence(id: string): Promise<boolean> {
    return this.#setSilences(this.#silences.filter((silence) => silence.id !== id));
  }

  get #silences(): readonly Silence[] {
    return this.#loaded.silences?.known ?? [];
  }

  #setSilences(known: readonly Silence[]): boolean {
    this.#loaded = { ...this.#loaded, silences: { known, unknown: [] } };
    return true;
  }
}
