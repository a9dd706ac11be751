import { spawnSync } from 'node:child_process';

/** tsx starts a process that starts another. */
jest.setTimeout(30_000);

function bench(...args: readonly string[]) {
  return spawnSync('node_modules/.bin/tsx', ['bench/main.ts', ...args], { encoding: 'utf8' });
}

it('npm run bench -- --help names every section on standard output', () => {
  const { status, stdout, stderr } = bench('--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect([...stdout.matchAll(/^ {4}([a-z]+(?:-[a-z]+)*) {2}/gm)].map(([, name]) => name)).toEqual([
    'cold-start',
    'first-check',
    'bundle',
    'pure-pass',
    'memory',
    'calls',
    'growth',
    'state-writes',
    'laptop',
    'alertmanager',
  ]);
});

it.each([
  [['warm-start'], 'there is no section "warm-start"'],
  [['--rounds', '0'], '--rounds: expected a whole number from 1 to 999, got "0"'],
  [['--rounds', '1000'], '--rounds: expected a whole number from 1 to 999, got "1000"'],
  [['--jason'], "Unknown option '--jason'"],
])('npm run bench -- %p is a usage error', (args, message) => {
  const { status, stdout, stderr } = bench(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});
