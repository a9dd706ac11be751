import { type Memory, NOTHING_REMEMBERED } from '../core/memory.ts';
import { decode, encode } from './document.ts';
import { MemoryConflict } from './errors.ts';
import type { MemoryStore, Recalled } from './memory-store.ts';

const PLACE = "this process's memory";

/** A memory that lives as long as the process: for tests and the demo. It is really written and read, so nothing is shared. */
export class InProcessStore implements MemoryStore {
  #document: string | undefined;
  #version = 0;

  async recall(): Promise<Recalled> {
    if (this.#document === undefined) return { memory: NOTHING_REMEMBERED, version: 0 };
    return decode(JSON.parse(this.#document), PLACE);
  }

  async remember(memory: Memory, version: number): Promise<number> {
    if (version !== this.#version) throw new MemoryConflict(PLACE, version);
    this.#version += 1;
    this.#document = JSON.stringify(encode(memory, this.#version));
    return this.#version;
  }
}
