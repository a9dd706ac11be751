import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs the preview in a process of its own, because Jest cannot load the library that renders the messages: it is published
 * only as ES modules. Returns stdout.
 */
async function preview(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const main = join('tools', 'preview', 'main.ts');
  const { stdout } = await run(process.execPath, ['--import', 'tsx', main, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
  });
  return stdout;
}

describe('npm run preview where Chromium is not installed', () => {
  let folder = '';
  let stdout = '';
  let page = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sync-alerts-preview-test-'));
    stdout = await preview(['--to', folder], { PATH: folder });
    page = readFileSync(join(folder, 'preview.html'), 'utf8');
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('prints the file that it wrote', () => expect(stdout).toMatch(/^wrote \S+preview\.html \(\d+ KB\)$/m));

  it('shows each message at both widths and in both themes', () => {
    const messages = page.match(/<section class="[^"]*slack_blocks_to_jsx /g) ?? [];
    const channels = page.match(/<div class="channel (desktop|phone) (light|dark)"/g) ?? [];
    expect(new Set(channels).size).toBe(4);
    expect(messages).toHaveLength(channels.length);
    expect(page.match(/class="lock-screen"/g)).toHaveLength(channels.length / 4);
  });

  // Not `toMatch`, which prints the whole page when it fails.
  it.each([
    ['a name from outside as code', /<code [^>]*>orders<\/code>/, true],
    ['the problem in bold', /<strong>(<[^>]*>)*has stalled</, true],
    ['a time in the time zone of the reader', />Today 9:00 AM</, true],
    ['no markup', /\*has stalled\*|`orders`|!date/, false],
  ])('shows %s', (_what, pattern, expected) => expect(pattern.test(page)).toBe(expected));

  it('says that the picture needs Chromium, and how to install it', () =>
    expect(stdout).toContain('needs Chromium (on Debian and Ubuntu: apt-get install chromium)'));

  it('writes the page for the picture, with two messages', () =>
    expect(
      readFileSync(join(folder, 'picture.html'), 'utf8').match(/class="channel desktop light"/g),
    ).toHaveLength(2));
});

describe('npm run preview -- FILE', () => {
  let folder = '';
  const page = () => readFileSync(join(folder, 'preview.html'), 'utf8');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sync-alerts-preview-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('shows the messages of a list of posted payloads', async () => {
    await preview(['test/golden/shared-cause.slack.json', '--to', folder, '--no-picture']);
    expect(page().match(/<section class="[^"]*slack_blocks_to_jsx /g)).toHaveLength(4);
    expect(page()).toContain('shared-cause.slack.json, as a reader in UTC sees it');
  }, 60_000);

  it('shows one posted payload, with verbatim text or without', async () => {
    const file = join(folder, 'mine.json');
    const section = { type: 'section', text: { type: 'mrkdwn', text: '🔴  `orders` *is failing*' } };
    writeFileSync(file, JSON.stringify({ text: 'x', blocks: [section] }));
    await preview([file, '--to', join(folder, 'deep', 'er'), '--no-picture']);
    const shown = readFileSync(join(folder, 'deep', 'er', 'preview.html'), 'utf8');
    expect(/<code [^>]*>orders<\/code>/.test(shown)).toBe(true);
  }, 60_000);

  it('plays a night and shows what it posted', async () => {
    await preview(['test/nights/three-vanish.night', '--to', folder, '--no-picture']);
    expect(page()).toContain('no longer listed');
  }, 60_000);

  it.each([
    ['a file that is not there', ['none.json'], 'cannot read none.json'],
    ['another JSON file', ['package.json'], 'package.json is no posted payload: expected '],
    ['two files', ['a.json', 'b.json'], 'expected one file'],
    ['another theme', ['--theme', 'pink'], '--theme: expected light or dark, got "pink"'],
  ])(
    'rejects %s',
    async (_name, args, complaint) => {
      await expect(preview([...args, '--to', folder])).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining(complaint),
      });
    },
    60_000,
  );

  it('says that no font has emoji', async () => {
    for (const [name, script] of [
      ['chromium', 'exit 0'],
      ['fc-list', 'exit 0'],
    ])
      writeFileSync(join(folder, `${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const environment = { PATH: `${folder}:${process.env['PATH']}` };
    const attempt = preview(['test/golden/paused.slack.json', '--to', folder], environment);
    await expect(attempt).rejects.toMatchObject({
      stdout: expect.stringContaining('apt-get install fonts-noto-color-emoji'),
    });
  }, 60_000);
});
