import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { aFailingRecord } from '../commands/a-world.ts';
import { closeLocalServers } from '../http/local-server.ts';
import { aFolder, Laptop, removeFolders, start } from './a-laptop.ts';

/** npm and Node.js start up to two processes in a test, also on a busy machine. */
jest.setTimeout(20_000);
afterEach(removeFolders);

/** Runs npm with these arguments, and with no environment variables but these and those that npm needs. */
async function npm(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const home = aFolder();
  const child = spawn('npm', args, {
    env: { PATH: process.env['PATH'], HOME: home, npm_config_update_notifier: 'false', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { status, stdout, stderr, home };
}

const npmStart = (...args: string[]) => npm(['start', '--silent', '--', ...args]);

describe('npm start in a clean environment', () => {
  it('plays the story and leaves no files behind', async () => {
    const { status, stdout, stderr, home } = await npmStart();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe((await start([], {})).stdout);
    expect(readdirSync(home).filter((name) => name !== '.npm')).toEqual([]);
  });

  it('exits with 0 when its reader closes the pipe early', async () => {
    const child = spawn('npm', ['start', '--silent'], {
      env: { PATH: process.env['PATH'], HOME: aFolder(), npm_config_update_notifier: 'false' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('passes the exit code on', async () => {
    const { status, stdout, stderr } = await npmStart('--jason');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^Unknown option '--jason'\. Nothing was done\.\n/);
  });
});

describe('a forgotten dash', () => {
  let laptop: Laptop;
  beforeEach(async () => {
    laptop = await Laptop.start();
    laptop.now = Date.now();
    laptop.shown = [aFailingRecord(laptop.now)];
  });
  afterEach(closeLocalServers);

  it.each([
    ['start --dry-run', 0, '; dry run: nothing posted, nothing saved.'],
    ['start -dry-run', 0, '; dry run: nothing posted, nothing saved.'],
    ['run start --dry-run', 0, '; dry run: nothing posted, nothing saved.'],
    ['start --no-post', 0, '; dry run: nothing posted, nothing saved.'],
    ['start report --no-post', 0, '; not posted.'],
    ['start test --dry-run', 0, 'not tested: a dry run posts nothing'],
    ['start dry-run', 2, '\n  npm start -- --dry-run\n'],
    ['start --dryrun', 2, '\n  npm start -- --dry-run\n'],
    ['start report --post', 2, '\n  npm start -- report --post\n'],
    ['start --demo --post', 2, '\n  npm start -- --demo --post\n'],
    ['start -- -dry-run', 2, '\n  npm start -- --dry-run\n'],
    ['start – dry-run', 2, '\n  npm start -- --dry-run\n'],
  ])('posts nothing and saves nothing: npm %s', async (line, expected, text) => {
    const { status, stdout, stderr } = await npm(line.split(' '), laptop.environment);
    expect({ status, printed: `${stdout}${stderr}` }).toEqual({
      status: expected,
      printed: expect.stringContaining(text),
    });
    expect(laptop.posted()).toEqual([]);
    expect(laptop.state()).toBeUndefined();
  });
});
