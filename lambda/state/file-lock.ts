import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../errors.ts';
import { CHECK_THE_PATH, errnoText, StateError } from './errors.ts';

const WAIT_MS = 2000;
const POLL_MS = 25;

/** The process that holds the lock, from the name of the file in it. */
interface Owner {
  readonly fileName: string;
  readonly pid: number;
  readonly host: string;
}

/**
 * A lock between processes: a folder that contains one file, named after the owner. A lock whose owner was a process of
 * this machine that no longer runs is taken over; any other is waited for. No maintained library does this
 * (docs/dependencies.md).
 *
 * The folder is prepared under another name and then renamed, which fails while a non-empty folder is there: of several
 * processes, exactly one succeeds. What a dead process left is removed by its own file name, so that no process can
 * remove the lock of a newer owner.
 */
export class FileLock {
  readonly #folder: string;
  readonly #label: string;
  readonly #waitMs: number;

  /**
   * @param label Names the locked file in errors.
   * @param waitMs How long to wait for another process.
   */
  constructor(folder: string, label: string, waitMs = WAIT_MS) {
    this.#folder = folder;
    this.#label = label;
    this.#waitMs = waitMs;
  }

  /**
   * Runs `work` while this process holds the lock. `isHeld` tells whether it still does: check just before any change,
   * since a person may have deleted the lock.
   *
   * @throws StateError when another process holds the lock for longer than the wait.
   */
  async hold<T>(work: (isHeld: () => Promise<boolean>) => Promise<T>): Promise<T> {
    const fileName = `${process.pid}.${randomUUID()}.${hostname()}`;
    await this.#acquire(fileName);
    try {
      return await work(async () => (await this.#fileNames()).includes(fileName));
    } finally {
      await this.#remove(fileName);
    }
  }

  async #acquire(fileName: string): Promise<void> {
    const until = performance.now() + this.#waitMs;
    for (;;) {
      const [current] = await this.#fileNames();
      if (current === undefined && (await this.#isAcquired(fileName))) return;
      const owner = current === undefined ? undefined : ownerOf(current);
      if (owner !== undefined && isDead(owner)) await this.#remove(owner.fileName);
      else if (performance.now() > until) throw this.#heldBy(owner);
      else await sleep(POLL_MS);
    }
  }

  /** Tries to take the lock; false when another process was faster. */
  async #isAcquired(fileName: string): Promise<boolean> {
    const prepared = `${this.#folder}.${fileName}`;
    try {
      await mkdir(prepared, { mode: 0o700 });
      try {
        await writeFile(join(prepared, fileName), '', { mode: 0o600 });
        return await isRenamed(prepared, this.#folder);
      } finally {
        await rm(prepared, { recursive: true, force: true });
      }
    } catch (error) {
      const problem = `cannot lock ${this.#label} (${errnoText(error)})`;
      throw new StateError('state_unwritable', `${problem}: nothing was saved; ${CHECK_THE_PATH}`, {
        cause: error,
      });
    }
  }

  /** The names of the files in the lock: one, or none while nobody holds it. */
  async #fileNames(): Promise<readonly string[]> {
    try {
      return await readdir(this.#folder);
    } catch {
      // Any other fault of the folder appears when the lock is acquired.
      return [];
    }
  }

  async #remove(fileName: string): Promise<void> {
    await rm(join(this.#folder, fileName), { force: true });
    try {
      await rmdir(this.#folder);
    } catch {
      // Another process was faster: it acquired the lock, or removed the folder.
    }
  }

  #heldBy(owner: Owner | undefined): StateError {
    const holder = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
    const problem = `cannot lock ${this.#label}: ${holder} holds the lock`;
    const advice = `wait until it ends; if no such process runs, delete ${this.#folder}`;
    return new StateError('state_unwritable', `${problem}; ${advice}`);
  }
}

/** Whether the folder was renamed; false when a non-empty folder has the new name. */
async function isRenamed(folder: string, newName: string): Promise<boolean> {
  try {
    await rename(folder, newName);
    return true;
  } catch (error) {
    // Windows gives EPERM for any folder with the new name.
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** Undefined for a file that no lock of ours has. */
function ownerOf(fileName: string): Owner | undefined {
  const [, pid, host] = /^(\d+)\.[0-9a-f-]{36}\.(.*)$/.exec(fileName) ?? [];
  return pid === undefined || host === undefined ? undefined : { fileName, pid: Number(pid), host };
}

function isDead({ pid, host }: Owner): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errorCode(error) === 'ESRCH';
  }
}
