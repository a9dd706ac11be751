import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { MemoryError } from './errors.ts';

const WAIT_MS = 2000;
const PAUSE_MS = 25;

const ownerSchema = v.object({ pid: v.number(), host: v.string(), token: v.string() });
type Owner = v.InferOutput<typeof ownerSchema>;

/**
 * A lock file that holds who has it. A lock of a process of this machine that is no more is taken over; any other is
 * waited for, two seconds at most. No library of this kind is alive (docs/dependencies.md).
 */
export class FileLock {
  readonly #file: string;
  readonly #place: string;

  constructor(file: string, place: string) {
    this.#file = file;
    this.#place = place;
  }

  /**
   * Runs `work` while the lock is held. `isOurs` tells whether it still is: whoever changes anything looks just before.
   *
   * @throws MemoryError when another process holds it for longer than the wait.
   */
  async hold<T>(work: (isOurs: () => Promise<boolean>) => Promise<T>): Promise<T> {
    const token = randomUUID();
    await this.#acquire(token);
    const isOurs = async () => (await this.#owner())?.token === token;
    try {
      return await work(isOurs);
    } finally {
      if (await isOurs()) await rm(this.#file, { force: true });
    }
  }

  async #acquire(token: string): Promise<void> {
    const mine: Owner = { pid: process.pid, host: hostname(), token };
    const until = performance.now() + WAIT_MS;
    while (!(await this.#created(mine))) {
      const owner = await this.#owner();
      if (owner !== undefined && isDead(owner)) await this.#remove(owner);
      else if (performance.now() > until) throw this.#held(owner);
      else await sleep(PAUSE_MS);
    }
  }

  async #created(owner: Owner): Promise<boolean> {
    try {
      await writeFile(this.#file, JSON.stringify(owner), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      const what = `${this.#place} cannot be locked: ${error instanceof Error ? error.message : String(error)}`;
      throw new MemoryError('memory_unwritable', `${what}; check the path, its permissions and the disk`, {
        cause: error,
      });
    }
  }

  /** Undefined while there is none, or while it is being written. */
  async #owner(): Promise<Owner | undefined> {
    try {
      const parsed = v.safeParse(ownerSchema, JSON.parse(await readFile(this.#file, 'utf8')));
      return parsed.success ? parsed.output : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Removes the lock of a dead process. Only one of several that try gets hold of a lock by renaming it; should that
   * turn out to be a newer one, which its owner would notice by `isOurs`, it is put back.
   */
  async #remove(dead: Owner): Promise<void> {
    const aside = `${this.#file}.${randomUUID()}`;
    try {
      await rename(this.#file, aside);
    } catch {
      return;
    }
    const moved = v.safeParse(ownerSchema, JSON.parse(await readFile(aside, 'utf8')));
    if (moved.success && moved.output.token !== dead.token) await rename(aside, this.#file);
    else await rm(aside, { force: true });
  }

  #held(owner: Owner | undefined): MemoryError {
    const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
    const advice = `if no such process runs, delete ${this.#file}`;
    return new MemoryError('memory_unwritable', `${this.#place} is locked by ${who}; ${advice}`);
  }
}

function isDead({ pid, host }: Owner): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
