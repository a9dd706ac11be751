import { existsSync, rmSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { NOTHING_REMEMBERED } from '../../lambda/core/state.ts';
import { encode } from '../../lambda/state/document.ts';
import { StateConflict, StateError } from '../../lambda/state/errors.ts';
import { FileStore } from '../../lambda/state/file-store.ts';
import { aFolder } from './a-folder.ts';
import { A_FULL_MEMORY } from './a-state.ts';
import { AnotherProcess } from './another-process.ts';
import { rejectionOf } from './rejection.ts';
import { keepsTheContract } from './store-contract.ts';

keepsTheContract('a file', async () => {
  const file = await aFile();
  return () => new FileStore(file);
});

async function aFile(): Promise<string> {
  return join(await aFolder(), 'acme.json');
}

/** A file with a memory in it, written three times. */
async function aWrittenFile(): Promise<string> {
  const file = await aFile();
  const store = new FileStore(file);
  for (const version of [0, 1, 2]) await store.save(A_FULL_MEMORY, version);
  return file;
}

const namesBeside = async (file: string) => (await readdir(dirname(file))).toSorted();
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('the file', () => {
  it('can be read by a person: indented, a field a line, a newline at the end', async () => {
    const written = await readFile(await aWrittenFile(), 'utf8');
    expect(written).toBe(`${JSON.stringify(encode(A_FULL_MEMORY, 3), null, 2)}\n`);
    expect(written.split('\n')).toContain('  "initialized": true,');
  });

  it('is for its owner alone, and so is the folder that was made for it', async () => {
    const file = join(await aFolder(), 'made', 'for it', 'acme.json');
    await new FileStore(file).save(A_FULL_MEMORY, 0);
    expect(await modeOf(file)).toBe('600');
    expect(await modeOf(dirname(file))).toBe('700');
  });

  it('is for its owner alone after a write, also when it was not before', async () => {
    const file = await aWrittenFile();
    await chmod(file, 0o644);
    await new FileStore(file).save(A_FULL_MEMORY, 3);
    expect(await modeOf(file)).toBe('600');
  });

  it('is alone in its folder after a write, and after one that was refused', async () => {
    const file = await aWrittenFile();
    expect(await namesBeside(file)).toEqual(['acme.json']);
    await rejectionOf(new FileStore(file).save(A_FULL_MEMORY, 1));
    expect(await namesBeside(file)).toEqual(['acme.json']);
  });

  it('is not made, nor its folder, by a recall', async () => {
    const folder = await aFolder();
    const { version } = await new FileStore(join(folder, 'not', 'there', 'acme.json')).load();
    expect(version).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });

  it('that was taken away is not made again by a check that had read it', async () => {
    const file = await aFile();
    expect(await rejectionOf(new FileStore(file).save(A_FULL_MEMORY, 3))).toBeInstanceOf(StateConflict);
    expect(await namesBeside(file)).toEqual([]);
  });
});

const DOCUMENT = JSON.stringify(
  encode({ ...A_FULL_MEMORY, lease: { holder: 's3cret', expiresAt: 1 } }, 3),
  null,
  2,
);

describe('a file that is not a memory', () => {
  it.each<readonly [string, string | Buffer, RegExp]>([
    ['empty', '', /is empty/],
    ['blank', ' \n\t\n', /is empty/],
    ['not JSON', 's3cret', /is not JSON/],
    ['cut short', DOCUMENT.slice(0, -20), /is not JSON/],
    ['cut to one character', '{', /is not JSON/],
    ['written twice', DOCUMENT + DOCUMENT, /is not JSON/],
    ['full of zeros, as after a power cut', Buffer.alloc(4096), /is not JSON/],
    ['binary', Buffer.from([0x1f, 0x8b, 0xff, 0xfe, 0x00]), /is not JSON/],
    ['null', 'null', /is not a memory: .*expected/],
    ['a number', '1', /is not a memory: .*expected/],
    ['an array', '["s3cret"]', /is not a memory: .*expected/],
    ['an empty object', '{}', /is not a memory: .*expected/],
    [
      'of a wrong shape',
      DOCUMENT.replace('"initialized": true', '"initialized": "s3cret"'),
      /: settled: expected/,
    ],
    ['without a version', DOCUMENT.replace('"version": 3', '"versions": 3'), /: version: expected/],
  ])('is refused and left as it is, by a recall and by any write: %s', async (_what, written, expected) => {
    const file = await aFile();
    await writeFile(file, written);
    const store = new FileStore(file);
    const attempts = [() => store.load(), ...[0, 1, 3].map((at) => () => store.save(A_FULL_MEMORY, at))];
    for (const attempt of attempts) {
      const error = await rejectionOf(attempt());
      expect(error).toBeInstanceOf(StateError);
      expect(error).toMatchObject({ code: 'state_unreadable' });
      expect(error.message).toMatch(expected);
      expect(error.message).toContain(`the memory file ${file} is `);
      expect(error.message).toMatch(/It is left as it is; .*restore a copy/);
      expect(error.message).toMatch(/move it away to start afresh \(everything wrong is then told again\)/);
      expect(inspect(error)).not.toContain('s3cret');
    }
    expect(await readFile(file)).toEqual(Buffer.from(written));
    expect(await namesBeside(file)).toEqual(['acme.json']);
  });

  it('of a newer program is refused and left as it is', async () => {
    const file = await aFile();
    const written = JSON.stringify({ ...encode(A_FULL_MEMORY, 3), schemaVersion: 3 });
    await writeFile(file, written);
    const store = new FileStore(file);
    for (const attempt of [store.load(), store.save(A_FULL_MEMORY, 3), store.save(A_FULL_MEMORY, 0)]) {
      const error = await rejectionOf(attempt);
      expect(error).toMatchObject({ code: 'state_newer' });
      expect(error.message).toContain(file);
    }
    expect(await readFile(file, 'utf8')).toBe(written);
  });
});

// Permissions say nothing to root, so these paths can be used by nobody.
describe('a path that cannot be used', () => {
  it('leads through a file', async () => {
    const folder = await aFolder();
    await writeFile(join(folder, 'a file'), 'of somebody');
    const file = join(folder, 'a file', 'acme.json');
    await expectUnusable(file, /cannot be read \(ENOTDIR\)/, /cannot be written \((ENOTDIR|EEXIST)\)/);
    expect(await readFile(join(folder, 'a file'), 'utf8')).toBe('of somebody');
  });

  it('is a folder', async () => {
    const file = await aFile();
    await mkdir(file);
    await expectUnusable(file, /cannot be read \(EISDIR\)/, /cannot be read \(EISDIR\)/);
    expect(await readdir(dirname(file))).toEqual(['acme.json']);
  });

  it('leads in a circle', async () => {
    const file = await aFile();
    await symlink(file, file);
    await expectUnusable(file, /cannot be read \(ELOOP\)/, /cannot be read \(ELOOP\)/);
  });

  it('has a name that is too long', async () => {
    const file = join(await aFolder(), 'x'.repeat(300));
    await expectUnusable(file, /cannot be read \(ENAMETOOLONG\)/, /cannot be locked \(ENAMETOOLONG\)/);
  });
});

async function expectUnusable(file: string, reading: RegExp, writing: RegExp): Promise<void> {
  const store = new FileStore(file);
  for (const [attempt, expected] of [
    [store.load(), reading],
    [store.save(A_FULL_MEMORY, 0), writing],
  ] as const) {
    const error = await rejectionOf(attempt);
    expect(error).toBeInstanceOf(StateError);
    expect(error.message).toMatch(expected);
    expect(error.message).toContain(`the memory file ${file} `);
    expect(error.message).toContain('check the path, its permissions and the disk');
  }
}

describe('a write that does not come to its end', () => {
  it('leaves the file as it was, and what it left is cleared away by the next', async () => {
    const file = await aWrittenFile();
    const before = await new FileStore(file).load();
    await writeFile(`${file}.writing-4711`, DOCUMENT.slice(0, 100));
    await writeFile(`${file}.writing-${process.pid}`, DOCUMENT, { mode: 0o644 });
    expect(await new FileStore(file).load()).toEqual(before);
    expect(await new FileStore(file).save(A_FULL_MEMORY, 3)).toBe(4);
    expect(await namesBeside(file)).toEqual(['acme.json']);
    expect(await modeOf(file)).toBe('600');
  });

  it('clears away nothing else', async () => {
    const file = await aWrittenFile();
    const others = ['other.json', 'other.json.writing-1', 'acme.json.copy', 'acme.jsonx.writing-1'];
    await Promise.all(others.map((name) => writeFile(join(dirname(file), name), 'of somebody')));
    await new FileStore(file).save(A_FULL_MEMORY, 3);
    expect(await namesBeside(file)).toEqual(['acme.json', ...others].toSorted());
  });

  it('leaves the file as it was when the disk is full, and says so', async () => {
    const file = await aWrittenFile();
    const before = await readFile(file, 'utf8');
    const other = await AnotherProcess.start(file, { maxBytes: 512 });
    expect(await other.command('remember a long one at 3')).toMatch(
      /^state_unwritable: the memory file .+acme\.json cannot be written \(EFBIG\): nothing was remembered; check/,
    );
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(await new FileStore(file).save(A_FULL_MEMORY, 3)).toBe(4);
    expect(await namesBeside(file)).toEqual(['acme.json']);
  });

  it('leaves a whole memory wherever its process is killed, and the next one goes on', async () => {
    const file = await aFile();
    const writers = [1, 4, 9].map(
      async (afterWrites) => [afterWrites, await AnotherProcess.start(file)] as const,
    );
    for (const [afterWrites, other] of await Promise.all(writers)) {
      let written = 0;
      await new Promise<void>((resolve) => {
        let count = 0;
        other.onSaid((version) => {
          written = Number(version);
          count += 1;
          if (count === afterWrites) resolve();
        });
        other.tell('keep writing');
      });
      await other.kill();
      const { state, version } = await new FileStore(file).load();
      expect(state).toEqual(NOTHING_REMEMBERED);
      expect(version).toBeGreaterThanOrEqual(written);
      expect(await new FileStore(file).save(state, version)).toBe(version + 1);
      expect((await namesBeside(file)).filter((name) => !name.startsWith('acme.json.lock.'))).toEqual([
        'acme.json',
      ]);
    }
  });
});

describe('two processes at once', () => {
  it('of those that write at the same version exactly one does', async () => {
    const file = await aFile();
    const others = await Promise.all([AnotherProcess.start(file), AnotherProcess.start(file)]);
    for (const version of [0, 1, 2, 3, 4, 5]) {
      await expectOneToWrite(others, file, version);
    }
    expect(await namesBeside(file)).toEqual(['acme.json']);
  });

  it('is also so when they find the lock of one that was killed', async () => {
    const file = await aFile();
    const [killed, ...others] = await Promise.all([1, 2, 3].map(() => AnotherProcess.start(file)));
    expect(await killed?.command('hold')).toBe('held');
    await killed?.kill();
    const [left = 'none'] = await readdir(`${file}.lock`);
    for (const version of [0, 1, 2, 3, 4, 5]) {
      await mkdir(`${file}.lock`, { recursive: true });
      await writeFile(join(`${file}.lock`, left), '');
      await expectOneToWrite(others, file, version);
    }
    expect(await namesBeside(file)).toEqual(['acme.json']);
  });

  it('writes nothing when the lock was taken from it just before', async () => {
    const file = await aWrittenFile();
    const before = await readFile(file, 'utf8');
    const store = new FileStore(file);
    const stolen = stealLockOf(file);
    const error = await rejectionOf(store.save(NOTHING_REMEMBERED, 3));
    await stolen;
    expect(error).toBeInstanceOf(StateConflict);
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});

/** Both write at the version at once. */
async function expectOneToWrite(
  others: readonly AnotherProcess[],
  file: string,
  version: number,
): Promise<void> {
  const said = await Promise.all(others.map((other) => other.command(`remember at ${version}`)));
  const codes = said.map((what) => String(what).split(':')[0]);
  expect(codes.toSorted()).toEqual(['state_conflict', 'written']);
  expect((await new FileStore(file).load()).version).toBe(version + 1);
}

/** Removes the lock as soon as somebody has it. */
async function stealLockOf(file: string): Promise<void> {
  for (let turns = 0; turns < 100_000 && !existsSync(`${file}.lock`); turns += 1) await nextTurn();
  rmSync(`${file}.lock`, { recursive: true });
}
