import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** tsx starts a process that starts another. */
jest.setTimeout(30_000);

function stack(args: readonly string[], input = '') {
  return spawnSync('node_modules/.bin/tsx', ['tools/stack/main.ts', ...args], { encoding: 'utf8', input });
}

it('npm run stack resolves the positions of a logged stack with the map of the bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sync-alerts-stack-'));
  const outfile = join(folder, 'index.js');
  buildSync({ entryPoints: ['lambda/errors.ts'], outfile, format: 'cjs', sourcemap: true });
  const logged = '{"stackTrace":["Error: x","    at f (/var/task/index.js:20:1)"]}\n';
  const { status, stdout } = stack([`${outfile}.map`], logged);
  rmSync(folder, { recursive: true });
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^\{"stackTrace":\["Error: x"," {4}at f \([^)]*lambda\/errors\.ts:\d+:\d+\)"\]\}\n$/,
  );
});

it('npm run stack without a map is a usage error', () => {
  const { status, stdout, stderr } = stack([]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^expected one map\n\nnpm run --silent stack -- MAP < TEXT\n/);
});
