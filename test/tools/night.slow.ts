import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join('tools', 'night', 'main.ts');

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `npm run night` with these arguments, in a process of its own. */
function night(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', MAIN, ...args],
      { cwd: ROOT },
      (_, stdout, stderr) => resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const ORDERS_FAILS = `title: One sync fails
story: orders fails at four.
expect: somebody reads "orders" by 04:05
from: 2026-11-24 03:00
to: 05:00
syncs
  orders, refunds every 15m at 00:01 on box-1..box-2/pg-1..pg-2
events
  04:00 orders fails "disk full"
`;

describe('npm run night', () => {
  let folder = '';
  const file = (text: string) => {
    const path = join(folder, 'mine.night');
    writeFileSync(path, text);
    return path;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sync-alerts-night-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('prints the transcript of a night and how many of its expectations hold', async () => {
    const { status, stdout, stderr } = await night(file(ORDERS_FAILS));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('   04:00  orders fails "disk full"');
    expect(stdout).toContain('── 04:05 ── prod: orders is failing');
    expect(stdout).toMatch(
      /── 05:00 ── end: 1 message in 2 h; nothing was held\n\n1 of 1 expectations hold\n$/,
    );
  });

  it('fails with 1 when an expectation does not hold, and says which and what came instead', async () => {
    const { status, stdout } = await night(file(ORDERS_FAILS.replace('by 04:05', 'by 03:55')));
    expect(status).toBe(1);
    expect(stdout).toContain('line 3: expected somebody reads "orders" by 03:55; none of 0 messages has it');
  });

  it.each([
    ['no file', () => [], 'expected a file'],
    ['a file that is not there', () => [join(folder, 'none.night')], 'cannot read'],
    ['an option that does not exist', () => ['--loud'], "Unknown option '--loud'"],
    ['a file with faults', () => [file('title: x\nevents\n')], 'mine.night: expected the field "story:"'],
  ])('is used wrongly with %s: exit code 2', async (_, args, message) => {
    const { status, stdout, stderr } = await night(...args());
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('explains itself', async () => {
    const { status, stdout } = await night('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('npm run night -- FILE...');
  });
});
