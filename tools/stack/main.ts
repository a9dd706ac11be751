import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFunction } from '../../infra/function-build.ts';
import { sourceMappedStack } from '../../lambda/invocation/source-mapped-stack.ts';
import { optionsOf } from '../command-line.ts';

const USAGE = `npm run --silent stack < TEXT

Prints a text with each position in the function's bundle as the file and line of this repository. Builds the bundle anew
for its source map, so the checkout has to be that of the deployed commit, after "npm ci".
`;

/** `npm run stack`: resolves the stack of an error that Lambda logged by itself, while it loaded the function. */
optionsOf(USAGE, {});
const text = readFileSync(0, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'sync-alerts-stack-'));
try {
  const { file } = await buildFunction(folder);
  const resolved = sourceMappedStack(text, `${file}.map`);
  if (resolved === text)
    process.stderr.write('nothing to resolve: no position in the bundle of this checkout\n');
  process.stdout.write(resolved);
} finally {
  rmSync(folder, { recursive: true });
}
