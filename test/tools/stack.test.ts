import { spawnSync } from 'node:child_process';

/** tsx starts a process that starts another, which builds the bundle. */
jest.setTimeout(60_000);

function stack(args: readonly string[], input = '') {
  return spawnSync('node_modules/.bin/tsx', ['tools/stack/main.ts', ...args], { encoding: 'utf8', input });
}

it('npm run stack resolves the positions of a logged stack with the map of the bundle', () => {
  const logged = '{"stackTrace":["Error: x","    at f (/var/task/index.js:13:5000)"]}\n';
  const { status, stdout, stderr } = stack([], logged);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^\{"stackTrace":\["Error: x"," {4}at f \(lambda\/\S+\.ts:\d+:\d+\)"\]\}\n$/);
});

it('npm run stack says when there is nothing to resolve', () => {
  const { status, stdout, stderr } = stack([], 'nothing\n');
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'nothing\n' });
  expect(stderr).toMatch(/^nothing to resolve: /);
});
