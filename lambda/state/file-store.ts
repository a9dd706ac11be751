import { randomUUID } from 'node:crypto';
import {
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { withoutByteOrderMark } from '../core/blank.ts';
import type { Silence } from '../core/silence.ts';
import { INITIAL_STATE, type WatchState } from '../core/state.ts';
import type { Instant } from '../core/time.ts';
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
import { decodeSilences, encodeSilence, isLongOver } from './silence-document.ts';
import type { LoadedState, SilenceStore, StateStore } from './state-store.ts';

const scopeSchema = v.object({ scope: v.string() });
/** What is kept of a silence, whoever wrote it. */
const silenceSchema = v.looseObject({ id: v.string(), endsAt: v.exactOptional(v.number()) });
const silencesSchema = v.object({ silences: v.array(silenceSchema) });
type StoredSilence = v.InferOutput<typeof silenceSchema>;

/** The state, and the silences as they stand in the file. */
interface FileContent extends LoadedState {
  readonly stored: readonly StoredSilence[];
}

/**
 * A state in a JSON file that people can read. Each save writes a temporary file and renames it over the old one, so no
 * reader sees half a write; a lock keeps two processes apart. A file that is not a valid state is never overwritten.
 *
 * A symbolic link stays: the file that it names is written. A file that cannot be renamed over, since it is a mount of its
 * own, is written in place; a crash in that moment leaves a damaged file.
 */
export class FileStore implements StateStore, SilenceStore {
  readonly #file: string;
  readonly #label: string;
  readonly #now: () => Instant;
  #takenOver: string | undefined;
  readonly #scope: string | undefined;

  /**
   * @param scope What is watched, in words. A state of another scope is refused: its alerts would all become unlisted.
   * @param now The clock by which locks expire.
   */
  constructor(file: string, scope?: string, now: () => Instant = Date.now) {
    this.#file = file;
    this.#scope = scope;
    this.#label = `the state file ${file}`;
    this.#now = now;
  }

  async load(): Promise<LoadedState> {
    const { stored: _stored, ...loaded } = await this.#load();
    return loaded;
  }

  async #load(): Promise<FileContent> {
    const text = await this.#read();
    if (text === undefined) return { state: INITIAL_STATE, version: 0, stored: [] };
    const document = this.#parsed(text);
    const { stored, rest } = withoutSilences(document);
    const loaded = decode(rest, this.#label);
    const parsedScope = v.safeParse(scopeSchema, document);
    if (this.#scope !== undefined && parsedScope.success && parsedScope.output.scope !== this.#scope) {
      const problem = `${this.#label} belongs to ${parsedScope.output.scope}, not to ${this.#scope}`;
      throw new StateError('state_unreadable', `${problem}. ${NOT_CHANGED}; set another file`);
    }
    const silences = decodeSilences(stored.map((one) => ({ id: one.id, document: one })));
    return { ...loaded, stored, ...(silences && { silences }) };
  }

  async save(state: WatchState, version: number): Promise<number> {
    await this.#replace((latest) => {
      if (latest.version !== version) throw new StateConflict(this.#label, version);
      return { state, version: version + 1, stored: latest.stored };
    });
    return version + 1;
  }

  async addSilence(silence: Silence): Promise<boolean> {
    const now = silence.createdAt;
    return this.#replaceSilences((stored) => {
      if (stored.some(({ id }) => id === silence.id)) return undefined;
      const kept = stored.filter(({ endsAt }) => endsAt === undefined || !isLongOver({ endsAt }, now));
      return [...kept, { ...encodeSilence(silence), id: silence.id }];
    });
  }

  async removeSilence(id: string): Promise<boolean> {
    return this.#replaceSilences((stored) => {
      const left = stored.filter((one) => one.id !== id);
      return left.length === stored.length ? undefined : left;
    });
  }

  /** The version stays: a check that runs meanwhile can save. */
  async #replaceSilences(
    change: (stored: readonly StoredSilence[]) => readonly StoredSilence[] | undefined,
  ): Promise<boolean> {
    let isChanged = false;
    await this.#replace(({ state, version, stored }) => {
      const changed = change(stored);
      isChanged = changed !== undefined;
      return { state, version: Math.max(1, version), stored: changed ?? stored };
    });
    return isChanged;
  }

  /** Replaces what the file holds, while no other process can. */
  async #replace(
    change: (latest: FileContent) => Pick<FileContent, 'state' | 'version' | 'stored'>,
  ): Promise<void> {
    const file = await this.#orUnwritable(async () => {
      const target = await targetOf(this.#file);
      await makeFolder(dirname(target));
      return target;
    });
    const lock = new FileLock(`${file}.lock`, {
      label: this.#label,
      now: this.#now,
      onTakenOver: (expiredAt) => {
        const at = new Date(expiredAt).toISOString();
        this.#takenOver = `the lock of ${this.#label}, which a process that ended left, expired at ${at} and was taken over`;
      },
    });
    await lock.hold(async (isHeld) => {
      const latest = await this.#load();
      const { state, version, stored } = change(latest);
      const document = {
        ...encode(state, version),
        ...(this.#scope !== undefined && { scope: this.#scope }),
        ...(stored.length > 0 && { silences: stored }),
      };
      await this.#orUnwritable(async () => {
        const temporary = await this.#writeTemporary(file, `${JSON.stringify(document, null, 2)}\n`);
        // Only this check of the lock happens between the write and the rename.
        if (!(await isHeld())) throw new StateConflict(this.#label, latest.version);
        await replace(file, temporary);
      });
    });
  }

  takenOver(): string | undefined {
    return this.#takenOver;
  }

  async #read(): Promise<string | undefined> {
    try {
      const found = await stat(this.#file);
      // A pipe or a device would be waited for, for ever.
      if (!found.isFile() && !found.isDirectory()) throw this.#notAFile();
      return await readFile(this.#file, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      if (error instanceof StateError) throw error;
      const message = `cannot read ${this.#label} (${errnoText(error)}): ${CHECK_THE_PATH}`;
      throw new StateError('state_unreadable', message, { cause: error });
    }
  }

  #notAFile(): StateError {
    const problem = `cannot use ${this.#label}: it is a device, a pipe or a socket`;
    return new StateError('state_unreadable', `${problem}; set the path of a file`);
  }

  #parsed(text: string): unknown {
    try {
      return JSON.parse(withoutByteOrderMark(text));
    } catch {
      const problem = text.trim() === '' ? 'is empty' : 'is not JSON';
      const advice = `restore a copy, or move it away to start with an empty state (${EMPTY_STATE_NOTE})`;
      throw new StateError('state_unreadable', `${this.#label} ${problem}. ${NOT_CHANGED}; ${advice}`);
    }
  }

  async #writeTemporary(file: string, text: string): Promise<string> {
    const prefix = `${basename(file)}.writing-`;
    const folder = dirname(file);
    // This process holds the lock, so any other temporary file was left by a process that died.
    const abandoned = (await readdir(folder)).filter((name) => name.startsWith(prefix));
    await Promise.all(abandoned.map((name) => rm(join(folder, name), { force: true })));
    const temporary = join(folder, `${prefix}${randomUUID()}`);
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

/** The file behind symbolic links, also behind one to a file that does not exist yet. */
async function targetOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  try {
    return await targetOf(resolve(dirname(file), await readlink(file)));
  } catch (error) {
    if (!['ENOENT', 'EINVAL'].includes(errorCode(error) ?? '')) throw error;
    return file;
  }
}

/** Creates the folder and those above it. Node.js' own recursive `mkdir` never ends below `/proc` (nodejs/node#27198). */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    if (errorCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder, { mode: 0o700 });
  }
}

/** Moves the temporary file over the file; over a mount point, which cannot be replaced, its content. */
async function replace(file: string, temporary: string): Promise<void> {
  try {
    await rename(temporary, file);
  } catch (error) {
    if (!['EBUSY', 'EXDEV'].includes(errorCode(error) ?? '')) throw error;
    await copyFile(temporary, file);
    await rm(temporary, { force: true });
  }
}

function withoutSilences(document: unknown): {
  readonly stored: readonly StoredSilence[];
  readonly rest: unknown;
} {
  if (!v.is(silencesSchema, document)) return { stored: [], rest: document };
  const { silences, ...rest } = document;
  return { stored: silences, rest };
}
