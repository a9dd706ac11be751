import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
