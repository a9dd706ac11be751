import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { NOTHING_REMEMBERED, type WatchState } from '../core/state.ts';
import { decode, encode } from './document.ts';
import { codeOf } from './error-code.ts';
import { StateConflict, StateError } from './errors.ts';
import { FileLock } from './file-lock.ts';
import type { LoadedState, StateStore } from './state-store.ts';

const scopeSchema = v.object({ scope: v.string() });

/**
 * A memory in a JSON file that a person can read. Written beside the file and renamed over it, so that nobody ever
 * reads half a write; two processes are kept apart by a lock. A file that is not a memory is never overwritten.
 */
export class FileStore implements StateStore {
  readonly #file: string;
  readonly #place: string;
  readonly #lock: FileLock;
  readonly #scope: string | undefined;

  /** @param scope What is watched, in words: the memory of something else is refused, since all of it would be gone. */
  constructor(file: string, scope?: string) {
    this.#file = file;
    this.#scope = scope;
    this.#place = `the memory file ${file}`;
    this.#lock = new FileLock(`${file}.lock`, this.#place);
  }

  async load(): Promise<LoadedState> {
    const written = await this.#read();
    if (written === undefined) return { state: NOTHING_REMEMBERED, version: 0 };
    const stored = this.#parsed(written);
    const loaded = decode(stored, this.#place);
    const ofScope = v.safeParse(scopeSchema, stored);
    if (this.#scope !== undefined && ofScope.success && ofScope.output.scope !== this.#scope) {
      const what = `${this.#place} is that of ${ofScope.output.scope}, not of ${this.#scope}`;
      throw new StateError('state_unreadable', `${what}. It is left as it is; name another file`);
    }
    return loaded;
  }

  async save(state: WatchState, version: number): Promise<number> {
    const document = {
      ...encode(state, version + 1),
      ...(this.#scope !== undefined && { scope: this.#scope }),
    };
    const written = `${JSON.stringify(document, null, 2)}\n`;
    await this.#orUnwritable(() => mkdir(dirname(this.#file), { recursive: true, mode: 0o700 }));
    return this.#lock.hold(async (isOurs) => {
      const latest = await this.load();
      if (latest.version !== version) throw new StateConflict(this.#place, version);
      await this.#orUnwritable(async () => {
        const beside = await this.#writeBeside(written);
        // Nothing is awaited between the look at the lock and the rename but the look itself.
        if (!(await isOurs())) throw new StateConflict(this.#place, version);
        await rename(beside, this.#file);
      });
      return version + 1;
    });
  }

  async #read(): Promise<string | undefined> {
    try {
      return await readFile(this.#file, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      const advice = 'check the path, its permissions and the disk';
      throw new StateError(
        'state_unreadable',
        `${this.#place} cannot be read (${codeOf(error)}): ${advice}`,
        {
          cause: error,
        },
      );
    }
  }

  #parsed(written: string): unknown {
    try {
      return JSON.parse(written);
    } catch {
      const what = written.trim() === '' ? 'is empty' : 'is not JSON';
      const advice = 'restore a copy, or move it away to start afresh (everything wrong is then told again)';
      throw new StateError('state_unreadable', `${this.#place} ${what}. It is left as it is; ${advice}`);
    }
  }

  async #writeBeside(written: string): Promise<string> {
    const prefix = `${basename(this.#file)}.writing-`;
    const folder = dirname(this.#file);
    // We hold the lock: whatever else was being written is a dead process's.
    const left = (await readdir(folder)).filter((name) => name.startsWith(prefix));
    await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
    const beside = join(folder, `${prefix}${process.pid}`);
    const handle = await open(beside, 'w', 0o600);
    try {
      await handle.writeFile(written);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return beside;
  }

  async #orUnwritable<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (error instanceof StateConflict) throw error;
      const advice = 'nothing was remembered; check the path, its permissions and the disk';
      throw new StateError(
        'state_unwritable',
        `${this.#place} cannot be written (${codeOf(error)}): ${advice}`,
        {
          cause: error,
        },
      );
    }
  }
}
