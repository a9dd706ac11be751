import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A run of its own: what renders the messages is published as ES modules alone. */
async function preview(command: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const main = join('tools', 'preview', 'main.ts');
  const { stdout } = await run(process.execPath, ['--import', 'tsx', main, ...command], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
  });
  return stdout;
}

describe('the preview', () => {
  let folder = '';
  let said = '';
  let page = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sync-alerts-preview-test-'));
    said = await preview(['--to', folder, '--no-picture']);
    page = readFileSync(join(folder, 'preview.html'), 'utf8');
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('says what it wrote', () => expect(said).toMatch(/^wrote \S+preview\.html \(\d+ KB\)$/m));

  it('shows each message of the story at both widths, in both themes', () => {
    const messages = page.match(/<section class="[^"]*slack_blocks_to_jsx /g) ?? [];
    const channels = page.match(/<div class="channel (desktop|phone) (light|dark)"/g) ?? [];
    expect(new Set(channels).size).toBe(4);
    expect(messages).toHaveLength(channels.length);
    expect(page.match(/class="lock-screen"/g)).toHaveLength(channels.length / 4);
  });

  // Not `toMatch`: a failure would print the page.
  it.each([
    ['a name as code', /<code [^>]*>orders<\/code>/, true],
    ['our strong words in bold', /<strong>(<[^>]*>)*has stalled</, true],
    ['a moment in the zone of the reader', />Today 9:00 AM</, true],
    ['no markup', /\*has stalled\*|`orders`|!date/, false],
  ])('shows %s', (_what, pattern, expected) => expect(pattern.test(page)).toBe(expected));

  it('says how to get Chromium where there is none, and has worked', async () => {
    const withoutChromium = await preview(['--to', folder], { PATH: folder });
    expect(withoutChromium).toContain('needs Chromium (on Debian and Ubuntu: apt-get install chromium)');
  }, 60_000);

  it('makes the page for the picture', () =>
    expect(
      readFileSync(join(folder, 'picture.html'), 'utf8').match(/class="channel desktop light"/g),
    ).toHaveLength(2));
});
