import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, CLOCK_SLACK_SECONDS, type Instant } from '../core/time.ts';
import { errorCode } from '../errors.ts';
import { CHECK_THE_PATH, errnoText, StateError } from './errors.ts';

/** Far longer than a save takes. */
const LOCK_SECONDS = 5;
/** Longer than a lock holds, so that one which a dead process left is taken over by the process that meets it. */
const WAIT_MS = 6000;
const POLL_MS = 25;

export interface FileLockOptions {
  /** Names the locked file in errors. */
  readonly label: string;
  /** @default the clock of this machine */
  readonly now?: () => Instant;
  /**
   * How long to wait for another process, in milliseconds.
   * @default 6000
   */
  readonly waitMs?: number;
  /** Called when an expired lock was taken over, with when it expired. */
  readonly onTakenOver?: (expiredAt: Instant) => void;
}

/**
 * A lock between processes: a folder that contains one file, named after the time when the lock expires. An expired lock
 * is taken over, whoever left it; any other is waited for. Process ids and host names prove nothing: ids are used again,
 * and containers share them. No maintained library does this (docs/dependencies.md).
 *
 * The folder is prepared under another name and then renamed, which fails while a non-empty folder is there: of several
 * processes, exactly one succeeds. What a dead process left is removed by its own file name, so that no process can
 * remove the lock of a newer owner.
 */
export class FileLock {
  readonly #folder: string;
  readonly #options: Required<Omit<FileLockOptions, 'onTakenOver'>> & Pick<FileLockOptions, 'onTakenOver'>;

  constructor(folder: string, options: FileLockOptions) {
    this.#folder = folder;
    this.#options = { now: Date.now, waitMs: WAIT_MS, ...options };
  }

  /**
   * Runs `work` while this process holds the lock. `isHeld` tells whether it still does: check just before any change,
   * since the lock may have expired and been taken over, or a person may have deleted it.
   *
   * @throws StateError when another process holds the lock for longer than the wait.
   */
  async hold<T>(work: (isHeld: () => Promise<boolean>) => Promise<T>): Promise<T> {
    const fileName = await this.#acquire();
    try {
      return await work(async () => (await this.#fileNames()).includes(fileName));
    } finally {
      await this.#remove(fileName);
    }
  }

  /** The name of the file in the lock that this process then holds. */
  async #acquire(): Promise<string> {
    const { now, waitMs, onTakenOver } = this.#options;
    const until = performance.now() + waitMs;
    for (;;) {
      const [current] = await this.#fileNames();
      if (current === undefined) {
        const fileName = `${after(now(), LOCK_SECONDS)}.${randomUUID()}`;
        if (await this.#isAcquired(fileName)) return fileName;
      }
      const expiresAt = current === undefined ? undefined : expiryOf(current);
      if (current !== undefined && expiresAt !== undefined && isExpired(expiresAt, now())) {
        await this.#remove(current);
        onTakenOver?.(expiresAt);
      } else if (performance.now() > until) throw this.#heldUntil(expiresAt);
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
      const problem = `cannot lock ${this.#options.label} (${errnoText(error)})`;
      const advice = isNameTaken(error) ? this.#deleteIt() : CHECK_THE_PATH;
      throw new StateError('state_unwritable', `${problem}: nothing was saved; ${advice}`, { cause: error });
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
    await rm(join(this.#folder, fileName), { recursive: true, force: true });
    try {
      await rmdir(this.#folder);
    } catch {
      // Another process was faster: it acquired the lock, or removed the folder.
    }
  }

  /** Where something that no process of ours left is in the lock's place. */
  #deleteIt(): string {
    return `it is not a lock of sync-alerts: delete ${this.#folder}`;
  }

  #heldUntil(expiresAt: Instant | undefined): StateError {
    const problem = `cannot lock ${this.#options.label}: another process holds the lock`;
    const advice =
      expiresAt === undefined
        ? this.#deleteIt()
        : `run again after ${new Date(expiresAt).toISOString()}, when it expires`;
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

/** Whether a folder could not be renamed because a file, a link or a pipe has the new name. */
function isNameTaken(error: unknown): boolean {
  const isOfRename =
    typeof error === 'object' && error !== null && 'syscall' in error && error.syscall === 'rename';
  return isOfRename && errorCode(error) === 'ENOTDIR';
}

/** Undefined for a file that no lock of ours has. */
function expiryOf(fileName: string): Instant | undefined {
  const [, expiresAt] = /^(\d{1,15})\.[0-9a-f-]{36}$/.exec(fileName) ?? [];
  return expiresAt === undefined ? undefined : Number(expiresAt);
}

/** Also one that no clock can have set: a wrong one did. */
function isExpired(expiresAt: Instant, now: Instant): boolean {
  return expiresAt <= now || expiresAt > after(now, LOCK_SECONDS + CLOCK_SLACK_SECONDS);
}
