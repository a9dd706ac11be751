import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** tsx compiles each program anew. */
jest.setTimeout(60_000);

const ROOT = join(import.meta.dirname, '..', '..');
const SCRIPTS: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
).scripts;

/** Runs the script as npm does, with a reader that closes the pipe at once where that is asked. */
async function run(script: string, args: readonly string[], closesPipe = false) {
  const [, program = ''] = /^tsx (\S+)$/.exec(SCRIPTS[script] ?? '') ?? [];
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (closesPipe) child.stdout.destroy();
  const [stdout, stderr, [status]] = await Promise.all([
    closesPipe ? '' : text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { status, stdout, stderr };
}

/** Each program that a person runs, with arguments that it rejects and the complaint. */
const PROGRAMS: readonly (readonly [script: string, args: readonly string[], complaint: string])[] = [
  ['goldens', ['all'], "Unexpected argument 'all'"],
  ['outage', ['--jason'], "Unknown option '--jason'"],
  ['bench', ['--rounds', '0'], '--rounds: expected a whole number from 1 to 999, got "0"'],
  ['costs', ['--billed-ms', '-1'], "Option '--billed-ms' argument is ambiguous"],
  ['preview', ['--themes', 'pink'], "Unknown option '--themes'"],
  ['night', [], 'expected a file'],
  ['simulate', ['--break', 'nothing'], 'there is no breakage "nothing"'],
  ['fuzz', ['--cases', '0'], '--cases: expected a whole number from 1 to 999,999,999, got "0"'],
  ['errors', ['all'], "Unexpected argument 'all'"],
  ['evidence', ['all'], "Unexpected argument 'all'"],
  ['stack', ['a'], "Unexpected argument 'a'"],
  ['test:e2e:prepare', ['now'], "Unexpected argument 'now'"],
];

it('every program that tsx runs for a person is in the table', () => {
  const programs = Object.keys(SCRIPTS).filter((script) => SCRIPTS[script]?.startsWith('tsx '));
  // The build is a step of `cdk synth`.
  expect(programs.filter((script) => script !== 'build').sort()).toEqual(
    PROGRAMS.map(([script]) => script).sort(),
  );
});

describe.each(PROGRAMS)('npm run %s', (script, args, complaint) => {
  it('prints its usage on --help and does nothing else', async () => {
    const { status, stdout, stderr } = await run(script, ['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^npm run (--silent )?${script}\\b`));
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(130);
  });

  it(`rejects ${JSON.stringify(args)} with exit code 2, the complaint and its usage`, async () => {
    const { status, stdout, stderr } = await run(script, args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.startsWith(complaint)).toBe(true);
    expect(stderr).toContain('npm run ');
  });
});

it('every program has these manners from tools/command-line.ts', () => {
  for (const [script] of PROGRAMS) {
    const [, program = ''] = /^tsx (\S+)$/.exec(SCRIPTS[script] ?? '') ?? [];
    expect(readFileSync(join(ROOT, program), 'utf8')).toMatch(/from '[./]+\/(tools\/)?command-line\.ts'/);
  }
});

it('a closed pipe ends a program without a word', async () => {
  expect(await run('outage', ['--help'], true)).toMatchObject({ status: 0, stderr: '' });
});

it('says every five seconds how far it is, and nothing of the version of Node.js', async () => {
  const { status, stdout, stderr } = await run('costs', ['--billed-ms', '180']);
  expect(status).toBe(0);
  expect(stderr.split('\n').filter((line) => !/^(measured \d+ of 60 checks)?$/.test(line))).toEqual([]);
  expect(stdout).toContain('| billed, as asked with --billed-ms | 180 ms |');
});
