import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { aFolder, Laptop, removeFolders } from '../cli/a-laptop.ts';
import { aFailingRecord } from '../commands/a-world.ts';
import { closeLocalServers } from '../http/local-server.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const DOCUMENT = readFileSync(join(ROOT, 'docs', 'laptop.md'), 'utf8');

/** A folder in place of /opt/sync-alerts, with a `watch.env` for a fake API and a fake Slack. */
async function aClone() {
  const laptop = await Laptop.start();
  const folder = aFolder();
  symlinkSync(join(ROOT, 'cli'), join(folder, 'cli'));
  const lines = Object.entries(laptop.environment).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, 'watch.env'), lines.join(''));
  laptop.shown = [aFailingRecord(Date.now())];
  return { laptop, folder };
}

/** The first code block of a language that contains a text, with the folder of the document replaced. */
function block(language: string, containing: string, folder: string, document = DOCUMENT): string {
  const blocks = [...document.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))];
  const found = blocks.map(([, content = '']) => content).find((content) => content.includes(containing));
  if (found === undefined) throw new Error(`there is no ${language} block with ${containing}`);
  return found.replaceAll('/opt/sync-alerts', folder);
}

interface Started {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

async function run({ command, args, cwd, env }: Started) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { status, stdout, stderr };
}

/** The document says to begin PATH with the folder of Node.js. */
const NODE_FOLDER = dirname(process.execPath);

/** What cron runs for the crontab of the document, with the environment that cron gives. */
function cronOf(folder: string, document = DOCUMENT): Started {
  const lines = block('crontab', 'start.mjs', folder, document).trim().split('\n');
  const path = lines.find((line) => line.startsWith('PATH='))?.slice('PATH='.length);
  const [, command = ''] = /^(?:\S+ ){5}(.*)$/.exec(lines.at(-1) ?? '') ?? [];
  const env = { HOME: '/', LOGNAME: 'nobody', SHELL: '/bin/sh', PATH: `${NODE_FOLDER}:${path}` };
  return { command: '/bin/sh', args: ['-c', command], cwd: '/', env };
}

/** What systemd runs for the service of the document. */
function systemdOf(folder: string): Started {
  const unit = block('ini', '[Service]', folder);
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
  const [node, ...args] = field('ExecStart').split(' ');
  expect(node).toBe('/usr/bin/node');
  const lines = readFileSync(field('EnvironmentFile'), 'utf8').trim().split('\n');
  const variables = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin', LANG: 'C.UTF-8', ...variables };
  return { command: process.execPath, args, cwd: field('WorkingDirectory'), env };
}

afterEach(async () => {
  await closeLocalServers();
  removeFolders();
});

describe('a watch as docs/laptop.md writes it', () => {
  it.each([
    ['cron', (folder: string) => cronOf(folder)],
    ['cron in the README', (folder: string) => cronOf(folder, README)],
    ['systemd', systemdOf],
  ])('by %s posts what is new, and is then quiet', async (_name, started) => {
    const { laptop, folder } = await aClone();
    const first = await run(started(folder));
    expect(first).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('orders is failing'),
    });
    expect(laptop.posted()).toEqual([expect.stringContaining('orders is failing')]);
    expect(await run(started(folder))).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(laptop.posted()).toEqual([]);
  });

  it('by cron fails loudly without its variables, and plays no demo', async () => {
    const { folder } = await aClone();
    writeFileSync(join(folder, 'watch.env'), 'TIMBAL_API_KEY=\n');
    const { status, stdout, stderr } = await run(cronOf(folder));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^TIMBAL_API_KEY is missing: /);
  });

  it('is proved by the test command of the document', async () => {
    const { laptop, folder } = await aClone();
    const lines = block('sh', '--env-file', folder).trim().split('\n');
    const command = `cd ${folder} && ${lines.at(-1)}`;
    const env = { PATH: `${NODE_FOLDER}:/usr/bin:/bin` };
    const { status, stdout } = await run({ command: '/bin/sh', args: ['-c', command], cwd: '/', env });
    expect(status).toBe(0);
    expect(stdout).toContain('ok     slack    the message was posted');
    expect(laptop.posted()).toEqual(['laptop: sync-alerts is wired up']);
  });
});
