import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { sourceMappedStack } from '../../lambda/invocation/source-mapped-stack.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sync-alerts-stack-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SOURCE = 'export function fails(): never {\n  // Line 2.\n  throw new Error("here");\n}\n\nfails();\n';

/** The stack of the error that a minified bundle throws. */
function stackOfABundle(): string {
  writeFileSync(join(folder, 'fails.ts'), SOURCE);
  const outfile = join(folder, 'index.js');
  buildSync({
    entryPoints: [join(folder, 'fails.ts')],
    outfile,
    bundle: true,
    minify: true,
    format: 'cjs',
    sourcemap: true,
  });
  const program = `try { require(${JSON.stringify(outfile)}) } catch (error) { console.log(error.stack) }`;
  return spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' }).stdout;
}

const RESOLVED = /^Error: here\n +at [^\n]*fails\.ts:3:9\)?\n +at [^\n]*fails\.ts:6:1\)?\n/;

it('resolves every frame of a bundle to the file and line of its source', () => {
  expect(sourceMappedStack(stackOfABundle())).toMatch(RESOLVED);
});

it('resolves the stack of a bundle in another folder with a given map', () => {
  const stack = stackOfABundle().replaceAll(join(folder, 'index.js'), '/var/task/index.js');
  expect(sourceMappedStack(stack)).toBe(stack);
  expect(sourceMappedStack(stack, join(folder, 'index.js.map'))).toMatch(RESOLVED);
});

it('leaves the frames of Node.js unchanged', () => {
  expect(sourceMappedStack(stackOfABundle())).toMatch(/node:internal\/modules/);
});

it.each([
  ['without a map', undefined],
  ['with a map that is not JSON', 'no map'],
  ['with a map that is JSON but not a source map', '{"version":3}'],
])('leaves the stack of a bundle %s unchanged', (_, map) => {
  const file = join(folder, 'other.js');
  if (map !== undefined) writeFileSync(`${file}.map`, map);
  const stack = `Error: x\n    at f (${file}:1:2)\n    at ${file}:3:4`;
  expect(sourceMappedStack(stack)).toBe(stack);
});
