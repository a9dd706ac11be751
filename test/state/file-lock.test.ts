import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StateError } from '../../lambda/state/errors.ts';
import { FileLock, type FileLockOptions } from '../../lambda/state/file-lock.ts';
import { aFolder } from './a-folder.ts';
import { AnotherProcess } from './another-process.ts';
import { rejectionOf } from './rejection.ts';

const LABEL = 'the state file acme.json';
const TOKEN = '6f1c2c6e-0d5c-4f0e-9d2b-3c0a5f3c9d11';

/** The path of a state file; its lock is beside it. */
async function aFile(): Promise<string> {
  return join(await aFolder(), 'acme.json');
}

const lockOf = (file: string, options: Partial<FileLockOptions> = {}) =>
  new FileLock(`${file}.lock`, { label: LABEL, ...options });
const namesBeside = (file: string) => readdir(dirname(file));

/** Creates a lock like one of another process. */
async function createLock(file: string, name: string): Promise<void> {
  await mkdir(`${file}.lock`);
  await writeFile(join(`${file}.lock`, name), '');
}

/** The name of the file in a lock that expires in so many seconds. */
const lockName = (seconds: number) => `${Date.now() + seconds * 1000}.${TOKEN}`;

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
    const another = lockName(5);
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

  it('ends the wait with an error that says when it expires', async () => {
    const file = await aFile();
    const other = await AnotherProcess.start(file);
    expect(await other.run('hold')).toBe('held');
    const error = await rejectionOf(lockOf(file, { waitMs: 100 }).hold(async () => 'done'));
    expect(error).toBeInstanceOf(StateError);
    expect(error).toMatchObject({ code: 'state_unwritable' });
    const [name = ''] = await readdir(`${file}.lock`);
    const expires = new Date(Number(name.split('.')[0])).toISOString();
    expect(error.message).toBe(
      `cannot lock ${LABEL}: another process holds the lock; run again after ${expires}, when it expires`,
    );
    expect(await other.run('release')).toBe('released');
    expect(await namesBeside(file)).toEqual([]);
  });

  it.each([
    ['that expires now', 0],
    ['that expired', -3600],
    ['further ahead than clocks may differ, which a wrong clock set', 66],
  ])('is taken over %s, whoever left it, and that is said', async (_, seconds) => {
    const file = await aFile();
    const name = lockName(seconds);
    await createLock(file, name);
    const expired: number[] = [];
    const options = { waitMs: 0, onTakenOver: (at: number) => expired.push(at) };
    expect(await lockOf(file, options).hold((isHeld) => isHeld())).toBe(true);
    expect(expired).toEqual([Number(name.split('.')[0])]);
    expect(await namesBeside(file)).toEqual([]);
  });

  it.each([1, 60])('is not taken over when it expires in %d s', async (seconds) => {
    const file = await aFile();
    await createLock(file, lockName(seconds));
    await expect(lockOf(file, { waitMs: 0 }).hold(async () => 'done')).rejects.toThrow(
      'another process holds the lock',
    );
  });

  it('expires 5 s after it was acquired', async () => {
    const file = await aFile();
    const now = Date.now();
    await lockOf(file, { now: () => now }).hold(async () => {
      expect((await readdir(`${file}.lock`))[0]).toMatch(new RegExp(`^${now + 5000}\\.[0-9a-f-]{36}$`));
    });
  });

  it('is taken over by one waiting process after another', async () => {
    const file = await aFile();
    await createLock(file, lockName(-1));
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

  it('is not taken over when its owner is unknown', async () => {
    const file = await aFile();
    await createLock(file, '.DS_Store');
    const error = await rejectionOf(lockOf(file, { waitMs: 50 }).hold(async () => 'done'));
    expect(error.message).toContain(
      `another process holds the lock; it is not a lock of sync-alerts: delete ${file}.lock`,
    );
    expect(await readdir(`${file}.lock`)).toEqual(['.DS_Store']);
  });

  it('is taken over at once when it is empty, since its process was killed while acquiring it', async () => {
    const file = await aFile();
    await mkdir(`${file}.lock`);
    expect(await lockOf(file, { waitMs: 0 }).hold((isHeld) => isHeld())).toBe(true);
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
  ])('fails with the reason and the fix: %s', async (_where, prepare, code) => {
    const file = await aFile();
    const locked = await prepare(file);
    const before = await namesBeside(file);
    const error = await rejectionOf(lockOf(locked, { waitMs: 0 }).hold(async () => 'done'));
    expect(error).toMatchObject({ name: 'StateError', code: 'state_unwritable' });
    expect(error.message).toBe(
      `cannot lock ${LABEL} (${code}): nothing was saved; check the path, its permissions and the disk`,
    );
    expect(await namesBeside(file)).toEqual(before);
  });

  it.each<readonly [string, (lock: string) => Promise<unknown>]>([
    ['a file', (lock) => writeFile(lock, '4242')],
    ['a link to nothing', (lock) => symlink('/nowhere', lock)],
  ])('fails with the name of what is in its place, to be deleted: %s', async (_what, create) => {
    const file = await aFile();
    await create(`${file}.lock`);
    const error = await rejectionOf(lockOf(file, { waitMs: 0 }).hold(async () => 'done'));
    expect(error).toMatchObject({ name: 'StateError', code: 'state_unwritable' });
    expect(error.message).toBe(
      `cannot lock ${LABEL} (ENOTDIR): nothing was saved; it is not a lock of sync-alerts: delete ${file}.lock`,
    );
    expect(await namesBeside(file)).toEqual(['acme.json.lock']);
  });
});
