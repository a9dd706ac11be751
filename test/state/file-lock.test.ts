import { spawnSync } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StateError } from '../../lambda/state/errors.ts';
import { FileLock } from '../../lambda/state/file-lock.ts';
import { aFolder } from './a-folder.ts';
import { AnotherProcess } from './another-process.ts';
import { rejectionOf } from './rejection.ts';

const PLACE = 'the memory file acme.json';
const TOKEN = '6f1c2c6e-0d5c-4f0e-9d2b-3c0a5f3c9d11';

/** The path of a memory file; its lock is beside it. */
async function aFile(): Promise<string> {
  return join(await aFolder(), 'acme.json');
}

const lockOf = (file: string, waitMs?: number) => new FileLock(`${file}.lock`, PLACE, waitMs);
const namesBeside = (file: string) => readdir(dirname(file));

/** Leaves a lock as another process would have. */
async function leftLock(file: string, name: string): Promise<void> {
  await mkdir(`${file}.lock`);
  await writeFile(join(`${file}.lock`, name), '');
}

/** The process id of one that is no more. */
function aDeadPid(): number {
  return spawnSync('sh', ['-c', 'exit']).pid;
}

describe('a lock', () => {
  it('is held while the work is done, is ours, and is gone after it', async () => {
    const file = await aFile();
    const done = await lockOf(file).hold(async (isOurs) => {
      expect(await isOurs()).toBe(true);
      expect(await namesBeside(file)).toEqual(['acme.json.lock']);
      return 'done';
    });
    expect(done).toBe('done');
    expect(await namesBeside(file)).toEqual([]);
  });

  it('is gone after work that failed, whose error is passed on', async () => {
    const file = await aFile();
    const failure = new Error('the work failed');
    expect(await rejectionOf(lockOf(file).hold(() => Promise.reject(failure)))).toBe(failure);
    expect(await namesBeside(file)).toEqual([]);
  });

  it('lets one work at a time', async () => {
    const file = await aFile();
    const log: string[] = [];
    const work = (name: string) =>
      lockOf(file).hold(async () => {
        log.push(`${name} begins`);
        await sleep(5);
        log.push(`${name} ends`);
      });
    await Promise.all(['a', 'b', 'c'].map(work));
    const order = log.filter((_line, index) => index % 2 === 0).map((line) => line.charAt(0));
    expect(order.toSorted()).toEqual(['a', 'b', 'c']);
    expect(log).toEqual(order.flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('is no longer ours once it was removed, and another one is left alone', async () => {
    const file = await aFile();
    const another = `${process.pid}.${TOKEN}.${hostname()}`;
    await lockOf(file).hold(async (isOurs) => {
      await rm(`${file}.lock`, { recursive: true });
      expect(await isOurs()).toBe(false);
      await leftLock(file, another);
      expect(await isOurs()).toBe(false);
    });
    expect(await readdir(`${file}.lock`)).toEqual([another]);
  });
});

describe('a lock of another process', () => {
  it('is waited for while it lives', async () => {
    const file = await aFile();
    const other = await AnotherProcess.start(file);
    expect(await other.command('hold')).toBe('held');
    let isDone = false;
    const waiting = lockOf(file).hold(async () => {
      isDone = true;
    });
    await sleep(100);
    expect(isDone).toBe(false);
    expect(await other.command('release')).toBe('released');
    await waiting;
    expect(isDone).toBe(true);
  });

  it('ends the wait with an error that says who has it and what to do', async () => {
    const file = await aFile();
    const other = await AnotherProcess.start(file);
    expect(await other.command('hold')).toBe('held');
    const error = await rejectionOf(lockOf(file, 100).hold(async () => 'done'));
    expect(error).toBeInstanceOf(StateError);
    expect(error).toMatchObject({ code: 'state_unwritable' });
    expect(error.message).toBe(
      `${PLACE} is locked by process ${other.pid} on ${hostname()}; if no such process runs, delete ${file}.lock`,
    );
    expect(await other.command('release')).toBe('released');
    expect(await namesBeside(file)).toEqual([]);
  });

  it('is taken over at once when it was killed with it', async () => {
    const file = await aFile();
    const other = await AnotherProcess.start(file);
    expect(await other.command('hold')).toBe('held');
    await other.kill();
    expect(await lockOf(file, 0).hold((isOurs) => isOurs())).toBe(true);
    expect(await namesBeside(file)).toEqual([]);
  });

  it('is taken over by one after the other of those that want it', async () => {
    const file = await aFile();
    await leftLock(file, `${aDeadPid()}.${TOKEN}.${hostname()}`);
    let working = 0;
    const most = await Promise.all(
      [1, 2, 3, 4, 5].map(() =>
        lockOf(file).hold(async () => {
          working += 1;
          await sleep(5);
          working -= 1;
          return working;
        }),
      ),
    );
    expect(most).toEqual([0, 0, 0, 0, 0]);
    expect(await namesBeside(file)).toEqual([]);
  });

  it('is not taken over when it is of another machine, whose processes nobody here knows', async () => {
    const file = await aFile();
    const pid = aDeadPid();
    await leftLock(file, `${pid}.${TOKEN}.another.example`);
    const error = await rejectionOf(lockOf(file, 50).hold(async () => 'done'));
    expect(error.message).toContain(
      `is locked by process ${pid} on another.example; if no such process runs`,
    );
  });

  it('is not taken over when nobody can tell whose it is', async () => {
    const file = await aFile();
    await leftLock(file, '.DS_Store');
    const error = await rejectionOf(lockOf(file, 50).hold(async () => 'done'));
    expect(error.message).toContain(
      `is locked by another process; if no such process runs, delete ${file}.lock`,
    );
    expect(await readdir(`${file}.lock`)).toEqual(['.DS_Store']);
  });

  it('that was killed before it had it is no hindrance', async () => {
    const file = await aFile();
    await mkdir(`${file}.lock`);
    expect(await lockOf(file, 0).hold((isOurs) => isOurs())).toBe(true);
    expect(await namesBeside(file)).toEqual([]);
  });
});

describe('a lock that cannot be made', () => {
  it.each<readonly [string, (file: string) => Promise<string>, string]>([
    ['in a folder that is not there', async (file) => join(file, 'not there'), 'ENOENT'],
    [
      'through a file',
      async (file) => {
        await writeFile(file, '');
        return join(file, 'acme.json');
      },
      'ENOTDIR',
    ],
    [
      'where a file is',
      async (file) => {
        await writeFile(`${file}.lock`, '');
        return file;
      },
      'ENOTDIR',
    ],
  ])('is an error that says why and what to do: %s', async (_where, prepare, why) => {
    const file = await aFile();
    const locked = await prepare(file);
    const before = await namesBeside(file);
    const error = await rejectionOf(lockOf(locked, 0).hold(async () => 'done'));
    expect(error).toMatchObject({ name: 'MemoryError', code: 'state_unwritable' });
    expect(error.message).toBe(
      `${PLACE} cannot be locked (${why}): nothing was remembered; check the path, its permissions and the disk`,
    );
    expect(await namesBeside(file)).toEqual(before);
  });
});
