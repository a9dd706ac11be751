import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { INITIAL_STATE } from '../../lambda/core/state.ts';
import { encode } from '../../lambda/state/document.ts';
import { StateConflict, StateError } from '../../lambda/state/errors.ts';
import { FileStore } from '../../lambda/state/file-store.ts';
import { encodeSilence } from '../../lambda/state/silence-document.ts';
import { aSilence } from '../core/a-silence.ts';
import { aFolder } from './a-folder.ts';
import { A_FULL_STATE } from './a-state.ts';
import { AnotherProcess } from './another-process.ts';
import { rejectionOf } from './rejection.ts';
import { testSilenceContract } from './silence-contract.ts';
import { testStoreContract } from './store-contract.ts';

testStoreContract('the file store', async () => {
  const file = await aFile();
  return () => new FileStore(file);
});

testSilenceContract(
  'the file store',
  async () => {
    const file = await aFile();
    return () => new FileStore(file);
  },
  // A write of the whole file, to the disk, for each.
  100,
);

async function aFile(): Promise<string> {
  return join(await aFolder(), 'acme.json');
}

/** A state file that was written three times. */
async function aSavedFile(): Promise<string> {
  const file = await aFile();
  const store = new FileStore(file);
  for (const version of [0, 1, 2]) await store.save(A_FULL_STATE, version);
  return file;
}

const namesBeside = async (file: string) => (await readdir(dirname(file))).toSorted();
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('a state file', () => {
  it('is readable: indented, one field per line, a newline at the end', async () => {
    const written = await readFile(await aSavedFile(), 'utf8');
    expect(written).toBe(`${JSON.stringify(encode(A_FULL_STATE, 3), null, 2)}\n`);
    expect(written.split('\n')).toContain('  "initialized": true,');
  });

  it('is read after a byte order mark, which an editor may have written', async () => {
    const file = await aSavedFile();
    const store = new FileStore(file);
    const saved = await store.load();
    await writeFile(file, `\uFEFF${await readFile(file, 'utf8')}`);
    expect(await store.load()).toEqual(saved);
  });

  it('is accessible to its owner only, and so is the folder that was created for it', async () => {
    const file = join(await aFolder(), 'created', 'for it', 'acme.json');
    await new FileStore(file).save(A_FULL_STATE, 0);
    expect(await modeOf(file)).toBe('600');
    expect(await modeOf(dirname(file))).toBe('700');
  });

  it('is accessible to its owner only after a save, also when it was not before', async () => {
    const file = await aSavedFile();
    await chmod(file, 0o644);
    await new FileStore(file).save(A_FULL_STATE, 3);
    expect(await modeOf(file)).toBe('600');
  });

  it('is the only file in its folder after a save, and after one that was refused', async () => {
    const file = await aSavedFile();
    expect(await namesBeside(file)).toEqual(['acme.json']);
    await rejectionOf(new FileStore(file).save(A_FULL_STATE, 1));
    expect(await namesBeside(file)).toEqual(['acme.json']);
  });

  it('is not created by a load, and neither is its folder', async () => {
    const folder = await aFolder();
    const { version } = await new FileStore(join(folder, 'missing', 'folder', 'acme.json')).load();
    expect(version).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });

  it('that was removed is not created again by a check that had read it', async () => {
    const file = await aFile();
    expect(await rejectionOf(new FileStore(file).save(A_FULL_STATE, 3))).toBeInstanceOf(StateConflict);
    expect(await namesBeside(file)).toEqual([]);
  });
});

const DOCUMENT = JSON.stringify(
  encode({ ...A_FULL_STATE, lease: { holder: 's3cret', expiresAt: 1 } }, 3),
  null,
  2,
);

describe('a file that is not a valid state', () => {
  it.each<readonly [string, string | Buffer, RegExp]>([
    ['empty', '', /is empty/],
    ['blank', ' \n\t\n', /is empty/],
    ['not JSON', 's3cret', /is not JSON/],
    ['cut short', DOCUMENT.slice(0, -20), /is not JSON/],
    ['cut to one character', '{', /is not JSON/],
    ['two documents', DOCUMENT + DOCUMENT, /is not JSON/],
    ['zeros, as after a power failure', Buffer.alloc(4096), /is not JSON/],
    ['binary', Buffer.from([0x1f, 0x8b, 0xff, 0xfe, 0x00]), /is not JSON/],
    ['null', 'null', /is not a valid state: .*expected/],
    ['a number', '1', /is not a valid state: .*expected/],
    ['an array', '["s3cret"]', /is not a valid state: .*expected/],
    ['an empty object', '{}', /is not a valid state: .*expected/],
    [
      'of a wrong shape',
      DOCUMENT.replace('"initialized": true', '"initialized": "s3cret"'),
      /: initialized: expected/,
    ],
    ['without a version', DOCUMENT.replace('"version": 3', '"versions": 3'), /: version: expected/],
  ])('is refused by load and save, and not changed: %s', async (_name, content, expected) => {
    const file = await aFile();
    await writeFile(file, content);
    const store = new FileStore(file);
    const attempts = [() => store.load(), ...[0, 1, 3].map((at) => () => store.save(A_FULL_STATE, at))];
    for (const attempt of attempts) {
      const error = await rejectionOf(attempt());
      expect(error).toBeInstanceOf(StateError);
      expect(error).toMatchObject({ code: 'state_unreadable' });
      expect(error.message).toMatch(expected);
      expect(error.message).toContain(`the state file ${file} is `);
      expect(error.message).toMatch(
        /The stored document was not changed; restore a copy, or move it away to start with an empty state \(the next check then sends every open problem again\)$/,
      );
      expect(inspect(error)).not.toContain('s3cret');
    }
    expect(await readFile(file)).toEqual(Buffer.from(content));
    expect(await namesBeside(file)).toEqual(['acme.json']);
  });

  it('of a newer program is refused and not changed', async () => {
    const file = await aFile();
    const content = JSON.stringify({ ...encode(A_FULL_STATE, 3), schemaVersion: 3 });
    await writeFile(file, content);
    const store = new FileStore(file);
    const attempts = [() => store.load(), ...[3, 0].map((at) => () => store.save(A_FULL_STATE, at))];
    for (const attempt of attempts) {
      const error = await rejectionOf(attempt());
      expect(error).toMatchObject({ code: 'state_newer' });
      expect(error.message).toContain(file);
    }
    expect(await readFile(file, 'utf8')).toBe(content);
  });
});

it('a silence that a newer program wrote silences nothing, is named, and stays whatever is written', async () => {
  const file = await aFile();
  const newer = { ...encodeSilence(aSilence({ id: ['a'] }, { id: 'newr' })), schemaVersion: 2, team: 'x' };
  await writeFile(file, JSON.stringify({ ...encode(A_FULL_STATE, 3), silences: [newer] }));
  const store = new FileStore(file);
  expect((await store.load()).silences).toEqual({ known: [], unknown: ['newr'] });
  await store.addSilence(aSilence({ id: ['b'] }, { id: 'ours' }));
  await store.save(A_FULL_STATE, 3);
  expect(JSON.parse(await readFile(file, 'utf8')).silences).toContainEqual(newer);
  expect(await store.removeSilence('newr')).toBe(true);
  expect((await store.load()).silences?.unknown).toEqual([]);
});

// Root ignores permissions, so these paths are unusable for everybody.
describe('a path is refused with the reason and the fix when', () => {
  it('a folder in it is a file', async () => {
    const folder = await aFolder();
    await writeFile(join(folder, 'a file'), 'of another program');
    const file = join(folder, 'a file', 'acme.json');
    await expectUnusable(file, /^cannot read .* \(ENOTDIR\)/, /^cannot write .* \((ENOTDIR|EEXIST)\)/);
    expect(await readFile(join(folder, 'a file'), 'utf8')).toBe('of another program');
  });

  it('it is a folder', async () => {
    const file = await aFile();
    await mkdir(file);
    await expectUnusable(file, /^cannot read .* \(EISDIR\)/, /^cannot read .* \(EISDIR\)/);
    expect(await readdir(dirname(file))).toEqual(['acme.json']);
  });

  it('it is a link to itself', async () => {
    const file = await aFile();
    await symlink(file, file);
    await expectUnusable(file, /^cannot read .* \(ELOOP\)/, /^cannot write .* \(ELOOP\)/);
  });

  it('a device, which would be waited for', async () => {
    await expect(new FileStore('/dev/zero').load()).rejects.toThrow(
      'cannot use the state file /dev/zero: it is a device, a pipe or a socket; set the path of a file',
    );
  });

  it('nothing can be created there, at once', async () => {
    const file = '/proc/sync-alerts/acme.json';
    await expect(new FileStore(file).save(A_FULL_STATE, 0)).rejects.toThrow(
      `cannot write the state file ${file} (ENOENT): nothing was saved; check the path, its permissions and the disk`,
    );
  });

  it('its name is too long', async () => {
    const file = join(await aFolder(), 'x'.repeat(300));
    await expectUnusable(file, /^cannot read .* \(ENAMETOOLONG\)/, /^cannot write .* \(ENAMETOOLONG\)/);
  });
});

async function expectUnusable(file: string, loading: RegExp, saving: RegExp): Promise<void> {
  const store = new FileStore(file);
  for (const [attempt, expected] of [
    [() => store.load(), loading],
    [() => store.save(A_FULL_STATE, 0), saving],
  ] as const) {
    const error = await rejectionOf(attempt());
    expect(error).toBeInstanceOf(StateError);
    expect(error.message).toMatch(expected);
    expect(error.message).toContain(`the state file ${file} `);
    expect(error.message).toContain('check the path, its permissions and the disk');
  }
}

describe('a save that is interrupted', () => {
  it('leaves the file unchanged, and the next save removes its temporary file', async () => {
    const file = await aSavedFile();
    const before = await new FileStore(file).load();
    await writeFile(`${file}.writing-4711`, DOCUMENT.slice(0, 100));
    await writeFile(`${file}.writing-${process.pid}`, DOCUMENT, { mode: 0o644 });
    expect(await new FileStore(file).load()).toEqual(before);
    expect(await new FileStore(file).save(A_FULL_STATE, 3)).toBe(4);
    expect(await namesBeside(file)).toEqual(['acme.json']);
    expect(await modeOf(file)).toBe('600');
  });

  it('does not make the next save remove any other file', async () => {
    const file = await aSavedFile();
    const others = ['other.json', 'other.json.writing-1', 'acme.json.copy', 'acme.jsonx.writing-1'];
    await Promise.all(others.map((name) => writeFile(join(dirname(file), name), 'of another program')));
    await new FileStore(file).save(A_FULL_STATE, 3);
    expect(await namesBeside(file)).toEqual(['acme.json', ...others].toSorted());
  });

  it('by a full disk leaves the file unchanged, and names the reason', async () => {
    const file = await aSavedFile();
    const before = await readFile(file, 'utf8');
    const other = await AnotherProcess.start(file, { maxBytes: 512 });
    expect(await other.run('save a large state at 3')).toMatch(
      /^state_unwritable: cannot write the state file .+acme\.json \(EFBIG\): nothing was saved; check/,
    );
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(await new FileStore(file).save(A_FULL_STATE, 3)).toBe(4);
    expect(await namesBeside(file)).toEqual(['acme.json']);
  });

  it('by killing its process at any point leaves a complete state, and the next save succeeds', async () => {
    const file = await aFile();
    const writers = [1, 4, 9].map(
      async (savesBefore) => [savesBefore, await AnotherProcess.start(file)] as const,
    );
    for (const [savesBefore, other] of await Promise.all(writers)) {
      let saved = 0;
      await new Promise<void>((resolve) => {
        let count = 0;
        other.onMessage((version) => {
          saved = Number(version);
          count += 1;
          if (count === savesBefore) resolve();
        });
        other.send('keep saving');
      });
      await other.kill();
      const { state, version } = await new FileStore(file).load();
      expect(state).toEqual(INITIAL_STATE);
      expect(version).toBeGreaterThanOrEqual(saved);
      // The lock of the killed process has expired by then.
      const later = new FileStore(file, undefined, () => Date.now() + 10_000);
      expect(await later.save(state, version)).toBe(version + 1);
      expect((await namesBeside(file)).filter((name) => !name.startsWith('acme.json.lock.'))).toEqual([
        'acme.json',
      ]);
    }
  });
});

describe('a symbolic link', () => {
  it.each([true, false])('is written through, and stays: its target exists: %p', async (exists) => {
    const target = exists ? await aSavedFile() : join(await aFolder(), 'new folder', 'target.json');
    const link = await aFile();
    await symlink(target, link);
    expect(await new FileStore(link).save(A_FULL_STATE, exists ? 3 : 0)).toBe(exists ? 4 : 1);
    expect(await readlink(link)).toBe(target);
    expect((await new FileStore(target).load()).version).toBe(exists ? 4 : 1);
    expect(await namesBeside(link)).toEqual(['acme.json']);
  });

  it('shares the lock of the file that it names', async () => {
    const target = await aSavedFile();
    const link = await aFile();
    await symlink(target, link);
    await mkdir(`${target}.lock`);
    await writeFile(join(`${target}.lock`, `${Date.now() - 1000}.6f1c2c6e-0d5c-4f0e-9d2b-3c0a5f3c9d11`), '');
    const store = new FileStore(link);
    await store.save(A_FULL_STATE, 3);
    expect(store.takenOver()).toMatch(/^the lock of the state file .+ expired at .+ and was taken over$/);
  });
});

// Mounting needs rights that a container may lack.
const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;
(canMount ? it : it.skip)('a file that is a mount of its own is written in place', async () => {
  const source = await aSavedFile();
  const file = await aFile();
  await writeFile(file, '');
  const script = `mount --bind ${source} ${file} && exec ${process.execPath} --import tsx --eval "
    const { FileStore } = await import('./lambda/state/file-store.ts');
    const store = new FileStore('${file}');
    const { state, version } = await store.load();
    process.stdout.write(String(await store.save(state, version)));
  "`;
  const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], { encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: '4', stderr: '' });
  expect((await new FileStore(source).load()).version).toBe(4);
  expect(await namesBeside(file)).toEqual(['acme.json']);
});

describe('two processes with one state file', () => {
  it('save the same version exactly once', async () => {
    const file = await aFile();
    const others = await Promise.all([AnotherProcess.start(file), AnotherProcess.start(file)]);
    for (const version of [0, 1, 2, 3, 4, 5]) {
      await expectOneSave(others, file, version);
    }
    expect(await namesBeside(file)).toEqual(['acme.json']);
  });

  it('save the same version exactly once beside the lock of a killed process', async () => {
    const file = await aFile();
    const [killed, ...others] = await Promise.all([1, 2, 3].map(() => AnotherProcess.start(file)));
    expect(await killed?.run('hold')).toBe('held');
    await killed?.kill();
    const [held = 'none'] = await readdir(`${file}.lock`);
    rmSync(`${file}.lock`, { recursive: true });
    const abandoned = held.replace(/^\d+/, String(Date.now()));
    for (const version of [0, 1, 2, 3, 4, 5]) {
      await mkdir(`${file}.lock`, { recursive: true });
      await writeFile(join(`${file}.lock`, abandoned), '');
      await expectOneSave(others, file, version);
    }
    expect(await namesBeside(file)).toEqual(['acme.json']);
  });

  it('do not save after the lock was removed', async () => {
    const file = await aSavedFile();
    const before = await readFile(file, 'utf8');
    const store = new FileStore(file);
    const removed = removeLockOf(file);
    const error = await rejectionOf(store.save(INITIAL_STATE, 3));
    await removed;
    expect(error).toBeInstanceOf(StateConflict);
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});

/** Both processes save at this version at the same time. */
async function expectOneSave(
  others: readonly AnotherProcess[],
  file: string,
  version: number,
): Promise<void> {
  const results = await Promise.all(others.map((other) => other.run(`save at ${version}`)));
  const codes = results.map((result) => String(result).split(':')[0]);
  expect(codes.toSorted()).toEqual(['saved', 'state_conflict']);
  expect((await new FileStore(file).load()).version).toBe(version + 1);
}

/** Removes the lock as soon as a process holds it. */
async function removeLockOf(file: string): Promise<void> {
  for (let turns = 0; turns < 100_000 && !existsSync(`${file}.lock`); turns += 1) await nextTurn();
  rmSync(`${file}.lock`, { recursive: true });
}
