import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { INITIAL_STATE, type WatchState } from '../core/state.ts';
import { errorCode } from '../errors.ts';
import { decode, encode } from './document.ts';
import {
  CHECK_THE_PATH,
  EMPTY_STATE_NOTE,
  errnoText,
  NOT_CHANGED,
  StateConflict,
  StateError,
} from './errors.ts';
import { FileLock } from './file-lock.ts';
import type { LoadedState, StateStore } from './state-store.ts';

const scopeSchema = v.object({ scope: v.string() });

/**
 * A state in a JSON file that people can read. Each save writes a temporary file and renames it over the old one, so no
 * reader sees half a write; a lock keeps two processes apart. A file that is not a valid state is never overwritten.
 */
export class FileStore implements StateStore {
  readonly #file: string;
  readonly #label: string;
  readonly #lock: FileLock;
  readonly #scope: string | undefined;

  /**
   * @param scope What is watched, in words. A state of another scope is refused: its alerts would all become unlisted.
   */
  constructor(file: string, scope?: string) {
    this.#file = file;
    this.#scope = scope;
    this.#label = `the state file ${file}`;
    this.#lock = new FileLock(`${file}.lock`, this.#label);
  }

  async load(): Promise<LoadedState> {
    const text = await this.#read();
    if (text === undefined) return { state: INITIAL_STATE, version: 0 };
    const stored = this.#parsed(text);
    const loaded = decode(stored, this.#label);
    const parsedScope = v.safeParse(scopeSchema, stored);
    if (this.#scope !== undefined && parsedScope.success && parsedScope.output.scope !== this.#scope) {
      const problem = `${this.#label} belongs to ${parsedScope.output.scope}, not to ${this.#scope}`;
      throw new StateError('state_unreadable', `${problem}. ${NOT_CHANGED}; set another file`);
    }
    return loaded;
  }

  async save(state: WatchState, version: number): Promise<number> {
    const document = {
      ...encode(state, version + 1),
      ...(this.#scope !== undefined && { scope: this.#scope }),
    };
    const text = `${JSON.stringify(document, null, 2)}\n`;
    await this.#orUnwritable(() => mkdir(dirname(this.#file), { recursive: true, mode: 0o700 }));
    return this.#lock.hold(async (isHeld) => {
      const latest = await this.load();
      if (latest.version !== version) throw new StateConflict(this.#label, version);
      await this.#orUnwritable(async () => {
        const temporary = await this.#writeTemporary(text);
        // Only this check of the lock happens between the write and the rename.
        if (!(await isHeld())) throw new StateConflict(this.#label, version);
        await rename(temporary, this.#file);
      });
      return version + 1;
    });
  }

  async #read(): Promise<string | undefined> {
    try {
      return await readFile(this.#file, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      const message = `cannot read ${this.#label} (${errnoText(error)}): ${CHECK_THE_PATH}`;
      throw new StateError('state_unreadable', message, { cause: error });
    }
  }

  #parsed(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      const problem = text.trim() === '' ? 'is empty' : 'is not JSON';
      const advice = `restore a copy, or move it away to start with an empty state (${EMPTY_STATE_NOTE})`;
      throw new StateError('state_unreadable', `${this.#label} ${problem}. ${NOT_CHANGED}; ${advice}`);
    }
  }

  async #writeTemporary(text: string): Promise<string> {
    const prefix = `${basename(this.#file)}.writing-`;
    const folder = dirname(this.#file);
    // This process holds the lock, so any other temporary file was left by a process that died.
    const abandoned = (await readdir(folder)).filter((name) => name.startsWith(prefix));
    await Promise.all(abandoned.map((name) => rm(join(folder, name), { force: true })));
    const temporary = join(folder, `${prefix}${process.pid}`);
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return temporary;
  }

  async #orUnwritable<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (error instanceof StateConflict) throw error;
      const problem = `cannot write ${this.#label} (${errnoText(error)})`;
      throw new StateError('state_unwritable', `${problem}: nothing was saved; ${CHECK_THE_PATH}`, {
        cause: error,
      });
    }
  }
}
