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

const LABEL = 'the state file acme.json';
const TOKEN = '6f1c2c6e-0d5c-4f0e-9d2b-3c0a5f3c9d11';

/** The path of a state file; its lock is beside it. */
async function aFile(): Promise<string> {
  return join(await aFolder(), 'acme.json');
}

const lockOf = (file: string, waitMs?: number) => new FileLock(`${file}.lock`, LABEL, waitMs);
const namesBeside = (file: string) => readdir(dirname(file));

/** Creates a lock like one of another process. */
async function createLock(file: string, name: string): Promise<void> {
  await mkdir(`${file}.lock`);
  await writeFile(join(`${file}.lock`, name), '');
}

/** The id of a process that has ended. */
function aDeadPid(): number {
  return spawnSync('sh', ['-c', 'exit']).pid;
}

describe('the lock of a file', () => {
  it('is held during the work, and removed after it', async () => {
    const file = await aFile();
    const done = await lockOf(file).hold(async (isHeld) => {
      expect(await isHeld()).toBe(true);
      expect(await namesBeside(file)).toEqual(['acme.json.lock']);
      return 'done';
    });
    expect(done).toBe('done');
    expect(await namesBeside(file)).toEqual([]);
  });

  it('is removed after work that failed, whose error is rethrown', async () => {
    const file = await aFile();
    const failure = new Error('the work failed');
    expect(await rejectionOf(lockOf(file).hold(() => Promise.reject(failure)))).toBe(failure);
    expect(await namesBeside(file)).toEqual([]);
  });

  it('admits one holder at a time', async () => {
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

  it('is no longer held once it was removed, and the lock of another owner is kept', async () => {
    const file = await aFile();
    const another = `${process.pid}.${TOKEN}.${hostname()}`;
    await lockOf(file).hold(async (isHeld) => {
      await rm(`${file}.lock`, { recursive: true });
      expect(await isHeld()).toBe(false);
      await createLock(file, another);
      expect(await isHeld()).toBe(false);
    });
    expect(await readdir(`${file}.lock`)).toEqual([another]);
  });
});

describe('a lock that another process holds', () => {
  it('is waited for while that process lives', async () => {
    const file = await aFile();
    const other = await AnotherProcess.start(file);
    expect(await other.run('hold')).toBe('held');
    let isDone = false;
    const waiting = lockOf(file).hold(async () => {
      isDone = true;
    });
    await sleep(100);
    expect(isDone).toBe(false);
    expect(await other.run('release')).toBe('released');
    await waiting;
    expect(isDone).toBe(true);
  });

  it('ends the wait with an error that names the process and the fix', async () => {
    const file = await aFile();
    const other = await AnotherProcess.start(file);
    expect(await other.run('hold')).toBe('held');
    const error = await rejectionOf(lockOf(file, 100).hold(async () => 'done'));
    expect(error).toBeInstanceOf(StateError);
    expect(error).toMatchObject({ code: 'state_unwritable' });
    expect(error.message).toBe(
      `cannot lock ${LABEL}: process ${other.pid} on ${hostname()} holds the lock; wait until it ends; if no such process runs, delete ${file}.lock`,
    );
    expect(await other.run('release')).toBe('released');
    expect(await namesBeside(file)).toEqual([]);
  });

  it('is taken over at once after that process was killed', async () => {
    const file = await aFile();
    const other = await AnotherProcess.start(file);
    expect(await other.run('hold')).toBe('held');
    await other.kill();
    expect(await lockOf(file, 0).hold((isHeld) => isHeld())).toBe(true);
    expect(await namesBeside(file)).toEqual([]);
  });

  it('is taken over by one waiting process after another', async () => {
    const file = await aFile();
    await createLock(file, `${aDeadPid()}.${TOKEN}.${hostname()}`);
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

  it('is not taken over when that process ran on another machine', async () => {
    const file = await aFile();
    const pid = aDeadPid();
    await createLock(file, `${pid}.${TOKEN}.another.example`);
    const error = await rejectionOf(lockOf(file, 50).hold(async () => 'done'));
    expect(error.message).toContain(
      `process ${pid} on another.example holds the lock; wait until it ends; if no such process runs`,
    );
  });

  it('is not taken over when its owner is unknown', async () => {
    const file = await aFile();
    await createLock(file, '.DS_Store');
    const error = await rejectionOf(lockOf(file, 50).hold(async () => 'done'));
    expect(error.message).toContain(
      `another process holds the lock; wait until it ends; if no such process runs, delete ${file}.lock`,
    );
    expect(await readdir(`${file}.lock`)).toEqual(['.DS_Store']);
  });

  it('is taken over at once when it is empty, since its process was killed while acquiring it', async () => {
    const file = await aFile();
    await mkdir(`${file}.lock`);
    expect(await lockOf(file, 0).hold((isHeld) => isHeld())).toBe(true);
    expect(await namesBeside(file)).toEqual([]);
  });
});

describe('a lock that cannot be created', () => {
  it.each<readonly [string, (file: string) => Promise<string>, string]>([
    ['in a folder that does not exist', async (file) => join(file, 'missing'), 'ENOENT'],
    [
      'below a file',
      async (file) => {
        await writeFile(file, '');
        return join(file, 'acme.json');
      },
      'ENOTDIR',
    ],
    [
      'where a file has its name',
      async (file) => {
        await writeFile(`${file}.lock`, '');
        return file;
      },
      'ENOTDIR',
    ],
  ])('fails with the reason and the fix: %s', async (_where, prepare, code) => {
    const file = await aFile();
    const locked = await prepare(file);
    const before = await namesBeside(file);
    const error = await rejectionOf(lockOf(locked, 0).hold(async () => 'done'));
    expect(error).toMatchObject({ name: 'StateError', code: 'state_unwritable' });
    expect(error.message).toBe(
      `cannot lock ${LABEL} (${code}): nothing was saved; check the path, its permissions and the disk`,
    );
    expect(await namesBeside(file)).toEqual(before);
  });
});
