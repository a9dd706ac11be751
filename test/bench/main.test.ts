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
    'worst-cases',
    'calls',
    'growth',
    'state-writes',
    'laptop',
    'alertmanager',
  ]);
});

it('npm run bench -- with an unknown section is a usage error', () => {
  const { status, stdout, stderr } = bench('warm-start');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^there is no section "warm-start"\n\nnpm run bench -- /);
});
