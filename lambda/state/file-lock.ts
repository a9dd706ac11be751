import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './error-code.ts';
import { StateError } from './errors.ts';

const WAIT_MS = 2000;
const PAUSE_MS = 25;

/** Who has the lock, by the name of the file in it. */
interface Owner {
  readonly name: string;
  readonly pid: number;
  readonly host: string;
}

/**
 * A lock between processes: a folder with one file in it, named by who has the lock. A lock of a process of this
 * machine that is no more is taken over; any other is waited for. No library of this kind is alive
 * (docs/dependencies.md).
 *
 * The folder is made aside and renamed into its place, which fails while one with a file in it is there: of many that
 * try, one gets it. What a dead process left is removed by its own name, so that nobody can remove a newer owner's.
 */
export class FileLock {
  readonly #folder: string;
  readonly #place: string;
  readonly #waitMs: number;

  constructor(folder: string, place: string, waitMs = WAIT_MS) {
    this.#folder = folder;
    this.#place = place;
    this.#waitMs = waitMs;
  }

  /**
   * Runs `work` while the lock is held. `isOurs` tells whether it still is: whoever changes anything looks just before.
   *
   * @throws MemoryError when another process holds it for longer than the wait.
   */
  async hold<T>(work: (isOurs: () => Promise<boolean>) => Promise<T>): Promise<T> {
    const mine = `${process.pid}.${randomUUID()}.${hostname()}`;
    await this.#acquire(mine);
    try {
      return await work(async () => (await this.#names()).includes(mine));
    } finally {
      await this.#remove(mine);
    }
  }

  async #acquire(mine: string): Promise<void> {
    const until = performance.now() + this.#waitMs;
    for (;;) {
      const [name] = await this.#names();
      if (name === undefined && (await this.#isTaken(mine))) return;
      const owner = name === undefined ? undefined : ownerOf(name);
      if (owner !== undefined && isDead(owner)) await this.#remove(owner.name);
      else if (performance.now() > until) throw this.#held(owner);
      else await sleep(PAUSE_MS);
    }
  }

  /** Takes the lock, unless another process was faster. */
  async #isTaken(mine: string): Promise<boolean> {
    const aside = `${this.#folder}.${mine}`;
    try {
      await mkdir(aside, { mode: 0o700 });
      try {
        await writeFile(join(aside, mine), '', { mode: 0o600 });
        return await isRenamed(aside, this.#folder);
      } finally {
        await rm(aside, { recursive: true, force: true });
      }
    } catch (error) {
      const what = `${this.#place} cannot be locked (${codeOf(error)})`;
      const advice = 'nothing was remembered; check the path, its permissions and the disk';
      throw new StateError('state_unwritable', `${what}: ${advice}`, { cause: error });
    }
  }

  /** The names of the files in the lock: one, or none while nobody has it. */
  async #names(): Promise<readonly string[]> {
    try {
      return await readdir(this.#folder);
    } catch {
      // What is wrong with it, if it is there, shows when it is taken.
      return [];
    }
  }

  async #remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
    try {
      await rmdir(this.#folder);
    } catch {
      // Another process was faster: it took the lock, or removed the folder.
    }
  }

  #held(owner: Owner | undefined): StateError {
    const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
    const advice = `if no such process runs, delete ${this.#folder}`;
    return new StateError('state_unwritable', `${this.#place} is locked by ${who}; ${advice}`);
  }
}

/** Whether the folder could be renamed; false when one that is not empty is in the place. */
async function isRenamed(folder: string, place: string): Promise<boolean> {
  try {
    await rename(folder, place);
    return true;
  } catch (error) {
    // EPERM is what Windows says of any folder that is there.
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error))) return false;
    throw error;
  }
}

/** Undefined for a file that is not ours. */
function ownerOf(name: string): Owner | undefined {
  const [, pid, host] = /^(\d+)\.[0-9a-f-]{36}\.(.*)$/.exec(name) ?? [];
  return pid === undefined || host === undefined ? undefined : { name, pid: Number(pid), host };
}

function isDead({ pid, host }: Owner): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}
