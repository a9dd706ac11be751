import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { aFolder, removeFolders, start } from './a-laptop.ts';

/** npm and Node.js start up to two processes in a test, also on a busy machine. */
jest.setTimeout(20_000);
afterEach(removeFolders);

/** Runs `npm start` in a process of its own, with no environment variables but those that npm needs. */
async function npmStart(...args: string[]) {
  const home = aFolder();
  const child = spawn('npm', ['start', '--silent', '--', ...args], {
    env: { PATH: process.env['PATH'], HOME: home, npm_config_update_notifier: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { status, stdout, stderr, home };
}

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
    expect(stderr).toMatch(/^Unknown option '--jason'\n/);
  });
});
